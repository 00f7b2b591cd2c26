"""After an outage one digest instead of a flood, and what the admins do not want."""

from __future__ import annotations

import pytest

from bot.deliver.dispatcher import BACKLOG, BACKLOG_AGE, REFUSED_PAUSE
from bot.domain.posts import PostKind, PostReason, PostReasonCode, PostState, Preferences, RoundPosts
from bot.store import outbox, preferences
from rigs.builders import RoundFile, a_player, an_r1, an_r2, later
from rigs.world import NIGHT
from tests.deliver.conftest import STATS, Posting
from tests.deliver.fake_discord import lost, refused

MAPS = ("supply", "radar", "te_escape2", "etl_ice")


def a_session_of(matches: int, *, begin: str = "2026-03-01-213000") -> list[RoundFile]:
    """So many matches, one after the other."""
    files: list[RoundFile] = []
    for number in range(matches):
        first = an_r1(map=MAPS[number % len(MAPS)], at=begin if not files else later(files[-1].at, 700))
        files += [first, an_r2(first)]
    return files


async def test_a_backlog_is_one_digest_with_a_line_per_match(posting: Posting) -> None:
    files = a_session_of(3)
    await posting.play(*files)
    await posting.pass_by(60)
    (message,) = posting.discord.visible(STATS)
    assert message.card.title == "Meanwhile: 6 rounds"
    assert [line.split(" on ")[1].split(" in ")[0] for line in message.card.lines] == ["Supply", "Radar", "Escape 2"]
    assert {await posting.state_of(file) for file in files} == {PostState.GATHERED}
    assert message.custom_ids[0].startswith("digest:")


async def test_a_round_1_whose_round_2_is_not_there_has_its_own_line(posting: Posting) -> None:
    await posting.play(*a_session_of(3)[:-1])
    assert len(a_session_of(3)[:-1]) == BACKLOG
    await posting.play(an_r1(map="frostbite", at="2026-03-01-213100"))
    await posting.pass_by(10)
    (message,) = posting.discord.visible(STATS)
    assert len(message.card.lines) == 4
    assert any("round 1" in line for line in message.card.lines)


async def test_few_posts_or_fresh_ones_are_no_backlog(posting: Posting) -> None:
    await posting.play(*a_session_of(2))
    await posting.pass_by(60)
    assert len(posting.discord.visible(STATS)) == 2
    fresh = a_session_of(3, begin="2026-03-01-225000")
    posting.world.clock.time = max(NIGHT, fresh[0].filed().ended_at + BACKLOG_AGE - 60)
    await posting.play(*fresh)
    await posting.pass_by(60)
    assert len(posting.discord.visible(STATS)) == 5


async def test_what_was_tried_already_is_not_gathered(posting: Posting) -> None:
    posting.discord.faults["send"].append(lost(accept=True))
    files = a_session_of(4)
    await posting.play(*files[:1])
    await posting.dispatcher.step()
    await posting.play(*files[1:])
    await posting.pass_by(300)
    titles = [message.card.title or message.card.short for message in posting.discord.visible(STATS)]
    assert len(titles) == 2
    assert await posting.state_of(files[0]) is PostState.SENT


@pytest.mark.parametrize("step", ["claimed", "accepted", "recorded"])
async def test_a_digest_is_made_once_whatever_kills_the_bot(posting: Posting, step: str) -> None:
    posting.kill_at(step)
    await posting.play(*a_session_of(3))
    await posting.until_killed()
    posting.world.clock.pass_by(500)
    await posting.pass_by(120)
    assert len(posting.discord.visible(STATS)) == 1


async def test_a_digest_corrects_itself_and_says_why(posting: Posting) -> None:
    files = a_session_of(4)
    await posting.play(*[file for file in files if file != files[2]])
    posting.world.clock.pass_by(700)  # the lonely round 2 has waited long enough
    await posting.pass_by(10)
    (message,) = posting.discord.visible(STATS)
    await posting.play(files[2])
    await posting.pass_by(700)
    assert any("corrected: " in line for line in message.card.lines)
    assert len(message.cards) == 2


async def test_a_correction_says_why(posting: Posting) -> None:
    first = an_r1()
    second = an_r2(first)
    await posting.play(second)
    posting.world.clock.pass_by(700)
    await posting.pass_by(10)
    await posting.play(first)
    await posting.pass_by(700)
    match = next(m for m in posting.discord.visible(STATS) if m.custom_ids[0].endswith(":match"))
    assert "-# corrected: its round 1 has arrived" in match.card.lines
    assert "does not count" in (match.cards[0].short or "")


