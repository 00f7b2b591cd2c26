"""Cards as plain text, for the demo and for reading without Discord."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.present.card import Card


def as_text(card: Card) -> str:
    """The card as Markdown."""
    if card.short:
        return card.short + "\n"
    parts = [f"## {card.title}", *card.lines]
    for name, value in card.fields:
        parts.append(f"**{name}**" + (f"\n{value}" if "\n" in value else f": {value}"))
    parts += [f"![{picture.alt}]({picture.name})" for picture in card.pictures]
    footer = [card.footer] if card.footer else []
    if card.at is not None:
        footer.append(f"{datetime.fromtimestamp(card.at, UTC):%Y-%m-%d %H:%M} UTC")
    if footer:
        parts.append(f"_{' · '.join(footer)}_")
    return "\n".join(parts) + "\n"
