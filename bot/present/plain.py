"""Cards as plain text, for the demo and for reading without Discord."""

from __future__ import annotations

from bot.present.card import Card


def as_text(card: Card) -> str:
    """The card as Markdown."""
    if card.short:
        return card.short + "\n"
    parts = [f"## {card.title}", *card.lines]
    for name, value in card.fields:
        parts.append(f"**{name}**" + (f"\n{value}" if "\n" in value else f": {value}"))
    if card.footer:
        parts.append(f"_{card.footer}_")
    return "\n".join(parts) + "\n"
