"""What a menu shows while somebody types: never nothing, and what it could not read it says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from discord import app_commands

from bot.present.words.text import plain

MOST, _LETTERS = 25, 100
"""Choices of a menu, and characters of a choice."""
_TYPED = 40
Offer = tuple[str, str]
"""What a choice is called, and what choosing it types."""


def menu(typed: str, offers: Iterable[Offer], *, what: str, usual: Sequence[Offer]) -> list[app_commands.Choice[str]]:
    """What fits what was typed; else a first choice that says so, and the usual ones below it.

    `what`: what is looked for, such as `round`. Whoever chooses the sentence has asked with what he typed, and is told.
    """
    fits = [*offers][:MOST]
    if fits:
        return [_choice(label, value) for label, value in fits]
    if not typed.strip() and not usual:
        return [_choice(f"There is no {what} yet: none has been imported", "?")]
    text = plain(typed, limit=_TYPED).strip() or "?"
    nothing_like_it = f"“{text}” is no {what} that I know{'; these are:' if usual else ', and there is none yet'}"
    return [_choice(nothing_like_it, typed), *(_choice(label, value) for label, value in usual[: MOST - 1])]


def unread(typed: str) -> list[app_commands.Choice[str]]:
    """While the database does not answer: a menu cannot say why, the command can."""
    return [_choice("The database does not answer just now: ask all the same, and I say why", typed)]


def _choice(label: str, value: str) -> app_commands.Choice[str]:
    return app_commands.Choice(name=plain(label, limit=_LETTERS).strip() or "?", value=value[:_LETTERS].strip() or "?")
