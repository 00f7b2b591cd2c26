"""The log of a real run says what is well, and each trouble once with its end."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

import bot
from bot.episodes import MOST, Episode
from rigs.builders import an_r1, an_r2
from rigs.discord_standin import DiscordStandin
from rigs.process import TOKEN, House, a_key, minutes_ago
from rigs.servers.sshd import Sshd, running


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Sshd]:
    with running(tmp_path / "sshd") as sshd:
        yield sshd


@pytest.fixture
async def house(tmp_path: Path, server: Sshd) -> AsyncIterator[House]:
    async with DiscordStandin(token=TOKEN) as standin:
        yield House(tmp_path, server, a_key(server), standin)


async def test_a_run_says_what_is_well_and_a_file_is_found_by_its_name_up_to_its_post(house: House) -> None:
    first = an_r1(at=minutes_ago(12))
    second = an_r2(first, at=minutes_ago(2))
    async with house.running() as process:
        house.drop(first)
        await process.says(f"{first.name} posted as message")
        house.drop(second)
        await process.says(f"{second.name} posted as message")
        await process.says(f"{first.name}: message")
        assert await process.stop() == 0
    said = process.output
    assert re.search(rf" INFO +bot: etstats {re.escape(bot.__version__)} on Python 3", said)
    assert re.search(r"connected as \S+ to 127\.0\.0\.1 port \d+", said)
    assert "the game server answers: 0 round files" in said
    assert "connected to Discord as stats, in The Stand-in" in said
    for file in (first, second):
        assert said.count(f"{file.name} imported as round") == 1
        assert said.count(f"{file.name} posted as message") == 1
    ours = re.compile(r"\S+ \S+ \w+ +(bot|cogs)[.:]")
    assert [line for line in said.splitlines() if not ours.match(line)] == [], "libraries' chatter"


async def test_each_trouble_is_told_once_a_second_one_is_not_swallowed_and_the_end_is_told(
    house: House, server: Sshd
) -> None:
    house.drop(an_r1(at=minutes_ago(300)))
    async with house.running() as process:
        server.stop()
        await process.says("the game server is away")
        house.remote.rename(house.home / "moved")
        server.start()
        await process.says("cannot be read, it is not there")
        assert process.output.count("the game server is away") == process.output.count("Connection refused") == 1
    (house.home / "moved").rename(house.remote)
    async with house.started() as process:
        await process.says("the game server answers: 1 round file, the newest")
        server.stop()
        await process.says("the game server is away")
        server.start()
        await process.says("polling works again")
        assert process.output.count("the game server answers: 1 round file") == 2


async def test_discord_away_is_one_line_and_one_for_its_end(house: House) -> None:
    async with house.running() as process:
        await house.standin.pull_out()
        await process.says("Discord's gateway is away")
        await house.standin.plug_in()
        await process.says("Discord is there again")
    told = [line for line in process.output.splitlines() if "gateway is away" in line]
    assert len(told) == len(set(told)), "each different reason once"


def test_an_episode_tells_each_trouble_once_and_its_end_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "episodes")
    episode = Episode(logging.getLogger("episodes"), "over")
    episode.over()
    for text in ("a", "b", "a", "b"):
        episode.tell(text)
    episode.tell("a, in other words", about="a")
    episode.over()
    episode.over()
    episode.tell("a")
    assert caplog.messages == ["a", "b", "over", "a"]


def test_an_episode_of_ever_new_words_ends_its_talk(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "episodes")
    episode = Episode(logging.getLogger("episodes"), "over")
    for number in range(3 * MOST):
        episode.tell(f"reason {number}")
    assert len(caplog.messages) == MOST
