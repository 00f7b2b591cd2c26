"""The help's cards fit into a message."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.domain.stats.metrics import METRICS
from bot.present.words.help import QUESTIONS, TOPICS, help_card
from bot.present.words.text import clickable_card
from bot.store.questions.rounds.export import COLUMNS
from tests.present.checks import check

DOCS = Path(__file__).parents[3] / "docs" / "STATISTICS.md"
FORMAT = DOCS.parent / "dev" / "FORMAT.md"


@pytest.mark.parametrize("topic", [*TOPICS, "nonsense"])
def test_every_topic_fits_into_a_message(topic: str) -> None:
    ids = {name: 1456074443980800043 for _, name, _ in QUESTIONS}
    card = clickable_card(help_card(topic, menu_id="help:1456074443980800043"), ids)
    check(card)
    assert all(line.count("`") % 2 == 0 for line in card.lines)


def test_every_figure_is_explained_in_one_of_them() -> None:
    shown = "\n".join(line for topic in TOPICS for line in help_card(topic, menu_id="help:1").lines)
    for metric in METRICS:
        assert f"(`{metric.name}`): {metric.meaning}" in shown


def test_every_column_of_an_export_is_documented() -> None:
    text = DOCS.read_text(encoding="utf-8")
    named = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]*)`", text)))) | {f"multikills_{n}" for n in range(2, 7)}
    tab_fields = set(re.findall(r"\w+", " ".join(re.findall(r"^\| [\d, ]+ \| ([\w, ]+) \|", FORMAT.read_text(), re.M))))
    assert set(COLUMNS) - named - tab_fields == set()


def test_it_can_be_read_in_one_go() -> None:
    """What is written by hand: the table of figures grows with them."""
    before, _, rest = DOCS.read_text(encoding="utf-8").partition("<!-- figures: begin -->")
    assert len((before + rest.partition("<!-- figures: end -->")[2]).splitlines()) <= 170
