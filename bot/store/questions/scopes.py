"""A scope → the rounds that are meant: one CTE of round ids, assembled here and nowhere else."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from typing import Any

from bot.domain.game.model import Aside
from bot.domain.rules import Rules
from bot.domain.stats.answers import Coverage
from bot.domain.stats.days import is_a_day
from bot.domain.stats.scope import ATTACK, LAST, NOW, Scope, is_session, last_sessions, session_names, span
from bot.store import codes
from bot.store.file.database import Reader
from bot.store.questions.lines import BY_FIGURES, ONE, PERSON, Lines

WIDE = 25_000
"""From so many rounds on, one pass of the index over all lines is faster than looking up each round's lines."""
_NEWEST = "SELECT ended_at, session FROM rounds ORDER BY ended_at DESC, id DESC LIMIT 1"
_LAST = """
    SELECT session FROM rounds INDEXED BY rounds_by_session WHERE state = 'counted' ORDER BY session DESC LIMIT 1"""
_STARTS = """
    SELECT DISTINCT session FROM rounds WHERE state = 'counted' AND session BETWEEN :low AND :high"""
_LAST_FEW = """session IN (
    SELECT DISTINCT session FROM rounds INDEXED BY rounds_by_session WHERE state = 'counted'
     ORDER BY session DESC LIMIT :few)"""
_COUNTED, _SET_ASIDE = "state = 'counted'", "state = 'set_aside'"
_COUNT = f"""
    SELECT (SELECT count(*) FROM rounds WHERE {{where}}) AS rounds,
           (SELECT count(*) FROM rounds WHERE {_COUNTED}) AS counted"""
