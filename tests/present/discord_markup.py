"""What Discord would bring to life in a text, read off the text as it is sent."""

from __future__ import annotations

import re
import unicodedata

ESCAPED = re.compile(r"\\[^0-9A-Za-z\s]")
MENTION = re.compile(r"@(everyone|here)|<((@[!&]?|#)\d+|t:-?\d+(:\w)?|id:\w+|/[^>]+:\d+|a?:\w+:\d+)>")
LINK = re.compile(r"[A-Za-z]+://\S|discord(\.gg|app\.com/invite|\.com/invite)/", re.IGNORECASE)
LINE_START = re.compile(r"\s*(#{1,3}|-#|[-+*]|>{1,3}|\d+\.)(\s|$)")
MARKS = re.compile(r"[*_~|`\[\]<>\\]")
ZERO_WIDTH_SPACE, LEFT_TO_RIGHT = "\u200b", "\u200e"


def live(text: str) -> list[str]:
    """Every piece of markup that is not disarmed, in a text that may stand at the beginning of a line."""
    bare = ESCAPED.sub("", text)
    found = [match[0] for pattern in (MENTION, LINK) for match in pattern.finditer(text)]
    found += MARKS.findall(bare)
    found += [match[0] for match in [LINE_START.match(text)] if match]
    return found + [f"U+{ord(c):04X}" for c in text if _moves_others(c)]


def _moves_others(character: str) -> bool:
    """Line breaks, and characters that reorder or hide what stands around them."""
    mine = character in (ZERO_WIDTH_SPACE, LEFT_TO_RIGHT)
    return not mine and unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def as_read(text: str) -> str:
    """What a reader sees, and copies, apart from what has no width."""
    shown = re.sub(r"\\([^0-9A-Za-z\s])", r"\1", text)
    return shown.replace(ZERO_WIDTH_SPACE, "").replace(LEFT_TO_RIGHT, "")
