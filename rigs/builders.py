"""Round files for tests: say what happened, get the file that the game would have written, and its truth.

    first = an_r1(players=[a_player("anna", kills=9), a_player("ben", team=2, deaths=9)])
    second = an_r2(first, players=[a_player("anna", team=2, kills=4), a_player("ben", deaths=4)])
    derive([first.filed(), second.filed()])

The players of `an_r2` are round 2 alone; their lines are the running totals, unless their names are in `fresh`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from zlib import crc32

from bot.domain.game.file import columns
from bot.domain.game.file.colours import clean
from bot.domain.game.file.files import RoundName, end_of, local_time, round_name
from bot.domain.game.file.reasons import FileReason, FileReasonCode
from bot.domain.game.file.report import KILLS_VERSION, Cells, PlayerReport, RoundReport, Tally
from bot.domain.game.file.writer import write
from bot.domain.game.model import FiledReport, Round, other_side
from bot.domain.game.rounds import derive
from tools.demo.battle import running_total
from tools.demo.session import SampleFile, session_files

AT = "2026-03-01-210000"
WIDTHS = tuple(sorted({column.since for column in columns.COLUMNS}))
"""Tab fields of each writer that had a new one."""
STAMP = "%Y-%m-%d-%H%M%S"
MP40, THOMPSON, KNIFE, SYRINGE = 4, 5, 0, 27


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundFile:
    """A round file that never was: `report` is what it says, `at` the stamp of its name."""

    at: str
    report: RoundReport
    newline: str = "\n"

    @property
    def name(self) -> str:
        """The file's name on the server."""
        return f"{self.at}-{self.report.map}-round-{self.report.number}.txt"

    @property
    def round_name(self) -> RoundName:
        """Its name, taken apart."""
        return a_name(self.name)

    @property
    def data(self) -> bytes:
        """Its content."""
        return write(self.report, newline=self.newline)

    @property
    def sample(self) -> SampleFile:
        """Name and content."""
        return SampleFile(self.name, self.data)

    def filed(
        self, *, server: str = "main", zone: tzinfo = UTC, mtime: int | None = None, now: int | None = None
    ) -> FiledReport:
        """The report as the importer hands it to the domain."""
        name = self.round_name
        end = end_of(name.stamp, zone=zone, mtime=mtime, now=now, said=self.report.ended_at)
        return FiledReport(
            server=server,
            name=name,
            ended_at=end.at,
            sha256=hashlib.sha256(self.data).hexdigest(),
            report=self.report,
            mtime=mtime,
            second_reading=end.other,
            dating=end.dating,
            stamped_at=end.stamped_at,
        )


def of_our_script(file: RoundFile, kills: Mapping[tuple[str, str], int] | None = None, *, said: int = 0) -> RoundFile:
    """The same round as our own script writes it: when it ended in UTC, and who killed whom, by names.

    `kills`: killer and victim → how often, None: the file does not tell it; `said`: the end, else three seconds before
    the stamp, of a server in UTC. A round 2 is made of its plain round 1 first.
    """
    length = file.report.next_time_limit if file.report.attackers_won else file.report.time_limit
    tallies = None if kills is None else tuple(Tally(a_guid(by), a_guid(whom), n) for (by, whom), n in kills.items())
    report = replace(
        file.report,
        playtime=1000 * length if file.report.playtime is None else file.report.playtime,
        ended_at=said or end_of(file.round_name.stamp, zone=UTC, mtime=None, now=None).at - 3,
        writer="etstats/1.0.0 legacy v2.83",
        tallies=tallies,
        kills_version=None if tallies is None else KILLS_VERSION,
    )
    return replace(file, report=report)


def a_name(text: str) -> RoundName:
    """A round file's name, taken apart; anything else is a mistake of the test."""
    name = round_name(text)
    assert isinstance(name, RoundName), f"{text}: {name.reason}"
    return name


