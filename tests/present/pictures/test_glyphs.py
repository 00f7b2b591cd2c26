"""Names become runs that a font can draw, in the colours of the game."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.game.file.colours import clean
from bot.present.pictures.cmap import characters
from bot.present.pictures.glyphs import FONTS, REGULAR, Run, Span, coloured, fitted, font_of, has, runs, width
from bot.present.pictures.theme import MUTED, NAME, TEXT, name_colour
from tests.present.strategies import NAMES

WHITE = TEXT


def test_a_name_wears_the_colours_of_the_game() -> None:
    assert coloured("^1an^7na") == (Span("an", name_colour("1")), Span("na", (255, 255, 255)))
    assert coloured("an^^1na") == (Span("an^", WHITE), Span("na", name_colour("1")))


@pytest.mark.parametrize("name", ["", " ", "^1", "^1^2", "\u3164", "\u2800\u3000", "\u200b", "\ud800"])
def test_a_name_without_ink_is_a_dash_or_what_else_it_is_called(name: str) -> None:
    assert coloured(name) == (Span("–", MUTED),)
    assert coloured(name, otherwise="UnnamedPlayer") == (Span("UnnamedPlayer", MUTED),)


@given(NAMES)
def test_colours_change_nothing_but_colours(name: str) -> None:
    said = "".join(text for text, _ in coloured(name, otherwise="UnnamedPlayer"))
    same = "".join(text for text, _ in coloured(clean(name).replace("^", "")))
    assert said.replace("^", "").replace(" ", "") == same.replace(" ", "") or said == "–" or same == "–"


@pytest.mark.parametrize(
    ("text", "font"),
    [
        ("aŻЖΩ", "RobotoCondensed-Regular.ttf"),
        ("אعԱ★", "DejaVuSansCondensed.ttf"),
        ("漢かカ한", "DroidSansFallback.ttf"),
        ("ก", "NotoSansThai-Regular.ttf"),
        ("न", "NotoSansDevanagari-Regular.ttf"),
        ("🔥𝓪", "Symbola.ttf"),
    ],
)
def test_each_script_has_a_font(text: str, font: str) -> None:
    assert {REGULAR[found] for character in text if (found := font_of(character)) is not None} == {font}


@given(st.text(max_size=40))
def test_whatever_is_drawn_has_a_glyph(text: str) -> None:
    for run in runs((Span(text, WHITE),)):
        if not text.isascii():
            assert all(has(run.font, character) for character in run.text)


def test_what_no_font_has_is_a_question_mark() -> None:
    assert runs((Span("ж\ue000", WHITE),)) == (Run("ж?", WHITE, 0),)


def test_accents_do_not_climb_into_the_row_above() -> None:
    (run,) = runs((Span("q" + "\u0301" * 20, WHITE),))
    assert run.text.count("\u0301") == 2


def test_pieces_from_right_to_left_change_places() -> None:
    red = name_colour("1")
    made = runs((Span("אב", WHITE), Span("גד", red), Span(" x", WHITE)))
    assert [run.colour for run in made] == [red, WHITE, WHITE]


@given(NAMES, st.integers(30, 600))
def test_a_name_is_never_wider_than_its_room(name: str, room: int) -> None:
    assert width(fitted(coloured(name), NAME, room=room), NAME) <= room


def test_a_cut_name_says_so() -> None:
    assert "".join(run.text for run in fitted(coloured("^1a" * 80), NAME, room=120)).endswith("…")


def test_ascii_is_in_the_first_font() -> None:
    assert all(font_of(chr(code)) == 0 for code in range(0x20, 0x7F))


def test_the_fonts_stay_small_and_bring_their_licences() -> None:
    assert sum(path.stat().st_size for path in FONTS.iterdir()) <= 7_000_000
    readme = (FONTS / "README.md").read_text(encoding="utf-8")
    assert all(path.stem.split("-")[0] in readme for path in FONTS.glob("*.ttf"))
    assert len(list(FONTS.glob("LICENSE-*.txt"))) == 4


def test_a_file_without_a_table_of_characters_is_refused(tmp_path: Path) -> None:
    (tmp_path / "no.ttf").write_bytes(struct.pack(">4sHHHH", b"\0\1\0\0", 0, 0, 0, 0))
    with pytest.raises(ValueError, match=r"no\.ttf has no cmap"):
        characters(tmp_path / "no.ttf")
