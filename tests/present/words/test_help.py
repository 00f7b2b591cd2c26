"""The help's cards fit into a message."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.domain.stats.metrics import METRICS
from bot.present.words.help import TOPICS, help_card
from bot.store.questions.rounds.export import COLUMNS
from tests.present.checks import check

DOCS = Path(__file__).parents[3] / "docs" / "STATISTICS.md"


@pytest.mark.parametrize("topic", [*TOPICS, "nonsense"])
def test_every_topic_fits_into_a_message(topic: str) -> None:
    card = help_card(topic, mention="</{}:1456074443980800043>".format, menu_id="help:1456074443980800043")
    check(card)
    assert all(line.count("`") % 2 == 0 for line in card.lines)


def test_every_figure_is_explained_in_one_of_them() -> None:
    shown = "\n".join(line for topic in TOPICS for line in help_card(topic, mention=str, menu_id="help:1").lines)
    for metric in METRICS:
        assert f"(`{metric.name}`): {metric.meaning}" in shown


def test_every_column_of_an_export_is_documented() -> None:
    text = DOCS.read_text(encoding="utf-8")
    named = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]*)`", text)))) | {f"multikills_{n}" for n in range(2, 7)}
    others = {
        "team_damage_received", "teamgibs", "kill_steals", "objectives_stolen", "objectives_returned", "useless_kills",
        "full_selfkills", "damage_received",
    }  # fmt: skip
    assert set(COLUMNS) - named - others == set()


def test_it_can_be_read_in_one_go() -> None:
    assert len(DOCS.read_text(encoding="utf-8").splitlines()) <= 200
