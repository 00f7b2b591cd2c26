"""Teams are called the same in every post of an evening, and posts follow when an earlier match comes late."""

from __future__ import annotations

from bot.domain.posts import Correction, CorrectionCode
from bot.store.questions.rounds import matches
from rigs.builders import RoundFile, a_player, an_r1, an_r2, swapped
from tests.deliver.conftest import STATS, Posting


def a_map(at: str, map: str, *, best: str) -> list[RoundFile]:
    """anna and ben attack first and win against xaver and yvonne; `best`: who has most kills of his team."""
    lines = [
        a_player(name, team=team, kills=9 if name == best else 5, deaths=6)
        for name, team in (("anna", 2), ("ben", 2), ("xaver", 1), ("yvonne", 1))
    ]
    first = an_r1(map=map, at=at, players=lines)
    return [first, an_r2(first, players=swapped(lines), winner=1)]


EARLY, LATE = a_map("2026-03-01-210000", "supply", best="ben"), a_map("2026-03-01-213000", "radar", best="anna")


async def titles(posting: Posting) -> list[str]:
    return [message.card.title for message in posting.discord.visible(STATS) if message.card.title]


async def test_posts_follow_when_the_match_that_names_the_teams_comes_late(posting: Posting) -> None:
    await posting.play(*LATE)
    await posting.pass_by(10)
    assert await titles(posting) == ["anna's team beat xaver's team on Radar: 8:00 held"]
    await posting.play(*EARLY)
    await posting.pass_by(10)
    assert sorted(await titles(posting)) == [
        "ben's team beat xaver's team on Radar: 8:00 held",
        "ben's team beat xaver's team on Supply: 8:00 held",
    ]
    assert (await posting.post_of(LATE[1])).corrected == Correction(CorrectionCode.TEAMS)


async def test_posts_whose_names_stay_are_not_edited(posting: Posting) -> None:
    await posting.play(*EARLY)
    await posting.pass_by(10)
    before = len(posting.discord.requests("edit"))
    await posting.play(*LATE)
    await posting.pass_by(10)
    assert "ben's team beat xaver's team on Radar: 8:00 held" in await titles(posting)
    assert (await posting.post_of(EARLY[1])).corrected is None
    assert len(posting.discord.requests("edit")) == before


async def test_an_admin_who_takes_the_first_match_out_renames_the_rest(posting: Posting) -> None:
    await posting.play(*EARLY, *LATE)
    await posting.pass_by(10)
    await posting.world.app.repairs.ignore([file.name for file in EARLY], reason="a test", by="a test")
    await posting.pass_by(10)
    assert "anna's team beat xaver's team on Radar: 8:00 held" in await titles(posting)


async def test_the_match_is_called_as_its_session_calls_it(posting: Posting) -> None:
    await posting.play(*EARLY, *LATE)
    number = (await posting.post_of(LATE[1])).round_id
    assert number is not None
    match = await matches.match_answer(posting.world.app.db, number)
    assert match is not None
    assert match.names[0] == "ben's team"
