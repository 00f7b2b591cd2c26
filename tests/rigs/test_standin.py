"""The stand-in against a real discord.py client: that it is enough of Discord, and keeps what it says."""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import discord
import pytest

from rigs.client import Client, RoundButton, running
from rigs.discord_rules import openapi
from rigs.discord_rules.requests import FILE_BYTES
from rigs.discord_standin import ADMIN, ADMIN_CHANNEL, OWNER, PLAYER, STATS_CHANNEL, DiscordStandin, eventually
from rigs.discord_standin.world import ApiError

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def standin() -> AsyncIterator[DiscordStandin]:
    async with DiscordStandin() as standin:
        yield standin
        assert standin.violations == []
        assert standin.unknown_requests == []


@pytest.fixture
async def client(standin: DiscordStandin) -> AsyncIterator[Client]:
    client = Client()
    async with running(client, standin):
        yield client


def channel(client: discord.Client, channel_id: int = STATS_CHANNEL) -> discord.TextChannel:
    found = client.get_channel(channel_id)
    assert isinstance(found, discord.TextChannel)
    return found


async def test_a_client_logs_in_and_finds_its_guild(standin: DiscordStandin, client: Client) -> None:
    assert client.user is not None
    assert client.application is not None
    assert client.application.owner.id == OWNER.id
    guild = client.guilds[0]
    assert [c.name for c in guild.text_channels] == ["stats", "admin"]
    assert guild.me.guild_permissions.value == standin.bot_permissions == 117_760
    assert channel(client).permissions_for(guild.me).send_messages
    assert (await client.fetch_channel(ADMIN_CHANNEL)).id == ADMIN_CHANNEL
    assert (await guild.fetch_member(ADMIN.id)).name == "adam"
    assert [role.name for role in await guild.fetch_roles()] == ["@everyone", "stats", "admins"]
    assert [len(standin.gateway.identifies), standin.gateway.connections] == [1, 1]
    assert not standin.asked("GET", "/gateway.*")  # a plain client goes to DEFAULT_GATEWAY


async def test_commands_are_synced_once_and_counted(standin: DiscordStandin, client: Client) -> None:
    assert standin.command_syncs == 1
    assert [command["name"] for command in standin.commands[None]] == ["top", "early", "late", "admin"]
    await client.tree.sync(guild=client.guilds[0])
    assert standin.command_syncs == 2
    assert [command.name for command in await client.tree.fetch_commands()] == ["top", "early", "late", "admin"]


async def test_a_nonce_sent_twice_is_one_message(standin: DiscordStandin, client: Client) -> None:
    first = await channel(client).send("round 7", nonce="abc")
    again = await channel(client, ADMIN_CHANNEL).send("round 7", nonce="abc")
    assert again.id == first.id
    assert [message.content for message in standin.posts()] == ["round 7"]
    assert standin.posts(ADMIN_CHANNEL) == []
    assert [request.deduplicated for request in standin.asked("POST", ".*/messages")] == [False, True]


async def test_a_nonce_is_forgotten_after_the_window(standin: DiscordStandin, client: Client) -> None:
    await channel(client).send("round 7", nonce="abc")
    standin.clock.offset += 299
    await channel(client).send("round 7", nonce="abc")
    assert len(standin.posts()) == 1
    standin.clock.offset += 2
    await channel(client).send("round 7", nonce="abc")
    assert len(standin.posts()) == 2


async def test_the_nonce_of_a_deleted_message_is_an_error(standin: DiscordStandin, client: Client) -> None:
    await channel(client).send("round 7", nonce="abc")
    standin.delete(standin.posts()[0])
    with pytest.raises(discord.NotFound) as refusal:
        await channel(client).send("round 7", nonce="abc")
    assert refusal.value.code == 10008
    assert standin.posts() == []


async def test_a_message_with_everything_comes_back_whole(standin: DiscordStandin, client: Client) -> None:
    embed = discord.Embed(title="Supply Depot", description="Axis won").set_image(url="attachment://card.png")
    embed.add_field(name="Axis", value="anna").set_footer(text="round 7").set_author(name="stats")
    picture = discord.File(io.BytesIO(b"\x89PNG"), "card.png", description="the scores")
    sent = await channel(client).send("done", embed=embed, file=picture, view=RoundButton(), nonce="n7")
    found = await channel(client).fetch_message(sent.id)
    assert found.embeds == [embed]
    assert found.author == client.user
    assert [(a.filename, a.size, a.description) for a in found.attachments] == [("card.png", 4, "the scores")]
    assert standin.posts()[0].custom_ids == ["round:7:card", "round:7:refresh"]
    assert standin.posts()[0].now.attachments[0].data == b"\x89PNG"
    assert standin.requests[-2].files[0].filename == "card.png"


