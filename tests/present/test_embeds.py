from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.present.card import AMBER, Card
from bot.present.embeds import embed, view
from rigs import discord_rules
from tests.present.checks import body

texts = st.integers(0, 9000).map(lambda length: "x" * length)
cards = st.builds(
    Card,
    title=texts,
    lines=st.lists(texts, max_size=3).map(tuple),
    fields=st.lists(st.tuples(texts.filter(bool), texts.filter(bool)), max_size=40).map(tuple),
    footer=texts,
)


@given(cards)
def test_no_card_breaks_a_limit_of_discord(card: Card) -> None:
    assert discord_rules.message(body(card)) == []


def test_what_is_cut_says_so() -> None:
    made = embed(Card(title="t" * 300, lines=("l" * 5000,), footer="short"))
    assert made.title == "t" * 255 + "…"
    assert (made.description or "").endswith("l…")
    assert made.footer.text == "short"


def test_fields_stand_below_each_other_since_phones_stack_them() -> None:
    made = embed(Card(title="a", fields=(("b", "c"), ("d", "e"))))
    assert [field.inline for field in made.fields] == [False, False]


def test_the_time_is_shown_in_each_reader_s_zone() -> None:
    made = embed(Card(title="a", at=1772406000, colour=AMBER))
    assert made.timestamp == datetime(2026, 3, 1, 23, 0, tzinfo=UTC)
    assert made.colour is not None
    assert made.colour.value == AMBER
    assert embed(Card(title="a")).timestamp is None


def test_buttons_outlive_a_restart() -> None:
    made = view(Card(title="a", buttons=(("Details", "round:7:match"),)))
    assert made is not None
    assert made.is_persistent()
    assert view(Card(title="a")) is None
