"""The SFTP source over a network that goes silent, trickles and breaks, before a real OpenSSH server."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.domain.game.file.files import MAX_BYTES
from bot.domain.game.file.reasons import FileUnreadable
from bot.errors import SourceAway, SourceError
from rigs.servers.relay import relaying
from rigs.servers.sshd import Sshd
from tests.ingest.conftest import Ask, Opener, by_list, by_lstat, by_read, by_stat, calm, hurry, put, through


@pytest.mark.parametrize("tenths", [0, 1, 3, 5, 7, 8, 9, 10])
async def test_silence_at_any_moment_of_the_login_ends_it_and_the_next_one_succeeds(
    sshd: Sshd, open_source: Opener, tenths: int
) -> None:
    async with relaying(sshd.port) as relay:
        source = open_source(sshd, **through(relay, sshd))
        await source.folder_mtime()
        await source.close()
        whole = relay.passed
        relay.silent_after = (whole - 1) * tenths // 10  # 0: not even a banner; whole - 1: SFTP is about to start
        hurry(source)
        began = time.monotonic()
        with pytest.raises(SourceAway):
            await source.folder_mtime()
        assert time.monotonic() - began < 10  # that it ends at all: nothing is left to wait for
        relay.heal()
        calm(source)
        await source.folder_mtime()


async def test_a_port_that_accepts_and_says_nothing_is_away(sshd: Sshd, open_source: Opener) -> None:
    async with relaying(sshd.port) as relay:
        relay.silent = True
        source = open_source(sshd, **through(relay, sshd))
        hurry(source)
        with pytest.raises(SourceAway, match="no answer in time"):
            await asyncio.wait_for(source.list(), 2)


async def test_keepalive_finds_a_dead_link_before_a_patient_deadline(sshd: Sshd, open_source: Opener) -> None:
    async with relaying(sshd.port) as relay:
        settings = through(relay, sshd) | {"answer_timeout": 60, "keepalive_interval": 0.1, "keepalive_count_max": 2}
        source = open_source(sshd, **settings)
        await source.folder_mtime()
        relay.silent = True
        with pytest.raises(SourceAway):
            await asyncio.wait_for(source.folder_mtime(), 3)


async def test_a_trickle_is_too_slow_for_its_file_and_polling_goes_on(sshd: Sshd, open_source: Opener) -> None:
    entry = put(sshd, bytes(MAX_BYTES))
    async with relaying(sshd.port) as relay:
        source = open_source(sshd, **through(relay, sshd) | {"file_rate": 1e9})
        await source.list()
        relay.trickle_after = relay.passed
        hurry(source)
        with pytest.raises(FileUnreadable, match="slow"):
            await source.read(entry)
        relay.heal()
        calm(source)
        assert (await source.list())[0].size == MAX_BYTES


@pytest.mark.parametrize("after", [0, 1, 100, 2_000, 50_000, 200_000])
async def test_a_connection_that_breaks_during_a_read_gives_no_part(
    sshd: Sshd, open_source: Opener, after: int
) -> None:
    entry = put(sshd, b"x" * 204_800)
    async with relaying(sshd.port) as relay:
        source = open_source(sshd, **through(relay, sshd))
        await source.folder_mtime()
        relay.reset_after = relay.passed + after
        with pytest.raises(SourceAway):
            await source.read(entry)
        relay.heal()
        assert len(await source.read(entry)) == 204_800


@pytest.mark.parametrize("breaks", [True, False])
async def test_a_listing_cut_anywhere_gives_all_or_nothing(sshd: Sshd, open_source: Opener, breaks: bool) -> None:
    for number in range(1000):
        put(sshd, b"", f"{number}.txt")
    async with relaying(sshd.port) as relay:
        source = open_source(sshd, **through(relay, sshd))
        await source.folder_mtime()
        for after in range(0, 100_000, 10_000 if breaks else 50_000):
            limit = relay.passed + after
            relay.reset_after, relay.silent_after = (limit, None) if breaks else (None, limit)
            hurry(source)
            with pytest.raises(SourceAway):
                await source.list()
            relay.heal()
            calm(source)
            await source.folder_mtime()
        assert len(await source.list()) == 1000


@pytest.mark.parametrize("ask", [by_stat, by_list, by_lstat, by_read])
async def test_a_cancelled_caller_leaves_at_once_even_on_a_dead_link(sshd: Sshd, open_source: Opener, ask: Ask) -> None:
    put(sshd, b"12345")
    async with relaying(sshd.port) as relay:
        source = open_source(sshd, **through(relay, sshd))
        await source.folder_mtime()
        relay.silent = True
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(ask(source), 0.1)
        assert time.monotonic() - began < 5  # the link itself is given up after many more


async def test_closing_while_it_is_being_opened_is_no_cancellation_of_the_caller(
    sshd: Sshd, open_source: Opener
) -> None:
    async with relaying(sshd.port) as relay:
        relay.silent = True
        source = open_source(sshd, **through(relay, sshd) | {"connect_timeout": 30, "login_timeout": 30})
        asking = asyncio.create_task(source.folder_mtime())
        await asyncio.sleep(0.1)
        await asyncio.wait_for(source.close(), 1)
        with pytest.raises(SourceAway, match="closed"):
            await asking


async def test_an_outage_at_any_moment_is_an_expected_error(sshd: Sshd, open_source: Opener) -> None:
    entries = [put(sshd, b"12345", f"{number}.txt") for number in range(200)]
    async with relaying(sshd.port) as relay:
        source = open_source(sshd, **through(relay, sshd))
        for pause in (0.02, 0.05, 0.08, 0.1, 0.12):
            reading = asyncio.gather(*map(source.read, entries), return_exceptions=True)
            await asyncio.sleep(pause)
            await relay.drop()
            outcomes = await reading
            assert all(outcome == b"12345" or isinstance(outcome, SourceError) for outcome in outcomes)
        await asyncio.sleep(0.05)  # the end of the last connection has to arrive
        assert await source.read(entries[0]) == b"12345"
