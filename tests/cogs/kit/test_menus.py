"""Menus while somebody types: never empty, and what is chosen there is always answered."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from rigs.builders import an_r1, an_r2
from rigs.guild import GuildWorld, text_of, the_answer

FIRST = an_r1()
SECOND = an_r2(FIRST)
MENUS = {
    ("leaderboard", "stat"): "stat",
    ("leaderboard", "when"): "period, map or side",
    ("stats", "player"): "player",
    ("round", "round"): "round",
    ("match", "match"): "match",
    ("session", "session"): "session",
    ("awards", "session"): "session",
    ("map", "map"): "map",
    ("weapons", "weapon"): "weapon",
    ("explain", "stat"): "stat",
}
NEEDED = {("leaderboard", "when"): {"stat": "kd"}}


@pytest.mark.parametrize(("menu", "what"), MENUS.items())
async def test_a_menu_says_what_it_could_not_read_and_offers_what_there_is(
    world: GuildWorld, menu: tuple[str, str], what: str
) -> None:
    await world.play(FIRST, SECOND)
    offered = await world.anna.autocomplete(world.channel, *menu, "xyzzy qqq")
    assert offered[0] == {"name": f"“xyzzy qqq” is no {what} that I know; these are:", "value": "xyzzy qqq"}
    assert 1 < len(offered) <= 25


@pytest.mark.parametrize("menu", MENUS)
async def test_who_chooses_the_sentence_is_told_what_there_is(world: GuildWorld, menu: tuple[str, str]) -> None:
    await world.play(FIRST, SECOND)
    command, option = menu
    asked = await world.anna.slash(world.channel, command, **NEEDED.get(menu, {}), **{option: "xyzzy qqq"})
    assert the_answer(asked).ephemeral
    assert text_of(the_answer(asked)).startswith("I know no ")
    assert "called xyzzy" in text_of(the_answer(asked)) or "by xyzzy" in text_of(the_answer(asked))


@pytest.mark.parametrize("menu", MENUS)
async def test_before_the_first_round_a_menu_says_so(world: GuildWorld, menu: tuple[str, str]) -> None:
    for typed in ("", "xyzzy"):
        offered = await world.anna.autocomplete(world.channel, *menu, typed)
        assert all(0 < len(choice["name"]) <= 100 for choice in offered)
        assert offered, typed
        if menu in (("round", "round"), ("session", "session"), ("stats", "player"), ("map", "map")):
            assert ("There is no" in offered[0]["name"]) == (typed == "")


async def test_a_session_is_offered_by_the_words_that_mean_it(world: GuildWorld) -> None:
    yesterday = datetime.now().astimezone() - timedelta(days=1)
    await world.play(FIRST, an_r1(at=f"{yesterday:%Y-%m-%d}-210000", map="radar"))
    for typed in ("yesterday", f"{yesterday:%A}", "last session"):
        (first, *_) = await world.anna.autocomplete(world.channel, "session", "session", typed)
        assert first["value"] == f"{yesterday:%Y-%m-%d}", typed


async def test_a_session_in_a_menu_has_its_time_and_the_zone_of_it(world: GuildWorld) -> None:
    await world.play(FIRST)
    (only,) = await world.anna.autocomplete(world.channel, "session", "session", "sunday")
    assert only["name"] == "2026-03-01 · Sunday 1 March, 21:00 UTC"


async def test_the_nearest_maps_come_first(world: GuildWorld) -> None:
    await world.play(FIRST, SECOND, an_r1(at="2026-03-02-210000", map="te_escape2"))
    said, nearest, *_ = await world.anna.autocomplete(world.channel, "map", "map", "escpae")
    assert said["name"].startswith("“escpae” is no map")
    assert nearest["name"] == "Escape 2"
