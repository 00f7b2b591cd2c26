"""Custom ids: what is spelled is read back as the same, or there is no button."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.buttons import LONGEST, CustomId, Part, RoundExplanation, RoundPlayers, RoundText, Text, Word
from bot.domain.game.file.files import round_key


class Colour(StrEnum):
    """Two."""

    RED = "red"
    BLUE = "blue"


class Everything(CustomId, begins="all:sorts"):
    """A field of each sort."""

    number: int
    round: RoundText
    part: Part
    colour: Colour
    side: Literal["a", "b"]
    page: Annotated[int, r"\d{1,3}"]
    text: Text


made = st.builds(
    Everything,
    number=st.integers(),
    round=st.text("0123456789abcdef", max_size=20),
    part=st.text(max_size=70),
    colour=st.sampled_from(Colour),
    side=st.sampled_from(["a", "b"]),
    page=st.integers(-1, 2000),
    text=st.text(max_size=110),
)


@given(made)
def test_what_is_spelled_is_short_and_read_back_as_the_same_or_there_is_none(one: Everything) -> None:
    text = str(one)
    assert len(text) <= LONGEST
    if text:
        again = Everything.read(text)
        assert again == one
        assert again is not None
        assert isinstance(again.colour, Colour)


def test_an_ordinary_one_is_spelled() -> None:
    one = Everything(
        number=-7, round="12", part="x", colour=Colour.RED, side="b", page=3, text="last session: supply r2"
    )
    assert str(one) == "all:sorts:-7:12:x:red:b:3:last session: supply r2"
    assert Everything.read(str(one)) == one


@given(st.text(max_size=120))
def test_any_text_is_read_or_is_none(text: str) -> None:
    for kind in (Everything, RoundPlayers, RoundExplanation):
        one = kind.read(text)
        assert one is None or str(one) in (text, "")


def test_a_field_that_cannot_be_spelled_is_refused_when_the_class_is_made() -> None:
    with pytest.raises(TypeError, match="no custom id can hold"):

        class Wrong(CustomId, begins="wrong"):
            """Text without a pattern."""

            name: str


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("round:7:match", "7"),
        ("round:0123456789abcdef:round", "0123456789abcdef"),
        ("round:1234567890123456:round", "1234567890123456"),
    ],
)
def test_a_round_is_named_by_its_key_or_by_an_older_number(text: str, named: str) -> None:
    read = RoundPlayers.read(text)
    assert read is not None
    assert read.round == named


@pytest.mark.parametrize(
    "text", ["round:12345678901234:round", "round:0123456789ABCDEF:round", "round::round", "round:7:Match"]
)
def test_anything_else_names_none(text: str) -> None:
    assert RoundPlayers.read(text) is None


def test_the_key_of_a_round_stays_what_it_is() -> None:
    """It is under messages that will be there for years: change it, and their buttons are dead."""
    assert round_key("main", "2026-03-01-210000-supply-round-1.txt") == "33cac6dbf22dea58"
    assert round_key("other", "2026-03-01-210000-supply-round-1.txt") != "33cac6dbf22dea58"


def test_a_word_has_no_colon() -> None:
    class Named(CustomId, begins="named"):
        """One word."""

        name: Word

    assert str(Named(name="kd")) == "named:kd"
    assert str(Named(name="k:d")) == ""