def a_guid(name: str) -> str:
    """The GUID of the player whose name looks like this, the same in every test."""
    return f"{crc32(clean(name).encode('utf-8', 'surrogatepass')):08X}"


def a_player(
    name: str = "anna",
    *,
    guid: str | None = None,
    team: int = 1,
    rounds: int = 0,
    kills: int = 0,
    deaths: int = 0,
    minutes: float = 8.0,
    alive: float = 80.0,
    weapons: Mapping[int, Sequence[int]] | None = None,
    **fields: float,
) -> PlayerReport:
    """A player's line of one round alone; `fields` by the names of `columns.COLUMNS`, tenths as decimals.

    `weapons`: bit → hits, shots, kills, deaths, headshots; else kills are the MP 40's and deaths the Thompson's.
    """
    cells = {bit: Cells._make(figures) for bit, figures in (weapons or {}).items()}
    if weapons is None:
        cells = {MP40: Cells(4 * kills, 1 + 12 * kills, kills, 0, kills)}
        if deaths:
            cells[THOMPSON] = Cells(0, 0, 0, deaths, 0)
    player = PlayerReport(
        guid=a_guid(name) if guid is None else guid,
        name=name,
        rounds=rounds,
        team=team,
        weapons=cells,
        fields=(0,) * columns.MOST,
    )
    return with_fields(player, {"time_min": minutes, "time_played_pct": alive, **fields})


def with_fields(player: PlayerReport, changed: Mapping[str, float]) -> PlayerReport:
    """The line with other figures, by the names of the columns."""
    values = list(player.fields)
    for name, value in changed.items():
        position = columns.POSITION[name]
        values[position] = round(10 * value) if position in columns.TENTHS else int(value)
    return replace(player, fields=tuple(values))


def two_teams(size: int = 2, *, minutes: float = 8.0, rounds: int = 0) -> list[PlayerReport]:
    """`size` against `size`, kills and damage in balance: axis0 … and allies0 …"""
    return [
        a_player(
            f"{'axis' if team == 1 else 'allies'}{number}",
            team=team,
            rounds=rounds,
            kills=(5, 4)[team - 1] + number,
            deaths=(4, 5)[team - 1] + number,
            minutes=minutes,
            damage_given=(900, 800)[team - 1] + 10 * number,
            damage_received=(800, 900)[team - 1] + 10 * number,
            xp=20 + number,
        )
        for team in (1, 2)
        for number in range(size)
    ]


def swapped(players: Iterable[PlayerReport]) -> list[PlayerReport]:
    """The same players on the other side."""
    return [replace(player, team=other_side(player.team)) for player in players]


def seconds(clock: str) -> int:
    """`12:00` → 720."""
    minutes, rest = clock.split(":")
    return int(minutes) * 60 + int(rest)


def an_r1(
    *,
    map: str = "supply",
    at: str = AT,
    players: Sequence[PlayerReport] | None = None,
    limit: str = "12:00",
    next_limit: str | None = None,
    defender: int = 1,
    winner: int | None = None,
    playtime: int | None = None,
    tab_fields: int = columns.MOST,
    number: int = 1,
    host: str = "^2test ^7server",
    config: str = "legacy3",
    newline: str = "\n",
) -> RoundFile:
    """A round 1: by default 2 against 2, attackers finished, eight header fields, every known tab field.

    `next_limit`: else the longest player's time where the attackers won, and the limit where they did not;
    `playtime`: the ninth header field as written.
    """
    lines = two_teams() if players is None else players
    won_by = other_side(defender) if winner is None else winner
    report = RoundReport(
        host=host,
        map=map,
        config=config,
        number=number,
        defender=defender,
        winner=won_by,
        time_limit=seconds(limit),
        next_time_limit=_next(next_limit, limit=seconds(limit), held=won_by in (0, defender), players=lines),
        playtime=playtime,
        tab_fields=tab_fields,
        players=tuple(replace(player, fields=player.fields[:tab_fields]) for player in lines),
    )
    return RoundFile(at=at, report=report, newline=newline)


