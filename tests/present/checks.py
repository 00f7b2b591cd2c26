"""What every card must keep: Discord's limits, closed code blocks, columns for a phone, and nothing live in a name."""

from __future__ import annotations

import re
from typing import Any

from wcwidth import wcswidth

from bot.present.card import Card
from bot.present.embeds import embed, view
from rigs import discord_rules

COLUMNS = 32
BLOCK = re.compile(r"```\n(.*?)\n```", re.DOTALL)


def body(card: Card) -> dict[str, Any]:
    """The message as it is sent."""
    buttons = view(card)
    return {
        "content": card.short or "",
        "embeds": [] if card.short else [embed(card).to_dict()],
        "components": buttons.to_components() if buttons else [],
        "allowed_mentions": {"parse": []},
    }


def tables(card: Card) -> list[list[str]]:
    """The lines of every code block."""
    texts = ["\n".join(card.lines), *(value for _, value in card.fields)]
    return [block.split("\n") for text in texts for block in BLOCK.findall(text)]


def prose(card: Card) -> list[str]:
    """Every line of Discord markdown outside of code blocks."""
    texts = [card.title, BLOCK.sub("", "\n".join(card.lines)), *(name for name, _ in card.fields)]
    texts += [BLOCK.sub("", value) for _, value in card.fields]
    return [line for text in texts for line in text.split("\n") if line]


def check(card: Card) -> None:
    """The card is whole within the limits, by construction: nothing is cut off at the last moment."""
    assert discord_rules.message(body(card)) == []
    if card.short is None:
        made = embed(card)
        assert (made.title or "", made.description or "") == (card.title, "\n".join(card.lines))
        assert [(field.name, field.value) for field in made.fields] == list(card.fields)
        assert (made.footer.text or "") == card.footer
    for text in ["\n".join(card.lines), *(value for _, value in card.fields)]:
        assert text.count("```") % 2 == 0
    for block in tables(card):
        assert all(0 <= wcswidth(line) <= COLUMNS for line in block), block
