"""A player over a scope: his names, his figures, his last rounds."""

from __future__ import annotations

from collections import defaultdict

import pytest

from bot.domain.stats.people.careers import Alias, Form
from bot.domain.stats.scope import Scope
from bot.store.questions.people import players
from bot.store.questions.scopes import ChosenRounds, choose
from rigs.builders import a_guid, a_player, an_archive, an_r1, an_r2
from rigs.world import NIGHT, World, a_rules

BEN = a_player("ben", team=2, deaths=9)


async def chosen(world: World, scope: Scope | None = None) -> ChosenRounds:
    return await choose(world.app.db, scope or Scope(), now=NIGHT, rules=a_rules())


async def renamed(world: World, *names: str) -> list[int]:
    """One player, another name each day; when each round ended."""
    for day, name in enumerate(names, 1):
        player = a_player(name, guid="AAAA0000", kills=day, damage_given=100 * day)
        await world.add(an_r1(at=f"2026-03-{day:02}-210000", players=[player, BEN]))
    return [row["ended_at"] for row in await world.rows("SELECT ended_at FROM rounds ORDER BY ended_at")]


async def test_every_name_has_its_first_and_its_last_day_and_the_newest_is_his(world: World) -> None:
    ends = await renamed(world, "anna", "bella", "anna", "cara")
    found = await players.career(world.app.db, await chosen(world), "AAAA0000")
    assert found is not None
    assert found.aliases == (
        Alias("cara", ends[3], ends[3], 1), Alias("anna", ends[0], ends[2], 2), Alias("bella", ends[1], ends[1], 1),
    )  # fmt: skip
    assert (found.name, found.first_seen, found.last_seen) == ("cara", ends[0], ends[3])


async def test_a_career_over_nothing_still_knows_who_he_is(world: World) -> None:
    await renamed(world, "anna")
    found = await players.career(world.app.db, await chosen(world, Scope(maps=("radar",))), "AAAA0000")
    assert found is not None
    assert (found.figures, found.maps, found.name) == (None, (), "anna")


async def test_nobody_has_no_career_and_no_form(world: World) -> None:
    await renamed(world, "anna")
    assert await players.career(world.app.db, await chosen(world), "nobody") is None
    assert await players.form(world.app.db, await chosen(world), "nobody") is None
    assert await players.aliases(world.app.db, ["nobody"]) == {}


async def test_rounds_that_do_not_count_are_counted_apart(world: World) -> None:
    await renamed(world, "anna")
    await world.add(an_r1(at="2026-03-09-210000", players=[a_player("anna", guid="AAAA0000", kills=50)]))
    found = await players.career(world.app.db, await chosen(world), "AAAA0000")
    assert found is not None
    assert found.figures is not None
    assert (found.set_aside, found.figures.rounds, found.figures.values["kills"]) == (1, 1, 1)


async def test_rounds_outside_the_scope_are_none_that_do_not_count_in_it(world: World) -> None:
    await renamed(world, "anna")
    alone = [a_player("anna", guid="AAAA0000", kills=50)]
    await world.add(an_r1(at="2026-03-09-210000", players=alone))
    await world.add(an_r1(at="2026-03-10-210000", map="radar", players=alone))
    for scope, aside in ((Scope(), 2), (Scope(maps=("radar",)), 1), (Scope(maps=("frostbite",)), 0)):
        found = await players.career(world.app.db, await chosen(world, scope), "AAAA0000")
        assert found is not None
        assert found.set_aside == aside


async def test_form_has_the_last_ten_newest_first_beside_everything(world: World) -> None:
    await renamed(world, *["anna"] * 13)
    form = await players.form(world.app.db, await chosen(world), "AAAA0000")
    assert isinstance(form, Form)
    assert [one.figures.values["kills"] for one in form.rounds] == [*range(13, 3, -1)]
    assert (form.figures.rounds, form.figures.values["kills"], form.name) == (13, sum(range(14)), "anna")
    assert {(one.map, one.number) for one in form.rounds} == {("supply", 1)}


async def test_the_maps_of_a_career_are_those_he_played_most(world: World) -> None:
    for day, name in enumerate(["supply", "supply", "radar"], 1):
        first = an_r1(at=f"2026-03-{day:02}-210000", map=name, players=[a_player("anna", kills=day), BEN])
        await world.add(first, an_r2(first))
    found = await players.career(world.app.db, await chosen(world), a_guid("anna"))
    assert found is not None
    assert [(line.map, line.figures.rounds) for line in found.maps] == [("supply", 4), ("radar", 2)]
    assert found.maps[1].figures.values["win_rate"] == 100


@pytest.mark.parametrize("scope", [Scope(), Scope(maps=("supply",)), Scope(number=2), Scope(role="attack")], ids=str)
async def test_figures_are_a_reckoning_over_every_line(world: World, scope: Scope) -> None:
    await world.add(*an_archive(40))
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0] * 5)
    for row in await world.rows(
        "SELECT p.*, r.map, r.number, r.defender FROM player_rounds AS p JOIN rounds AS r ON r.id = p.round_id"
        " WHERE r.state = 'counted'"
    ):
        if (
            (not scope.maps or row["map"] in scope.maps)
            and (scope.number is None or row["number"] == scope.number)
            and (scope.role is None or (row["team"] in (1, 2) and row["team"] != row["defender"]))
        ):
            its = (1, row["kills"], row["deaths"], row["damage_given"], row["time_seconds"])
            sums[row["guid"]] = [a + b for a, b in zip(sums[row["guid"]], its, strict=True)]
    over = await chosen(world, scope)
    for guid, (rounds, kills, deaths, damage, seconds) in sums.items():
        found = await players.career(world.app.db, over, guid)
        assert found is not None
        assert found.figures is not None
        assert found.figures.rounds == rounds
        assert found.figures.values["kd"] == pytest.approx(kills / max(deaths, 1))
        assert found.figures.values["dpm"] == pytest.approx(60 * damage / seconds)
        assert sum(line.figures.rounds for line in found.maps) <= rounds


async def test_choices_have_every_alias_the_newest_first_with_all_of_the_player_s_rounds(world: World) -> None:
    ends = await renamed(world, "anna", "bella", "anna")
    found = [one for one in await players.choices(world.app.db) if one.guid == "AAAA0000"]
    assert [(one.name, one.alias, one.rounds, one.last_seen) for one in found] == [
        ("anna", "anna", 3, ends[2]), ("anna", "bella", 3, ends[1]),
    ]  # fmt: skip
