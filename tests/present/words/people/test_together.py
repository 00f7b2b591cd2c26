"""When people play, and who is there."""

from __future__ import annotations

from bot.domain.stats.people.together import Activity
from bot.present.words.people.together import activity_card
from tests.present.words.people.test_boards import a_coverage


def test_who_is_usually_there_is_told_with_what_it_is_counted_of() -> None:
    regulars = (("A", "anna", 3), ("B", "ben", 2))
    activity = Activity(hours={(0, 21): 4}, regulars=regulars, sessions=3, coverage=a_coverage())
    lines = activity_card(activity, zone="Europe/Berlin", me="B").lines
    assert lines[lines.index("**Usually there**, of 3 sessions") + 1] == "anna **3** · » ben **2**"
