from __future__ import annotations

import re

import pytest

from rigs.builders import RoundFile, a_guid, a_player, an_r1, an_r2, of_our_script
from rigs.guild import GuildWorld, text_of, the_answer
from tests.cogs.questions.people.test_boards import linked
from tests.present.discord_markup import LINK, MENTION

ANNA = a_player("anna", kills=9, deaths=3, damage_given=1600, killing_spree=4)
BEN = a_player("ben", team=2, kills=3, deaths=9, damage_given=800)


def a_game(day: int = 1) -> RoundFile:
    return an_r1(at=f"2026-03-{day:02}-210000", players=[ANNA, BEN])


async def compared(world: GuildWorld, **options: str) -> str:
    return text_of(await world.anna.slash(world.channel, "compare", **options))


async def test_two_players_stand_side_by_side_and_the_better_figure_is_marked(world: GuildWorld) -> None:
    await world.play(a_game())
    message = the_answer(await world.anna.slash(world.channel, "compare", player="anna", other="ben"))
    shown = text_of(message)
    assert world.deferred()
    assert message.embeds[0].title == "anna and ben"
    assert re.search(r"^K/D +3\.00 ◂ +0\.33$", shown, re.MULTILINE)
    assert re.search(r"^DPM +200 ◂ +100$", shown, re.MULTILINE)
    assert re.search(r"^Rounds +1 +1$", shown, re.MULTILINE)
    assert len(message.attachments) == 1


async def test_head_to_head_says_who_won_with_and_against_whom(world: GuildWorld) -> None:
    first = a_game()
    await world.play(first, an_r2(first))
    shown = await compared(world, player="anna", other="ben")
    assert "**Against each other**: 1 match, anna won 1, ben won 0" in shown


async def test_how_often_they_killed_each_other_is_told_where_files_tell_it(world: GuildWorld) -> None:
    first = a_game()
    await world.play(of_our_script(first, {("anna", "ben"): 12, ("ben", "anna"): 9}), a_game(day=2))
    shown = await compared(world, player="anna", other="ben")
    assert "**Killed each other**: anna 12 : 9 ben, in 1 round that tell it" in shown
    assert "Killed" not in await compared(world, player="anna", other="ben", when="2026-03-02")


async def test_a_half_or_a_side_does_not_hide_the_matches(world: GuildWorld) -> None:
    first = a_game()
    await world.play(first, an_r2(first))
    for scope in ("r1", "r2", "supply r1", "attack"):
        shown = await compared(world, player="anna", other="ben", when=scope)
        assert "**Against each other**: 1 match, anna won 1, ben won 0" in shown, scope


async def test_without_a_match_in_common_it_says_so(world: GuildWorld) -> None:
    await world.play(a_game())
    never = "two have finished no match together or against each other."
    assert f"The {never}" in await compared(world, player="anna", other="ben")
    await linked(world, "ben")
    assert f"You {never}" in await compared(world, player="anna")


async def test_who_asks_and_has_nothing_in_the_scope_is_called_you(world: GuildWorld) -> None:
    zoe = an_r1(at="2026-03-09-210000", map="radar", players=[a_player("zoe", kills=1), BEN])
    await world.play(a_game(), zoe)
    await linked(world, "anna")
    shown = text_of(await world.anna.slash(world.channel, "compare", player="ben", when="radar"))
    assert shown == "You have played no round in this scope: all time, Radar."
    shown = text_of(await world.anna.slash(world.channel, "team", when="radar"))
    assert shown == "You have played no match to its end in this scope: all time, Radar."


async def test_the_second_one_is_the_asker_who_is_called_you(world: GuildWorld) -> None:
    await world.play(a_game())
    await linked(world, "ben")
    shown = await compared(world, player="anna")
    assert re.search(r"^ +You +anna$", shown, re.MULTILINE)
    assert "**You are ahead in 0 of 8**, anna in 4, 4 level" in shown


async def test_one_player_twice_is_no_comparison(world: GuildWorld) -> None:
    await world.play(a_game())
    assert await compared(world, player="anna", other="anna") == "That is anna twice: name two players."


async def test_who_did_not_play_in_the_scope_is_named(world: GuildWorld) -> None:
    zoe = an_r1(at="2026-03-09-210000", map="radar", players=[a_player("zoe", kills=1), BEN])
    await world.play(a_game(), zoe)
    shown = await compared(world, player="anna", other="ben", when="radar")
    assert shown == "anna has played no round in this scope: all time, Radar."


async def test_two_who_never_did_anything_can_be_compared(world: GuildWorld) -> None:
    idle = [a_player(name, team=1 + place, minutes=0.1, alive=0) for place, name in enumerate(["anna", "ben"])]
    await world.play(an_r1(players=idle, next_limit="9:00"))
    assert "anna and ben" in await compared(world, player="anna", other="ben")


@pytest.mark.parametrize("evil", ["**<@1>** http://a.b ```", "漢" * 32, "^1" * 10 + "x", "مرحبا" * 6])
async def test_hostile_names_are_harmless(world: GuildWorld, evil: str) -> None:
    await world.play(an_r1(players=[a_player(evil, kills=1), BEN]))
    shown = await compared(world, player=a_guid(evil), other="ben")
    bare = re.sub(r"<t:\d+:\w>|```.*?```", "", shown, flags=re.DOTALL)
    assert not MENTION.search(bare)
    assert not LINK.search(bare)
