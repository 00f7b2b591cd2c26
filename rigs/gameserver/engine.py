"""The engine: levels, slots, sessions, cvars, clocks, and the order in which it calls a script."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any

from rigs.gameserver import api, deeds
from rigs.gameserver.clients import CONNECTED, CONNECTING, GONE, GameClient, SavedSession
from rigs.gameserver.disk import Disk
from rigs.gameserver.events import PRESENT_FROM, SPECTATOR, TICK, Event, Pause, Person, Story
from rigs.gameserver.machine import Fault, Journal, LuaMachine

PLAYING, COUNTDOWN, WARMUP, INTERMISSION, LOADING = 0, 1, 2, 3, -1
SETTLE = 100
EVENING = 1772398800
"""2026-03-01 21:00 UTC."""


class GameServer:
    """A dedicated server. `release`: (2, 83) and so on; `lua`, `fault`, `prelude`: see `machine.Machine`."""

    def __init__(
        self,
        home: Path,
        *,
        release: tuple[int, int] = (2, 83),
        lua: str = "lua54",
        slots: int = 12,
        now: int = EVENING,
        zone: tzinfo = UTC,
        fault: Fault | None = None,
        prelude: str = "",
        **cvars: str,
    ) -> None:
        self.release = release
        self.disk = Disk(home)
        self.journal = Journal()
        self.level_time = 1000
        self.level_start = 0
        self.paused = False
        self.in_play = False
        self.wall = now * 1000
        self.clients = [GameClient(slot) for slot in range(slots)]
        self.configstrings: dict[int, str] = {}
        self.cvars = {
            "sv_hostname": "^2test ^7server", "g_customConfig": "legacy6", "mod_version": f"v{release[0]}.{release[1]}",
            "g_gametype": "3", "sv_maxclients": str(slots), "fs_homepath": str(home), "fs_game": "legacy",
            "timelimit": "12", "g_currentRound": "0", "g_nextTimeLimit": "0", "gamestate": "-1", "mapname": "",
            "sv_fps": "20",
        } | cvars  # fmt: skip
        self._script: dict[str, Any] = {"lua": lua, "zone": zone, "fault": fault, "prelude": prelude}
        self.machine: LuaMachine | None = None
        self._stale = False
        self._in_print = False

    # what the server does

    @property
    def state(self) -> int:
        """The cvar `gamestate`."""
        return int(self.cvars["gamestate"])

    @property
    def moment(self) -> int:
        """ms of play since the level began."""
        return self.level_time - self.level_start

    def call(self, callback: str, *arguments: Any) -> Any:
        """A callback of the script; `Fatal` where its error kills the server."""
        assert self.machine is not None
        before = len(self.journal.errors)
        result = self.machine.call(callback, *arguments)
        if callback == "et_Print" and len(self.journal.errors) > before:
            self.journal.fatal.append("an error inside et_Print is printed, which calls et_Print, without end")
        return result

    def print(self, text: str) -> None:
        """A line on the console and in the log, which scripts hear of."""
        self.journal.console.append(text)
        if self._in_print:
            self.journal.fatal.append("prints inside et_Print, which calls et_Print, without end")
            return
        self._in_print = True
        self.call("et_Print", text[:1023])
        self._in_print = False

    def console(self, command: str) -> list[str]:
        """Type a command; what is printed."""
        before = len(self.journal.console)
        self.call("et_ConsoleCommand", command)
        return self.journal.console[before:]

    def frame(self, length: int = TICK, events: Iterable[Event] = ()) -> None:
        """Time passes; what happens in it, then the script's turn."""
        self.level_time += length
        self.wall += length
        if self.paused:
            self._start_at(self.level_start + length)
        for event in events:
            deeds.apply(self, event)
        self.call("et_RunFrame", self.level_time)

    def _start_at(self, level_time: int) -> None:
        self.level_start = level_time
        self.configstrings[11] = str(level_time)

    # who is there

    def client_of(self, person: Person) -> GameClient:
        """His slot's client; `StopIteration` where he is not there."""
        return next(client for client in self.clients if client.person == person and client.connected != GONE)

    def connect(self, person: Person, *, team: int = SPECTATOR) -> GameClient:
        """Into the first free slot, in whatever state the game is; onto a team at once between rounds."""
        slot = next(client.slot for client in self.clients if client.connected == GONE)
        client = self.clients[slot] = GameClient(slot, person, session=SavedSession(team=team))
        client.userinfo = f"\\name\\{person.name}" + (f"\\cl_guid\\{person.guid}" if person.guid else "")
        self._enter(client, first=1)
        return client

    def _enter(self, client: GameClient, *, first: int) -> None:
        person = client.person
        assert person is not None
        client.connected, client.netname = CONNECTING, ""
        self.call("et_ClientConnect", client.slot, first, int(person.bot))
        client.netname = person.name
        self.call("et_ClientUserinfoChanged", client.slot)
        client.connected, client.health = CONNECTED, 100
        client.settled_at = self.moment
        self.call("et_ClientSpawn", client.slot, 0, 0, 1)
        self.call("et_ClientBegin", client.slot)

    def disconnect(self, person: Person) -> None:
        """Away."""
        client = self.client_of(person)
        if self.in_play:
            client.settle(self.moment)
        self.call("et_ClientDisconnect", client.slot)
        client.connected, client.session.team, client.xp, client.userinfo = GONE, 0, 0, ""

    # levels

    def map(self, name: str) -> None:
        """The command `map`: an end of everything, and a warm-up there."""
        self.cvars |= {"gamestate": str(LOADING), "g_currentRound": "0", "g_nextTimeLimit": "0"}
        self.end_level(restart=0)
        self._stale = self._stale or name != self.cvars["mapname"]
        if self.release >= (2, 84) and self._stale:
            self.reset()
        self.cvars |= {"mapname": name, "timelimit": "12"}
        self._load(restart=0, state=WARMUP)

    def reset(self) -> None:
        """All counters of all clients to zero."""
        for client in self.clients:
            client.session.clear()

    def match_reset(self) -> None:
        """A referee begins the match anew."""
        self.cvars |= {"g_currentRound": "0", "g_nextTimeLimit": "0"}
        self.map_restart()
        self.reset()

    def map_restart(self, state: int = WARMUP) -> None:
        """The level anew: into the warm-up, or, when a countdown ends, into play."""
        self.cvars["gamestate"] = str(state)
        self.end_level(restart=1)
        self._load(restart=1, state=state)

    def reload_scripts(self) -> None:
        """`lua_restart`: another machine; the script is not told of the level."""
        self.call("et_Quit")
        self.machine = self._new_machine()

    def end_level(self, *, restart: int) -> None:
        """The script's last calls; then each connected client's session is stored."""
        if self.machine is not None:
            self.call("et_ShutdownGame", restart)
            self.call("et_Quit")
            self.machine = None
        self.in_play = False
        for client in self.clients:
            client.session = client.session.stored()
            client.xp = 0

    def _new_machine(self) -> LuaMachine:
        return LuaMachine(api.functions(self), self.journal, clock=lambda: self.wall // 1000, **self._script)

    def _load(self, *, restart: int, state: int) -> None:
        self.paused = False
        self.cvars["gamestate"] = str(state)
        if state == PLAYING:
            self._restore_into_play()
        self._start_at(self.level_time)
        self.in_play = state == PLAYING
        self.machine = self._new_machine()
        self.call("et_InitGame", self.level_time, 1, restart)
        for _ in range(PRESENT_FROM // SETTLE):
            self.frame(SETTLE)
        for client in self.clients:
            if client.connected != GONE:
                client.regions = [0, 0, 0, 0]
                self._enter(client, first=0)

    def _restore_into_play(self) -> None:
        """What of the sessions survives the end of the countdown, by release."""
        rounds = [c.session.tallies["rounds"] for c in self.clients if c.connected != GONE]
        most = max(rounds, default=0)
        again = self.cvars["g_currentRound"] == "0" and (most > 0 if self.release >= (2, 84) else most >= 2)
        if self._stale or again:
            self.reset()
        for client in self.clients:
            client.session.tallies["rounds"] += 0 if self._stale else 1
        self._stale = False

    # a round

    def begin(self, story: Story) -> int:
        """Warm-up, countdown, and the round's first frames; the moment it began, in UTC ms."""
        here = {client.person: client for client in self.clients if client.connected != GONE}
        for person, team in story.sides.items():
            (here.get(person) or self.connect(person)).session.team = team
        self.configstrings[31] = " ".join(map(str, story.seeds))
        self.configstrings[13] = f"\\d\\{story.defender - 1}"
        self.configstrings[14] = f"\\w\\{story.defender - 1}"  # who wins if the time runs out
        self.cvars["g_redlimbotime"], self.cvars["g_bluelimbotime"] = map(str, story.cycles)
        in_second = self.cvars["g_currentRound"] == "1"
        self.cvars["timelimit"] = self.cvars["g_nextTimeLimit"] if in_second else story.limit
        self.cvars["gamestate"] = str(COUNTDOWN)
        for _ in range(4):
            self.frame()
        began = self.wall
        self.map_restart(PLAYING)
        return began

    def play(self, story: Story) -> int:
        """The whole round up to the first frame of the intermission (`aborted`: its last frame); when it began."""
        began = self.begin(story)
        self.run(story.events, until=story.length)
        if story.end != "aborted":
            self.finish(story)
        return began

    def run(self, events: Iterable[Event], *, until: int) -> None:
        """Frames of play, each event in the frame of its time."""
        waiting = sorted(events, key=lambda event: event.at)
        while self.moment < until - TICK:
            due = self.moment + TICK
            happens = [event for event in waiting if event.at <= due]
            del waiting[: len(happens)]
            self.frame(events=[event for event in happens if not isinstance(event, Pause)])
            for pause in (event for event in happens if isinstance(event, Pause)):
                self.pause(pause.length)

    def pause(self, length: int) -> None:
        """The game stands still, the script's frames go on."""
        self.paused = True
        for _ in range(length // TICK):
            self.frame()
        self.paused = False

    def finish(self, story: Story) -> None:
        """The end, and the first frame of the intermission, one frame later if it was the clock's doing."""
        self.level_time += TICK
        self.wall += TICK
        for client in self.clients:
            client.settle(self.moment)
        self.in_play = False
        self.announce_end(story)
        if story.end == "timelimit":
            self.call("et_RunFrame", self.level_time)
            self.level_time += TICK
            self.wall += TICK
        self.cvars["gamestate"] = str(INTERMISSION)
        self.call("et_RunFrame", self.level_time)

    def announce_end(self, story: Story) -> None:
        """What the engine sets at the very end: the winner, the next limit, the other round."""
        reason = {"objective": "Objective.", "timelimit": "Timelimit hit.", "surrender": "Surrender."}[story.end]
        self.configstrings[12] = "1"
        self.configstrings[14] = f"\\w\\{story.winner - 1}"
        held = story.winner == story.defender
        self.cvars["g_nextTimeLimit"] = self.cvars["timelimit"] if held else f"{self.moment / 60000:f}"
        self.cvars["g_currentRound"] = "1" if self.cvars["g_currentRound"] == "0" else "0"
        self.print(f"Exit: {reason}\n")

    def intermission(self, length: int = 10_000) -> None:
        """Time on the score board, then everybody out of it, one frame before the level's end."""
        for _ in range(length // TICK):
            self.frame()
        if self.cvars["g_currentRound"] == "0":
            self.cvars["g_nextTimeLimit"] = "0"
        for client in self.clients:
            if client.connected == CONNECTED:
                client.connected, client.xp = CONNECTING, 0
        self.frame()
