"""End to end: the bot as a process, a real SSH server on one side, Discord's stand-in on the other."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from rigs.builders import RoundFile, an_archive, an_r1, an_r2
from rigs.discord_standin import DiscordStandin, Message, creates, lists
from rigs.discord_standin.faults import FORBIDDEN, hang, reset
from rigs.discord_standin.world import ADMIN, ADMIN_CHANNEL
from rigs.process import TOKEN, House, a_key, minutes_ago, text_of
from rigs.servers.sshd import Sshd, running

POSTED = 15.0
"""Seconds from a file's last byte to its post, at most; two polls and a second are what it should take."""
MADE = "SELECT count(*) FROM outbox WHERE state = 'replaced' OR (state = 'sent' AND sent_revision = revision)"
QUIET = 2.5
"""Seconds in which something that must not happen would have happened."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sshd, Path]]:
    with running(tmp_path_factory.mktemp("sshd")) as sshd:
        yield sshd, a_key(sshd)


@pytest.fixture
async def house(tmp_path: Path, server: tuple[Sshd, Path]) -> AsyncIterator[House]:
    async with a_house(tmp_path, server) as opened:
        yield opened


@contextlib.asynccontextmanager
async def a_house(home: Path, server: tuple[Sshd, Path]) -> AsyncIterator[House]:
    """A house with its own Discord."""
    async with DiscordStandin(token=TOKEN) as standin:
        yield House(home, *server, standin)
        assert standin.violations == []
        assert standin.unknown_requests == []


def a_match() -> tuple[RoundFile, RoundFile]:
    """Both rounds of supply, over since a few minutes."""
    first = an_r1(at=minutes_ago(20))
    return first, an_r2(first, at=minutes_ago(10))


def is_whole(house: House) -> bool:
    """The match has its one message, and its round 1, which it took the place of, none any more."""
    return [post.custom_ids[0].rpartition(":")[2] for post in house.standin.posts()] == ["match"]


async def test_a_round_becomes_one_post_and_its_match_another_that_takes_its_place(house: House) -> None:
    first, second = a_match()
    async with house.running() as bot:
        house.drop(first)
        await bot.until(house.standin.posts, timeout=POSTED)
        (post,) = house.standin.posts()
        assert [word for word in ("Supply", "round 1") if word not in text_of(post)] == []
        house.drop(second)
        await bot.until(lambda: is_whole(house), timeout=POSTED)
        assert " beat " in text_of(house.standin.posts()[0])
        pressed = house.standin.interactions.press(post.custom_ids[0], message=post)
        await pressed.until(lambda it: it.answered)
        assert await bot.stop() == 0
    requests = len(house.standin.asked("POST", "/channels/.*"))
    async with house.running():
        await asyncio.sleep(QUIET)
    assert len(house.standin.asked("POST", "/channels/.*")) == requests == 2
    assert house.standin.command_syncs == 1


async def test_an_archive_is_imported_in_silence(house: House) -> None:
    archive = an_archive(40)
    for name, data in archive:
        (house.remote / name).write_bytes(data)
    house.drop(*a_match())
    async with house.running() as bot:
        await bot.until(lambda: house.ask("SELECT count(*) FROM rounds") == 42)
        await asyncio.sleep(QUIET)
        assert await bot.stop() == 0
    assert not house.standin.asked("POST", "/channels/.*")


async def test_a_kill_at_any_step_of_posting_leaves_one_message_per_round(
    tmp_path: Path, server: tuple[Sshd, Path]
) -> None:
    async def one(step: str) -> None:
        home = tmp_path / step
        home.mkdir()
        async with a_house(home, server) as house, house.running(STANDIN_KILL_AT=step) as bot:
            house.drop(*a_match())
            assert await bot.ended() == -9, step
            async with house.running() as again:
                await again.until(lambda: is_whole(house) and house.ask(MADE) == 2)

    for steps in (("claimed", "accepted", "recorded"), ("removed",)):
        await asyncio.gather(*map(one, steps))


@pytest.mark.parametrize("accepted", [False, True], ids=["before", "after"])
async def test_a_kill_while_discord_is_silent_leaves_one_message(house: House, accepted: bool) -> None:
    rule = house.standin.faults.add(hang(accept=accepted), when=creates)
    async with house.running() as bot:
        house.drop(a_match()[0])
        await bot.until(lambda: rule.hits)
        await bot.kill()
    async with house.running() as again:
        await again.until(lambda: house.ask("SELECT state FROM outbox") == "sent")
    assert len(house.standin.posts()) == 1
    assert len(house.standin.asked("POST", "/channels/.*")) == 2 - accepted


async def test_a_post_whose_answer_was_lost_is_found_and_not_made_again(house: House) -> None:
    house.standin.faults.add(reset(accept=True), when=creates)
    async with house.running() as bot:
        house.drop(*a_match())
        await bot.until(lambda: is_whole(house), timeout=POSTED)
    assert len(house.standin.asked("POST", "/channels/.*")) == 2


async def test_while_discord_is_away_rounds_are_imported_and_posted_when_it_is_back(house: House) -> None:
    await house.standin.pull_out()
    async with house.started() as bot:
        await bot.says("the first run is complete")
        house.drop(a_match()[0])
        await bot.until(lambda: house.ask("SELECT count(*) FROM rounds") == 1)
        await house.standin.plug_in()
        await bot.until(house.standin.posts, timeout=30)
        assert await bot.stop() == 0
    assert len(house.standin.posts()) == 1


async def test_without_the_gateway_polling_and_posting_go_on(house: House) -> None:
    async with house.running() as bot:
        house.standin.gateway.down = True
        await house.standin.gateway.drop()
        house.drop(*a_match())
        await bot.until(lambda: is_whole(house), timeout=POSTED)
        assert not house.standin.gateway.connected
        assert await bot.stop() == 0


async def test_an_admin_decides_where_the_history_may_not_be_read(house: House) -> None:
    house.standin.faults.add(hang(accept=True), when=creates)
    house.standin.faults.add(FORBIDDEN, when=lists, times=None)
    async with house.running() as bot:
        house.drop(a_match()[0])
        await bot.until(lambda: len(house.standin.posts()) == 1)
        await bot.kill()
    _make_old(house)
    async with house.running() as again:

        def asked() -> list[tuple[Message, str]]:  # the audit may have something to say too
            alerts = house.standin.posts(ADMIN_CHANNEL)
            return [(alert, one) for alert in alerts for one in alert.custom_ids if one.endswith(":there")]

        await again.until(asked)
        ((alert, there),) = asked()
        pressed = house.standin.interactions.press(there, message=alert, user=ADMIN)
        await pressed.until(lambda it: it.answered)
        await again.until(lambda: house.ask("SELECT state FROM outbox WHERE kind = 'round'") == "dropped")
    assert len(house.standin.posts()) == 1


def _make_old(house: House) -> None:
    """As if the attempt had been made an hour ago."""
    with contextlib.closing(sqlite3.connect(house.database)) as con, con:
        con.execute("UPDATE outbox SET first_attempt_at = first_attempt_at - 3600, attempt_at = attempt_at - 3600")
