from __future__ import annotations

import re
import time
from datetime import UTC, datetime

import discord
from simcord.results import ResponseMessage

from bot.present.card import Card
from bot.store import links
from rigs.builders import RoundFile, a_guid, a_player, an_r1, an_r2
from rigs.guild import GuildWorld, text_of, the_answer, typed
from tests.cogs.questions.people.test_boards import controls, last, linked
from tests.present.discord_markup import LINK, MENTION

PLAYED = (a_player("anna", kills=9, deaths=3, damage_given=1200), a_player("ben", team=2, kills=3, deaths=9))


def lately(*, damage: int = 2400) -> RoundFile:
    """A round of an hour ago, of anna and ben."""
    stamp = datetime.fromtimestamp(time.time() - 3600, UTC).strftime("%Y-%m-%d-%H%M%S")
    return an_r1(at=stamp, players=[a_player("anna", kills=9, deaths=3, damage_given=damage), PLAYED[1]])


def labels(message: ResponseMessage) -> list[str]:
    return [button["label"] for button in controls(message, 2)]


async def the_card(world: GuildWorld) -> ResponseMessage:
    return the_answer(await world.anna.slash(world.channel, "me"))


async def picked(world: GuildWorld) -> ResponseMessage:
    """Anna of Discord is asked who she is, and picks anna."""
    message = await the_card(world)
    assert message.ephemeral
    assert message.embeds[0].title == "Which player are you?"
    (menu,) = controls(message, 3)
    assert [one["label"] for one in menu["options"]] == ["anna", "ben"] or len(menu["options"]) == 2
    await world.anna.select(message, values=[a_guid("anna")])
    return message


def edited(world: GuildWorld) -> str:
    """What the private message says after the last edit."""
    edits = [entry.json for entry in world.env.http_requests if entry.method == "PATCH" and "@original" in entry.path]
    assert edits[-1] is not None
    return str(edits[-1])


async def test_who_is_not_linked_picks_a_name_and_gets_the_answer_and_an_admin_may_undo_it(world: GuildWorld) -> None:
    world.settings.__dict__["links_need_admin"] = False
    await world.play(lately())
    await picked(world)
    assert "anna · all time" in edited(world)
    assert "linked with anna." in edited(world)
    assert await links.guid_of(world.bot.app.db, world.anna.id) == a_guid("anna")
    told = last(world)
    assert told.content == f"<@{world.anna.id}> is linked with anna."
    assert "for the admins" in text_of(await world.anna.click(told, label="Undo"))
    await world.admin.click(told, label="Undo")
    assert await links.guid_of(world.bot.app.db, world.anna.id) is None
    assert "was taken back by boss" in text_of(last(world))


async def test_where_an_admin_has_to_confirm_the_question_is_answered_all_the_same(world: GuildWorld) -> None:
    await world.play(lately())
    await picked(world)
    assert "anna · all time" in edited(world)
    assert "an admin is asked to confirm" in edited(world)
    assert await links.guid_of(world.bot.app.db, world.anna.id) is None
    await world.admin.click(last(world), label="Yes, link")
    assert await links.guid_of(world.bot.app.db, world.anna.id) == a_guid("anna")


async def test_nobody_takes_a_player_that_is_somebody_else_s(world: GuildWorld) -> None:
    world.settings.__dict__["links_need_admin"] = False
    await world.play(lately())
    await world.bot.app.db.write(lambda tx: links.link(tx, world.admin.id, a_guid("anna"), by="a test", now=1))
    await picked(world)
    assert await links.guid_of(world.bot.app.db, world.anna.id) is None
    assert await links.member_of(world.bot.app.db, a_guid("anna")) == world.admin.id


async def test_without_any_round_nobody_is_asked_who_he_is(world: GuildWorld) -> None:
    assert text_of(await the_card(world)) == "No round has been imported yet."


async def test_one_s_own_card_is_private_and_has_numbers_form_and_places(world: GuildWorld) -> None:
    await world.play(an_r1(players=PLAYED), lately())
    await linked(world, "anna")
    message = await the_card(world)
    shown = text_of(message)
    assert message.ephemeral
    assert world.deferred()
    assert message.embeds[0].title == "anna · all time"
    assert "`/unlink`" in typed(shown)
    assert "Form: all 2 rounds so far: " in shown
    assert "Places in the last 30 days" in shown
    assert "Kills: 1st of 2 with **9**, 6 ahead of ben" in shown
    assert "2 of 2 rounds · newest" in shown
    assert labels(message) == ["30 days", "Last session", "All stats", "Explain", "Share"]


