"""Backup, destroy, restore, start: all is as it was, nothing is posted again, and old buttons lead to their rounds."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from rigs.builders import an_r1, an_r2
from rigs.discord_standin import DiscordStandin, Message
from rigs.process import ROOT, TOKEN, House, a_key, minutes_ago
from rigs.servers.sshd import running

DECIDED = """
    INSERT INTO links (member_id, guid, linked_by, linked_at) VALUES (7, 'ABCDEF12', 'an admin', 1);
    INSERT INTO preferences (key, value) VALUES ('min_players', '3');
    INSERT INTO ignored_files (server_id, filename, reason, decided_by, decided_at)
    VALUES (1, '2025-10-02-211808-supply-round-1.txt', 'a test', 'an admin', 1)"""
ROUNDS = "SELECT count(*) FROM rounds"
QUIET = 5.0
"""Seconds of several polls, an audit of the start, and whatever would be posted."""


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    (tmp_path / "sshd").mkdir()
    with running(tmp_path / "sshd") as sshd:
        async with DiscordStandin(token=TOKEN) as standin:
            yield House(tmp_path, sshd, a_key(sshd), standin)
            assert standin.violations == []
            assert standin.unknown_requests == []


async def tool(house: House, *words: str) -> str:
    """What a tool prints, with the settings of the house."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *words,
        env={**inherited, **house.settings, "PYTHONPATH": str(ROOT)}, cwd=house.home,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return out.decode()


async def answers(house: House, posts: list[Message]) -> list[str]:
    """What the first button under each post answers."""
    told = []
    for post in posts:
        pressed = house.standin.interactions.press(post.custom_ids[0], message=post)
        await pressed.until(lambda it: it.answered and (it.original is not None or bool(it.followups)), timeout=10)
        message = pressed.original or pressed.followups[0]
        told.append(f"{message.content} {message.embeds}")
        await asyncio.sleep(2.1)
    return told


def rows(house: House, table: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(house.database)) as con:
        return con.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()


async def test_backup_destroy_restore_start(house: House) -> None:
    matches = [(first := an_r1(at=minutes_ago(50))), an_r2(first, at=minutes_ago(40))]
    other = an_r1(at=minutes_ago(30), map="radar")
    later = an_r1(at=minutes_ago(5), map="goldrush")
    async with house.running() as bot:
        house.drop(*matches, other)
        await bot.until(lambda: len(house.standin.posts()) == 2, timeout=40)
        await asyncio.sleep(QUIET)
        assert await bot.stop() == 0
    with closing(sqlite3.connect(house.database)) as con:
        con.executescript(DECIDED)
    await tool(house, "tools.backup")
    async with house.running() as bot:
        house.drop(later)  # it comes again from the server, and is posted no second time
        await bot.until(lambda: len(house.standin.posts()) == 3, timeout=40)
        posts = house.standin.posts()
        told = await answers(house, posts)
        assert await bot.stop() == 0
    exported = await tool(house, "tools.export", "rounds", "--format", "json")
    decided = [rows(house, table) for table in ("links", "preferences", "ignored_files")]

    for path in [*house.home.glob("stats.db*")]:
        path.unlink()
    shutil.rmtree(house.home / "local_stats")
    assert "is restored" in await tool(house, "tools.restore", "--yes")

    requests = len(house.standin.asked("POST", "/channels/.*/messages"))
    async with house.running() as bot:
        await bot.until(lambda: house.ask(ROUNDS) == 4)
        await asyncio.sleep(QUIET)
        assert await answers(house, posts) == told
        assert await bot.stop() == 0
    made = house.standin.asked("POST", "/channels/.*/messages")[requests:]
    assert [(request.path, request.body) for request in made] == [], "0 messages"
    assert [post.id for post in house.standin.posts()] == [post.id for post in posts]
    assert await tool(house, "tools.export", "rounds", "--format", "json") == exported
    assert [rows(house, table) for table in ("links", "preferences", "ignored_files")] == decided
