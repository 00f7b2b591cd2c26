"""When people play, who is there, and with whom one wins."""

from __future__ import annotations

import pytest

from bot.domain.stats.people.together import Activity, Score, TeamRecord
from bot.present.words.people.together import activity_card, team_card
from tests.present.words.people.test_boards import a_coverage


def test_who_is_usually_there_is_told_with_what_it_is_counted_of() -> None:
    regulars = (("A", "anna", 3), ("B", "ben", 2))
    activity = Activity(hours={(0, 21): 4}, regulars=regulars, sessions=3, coverage=a_coverage())
    lines = activity_card(activity, zone="Europe/Berlin", me="B").lines
    assert lines[lines.index("**Usually there**, of 3 sessions") + 1] == "anna **3** · » ben **2**"


@pytest.mark.parametrize(("won", "title"), [(3, "**You won most with**"), (0, "**You won with**")])
def test_nobody_is_who_one_won_most_with_where_nothing_was_won(won: int, title: str) -> None:
    score = Score(won=won, lost=5 - won)
    record = TeamRecord(
        guid="A", name="anna", score=score, maps=(), mates=(("B", score),), opponents=(), names={"B": "ben"},
        coverage=a_coverage(),
    )  # fmt: skip
    lines = team_card(record, me="A").lines
    assert lines[1:3] == (title, f"ben **{won}** of 5")
