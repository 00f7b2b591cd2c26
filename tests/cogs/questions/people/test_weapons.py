from __future__ import annotations

import re

import discord
import pytest

from bot.domain.game.file.report import Cells
from rigs.builders import KNIFE, MP40, SYRINGE, THOMPSON, a_player, an_r1
from rigs.guild import GuildWorld, text_of, the_answer
from tests.cogs.questions.people.test_boards import controls, crowd, last, linked

ARMS = {
    MP40: Cells(60, 200, 5, 1, 12), THOMPSON: Cells(0, 0, 0, 2, 0), KNIFE: Cells(1, 3, 1, 0, 0),
    SYRINGE: Cells(2, 4, 0, 0, 0),
}  # fmt: skip
ARMED = an_r1(players=[a_player("anna", weapons=ARMS), a_player("ben", team=2, kills=3, deaths=6)])


def labels(message: discord.Message) -> list[str]:
    return [button["label"] for button in controls(message, 2)]


async def shown(world: GuildWorld, **options: str) -> str:
    return text_of(await world.anna.slash(world.channel, "weapons", **options))


async def test_a_player_s_weapons_have_kills_deaths_accuracy_and_head_hits(world: GuildWorld) -> None:
    await world.play(ARMED)
    text = await shown(world, player="anna")
    assert world.deferred()
    assert "Weapons of anna" in text
    assert re.search(r"^MP 40 +5 +1 +30 +20$", text, re.MULTILINE)
    assert re.search(r"^Thompson +0 +2 +– +–$", text, re.MULTILINE)
    assert re.search(r"^Knife +1 +0 +– +–$", text, re.MULTILINE)  # a knife has no accuracy
    assert "Syringe" not in text, "what killed nobody has no row"
    assert "all time · 1 round" in text


async def test_one_weapon_of_a_player(world: GuildWorld) -> None:
    await world.play(ARMED)
    text = await shown(world, player="anna", weapon="mp40")
    assert "MP 40" in text
    assert "Thompson" not in text


async def test_a_weapon_alone_is_a_board_with_pages_and_one_s_own_place(world: GuildWorld) -> None:
    await world.play(crowd(40))
    await linked(world, "p20")
    text = await shown(world, weapon="MP 40")
    assert "Most kills with the MP 40" in text
    assert "» You: 21st, 20 kills" in text.replace("»", "» ").replace("»  ", "» ")
    assert "Page 1 of 3" in text
    assert labels(last(world)) == ["Next"]
    await world.anna.click(last(world), label="Next")
    assert "\n» **21.** p20 **20** · " in text_of(last(world))
    assert "You: " not in text_of(last(world))
    assert labels(last(world)) == ["Previous", "Next"]
    await world.anna.click(last(world), label="Next")
    assert labels(last(world)) == ["Previous"]


async def test_a_board_s_pages_turn_after_a_restart_for_their_asker_alone(world: GuildWorld) -> None:
    await world.play(crowd(40))
    await shown(world, weapon="MP 40", when="supply r1")
    copy = the_answer(await world.admin.click(last(world), label="Next"))
    assert copy.ephemeral
    assert "belongs to" not in text_of(copy)
    await world.restart()
    await world.anna.click(last(world), label="Next")
    assert "Page 2 of 3" in text_of(last(world))
    assert "Supply, round 1" in text_of(last(world))


async def test_a_side_counts_only_the_rounds_on_it(world: GuildWorld) -> None:
    await world.play(ARMED)
    assert "MP 40" in await shown(world, player="anna", when="defence")  # team 1, and Axis defend
    text = await shown(world, player="anna", when="attack")
    assert text == "anna used no weapon in this scope: all time, attacking."
    assert "ben" in await shown(world, weapon="MP 40", when="attack")
    assert "anna" not in await shown(world, weapon="MP 40", when="attack")


async def test_a_weapon_that_nobody_used_and_one_that_nobody_knows_get_a_sentence(world: GuildWorld) -> None:
    await world.play(ARMED)
    assert await shown(world, weapon="Panzerfaust") == "Nobody killed with the Panzerfaust in this scope: all time."
    assert await shown(world, player="anna", weapon="panzer") == "anna used no Panzerfaust in this scope: all time."
    unknown = await shown(world, weapon="<@1> laser")
    assert unknown.startswith("I know no weapon called ")
    assert "MP 40" in unknown


@pytest.mark.parametrize("typed", ["", "mp", "panz", "%", "x" * 6000])
async def test_the_menu_of_weapons_takes_whatever_is_typed(world: GuildWorld, typed: str) -> None:
    choices = await world.anna.autocomplete(world.channel, "weapons", "weapon", typed)
    assert len(choices) <= 25
    if typed == "mp":
        assert {choice["value"] for choice in choices} >= {"MP 40", "MP 34"}