_OFFICIAL = "config <> '' AND config NOT LIKE '%public%'"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenRounds:
    """The rounds of a scope, ready to be joined.

    `of_round`: conditions on `rounds`, beside that they count; `of_line`: conditions on a player's line `p`; both
    over `parameters`. `counted`: all rounds that count, whatever the scope; 0 where nobody asked. `matches`: the same
    without its half and its side, where it names one.
    """

    scope: Scope
    of_round: tuple[str, ...]
    of_line: tuple[str, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    coverage: Coverage
    counted: int = 0
    matches: ChosenRounds | None = None

    @property
    def whole(self) -> ChosenRounds:
        """For figures of matches, which are whole: neither a half nor a side of one applies to them."""
        return self.matches or self

    @property
    def where(self) -> str:
        """The condition on `rounds`."""
        return " AND ".join((_COUNTED, *self.of_round))

    @property
    def cte(self) -> str:
        """`WITH scope (id) AS (…)`: the ids of the rounds."""
        return f"WITH scope (id) AS MATERIALIZED (SELECT id FROM rounds WHERE {self.where})"

    @property
    def where_left_out(self) -> str:
        """The condition on the rounds that would be in the scope if they counted."""
        return " AND ".join((_SET_ASIDE, *self.of_round))

    @property
    def lines(self) -> Lines:
        """The players' lines of these rounds, by the way that is faster."""
        if not self.is_wide and not self.scope_is_everything:
            return Lines("scope CROSS JOIN player_rounds AS p ON p.round_id = scope.id", self.of_line)
        # +: a filter, not a constant, so that grouping by guid, counted, session needs no sorting
        return Lines(BY_FIGURES, ("+p.counted = 1", *self._within, *self.of_line))

    def lines_of(self, whose: str = ONE) -> Lines:
        """As `lines`, of some players alone: by a condition on `p.guid`, else of the player `:guid`."""
        return Lines(BY_FIGURES, (whose, "p.counted = 1", *self._within, *self.of_line))

    @property
    def _within(self) -> tuple[str, ...]:
        """The rounds as a condition on a line: the shorter of two lists, those that are meant and all others."""
        if self.scope_is_everything:
            return ()
        if 2 * self.coverage.rounds > self.counted > 0:
            rest = f"SELECT id FROM rounds WHERE {_COUNTED} AND NOT ({self.where})"
            return (f"+p.round_id NOT IN ({rest})",)
        return ("+p.round_id IN (SELECT id FROM scope)",)  # a filter: + keeps it from being a list of seeks

    @property
    def is_wide(self) -> bool:
        """So much that its rounds are not looked up one by one."""
        return self.coverage.rounds > WIDE

    @property
    def scope_is_everything(self) -> bool:
        """No round that counts is left out."""
        return not self.of_round or 0 < self.counted == self.coverage.rounds


async def choose(
    db: Reader,
    scope: Scope,
    *,
    now: float,
    rules: Rules,
) -> ChosenRounds:
    """The rounds that are meant; `now` in UTC seconds."""
    conditions, parameters = list[str](), dict[str, Any]()
    newest = await db.one(_NEWEST)
    if is_session(scope.period):
        conditions.append("session = :session")
        parameters["session"] = await _session(db, scope.period, now=now, rules=rules)
    else:
        since, until = span(scope.period, now=now, zone=rules.zone, seasons=rules.seasons)
        column = "session" if is_a_day(scope.period) else "ended_at"
        if (few := last_sessions(scope.period)) is not None:
            conditions.append(_LAST_FEW)
            parameters["few"] = few
        for name, limit, sign in (("since", since, ">="), ("until", until, "<")):
            if limit is not None:
                conditions.append(f"{column} {sign} :{name}")
                parameters[name] = limit
    if scope.number is not None:
        conditions.append("number = :number")
        parameters["number"] = scope.number
    if len(scope.maps) == 1:
        conditions.append("map = :map")
        parameters["map"] = scope.maps[0]
    elif scope.maps:
        conditions.append("map IN (SELECT value FROM json_each(:maps))")
        parameters["maps"] = json.dumps(scope.maps)
    if scope.size:
        conditions.append("team_size >= :size")
        parameters["size"] = scope.size
    if scope.official:
        conditions.append(_OFFICIAL)
    where = " AND ".join((_COUNTED, *conditions))
    count = await db.one(_COUNT.format(where=where), **parameters)
    assert count is not None  # counts always have a row
    coverage = Coverage(
        label=scope.label,
        rounds=count["rounds"],
        left_out=await _left_out(db, conditions, parameters),
        newest=newest["ended_at"] if newest is not None else None,
        not_of_matches=scope.half_and_side,
    )
    matches = None
    if scope.half_and_side:
        matches = await choose(db, scope.of_whole_matches, now=now, rules=rules)
        told = replace(matches.coverage, not_of_matches=scope.half_and_side)
        matches = replace(matches, coverage=told)
    return ChosenRounds(
        scope=scope,
        of_round=tuple(conditions),
        of_line=(PERSON, f"p.attack = {int(scope.role == ATTACK)}") if scope.role else (PERSON,),
        parameters=parameters,
        coverage=coverage,
        counted=int(count["counted"]),
        matches=matches,
    )


async def _left_out(db: Reader, conditions: list[str], parameters: dict[str, Any]) -> tuple[tuple[Aside, int], ...]:
    where = " AND ".join((_SET_ASIDE, *conditions))
    sql = f"SELECT reason, count(*) AS rounds FROM rounds WHERE {where} GROUP BY reason ORDER BY 2 DESC, 1"
    left_out: Counter[Aside] = Counter()
    for row in await db.all(sql, **parameters):
        if reason := codes.reason_of(row["reason"], None):
            left_out[reason.code] += row["rounds"]
    return tuple(left_out.most_common())


async def _session(db: Reader, period: str, *, now: float, rules: Rules) -> int | None:
    """The start of the session that is meant, None where there is none."""
    if period in (LAST, NOW):
        last = await db.value(_LAST)
        if period == NOW and last is not None:
            ended = await db.value("SELECT max(ended_at) FROM rounds WHERE session = :session", session=last)
            last = last if now - ended <= rules.session_gap else None
        return None if last is None else int(last)
    return await session_named(db, period, zone=rules.zone)


async def session_named(db: Reader, name: str, *, zone: tzinfo) -> int | None:
    """The start of the session of this name, such as `2025-10-12` or `2025-10-12b`."""
    try:
        midnight = int(datetime.fromisoformat(name[:10]).replace(tzinfo=zone).timestamp())
        datetime.fromtimestamp(midnight, zone)
    except (ValueError, OverflowError):  # no day, or one at an end of the calendar
        return None
    names = await names_on(db, midnight, zone=zone)
    return next((start for start, session in names.items() if session == name), None)


async def names_on(db: Reader, instant: int, *, zone: tzinfo) -> dict[int, str]:
    """Start → name of every session that began within a day of an instant; those of its own local day are all there."""
    rows = await db.all(_STARTS, low=instant - 129_600, high=instant + 129_600)  # a day and a half: clocks change
    names = session_names((row["session"] for row in rows), zone=zone)
    day = datetime.fromtimestamp(instant, zone).date().isoformat()
    return {start: name for start, name in names.items() if name.startswith(day)}


async def session_name(db: Reader, start: int, *, zone: tzinfo) -> str:
    """The public name of a session."""
    return (await names_on(db, start, zone=zone)).get(start, datetime.fromtimestamp(start, zone).date().isoformat())


async def newest(db: Reader, chosen: ChosenRounds, *, limit: int) -> list[int]:
    """The newest rounds of a scope, oldest first."""
    sql = f"SELECT id FROM rounds WHERE {chosen.where} ORDER BY ended_at DESC, id DESC LIMIT :limit"
    return [row["id"] for row in await db.all(sql, **chosen.parameters, limit=limit)][::-1]
