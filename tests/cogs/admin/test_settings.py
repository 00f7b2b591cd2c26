"""`/settings`, `/repost`, `/link`: what admins decide."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import discord
import pytest

from bot.app import Posting
from bot.deliver.dispatcher import Dispatcher
from bot.deliver.recap import Recaps
from bot.domain.posts import PostKind, PostState, Preferences, RoundPosts
from bot.store import links, outbox, preferences
from rigs.builders import a_guid, a_player, an_r1, an_r2
from rigs.guild import REFUSED, GuildWorld, text_of, the_answer, typed
from rigs.world import ManualClock
from tests.deliver.fake_discord import FakeDiscord, refused

FIRST = an_r1(players=[a_player("anna", kills=3), a_player("ben", team=2, deaths=3)])
STATS = 99


@pytest.fixture
async def posts(world: GuildWorld) -> FakeDiscord:
    """Where the dispatcher posts: its loop is not running, the tests step it."""
    fake = FakeDiscord(ManualClock())
    app = world.bot.app
    dispatcher = Dispatcher(
        app.db, fake, channel=STATS, admin_channel=98, server_name="main", rules=app.rules, clock=app.clock,
        reached=lambda _step: None,
    )  # fmt: skip
    recaps = Recaps(app.db, rules=app.rules, clock=app.clock, wake=dispatcher.wake)
    world.bot.app = replace(app, posting=Posting(dispatcher=dispatcher, recaps=recaps))
    return fake


async def test_an_admin_sees_and_changes_what_is_posted(world: GuildWorld) -> None:
    shown = text_of(await world.admin.slash(world.channel, "settings show"))
    assert "rounds 1: one line, until the match is posted" in shown
    shown = text_of(await world.admin.slash(world.channel, "settings change", rounds="none", players=6))
    assert "rounds 1: not posted" in shown
    assert "rounds with 6 players or more" in shown
    assert await preferences.load(world.bot.app.db) == Preferences(rounds=RoundPosts.NONE, players=6)
    logged = text_of(await world.admin.slash(world.channel, "admin log"))
    assert "`/settings change`: " in typed(logged)
    assert "\\/" not in logged


@pytest.mark.parametrize("field", Preferences._fields)
async def test_every_choice_that_is_kept_can_be_made_and_is_shown(world: GuildWorld, field: str) -> None:
    group = world.bot.tree.get_command("settings")
    assert isinstance(group, discord.app_commands.Group)
    change = group.get_command("change")
    assert isinstance(change, discord.app_commands.Command)
    assert field in {option.name for option in change.parameters}
    before = text_of(await world.admin.slash(world.channel, "settings show"))
    other: dict[str, Any] = {"rounds": RoundPosts.CARD, "players": 5, "channel": world.channel.id}
    changed = Preferences()._replace(**{field: other.get(field, False)})
    await world.bot.app.db.write(lambda tx: preferences.put(tx, changed))
    assert text_of(await world.admin.slash(world.channel, "settings show")) != before


async def test_the_channel_is_changed_only_to_one_that_can_be_written_to(world: GuildWorld) -> None:
    other = world.guild.create_text_channel("results")
    await world.admin.slash(world.channel, "settings change", channel=other)
    assert (await preferences.load(world.bot.app.db)).channel == other.id
    everyone = discord.PermissionOverwrite(send_messages=False, attach_files=False)
    closed = world.guild.create_text_channel("closed", overwrites={world.guild.default_role: everyone})
    shown = text_of(await world.admin.slash(world.channel, "settings change", channel=closed))
    assert "I lack the permission to" in shown
    assert "send messages" in shown
    assert (await preferences.load(world.bot.app.db)).channel == other.id


@pytest.mark.parametrize("command", ["settings show", "settings test"])
async def test_who_is_no_admin_is_refused(world: GuildWorld, command: str) -> None:
    assert text_of(await world.stranger.slash(world.elsewhere, command)) == REFUSED


async def test_a_sample_goes_where_the_posts_go(world: GuildWorld, posts: FakeDiscord) -> None:
    shown = text_of(await world.admin.slash(world.channel, "settings test"))
    assert shown.startswith("It is there: ")
    (message,) = posts.visible(STATS)
    assert message.card.title == "A sample"
    await world.play(FIRST, an_r2(FIRST))
    await world.admin.slash(world.channel, "settings test")
    sample = posts.visible(STATS)[1].card
    assert sample.title.startswith("A sample: anna beat ben on Supply")
    assert len(sample.pictures) == 1


async def test_a_sample_that_is_refused_says_why(world: GuildWorld, posts: FakeDiscord) -> None:
    posts.faults["send"].append(refused())
    shown = text_of(await world.admin.slash(world.channel, "settings test"))
    assert "did not get through: 403: missing permissions" in shown


@pytest.mark.parametrize("command", ["settings test", "repost"])
async def test_without_a_channel_for_posts_there_is_a_sentence(world: GuildWorld, command: str) -> None:
    await world.play(FIRST)
    options: dict[str, Any] = {"round": "1"} if command == "repost" else {}
    shown = text_of(await world.admin.slash(world.channel, command, **options))
    assert "STATS_CHANNEL_ID is empty" in shown


async def test_a_missed_round_is_posted_and_a_second_time_it_is_not(world: GuildWorld, posts: FakeDiscord) -> None:
    await world.play(FIRST)  # the first run posts nothing
    assert posts.visible(STATS) == []
    assert "posted in a moment" in text_of(await world.admin.slash(world.channel, "repost", round="1"))
    assert world.bot.app.posting is not None
    await world.bot.app.posting.dispatcher.step()
    assert len(posts.visible(STATS)) == 1
    assert "there already" in text_of(await world.admin.slash(world.channel, "repost", round="supply"))
    item = await outbox.of_round(world.bot.app.db, 1)
    assert item is not None
    assert (item.kind, item.state) == (PostKind.ROUND, PostState.SENT)


async def test_what_was_owed_beside_a_round_and_dropped_is_posted_with_it(
    world: GuildWorld, posts: FakeDiscord
) -> None:
    await world.play(FIRST)
    db = world.bot.app.db
    await db.write(lambda tx: outbox.owe(tx, PostKind.MATCH, 1, not_before=0, now=0))
    await db.write(lambda tx: tx.execute("UPDATE outbox SET state = 'dropped'"))
    assert "posted in a moment" in text_of(await world.admin.slash(world.channel, "repost", round="1"))
    rows = await db.all("SELECT kind, state FROM outbox ORDER BY kind")
    assert [tuple(row) for row in rows] == [("match", "waiting"), ("round", "waiting")]


async def test_an_unknown_round_cannot_be_posted(world: GuildWorld, posts: FakeDiscord) -> None:
    await world.play(FIRST)
    assert "I know no round by 77" in text_of(await world.admin.slash(world.channel, "repost", round="77"))
    choices = await world.admin.autocomplete(world.channel, "repost", "round", "sup")
    assert [choice["value"] for choice in choices] == ["1"]


async def test_an_admin_confirms_who_somebody_is(world: GuildWorld) -> None:
    await world.play(FIRST)
    message = the_answer(await world.anna.slash(world.channel, "link", player="anna"))
    assert "Is this anna?" in text_of(message)
    assert text_of(await world.anna.click(message, label="Yes, link")) == REFUSED
    assert await links.guid_of(world.bot.app.db, world.anna.id) is None
    await world.admin.click(message, label="Yes, link")
    assert await links.guid_of(world.bot.app.db, world.anna.id) == a_guid("anna")
    assert "» **1.** anna" in text_of(await world.anna.slash(world.channel, "weapons", weapon="mp40"))
    assert "linked with anna already" in text_of(await world.anna.slash(world.channel, "link", player="anna"))


async def test_a_player_has_one_owner_and_a_member_one_player(world: GuildWorld) -> None:
    await world.play(FIRST)
    message = the_answer(await world.anna.slash(world.channel, "link", player="anna"))
    await world.admin.click(message, label="Yes, link")
    assert "anna is linked with" in text_of(await world.trusted.slash(world.channel, "link", player="anna"))
    message = the_answer(await world.anna.slash(world.channel, "link", player="ben"))
    await world.admin.click(message, label="Yes, link")
    assert await links.guid_of(world.bot.app.db, world.anna.id) == a_guid("ben")
    assert await links.member_of(world.bot.app.db, a_guid("anna")) is None


async def test_an_admin_says_no(world: GuildWorld) -> None:
    await world.play(FIRST)
    message = the_answer(await world.anna.slash(world.channel, "link", player="anna"))
    await world.admin.click(message, label="No")
    assert await links.guid_of(world.bot.app.db, world.anna.id) is None


async def test_a_link_is_taken_away_by_oneself_or_by_an_admin(world: GuildWorld) -> None:
    await world.play(FIRST)
    db = world.bot.app.db
    await db.write(lambda tx: links.link(tx, world.anna.id, a_guid("anna"), by="test", now=0))
    assert text_of(await world.trusted.slash(world.channel, "unlink")) == "There is no link to take away."
    assert "the link is gone" in text_of(await world.anna.slash(world.channel, "unlink"))
    await db.write(lambda tx: links.link(tx, world.anna.id, a_guid("anna"), by="test", now=0))
    assert text_of(await world.anna.slash(world.channel, "unlink", member=world.admin)) == REFUSED
    assert "the link is gone" in text_of(await world.admin.slash(world.channel, "unlink", member=world.anna))


async def test_a_private_card_is_shared_when_its_owner_wants(world: GuildWorld) -> None:
    await world.play(FIRST)
    await world.bot.app.db.write(lambda tx: links.link(tx, world.anna.id, a_guid("anna"), by="test", now=0))
    message = the_answer(await world.anna.slash(world.channel, "me"))
    assert message.ephemeral
    result = await world.anna.click(message, label="Share")
    shared = the_answer(result)
    assert not shared.ephemeral
    assert "shared by anna" in text_of(shared)
    assert shared.embeds[0].title == "anna · all time"


async def test_the_menu_on_a_member_shows_his_card(world: GuildWorld) -> None:
    await world.play(FIRST)
    assert "has not said who that is" in text_of(
        await world.trusted.context_menu(world.channel, "ET stats", world.anna)
    )
    await world.bot.app.db.write(lambda tx: links.link(tx, world.anna.id, a_guid("anna"), by="test", now=0))
    message = the_answer(await world.trusted.context_menu(world.channel, "ET stats", world.anna))
    assert message.ephemeral
    assert message.embeds[0].title == "anna · all time"
