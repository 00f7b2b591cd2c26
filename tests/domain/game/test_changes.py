"""What differs between a stored round and the same one derived anew."""

from __future__ import annotations

from bot.domain.game.changes import changes
from rigs.builders import a_player, a_round, an_r1

ANNA, BEN = a_round(an_r1(players=[a_player("anna", kills=3), a_player("ben", team=2)])).players


def test_nothing_is_told_where_all_is_equal() -> None:
    assert changes([ANNA, BEN], [ANNA, BEN]) == []


def test_each_figure_that_differs_is_told_by_name() -> None:
    assert changes([ANNA], [ANNA._replace(kills=5, counters={**ANNA.counters, "xp": None})]) == [
        f"{ANNA.name} ({ANNA.guid}): kills 3 → 5, xp {ANNA.counters['xp']} → unknown"
    ]


def test_who_came_and_who_went_is_told() -> None:
    assert changes([ANNA], [BEN]) == [
        f"{ANNA.name} ({ANNA.guid}) is no longer in it", f"{BEN.name} ({BEN.guid}) is in it now"
    ]  # fmt: skip
