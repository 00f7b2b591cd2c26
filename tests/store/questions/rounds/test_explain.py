"""The rounds behind a number add up to it, and each value is what its file says, less what round 1's file says."""

from __future__ import annotations

import pytest

from bot.domain.game.model import Aside, NoteCode, Reason
from bot.domain.stats.rounds.explanations import FIGURES, Explanation, Reckoning, figure
from bot.domain.stats.scope import Scope
from bot.store.questions.rounds import explain
from bot.store.questions.scopes import ChosenRounds, choose
from rigs.builders import a_guid, a_player, a_session, an_r1, an_r2, of_our_script
from rigs.world import NIGHT, World, a_rules

ANNA = a_guid("anna")
FIRST = an_r1(players=[a_player("anna", kills=5, xp=30), a_player("ben", team=2, deaths=5)])
SECOND = an_r2(FIRST, players=[a_player("anna", team=2, kills=2, xp=11), a_player("ben", deaths=2)])
ORPHAN = an_r2(an_r1(at="2026-03-01-213000", players=FIRST.report.players, map="radar"))


async def all_time(world: World, scope: Scope | None = None) -> ChosenRounds:
    return await choose(world.app.db, scope or Scope(), now=NIGHT, rules=a_rules())


async def why(world: World, name: str, *, guid: str = ANNA, page: int = 0) -> Explanation:
    asked = figure(name)
    assert asked is not None
    return await explain.explain(world.app.db, await all_time(world), asked, guid=guid, page=page)


async def test_a_figure_is_told_with_its_files_the_newest_first(world: World) -> None:
    await world.add(FIRST, SECOND, ORPHAN)
    found = await why(world, "kills")
    assert (found.sum.value, found.rounds, found.name) == (7, 2, "anna")
    second, first = found.steps
    assert (second.file, second.first, first.file, first.first) == (SECOND.name, FIRST.name, FIRST.name, None)
    [its] = second.parts
    assert (its.written, its.before, its.counted) == (7, 5, 2)
    assert its.how is Reckoning.MINUS_FIRST


async def test_what_does_not_count_is_named_with_its_reason(world: World) -> None:
    await world.add(FIRST, SECOND, ORPHAN)
    [out] = (await why(world, "kills")).left_out
    assert out.file == ORPHAN.name
    assert out.reason == Reason(Aside.UNPAIRED)
    scope = Scope(maps=("supply",))
    asked = figure("kills")
    assert asked is not None
    elsewhere = await explain.explain(world.app.db, await all_time(world, scope), asked, guid=ANNA)
    assert elsewhere.left_out == ()


@pytest.mark.parametrize("asked", [one for one in FIGURES if not one.per and not one.peak], ids=lambda one: one.name)
async def test_the_rounds_of_all_pages_add_up_to_the_sum(world: World, asked) -> None:  # type: ignore[no-untyped-def]
    await world.add(*a_session(5, players=6))
    guid = str(await world.app.db.value("SELECT guid FROM player_rounds WHERE counted ORDER BY guid LIMIT 1"))
    pages = [await why(world, asked.name, guid=guid)]
    pages += [await why(world, asked.name, guid=guid, page=page) for page in range(1, pages[0].pages)]
    steps = [step for page in pages for step in page.steps]
    assert len(steps) == pages[0].rounds > explain.PAGE
    assert len({step.round_id for step in steps}) == len(steps)
    assert [step.ended_at for step in steps] == sorted((step.ended_at for step in steps), reverse=True)
    if asked.top in {part.column for part in steps[0].parts} or asked.name in ("wins", "matches"):
        known = [part.counted for step in steps for part in step.parts if part.counted is not None]
        assert sum(known) == pages[0].sum.value


async def test_what_a_lost_match_adds_to_the_matches_won_is_nothing(world: World) -> None:
    await world.add(*a_session(5, players=6))
    results = set()
    for row in await world.rows("SELECT DISTINCT guid FROM player_rounds WHERE counted"):
        for name in ("wins", "matches", "win_rate"):
            pages = [await why(world, name, guid=row["guid"])]
            pages += [await why(world, name, guid=row["guid"], page=page) for page in range(1, pages[0].pages)]
            added = [part.counted for page in pages for step in page.steps for part in step.parts]
            known = [value for value in added if value is not None]
            total = pages[0].sum
            assert sum(known) == (total.value if name != "win_rate" else total.top)
            assert name != "win_rate" or len(known) == total.per
            results |= {*known}
    assert results == {0, 1}


