"""`/help`: the way in, for somebody who has never seen the bot."""

from __future__ import annotations

import json
import re

import discord
from discord import app_commands

from bot.domain.stats.metrics import METRICS
from bot.present.card import Card
from bot.present.words.help import QUESTIONS, TOPICS, help_card
from bot.store import facts
from rigs.guild import GuildWorld, text_of, the_answer

HIDDEN = {"sync", "admin", "settings", "repost", "help"}
"""For admins, or the help itself."""


def commands(world: GuildWorld) -> set[str]:
    """Every slash command."""
    return {command.name for command in world.bot.tree.get_commands(type=discord.AppCommandType.chat_input)}


async def test_the_help_is_for_who_asks_and_its_commands_can_be_clicked(world: GuildWorld) -> None:
    result = await world.anna.slash(world.channel, "help")
    assert the_answer(result).ephemeral
    assert world.deferred()
    shown = text_of(result)
    for _, name, _ in QUESTIONS:
        assert re.search(rf"</{name}:\d+>", shown), name


async def test_every_question_has_a_command(world: GuildWorld) -> None:
    assert {name for _, name, _ in QUESTIONS} <= commands(world) - HIDDEN


async def test_a_command_without_a_question_says_what_it_is_itself(world: GuildWorld) -> None:
    assert "/unheard_of" not in text_of(await world.anna.slash(world.channel, "help"))

    @app_commands.command(name="unheard_of", description="Is in no question")
    async def unheard_of(itx: discord.Interaction) -> None: ...

    world.bot.tree.add_command(unheard_of)
    shown = text_of(await world.anna.slash(world.channel, "help"))
    assert "`/unheard_of` Is in no question" in shown
    assert "/sync" not in shown
    assert "/settings" not in shown


async def test_every_option_that_the_questions_name_is_there(world: GuildWorld) -> None:
    options = {
        command.name: {one.display_name for one in command.parameters}
        for command in world.bot.tree.walk_commands()
        if hasattr(command, "parameters")
    }
    for _, name, hint in QUESTIONS:
        for option in re.findall(r"`(\w+): ", hint):
            assert option in options[name], f"/{name} {option}"


async def test_without_ids_commands_are_named_in_plain_text(world: GuildWorld) -> None:
    world.bot.command_ids.clear()
    shown = text_of(await world.anna.slash(world.channel, "help"))
    assert "`/session`" in shown
    assert "</session:" not in shown


async def test_the_ids_are_those_that_discord_gave(world: GuildWorld) -> None:
    known = json.loads(await facts.get(world.bot.app.db, facts.COMMAND_IDS) or "{}")
    assert set(known) == commands(world)
    assert f"</stats:{known['stats']}>" in text_of(await world.anna.slash(world.channel, "help"))


async def test_they_are_remembered_over_a_restart_without_a_new_registration(world: GuildWorld) -> None:
    before = await facts.get(world.bot.app.db, facts.COMMAND_IDS)
    await world.restart()
    assert await facts.get(world.bot.app.db, facts.COMMAND_IDS) == before
    assert "</stats:" in text_of(await world.anna.slash(world.channel, "help"))


async def test_the_menu_has_every_topic_and_belongs_to_who_asked(world: GuildWorld) -> None:
    message = the_answer(await world.anna.slash(world.channel, "help"))
    for topic in TOPICS:
        await world.anna.select(message, [topic])
        assert world.deferred()
    card = help_card("questions", menu_id=f"help:{world.anna.id}")
    copy = the_answer(await world.admin.select(await world.post(card), ["scopes"]))
    assert copy.ephemeral
    assert "belongs to" not in text_of(copy)


async def test_admins_have_a_topic_of_their_own_with_their_commands_and_nobody_else_has(world: GuildWorld) -> None:
    message = the_answer(await world.admin.slash(world.channel, "help"))
    answer = await world.admin.select(message, ["admins"])
    shown = text_of(answer)
    for name in ("sync diagnose", "sync why", "admin log", "settings change", "repost"):
        assert re.search(rf"</{name}:\d+>", shown), name
    other = the_answer(await world.anna.slash(world.channel, "help"))
    menu = other.components[0]["components"][0]
    assert "admins" not in [option["value"] for option in menu["options"]]
    copy = await world.anna.select(await world.post(_help_of(world)), ["admins"])
    assert "sync" not in text_of(copy)


def _help_of(world: GuildWorld) -> Card:
    return help_card("questions", menu_id=f"help:{world.admin.id}", admins=[("sync run", "Look")])


def test_every_metric_is_explained_somewhere() -> None:
    shown = "\n".join(line for topic in TOPICS for line in help_card(topic, menu_id="help:1").lines)
    for metric in METRICS:
        assert f"(`{metric.name}`): {metric.meaning}" in shown
