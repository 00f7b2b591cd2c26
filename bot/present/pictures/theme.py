"""How pictures look: colours that everybody can read and tell apart, sizes for a phone, team marks that are no colour.

All sizes are logical pixels: a picture is `WIDTH` wide and drawn at `DENSITY`. A card of 6 against 6 is at most
`HIGHEST` high, a recap's picture `HIGHEST_ALONE`, a session's score `HIGHEST_SCORE`: so the smallest text of each is
still above 9 pixels where Discord shows it smallest (POSTING, "Pictures").
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

Colour = tuple[int, int, int]

WIDTH, DENSITY, MARGIN = 480, 2, 14
HIGHEST, HIGHEST_ALONE, HIGHEST_SCORE = 450, 580, 560
ENOUGH = 4.5
"""The contrast of text that WCAG 2.2 asks for (level AA)."""


class Style(NamedTuple):
    """A size of text and its weight."""

    size: int
    bold: bool = False


TITLE, VERDICT, NAME, BEST = (Style(size, bold=True) for size in (30, 21, 19, 19))
FIGURE, SMALL = Style(19), Style(17)
HEAD, HEAD_NAME = Style(15), Style(18, bold=True)
"""Above columns, and a team's name beside them."""

BACKGROUND: Colour = (24, 26, 32)
SHADE: Colour = (33, 36, 44)
"""Behind every other row, and the track of a bar."""
PANEL: Colour = (43, 47, 57)
"""Behind the heads of tables."""
BACKGROUNDS = (BACKGROUND, SHADE, PANEL)

TEXT: Colour = (240, 242, 246)
SOFT: Colour = (190, 197, 208)
MUTED: Colour = (158, 167, 181)
GOLD: Colour = (255, 206, 84)
"""The mark of a column's best, and of what does not count."""


class Team(NamedTuple):
    """How a team is told from the other: by its colour and by its sign."""

    colour: Colour
    sign: str


# after Okabe and Ito, a little lighter for the dark background; sides and line-ups never look alike
AXIS, ALLIES, NOBODY = Team((240, 128, 60), "◆"), Team((86, 180, 233), "●"), Team(MUTED, "○")
FIRST, SECOND = Team((240, 228, 66), "▲"), Team((214, 140, 190), "■")
SIDES: Mapping[int, Team] = {1: AXIS, 2: ALLIES}
LINE_UPS: Mapping[int, Team] = {1: FIRST, 2: SECOND}
SERIES = (ALLIES.colour, AXIS.colour, FIRST.colour, SECOND.colour, (45, 190, 150), (205, 208, 214))
"""Of charts: so many series can be told apart, each with a pattern of its own besides."""

TEXTS = (TEXT, SOFT, MUTED, GOLD, *(team.colour for team in (AXIS, ALLIES, FIRST, SECOND)))

_H, _Q = 128, 191
# g_color_table of the engine (q_math.c), by ColorIndex: (character - '0') & 31
GAME_COLOURS: tuple[Colour, ...] = (
    (0, 0, 0), (255, 0, 0), (0, 255, 0), (255, 255, 0), (0, 0, 255), (0, 255, 255), (255, 0, 255), (255, 255, 255),
    (255, _H, 0), (_H, _H, _H), (_Q, _Q, _Q), (_Q, _Q, _Q), (0, _H, 0), (_H, _H, 0), (0, 0, _H), (_H, 0, 0),
    (_H, 64, 0), (255, 153, 26), (0, _H, _H), (_H, 0, _H), (0, _H, 255), (_H, 0, 255), (51, 153, 204),
    (204, 255, 204), (0, 102, 51), (255, 0, 51), (179, 26, 26), (153, 51, 0), (204, 153, 51), (153, 153, 51),
    (255, 255, _Q), (255, 255, _H),
)  # fmt: skip


def luminance(colour: Colour) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2)."""
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)


def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio, 1 to 21 (WCAG 2.2)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@lru_cache(maxsize=64)
def readable(colour: Colour) -> Colour:
    """The colour, mixed with as little white as makes it readable on every background."""
    for white in range(0, 101, 4):
        red, green, blue = ((part * (100 - white) + 255 * white) // 100 for part in colour)
        if all(contrast((red, green, blue), behind) >= ENOUGH for behind in BACKGROUNDS):
            return red, green, blue
    return TEXT


def name_colour(code: str) -> Colour:
    """What the engine draws after `^` and this character, lightened where it would be too dark to read."""
    return readable(GAME_COLOURS[(ord(code) - ord("0")) & 31])


INKS = tuple(dict.fromkeys([*TEXTS, *(readable(colour) for colour in GAME_COLOURS)]))
"""Every colour that text is drawn in."""