def an_r2(
    first: RoundFile,
    *,
    players: Sequence[PlayerReport] | None = None,
    fresh: Iterable[str] = (),
    at: str | None = None,
    limit: str | None = None,
    next_limit: str | None = None,
    winner: int | None = None,
    playtime: int | None = None,
    number: int = 2,
) -> RoundFile:
    """The round 2 of `first`: `players` tell this round alone, by default what round 1 was, sides changed.

    Whoever was in round 1 gets his running totals, `rounds` one higher; who was not, or whose name is in `fresh`,
    keeps his line as it is. `at`: else when it would have ended after 49 seconds of warm-up.
    """
    first_report = first.report
    alone = swapped(_long(first_report.players)) if players is None else players
    before = {player.guid: player for player in _long(first_report.players)}
    new = set(fresh)
    lines = [
        player if player.guid not in before or player.name in new else running_total(before[player.guid], player)
        for player in alone
    ]
    time_limit = first_report.next_time_limit if limit is None else seconds(limit)
    won_by = other_side(first_report.defender) if winner is None else winner
    report = replace(
        first_report,
        number=number,
        winner=won_by,
        time_limit=time_limit,
        next_time_limit=_next(next_limit, limit=time_limit, held=won_by in (0, first_report.defender), players=alone),
        playtime=playtime,
        players=tuple(replace(line, fields=line.fields[: first_report.tab_fields]) for line in lines),
    )
    return RoundFile(
        at=later(first.at, _length(alone) + 49) if at is None else at, report=report, newline=first.newline
    )


def _next(text: str | None, *, limit: int, held: bool, players: Sequence[PlayerReport]) -> int:
    if text is not None:
        return seconds(text)
    return limit if held else _length(players)


def _length(players: Sequence[PlayerReport]) -> int:
    return 6 * max((player.time for player in players), default=0)


def _long(players: Iterable[PlayerReport]) -> list[PlayerReport]:
    """Lines of an older writer, filled up to all columns."""
    return [replace(p, fields=p.fields + (0,) * (columns.MOST - len(p.fields))) for p in players]


def later(stamp: str, elapsed: int) -> str:
    """The stamp so many seconds later on the same clock."""
    return (local_time(stamp) + timedelta(seconds=elapsed)).strftime(STAMP)


def a_round(*files: RoundFile) -> Round:
    """What the last of these files tells, in the company of the others."""
    name = files[-1].name
    return next(round for round in derived(*files) if round.filed.name.text == name)


def derived(*files: RoundFile) -> list[Round]:
    """The rounds that these files tell of."""
    return derive(file.filed() for file in files)


def a_session(n_maps: int = 5, seed: int = 1, *, players: int = 6) -> list[SampleFile]:
    """A whole plausible evening, two files per map, oldest first."""
    return session_files(datetime(2026, 3, 1, 21, 0, 0), maps=n_maps, seed=seed, players=players)  # noqa: DTZ001


def a_file_reason(words: str) -> FileReason:
    """Why a file has no round, as whatever stopped it said."""
    return FileReason(FileReasonCode.SAID, words=words)


def an_archive(files: int, seed: int = 1) -> list[SampleFile]:
    """So many files of one evening after the other, oldest first."""
    start = datetime(2025, 1, 1, 21, 0, 0)  # noqa: DTZ001  (a wall clock)
    days = range(-(-files // 20))
    return [file for day in days for file in session_files(start + timedelta(days=day), maps=10, seed=seed)][:files]


def figures(round: Round, field: str) -> dict[str, int | None]:
    """One stored figure of each player, by clean name."""
    return {player.name: player.by_name[field] for player in round.players}


def notes(round: Round) -> dict[str, list[str]]:
    """The codes of the notes on a round → the GUIDs they are about."""
    codes: dict[str, list[str]] = {}
    for note in round.notes:
        codes.setdefault(note.code, []).append(note.guid)
    return codes