async def test_what_breaks_a_rule_of_discord_is_kept(
    standin: DiscordStandin, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openapi, "document", lambda: None)
    await channel(client).send("x" * 2001)
    await channel(client).send("x", file=discord.File(io.BytesIO(bytes(FILE_BYTES + 1)), "large.txt"))
    await client.http.request(discord.http.Route("GET", f"/channels/{STATS_CHANNEL}/messages"), params={"since": 1})
    assert [line.partition(": ")[2] for line in standin.violations] == [
        "content: 2001 characters, 2000 allowed",
        "files[0]: 10485761 bytes, 10485760 allowed",
        "since: no such field",
    ]
    standin.violations.clear()


async def test_history_is_paged_by_snowflakes_and_searched_by_button(standin: DiscordStandin, client: Client) -> None:
    standin.clock.offset = -3600
    before = [standin.post(f"talk {n}") for n in range(120)]
    standin.clock.offset = 0
    attempt = discord.Object(standin.clock.snowflake())
    await channel(client).send("round 7", view=RoundButton())
    standin.post("more talk")
    here = channel(client)
    found = [
        message
        async for message in here.history(after=attempt, limit=300)
        for row in message.components
        if isinstance(row, discord.ActionRow)
        and any(isinstance(b, discord.Button) and b.custom_id == "round:7:card" for b in row.children)
    ]
    assert [message.content for message in found] == ["round 7"]
    everything = [message.content async for message in here.history(limit=None)]
    assert everything == ["more talk", "round 7", *(f"talk {n}" for n in reversed(range(120)))]
    oldest_first = [message.content async for message in here.history(limit=None, oldest_first=True)]
    assert oldest_first == everything[::-1]
    around = [message.id async for message in here.history(around=discord.Object(before[50].id), limit=5)]
    assert sorted(around) == [message.id for message in before[48:53]]


async def test_edits_are_kept_and_deletion_hides(standin: DiscordStandin, client: Client) -> None:
    sent = await channel(client).send("first", file=discord.File(io.BytesIO(b"1"), "a.png"))
    more = discord.File(io.BytesIO(b"2"), "b.png")
    edited = await sent.edit(content="second", attachments=[*sent.attachments, more])
    assert edited.edited_at is not None
    assert [a.filename for a in edited.attachments] == ["a.png", "b.png"]
    message = standin.posts()[0]
    assert [version.content for version in message.versions] == ["first", "second"]
    # without content, discord.py sends the client's allowed_mentions only when told to
    await edited.edit(attachments=[], allowed_mentions=client.allowed_mentions)
    assert message.now.attachments == ()
    await edited.delete()
    assert standin.visible() == []
    assert message.deleted_at is not None
    with pytest.raises(discord.NotFound):
        await edited.edit(content="third")


async def test_a_slash_command_is_answered(standin: DiscordStandin, client: Client) -> None:
    asked = standin.interactions.slash("top", {"weapon": "mp40", "limit": 5})
    await asked.until(lambda it: it.answered)
    assert asked.deferred
    assert asked.embeds[0]["title"] == "Top 5 with mp40"
    assert [message.interaction_id for message in standin.visible()] == [asked.id]
    assert standin.posts() == []


async def test_a_subcommand_sees_who_asks_and_answers_in_private(standin: DiscordStandin, client: Client) -> None:
    for person, may in ((ADMIN, True), (PLAYER, False)):
        asked = standin.interactions.slash("admin whois", {"who": OWNER}, user=person)
        await asked.until(lambda it: it.answered)
        assert asked.content == f"olga for {person.name} {may}"
        assert asked.ephemeral
    assert standin.visible() == []


async def test_the_first_answer_is_as_private_as_its_deferral_whatever_its_flags(
    standin: DiscordStandin, client: Client
) -> None:
    asked = standin.interactions.slash("early", {"delete": False})
    await asked.until(lambda it: it.answered)
    assert [message.content for message in standin.visible()] == ["for you"]


