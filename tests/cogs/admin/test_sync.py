from __future__ import annotations

from dataclasses import replace

import pytest
from simcord import SetupError
from simcord.actors import MemberActor

from bot.deliver.render import render
from bot.domain.audit.audit import Audit, AuditVerdict, Counts, Finding, Severity
from bot.domain.audit.repairs import FindingCode
from bot.domain.concerns import Concern, ConcernCode
from bot.domain.posts import OutboxItem, PostKind, PostState
from bot.present.card import Card
from bot.store import alerts, outbox
from cogs.admin.sync import _report
from rigs.builders import an_r1
from rigs.guild import REFUSED, GuildWorld, text_of, the_answer

ADMINS = ("admin", "trusted")


def person(world: GuildWorld, name: str) -> MemberActor:
    found: MemberActor = getattr(world, name)
    return found


def open_to_all(world: GuildWorld) -> None:
    """An administrator handed /sync to everybody, as Discord lets him."""
    command = world.env.backend.find_command("sync", None)
    assert command is not None
    world.guild.set_command_permissions(int(command["id"]), {world.anna: True, world.trusted: True})


async def an_unsure_post(world: GuildWorld) -> OutboxItem:
    """A round whose post may or may not be there, and the alert that asks the admins."""
    await world.play(an_r1())
    db = world.bot.app.db
    await db.write(lambda tx: outbox.enqueue(tx, PostKind.ROUND, 1, not_before=0, now=0))
    (post,) = await outbox.due(db, now=1)
    await db.write(lambda tx: outbox.move(tx, post, PostState.UNSURE, reason="no right to read"))
    asked = Concern(ConcernCode.UNSURE, str(post.id), "Is it there?\nLook, and tell me.")
    await db.write(lambda tx: alerts.owe(tx, [asked], now=0, about=post.id))
    (alert,) = await outbox.due(db, now=1)
    return alert


async def an_alert(world: GuildWorld) -> OutboxItem:
    await world.bot.app.db.write(lambda tx: outbox.alert(tx, "Something broke: <@1> [x](http://y.z)", now=0))
    (alert,) = await outbox.due(world.bot.app.db, now=1)
    return alert


async def card_of(world: GuildWorld, item: OutboxItem) -> Card:
    return await render(world.bot.app.db, item, rules=world.bot.app.rules)


async def state(world: GuildWorld) -> str:
    """Where the round's post stands."""
    post = await outbox.of_round(world.bot.app.db, 1)
    assert post is not None
    return post.state


@pytest.mark.parametrize("name", ADMINS)
async def test_the_state_is_shown_to_an_admin_alone(world: GuildWorld, name: str) -> None:
    open_to_all(world)
    await world.play(an_r1())
    result = await person(world, name).slash(world.channel, "sync status")
    message = the_answer(result)
    assert message.embeds[0].title == "Sync: all is well"
    assert "1 file known" in text_of(message)
    assert "1 imported" in text_of(message)
    assert message.ephemeral
    assert world.deferred()


async def test_the_state_is_told_before_anything_was_played(world: GuildWorld) -> None:
    shown = text_of(await world.admin.slash(world.channel, "sync status"))
    assert "The game server answers." in shown
    assert "Last new file: –" in shown


async def test_the_command_is_not_even_shown_to_others(world: GuildWorld) -> None:
    with pytest.raises(SetupError, match="default-member-permissions"):
        await world.anna.slash(world.channel, "sync status")


async def test_whom_an_administrator_gave_the_command_is_still_refused_by_the_code(world: GuildWorld) -> None:
    open_to_all(world)
    result = await world.anna.slash(world.channel, "sync status")
    message = the_answer(result)
    assert (message.content, message.embeds) == (REFUSED, [])
    assert message.ephemeral
    assert len(world.env.errors) == 1  # seen by the tree, told in a sentence


async def test_an_administrator_of_another_server_is_refused(world: GuildWorld) -> None:
    result = await world.stranger.slash(world.elsewhere, "sync status")
    message = the_answer(result)
    assert (message.content, message.embeds) == (REFUSED, [])
    assert message.ephemeral
    assert len(world.env.errors) == 1


async def test_where_the_home_server_is_not_known_nobody_is_an_admin(world: GuildWorld) -> None:
    world.bot.settings = world.settings.model_copy(update={"admin_channel_id": 404})
    assert text_of(await world.admin.slash(world.channel, "sync status")) == REFUSED
    assert len(world.env.errors) == 1
    world.bot.settings = world.settings.model_copy(update={"admin_channel_id": 404, "discord_guild_id": world.guild.id})
    assert "all is well" in text_of(await world.admin.slash(world.channel, "sync status"))


async def test_there_is_no_such_command_in_direct_messages(world: GuildWorld) -> None:
    with pytest.raises(SetupError, match="context"):
        await world.alone.slash("sync status")


@pytest.mark.parametrize("name", ADMINS)
@pytest.mark.parametrize(("label", "then"), [("Post it", "waiting"), ("It is there", "dropped")])
async def test_an_admin_decides_about_an_unsure_post_once(world: GuildWorld, name: str, label: str, then: str) -> None:
    message = await world.post(await card_of(world, await an_unsure_post(world)))
    result = await person(world, name).click(message, label=label)
    assert text_of(result) == "Noted."
    assert the_answer(result).ephemeral
    assert world.deferred()
    assert await state(world) == then
    for again in ("Post it", "It is there"):
        assert text_of(await person(world, name).click(message, label=again)) == "That was decided already."
    assert await state(world) == then


