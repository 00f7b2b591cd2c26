"""Names and numbers as text: hostile names made harmless, columns that line up, unknown shown as a dash."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from wcwidth import wcswidth, wcwidth

UNKNOWN = "–"
ELLIPSIS = "…"
_MARKDOWN = re.compile(r"([\\*_~|`>#\-\[\]()])")
_WRAP = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def plain(text: str, *, limit: int) -> str:
    """Text without anything invisible, at most `limit` characters."""
    bare = "".join(c for c in text if unicodedata.category(c) not in _WRAP)
    return bare if len(bare) <= limit else bare[: limit - 1] + ELLIPSIS


def safe_name(name: str, *, limit: int = 36) -> str:
    """A name for Discord markdown: no mention, link, timestamp, heading or emphasis comes alive."""
    bare = plain(name, limit=limit)
    bare = _MARKDOWN.sub(r"\\\1", bare)
    # a zero-width space is enough to keep Discord from reading on
    for live in ("<", "@", "://", "/", ":", "."):
        bare = bare.replace(live, live[0] + "\u200b" + live[1:])
    return bare


def cell(text: str, width: int) -> str:
    """Text for a code block, cut or padded to `width` terminal columns; a backtick cannot end the block."""
    bare = plain(text, limit=10 * width).replace("`", "'")
    kept, used = "", 0
    total = wcswidth(bare)
    room = width if 0 <= total <= width else width - 1
    for character in bare:
        columns = max(wcwidth(character), 0)
        if used + columns > room:
            kept, used = kept + ELLIPSIS, used + 1
            break
        kept, used = kept + character, used + columns
    return kept + " " * (width - used)


def clock(seconds: int | None) -> str:
    """`9:41`, or a dash where it is not known."""
    return UNKNOWN if seconds is None else f"{seconds // 60}:{seconds % 60:02d}"


def number(value: float | None, digits: int = 0) -> str:
    """A figure, or a dash where it is not known."""
    return UNKNOWN if value is None else f"{value:.{digits}f}"


def table(rows: Sequence[Sequence[str]], widths: Sequence[int], *, limit: int) -> str:
    """A code block of columns, the first aligned left and the rest right, at most `limit` characters.

    Rows that do not fit are counted in a last line.
    """
    lines = [
        " ".join(
            [cell(row[0], widths[0]), *(text.rjust(width) for text, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in rows
    ]
    fits = lines
    while len(_block(fits, len(lines))) > limit:
        fits = fits[:-1]
    return _block(fits, len(lines))


def _block(lines: Sequence[str], of: int) -> str:
    rest = [f"{ELLIPSIS} and {of - len(lines)} more"] if len(lines) < of else []
    return "\n".join(["```", *lines, *rest, "```"])


def when(seconds: int, style: str = "f") -> str:
    """An instant that each reader's Discord shows in his own zone."""
    return f"<t:{seconds}:{style}>"