async def test_a_deferral_that_was_deleted_unanswered_takes_no_answer(
    standin: DiscordStandin, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    asked = standin.interactions.slash("early", {"delete": True})
    await eventually(lambda: "Unknown Message" in caplog.text)
    assert (asked.original, asked.followups, standin.visible()) == (None, [], [])


async def test_what_was_promised_to_everybody_is_told_one_person_and_nothing_remains(
    standin: DiscordStandin, client: Client
) -> None:
    asked = standin.interactions.slash("late")
    await asked.until(lambda it: it.original is not None and it.original.deleted_at is not None)
    assert [message.content for message in asked.followups] == ["for you"]
    assert standin.visible() == []


async def test_words_half_typed_are_completed(standin: DiscordStandin, client: Client) -> None:
    asked = standin.interactions.complete("top", {"weapon": "MP"}, focused="weapon")
    await asked.until(lambda it: it.answered)
    assert [choice["value"] for choice in asked.choices] == ["mp40", "mp34"]


async def test_buttons_answer_and_change_their_message(standin: DiscordStandin, client: Client) -> None:
    await channel(client).send("round 7", view=RoundButton())
    card = standin.posts()[0]
    asked = standin.interactions.press("round:7:card", message=card)
    await asked.until(lambda it: it.answered)
    assert (asked.content, asked.ephemeral) == ("the details", True)
    pressed = standin.interactions.press("round:7:refresh", message=card)
    await pressed.until(lambda it: it.answered)
    assert card.content == "fresh"


async def test_an_interaction_is_answered_once_and_in_time(
    standin: DiscordStandin, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    asked = standin.interactions.slash("top", {"weapon": "mp40"})
    await asked.until(lambda it: it.answered)
    standin.interactions.replay(asked)
    await asked.until(lambda it: bool(it.refusals))
    assert asked.refusals[0].body["code"] == 40060
    late = standin.interactions.slash("top", {"weapon": "mp40"})
    standin.clock.offset += 4
    await late.until(lambda it: bool(it.refusals))
    assert late.refusals[0].body["code"] == 10062
    assert len(standin.visible()) == 1
    standin.clock.offset += 900
    with pytest.raises(ApiError, match="50027"):
        standin.interactions.find(token=late.token)


async def test_a_change_of_rights_is_told(standin: DiscordStandin, client: Client) -> None:
    standin.change_permissions(1024)
    guild = client.guilds[0]
    await eventually(lambda: guild.me.guild_permissions.value == 1024)
    assert not channel(client).permissions_for(guild.me).send_messages


async def test_a_dropped_gateway_is_resumed_and_nothing_is_missed(standin: DiscordStandin, client: Client) -> None:
    for code in (4000, None):
        await standin.gateway.drop(code)
        asked = standin.interactions.complete("top", {"weapon": "MP"}, focused="weapon")
        await asked.until(lambda it: it.answered)
    await eventually(lambda: client.resumed == 2)
    assert len(standin.gateway.identifies) == 1
    standin.gateway.reconnect()
    await eventually(lambda: client.resumed == 3)


async def test_an_invalid_session_is_begun_anew(standin: DiscordStandin, client: Client) -> None:
    standin.gateway.invalidate()
    await eventually(lambda: len(standin.gateway.identifies) == 2 and standin.gateway.connected)
    standin.gateway.invalidate(resumable=True)
    await eventually(lambda: client.resumed == 1)


async def test_a_zombie_is_noticed_and_left() -> None:
    async with DiscordStandin() as standin:
        standin.gateway.heartbeat_interval = 100
        client = Client()
        client._connection.heartbeat_timeout = 0.3
        async with running(client, standin):
            standin.gateway.zombie = True
            await eventually(lambda: standin.gateway.connections > 1)
            standin.gateway.zombie = False
            await eventually(lambda: client.resumed > 0)
            assert standin.gateway.heartbeats > 0


@pytest.mark.parametrize(
    ("code", "error"), [(4004, discord.ConnectionClosed), (4014, discord.PrivilegedIntentsRequired)]
)
async def test_a_fatal_close_ends_the_client(code: int, error: type[Exception]) -> None:
    async with DiscordStandin() as standin, Client() as client:
        standin.gateway.close_identify_with = code
        with pytest.raises(error):
            await client.start(standin.token)
        assert len(standin.gateway.identifies) == 1


async def test_a_revoked_token_ends_rest_and_gateway() -> None:
    async with DiscordStandin() as standin:
        client = Client()
        with pytest.raises(discord.ConnectionClosed) as closed:  # noqa: PT012
            async with Client() as another, running(client, standin):
                await another.login(standin.token)
                standin.revoke_token()
                with pytest.raises(discord.HTTPException) as refused:
                    await another.fetch_channel(STATS_CHANNEL)
                assert refused.value.status == 401
                await eventually(client.is_closed)
        assert closed.value.code == 4004
        async with Client() as late:
            with pytest.raises(discord.LoginFailure):
                await late.login("standin.token.value")


async def test_away_and_back_again(standin: DiscordStandin, client: Client, caplog: pytest.LogCaptureFixture) -> None:
    await channel(client).send("round 7")
    await standin.pull_out()
    await asyncio.sleep(0.05)  # until the client sees that its idle connection is gone
    with pytest.raises(OSError, match="Cannot connect"):
        await channel(client).send("round 8")
    await standin.plug_in()
    await channel(client).send("round 8")
    assert [message.content for message in standin.posts()] == ["round 7", "round 8"]


async def test_the_launcher_points_another_process_here(standin: DiscordStandin, tmp_path: Path) -> None:
    (tmp_path / "tiny_bot.py").write_text(
        "import asyncio, discord\n"
        "class Tiny(discord.Client):\n"
        "    async def on_ready(self):\n"
        "        none = discord.AllowedMentions.none()\n"
        f"        await self.get_channel({STATS_CHANNEL}).send('from afar', allowed_mentions=none)\n"
        "        await self.close()\n"
        f"asyncio.run(Tiny(intents=discord.Intents.none() | discord.Intents(guilds=True)).start({standin.token!r}))\n"
    )
    environment = {**standin.environment, "STANDIN_READY_SECONDS": "0.02", "PYTHONPATH": f"{tmp_path}:{ROOT}"}
    command = "from rigs import launch; launch.main('tiny_bot')"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", command, env=environment)
    assert await asyncio.wait_for(process.wait(), 20) == 0
    assert [message.content for message in standin.posts()] == ["from afar"]
