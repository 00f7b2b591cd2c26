from __future__ import annotations

import re

import pytest

from bot.store import links
from bot.store.links import LinkRequest
from rigs.builders import RoundFile, a_guid, a_player, an_r1
from rigs.guild import REFUSED, GuildWorld, text_of, the_answer, typed
from tests.cogs.questions.people.test_boards import controls, last
from tests.present.discord_markup import LINK, MENTION

BEN = a_player("ben", team=2, kills=3, deaths=9)


def a_game(*names: str, day: int = 1) -> RoundFile:
    """They all played against ben."""
    return an_r1(at=f"2026-03-{day:02}-210000", players=[*(a_player(name, kills=9) for name in names), BEN])


async def asked(world: GuildWorld, player: str = "anna") -> None:
    """Anna of Discord says who she is."""
    await world.anna.slash(world.channel, "link", player=player)


async def linked(world: GuildWorld) -> str | None:
    return await links.guid_of(world.bot.app.db, world.anna.id)


async def logged(world: GuildWorld) -> list[tuple[str, str, str]]:
    rows = await world.bot.app.db.all("SELECT who, command, outcome FROM admin_log ORDER BY id")
    return [(row["who"], row["command"], row["outcome"]) for row in rows]


async def test_an_admin_sees_who_asks_and_who_the_player_is(world: GuildWorld) -> None:
    renamed = an_r1(at="2026-03-02-210000", players=[a_player("bella", guid=a_guid("anna"), kills=1), BEN])
    await world.play(a_game("anna"), renamed)
    await asked(world)
    shown = text_of(last(world))
    assert world.deferred()
    assert "**anna** says: this is me." in shown
    assert "Is this bella?" in shown
    assert "Names: bella, anna" in shown
    assert "2 rounds that count, last seen <t:" in shown
    assert a_guid("anna") in shown
    assert [button["label"] for button in controls(last(world), 2)] == ["Yes, link", "No"]
    assert await linked(world) is None


async def test_an_admin_s_yes_links_and_is_noted_and_the_buttons_are_gone(world: GuildWorld) -> None:
    await world.play(a_game("anna"))
    await asked(world)
    await world.trusted.click(last(world), label="Yes, link")
    assert await linked(world) == a_guid("anna")
    assert f"<@{world.anna.id}>: linked with anna." in text_of(last(world))
    assert controls(last(world), 2) == []
    ((who, command, outcome),) = await logged(world)
    assert who.startswith("friend (")
    assert command == f"/link <@{world.anna.id}> {a_guid('anna')}"
    assert outcome == "linked with anna."


async def test_an_admin_s_no_links_nobody(world: GuildWorld) -> None:
    await world.play(a_game("anna"))
    await asked(world)
    await world.admin.click(last(world), label="No")
    assert await linked(world) is None
    assert "An admin said no." in text_of(last(world))
    assert [outcome for *_, outcome in await logged(world)] == ["An admin said no."]


async def test_nobody_else_may_decide_not_even_who_asks(world: GuildWorld) -> None:
    await world.play(a_game("anna"))
    await asked(world)
    refused = await world.anna.click(last(world), label="Yes, link")
    assert text_of(refused) == REFUSED
    assert await linked(world) is None
    assert len(controls(last(world), 2)) == 2


async def test_the_buttons_answer_after_a_restart(world: GuildWorld) -> None:
    await world.play(a_game("anna"))
    await asked(world)
    await world.restart()
    await world.admin.click(last(world), label="Yes, link")
    assert await linked(world) == a_guid("anna")


async def test_one_player_is_one_member_s(world: GuildWorld) -> None:
    await world.play(a_game("anna"))
    await world.bot.app.db.write(lambda tx: links.link(tx, world.admin.id, a_guid("anna"), by="a test", now=1))
    refused = the_answer(await world.anna.slash(world.channel, "link", player="anna"))
    assert f"anna is linked with <@{world.admin.id}>. If that is wrong, ask an admin." in text_of(refused)
    assert refused.ephemeral or world.deferred()
    assert await linked(world) is None


