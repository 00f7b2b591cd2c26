"""Clocks that are wrong or set: messages are dated by Discord's, pauses are of the machine's that only grows."""

from __future__ import annotations

import pytest

from bot.deliver.dispatcher import LONGEST_WAIT, NONCE_HOLDS
from bot.domain.posts import PAIR_PATIENCE, PostState
from rigs.builders import an_r1, an_r2
from tests.deliver.conftest import STATS, Posting
from tests.deliver.fake_discord import limited, lost

FIRST = an_r1()
SECOND = an_r2(FIRST)


@pytest.mark.parametrize("ahead", [-86400, -3600, -61, 61, 3600])
async def test_a_lost_answer_is_found_although_the_clocks_differ(posting: Posting, ahead: float) -> None:
    posting.discord.ahead = ahead
    posting.discord.faults["send"].append(lost(accept=True))
    posting.discord.always["find"] = lost()
    await posting.play(FIRST)
    await posting.pass_by(NONCE_HOLDS + 300)
    posting.discord.always.clear()
    await posting.pass_by(60)
    assert await posting.state_of(FIRST) is PostState.SENT
    assert len(posting.discord.requests("send")) == len(posting.discord.visible(STATS)) == 1


@pytest.mark.parametrize("seconds", [60, 3600])
async def test_a_lost_answer_is_found_although_the_clock_is_set_back_meanwhile(posting: Posting, seconds: int) -> None:
    posting.discord.nonce_window = 30
    posting.discord.faults["send"].append(lost(accept=True, takes=75))
    await posting.play(FIRST)
    await posting.pass_by()
    posting.world.clock.set_back(seconds)
    async with posting.restarted() as again:
        await again.pass_by(LONGEST_WAIT + 120)
        assert await again.state_of(FIRST) is PostState.SENT
    assert len(posting.discord.visible(STATS)) == 1


async def test_an_attempt_that_is_dated_in_the_future_is_of_unknown_age(posting: Posting) -> None:
    posting.discord.nonce_window = 30
    posting.discord.ahead = 86400  # as an earlier version, whose clock was a day ahead, dated it
    posting.discord.faults["send"].append(lost())
    await posting.play(FIRST)
    await posting.pass_by()
    posting.discord.ahead = 0
    posting.discord.unreadable.add(STATS)
    await posting.pass_by(120)
    assert await posting.state_of(FIRST) is PostState.UNSURE


@pytest.mark.parametrize("is_restarted", [False, True])
async def test_a_clock_that_is_set_back_makes_no_post_wait_longer(posting: Posting, is_restarted: bool) -> None:
    posting.discord.faults["send"].append(limited(120))
    await posting.play(FIRST)
    await posting.pass_by(10)
    posting.world.clock.set_back(3600)
    if is_restarted:
        async with posting.restarted() as again:
            await again.pass_by(LONGEST_WAIT + 10)
    else:
        await posting.pass_by(100)
        assert len(posting.discord.requests("send")) == 1
        await posting.pass_by(20)
    assert await posting.shown() == ["supply 1"]


async def test_a_clock_that_is_set_back_does_not_keep_a_round_2_waiting(posting: Posting) -> None:
    await posting.play(SECOND)
    await posting.pass_by(10)
    posting.world.clock.set_back(3600)
    await posting.pass_by(PAIR_PATIENCE - 20)
    assert await posting.shown() == []
    await posting.pass_by(20)
    assert await posting.shown() == ["supply 2"]


async def test_a_clock_that_is_set_back_does_not_hold_up_an_edit(posting: Posting) -> None:
    await posting.play(FIRST)
    await posting.pass_by(3700)
    await posting.play(SECOND)
    await posting.pass_by(10)
    posting.world.clock.set_back(1800)
    await posting.world.app.db.write(lambda tx: tx.execute("UPDATE outbox SET revision = revision + 1"))
    edits = len(posting.discord.requests("edit"))
    await posting.pass_by(20)
    assert len(posting.discord.requests("edit")) > edits
