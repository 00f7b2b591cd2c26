"""What was played in a session: its matches with their line-ups, for questions and for the import's own transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.domain.game.matches import Half
from bot.domain.game.model import ALLIES, AXIS
from bot.domain.game.pairing import WINDOW
from bot.domain.stats.rounds.sessions import SessionMatch, runs
from bot.domain.stats.teams import LineUp, Member, Names, names_by_match, team_pairs
from bot.store.file.database import Row, Tx, humans

# the planner would rather gather all rounds that count, and sort them
BY_SESSION = "rounds INDEXED BY rounds_by_session"
ROUNDS = f"""
    SELECT id, filename, map, number, ended_at, first_round_id, defender, winner, time_limit, duration,
           (SELECT r1.filename FROM rounds AS r1 WHERE r1.id = rounds.first_round_id) AS first_file
      FROM {BY_SESSION} WHERE session = :session AND state = 'counted' ORDER BY ended_at, filename"""
LINES = f"""
    SELECT p.round_id, p.guid, p.name, p.team, p.kills FROM rounds JOIN player_rounds AS p ON p.round_id = rounds.id
     WHERE rounds.session = :session AND state = 'counted' AND p.team IN (1, 2) AND {humans("p.guid")}"""


_AROUND = "SELECT DISTINCT session FROM rounds WHERE ended_at BETWEEN ? AND ?"
_POSTED = f"""
    SELECT rounds.id FROM {BY_SESSION} JOIN outbox ON outbox.round_id = rounds.id
     WHERE rounds.session = ? AND outbox.kind = 'match' AND outbox.state <> 'waiting'"""
_MATCH = "SELECT coalesce(first_round_id, id) AS match, session FROM rounds WHERE id = ?"


def posted_around(tx: Tx, ends: Iterable[int], *, gap: int) -> list[int]:
    """The round 2s with a post, or with one behind them, in the sessions that rounds of these ends may touch."""
    reach = max(gap, WINDOW)  # as sessions reach
    spans = [(run[0] - reach, run[-1] + reach) for run in runs(ends, ended_at=int, gap=reach)]
    around = {row["session"] for span in spans for row in tx.execute(_AROUND, span)}
    return [row["id"] for session in sorted(around) for row in tx.execute(_POSTED, (session,))]


def called(tx: Tx, rounds: Iterable[int]) -> dict[int, Names | None]:
    """Round → what the line-ups of its match are called now; None where it is in no pair of teams."""
    placed = {round_id: tx.execute(_MATCH, (round_id,)).fetchone() for round_id in rounds}
    names = {session: _team_names(tx, session) for session in {row["session"] for row in placed.values()}}
    return {round_id: names[row["session"]].get(row["match"]) for round_id, row in placed.items()}


def _team_names(tx: Tx, session: int) -> dict[int, Names]:
    """Match → what its line-ups are called: who attacked first, who defended first."""
    rounds, lines = (tx.execute(sql, {"session": session}).fetchall() for sql in (ROUNDS, LINES))
    return names_by_match(team_pairs(match.played for match in matches(rounds, lines)))


def matches(rounds: Sequence[Row], lines: Iterable[Row]) -> list[SessionMatch]:
    """The matches of a session in the order of their ends, from its `ROUNDS` and `LINES`."""
    in_round: dict[int, list[Row]] = {}
    for line in lines:
        in_round.setdefault(line["round_id"], []).append(line)
    by_match: dict[int, dict[int, Row]] = {}
    for row in rounds:
        by_match.setdefault(row["first_round_id"] or row["id"], {})[row["number"]] = row
    played = (_match(number, halves, in_round) for number, halves in by_match.items())
    return sorted(played, key=lambda match: (match.ended_at, match.file))


def _match(number: int, halves: dict[int, Row], lines: dict[int, list[Row]]) -> SessionMatch:
    last = halves[max(halves)]
    sides: dict[str, int] = {}
    members: dict[str, Member] = {}
    for half in sorted(halves):  # who changed teams in between stands where he was last, under his last name
        row = halves[half]
        attackers = _attackers_first(row["defender"], half)
        for line in lines.get(row["id"], ()):
            guid = line["guid"]
            sides[guid] = line_up(line["team"], attackers)
            members[guid] = Member(line["name"], line["kills"] + (members[guid].kills if guid in members else 0))
    return SessionMatch(
        id=number,
        file=last["first_file"] or last["filename"],
        map=last["map"],
        ended_at=last["ended_at"],
        first=_half(halves.get(1)),
        second=_half(halves.get(2)),
        attackers=_with(sides, members, 1),
        defenders=_with(sides, members, 2),
    )


def line_up(side: int, attackers_first: int) -> int:
    """1 attacked in round 1, 2 defended in it, 0 did neither; `attackers_first`: their side in this round."""
    if side not in (AXIS, ALLIES) or attackers_first not in (AXIS, ALLIES):
        return 0
    return 1 if side == attackers_first else 2


def _attackers_first(defender: int, half: int) -> int:
    """The side in this half of those who attacked in round 1."""
    return defender if half == 2 else {AXIS: ALLIES, ALLIES: AXIS}.get(defender, 0)


def _with(sides: dict[str, int], members: dict[str, Member], wanted: int) -> LineUp:
    return {guid: members[guid] for guid, side in sides.items() if side == wanted}


def _half(row: Row | None) -> Half | None:
    return None if row is None else Half(row["defender"], row["winner"], row["time_limit"], row["duration"])
