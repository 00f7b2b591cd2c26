"""Posting once: every path of a post from owed to made (POSTING, "States" and "Failures")."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from bot.app import SERVER
from bot.deliver.dispatcher import BEFORE_ATTEMPT, IN_FLIGHT, NONCE_HOLDS, REFUSED_PAUSE
from bot.domain.game.file.files import round_key
from bot.domain.posts import TOO_LATE, PostKind, PostReason, PostReasonCode, PostState, nonce
from bot.domain.trouble import Trouble, TroubleCode
from bot.store import outbox
from bot.store.outbox import HOLDS
from rigs.builders import an_r1, an_r2
from tests.deliver.conftest import ADMIN, STATS, Posting
from tests.deliver.fake_discord import Fault, Verb, gone, killed, limited, lost, refused

FIRST = an_r1()
SECOND = an_r2(FIRST)
LATER = an_r1(map="radar", at="2026-03-01-213000")


def test_a_nonce_is_short_and_the_same_only_for_the_same_post() -> None:
    post = ("main", "a.txt 00ff", PostKind.ROUND, 1, 1)
    others = [("main", "b.txt 00ff", PostKind.ROUND, 1, 1), ("main", "a.txt 00ff", PostKind.MATCH, 1, 1)]
    others += [("main", "a.txt 00ff", PostKind.ROUND, 2, 1), ("other", "a.txt 00ff", PostKind.ROUND, 1, 1)]
    assert nonce(*post) == nonce(*post)
    assert len({nonce(*one) for one in [post, *others]}) == 5
    assert len(nonce(*post)) == 25


async def test_a_finished_round_is_posted_once_and_remembered(posting: Posting) -> None:
    await posting.play(FIRST)
    await posting.pass_by(60)
    (message,) = posting.discord.visible(STATS)
    item = await posting.post_of(FIRST)
    assert (item.state, item.message_id, item.channel_id, item.nonce) == ("sent", message.id, STATS, message.nonce)
    assert (item.sent_revision, item.first_attempt_at, item.reason) == (item.revision, None, None)
    assert message.custom_ids[0] == f"round:{round_key(SERVER, FIRST.name)}:round"
    assert len(posting.discord.asked) == 1
    assert posting.dispatcher.trouble is None


async def test_two_files_with_the_same_bytes_are_two_posts(posting: Posting) -> None:
    again = an_r1(at="2026-03-01-214500")
    assert again.data == FIRST.data
    await posting.play(FIRST, again)
    await posting.pass_by(10)
    assert len(posting.discord.visible(STATS)) == 2


@pytest.mark.parametrize("is_known", [True, False])
async def test_a_refused_post_is_parked_and_asked_again_every_ten_minutes_until_it_gets_through(
    posting: Posting, is_known: bool
) -> None:
    posting.discord.always["send"] = refused()
    if not is_known:
        posting.discord.faults["send"].append(lost())
    await posting.play(FIRST)
    await posting.pass_by(3590)
    item = await posting.post_of(FIRST)
    assert (item.state, item.reason) == (PostState.PARKED, PostReason(PostReasonCode.SAID, "403: missing permissions"))
    at = [asked.at for asked in posting.discord.requests("send") if asked.channel == STATS][not is_known :]
    assert len(at) == 6
    assert all(later - earlier >= REFUSED_PAUSE for earlier, later in pairwise(at))
    assert posting.dispatcher.trouble == Trouble(TroubleCode.POST_REFUSED, "403: missing permissions")
    posting.discord.always.clear()
    await posting.pass_by(REFUSED_PAUSE)
    assert await posting.shown() == ["supply 1"]
    assert posting.dispatcher.trouble is None


async def test_refusals_are_told_to_the_admins_once_per_episode(posting: Posting) -> None:
    posting.discord.faults["send"].extend([refused(), refused()])
    await posting.play(FIRST, SECOND)
    await posting.pass_by(REFUSED_PAUSE - 10)
    assert len(posting.alerts()) == 1
    assert "403: missing permissions" in posting.alerts()[0]
    await posting.pass_by(30)
    assert await posting.shown() == ["supply 2"]
    posting.discord.faults["send"].append(refused())
    await posting.play(LATER)
    await posting.pass_by(10)
    assert len(posting.alerts()) == 2


async def test_a_post_that_was_deleted_at_once_is_not_made_again(posting: Posting) -> None:
    posting.discord.faults["send"].append(gone())
    await posting.play(FIRST)
    await posting.pass_by(1200)
    assert await posting.state_of(FIRST) is PostState.DELETED
    assert len(posting.discord.asked) == 1


async def test_a_broken_connection_is_followed_by_a_look_that_finds_the_post(posting: Posting) -> None:
    posting.discord.faults["send"].append(lost(accept=True))
    await posting.play(FIRST)
    await posting.pass_by(60)
    assert [asked.verb for asked in posting.discord.asked] == ["send", "find", "edit"]  # what it said is not known
    assert await posting.shown() == ["supply 1"]
    assert await posting.state_of(FIRST) is PostState.SENT


async def test_a_young_post_that_is_not_found_is_sent_with_the_same_nonce(posting: Posting) -> None:
    posting.discord.faults["send"].append(lost(late=5))
    await posting.play(FIRST)
    await posting.pass_by(60)
    first, again = posting.discord.requests("send")
    assert first.nonce == again.nonce
    assert again.at - first.at < 5
    assert len(posting.discord.visible(STATS)) == 1


async def test_an_old_attempt_is_looked_for_from_a_minute_before_the_first_one(posting: Posting) -> None:
    posting.discord.faults["send"].append(lost(accept=True))
    posting.discord.always["find"] = lost()
    began = int(posting.world.clock.now())
    await posting.play(FIRST)
    await posting.pass_by(NONCE_HOLDS + 600)
    assert len(posting.discord.requests("send")) == 1
    posting.discord.always.clear()
    await posting.pass_by(IN_FLIGHT)
    assert posting.discord.requests("find")[-1].since == began - BEFORE_ATTEMPT
    assert await posting.state_of(FIRST) is PostState.SENT
    assert len(posting.discord.requests("send")) == 1


async def test_an_old_attempt_that_is_not_found_is_repeated_with_the_same_nonce(posting: Posting) -> None:
    posting.discord.faults["send"].append(lost())
    posting.discord.always["find"] = lost()
    await posting.play(FIRST)
    await posting.pass_by(NONCE_HOLDS + 600)
    posting.discord.always.clear()
    await posting.pass_by(IN_FLIGHT)
    first, again = posting.discord.requests("send")
    assert first.nonce == again.nonce
    assert await posting.shown() == ["supply 1"]


async def test_an_old_attempt_waits_until_the_last_one_has_been_dealt_with(posting: Posting) -> None:
    posting.discord.nonce_window = 0
    posting.discord.faults["send"].extend([lost()] * 5 + [lost(late=20)])  # after 0, 2, 6, 14, 30, 60 s
    await posting.play(FIRST)
    await posting.pass_by(300)
    assert len(posting.discord.visible(STATS)) == 1


async def test_after_a_restart_an_old_attempt_waits_as_well_for_the_one_that_is_under_way(posting: Posting) -> None:
    posting.discord.nonce_window = 0
    posting.discord.faults["send"].append(lost())
    posting.discord.always["find"] = lost()
    await posting.play(FIRST)
    await posting.pass_by(NONCE_HOLDS - 10)
    posting.discord.always.clear()
    posting.discord.faults["send"].append(killed(late=IN_FLIGHT - 5))
    posting.world.clock.pass_by((await posting.post_of(FIRST)).not_before - posting.world.clock.now())
    await posting.until_killed()
    posting.world.clock.pass_by(IN_FLIGHT - 10)  # the first attempt is old now, and the last one has not landed yet
    async with posting.restarted() as again:
        await again.pass_by(60)
        assert await again.state_of(FIRST) is PostState.SENT
    assert len(posting.discord.visible(STATS)) == 1


async def test_a_post_that_was_tried_very_often_does_not_hold_up_those_behind_it(posting: Posting) -> None:
    third = an_r1(map="frostbite", at="2026-03-01-214000")
    posting.discord.faults["send"].extend([lost()] * (HOLDS + 1) + [None])
    posting.discord.always["send"] = lost()
    await posting.play(FIRST, LATER)
    await posting.pass_by(IN_FLIGHT * (HOLDS - 5))
    assert await posting.shown() == []
    await posting.pass_by(IN_FLIGHT * 3)
    assert await posting.shown() == ["radar 1"]
    posting.discord.always.clear()
    item = await posting.post_of(FIRST)
    assert (item.state, item.attempts > HOLDS) == (PostState.SENDING, True)
    assert item.not_before > posting.world.clock.now()
    await posting.play(third)
    await posting.pass_by()  # now, and not when the first one is tried again
    assert await posting.shown() == ["radar 1", "frostbite 1"]
    fourth = an_r1(map="oasis", at="2026-03-01-214500")
    await posting.play(fourth)
    posting.world.clock.pass_by(item.not_before - posting.world.clock.now())
    posting.discord.faults["send"].append(lost())
    await posting.dispatcher.step()  # the first one fails once more, and the way is open all the same
    assert await posting.shown() == ["radar 1", "frostbite 1", "oasis 1"]
    await posting.pass_by(IN_FLIGHT + 2)
    assert await posting.shown() == ["radar 1", "frostbite 1", "oasis 1", "supply 1"]


async def test_without_history_a_young_attempt_trusts_the_nonce_alone(posting: Posting) -> None:
    posting.discord.unreadable.add(STATS)
    posting.discord.faults["send"].append(lost(accept=True))
    await posting.play(FIRST)
    await posting.pass_by(60)
    assert len(posting.discord.visible(STATS)) == 1
    assert await posting.state_of(FIRST) is PostState.SENT


@pytest.mark.parametrize(("is_there", "state"), [(True, PostState.DROPPED), (False, PostState.SENT)])
async def test_without_history_an_old_attempt_is_the_admins_to_decide(
    posting: Posting, is_there: bool, state: PostState
) -> None:
    posting.discord.unreadable.add(STATS)
    posting.discord.faults["send"].append(lost(accept=is_there))
    posting.discord.faults["send"].extend([limited(NONCE_HOLDS)])
    await posting.play(FIRST)
    await posting.pass_by(3600)
    assert await posting.state_of(FIRST) is PostState.UNSURE
    (alert,) = posting.discord.visible(ADMIN)
    item = await posting.post_of(FIRST)
    assert alert.custom_ids[1:] == [f"unsure:of:{item.id}:{item.created_at}:{fate}" for fate in ("post", "there")]
    assert await posting.decide(FIRST, is_there=is_there)
    assert not await posting.decide(FIRST, is_there=not is_there)
    await posting.pass_by(600)
    assert len(posting.discord.visible(STATS)) == 1
    assert await posting.state_of(FIRST) is state


async def test_a_bad_token_is_no_missing_right_to_read(posting: Posting) -> None:
    posting.discord.faults["send"].append(lost(accept=True))
    posting.discord.faults["find"].append(limited(NONCE_HOLDS))
    posting.discord.faults["find"].append(refused(hopeless=True))
    await posting.play(FIRST)
    await posting.pass_by(NONCE_HOLDS + 60)
    assert await posting.state_of(FIRST) is PostState.PARKED
    await posting.pass_by(REFUSED_PAUSE)
    assert len(posting.discord.visible(STATS)) == 1
    assert await posting.state_of(FIRST) is PostState.SENT


@pytest.mark.parametrize("pause", [1, 3600])
@pytest.mark.parametrize("step", ["claimed", "accepted"])
async def test_what_is_found_on_its_way_at_start_up_is_looked_for(posting: Posting, step: str, pause: float) -> None:
    await posting.play(FIRST)
    posting.kill_at(step)
    await posting.until_killed()
    assert await posting.state_of(FIRST) is PostState.SENDING
    posting.world.clock.pass_by(pause)
    async with posting.restarted() as again:
        await again.pass_by(60)
        assert await again.shown() == ["supply 1"]
    assert len(posting.discord.requests("send")) == 1


@pytest.mark.parametrize("later", [limited(5), limited(700), refused()], ids=["away", "limited", "refused"])
@pytest.mark.parametrize("verb", ["find", "send"])
async def test_a_refusal_after_an_unknown_attempt_leaves_it_unknown(posting: Posting, verb: Verb, later: Fault) -> None:
    posting.discord.nonce_window = 60
    posting.discord.faults["send"].append(lost(late=20))
    posting.discord.faults[verb].extend([later] * 3)
    await posting.play(FIRST)
    await posting.pass_by(3 * 720)
    assert len(posting.discord.visible(STATS)) == 1
    assert await posting.state_of(FIRST) is PostState.SENT


@pytest.mark.parametrize("error", [limited(5, accept=True), limited(700, accept=True), refused(accept=True)])
async def test_no_error_makes_the_first_attempt_forgotten(posting: Posting, error: Fault) -> None:
    posting.discord.nonce_window = 1
    posting.discord.faults["send"].append(error)
    began = int(posting.world.clock.now())
    await posting.play(FIRST)
    await posting.pass_by()
    item = await posting.post_of(FIRST)
    assert (item.first_attempt_at, item.unanswered) == (began, 0)
    await posting.pass_by(800)
    assert len(posting.discord.visible(STATS)) == 1
    assert await posting.state_of(FIRST) is PostState.SENT


async def test_what_was_refused_for_certain_is_sent_again_where_the_channel_cannot_be_read(posting: Posting) -> None:
    posting.discord.unreadable.add(STATS)
    posting.discord.faults["send"].extend([refused(), limited(120)])
    await posting.play(FIRST)
    await posting.pass_by(REFUSED_PAUSE + 200)
    assert await posting.shown() == ["supply 1"]
    assert await posting.state_of(FIRST) is PostState.SENT


async def test_a_post_that_was_never_tried_in_a_day_is_no_news_any_more(posting: Posting) -> None:
    await posting.play(FIRST)
    posting.world.clock.pass_by(TOO_LATE + 1)
    await posting.pass_by(60)
    assert await posting.state_of(FIRST) is PostState.DROPPED
    assert posting.discord.asked == []


async def test_a_bug_in_one_post_does_not_hold_up_the_others(
    posting: Posting, caplog: pytest.LogCaptureFixture
) -> None:
    posting.discord.faults["send"].append(Fault(ZeroDivisionError))
    await posting.play(FIRST, LATER)
    await posting.pass_by(60)
    assert await posting.shown() == ["radar 1"]
    assert "post 1 failed by a bug" in caplog.text
    await posting.pass_by(REFUSED_PAUSE)
    assert await posting.shown() == ["radar 1", "supply 1"]


async def test_alerts_go_to_the_admins_and_wait_for_nobody(posting: Posting) -> None:
    posting.discord.faults["send"].append(limited(600))
    await posting.play(FIRST)
    await posting.pass_by()
    app = posting.world.app
    await app.db.write(lambda tx: outbox.alert(tx, "the sky is falling", now=int(app.clock.now())))
    await posting.pass_by(10)
    assert posting.alerts() == ["the sky is falling"]
    assert await posting.shown() == []


async def test_an_attempt_made_before_rounds_had_keys_is_found_by_its_old_button(posting: Posting) -> None:
    await posting.play(FIRST)
    posting.discord.faults["send"].append(lost(accept=True))
    await posting.dispatcher.step()
    (message,) = posting.discord.visible(STATS)
    item = await posting.post_of(FIRST)
    message.cards[-1] = replace(message.card, buttons=(("Players", f"round:{item.round_id}:round"),))
    posting.world.clock.pass_by(700)  # its nonce is forgotten
    await posting.pass_by(60)
    assert [one.id for one in posting.discord.visible(STATS)] == [message.id]
    assert await posting.state_of(FIRST) is PostState.SENT
    assert message.custom_ids[0] == f"round:{round_key(SERVER, FIRST.name)}:round"
