from __future__ import annotations

import re

import pytest

from rigs.builders import a_player, a_session, an_r1, an_r2
from rigs.guild import GuildWorld, text_of, the_answer
from tests.cogs.questions.people.test_boards import controls, last, linked
from tests.present.discord_markup import LINK, MENTION


async def two_matches(world: GuildWorld) -> None:
    """supply: attacked in 8:00 by those who attacked first, answered in 6:00; braundorf: held twice."""
    first = an_r1(players=[a_player("anna", team=2, kills=9, deaths=3), a_player("ben", kills=3, deaths=9)])
    second = an_r2(
        first,
        players=[a_player("anna", kills=4, deaths=2, minutes=6), a_player("ben", team=2, kills=2, deaths=4, minutes=6)],
    )
    at = "2026-03-02-210000"
    held = an_r1(map="braundorf_b4", at=at, winner=1, players=[a_player("anna", minutes=12), a_player("ben", team=2)])
    again = an_r2(held, winner=1)
    await world.play(first, second, held, again)


async def test_a_map_shows_times_shares_matches_records_and_the_best(world: GuildWorld) -> None:
    await two_matches(world)
    await linked(world, "anna")
    message = the_answer(await world.anna.slash(world.channel, "map", map="supply"))
    shown = text_of(message)
    assert world.deferred()
    assert message.embeds[0].title == "Supply"
    assert re.search(r"^R1 +1 +100 +8:00 +8:00 +0$", shown, re.MULTILINE)
    assert re.search(r"^R2 +1 +100 +6:00 +6:00 +0$", shown, re.MULTILINE)
    assert re.search(r"^Both +2 +100 +7:00 +6:00 +0$", shown, re.MULTILINE)
    assert "Fastest attack: **6:00**, <t:" in shown
    assert "1 match: won by who attacked first 0 (0%), by who defended first 1 (100%)" in shown
    assert "» **Kills** 9: anna, <t:" in shown
    assert "Best by K/D" in shown
    assert "» **1.** anna **2.60** · 2 rounds" in shown
    assert "all time, Supply · 2 rounds" in shown


async def test_a_held_map_has_no_time_and_its_matches_are_draws(world: GuildWorld) -> None:
    await two_matches(world)
    shown = text_of(await world.anna.slash(world.channel, "map", map="braun"))
    assert re.search(r"^R1 +1 +0 +– +– +100$", shown, re.MULTILINE)
    assert "Fastest attack" not in shown
    assert "draws 1" in shown


async def test_a_scope_narrows_a_map(world: GuildWorld) -> None:
    await two_matches(world)
    shown = text_of(await world.anna.slash(world.channel, "map", map="supply", when="r1"))
    assert "all time, Supply, round 1 · 1 round" in shown
    assert "R2" not in shown


async def test_maps_are_listed_with_a_menu_that_opens_one(world: GuildWorld) -> None:
    await two_matches(world)
    message = the_answer(await world.anna.slash(world.channel, "maps"))
    shown = text_of(message)
    assert re.search(r"^Braundorf +2 +0 +– +100$", shown, re.MULTILINE)
    assert re.search(r"^Supply +2 +100 +7:00 +0$", shown, re.MULTILINE)
    (menu,) = controls(message, 3)
    assert [one["value"] for one in menu["options"]] == ["braundorf_b4", "supply"]
    result = await world.admin.select(last(world), values=["supply"])
    assert the_answer(result).ephemeral  # a copy of one's own
    assert the_answer(result).embeds[0].title == "Supply"
    assert last(world).embeds[0].title == "Maps · all time" or last(world).embeds[0].title == "Maps"
    await world.restart()
    await world.anna.select(world.channel.history()[0], values=["supply"])
    assert world.channel.history()[0].embeds[0].title == "Supply"


@pytest.mark.parametrize("typed", ["zzz", "<@1>", "@everyone", "", " ", "[a](http://b.c)"])
async def test_an_unknown_map_is_answered_with_near_ones(world: GuildWorld, typed: str) -> None:
    await two_matches(world)
    shown = text_of(await world.anna.slash(world.channel, "map", map=typed))
    assert shown.startswith("I know no map called ")
    assert "`Supply`" in shown
    assert not MENTION.search(shown)
    assert not LINK.search(shown)


async def test_the_menu_of_maps_offers_those_that_hold_what_is_typed(world: GuildWorld) -> None:
    await two_matches(world)
    offered = await world.anna.autocomplete(world.channel, "map", "map", "PPL")
    assert [one["value"] for one in offered] == ["supply"]
    assert len(await world.anna.autocomplete(world.channel, "map", "map", "")) == 2


async def test_many_maps_and_a_whole_session_fit(world: GuildWorld) -> None:
    await world.play(*[an_r1(map=f"{'m' * 50}{i}", at=f"2026-02-{1 + i % 28:02}-{i // 28:02}0000") for i in range(60)])
    await world.play(*a_session(3))
    message = the_answer(await world.anna.slash(world.channel, "maps"))
    assert "66 rounds" in text_of(message)
    assert len(controls(message, 3)[0]["options"]) == 25


async def test_versions_of_a_map_are_one_map_and_the_answer_names_them(world: GuildWorld) -> None:
    await world.play(
        an_r1(map="adlernest"), an_r1(map="etl_adlernest", at="2026-03-02-210000"), an_r1(at="2026-03-03-210000")
    )
    for typed in ("adlernest", "Adlernest", "adler"):
        message = the_answer(await world.anna.slash(world.channel, "map", map=typed))
        assert message.embeds[0].title == "Adlernest (adlernest, etl\\_adlernest)"
        assert "all time, Adlernest (adlernest, etl\\_adlernest) · 2 rounds" in text_of(message)
    alone = text_of(await world.anna.slash(world.channel, "map", map="etl_adlernest"))
    assert "all time, etl\\_adlernest alone · 1 round" in alone
    shown = text_of(await world.anna.slash(world.channel, "maps"))
    assert re.search(r"^Adlernest +2 ", shown, re.MULTILINE)
    (menu,) = controls(last(world), 3)
    assert [one["value"] for one in menu["options"]] == ["adlernest", "supply"]
    await world.anna.select(last(world), values=["adlernest"])
    assert "· 2 rounds" in text_of(last(world))