@pytest.mark.parametrize("name", ["kills", "shots", "damage", "hits", "bullets", "gibs"])
async def test_a_value_is_what_its_file_says_less_what_round_1_said(world: World, name: str) -> None:
    await world.add(*a_session(3, players=6))
    for row in await world.rows("SELECT DISTINCT guid FROM player_rounds WHERE counted"):
        for step in (await why(world, name, guid=row["guid"])).steps:
            for part in step.parts:
                assert part.written is not None
                assert part.counted == part.written - (part.before or 0)
                assert (part.before is None) == (step.number == 1)


async def test_a_page_beyond_the_last_one_is_the_last_one(world: World) -> None:
    await world.add(FIRST, SECOND)
    for page in (-3, 99):
        found = await why(world, "kills", page=page)
        assert (found.page, found.pages, len(found.steps)) == (0, 1, 2)


async def test_notes_about_the_player_and_the_file_are_told_those_about_others_are_not(world: World) -> None:
    again = an_r2(FIRST, players=[a_player("anna", team=2, kills=2), a_player("ben", deaths=2)], fresh=["anna"])
    await world.add(FIRST, again)
    notes = (await why(world, "kills")).steps[0].notes
    assert {NoteCode.RESET, NoteCode.RECONNECTED} & {note.code for note in notes if note.name == "anna"}
    of_ben = (await why(world, "kills", guid=a_guid("ben"))).steps[0].notes
    assert "anna" not in {note.name for note in of_ben}


async def test_what_a_writer_did_not_know_is_counted_as_unknown(world: World) -> None:
    await world.add(FIRST, an_r1(at="2026-03-01-220000", map="radar", players=FIRST.report.players, tab_fields=33))
    found = await why(world, "objectives")
    assert (found.sum.value, found.sum.unknown, found.rounds) == (0, 1, 2)
    assert found.steps[0].parts[-1].counted is None


async def test_lost_bytes_are_said_and_the_sum_stays(world: World) -> None:
    await world.add(FIRST, SECOND)
    await world.app.db.write(lambda tx: tx.execute("UPDATE evidence SET content = x'00'"))
    found = await why(world, "kills")
    assert found.sum.value == 7
    assert {part.how for step in found.steps for part in step.parts} == {Reckoning.LOST}
    story = await explain.story(world.app.db, found.steps[0].round_id)
    assert story is not None
    assert story.header == ()


async def test_an_overview_has_the_figures_that_people_ask_about(world: World) -> None:
    await world.add(FIRST, SECOND, ORPHAN)
    found = await explain.overview(world.app.db, await all_time(world), guid=ANNA)
    assert [one.figure.name for one in found.sums] == ["shots", "accuracy", "kills", "kd", "dpm", "revives"]
    assert (found.rounds, len(found.left_out)) == (2, 1)
    assert next(one.value for one in found.sums if one.figure.name == "kills") == 7


async def test_a_round_s_story_has_its_file_its_pair_and_every_player(world: World) -> None:
    await world.add(FIRST, SECOND, ORPHAN)
    number = await world.app.db.value("SELECT id FROM rounds WHERE filename = :name", name=SECOND.name)
    story = await explain.story(world.app.db, number)
    assert story is not None
    assert (story.file, story.first, story.state, story.reason) == (SECOND.name, FIRST.name, "counted", None)
    assert dict(story.header)["configuration"] == "legacy3"
    kills = {name: next(part for part in parts if part.column == "kills") for name, parts in story.players}
    assert (kills["anna"].written, kills["anna"].before, kills["anna"].counted) == (7, 5, 2)


async def test_a_round_that_does_not_count_says_why_in_its_story(world: World) -> None:
    await world.add(ORPHAN)
    story = await explain.story(world.app.db, 1)
    assert story is not None
    assert (story.first, story.state) == (None, "set_aside")
    assert story.reason is not None
    assert story.notes
    assert {part.how for _, parts in story.players for part in parts} == {Reckoning.NO_FIRST}


async def test_no_round_has_no_story(world: World) -> None:
    assert await explain.story(world.app.db, 7) is None


async def test_a_round_s_story_has_what_our_own_script_says_of_it(world: World) -> None:
    await world.add(of_our_script(FIRST, {}), an_r1(at="2026-03-01-220000", map="radar"))
    story, other = await explain.story(world.app.db, 1), await explain.story(world.app.db, 2)
    assert story is not None
    assert other is not None
    assert story.header[-2:] == (("end", "2026-03-01T20:59:57Z"), ("written by", "etstats/1.0.0 legacy v2.83"))
    assert "written by" not in dict(other.header)
