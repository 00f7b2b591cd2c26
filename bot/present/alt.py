"""What a picture shows, in words, for those who do not see it."""

from __future__ import annotations

from collections.abc import Iterable

from bot.present.text import ELLIPSIS

LIMIT = 1024
"""Characters that Discord takes as a description of an attachment."""


def alt_text(sentences: Iterable[str]) -> str:
    """As many whole sentences, or pieces of one, as fit; names in them are escaped already."""
    said = ""
    for sentence in filter(None, sentences):
        longer = f"{said} {sentence}".lstrip()
        if len(longer) > LIMIT - 2:
            return f"{said} {ELLIPSIS}".lstrip()
        said = longer
    return said
