"""The publisher on a real discord.py client and the stand-in: every fault has its error, nobody is mentioned."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import NamedTuple

import discord
import pytest

from bot.clock import SystemClock
from bot.deliver import channel
from bot.deliver.channel import ChannelPublisher
from bot.deliver.dispatcher import NONCE_HOLDS
from bot.deliver.wire import Wire
from bot.errors import OutcomeUnknown, PostGone, PostLater, PostRefused, PublishError
from bot.present.card import Card, SelectMenu
from rigs.client import Client, running
from rigs.discord_standin import ADMIN_CHANNEL, STATS_CHANNEL, DiscordStandin, Fault, creates, edits, lists
from rigs.discord_standin.faults import (
    FORBIDDEN,
    NO_ACCESS,
    THREAD_ARCHIVED,
    UNAUTHORIZED,
    UNKNOWN_CHANNEL,
    UNKNOWN_MESSAGE,
    ConnectionFate,
    banned_by_cloudflare,
    closed,
    hang,
    rate_limited,
    reset,
    server_error,
    truncated,
)
from rigs.discord_standin.world import GUILD_ID
from tests.deliver.hurried import Hurried

CARD = Card(
    title="supply: round 1",
    lines=("@everyone wins",),
    fields=(("Axis", "anna"),),
    footer="Round 7",
    buttons=(("Details", "round:7:round"), ("More", "round:7:more")),
)
LINE = Card(short="supply, round 1: see the match", buttons=(("Details", "round:7:round"),))
MARKER = "round:7:round"
SINCE = 60
LONGEST_WAIT = 60
"""Seconds of a rate limit that discord.py waits out by itself."""


class Rig(NamedTuple):
    """A stand-in, the publisher on a client that is logged in, and a message of its own."""

    standin: DiscordStandin
    publisher: ChannelPublisher
    message: int

    async def send(self, nonce: str = "n8") -> object:
        return await self.publisher.send(CARD, channel=STATS_CHANNEL, nonce=nonce)

    async def edit(self) -> None:
        await self.publisher.edit(LINE, channel=STATS_CHANNEL, message=self.message)

    async def find(self, marker: str = MARKER, since: float = SINCE) -> int | None:
        at = int(self.standin.clock.now() - since)
        return (await self.publisher.find([marker], channel=STATS_CHANNEL, since=at)).get(marker)

    @property
    def kept(self) -> list[str]:
        """The kinds of the views that the client keeps."""
        return [type(view).__name__ for view in self.publisher._client.persistent_views]


@pytest.fixture
async def rig(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rig]:
    monkeypatch.setattr(discord.http, "asyncio", Hurried())
    async with DiscordStandin() as standin, Client() as client:
        await client.login(standin.token)
        publisher = ChannelPublisher(client, client.wire)
        yield Rig(standin, publisher, await publisher.send(CARD, channel=STATS_CHANNEL, nonce="n7"))
        assert standin.violations == []
        assert standin.unknown_requests == []


TABLE: list[tuple[Fault, type[PublishError], dict[str, object]]] = [
    (rate_limited(2.0), PostLater, {"seconds": 600.0}),
    (rate_limited(600.0), PostLater, {"seconds": 600.0}),
    (rate_limited(2.0, code=30046), PostLater, {"seconds": 600.0}),
    (banned_by_cloudflare(), PostLater, {"seconds": 600.0}),
    (server_error(500), OutcomeUnknown, {}),
    (server_error(502), OutcomeUnknown, {}),
    (server_error(503), OutcomeUnknown, {}),
    (server_error(503, accept=True), OutcomeUnknown, {}),
    (server_error(504), OutcomeUnknown, {}),
    (UNAUTHORIZED, PostRefused, {"hopeless": True}),
    (FORBIDDEN, PostRefused, {"hopeless": False}),
    (NO_ACCESS, PostRefused, {"hopeless": False}),
    (UNKNOWN_CHANNEL, PostRefused, {"hopeless": False}),
    (UNKNOWN_MESSAGE, PostGone, {}),
    (THREAD_ARCHIVED, PostRefused, {"hopeless": False}),
    (reset(), OutcomeUnknown, {}),
    (reset(accept=True), OutcomeUnknown, {}),
    (closed(), OutcomeUnknown, {}),
    (closed(accept=True), OutcomeUnknown, {}),
    (truncated(), OutcomeUnknown, {}),
    (hang(), OutcomeUnknown, {}),
    (hang(accept=True), OutcomeUnknown, {}),
]


@pytest.mark.parametrize("action", ["send", "edit", "find"])
@pytest.mark.parametrize(("fault", "raised", "facts"), TABLE, ids=[row[0].name.replace(" ", "-") for row in TABLE])
async def test_every_fault_has_its_error(
    rig: Rig,
    fault: Fault,
    raised: type[PublishError],
    facts: dict[str, object],
    action: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if fault.then is ConnectionFate.HANG:
        monkeypatch.setattr(channel, "PATIENCE", 0.3)
    when = {"send": creates, "edit": edits, "find": lists}[action]
    do: Callable[[], Awaitable[object]] = getattr(rig, action)
    rule = rig.standin.faults.add(fault, when=when, times=None)
    with pytest.raises(raised) as error:
        await do()
    assert type(error.value) is raised
    assert {name: getattr(error.value, name) for name in facts} == facts
    if raised in (PostRefused, PostGone):
        assert rule.hits == 1
    assert len(rig.standin.posts()) == 1 + (fault.accept and action == "send")


SAYS_NO = [rate_limited(600.0), banned_by_cloudflare(), FORBIDDEN, UNKNOWN_CHANNEL, UNAUTHORIZED, reset(), closed()]


@pytest.mark.parametrize("then", SAYS_NO, ids=[fault.name.replace(" ", "-") for fault in SAYS_NO])
@pytest.mark.parametrize("status", [500, 502, 503, 504, 524])
async def test_a_try_that_may_have_been_accepted_is_the_last_one(rig: Rig, status: int, then: Fault) -> None:
    rig.standin.faults.add(server_error(status, accept=True), when=creates)
    second = rig.standin.faults.add(then, when=creates, times=None)
    with pytest.raises(OutcomeUnknown, match=f"Discord answered {status}"):
        await rig.send()
    assert (second.hits, len(rig.standin.posts())) == (0, 2)


async def test_no_post_stays_in_memory(rig: Rig) -> None:
    await rig.send()
    await rig.edit()
    assert rig.kept == ["RoundButton"]  # the client's own, from its start


async def test_a_rate_limit_is_waited_out_and_what_follows_is_judged_for_itself(rig: Rig) -> None:
    rig.standin.faults.add(rate_limited(0.01), when=creates, times=2)
    rig.standin.faults.add(FORBIDDEN, when=creates)
    with pytest.raises(PostRefused):
        await rig.send()
    rig.standin.faults.add(rate_limited(0.01), when=creates)
    rig.standin.faults.add(server_error(502, accept=True), when=creates)
    with pytest.raises(OutcomeUnknown):
        await rig.send()
    assert len(rig.standin.posts()) == 2


async def test_an_answer_to_what_nobody_saw_leave_is_not_trusted(rig: Rig) -> None:
    blind = ChannelPublisher(rig.publisher._client, Wire(SystemClock()))
    rig.standin.faults.add(FORBIDDEN, when=creates)
    with pytest.raises(OutcomeUnknown):
        await blind.send(CARD, channel=STATS_CHANNEL, nonce="n8")


async def test_a_refusal_says_why_in_discords_words(rig: Rig) -> None:
    rig.standin.faults.add(FORBIDDEN, when=creates)
    with pytest.raises(PostRefused, match=r"403, code 50013\): Missing Permissions"):
        await rig.send()


async def test_a_discord_that_is_away_was_told_nothing(rig: Rig) -> None:
    await rig.standin.pull_out()
    await asyncio.sleep(0.05)  # until the client sees that its idle connection is gone
    for do in (rig.send, rig.edit, rig.find):
        with pytest.raises(PostLater):
            await do()


async def test_a_nonce_is_sent_and_enforced(rig: Rig) -> None:
    again = await rig.send("n7")
    assert again == rig.message
    assert len(rig.standin.posts()) == 1
    for request in rig.standin.asked("POST", ".*/messages"):
        assert (request.body["nonce"], request.body["enforce_nonce"]) == ("n7", True)


async def test_nobody_is_mentioned_by_a_post_nor_by_an_edit(rig: Rig) -> None:
    await rig.publisher.send(LINE, channel=ADMIN_CHANNEL, nonce="n9")
    await rig.edit()
    await rig.publisher.edit(CARD, channel=STATS_CHANNEL, message=rig.message)
    sent = [request for request in rig.standin.requests if request.method in ("POST", "PATCH")]
    assert len(sent) == 4
    assert [request.body["allowed_mentions"] for request in sent] == [{"parse": []}] * 4


async def test_an_edit_replaces_everything(rig: Rig) -> None:
    (post,) = rig.standin.posts()
    assert (post.embeds[0]["title"], post.content, post.custom_ids) == ("supply: round 1", "", [MARKER, "round:7:more"])
    await rig.edit()
    assert (list(post.embeds), post.content, post.custom_ids) == ([], LINE.short, [MARKER])
    await rig.publisher.edit(CARD, channel=STATS_CHANNEL, message=rig.message)
    assert (post.embeds[0]["title"], post.content, len(post.custom_ids)) == ("supply: round 1", "", 2)
    await rig.publisher.edit(Card(title="no buttons"), channel=STATS_CHANNEL, message=rig.message)
    assert post.custom_ids == []


async def test_an_edit_of_a_deleted_message_says_so(rig: Rig) -> None:
    rig.standin.delete(rig.standin.posts()[0])
    with pytest.raises(PostGone):
        await rig.edit()
    with pytest.raises(PostGone):
        await rig.send("n7")


async def test_a_post_is_found_by_its_button_on_the_tenth_page_and_not_on_the_eleventh(rig: Rig) -> None:
    for number in range(950):
        rig.standin.post(f"talk {number}")
    wanted = await rig.publisher.send(
        Card(short="x", buttons=(("x", "round:8:round"),)), channel=STATS_CHANNEL, nonce="a"
    )
    for number in range(60):
        rig.standin.post(f"more {number}")
    lost = await rig.publisher.send(
        Card(short="x", buttons=(("x", "round:9:round"),)), channel=STATS_CHANNEL, nonce="b"
    )
    assert await rig.find("round:8:round") == wanted
    assert len(rig.standin.asked("GET", ".*/messages")) == 10
    assert await rig.find("round:9:round") is None
    assert await rig.find(MARKER) == rig.message
    assert rig.standin.messages.all[lost].deleted_at is None


async def test_several_posts_are_found_in_one_look_each_by_its_oldest_message(rig: Rig) -> None:
    other = await rig.publisher.send(LINE, channel=STATS_CHANNEL, nonce="again")
    card = Card(short="x", buttons=(("x", "round:9:round"),))
    last = await rig.publisher.send(card, channel=STATS_CHANNEL, nonce="last")
    since = int(rig.standin.clock.now() - SINCE)
    wanted = [MARKER, "round:9:round", "round:10:round"]
    found = await rig.publisher.find(wanted, channel=STATS_CHANNEL, since=since)
    assert found == {MARKER: rig.message, "round:9:round": last}
    assert other not in found.values()


async def test_a_digest_is_found_by_an_option_of_its_menu(rig: Rig) -> None:
    options = ("#7 supply, round 1", "told:0123456789abcdef"), ("#8 supply, round 2", "told:fedcba9876543210")
    menu = SelectMenu(custom_id="digest:rounds:0123456789abcdef", placeholder="Show a round", options=options)
    card = Card(title="Meanwhile", buttons=(("Session", "digest:of:0123456789abcdef"),), menus=(menu,))
    digest = await rig.publisher.send(card, channel=STATS_CHANNEL, nonce="digest")
    for marker in ("digest:of:0123456789abcdef", "told:0123456789abcdef", "told:fedcba9876543210"):
        assert await rig.find(marker) == digest
    assert await rig.find("told:0000000000000000") is None


@pytest.mark.parametrize("offset", [-7200, -60, 0, 7200])
async def test_time_is_discords(rig: Rig, offset: float) -> None:
    rig.standin.clock.offset += offset
    rig.standin.post("somebody talks")
    await rig.find()
    assert abs(rig.publisher.now() - rig.standin.clock.now()) < 2


async def test_only_what_was_made_since_then_is_found(rig: Rig) -> None:
    rig.standin.clock.offset += 500
    rig.standin.post("somebody talks")
    assert await rig.find(since=400) is None
    assert await rig.find(since=600) == rig.message


async def test_an_empty_history_says_nothing_before_the_gateway_told_whether_it_may_be_read(rig: Rig) -> None:
    rig.standin.clock.offset += 500
    with pytest.raises(PostLater):
        await rig.find(since=400)


async def test_only_our_own_messages_are_found(rig: Rig) -> None:
    rig.standin.delete(rig.standin.posts()[0])
    button = {"type": 2, "style": 2, "label": "Details", "custom_id": MARKER}
    rig.standin.post("forged", components=[{"type": 1, "components": [button]}])
    assert rig.standin.posts()[0].custom_ids == [MARKER]
    assert await rig.find() is None


def test_patience_outlasts_a_short_rate_limit_and_ends_while_the_nonce_still_holds() -> None:
    assert LONGEST_WAIT < channel.PATIENCE < NONCE_HOLDS


async def test_a_silent_server_is_given_up(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "PATIENCE", 0.3)
    rig.standin.faults.add(hang(), when=creates)
    with pytest.raises(OutcomeUnknown, match="TimeoutError"):
        async with asyncio.timeout(2):
            await rig.send()


async def test_a_link_needs_the_gateway_once(rig: Rig) -> None:
    with pytest.raises(PostLater):
        rig.publisher.link(channel=STATS_CHANNEL, message=7)
    client = Client()
    async with running(client, rig.standin):
        expected = f"https://discord.com/channels/{GUILD_ID}/{STATS_CHANNEL}/7"
        assert ChannelPublisher(client, client.wire).link(channel=STATS_CHANNEL, message=7) == expected
        rig.standin.gateway.down = True
        await rig.standin.gateway.drop()
        assert ChannelPublisher(client, client.wire).link(channel=STATS_CHANNEL, message=7) == expected


async def test_the_largest_card_is_within_every_limit(rig: Rig) -> None:
    wide = Card(
        title="t" * 300,
        lines=("l" * 3000, "m" * 3000),
        fields=tuple((f"f{number}" * 200, "v" * 2000) for number in range(30)),
        footer="f" * 3000,
        buttons=(("Details", MARKER),),
    )
    await rig.publisher.send(wide, channel=STATS_CHANNEL, nonce="wide")
    await rig.publisher.edit(Card(short="s" * 3000), channel=STATS_CHANNEL, message=rig.message)
    await rig.publisher.edit(wide, channel=STATS_CHANNEL, message=rig.message)