async def test_the_decision_can_be_taken_after_a_restart(world: GuildWorld) -> None:
    message = await world.post(await card_of(world, await an_unsure_post(world)))
    await world.restart()
    assert text_of(await world.admin.click(message, label="Post it")) == "Noted."
    assert await state(world) == "waiting"


@pytest.mark.parametrize("label", ["Seen", "Post it", "It is there"])
async def test_others_are_refused_in_words_and_nothing_changes(world: GuildWorld, label: str) -> None:
    message = await world.post(await card_of(world, await an_unsure_post(world)))
    result = await world.anna.click(message, label=label)
    assert REFUSED in text_of(result)
    assert the_answer(result).ephemeral
    assert await state(world) == "unsure"
    after = world.channel.last_message
    assert after is not None
    assert (after.content, len(after.components)) == ("", len(message.components))


@pytest.mark.parametrize(
    "custom_id", ["unsure:1:post", "unsure:1:there", "unsure:of:1:0:post", "alert:2:alert", "alert:of:2:0"]
)
async def test_a_copied_button_does_nothing_in_another_server(world: GuildWorld, custom_id: str) -> None:
    await an_unsure_post(world)
    copy = await world.post(Card(title="copied", buttons=(("Click", custom_id),)), channel=world.elsewhere)
    result = await world.stranger.click(copy, label="Click")
    assert text_of(result) == REFUSED
    assert await state(world) == "unsure"


@pytest.mark.parametrize(
    "custom_id", ["unsure:1:post", "unsure:1:there", "unsure:of:1:0:post", "alert:2:alert", "alert:of:2:0"]
)
async def test_a_copied_button_does_nothing_in_a_direct_message(world: GuildWorld, custom_id: str) -> None:
    await an_unsure_post(world)
    copy = await world.post(Card(title="copied", buttons=(("Click", custom_id),)), channel=world.alone.dm_channel)
    result = await world.alone.click(copy, label="Click")
    assert text_of(result) == REFUSED
    assert await state(world) == "unsure"


async def test_an_alert_that_was_seen_says_by_whom_and_loses_its_button(world: GuildWorld) -> None:
    message = await world.post(await card_of(world, await an_alert(world)))
    await world.restart()
    await world.admin.click(message, label="Seen")
    after = world.channel.last_message
    assert after is not None
    assert after.content == f"-# seen by <@{world.admin.id}>"
    assert after.components == []
    assert after.embeds[0].title == "Please have a look"
    (item,) = await outbox.due(world.bot.app.db, now=1)
    card = await card_of(world, item)
    assert (card.lines[0], card.buttons) == (f"-# seen by <@{world.admin.id}>", ()), "a later edit keeps it"


async def test_seeing_an_alert_leaves_the_decision_it_asks_for(world: GuildWorld) -> None:
    message = await world.post(await card_of(world, await an_unsure_post(world)))
    await world.admin.click(message, label="Seen")
    after = world.channel.last_message
    assert after is not None
    labels = [button.label for row in after.components for button in row.children]  # type: ignore[union-attr]
    assert labels == ["Post it", "It is there"]
    assert text_of(await world.admin.click(after, label="It is there")) == "Noted."
    assert await state(world) == "dropped"


async def test_a_decision_that_was_taken_is_over_in_its_alert(world: GuildWorld) -> None:
    alert = await an_unsure_post(world)
    message = await world.post(await card_of(world, alert))
    await world.admin.click(message, label="It is there")
    card = await card_of(world, alert)
    assert card.title == "Over: Is this post there?"
    assert [label for label, _ in card.buttons] == ["Seen"]


async def test_an_alert_shows_its_lines_and_brings_nothing_to_life(world: GuildWorld) -> None:
    card = await card_of(world, await an_unsure_post(world))
    assert card.title == "Is this post there?"
    assert card.lines[:2] == ("Is it there?", "Look, and tell me.")


async def test_what_a_server_says_in_an_alert_is_harmless(world: GuildWorld) -> None:
    (line,) = (await card_of(world, await an_alert(world))).lines
    assert line == "Something broke: \\<@\u200b1\\> \\[x\\](http:\\/\\/y.z)"


def test_the_attached_report_stays_small_whatever_was_found() -> None:
    names = tuple(f"2026-03-01-{number:06}-supply-round-1.txt" for number in range(60_000))
    finding = Finding(
        code=FindingCode.NOT_IMPORTED, severity=Severity.NOTICE, files=names, why="w", meaning="m", title="on disk"
    )
    counts = Counts(server=None, local=60_000, processed=0, rounds=0)
    found = Audit(verdict=AuditVerdict.HEALTHY, counts=counts, classes={}, findings=(finding,), is_compared=True, now=0)
    report = _report(found).decode()
    assert len(report) < 1_000_000
    assert "60,000 files" in report or "60000 files" in report
    assert "tools.diagnose_file_sync --all" in report
    few = _report(replace(found, findings=(replace(finding, files=names[:500]),))).decode()
    assert names[499] in few


@pytest.mark.parametrize("name", ADMINS)
async def test_the_set_up_is_shown_with_its_fixes(world: GuildWorld, name: str) -> None:
    open_to_all(world)
    result = await person(world, name).slash(world.channel, "sync health")
    said = text_of(result)
    assert "Set-up" in said
    assert "is empty" in said
    assert "→ play a round to its end" in said
    assert the_answer(result).ephemeral


async def test_the_set_up_is_no_business_of_others(world: GuildWorld) -> None:
    open_to_all(world)
    assert text_of(await world.anna.slash(world.channel, "sync health")) == REFUSED
    assert len(world.env.errors) == 1