async def test_who_has_not_played_lately_has_no_places(world: GuildWorld) -> None:
    await world.play(an_r1(players=PLAYED))
    await linked(world, "anna")
    shown = text_of(await the_card(world))
    assert "Places" not in shown
    assert "Form" in shown


async def test_a_link_with_a_player_without_rounds_is_no_error(world: GuildWorld) -> None:
    await world.play(lately())
    await linked(world, "nobody")
    assert text_of(await the_card(world)) == "Nobody with that GUID has ever played here."


async def test_a_share_shows_the_same_to_everybody_without_buttons_and_what_concerns_the_asker_alone(
    world: GuildWorld,
) -> None:
    await world.play(lately())
    await linked(world, "anna")
    message = await the_card(world)
    shared = the_answer(await world.anna.click(message, label="Share"))
    assert not shared.ephemeral
    assert shared.content == "-# shared by anna"
    own, everybody = message.embeds[0].to_dict(), shared.embeds[0].to_dict()
    *lines, linked_line = own.pop("description").split("\n")
    assert linked_line.startswith("-# For you alone: linked with this player")
    assert everybody.pop("description") == "\n".join(lines)
    assert everybody == own
    assert controls(shared, 2) == []


async def test_another_scope_keeps_a_private_card_private_and_shareable(world: GuildWorld) -> None:
    await world.play(an_r1(players=PLAYED), lately())
    await linked(world, "anna")
    message = await the_card(world)
    await world.anna.click(message, label="30 days")
    edits = [entry.json for entry in world.env.http_requests if entry.method == "PATCH" and "@original" in entry.path]
    sent = edits[-1]
    assert sent is not None
    buttons = [child["label"] for row in sent["components"] for child in row["components"]]
    assert buttons == ["All time", "Last session", "All stats", "Explain", "Share"]


async def test_a_member_s_menu_shows_the_player_that_he_is(world: GuildWorld) -> None:
    await world.play(lately())
    await linked(world, "ben")
    message = the_answer(await world.admin.context_menu(world.channel, "ET stats", world.anna))
    assert message.ephemeral
    assert message.embeds[0].title == "ben · all time"
    assert labels(message) == ["30 days", "Last session", "All stats", "Explain", "Share"]


async def test_a_member_s_menu_asks_whoever_is_not_linked_who_he_is(world: GuildWorld) -> None:
    await world.play(lately())
    mine = the_answer(await world.anna.context_menu(world.channel, "ET stats", world.anna))
    his = the_answer(await world.anna.context_menu(world.channel, "ET stats", world.admin))
    assert (mine.ephemeral, mine.embeds[0].title) == (True, "Which player are you?")
    assert typed(text_of(his)) == "This member has not said who that is on the game server: `/link` is for it."


async def test_the_member_s_menu_goes_with_its_cog(world: GuildWorld) -> None:
    tree = world.bot.tree
    of_members = discord.AppCommandType.user
    assert [command.name for command in tree.get_commands(type=of_members)] == ["ET stats"]
    await world.bot.remove_cog("Me")
    assert tree.get_commands(type=of_members) == []


async def test_found_players_can_be_shared_too(world: GuildWorld) -> None:
    await world.play(lately())
    message = the_answer(await world.anna.slash(world.channel, "find", player="ann"))
    assert message.ephemeral
    shared = the_answer(await world.anna.click(message, label="Share"))
    assert not shared.ephemeral
    assert a_guid("anna") in text_of(shared)


async def test_a_hostile_name_is_harmless_when_it_is_shared(world: GuildWorld) -> None:
    evil = "**<@1>** http://a.b ```"
    first = an_r1(players=[a_player(evil, kills=9), PLAYED[1]])
    await world.play(first, an_r2(first))
    await world.bot.app.db.write(lambda tx: links.link(tx, world.anna.id, a_guid(evil), by="a test", now=1))
    shared = the_answer(await world.anna.click(await the_card(world), label="Share"))
    shown = re.sub(r"<t:\d+:\w>", "", typed(text_of(shared)))
    assert not MENTION.search(shown)
    assert not LINK.search(shown)


async def test_a_share_button_answers_only_its_asker(world: GuildWorld) -> None:
    message = await world.post(Card(title="a card", buttons=(("Share", f"share:{world.anna.id}"),)))
    refused = text_of(await world.admin.click(message, label="Share"))
    assert refused.startswith("That menu belongs to whoever asked for it")
    assert last(world).id == message.id
