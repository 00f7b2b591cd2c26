"""Every picture from sample data, and one page that shows each message as wide as a phone and as a desktop."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

from bot.present.card import Card, Picture
from bot.present.embeds import content
from bot.present.words.rounds.matches import round_card
from tools.demo.showcase import KINDS, a_match, a_round

SIZES = (1, 3, 6, 16)
"""Players a side."""
PHONE, DESKTOP = 400, 1200
_SIZED, _USUAL = ("match", "round", "heat"), 6
ATTACHED, EMBEDDED = (550, 350), (400, 300)
"""Where Discord shows a picture on a desktop, at most: a message's only attachment, and that of an embed."""
_STYLE = f"""
body {{ background: #313338; color: #dbdee1; font: 16px/1.35 sans-serif; margin: 16px; }}
h2 {{ font-size: 16px; color: #949ba4; }} pre {{ white-space: pre-wrap; margin: 0; font: inherit; }}
.at {{ border: 1px solid #4e5058; padding: 8px; margin: 0 0 16px; box-sizing: border-box; overflow: hidden; }}
.phone {{ width: {PHONE}px; }} .desktop {{ width: {DESKTOP}px; }}
.embed {{ background: #2b2d31; border-left: 4px solid; border-radius: 4px; padding: 8px 12px; margin-top: 4px; }}
.embed {{ max-width: 432px; }} .phone img {{ max-width: 100%; }} .small {{ font-size: 12px; color: #949ba4; }}
.desktop img.attached {{ max-width: {ATTACHED[0]}px; max-height: {ATTACHED[1]}px; }}
.desktop img.embedded {{ max-width: {EMBEDDED[0]}px; max-height: {EMBEDDED[1]}px; }}
"""
_MARKS = re.compile(r"\*\*|\\(?=[^0-9A-Za-z\s])|```")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """A message; its first picture is the file `name`.png."""

    name: str
    card: Card


def exhibits(sizes: Sequence[int] = SIZES) -> Iterator[Exhibit]:
    """Everything that is drawn, at each size where it has one, and with names that make trouble as well."""
    for hostile in (False, True):
        for kind, draw in KINDS.items():
            for size in sizes if kind in _SIZED else (_USUAL,):
                end = (f"-{size}v{size}" if kind in _SIZED else "") + ("-hostile" if hostile else "")
                yield Exhibit(name=f"{kind}{end}", card=_shown(kind, size, draw(size, hostile), hostile=hostile))


def _shown(kind: str, size: int, picture: Picture, *, hostile: bool) -> Card:
    words: dict[str, Callable[[], Card]] = {
        "match": lambda: _match(size, hostile=hostile),
        "round": lambda: round_card(a_round(size, hostile=hostile), first=None),
    }
    card = words[kind]() if kind in words else Card(title=picture.alt.partition(".")[0])
    return replace(card, fields=(), pictures=(picture,), large=kind in words or kind == "session")


def _match(size: int, *, hostile: bool) -> Card:
    match = a_match(size, hostile=hostile)
    assert match.first is not None
    assert match.second is not None
    return round_card(match.second, first=match.first.half, whole=match)


def write(folder: Path, sizes: Sequence[int] = SIZES) -> list[Path]:
    """The pictures, and `index.html`, which shows each message with the words around it."""
    folder.mkdir(parents=True, exist_ok=True)
    written, page = [], []
    for exhibit in exhibits(sizes):
        path = folder / f"{exhibit.name}.png"
        path.write_bytes(exhibit.card.pictures[0].data)
        written.append(path)
        page.append(_section(exhibit))
    index = folder / "index.html"
    head = (
        f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>Every picture</title><style>{_STYLE}</style>\n'
    )
    index.write_text(head + "\n".join(page) + "\n</html>\n", encoding="utf-8")
    return [*written, index]


def _section(exhibit: Exhibit) -> str:
    both = "\n".join(
        f'<div class="at {width}">{_message(exhibit)}</div>' for width in ("phone", "desktop")
    )  # fmt: skip
    return f'<section id="{exhibit.name}"><h2>{exhibit.name}</h2>\n{both}\n</section>'


def _message(exhibit: Exhibit) -> str:
    card = exhibit.card
    alt = escape(card.pictures[0].alt, quote=True)
    shown = "attached" if card.is_large else "embedded"
    picture = f'<img class="{shown}" src="{exhibit.name}.png" alt="{alt}">'
    words = "".join(f"<pre>{_plainly(line)}</pre>" for line in card.lines)
    foot = f'<pre class="small">{_plainly(card.footer)}</pre>' if card.footer else ""
    edge = f'<div class="embed" style="border-color: #{card.colour:06x}">'
    if card.is_large:
        above = f"<pre><b>{_plainly(content(card) or '')}</b></pre>"
        return f"{above}{picture}{edge}{words}{foot}</div>"
    return f"{edge}<pre><b>{_plainly(card.title)}</b></pre>{words}{picture}{foot}</div>"


def _plainly(text: str) -> str:
    return escape(_MARKS.sub("", text).removeprefix("-# "))