async def test_of_two_who_ask_for_one_player_the_second_is_told_that_he_is_taken(world: GuildWorld) -> None:
    await world.play(a_game("anna"))
    await asked(world)
    question = last(world)
    await world.bot.app.db.write(lambda tx: links.link(tx, world.admin.id, a_guid("anna"), by="a test", now=1))
    await world.trusted.click(question, label="Yes, link")
    assert "anna is somebody else's already: that one has to `/unlink` first." in typed(text_of(last(world)))
    assert await linked(world) is None


async def test_of_several_players_that_a_member_asks_for_only_the_last_waits(world: GuildWorld) -> None:
    await world.play(a_game("anna", "zoe"))
    await asked(world)
    first = last(world)
    await asked(world, "zoe")
    assert first.id not in [message.id for message in world.channel.history()]
    request = await links.waiting(world.bot.app.db, world.anna.id)
    assert request is not None
    assert (request.guid, request.message_id) == (a_guid("zoe"), last(world).id)
    await world.admin.click(last(world), label="Yes, link")
    assert await linked(world) == a_guid("zoe")
    assert await links.waiting(world.bot.app.db, world.anna.id) is None


@pytest.mark.parametrize("label", ["Yes, link", "No"])
async def test_a_question_that_a_newer_one_has_replaced_decides_nothing(world: GuildWorld, label: str) -> None:
    await world.play(a_game("anna", "zoe"))
    await asked(world)
    newer = LinkRequest(world.anna.id, a_guid("zoe"), 1, world.channel.id, 1)
    await world.bot.app.db.write(lambda tx: links.ask(tx, newer))
    await world.admin.click(last(world), label=label)
    assert "has asked for another player since" in text_of(last(world))
    assert await linked(world) is None
    assert await links.waiting(world.bot.app.db, world.anna.id) == newer
    assert await logged(world) == []


async def test_the_same_question_is_put_once_a_day_and_the_member_is_told_that_it_waits(world: GuildWorld) -> None:
    await world.play(a_game("anna"))
    await asked(world)
    first = last(world)
    again = the_answer(await world.anna.slash(world.channel, "link", player="anna"))
    assert again.ephemeral
    assert re.fullmatch(
        r"anna: an admin was asked <t:\d+:R> to confirm that this is you, and has yet to answer.", text_of(again)
    )
    assert last(world).id == first.id
    await world.bot.app.db.write(lambda tx: tx.execute("UPDATE link_requests SET asked_at = asked_at - 86401"))
    await asked(world)
    assert last(world).id != first.id
    assert len([message for message in world.channel.history() if "An admin decides" in message.content]) == 1


async def test_no_to_a_question_that_is_answered_already_says_that_the_link_stays(world: GuildWorld) -> None:
    await world.play(a_game("anna"))
    await asked(world)
    await world.bot.app.db.write(lambda tx: links.link(tx, world.anna.id, a_guid("anna"), by="a test", now=1))
    await world.admin.click(last(world), label="No")
    assert "linked with anna already" in text_of(last(world))
    assert await linked(world) == a_guid("anna")


async def test_who_is_linked_already_is_told_so_and_may_change(world: GuildWorld) -> None:
    await world.play(a_game("anna", "zoe"))
    await asked(world)
    await world.admin.click(last(world), label="Yes, link")
    assert text_of(await world.anna.slash(world.channel, "link", player="anna")) == "You are linked with anna already."
    await asked(world, "zoe")
    await world.admin.click(last(world), label="Yes, link")
    assert await linked(world) == a_guid("zoe")
    assert await links.member_of(world.bot.app.db, a_guid("anna")) is None


async def test_where_no_admin_is_needed_it_is_done_at_once_and_noted(world: GuildWorld) -> None:
    world.settings.__dict__["links_need_admin"] = False
    await world.play(a_game("anna"))
    shown = text_of(await world.anna.slash(world.channel, "link", player="anna"))
    assert shown == f"<@{world.anna.id}>: linked with anna."
    assert await linked(world) == a_guid("anna")
    assert [outcome for *_, outcome in await logged(world)] == ["linked with anna."]
    (told,) = [message for message in world.channel.history() if "is linked with anna" in message.content]
    await world.admin.click(told, label="Undo")
    assert await linked(world) is None
    assert f"<@{world.anna.id}>: the link with anna was taken back by boss." in text_of(last(world))


