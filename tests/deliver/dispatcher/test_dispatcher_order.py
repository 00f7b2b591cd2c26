"""What becomes of posts together: their order, and the edits that follow them."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from bot.app import SERVER
from bot.deliver.dispatcher import NONCE_HOLDS, OLD_EDIT_PAUSE, OLD_MESSAGE, REFUSED_PAUSE
from bot.domain.game.file.files import round_key
from bot.domain.posts import PAIR_PATIENCE, Correction, CorrectionCode, PostKind, PostState, Preferences, RoundPosts
from bot.domain.trouble import Trouble, TroubleCode
from bot.store import outbox, preferences
from rigs.builders import RoundFile, a_session, an_r1, an_r2, two_teams
from tests.deliver.conftest import STATS, Posting
from tests.deliver.fake_discord import Fault, limited, lost, refused

FIRST = an_r1()
SECOND = an_r2(FIRST)
LATER = an_r1(map="radar", at="2026-03-01-213000")
LAST = an_r2(LATER)


async def amend(posting: Posting, file: RoundFile) -> None:
    """The round says something else from now on."""
    item = await posting.post_of(file)
    assert item.round_id is not None
    number, now = item.round_id, int(posting.world.clock.now())
    why = Correction(CorrectionCode.PAIRED_ANEW)
    await posting.world.app.db.write(lambda tx: outbox.amend(tx, number, ready=True, why=why, now=now))


async def test_when_the_match_is_posted_as_a_new_message_that_of_its_round_1_goes(posting: Posting) -> None:
    await posting.play(FIRST)
    await posting.pass_by(10)
    (line,) = posting.discord.visible(STATS)
    assert line.card.short == "**Supply**, round 1: Allies set **8:00** to beat"
    assert line.custom_ids[0] == f"round:{round_key(SERVER, FIRST.name)}:round"
    await posting.play(SECOND)
    await posting.pass_by(10)
    (match,) = posting.discord.visible(STATS)
    assert match.id != line.id, "an edit notifies nobody"
    assert " beat " in match.card.title
    assert (await posting.state_of(FIRST), await posting.state_of(SECOND)) == (PostState.REPLACED, PostState.SENT)
    assert not posting.discord.requests("edit")


async def test_ten_maps_leave_ten_messages(posting: Posting) -> None:
    session = a_session(10)
    for file in session:
        await posting.play(file)
        await posting.pass_by(10)
    messages = posting.discord.visible(STATS)
    assert len(messages) == 10
    assert all(message.custom_ids[0].endswith(":match") for message in messages)
    assert len(posting.discord.requests("send")) == len(session) == 20


async def test_round_1_with_its_picture_goes_as_well(posting: Posting) -> None:
    await posting.world.app.db.write(lambda tx: preferences.put(tx, Preferences(rounds=RoundPosts.CARD)))
    await posting.play(FIRST)
    await posting.pass_by(10)
    (card,) = posting.discord.visible(STATS)
    assert card.card.is_large
    await posting.play(SECOND)
    await posting.pass_by(10)
    assert await posting.shown() == ["supply 2"]


@pytest.mark.parametrize("step", ["accepted", "recorded", "removed"])
async def test_a_kill_at_any_step_leaves_the_match_alone(posting: Posting, step: str) -> None:
    await posting.play(FIRST)
    await posting.pass_by(10)
    await posting.play(SECOND)
    posting.kill_at(step)
    if step == "removed":
        await posting.dispatcher.step()
    await posting.until_killed()
    there = {message.custom_ids[0].rpartition(":")[2] for message in posting.discord.visible(STATS)}
    assert "match" in there, "never gone before the match is there, and its id stored"
    if step == "accepted":
        assert "round" in there
    async with posting.restarted() as again:
        await again.pass_by(200)
        assert await again.shown() == ["supply 2"]
        assert await again.state_of(FIRST) is PostState.REPLACED


@pytest.mark.parametrize("fault", [lost(), lost(accept=True), limited(5), refused()])
async def test_a_deletion_that_fails_is_repeated(posting: Posting, fault: Fault) -> None:
    posting.discord.faults["delete"].append(fault)
    await posting.play(FIRST)
    await posting.pass_by(10)
    await posting.play(SECOND)
    await posting.pass_by(620)
    assert await posting.state_of(FIRST) is PostState.REPLACED
    assert await posting.shown() == ["supply 2"]
    assert posting.alerts() == []


async def test_a_round_2_that_does_not_count_says_so_in_a_line_and_tells_of_round_1(posting: Posting) -> None:
    await posting.play(FIRST)
    await posting.pass_by(10)
    await posting.play(SECOND)
    await posting.pass_by(10)
    await posting.world.app.repairs.ignore([SECOND.name], reason="a test", by="a test")
    await posting.pass_by(10)
    (line,) = posting.discord.visible(STATS)
    assert line.card.short is not None
    assert line.card.short.startswith("**Supply**: round 2 does not count, ")
    assert " Round 1: Allies set **8:00** to beat." in line.card.short


async def test_a_round_1_whose_match_turns_out_to_be_another_s_is_posted_again(posting: Posting) -> None:
    """Nobody would see it otherwise."""
    await posting.play(FIRST)
    await posting.pass_by(10)
    await posting.play(SECOND)
    await posting.pass_by(10)
    db = posting.world.app.db
    await db.write(lambda tx: tx.execute("UPDATE rounds SET first_round_id = NULL"))
    await posting.play(LATER)
    await posting.pass_by(10)
    assert sorted(await posting.shown()) == ["radar 1", "supply 1", "supply 2"]


async def test_a_round_2_waits_ten_minutes_for_its_round_1(posting: Posting) -> None:
    await posting.play(SECOND)
    await posting.pass_by(PAIR_PATIENCE - 10)
    assert await posting.shown() == []
    await posting.play(FIRST)
    await posting.pass_by(10)
    (match,) = posting.discord.visible(STATS)
    assert " beat " in match.card.title


async def test_a_round_2_that_was_posted_alone_is_edited_when_its_round_1_comes(posting: Posting) -> None:
    await posting.play(SECOND)
    await posting.pass_by(PAIR_PATIENCE + 10)
    (alone,) = posting.discord.visible(STATS)
    assert "round 2 does not count, its round 1 is not here" in (alone.card.short or "")
    await posting.play(FIRST)
    await posting.pass_by(10)
    (match,) = posting.discord.visible(STATS)
    assert match.id == alone.id
    assert " beat " in match.card.title


async def test_an_old_message_is_edited_at_most_every_ten_minutes_and_the_newest_content_wins(posting: Posting) -> None:
    await posting.play(FIRST)
    await posting.pass_by(OLD_MESSAGE + 10)
    posting.discord.faults["edit"].extend([None, lost(accept=True)])
    for _ in range(25):
        await amend(posting, FIRST)
        await posting.pass_by(60)
    await posting.pass_by(OLD_EDIT_PAUSE)
    at = [asked.at for asked in posting.discord.requests("edit")]
    assert len(at) == 4
    assert all(later - earlier >= OLD_EDIT_PAUSE for earlier, later in pairwise(at))
    item = await posting.post_of(FIRST)
    assert item.sent_revision == item.revision == 26


async def test_a_kill_between_edit_and_record_does_not_hurry_an_old_message(posting: Posting) -> None:
    await posting.play(FIRST)
    await posting.pass_by(OLD_MESSAGE + 10)
    await amend(posting, FIRST)
    posting.kill_at("edited")
    await posting.until_killed()
    async with posting.restarted() as again:
        await again.pass_by(OLD_EDIT_PAUSE + 10)
        before, after = posting.discord.requests("edit")
        assert after.at - before.at >= OLD_EDIT_PAUSE
        item = await again.post_of(FIRST)
        assert item.sent_revision == item.revision


@pytest.mark.parametrize("fault", [lost(), lost(accept=True), limited(5), refused()])
async def test_an_edit_that_fails_is_repeated(posting: Posting, fault: Fault) -> None:
    posting.discord.faults["edit"].append(fault)
    await posting.play(FIRST)
    await posting.pass_by(10)
    await amend(posting, FIRST)
    await posting.pass_by(620)
    (first,) = posting.discord.visible(STATS)
    assert "(corrected: " in (first.card.short or "")
    assert await posting.state_of(FIRST) is PostState.SENT


@pytest.mark.parametrize("end", ["done", "deleted"])
async def test_an_edit_that_is_refused_is_trouble_until_it_is_done_or_given_up_whatever_else_gets_through(
    posting: Posting, caplog: pytest.LogCaptureFixture, end: str
) -> None:
    caplog.set_level("INFO")
    await posting.play(FIRST)
    await posting.pass_by(10)
    posting.discord.always["edit"] = refused()
    await amend(posting, FIRST)
    await posting.pass_by(10)
    await posting.play(LATER)
    await posting.pass_by(2 * REFUSED_PAUSE)
    assert await posting.shown() == ["supply 1", "radar 1"]
    number = (await posting.post_of(FIRST)).round_id
    text = f"the round post of round {number} cannot be brought up to date: 403: missing permissions"
    trouble = posting.dispatcher.trouble
    assert trouble == Trouble(TroubleCode.POST_REFUSED, text)
    assert caplog.text.count(text) == 1
    assert "works again" not in caplog.text
    posting.discord.always.clear()
    posting.discord.messages[0].deleted = end == "deleted"
    await posting.pass_by(REFUSED_PAUSE)
    assert await posting.state_of(FIRST) is (PostState.DELETED if end == "deleted" else PostState.SENT)
    assert posting.dispatcher.trouble is None
    assert caplog.text.count("posting: works again") == 1


async def test_a_message_that_a_moderator_deleted_is_let_go(posting: Posting) -> None:
    await posting.play(FIRST)
    await posting.pass_by(10)
    posting.discord.messages[0].deleted = True
    await posting.play(SECOND)
    await posting.pass_by(1200)
    assert await posting.shown() == ["supply 2"]
    assert await posting.state_of(FIRST) is PostState.REPLACED
    assert [len(posting.discord.requests(verb)) for verb in ("send", "edit", "delete")] == [2, 0, 1]


@pytest.mark.parametrize("fault", [lost(), lost(late=20), lost(takes=75), limited(5), limited(700)])
async def test_posts_stay_in_the_order_of_their_rounds(posting: Posting, fault: Fault) -> None:
    posting.discord.faults["send"].extend([fault, fault])
    await posting.play(LAST, FIRST)
    await posting.play(LATER, SECOND)
    await posting.pass_by(2000)
    last, second = await posting.post_of(LAST), await posting.post_of(SECOND)
    in_order = [(await posting.post_of(file)).message_id for file in (FIRST, SECOND, LATER, LAST)]
    assert in_order == [message.id for message in posting.discord.messages]
    assert await posting.shown() == ["supply 2", "radar 2"]
    assert (last.state, second.state) == (PostState.SENT, PostState.SENT)


async def test_nobody_overtakes_a_post_whose_answer_may_still_come(posting: Posting) -> None:
    posting.discord.faults["send"].extend([lost(), lost(takes=20)])
    posting.discord.always["find"] = lost()
    await posting.play(FIRST, LATER)
    await posting.pass_by(NONCE_HOLDS - 25)
    posting.discord.always.clear()
    posting.world.clock.pass_by((await posting.post_of(FIRST)).not_before - posting.world.clock.now())
    await posting.pass_by(10)  # the second attempt, after which the first one is old
    assert len(posting.discord.requests("send")) == 2
    await posting.pass_by(60)
    assert await posting.shown() == ["supply 1", "radar 1"]


async def test_a_restart_keeps_the_order_too(posting: Posting) -> None:
    posting.discord.faults["send"].append(limited(300))
    await posting.play(FIRST)
    await posting.pass_by(10)
    async with posting.restarted() as again:
        await again.play(LATER)
        await again.pass_by(310)
        assert await again.shown() == ["supply 1", "radar 1"]


async def test_a_rate_limit_is_waited_for_and_nobody_asks_meanwhile(posting: Posting) -> None:
    posting.discord.faults["send"].append(limited(600))
    await posting.play(FIRST, SECOND, LATER)
    await posting.pass_by(590)
    assert len(posting.discord.asked) == 1
    await posting.pass_by(30)
    assert await posting.shown() == ["supply 2", "radar 1"]


async def test_a_post_that_fails_for_ten_minutes_holds_up_nobody_any_more(posting: Posting) -> None:
    crew = two_teams()
    poison = an_r1(map="poison", at="2026-03-01-205000", players=crew)
    await posting.play(poison)
    posting.discord.faults["send"].extend([lost()] * 25)
    await posting.pass_by(900)
    posting.discord.faults["send"].clear()
    posting.discord.faults["send"].append(lost())  # the poisoned one again
    await posting.play(LATER)
    await posting.pass_by(30)
    assert "radar 1" in await posting.shown()


async def test_two_bots_with_one_token_make_one_message(posting: Posting, tmp_path: Path) -> None:
    async with posting.restarted(tmp_path / "twin") as twin:
        await twin.world.poll()
        for one in (posting, twin):
            await one.play(FIRST, SECOND)
            await one.pass_by(10)
        assert await posting.shown() == ["supply 2"]
        assert (await twin.post_of(SECOND)).message_id == (await posting.post_of(SECOND)).message_id


async def test_a_refused_post_holds_up_nobody(posting: Posting) -> None:
    posting.discord.faults["send"].append(refused())
    await posting.play(FIRST, LATER)
    await posting.pass_by(10)
    assert await posting.shown() == ["radar 1"]


async def test_a_round_1_that_was_refused_until_its_match_was_posted_is_not_posted_any_more(posting: Posting) -> None:
    posting.discord.faults["send"].append(refused())
    await posting.play(FIRST, SECOND)
    await posting.pass_by(620)
    (match,) = posting.discord.visible(STATS)
    assert " beat " in match.card.title
    assert await posting.state_of(FIRST) is PostState.REPLACED
    assert await posting.world.app.db.write(lambda tx: outbox.again(tx, PostKind.ROUND, 1, now=0)) is False
