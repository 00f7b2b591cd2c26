"""What Discord allows in the channel: a post says what it has to say, whatever is missing, and the admins know what."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest

from bot.deliver.channel import ChannelPublisher
from bot.deliver.permissions import sentence
from bot.deliver.publisher import Lack
from bot.domain.posts import PostReason, PostReasonCode
from bot.errors import PostRefused
from bot.present.card import Card, Picture
from bot.store import facts
from rigs.builders import an_r1
from rigs.client import Client, running
from rigs.discord_standin import STATS_CHANNEL, DiscordStandin, Message, creates, edits, eventually
from rigs.discord_standin.faults import refused as discord_refuses
from rigs.discord_standin.world import ATTACH, EMBED, READ_HISTORY, SEND, VIEW, VIEW_SEND_EMBED_ATTACH_HISTORY
from tests.deliver.conftest import ADMIN, STATS, Posting
from tests.deliver.fake_discord import refused

MARKER = "round:0123456789abcdef:round"
PICTURE = Picture(name="card.png", data=b"\x89PNG", alt="anna 7 kills")
CARD = Card(
    title="supply: round 1",
    lines=("Axis win",),
    pictures=(PICTURE,),
    tables=(("Axis", "anna 7"),),
    buttons=(("Players", MARKER),),
)


class Rig(NamedTuple):
    """A stand-in, and the publisher on a client that the gateway told of the guild."""

    standin: DiscordStandin
    client: Client
    publisher: ChannelPublisher

    async def without(self, right: int) -> None:
        """Take a permission away, and wait until the client knows."""
        self.standin.change_permissions(VIEW_SEND_EMBED_ATTACH_HISTORY & ~right)
        await eventually(lambda: sentence(self.publisher.lacks(STATS_CHANNEL)))

    async def post(self) -> Message:
        await self.publisher.send(CARD, channel=STATS_CHANNEL, nonce="n")
        return self.standin.posts()[-1]


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    client = Client()
    async with DiscordStandin() as standin, running(client, standin):
        yield Rig(standin, client, ChannelPublisher(client, client.wire))
        assert standin.violations == []


async def test_with_all_permissions_a_post_is_an_embed_with_its_picture(rig: Rig) -> None:
    post = await rig.post()
    assert (post.content, len(post.embeds), len(post.now.attachments)) == ("", 1, 1)
    assert "fields" not in post.embeds[0] or not post.embeds[0]["fields"]
    assert rig.publisher.lacks(STATS_CHANNEL) == Lack("stats")
    assert rig.publisher.lacks(7) is None


async def test_without_embeds_a_post_is_plain_text_with_its_buttons(rig: Rig) -> None:
    await rig.without(EMBED)
    post = await rig.post()
    assert "supply: round 1" in post.content
    assert "Axis win" in post.content
    assert (list(post.embeds), len(post.now.attachments), post.custom_ids) == ([], 1, [MARKER])
    await rig.publisher.edit(CARD, channel=STATS_CHANNEL, message=post.id)
    assert "supply: round 1" in post.content


async def test_without_attachments_the_tables_stand_in_the_post(rig: Rig) -> None:
    await rig.without(ATTACH)
    post = await rig.post()
    assert [field["value"] for field in post.embeds[0]["fields"]] == ["anna 7"]
    assert post.now.attachments == ()
    await rig.publisher.edit(CARD, channel=STATS_CHANNEL, message=post.id)
    assert [field["value"] for field in post.embeds[0]["fields"]] == ["anna 7"]


async def test_without_both_the_tables_are_text(rig: Rig) -> None:
    await rig.without(ATTACH | EMBED)
    post = await rig.post()
    assert "anna 7" in post.content
    assert sentence(rig.publisher.lacks(STATS_CHANNEL)) == "in #stats the bot lacks: Embed Links, Attach Files"


@pytest.mark.parametrize("refusal", [discord_refuses(413, 0), discord_refuses(400, 40005)], ids=["413", "40005"])
async def test_pictures_that_are_too_large_are_left_out_at_once(rig: Rig, refusal: object) -> None:
    rig.standin.faults.add(refusal, when=lambda request: creates(request) and bool(request.files), times=None)  # type: ignore[arg-type]
    post = await rig.post()
    assert [field["value"] for field in post.embeds[0]["fields"]] == ["anna 7"]
    assert len(rig.standin.asked("POST", ".*/messages")) == 2
    rig.standin.faults.add(refusal, when=lambda request: edits(request) and bool(request.files), times=None)  # type: ignore[arg-type]
    await rig.publisher.edit(CARD, channel=STATS_CHANNEL, message=post.id)
    assert [field["value"] for field in post.embeds[0]["fields"]] == ["anna 7"]


async def test_a_text_that_is_too_large_is_refused(rig: Rig) -> None:
    rule = rig.standin.faults.add(discord_refuses(413, 0), when=creates, times=None)
    with pytest.raises(PostRefused):
        await rig.publisher.send(CARD.without_pictures(), channel=STATS_CHANNEL, nonce="n")
    assert rule.hits == 1


async def test_a_history_that_may_not_be_read_is_no_empty_one(rig: Rig) -> None:
    """Discord answers with no messages in place of an error."""
    await rig.post()
    await rig.without(READ_HISTORY)
    since = int(rig.standin.clock.now()) - 60
    with pytest.raises(PostRefused, match="in #stats the bot lacks: Read Message History"):
        await rig.publisher.find([MARKER], channel=STATS_CHANNEL, since=since)


@pytest.mark.parametrize(("right", "name"), [(SEND, "Send Messages"), (VIEW, "View Channel")], ids=["send", "view"])
async def test_each_missing_permission_is_named_with_the_channel(rig: Rig, right: int, name: str) -> None:
    await rig.without(right)
    assert name in sentence(rig.publisher.lacks(STATS_CHANNEL))
    with pytest.raises(PostRefused):
        await rig.post()


async def test_the_admins_are_told_once_what_is_missing_and_again_when_it_changes(posting: Posting) -> None:
    posting.discord.lacking[STATS] = Lack("stats", frozenset({"embed_links"}))
    await posting.pass_by(60)
    async with posting.restarted() as again:
        await again.pass_by(60)
        assert posting.alerts() == ["in #stats the bot lacks: Embed Links"]
        assert json.loads(await facts.get(again.world.app.db, facts.LACKING) or "") == {str(STATS): ["embed_links"]}
        posting.discord.is_told = False  # by a gateway that is away after a start, which says nothing
        await again.pass_by(10)
        posting.discord.is_told = True
        await again.pass_by(10)
        assert len(posting.alerts()) == 1
        posting.discord.lacking[STATS] = Lack("stats", frozenset({"attach_files"}))
        await again.pass_by(60)
        assert len(posting.alerts()) == 2
        posting.discord.lacking.clear()
        await again.pass_by(60)
        assert len(posting.alerts()) == 2


async def test_a_refusal_names_what_is_missing(posting: Posting) -> None:
    posting.discord.faults["send"].append(refused())
    await posting.play(an_r1())
    posting.discord.lacking[STATS] = Lack("stats", frozenset({"send_messages"}))
    await posting.pass_by()
    item = await posting.post_of(an_r1())
    assert item.reason == PostReason(
        PostReasonCode.SAID, "403: missing permissions; in #stats the bot lacks: Send Messages"
    )
    assert ADMIN in {message.channel for message in posting.discord.messages}
