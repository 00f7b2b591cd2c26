"""Names as players wear them: colour codes off, control characters out."""

from __future__ import annotations

import re
import unicodedata

UNNAMED = "UnnamedPlayer"

# Q_IsColorString: a caret and any printable character or high byte but another caret
COLOUR_CODE = re.compile(r"\^[^\x00-\x20\x7f^]")
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def clean(raw: str) -> str:
    """The name without colour codes and invisible characters; never empty."""
    bare = COLOUR_CODE.sub("", raw)
    if not bare.isascii() or not bare.isprintable():
        bare = "".join(" " if c == "\t" else c for c in bare if c == "\t" or unicodedata.category(c) not in _INVISIBLE)
    return " ".join(bare.split()) or UNNAMED
