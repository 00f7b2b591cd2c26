"""Names and numbers as text: hostile names made harmless, columns that line up, unknown shown as a dash."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from wcwidth import clip, wcswidth

UNKNOWN = "–"
MINE = "» "
"""Stands before the asker's own line in a table."""
ELLIPSIS = "…"
_MARKDOWN = re.compile(r"([\\*_~|`<>\[\]/])")
_LINE_START = re.compile(r"^(\s*(?:\d+(?=[.)])|(?=[#+-])))(.)")  # heading, subtext, list
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_LEFT_TO_RIGHT = "\u200e"


def plain(text: str, *, limit: int) -> str:
    """Text without anything invisible, at most `limit` characters."""
    bare = "".join(c for c in text if unicodedata.category(c) not in _INVISIBLE)
    return bare if len(bare) <= limit else bare[: limit - 1].rstrip() + ELLIPSIS


def safe_name(name: str, *, limit: int = 36) -> str:
    """A name for Discord markdown: no mention, link, timestamp, heading or emphasis comes alive.

    It reads and copies as it is: Discord hides the backslashes, and a zero-width space follows each @.
    """
    bare = plain(name, limit=limit).strip() or UNKNOWN
    escaped = _LINE_START.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\1", bare)).replace("@", "@\u200b")
    return _steady(escaped)


def cell(text: str, width: int) -> str:
    """Text for a code block, cut or padded to `width` terminal columns; a backtick cannot end the block."""
    bare = plain(text, limit=3 * width).replace("`", "'")
    if wcswidth(bare) > width:
        bare = clip(bare, 0, width - 1).rstrip() + ELLIPSIS
    return _steady(bare) + " " * (width - wcswidth(bare))


def _steady(text: str) -> str:
    """Right-to-left letters must not pull what follows to their left."""
    if any(unicodedata.bidirectional(c) in ("R", "AL", "AN") for c in text):
        return f"{_LEFT_TO_RIGHT}{text}{_LEFT_TO_RIGHT}"
    return text


def clock(seconds: int | None) -> str:
    """`9:41`, or a dash where it is not known."""
    return UNKNOWN if seconds is None else f"{seconds // 60}:{seconds % 60:02d}"


def number(value: float | None, digits: int = 0) -> str:
    """A figure, or a dash where it is not known."""
    return UNKNOWN if value is None else f"{value:.{digits}f}"


def counted(amount: int, noun: str) -> str:
    """`1 round`, `2 rounds`, `2 matches`."""
    plural = "es" if noun.endswith("ch") else "s"
    return f"{amount} {noun}" + ("" if amount == 1 else plural)


def table(rows: Sequence[Sequence[str]], widths: Sequence[int], *, limit: int) -> str:
    """A code block of columns, the first aligned left and the rest right, at most `limit` characters.

    Rows that do not fit are counted in a last line.
    """
    lines = [
        " ".join(
            [cell(row[0], widths[0]), *(_right(text, width) for text, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in rows
    ]
    fits = lines
    while len(_block(fits, len(lines))) > limit:
        fits = fits[:-1]
    return _block(fits, len(lines))


def _right(text: str, width: int) -> str:
    """A figure, aligned right; one that no game can produce is not worth the table."""
    return (text if len(text) <= width else ELLIPSIS).rjust(width)


def _block(lines: Sequence[str], of: int) -> str:
    rest = [f"{ELLIPSIS} and {of - len(lines)} more"] if len(lines) < of else []
    return "\n".join(["```", *lines, *rest, "```"])


def when(seconds: int, style: str = "f") -> str:
    """An instant that each reader's Discord shows in his own zone."""
    return f"<t:{seconds}:{style}>"


def block(lines: Sequence[str], *, limit: int) -> str:
    """Lines as a code block of at most `limit` characters; what does not fit is counted."""
    bare = [plain(line, limit=200).replace("`", "'") for line in lines]
    fits = bare
    while len(_block(fits, len(bare))) > limit:
        fits = fits[:-1]
    return _block(fits, len(bare))
