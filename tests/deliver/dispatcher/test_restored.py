"""A database that was restored from a backup has forgotten what it posted since: nothing is posted again."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.deliver.dispatcher import IN_FLIGHT
from bot.domain.concerns import ConcernCode
from bot.domain.posts import PostState
from bot.domain.trouble import TroubleCode
from bot.store import outbox
from rigs.builders import RoundFile, an_r1, an_r2, later
from rigs.world import NIGHT
from tests.deliver.conftest import STATS, Posting
from tests.deliver.dispatcher.test_backlog import a_session_of
from tests.deliver.fake_discord import Fault, limited, lost

FORGOTTEN = 900
"""Seconds after which Discord remembers no nonce."""


def rounds(matches: int, *, begin: str) -> list[RoundFile]:
    files: list[RoundFile] = []
    for number in range(matches):
        first = an_r1(
            map=("supply", "radar", "te_escape2")[number], at=begin if not files else later(files[-1].at, 700)
        )
        files += [first, an_r2(first)]
    return files


def a_backup(posting: Posting, folder: Path) -> Path:
    """What the database says now, in a folder of its own."""
    folder.mkdir()
    with (
        closing(sqlite3.connect(posting.world.folder / "stats.db")) as now,
        closing(sqlite3.connect(folder / "stats.db")) as kept,
    ):
        now.backup(kept)
    return folder


@pytest.mark.parametrize("fault", [None, lost(), limited(30)], ids=["well", "lost", "limited"])
@pytest.mark.parametrize("matches", [1, 3], ids=["few", "so many that they would be a digest"])
async def test_what_was_posted_since_the_backup_is_not_posted_again(
    posting: Posting, tmp_path: Path, matches: int, fault: Fault | None
) -> None:
    backup = a_backup(posting, tmp_path / "restored")
    files = rounds(matches, begin="2026-03-01-220000")
    for file in files:
        posting.world.clock.time = max(NIGHT, file.filed().ended_at + 5)
        await posting.play(file)
        await posting.pass_by(4)
    before = [message.id for message in posting.discord.visible(STATS)]
    assert len(before) == matches
    posting.world.clock.pass_by(FORGOTTEN)
    async with posting.restarted(backup) as restored:
        posting.discord.faults["find"].append(fault)
        await restored.play(*files)
        await restored.pass_by(2 * IN_FLIGHT + 10)
        assert [message.id for message in posting.discord.visible(STATS)] == before
        posts = [await restored.post_of(file) for file in files]
        assert [(post.state, post.message_id, post.channel_id) for post in posts[1::2]] == [
            (PostState.SENT, message, STATS) for message in before
        ]
        assert {post.state for post in posts[::2]} == {PostState.REPLACED}
        fresh = an_r1(map="oasis", at="2026-03-01-231500")
        restored.world.clock.time = max(restored.world.clock.time, fresh.filed().ended_at)
        await restored.play(fresh)
        await restored.pass_by(10)
        assert len(posting.discord.visible(STATS)) == len(before) + 1


async def test_a_digest_and_a_recap_are_known_by_their_first_round(posting: Posting, tmp_path: Path) -> None:
    await posting.play(an_r1(map="warmup", at="2026-03-01-150000"))  # so that the rows have other numbers there
    backup = a_backup(posting, tmp_path / "restored")
    await posting.pass_by(10)
    files = rounds(3, begin="2026-03-01-213000")
    await posting.play(*files)
    now = int(posting.world.clock.now())
    await posting.world.app.db.write(lambda tx: outbox.alert(tx, "something else", now=now))
    await posting.pass_by(60)
    posting.world.clock.pass_by(3700)
    assert await posting.world.posting.recaps.step()
    await posting.pass_by(10)
    before = [message.custom_ids[0] for message in posting.discord.visible(STATS)]
    assert [marker.split(":")[0] for marker in before][-2:] == ["digest", "recap"]
    posting.world.clock.pass_by(FORGOTTEN)
    async with posting.restarted(backup) as restored:
        await restored.play(*files)
        await restored.pass_by(10)
        assert await restored.world.posting.recaps.step()
        await restored.pass_by(60)
        assert [message.custom_ids[0] for message in posting.discord.visible(STATS)] == before


async def test_where_the_channel_cannot_be_read_posts_are_made_all_the_same(posting: Posting, tmp_path: Path) -> None:
    posting.discord.unreadable.add(STATS)
    async with posting.restarted(a_backup(posting, tmp_path / "restored")) as restored:
        await restored.play(an_r1())
        await restored.pass_by(10)
        assert await restored.shown() == ["supply 1"]
        assert len(posting.discord.requests("find")) == 1


async def test_the_channel_is_read_once_for_all_that_a_start_finds(posting: Posting) -> None:
    await posting.play(*rounds(2, begin="2026-03-01-220000"))
    async with posting.restarted() as again:
        await again.pass_by(10)
        assert len(again.discord.visible(STATS)) == 2
        assert len(again.discord.requests("find")) == 1


async def beats(posting: Posting) -> int:
    """How often posting tells of success within a second."""
    count = 0

    def beat() -> None:
        nonlocal count
        count += 1

    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(1):
            await posting.dispatcher.run(beat)
    return count


@pytest.mark.parametrize("fault", [lost(), limited(600)], ids=["away", "limited"])
async def test_a_channel_that_cannot_be_read_after_a_start_is_trouble_and_no_success_until_it_is_read(
    posting: Posting, caplog: pytest.LogCaptureFixture, fault: Fault
) -> None:
    await posting.play(an_r1())
    async with posting.restarted() as again:
        posting.discord.always["find"] = fault
        caplog.set_level("INFO")
        await again.pass_by(900)
        await tell(again, "something else")  # the admins' channel can be read, or nothing of before is owed there
        await again.pass_by(900)
        assert await again.shown() == []
        trouble = again.dispatcher.trouble
        assert trouble is not None
        assert trouble.code is TroubleCode.HISTORY_UNREAD
        assert ConcernCode.POSTING in {concern.code for concern in (await again.world.app.health()).concerns}
        assert await beats(again) == 0
        assert [record.levelname for record in caplog.records if "posting: " in record.message].count("WARNING") == 1
        assert "works again" not in caplog.text
        posting.discord.always.clear()
        await again.pass_by(700)
        assert await again.shown() == ["supply 1"]
        assert again.dispatcher.trouble is None
        assert await beats(again) > 0
        assert caplog.text.count("posting: works again") == 1


@pytest.mark.parametrize("away", [900, 3600, 3 * 3600], ids=["all news", "half news", "no news"])
async def test_a_digest_is_known_by_every_round_that_it_tells_of(posting: Posting, tmp_path: Path, away: int) -> None:
    """The first of them are no news any more, so what is owed anew would be another digest."""
    backup = a_backup(posting, tmp_path / "restored")
    files = a_session_of(6, begin="2026-03-01-203000")
    await posting.play(*files)
    await posting.pass_by(60)
    (digest,) = posting.discord.visible(STATS)
    posting.world.clock.pass_by(away)
    async with posting.restarted(backup) as restored:
        await restored.play(*files)
        await restored.pass_by(60)
        assert posting.discord.visible(STATS) == [digest]
        states = await restored.world.rows("SELECT DISTINCT state, digest_id IS NULL AS alone FROM outbox")
        assert {(row["state"], row["alone"]) for row in states} <= {("gathered", 0), ("sent", 1)}
        fresh = an_r1(map="oasis", at=later(files[-1].at, 3600 + away))
        restored.world.clock.time = max(restored.world.clock.time, fresh.filed().ended_at)
        await restored.play(fresh)
        await restored.pass_by(10)
        assert len(posting.discord.visible(STATS)) == 2


async def test_a_digest_that_is_known_again_keeps_its_old_rounds_when_it_is_corrected(
    posting: Posting, tmp_path: Path
) -> None:
    backup = a_backup(posting, tmp_path / "restored")
    files = a_session_of(6, begin="2026-03-01-203000")
    missing = files.pop(-2)
    await posting.play(*files)
    posting.world.clock.pass_by(700)  # the lonely round 2 has waited long enough
    await posting.pass_by(60)
    (digest,) = posting.discord.visible(STATS)
    assert (digest.card.title, len(digest.card.lines)) == ("Meanwhile: 11 rounds", 6)
    posting.world.clock.pass_by(3600)
    async with posting.restarted(backup) as restored:
        await restored.play(*files)
        await restored.pass_by(60)
        assert len(digest.cards) == 1
        await restored.play(missing)
        await restored.pass_by(1300)
        (corrected, *_) = posting.discord.visible(STATS)
        assert corrected is digest
        assert (digest.card.title, digest.card.lines[:5]) == ("Meanwhile: 11 rounds", digest.cards[0].lines[:5])
        assert any("corrected: " in line for line in digest.card.lines)


async def test_a_flood_is_as_many_digests_as_name_all_their_rounds(posting: Posting, tmp_path: Path) -> None:
    backup = a_backup(posting, tmp_path / "restored")
    files = [an_r1(map=f"map{number}", at=later("2026-03-01-203000", 40 * number)) for number in range(130)]
    await posting.play(*files)
    await posting.pass_by(60)
    before = posting.discord.visible(STATS)
    assert [message.card.title for message in before] == ["Meanwhile: 65 rounds"] * 2
    assert [len(menu.options) for message in before for menu in message.card.menus] == [25, 25, 15] * 2
    posting.world.clock.pass_by(3600)
    async with posting.restarted(backup) as restored:
        await restored.play(*files)
        await restored.pass_by(60)
        assert posting.discord.visible(STATS) == before


async def tell(posting: Posting, text: str) -> None:
    now = int(posting.world.clock.now())
    await posting.world.app.db.write(lambda tx: outbox.alert(tx, text, now=now))
    await posting.pass_by(10)


@pytest.mark.parametrize("fault", [None, lost(), lost(accept=True)], ids=["well", "lost", "accepted"])
@pytest.mark.parametrize("is_restored", [True, False], ids=["restored", "begun anew"])
async def test_an_alert_is_never_taken_for_the_one_that_had_its_row_in_the_database_of_before(
    posting: Posting, tmp_path: Path, is_restored: bool, fault: Fault | None
) -> None:
    backup = a_backup(posting, tmp_path / "restored")
    if not is_restored:
        (backup / "stats.db").unlink()
    await tell(posting, "the key of the game server changed")
    posting.world.clock.pass_by(60)
    async with posting.restarted(backup) as anew:
        posting.discord.faults["send"].append(fault)
        await tell(anew, "the disk is full")
        await anew.pass_by(4 * IN_FLIGHT)
        assert await anew.world.rows("SELECT id FROM outbox WHERE kind = 'alert' AND state <> 'sent'") == []
        assert posting.alerts() == ["the key of the game server changed", "the disk is full"]


async def test_an_alert_that_was_told_since_the_backup_is_not_told_again(posting: Posting, tmp_path: Path) -> None:
    now = int(posting.world.clock.now())
    await posting.world.app.db.write(lambda tx: outbox.alert(tx, "the disk is full", now=now))
    backup = a_backup(posting, tmp_path / "restored")
    await posting.pass_by(10)
    posting.world.clock.pass_by(FORGOTTEN)
    async with posting.restarted(backup) as restored:
        await restored.pass_by(10)
        assert posting.alerts() == ["the disk is full"]
