"""From what files say to what happened in each round (FORMAT, "Round 2").

A round 2 file goes on counting where round 1 stopped, but not in every field, and not for every player. Each
judgement about that is kept as a note on the round.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from operator import sub

from bot.domain.game.file import columns
from bot.domain.game.file.colours import clean
from bot.domain.game.file.report import NO_CELLS, Cells, PlayerReport, RoundReport
from bot.domain.game.judgement import SLACK, played_seconds
from bot.domain.game.lines import keyed, lines_of, runs_on
from bot.domain.game.model import ALLIES, AXIS, Note, NoteCode, PlayerRound, other_side

TENTH = 6
"""Seconds in a tenth of a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerShare:
    """One player's part of one round: counters and cells of this round alone, `time` in seconds."""

    player: PlayerReport
    key: str
    team: int
    fields: tuple[int, ...]
    cells: Mapping[int, Cells]
    time: int
    alive: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Differential:
    """The players of one round, how long it lasted in seconds (None: unknown), and every judgement made."""

    shares: tuple[PlayerShare, ...]
    duration: int | None
    notes: tuple[Note, ...] = field(default=())


def as_written(report: RoundReport) -> Differential:
    """A round whose file counts it alone: a round 1. Also the running totals of a round 2 that cannot be split."""
    shares = tuple(_whole(key, player) for key, player in keyed(report))
    return Differential(shares=shares, duration=_duration(report, report.longest_time * TENTH))


def second_round(first: RoundReport, total: RoundReport) -> Differential:
    """Round 2 alone, from its file and its round 1's."""
    lines = lines_of(first, total)
    known = {line.key for line in lines if line.before is not None}
    notes: list[Note] = []
    shares: list[PlayerShare] = []
    for key, now, before in lines:
        if before is None or not runs_on(before, now):
            shares.append(_whole(key, now, before))
            notes.append(_why_whole(before, now, key))
            continue
        share = _difference(before, now, key)
        if now.team not in (AXIS, ALLIES):
            if not _did_anything(share):
                notes.append(Note(NoteCode.WATCHED, key, clean(now.name)))
                continue
            notes.append(Note(NoteCode.LEFT, key, clean(now.name)))
        is_told = tells_alive(now, before) and share.time >= 0
        if is_told and not -SLACK <= _alive_in(before, now) / 1000 <= share.time + SLACK:
            percent = now.fields[columns.ALIVE_SHARE]
            notes.append(Note(NoteCode.IMPOSSIBLE, key, clean(now.name), figure="time_played_pct", value=percent))
        shares.append(share)
    shares_of_humans = [share for share in shares if not share.player.is_bot] or shares
    own = [share.time for share in shares_of_humans if share.key in known] or [s.time for s in shares_of_humans]
    duration = _duration(total, max(own, default=0))
    return Differential(
        shares=tuple(share if share.key in known else _within(share, duration, notes) for share in shares),
        duration=duration,
        notes=tuple(notes),
    )


def _whole(key: str, player: PlayerReport, before: PlayerReport | None = None) -> PlayerShare:
    time = player.time * TENTH
    return PlayerShare(
        player=player,
        key=key,
        team=_side(before, player),
        fields=player.fields,
        cells=player.weapons,
        time=time,
        alive=_alive_seconds(player.alive * TENTH, within=time),
    )


def _difference(before: PlayerReport, now: PlayerReport, key: str) -> PlayerShare:
    fields = list(now.fields)
    # a script that was updated between the rounds may count more in the second: that began with it
    for position in columns.running(min(len(before.fields), len(now.fields))):
        fields[position] -= before.fields[position]
    cells: dict[int, Cells] = {}
    for bit in sorted(before.weapons.keys() | now.weapons.keys()):
        was, total = before.weapons.get(bit, NO_CELLS), now.weapons.get(bit, NO_CELLS)
        if total != was:
            cells[bit] = Cells._make(map(sub, total, was))
    time = (now.time - before.time) * TENTH
    return PlayerShare(
        player=now,
        key=key,
        team=_side(before, now),
        fields=tuple(fields),
        cells=cells,
        time=time,
        alive=_alive_seconds(_alive_in(before, now), within=time),
    )


