"""The recap of an evening: once, when it is over, with what it was by then, and true after the fact."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.deliver.recap import Recaps
from bot.domain.posts import PostKind, Preferences
from bot.store import outbox, preferences
from rigs.builders import RoundFile, a_player, an_r1, an_r2, later
from rigs.world import NIGHT
from tests.deliver.conftest import STATS, Posting, a_posting
from tests.deliver.fake_discord import Message, refused

GAP = 3600
PLAYERS = [a_player(name, team=1 + n % 2, kills=9 - n, deaths=4, damage_given=800 + n) for n, name in enumerate("abcd")]


def a_session_of(matches: int, *, begin: str = "2026-03-01-220000") -> list[RoundFile]:
    files: list[RoundFile] = []
    for number in range(matches):
        at = begin if not files else later(files[-1].at, 600)
        first = an_r1(map=("supply", "radar", "ice")[number % 3], at=at, players=PLAYERS)
        files += [first, an_r2(first)]
    return files


async def play(posting: Posting, *files: RoundFile) -> None:
    """File by file, each posted at once."""
    for file in files:
        posting.world.clock.time = max(posting.world.clock.now(), file.filed().ended_at + 5)
        await posting.play(file)
        await posting.pass_by(4)


def recaps_of(posting: Posting) -> list[Message]:
    return [m for m in posting.discord.visible(STATS) if m.custom_ids[0].startswith("recap:")]


def service(posting: Posting) -> Recaps:
    return posting.world.posting.recaps


async def test_a_session_has_one_recap_when_it_is_over(posting: Posting) -> None:
    await play(posting, *a_session_of(3))
    assert not await service(posting).step()  # it may go on
    posting.world.clock.pass_by(GAP + 60)
    assert await service(posting).step()
    assert not await service(posting).step()
    await posting.pass_by(10)
    (message,) = recaps_of(posting)
    assert message.card.title == "a's team won the evening 3–0"
    assert len(message.card.pictures) == 1
    assert message.card.is_large
    assert "Most damage a minute" in message.card.pictures[0].alt
    assert "Most damage a minute" in dict(message.card.without_pictures().fields)["Awards"]
    assert [label for label, _ in message.card.buttons] == ["Session", "Charts"]


async def test_a_refused_recap_is_told_to_the_admins_without_a_round(posting: Posting) -> None:
    await play(posting, *a_session_of(3))
    posting.world.clock.pass_by(GAP + 60)
    await service(posting).step()
    posting.discord.faults["send"].append(refused())
    await posting.pass_by(10)
    (told,) = posting.alerts()
    assert told.startswith("I cannot make the recap post, and try every 10 minutes: 403")


@pytest.mark.parametrize(("win_points", "points"), [(1, 3), (2, 6)])
async def test_the_posted_score_is_in_the_points_that_the_settings_give_a_win(
    tmp_path: Path, win_points: int, points: int
) -> None:
    async with a_posting(tmp_path, win_points=win_points) as posting:
        await play(posting, *a_session_of(3))
        posting.world.clock.pass_by(GAP + 60)
        await service(posting).step()
        await posting.pass_by(10)
        card = recaps_of(posting)[0].card
    assert card.title == f"a's team won the evening {points}–0"
    assert dict(card.tables)["Score"].startswith(f"**a's team {points} : 0 b's team**")
    assert f"a's team {points}, b's team 0." in card.pictures[0].alt


@pytest.mark.parametrize("step", ["claimed", "accepted", "recorded"])
async def test_a_recap_is_made_once_whatever_kills_the_bot(posting: Posting, step: str) -> None:
    await play(posting, *a_session_of(2))
    posting.world.clock.pass_by(GAP + 60)
    await service(posting).step()
    posting.kill_at(step)
    await posting.until_killed()
    posting.world.clock.pass_by(400)
    await service(posting).step()
    await posting.pass_by(120)
    assert len(recaps_of(posting)) == 1


async def test_a_round_that_comes_late_is_told_in_the_recap_with_the_reason(posting: Posting) -> None:
    session = a_session_of(3)
    await play(posting, *session[:4])
    posting.world.clock.pass_by(GAP + 1200)
    await service(posting).step()
    await posting.pass_by(10)
    before = recaps_of(posting)[0].card
    await posting.play(*session[4:])
    await posting.pass_by(30)
    await service(posting).step()
    await posting.pass_by(30)
    (message,) = recaps_of(posting)
    assert message.card.title != before.title
    assert message.card.lines[-1].startswith("-# corrected: ")


async def test_a_session_that_was_no_news_has_none(posting: Posting) -> None:
    await posting.play(*a_session_of(3, begin="2026-02-01-210000"))
    posting.world.clock.pass_by(GAP + 60)
    assert not await service(posting).step()


async def test_a_single_match_is_no_session(posting: Posting) -> None:
    await play(posting, *a_session_of(1))
    posting.world.clock.pass_by(GAP + 60)
    assert not await service(posting).step()


async def test_a_recap_that_nobody_wants_is_not_made(posting: Posting) -> None:
    await posting.world.app.db.write(lambda tx: preferences.put(tx, Preferences(recaps=False)))
    await play(posting, *a_session_of(2))
    posting.world.clock.pass_by(GAP + 60)
    await service(posting).step()
    await posting.pass_by(10)
    assert recaps_of(posting) == []
    rows = await posting.world.rows("SELECT kind, state, reason FROM outbox WHERE kind = 'recap'")
    assert [(PostKind(row["kind"]), row["state"]) for row in rows] == [(PostKind.RECAP, "dropped")]


async def test_a_bot_that_was_down_too_long_tells_no_old_session(posting: Posting) -> None:
    await play(posting, *a_session_of(2))
    posting.world.clock.time = NIGHT + 86400
    assert not await service(posting).step()


def everything_shown(posting: Posting) -> list[tuple[int, str, tuple[str, ...]]]:
    return [(m.id, m.card.title, m.card.lines) for m in posting.discord.visible(STATS)]


async def test_a_mended_zone_corrects_no_post_owes_no_recap_and_keeps_what_the_recap_is_about(
    posting: Posting,
) -> None:
    files = a_session_of(3)
    await play(posting, *files)
    posting.world.clock.pass_by(GAP + 60)
    assert await service(posting).step()
    await posting.pass_by(10)
    before, ids = everything_shown(posting), await posting.world.rows("SELECT id, filename FROM rounds")
    ends = await posting.world.rows("SELECT ended_at FROM rounds ORDER BY id")
    for zone in ("America/New_York", "Asia/Tokyo"):
        async with posting.restarted(server_timezone=zone) as moved:
            assert await moved.world.rows("SELECT ended_at FROM rounds ORDER BY id") != ends
            assert await moved.world.rows("SELECT id, filename FROM rounds") == ids
            for _ in range(4):
                await service(moved).step()
                await moved.pass_by(GAP)
            assert everything_shown(moved) == before
            (row,) = await moved.world.rows("SELECT id FROM outbox WHERE kind = 'recap'")
            assert await outbox.session_of(moved.world.app.db, row["id"]) is not None


async def test_a_session_that_is_over_by_its_new_times_alone_owes_no_recap(posting: Posting) -> None:
    await play(posting, *a_session_of(3))
    async with posting.restarted(server_timezone="Europe/Berlin") as moved:  # an hour earlier than it seemed
        assert not await service(moved).step()
        moved.world.clock.pass_by(GAP + 60)
        assert not await service(moved).step()
        await play(moved, *a_session_of(3, begin="2026-03-02-210000"))  # the next one owes its own
        moved.world.clock.pass_by(GAP + 60)
        assert await service(moved).step()


async def test_a_zone_that_changes_a_figure_corrects_the_post_of_it(posting: Posting) -> None:
    await play(posting, *a_session_of(1))
    await posting.world.app.db.write(lambda tx: tx.execute("UPDATE player_rounds SET kills = 0 WHERE line = 0"))
    await posting.world.app.db.write(lambda tx: tx.execute("UPDATE rounds SET digest = 'by other rules'"))
    before = [len(message.edits) for message in posting.discord.visible(STATS)]
    async with posting.restarted(server_timezone="Europe/Berlin") as moved:
        await moved.pass_by(60)
        after = [len(message.edits) for message in moved.discord.visible(STATS)]
    assert all(later > earlier for later, earlier in zip(after, before, strict=True))
