"""Who killed whom: by identity, against the lines, over several rounds (SCRIPT, "Section KILLS")."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.game.file.report import RoundReport, Tally
from bot.domain.game.lines import keyed
from bot.domain.game.model import Note, NoteCode, Round, State
from bot.domain.game.rounds import derive
from bot.domain.game.tallies import added_up, by_identity
from rigs.builders import RoundFile, a_guid, a_player, a_round, an_r1, an_r2, derived, of_our_script
from tests.domain.game.file.strategies import of_our_script as any_file_of_ours

ANNA, BEN, CLEO, DORA = map(a_guid, ("anna", "ben", "cleo", "dora"))
FOUR = [
    a_player("anna", kills=5, deaths=1),
    a_player("ben", kills=2, deaths=2),
    a_player("cleo", team=2, kills=3, deaths=4),
    a_player("dora", team=2, deaths=3),
]
KILLS = {("anna", "cleo"): 4, ("anna", "dora"): 1, ("ben", "dora"): 2, ("cleo", "anna"): 1, ("cleo", "ben"): 2}
FIRST = an_r1(players=FOUR)


def differing(one: Round) -> list[Note]:
    return [note for note in one.notes if note.code is NoteCode.KILLS_DIFFER]


def test_a_round_knows_who_killed_whom() -> None:
    one = a_round(of_our_script(FIRST, KILLS))
    assert one.tallies == tuple(sorted((a_guid(k), a_guid(v), times) for (k, v), times in KILLS.items()))
    assert (one.state, one.notes) == (State.COUNTED, ())


def test_no_section_is_unknown_and_an_empty_one_is_nobody() -> None:
    assert a_round(FIRST).tallies is None
    reloaded = a_round(of_our_script(FIRST))
    assert (reloaded.tallies, reloaded.notes) == (None, ())
    peace = an_r1(players=[a_player("anna"), a_player("cleo", team=2)])
    assert a_round(of_our_script(peace, {})).tallies == ()
    assert a_round(of_our_script(peace, {})).notes == ()


def test_in_round_2_they_are_round_2_alone_and_nothing_is_subtracted() -> None:
    second = an_r2(FIRST)  # the same once more, so the file's figures are twice these
    rounds = derived(of_our_script(FIRST, KILLS), of_our_script(second, KILLS))
    assert [one.tallies for one in rounds] == [rounds[0].tallies] * 2
    assert [differing(one) for one in rounds] == [[], []]


@pytest.mark.parametrize(
    ("changed", "who"),
    [
        ({("anna", "cleo"): 3}, {"anna", "cleo"}),
        ({("anna", "cleo"): 3, ("anna", "dora"): 2}, {"cleo", "dora"}),
        ({("dora", "anna"): 1}, {"anna", "dora"}),
    ],
)
def test_sums_that_are_not_the_lines_are_noted_for_each_player(
    changed: dict[tuple[str, str], int], who: set[str]
) -> None:
    one = a_round(of_our_script(FIRST, KILLS | changed))
    assert {note.name for note in differing(one)} == who
    assert {note.guid for note in differing(one)} == {a_guid(name) for name in who}
    assert one.state is State.COUNTED


def test_somebody_without_a_line_is_noted_by_his_guid() -> None:
    one = a_round(of_our_script(FIRST, KILLS | {("gus", "ghost"): 1}))
    assert {note.name for note in differing(one)} == {a_guid("gus"), a_guid("ghost")}


def test_who_reconnected_is_noted_once() -> None:
    again = an_r2(FIRST, fresh=["anna"], players=[replace(p, team=3 - p.team) for p in FOUR])
    kills = {**KILLS, ("anna", "cleo"): 9}  # what he did before he left stands in the section alone
    one = a_round(FIRST, of_our_script(again, kills))
    assert [(note.code, note.guid) for note in one.notes if note.guid == ANNA] == [(NoteCode.RECONNECTED, ANNA)]
    assert {note.name for note in differing(one)} == {"cleo"}


def test_a_round_2_that_cannot_be_split_is_not_held_against_them() -> None:
    one = a_round(of_our_script(an_r2(FIRST), KILLS))
    assert one.state is State.SET_ASIDE
    assert one.tallies is not None
    assert differing(one) == []


def test_a_newer_section_is_unknown_and_noted() -> None:
    file = of_our_script(FIRST, {})
    newer = RoundFile(at=file.at, report=replace(file.report, tallies=None, kills_version=3))
    one = a_round(newer)
    assert (one.tallies, one.notes) == (None, (Note(NoteCode.KILLS_NEWER, extra=3, known=1),))
    assert one.state is State.COUNTED


def a_crowd(*shared: tuple[str, str]) -> RoundFile:
    """Anna and Cleo, and others by name and GUID who did one kill and died once."""
    others = [a_player(name, guid=guid, team=2, kills=1, deaths=1) for name, guid in shared]
    return an_r1(players=[a_player("anna", kills=len(others), deaths=len(others)), a_player("cleo", team=2), *others])


def told(file: RoundFile, *tallies: Tally) -> Round:
    ours = of_our_script(file, {})
    return a_round(replace(ours, report=replace(ours.report, tallies=tallies)))


def test_one_bot_is_told_by_his_name_and_bots_that_share_a_guid_together() -> None:
    one = told(a_crowd(("joe", "OMNIBOT0")), Tally(ANNA, "OMNIBOT0", 1), Tally("OMNIBOT0", ANNA, 1))
    assert one.tallies == (Tally(ANNA, "OMNIBOT:joe", 1), Tally("OMNIBOT:joe", ANNA, 1))
    two = told(
        a_crowd(("joe", "OMNIBOT0"), ("jim", "OMNIBOT0")), Tally(ANNA, "OMNIBOT0", 2), Tally("OMNIBOT0", ANNA, 2)
    )
    assert two.tallies == (Tally(ANNA, "OMNIBOT0", 2), Tally("OMNIBOT0", ANNA, 2))
    assert [differing(one), differing(two)] == [[], []]


def test_who_has_no_guid_is_told_by_his_name_and_several_together() -> None:
    one = told(a_crowd(("gus", "")), Tally(ANNA, "", 1), Tally("", ANNA, 1))
    assert one.tallies == (Tally(ANNA, "UNKNOWN:gus", 1), Tally("UNKNOWN:gus", ANNA, 1))
    two = told(a_crowd(("gus", ""), ("hal", "")), Tally(ANNA, "", 2), Tally("", ANNA, 1))
    assert two.tallies == (Tally(ANNA, "UNKNOWN:", 2), Tally("UNKNOWN:", ANNA, 1))
    assert differing(one) == []
    assert [note.name for note in differing(two)] == ["gus, hal", "anna"]


@given(any_file_of_ours())
def test_no_kill_is_lost_on_the_way_to_identities(report: RoundReport) -> None:
    found = by_identity(report, [key for key, _ in keyed(report)])
    if report.tallies is None:
        assert found is None
    else:
        assert found is not None
        assert sum(tally.times for tally in found) == sum(tally.times for tally in report.tallies)
        assert len({tally[:2] for tally in found}) == len(found)


def test_a_sum_of_which_a_part_is_unknown_is_unknown() -> None:
    one, other = (Tally("A", "B", 2), Tally("B", "A", 1)), (Tally("A", "B", 3), Tally("A", "C", 1))
    assert added_up([one, other]) == (Tally("A", "B", 5), Tally("A", "C", 1), Tally("B", "A", 1))
    assert added_up([one, None]) is None
    assert added_up([]) == ()


@given(st.permutations(range(4)))
def test_the_order_of_arrival_changes_nothing(order: list[int]) -> None:
    again = replace(FIRST, at="2026-03-01-220000")
    files = [of_our_script(FIRST, KILLS), of_our_script(an_r2(FIRST), KILLS), of_our_script(again, KILLS), an_r2(again)]
    rounds = {one.filed.name.text: one.tallies for one in derive(files[place].filed() for place in order)}
    assert Counter(tallies is not None for tallies in rounds.values()) == {True: 3, False: 1}
