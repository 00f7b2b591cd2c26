"""Questions about matches: both rounds of a map, added up by line-up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from bot.domain.game.model import ALLIES, AXIS, is_bot, other_side
from bot.domain.stats.answers import MatchAnswer, MatchChoice, PlayerLine, RoundAnswer
from bot.store.database import Reader, escaped_like
from bot.store.questions import results
from bot.store.questions.results import FIGURES

_ROUNDS = "SELECT coalesce(first_round_id, id) AS first, number FROM rounds WHERE id = :round"
_SECOND = "SELECT id FROM rounds WHERE first_round_id = :round"
# a map's name is in the index by end; a number's beginning is a few ranges of the unique index
_CHOICES = """
    WITH RECURSIVE begun (low, size) AS (
        SELECT :number, 1 WHERE :number > 0
         UNION ALL SELECT 10 * low, 10 * size FROM begun WHERE 10 * low <= (SELECT max(id) FROM rounds)),
    by_map AS (
        SELECT id FROM rounds INDEXED BY rounds_by_end
         WHERE map LIKE :like ESCAPE '!' AND first_round_id IS NOT NULL ORDER BY ended_at DESC, id DESC LIMIT :limit),
    by_number AS (SELECT id FROM begun CROSS JOIN rounds ON first_round_id BETWEEN low AND low + size - 1)
    SELECT id, first_round_id AS first_id, map, ended_at FROM rounds
     WHERE id IN (SELECT id FROM by_map UNION SELECT id FROM by_number)
     ORDER BY ended_at DESC, id DESC LIMIT :limit"""


async def match_answer(db: Reader, round_id: int) -> MatchAnswer | None:
    """The match that a round belongs to, whichever of its two it is; None where there is no such round."""
    row = await db.one(_ROUNDS, round=round_id)
    if row is None:
        return None
    is_lonely_second = row["number"] == 2 and row["first"] == round_id
    first = None if is_lonely_second else await results.round_answer(db, row["first"])
    second_id = round_id if is_lonely_second else await db.value(_SECOND, round=row["first"])
    second = None if second_id is None else await results.round_answer(db, second_id)
    return MatchAnswer(first=first, second=second, players=added_up(first, second))


async def choices(db: Reader, text: str, *, limit: int = 25) -> list[MatchChoice]:
    """Finished matches for a menu, newest first: by number, or by any part of the map's name."""
    wanted = text.strip()
    number = int(wanted.removeprefix("#")) if re.fullmatch(r"#?[1-9][0-9]{0,11}", wanted) else 0
    rows = await db.all(_CHOICES, like=f"%{escaped_like(wanted)}%", number=number, limit=limit)
    return [MatchChoice(**dict(row)) for row in rows]


def added_up(first: RoundAnswer | None, second: RoundAnswer | None) -> tuple[PlayerLine, ...]:
    """Both rounds' players by line-up, best first; humans before the game's bots.

    A line-up is who attacked first (1) and who defended first (2). Who changed teams in between stands where he was
    last, as his result does; figures that one of the rounds does not know are unknown.
    """
    lines: dict[str, list[PlayerLine]] = {}
    for answer, is_second in ((first, False), (second, True)):
        for player in _by_line_up(answer, is_second=is_second):
            lines.setdefault(player.guid, []).append(player)
    summed = [_sum(both) for both in lines.values()]
    return tuple(sorted(summed, key=lambda p: (p.team or 9, is_bot(p.guid), -p.kills, -p.damage_given, p.guid)))


def _by_line_up(answer: RoundAnswer | None, *, is_second: bool) -> Iterable[PlayerLine]:
    if answer is None:
        return []
    attackers_first = other_side(answer.half.defender)
    if is_second:  # sides were changed
        attackers_first = other_side(attackers_first)
    return [replace(player, team=line_up(player.team, attackers_first)) for player in answer.players]


def line_up(side: int, attackers_first: int) -> int:
    """1 attacked in round 1, 2 defended in it, 0 did neither; `attackers_first`: their side in this round."""
    if side not in (AXIS, ALLIES) or attackers_first not in (AXIS, ALLIES):
        return 0
    return 1 if side == attackers_first else 2


def _sum(both: Sequence[PlayerLine]) -> PlayerLine:
    if len(both) == 1:
        return both[0]
    sums: dict[str, Any] = {figure: _plus(*(getattr(line, figure) for line in both)) for figure in FIGURES}
    return replace(both[-1], team=both[-1].team or both[0].team, **sums)


def _plus(*values: int | None) -> int | None:
    return None if None in values else sum(value for value in values if value is not None)
