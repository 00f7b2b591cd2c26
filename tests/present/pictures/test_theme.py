"""What the theme promises: everything can be read, and told apart without seeing colours as most do."""

from __future__ import annotations

from math import dist

import pytest

from bot.present.pictures.theme import (
    ALLIES,
    AXIS,
    BACKGROUNDS,
    ENOUGH,
    FIRST,
    GAME_COLOURS,
    INKS,
    SECOND,
    SERIES,
    TEXTS,
    Colour,
    contrast,
    luminance,
    name_colour,
    readable,
)

# Viénot, Brettel and Mollon 1999, in linear RGB
PROTANOPIA = ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0))
DEUTERANOPIA = ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0))
Matrix = tuple[tuple[float, ...], ...]


@pytest.mark.parametrize("behind", BACKGROUNDS)
@pytest.mark.parametrize("colour", {*TEXTS, *SERIES, *INKS})
def test_every_text_can_be_read_on_every_background(colour: Colour, behind: Colour) -> None:
    assert contrast(colour, behind) >= ENOUGH


@pytest.mark.parametrize("code", [chr(code) for code in range(0x21, 0x7F) if chr(code) != "^"])
def test_a_name_can_be_read_in_every_colour_of_the_game(code: str) -> None:
    assert all(contrast(name_colour(code), behind) >= ENOUGH for behind in BACKGROUNDS)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((255, 255, 255), (255, 255, 255)) == 1
    assert contrast((118, 118, 118), (255, 255, 255)) == pytest.approx(4.54, abs=0.01)
    assert luminance((255, 0, 0)) == pytest.approx(0.2126)


def test_codes_are_the_engine_s() -> None:
    assert len(GAME_COLOURS) == 32
    assert name_colour("7") == (255, 255, 255)
    assert name_colour("3") == (255, 255, 0)
    assert name_colour("d") == readable((0, 128, 255)), "'d' - '0' is 52, and 52 & 31 is 20"
    assert name_colour("a") == name_colour("A") == readable((255, 153, 26))


def test_a_colour_that_can_be_read_stays_as_it_is() -> None:
    assert readable((0, 255, 0)) == (0, 255, 0)
    assert readable((0, 0, 0)) != (0, 0, 0)


@pytest.mark.parametrize("sight", [PROTANOPIA, DEUTERANOPIA], ids=["protanopia", "deuteranopia"])
@pytest.mark.parametrize(
    ("one", "other"), [(AXIS.colour, ALLIES.colour), (FIRST.colour, SECOND.colour), SERIES[:2]], ids=str
)
def test_two_teams_differ_for_the_colour_blind(sight: Matrix, one: Colour, other: Colour) -> None:
    assert _difference(_seen(one, sight), _seen(other, sight)) > 25


def test_two_teams_differ_by_their_sign() -> None:
    assert len({AXIS.sign, ALLIES.sign, FIRST.sign, SECOND.sign}) == 4


def _seen(colour: Colour, sight: Matrix) -> list[float]:
    linear = [((part / 255 + 0.055) / 1.055) ** 2.4 if part > 10 else part / 255 / 12.92 for part in colour]
    return [max(0.0, sum(weight * part for weight, part in zip(row, linear, strict=True))) for row in sight]


def _difference(one: list[float], other: list[float]) -> float:
    """CIE 1976 colour difference; 2.3 can just be noticed."""
    return dist(_lab(one), _lab(other))


def _lab(linear: list[float]) -> tuple[float, float, float]:
    red, green, blue = linear
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    fx, fy, fz = (part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)
