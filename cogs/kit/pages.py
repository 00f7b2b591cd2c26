"""The buttons that turn pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.domain.buttons import CustomId

Labelled = tuple[tuple[str, str], ...]
"""(label, custom id) of each button, as a card has them."""


def pages_of(count: int, size: int) -> int:
    """How many pages of `size` hold so many lines; one at least."""
    return max(1, -(-count // size))


def turns(
    page: int, pages: int, to: Callable[[int], CustomId], *, back: str = "Previous", on: str = "Next"
) -> Labelled:
    """Back and on from a page (0 is the first); what would lead nowhere is left out."""
    there = [(back, page - 1), (on, page + 1)]
    return tuple((label, str(to(number))) for label, number in there if 0 <= number < pages)


def all_turns(
    page: int, pages: int, to: Callable[[str, int], CustomId], *, own: int | None
) -> tuple[Labelled, frozenset[str]]:
    """First, previous, next, last and one's own page, and which of them are off: those that lead nowhere.

    `to`: takes a letter as well, since two of them may lead to the same page; `own`: None where one has no place.
    """
    last = pages - 1
    ways: Sequence[tuple[str, str, int, bool]] = (
        ("First", "f", 0, page == 0),
        ("Previous", "p", max(page - 1, 0), page == 0),
        ("Next", "n", min(page + 1, last), page == last),
        ("Last", "l", last, page == last),
        ("My place", "m", own or 0, own is None),
    )
    buttons = tuple((label, str(to(letter, number))) for label, letter, number, _ in ways)
    return buttons, frozenset(custom_id for (_, custom_id), (*_, is_off) in zip(buttons, ways, strict=True) if is_off)
