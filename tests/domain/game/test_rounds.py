"""Sets of files → rounds: who played, what counts, what is set aside or noted (FORMAT, "Round 2" and "Set aside")."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.game.file import columns
from bot.domain.game.file.files import NotARound
from bot.domain.game.file.parser import parse
from bot.domain.game.model import Aside, Note, NoteCode, Reason, Round, State
from bot.domain.game.rounds import derive, taken_out
from rigs.builders import (
    AT,
    RoundFile,
    a_guid,
    a_name,
    a_player,
    a_round,
    a_session,
    an_r1,
    an_r2,
    derived,
    figures,
    later,
    notes,
    swapped,
    two_teams,
    with_fields,
)

ANNA = a_player("anna", kills=9, damage_given=900)
BEN = a_player("ben", team=2, deaths=9, damage_received=900)
ANNA_2 = a_player("anna", team=2, kills=2, damage_given=200, minutes=6.0)
BEN_2 = a_player("ben", team=1, deaths=2, damage_received=200, minutes=6.0)
FIRST = an_r1(players=[ANNA, BEN])


def _code(round: Round) -> Aside | None:
    return None if round.reason is None else round.reason.code


def _states(*files: RoundFile) -> dict[str, Aside | None]:
    """Label of each round in the order of its end → why it does not count."""
    return {f"{one.filed.name.stamp} {one.filed.name.number}": _code(one) for one in derived(*files)}


def test_a_pair_counts_and_each_round_has_its_own_figures() -> None:
    second = an_r2(FIRST, players=[ANNA_2, BEN_2])
    one, two = derived(FIRST, second)
    assert (one.state, two.state) == (State.COUNTED, State.COUNTED)
    assert (one.first, two.first) == (None, FIRST.name)
    assert figures(one, "kills") == {"anna": 9, "ben": 0}
    assert figures(two, "kills") == {"anna": 2, "ben": 0}
    assert figures(two, "damage_given") == {"anna": 200, "ben": 0}
    assert figures(two, "team") == {"anna": 2, "ben": 1}
    assert (one.notes, two.notes) == ((), ())


def test_a_round_2_without_its_round_1_is_set_aside_until_that_comes() -> None:
    second = an_r2(FIRST, players=[ANNA_2, BEN_2])
    (orphan,) = derived(second)
    assert (orphan.state, _code(orphan), orphan.first) == (State.SET_ASIDE, Aside.UNPAIRED, None)
    assert notes(orphan) == {"cumulative": [""]}
    assert figures(orphan, "kills")["anna"] == 11
    assert orphan.duration is None
    healed = a_round(FIRST, second)
    assert (healed.state, healed.first, figures(healed, "kills")["anna"]) == (State.COUNTED, FIRST.name, 2)


def test_a_round_1_alone_counts() -> None:
    assert _states(FIRST) == {f"{AT} 1": None}


def test_an_aborted_round_is_set_aside_with_its_reason() -> None:
    assert _states(an_r1(playtime=0)) == {f"{AT} 1": Aside.ABORTED}
    assert _states(an_r1(playtime=-6_000_000, number=2)) == {f"{AT} 2": Aside.ABORTED}


def test_an_aborted_round_1_under_the_label_of_a_round_2_is_set_aside() -> None:
    minute = [replace(player, team=3 - player.team) for player in two_teams(3, minutes=1.2)]
    bogus = an_r1(number=2, map="etl_sp_delivery", at="2025-10-26-200001", players=minute, next_limit="71:05", winner=1)
    real = an_r1(map="etl_sp_delivery", at="2025-10-26-201700", players=minute)
    (aborted, counted) = derived(bogus, real)
    assert (_code(aborted), aborted.notes) == (Aside.ABORTED, ())
    assert counted.reason is None


def test_an_aborted_round_2_under_the_label_of_a_round_1_is_carried_over() -> None:
    half = an_r2(FIRST, players=[ANNA_2, BEN_2], number=1)
    assert half.report.time_limit == 480
    assert _code(a_round(FIRST, half)) is Aside.CARRIED_OVER


@pytest.mark.parametrize("label", [1, 2])
def test_a_file_under_the_label_of_a_round_1_that_runs_on_from_the_one_before_is_carried_over(label: int) -> None:
    surrendered = an_r1(number=label, winner=1, players=two_teams(minutes=3.0))
    half = an_r2(surrendered, number=1, players=swapped(two_teams(minutes=4.0)), winner=1)
    assert 6 * half.report.longest_time < half.report.time_limit
    assert _code(a_round(surrendered, half)) is Aside.CARRIED_OVER
    assert a_round(half).reason is None
    late = replace(half, at=later(surrendered.at, 3601))
    assert a_round(surrendered, late).reason is None


def test_a_map_played_again_with_people_who_did_nothing_before_is_a_round_like_any_other() -> None:
    idle = an_r1(winner=1, players=[replace(p, fields=a_player(minutes=3.0).fields, weapons={}) for p in two_teams()])
    again = an_r1(at=later(idle.at, 900), players=two_teams(rounds=1))
    watched = an_r1(players=[ANNA, BEN, a_player("carl", minutes=1.0)])
    played = an_r1(at=later(AT, 900), players=[a_player("ben", rounds=1), a_player("carl", rounds=1)])
    assert {one.reason for one in derived(watched, played)} == {None}
    strangers = an_r1(at=later(idle.at, 1800), players=[replace(ANNA, rounds=1), BEN])
    assert {one.reason for one in derived(idle, again, strangers)} == {None}


def test_a_round_1_with_figures_of_the_match_before_is_set_aside_with_8_or_9_header_fields() -> None:
    stale = two_teams(minutes=20.0)
    assert _states(an_r1(players=stale)) == {f"{AT} 1": Aside.CARRIED_OVER}
    assert _states(an_r1(players=two_teams(minutes=11.0), playtime=600_000)) == {f"{AT} 1": Aside.CARRIED_OVER}


def test_a_round_2_over_a_carried_over_round_1_is_still_split() -> None:
    first = an_r1(players=two_teams(minutes=20.0), next_limit="8:00")
    second = an_r2(first, players=swapped(two_teams(minutes=6.0)))
    one = a_round(first, second)
    assert one.state is State.COUNTED
    assert figures(one, "kills")["axis0"] == 5


def test_matches_under_the_labels_2_and_1_do_not_count() -> None:
    first = an_r1(number=2, players=[replace(ANNA, rounds=1), replace(BEN, rounds=1)])
    second = an_r2(first, number=1, players=[ANNA_2, BEN_2])
    assert list(_states(first, second).values()) == [Aside.UNPAIRED, Aside.CARRIED_OVER]


def test_a_session_in_one_list_makes_sense_of_three_matches_on_one_map() -> None:
    given_up = an_r1(at="2026-03-01-210000", next_limit="12:00", winner=1)
    first = an_r1(at="2026-03-01-211500")
    second = an_r2(first)
    again = an_r1(at="2026-03-01-213500", players=two_teams(rounds=1))
    last = an_r2(again)
    rounds = derived(last, again, second, first, given_up)
    assert [one.first for one in rounds] == [None, None, first.name, None, again.name]
    assert {one.reason for one in rounds} == {None}


def test_one_guid_on_two_lines_sets_both_rounds_aside() -> None:
    twin = a_player("twin", guid=a_guid("anna"))
    first = an_r1(players=[ANNA, BEN, twin])
    second = an_r2(FIRST, players=[ANNA_2, BEN_2])
    for one in derived(first, second):
        assert _code(one) is Aside.AMBIGUOUS
        assert notes(one)["twice"] == [a_guid("anna")]
    assert a_round(first, second).duration is None
    alone = an_r2(FIRST, players=[ANNA_2, BEN_2, replace(twin, team=2)])
    assert [_code(one) for one in derived(FIRST, alone)] == [None, Aside.AMBIGUOUS]


def test_bots_that_share_a_guid_are_split_by_name() -> None:
    bots = [a_player(name, guid="OMNIBOT0", kills=kills) for name, kills in (("Ella", 3), ("^1Fritz", 5))]
    first = an_r1(players=[ANNA, BEN, *bots])
    now = [replace(bot, team=2, name=bot.name.removeprefix("^1")) for bot in bots]
    one = a_round(first, an_r2(first, players=[ANNA_2, BEN_2]))
    assert one.reason is None
    lines = an_r2(an_r1(players=[ANNA, BEN, bots[0]]), players=[ANNA_2, BEN_2, now[0]]).report.players
    second = replace(an_r2(first), report=replace(an_r2(first).report, players=lines))
    assert figures(a_round(first, second), "kills")["Ella"] == 3
    assert {player.guid for player in a_round(first).players} >= {"OMNIBOT:Ella", "OMNIBOT:Fritz"}


def test_fewer_than_two_humans_make_no_round_that_counts() -> None:
    assert _code(a_round(an_r1(players=[ANNA]))) is Aside.FEW_HUMANS
    bots = [a_player(f"bot{number}", guid="OMNIBOT0") for number in range(3)]
    assert _code(a_round(an_r1(players=bots))) is Aside.FEW_HUMANS
    assert _code(a_round(an_r1(players=[ANNA, *bots]))) is Aside.FEW_HUMANS
    assert _code(a_round(an_r1(players=[ANNA, BEN, *bots]))) is Aside.MOSTLY_BOTS
    assert a_round(an_r1(players=[ANNA, BEN, *bots[:2]])).reason is None


def test_sixteen_against_sixteen_is_a_round_like_any_other() -> None:
    first = an_r1(players=two_teams(16))
    one = a_round(first, an_r2(first))
    assert one.state is State.COUNTED
    assert len(one.players) == 32
    assert figures(one, "kills")["axis15"] == 20


def test_a_file_cut_at_the_end_of_a_line_is_noted_as_unbalanced() -> None:
    whole = an_r1()
    cut = whole.data[: whole.data.rindex(b"\n", 0, -1) + 1]
    report = parse(cut, whole.round_name)
    assert notes(a_round(replace(whole, report=report))) == {"unbalanced": [""]}
    assert notes(a_round(whole)) == {}


@pytest.mark.parametrize("field", ["damage_given", "damage_received", "team_damage_given", "team_damage_received"])
def test_damage_without_its_other_half_is_noted(field: str) -> None:
    odd = with_fields(a_player("odd"), {field: 1})
    assert "unbalanced" in notes(a_round(an_r1(players=[*two_teams(), odd])))


def test_kills_without_deaths_are_noted() -> None:
    assert "unbalanced" in notes(a_round(an_r1(players=[*two_teams(), a_player("odd", kills=1)])))


def test_tab_fields_of_a_newer_writer_are_noted() -> None:
    one = a_round(an_r1(tab_fields=columns.MOST + 2))
    assert one.notes == (Note(NoteCode.NEWER, extra=2, known=columns.MOST),)


def test_the_notes_call_a_player_by_his_clean_name() -> None:
    late = a_player("^1la^7te", rounds=1)
    one = a_round(FIRST, an_r2(FIRST, players=[ANNA_2, BEN_2, late]))
    assert (NoteCode.JOINED, "late") in [(note.code, note.name) for note in one.notes]


def test_one_who_wears_another_name_in_round_2_is_the_same_player() -> None:
    one = a_round(FIRST, an_r2(FIRST, players=[replace(ANNA_2, name="^1not anna"), BEN_2]))
    assert figures(one, "kills") == {"not anna": 2, "ben": 0}


def test_a_session_counts_from_its_first_to_its_last_round() -> None:
    files = [(a_name(file.name), file.data) for file in a_session(8, seed=3)]
    rounds = derived(*(RoundFile(at=name.stamp, report=parse(data, name)) for name, data in files))
    assert {one.reason for one in rounds} == {None}
    assert {note.code for one in rounds for note in one.notes} == set()
    assert sum(one.first is not None for one in rounds) == 8
    for one in rounds:
        assert sum(player.kills for player in one.players) == sum(player.deaths for player in one.players) > 0
        assert all(0 < player.alive_seconds <= player.time_seconds for player in one.players)
        assert not isinstance(a_name(one.filed.name.text), NotARound)


@given(st.permutations(range(5)))
def test_the_order_of_the_files_changes_nothing(order: list[int]) -> None:
    first = an_r1(at="2026-03-01-210000", winner=1)
    second = an_r2(first)
    again = an_r1(at="2026-03-01-212500", players=two_teams(rounds=1))
    files = [first, second, again, an_r2(again), an_r1(at="2026-03-01-214500", playtime=0)]
    assert derived(*(files[number] for number in order)) == derived(*files)


def test_what_an_admin_rules_out_is_set_aside_with_his_reason() -> None:
    out = taken_out(a_round(an_r1()), "not a match")
    assert (out.state, out.reason) == (State.SET_ASIDE, Reason(Aside.IGNORED, "not a match"))


@pytest.mark.parametrize(("minutes", "aside"), [(8.1, None), (8.2, Aside.OVERTIME)])
def test_nobody_plays_longer_than_the_round_may_last(minutes: float, aside: Aside | None) -> None:
    first = an_r1()
    second = an_r2(first, players=swapped(two_teams(minutes=minutes)))
    assert _code(a_round(first, second)) is aside


def test_who_idled_through_round_1_does_not_make_round_2_too_long() -> None:
    first = an_r1()
    joiner = a_player("late", minutes=15.9, rounds=1)
    second = an_r2(first, players=[*swapped(two_teams()), joiner])
    assert a_round(first, second).state is State.COUNTED
    assert figures(a_round(first, second), "time_seconds")["late"] == 480


@pytest.mark.parametrize(("minutes", "winner"), [(8.0, 2), (12.0, 1), (12.0, 0)], ids=["won", "held", "by nobody"])
@pytest.mark.parametrize("playtime", [None, -72_000])
def test_a_round_1_after_an_attempt_that_was_broken_off_counts(
    minutes: float, winner: int, playtime: int | None
) -> None:
    attempt = two_teams(minutes=1.2)
    broken = an_r1(number=2, at="2026-03-01-205000", players=attempt, next_limit="71:05", winner=1, playtime=playtime)
    length = None if playtime is None else round(60_000 * minutes)
    first = an_r1(players=two_teams(minutes=minutes, rounds=1), winner=winner, playtime=length)
    second = an_r2(first)
    assert _states(broken, first, second) == {
        "2026-03-01-205000 2": Aside.ABORTED,
        f"{AT} 1": None,
        f"{second.at} 2": None,
    }


def test_who_has_no_guid_counts_in_his_round_and_is_noted() -> None:
    first = an_r1(players=[*two_teams(2), a_player("ghost", guid="", kills=2), a_player("ghost", guid="NO_GUID")])
    one, two = derived(first, an_r2(first))
    for told in (one, two):
        assert told.state is State.COUNTED
        assert notes(told)["unidentified"] == ["UNKNOWN:ghost", "UNKNOWN:ghost (2)"]
    assert figures(two, "kills")["ghost"] in (0, 2)


@pytest.mark.parametrize(
    ("year", "mtime", "note"),
    [
        (2036, 1_700_000_000, "clock_ahead"), (2036, None, "clock_seen"), (2036, 2_100_000_000, "clock_seen"),
        (1970, 1_700_000_000, "clock_before"), (2000, 3, "clock_seen"),
    ],
)  # fmt: skip
def test_a_stamp_that_cannot_be_true_is_noted(year: int, mtime: int | None, note: str) -> None:
    [told] = derive([an_r1(at=f"{year}-03-01-210000").filed(mtime=mtime, now=1_700_000_100)])
    assert notes(told) == {note: [""]}
    assert told.filed.ended_at == (1_700_000_100 if note == "clock_seen" else mtime)


@pytest.mark.parametrize("of", [{1}, {2}, {1, 2}], ids=["round 1", "round 2", "both"])
def test_where_one_file_does_not_tell_the_time_alive_nobody_knows_it_of_round_2(of: set[int]) -> None:
    files = [FIRST, an_r2(FIRST, players=[ANNA_2, BEN_2])]
    untold = frozenset({columns.ALIVE_SHARE})
    for number in of:
        report = files[number - 1].report
        lines = [with_fields(replace(line, unreadable=untold), {"time_played_pct": 0.0}) for line in report.players]
        files[number - 1] = replace(files[number - 1], report=replace(report, players=tuple(lines)))
    told = derived(*files)[1]
    assert (told.state, set(notes(told))) == (State.COUNTED, {"alive"})
    assert set(figures(told, "alive_seconds").values()) == {0}


def test_ratios_that_contradict_the_weapons_are_noted_and_the_round_counts() -> None:
    told = a_round(an_r1(players=[with_fields(player, {"kd": 9.0}) for player in two_teams(2)]))
    assert told.state is State.COUNTED
    assert notes(told) == {"ratios": [""]}


def test_how_long_bots_were_there_says_nothing_about_a_round() -> None:
    bots = [a_player("[BOT]x", guid="OMNIBOT0", team=team, minutes=11.0) for team in (1, 2)]
    first = an_r1(players=[*two_teams(3), *bots], next_limit="8:00")
    one, two = derived(first, an_r2(first, players=swapped([*two_teams(3), *bots])))
    assert (one.state, two.state) == (State.COUNTED, State.COUNTED)
    assert (one.duration, two.duration) == (480, 480)
