from __future__ import annotations

from hypothesis import given

from bot.domain.stats.answers import RoundAnswer
from bot.present.card import Card
from bot.present.words.rounds.matches import round_card
from bot.present.words.text import as_text
from tests.present.strategies import rounds


def test_a_card_reads_as_markdown() -> None:
    card = Card(
        title="supply", lines=("one", "two"), fields=(("Axis", "anna"), ("Allies", "```\nben\n```")), footer="#7"
    )
    assert as_text(card) == "## supply\none\ntwo\n**Axis**: anna\n**Allies**\n```\nben\n```\n_#7_\n"


def test_the_time_of_a_card_is_told_in_utc() -> None:
    assert as_text(Card(title="supply", footer="#7", at=0)).endswith("\n_#7 · 1970-01-01 00:00 UTC_\n")
    assert as_text(Card(title="supply", at=0)).endswith("\n_1970-01-01 00:00 UTC_\n")


def test_a_short_card_is_its_line() -> None:
    assert as_text(Card(short="see there", buttons=(("Details", "round:1:round"),))) == "see there\n"


@given(rounds)
def test_every_round_can_be_read_without_discord(answer: RoundAnswer) -> None:
    assert as_text(round_card(answer, first=None)).endswith("\n")