def _alive_in(before: PlayerReport, now: PlayerReport) -> int:
    """Milliseconds that somebody was alive in round 2 alone, as the two files say; none where one of them does not."""
    return (now.alive - before.alive) * TENTH if tells_alive(now, before) else 0


def tells_alive(now: PlayerReport, before: PlayerReport | None) -> bool:
    """The share of the time alive is a number, also in round 1's file if the line goes on from one there."""
    # asked last, since it takes longest: nearly always both tell
    return _tells_alive(now) and (before is None or _tells_alive(before) or not runs_on(before, now))


def _tells_alive(line: PlayerReport) -> bool:
    return columns.ALIVE_SHARE not in line.unreadable or line.time <= 0


def _side(before: PlayerReport | None, now: PlayerReport) -> int:
    """Where a line says spectator, he left his team in mid-round: it was the other side of round 1's."""
    return now.team if now.team in (AXIS, ALLIES) or before is None else other_side(before.team)


def _alive_seconds(milliseconds: int, *, within: int) -> int:
    """Seconds, to the nearest, between none and all of the time."""
    return min(max(round(milliseconds / 1000), 0), within)


def _did_anything(share: PlayerShare) -> bool:
    own = (share.fields[c.position] for c in (*columns.RUNNING, *columns.PER_ROUND) if c.position < len(share.fields))
    return bool(share.time or share.cells or any(own))


def _why_whole(before: PlayerReport | None, now: PlayerReport, key: str) -> Note:
    code = NoteCode.JOINED if before is None else NoteCode.RESET if now.rounds else NoteCode.RECONNECTED
    return Note(code, key, clean(now.name))


def _duration(report: RoundReport, longest: int) -> int | None:
    """How long the round lasted: the ninth header field, else the attackers' time, else the longest player's.

    The next limit is the attackers' time only where it fits the limit and the players (`longest`, in seconds). Nothing
    lasts longer than its limit: players' times are tenths of a minute, rounded up.
    """
    target, limit = report.next_time_limit, report.time_limit
    seconds = played_seconds(report)
    if seconds is None:
        is_attackers = report.attackers_won and 0 < target <= limit and abs(target - longest) <= SLACK
        seconds = target if is_attackers else longest
    return max(min(seconds, limit) if limit > 0 else seconds, 0) or None


def _within(share: PlayerShare, duration: int | None, notes: list[Note]) -> PlayerShare:
    """A joiner whose time is longer than the round: he idled through round 1 without a figure."""
    if duration is None or share.time <= duration + SLACK:
        return share
    notes.append(Note(NoteCode.TIME, share.key, clean(share.player.name)))
    alive = share.player.fields[columns.ALIVE_SHARE] * duration  # tenths of a per cent of seconds
    return replace(share, time=duration, alive=_alive_seconds(alive, within=duration))


def player_round(share: PlayerShare, report: RoundReport) -> PlayerRound:
    """The stored figures of one share; what this writer does not know is None."""
    hits, shots, kills, deaths, headshots = map(sum, zip(NO_CELLS, *share.cells.values(), strict=True))
    places = columns.places(report.tab_fields)
    counters = {name: None if at is None else share.fields[at] for name, at in places.items()}
    for name, weapon in columns.WEAPON.items():
        if places[name] is None:
            counters[name] = share.cells.get(weapon, NO_CELLS).hits
    return PlayerRound(
        guid=share.key,
        name=clean(share.player.name),
        raw_name=share.player.name,
        team=share.team,
        kills=kills,
        deaths=deaths,
        hits=hits,
        shots=shots,
        headshots=headshots,
        time_seconds=share.time,
        alive_seconds=share.alive,
        counters=counters,
        time_dead_seconds=share.fields[columns.TIME_DEAD] * TENTH if report.playtime is not None else None,
    )