async def test_a_match_is_no_correction_of_its_round_1(posting: Posting) -> None:
    first = an_r1()
    await posting.play(first)
    await posting.pass_by(10)
    await posting.play(an_r2(first))
    await posting.pass_by(10)
    said = [(card.short or "", *card.lines) for message in posting.discord.messages for card in message.cards]
    assert len(said) == 2
    assert not any("corrected" in line for lines in said for line in lines)


async def choose(posting: Posting, **changed: object) -> None:
    await posting.world.app.db.write(lambda tx: preferences.put(tx, Preferences()._replace(**changed)))  # type: ignore[arg-type]


async def test_what_the_admins_chose_is_kept(posting: Posting) -> None:
    db = posting.world.app.db
    assert await preferences.load(db) == Preferences()
    chosen = Preferences(rounds=RoundPosts.NONE, matches=False, recaps=False, players=7, channel=9)
    await db.write(lambda tx: preferences.put(tx, chosen))
    assert await preferences.load(db) == chosen


async def test_unwanted_posts_are_not_made(posting: Posting) -> None:
    await choose(posting, rounds=RoundPosts.NONE)
    first = an_r1()
    await posting.play(first, an_r2(first))
    await posting.pass_by(10)
    assert await posting.shown() == ["supply 2"]
    assert (await posting.post_of(first)).reason == PostReason(PostReasonCode.UNWANTED, "round")
    await choose(posting, players=5)
    small = an_r1(map="radar", at="2026-03-01-220000")
    large = an_r1(
        map="frostbite", at="2026-03-01-222000", players=[a_player(f"p{n}", team=1 + n % 2, kills=1) for n in range(6)]
    )
    await posting.play(small, large)
    await posting.pass_by(10)
    assert await posting.shown() == ["supply 2", "frostbite 1"]


async def test_a_post_that_was_tried_is_made_although_nobody_wants_its_kind_any_more(posting: Posting) -> None:
    posting.discord.faults["send"].append(refused())
    first = an_r1()
    await posting.play(first)
    await posting.pass_by(10)
    assert await posting.state_of(first) is PostState.PARKED
    item = await posting.post_of(first)
    await posting.world.app.db.write(lambda tx: outbox.not_there(tx, item))  # it was looked for, and the bot killed
    await choose(posting, rounds=RoundPosts.NONE)
    await posting.pass_by(REFUSED_PAUSE)
    assert await posting.state_of(first) is PostState.SENT
    assert await posting.shown() == ["supply 1"]


async def test_the_channel_of_the_posts_can_be_changed_and_old_ones_stay_where_they_are(posting: Posting) -> None:
    first = an_r1()
    await posting.play(first)
    await posting.pass_by(10)
    await choose(posting, channel=77)
    await posting.play(an_r1(map="radar", at="2026-03-01-213000"))
    await posting.pass_by(10)
    assert len(posting.discord.visible(77)) == len(posting.discord.visible(STATS)) == 1
    await posting.play(an_r2(first))
    await posting.pass_by(10)
    assert len(posting.discord.visible(77)) == 2
    assert posting.discord.visible(STATS) == [], "what the match takes the place of goes, wherever it is"


async def test_a_parked_post_goes_to_the_new_channel(posting: Posting) -> None:
    posting.discord.faults["send"].append(refused())
    await posting.play(an_r1())
    await posting.pass_by(10)
    await choose(posting, channel=77)
    await posting.pass_by(700)
    assert len(posting.discord.visible(77)) == 1
    assert posting.discord.visible(STATS) == []


async def test_a_missed_post_can_be_made_again_but_never_twice(posting: Posting) -> None:
    await choose(posting, rounds=RoundPosts.NONE)
    first = an_r1()
    await posting.play(first)
    await posting.pass_by(10)
    await choose(posting)
    number = (await posting.post_of(first)).round_id
    assert number is not None

    async def again() -> bool:
        now = int(posting.world.clock.now())
        return await posting.world.app.db.write(lambda tx: outbox.again(tx, PostKind.ROUND, number, now=now))

    assert await again()
    await posting.pass_by(10)
    assert await posting.shown() == ["supply 1"]
    assert not await again()
    posting.discord.visible(STATS)[0].deleted = True
    await posting.world.app.repairs.ignore([first.name], reason="a test", by="a test")
    await posting.pass_by(60)
    assert await posting.state_of(first) is PostState.DELETED
    assert await again()
    await posting.pass_by(10)
    assert await posting.shown() == ["supply 1"]
