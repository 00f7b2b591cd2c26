"""Marks: what rounds and lines know of their session and match, so that one pass of one index sums them.

Nothing here is a total: each mark is a copy of what a round says, written in the transaction that stores the round.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple

from bot.domain.game.matches import Half, result
from bot.domain.game.model import ALLIES, AXIS, other_side
from bot.domain.game.pairing import WINDOW
from bot.domain.stats.rounds.sessions import SessionRound, runs, sessions
from bot.store import facts
from bot.store.file.database import Row, Tx

SESSION_RULE = 3
"""Raise it whenever the same rounds make other sessions than before: the next start then groups them anew."""
# by the end also where SQLite has no statistics yet: else a first import sorts every round for each one that comes
_BEFORE = """
    SELECT ended_at, session FROM rounds INDEXED BY rounds_by_end WHERE server_id = ? AND ended_at < ? AND ended_at >= ?
     ORDER BY ended_at DESC LIMIT 1"""
_AFTER = """
    SELECT ended_at, session FROM rounds INDEXED BY rounds_by_end WHERE server_id = ? AND ended_at > ? AND ended_at <= ?
     ORDER BY ended_at LIMIT 1"""
_END = "SELECT max(ended_at) FROM rounds WHERE server_id = ? AND session = ?"
_SPAN = """
    SELECT id, ended_at, session, coalesce(first_round_id, id) AS match,
           state <> 'counted' AND team_size = 0 AS is_idle,
           coalesce((SELECT r1.host FROM rounds AS r1 WHERE r1.id = rounds.first_round_id), host) AS host
      FROM rounds INDEXED BY rounds_by_end WHERE server_id = ? AND ended_at BETWEEN ? AND ?"""
_MATCH = """
    SELECT r1.id AS first, r2.id AS second, r1.state = 'counted' AND r2.state = 'counted' AS counts,
           r1.defender AS d1, r1.winner AS w1, r2.defender AS d2, r2.winner AS w2
      FROM rounds AS r2 JOIN rounds AS r1 ON r1.id = r2.first_round_id
     WHERE r2.id = coalesce((SELECT id FROM rounds WHERE first_round_id = :round), :round)"""
_ROUND = """
    SELECT r.state = 'counted' AS counted, r.ended_at, r.session, coalesce(r.first_round_id, r.id) AS match_id,
           r.defender, r1.state = 'counted' AS first_counts, r1.defender AS d1, r1.winner AS w1,
           r.defender AS d2, r.winner AS w2
      FROM rounds AS r LEFT JOIN rounds AS r1 ON r1.id = r.first_round_id WHERE r.id = ?"""
_LINES = "SELECT round_id, line, guid, team, result FROM player_rounds WHERE round_id IN (?, ?)"
_RESULT = "UPDATE player_rounds SET result = ? WHERE round_id = ? AND line = ?"


def regroup(tx: Tx, server: int, stamps: Iterable[int], *, gap: int) -> None:
    """Give the rounds around these ends their sessions: they may have merged or split; `gap` in seconds."""
    reach = max(gap, WINDOW)  # a match holds its session together for so long
    for run in runs(stamps, ended_at=int, gap=reach):
        low, high = run[0], run[-1]
        while before := tx.execute(_BEFORE, (server, low, low - reach)).fetchone():
            low = min(before["session"], before["ended_at"])
        while after := tx.execute(_AFTER, (server, high, high + reach)).fetchone():
            (end,) = tx.execute(_END, (server, after["session"])).fetchone()
            high = max(end, after["ended_at"])
        _group(tx, tx.execute(_SPAN, (server, low, high)), gap)


def bring_up(tx: Tx, server: int, *, gap: int) -> None:
    """Mark everything anew where the database was marked by another gap or another rule, or never."""
    known = tx.execute("SELECT value FROM facts WHERE key = ?", (facts.SESSION_GAP,)).fetchone()
    rule = f"{gap}.{SESSION_RULE}"
    if known is None or known["value"] != rule:
        regroup_all(tx, server, gap=gap)
        settle_all(tx)
        facts.put(tx, facts.SESSION_GAP, rule)


def regroup_all(tx: Tx, server: int, *, gap: int) -> None:
    """Sessions for every round."""
    _group(tx, tx.execute(_SPAN, (server, -(1 << 60), 1 << 60)), gap)


def _group(tx: Tx, rows: Iterable[Row], gap: int) -> None:
    marked: dict[int, int] = {}
    by_host: dict[str, list[SessionRound]] = {}  # two servers may write into one folder: each has its own evenings
    for row in rows:
        marked[row["id"]] = row["session"]
        round = SessionRound(row["id"], row["ended_at"], row["match"], bool(row["is_idle"]))
        by_host.setdefault(row["host"], []).append(round)
    moved = [
        (session[0].ended_at, round.id)
        for rounds in by_host.values()
        for session in sessions(rounds, gap=gap)
        for round in session
        if marked[round.id] != session[0].ended_at
    ]
    tx.executemany("UPDATE rounds SET session = ? WHERE id = ?", moved)
    tx.executemany("UPDATE player_rounds SET session = ? WHERE round_id = ?", moved)


class Marks(NamedTuple):
    """What every line of a round is marked with; `winner`: the side that won its match, None where it says nothing."""

    counted: int
    ended_at: int
    session: int
    match_id: int
    defender: int
    winner: int | None


def of_round(tx: Tx, round_id: int) -> Marks:
    """The marks of a stored round that has its session and its round 1."""
    row = tx.execute(_ROUND, (round_id,)).fetchone()
    winner = winning_side(row) if row["counted"] and row["first_counts"] else None
    return Marks(row["counted"], row["ended_at"], row["session"], row["match_id"], row["defender"], winner)


class LineMarks(NamedTuple):
    """What one line is marked with: `attack` 1 or 0, `result` 1 won, 0 draw, -1 lost; None where it says nothing."""

    counted: int
    ended_at: int
    session: int
    match_id: int
    attack: int | None
    result: int | None


def of_line(marks: Marks, team: int) -> LineMarks:
    """The marks of a line on this side."""
    played = team in (AXIS, ALLIES)
    attack = int(team != marks.defender) if played and marks.defender in (AXIS, ALLIES) else None
    return LineMarks(
        counted=marks.counted,
        ended_at=marks.ended_at,
        session=marks.session,
        match_id=marks.match_id,
        attack=attack,
        result=_sign(team, marks.winner) if played else None,
    )


def settle_all(tx: Tx) -> None:
    """Results for every match."""
    settle(tx, chain.from_iterable(tx.execute("SELECT id FROM rounds WHERE first_round_id IS NOT NULL").fetchall()))


def settle(tx: Tx, rounds: Iterable[int]) -> None:
    """Write who won and lost the matches of these rounds: on each player's last line of the match."""
    settled: set[int] = set()
    for round_id in dict.fromkeys(rounds):
        if round_id in settled:
            continue
        row = tx.execute(_MATCH, {"round": round_id}).fetchone()
        first, second = (row["first"], row["second"]) if row is not None else (round_id, round_id)
        settled |= {first, second}
        lines = tx.execute(_LINES, (first, second)).fetchall()
        side = winning_side(row) if row is not None and row["counts"] else None
        last = {line["guid"] for line in lines if line["round_id"] == second and line["team"] in (AXIS, ALLIES)}
        tx.executemany(_RESULT, [
            (now, line["round_id"], line["line"])
            for line in lines
            if (now := _result(line, side, second, last)) != line["result"]
        ])  # fmt: skip


def winning_side(row: Row) -> int:
    """The side in round 2 of the line-up that won, 0 for a draw; of a row with d1, w1, d2, w2."""
    return result(Half(row["d1"], row["w1"], 0, None), Half(row["d2"], row["w2"], 0, None)).side_in_second


def _result(line: Row, side: int | None, second: int, last: set[str]) -> int | None:
    """1, 0 or -1; None where the match has no result, he was on no side, or a later line of his has it."""
    is_second = line["round_id"] == second
    if side is None or line["team"] not in (AXIS, ALLIES) or (not is_second and line["guid"] in last):
        return None
    return _sign(line["team"] if is_second else other_side(line["team"]), side)


def _sign(mine: int, side: int | None) -> int | None:
    return None if side is None else 0 if side == 0 else 1 if mine == side else -1
