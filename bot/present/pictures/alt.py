"""What a picture shows, in words, for those who do not see it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.present.words.text import ELLIPSIS

_HARMLESS = re.compile(r"\\([_|%])|(?<=\d)\\(\.)(?=\d)|(?<=K)\\(/)(?=D)")

LIMIT = 1024
"""Characters that Discord takes as a description of an attachment."""


def alt_text(sentences: Iterable[str]) -> str:
    """As many whole sentences, or pieces of one, as fit; it is no Markdown: names lose most of their escapes."""
    said = ""
    for sentence in (_HARMLESS.sub(r"\1\2\3", one) for one in sentences if one):
        longer = f"{said} {sentence}".lstrip()
        if len(longer) > LIMIT - 2:
            return f"{said} {ELLIPSIS}".lstrip()
        said = longer
    return said