@pytest.mark.parametrize("guid", ["OMNIBOT0", "A:B`<@", "<@1>"])
async def test_what_is_no_person_cannot_be_linked(world: GuildWorld, guid: str) -> None:
    await world.play(an_r1(players=[a_player("anna"), a_player("thing", guid=guid, kills=3), BEN]))
    shown = text_of(await world.anna.slash(world.channel, "link", player=guid))
    assert "cannot be linked" in shown or "I know no player called" in shown
    assert not MENTION.search(shown)
    assert await linked(world) is None


async def test_hostile_names_are_harmless_in_the_question(world: GuildWorld) -> None:
    evil = "**<@1>** http://a.b ```"
    await world.play(a_game(evil, "anna"))
    await asked(world, a_guid(evil))
    shown = re.sub(r"<t:\d+:\w>", "", text_of(last(world)))
    assert not MENTION.search(shown)
    assert not LINK.search(shown)


async def test_unlink_forgets_and_says_so_only_to_the_asker(world: GuildWorld) -> None:
    await world.play(a_game("anna"))
    await asked(world)
    await world.admin.click(last(world), label="Yes, link")
    gone = the_answer(await world.anna.slash(world.channel, "unlink"))
    assert gone.ephemeral
    assert text_of(gone) == "Done: the link is gone."
    assert await linked(world) is None
    assert text_of(await world.anna.slash(world.channel, "unlink")) == "There is no link to take away."


async def test_unlink_takes_back_a_request_that_waits_and_the_question_goes(world: GuildWorld) -> None:
    await world.play(a_game("anna"))
    await asked(world)
    question = last(world)
    done = the_answer(await world.anna.slash(world.channel, "unlink"))
    assert done.ephemeral
    assert text_of(done) == "Done: the request is gone."
    assert await links.waiting(world.bot.app.db, world.anna.id) is None
    assert question.id not in [message.id for message in world.channel.history()]
    assert "Which player are you?" in text_of(await world.anna.slash(world.channel, "me"))


async def test_an_admin_takes_away_a_member_s_link_and_a_member_nobody_s(world: GuildWorld) -> None:
    await world.play(a_game("anna"))
    await asked(world)
    await world.admin.click(last(world), label="Yes, link")
    refused = await world.anna.slash(world.channel, "unlink", member=world.admin)
    assert text_of(refused) == REFUSED
    await world.admin.slash(world.channel, "unlink", member=world.anna)
    assert await linked(world) is None
    assert (await logged(world))[-1][1:] == ("/unlink anna", a_guid("anna"))


async def test_an_admin_takes_away_the_link_of_somebody_who_has_left_the_server(world: GuildWorld) -> None:
    await world.play(a_game("anna"))
    await world.bot.app.db.write(lambda tx: links.link(tx, world.alone.id, a_guid("anna"), by="a test", now=1))
    done = await world.admin.slash(world.channel, "unlink", member=world.alone)
    assert text_of(done) == "Done: the link is gone."
    assert await links.guid_of(world.bot.app.db, world.alone.id) is None


async def test_a_link_with_a_player_whose_rounds_are_gone_says_so(world: GuildWorld) -> None:
    await world.play(a_game("anna"))
    await world.bot.app.db.write(lambda tx: links.link(tx, world.anna.id, "FFFFFFFF", by="a test", now=1))
    shown = text_of(await world.anna.slash(world.channel, "stats"))
    assert typed(shown) == "No round of the player that you are linked with is stored: name one, or `/link` again."


async def test_once_linked_the_player_may_be_left_out(world: GuildWorld) -> None:
    await world.play(a_game("zoe"))
    assert "Which player are you?" in text_of(await world.anna.slash(world.channel, "stats"))
    await asked(world, "zoe")
    await world.admin.click(last(world), label="Yes, link")
    assert the_answer(await world.anna.slash(world.channel, "stats")).embeds[0].title == "zoe · all time"
    offered = await world.anna.autocomplete(world.channel, "stats", "player", "")
    assert offered[0]["value"] == a_guid("zoe")
