"""An outbox row → the card it should show now, from the database."""

from __future__ import annotations

from collections.abc import Callable

from bot.domain.posts import Kind, OutboxItem
from bot.present.card import AMBER, Card
from bot.present.results import round_card, round_result
from bot.present.text import safe_name
from bot.store import outbox, results
from bot.store.database import Reader


async def render(db: Reader, item: OutboxItem, *, link: Callable[[int, int], str]) -> Card:
    """What the message says; a round 1 whose match is posted is one line that leads there."""
    if item.round_id is None:
        return _alert(item)
    answer = await results.round_answer(db, item.round_id)
    assert answer is not None  # a foreign key holds it
    if item.kind is Kind.ROUND:
        second = await results.second_of(db, item.round_id)
        match = await outbox.of_round(db, second) if second is not None else None
        if match is not None and match.message_id is not None and match.channel_id is not None:
            there = link(match.channel_id, match.message_id)
            line = f"{safe_name(answer.map, limit=64)}, round 1: {round_result(answer.half)}, see the match {there}"
            return Card(short=line, buttons=(("Details", item.marker),))
    first = await results.first_half(db, item.round_id) if item.kind is Kind.MATCH else None
    return round_card(answer, first=first, marker=item.marker)


def _alert(item: OutboxItem) -> Card:
    buttons = [("Seen", item.marker)]
    if item.about is not None:
        buttons += [("Post it", f"unsure:{item.about}:post"), ("It is there", f"unsure:{item.about}:there")]
    lines = tuple(safe_name(line, limit=1500) for line in (item.body or "").splitlines())
    return Card(title="Attention", lines=lines, colour=AMBER, buttons=tuple(buttons))
