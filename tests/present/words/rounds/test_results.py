from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.game.file.files import RoundKey
from bot.domain.game.file.report import Tally
from bot.domain.game.matches import Half
from bot.domain.game.model import Aside, Note, NoteCode, Reason, State
from bot.domain.stats.answers import MatchAnswer, PlayerLine, RoundAnswer
from bot.present.card import AMBER, FIRST_YELLOW, NEUTRAL, SECOND_PINK
from bot.present.words.rounds.matches import (
    attack_words,
    details_card,
    first_attack,
    round_card,
    round_result,
    second_attack,
)
from tests.present.checks import check, prose, tables
from tests.present.discord_markup import LINK, MENTION
from tests.present.strategies import halves, rounds

AXIS, ALLIES = 1, 2
FINISHED = Half(AXIS, ALLIES, 720, 462)
HELD = Half(AXIS, AXIS, 720, 720)
HELD_EARLY = Half(AXIS, AXIS, 720, 300)
BEATEN = Half(AXIS, ALLIES, 462, 384)
NOT_BEATEN = Half(AXIS, AXIS, 462, 462)


def a_line(name: str, team: int, **figures: int | None) -> PlayerLine:
    usual: dict[str, int | None] = {
        "kills": 9, "deaths": 6, "damage_given": 1500, "damage_received": 1200, "headshots": 7, "hits": 40,
        "shots": 120, "time_seconds": 462, "alive_seconds": 370, "gibs": 1, "selfkills": 0, "teamkills": 0,
        "revives_given": 2, "useful_kills": 3,
    }  # fmt: skip
    return PlayerLine(guid=f"{name:0<8.8}", name=name, team=team, **{**usual, **figures})  # type: ignore[arg-type]


def an_answer(half: Half, *, number: int = 1, players: tuple[PlayerLine, ...] | None = None) -> RoundAnswer:
    return RoundAnswer(
        id=7,
        key=RoundKey("7" * 16),
        file=f"2026-03-01-210000-supply-round-{number}.txt",
        map="supply",
        number=number,
        ended_at=1_772_406_000,
        half=half,
        state=State.COUNTED,
        reason=None,
        players=players or (a_line("anna", AXIS), a_line("ben", AXIS), a_line("cleo", ALLIES), a_line("dan", ALLIES)),
        notes=(),
    )


def told(half: Half, *, first: Half | None = None, number: int = 1) -> tuple[str, ...]:
    card = round_card(an_answer(half, number=number), first=first)
    return (card.title, *card.lines)


def test_a_round_1_tells_its_time_and_the_time_to_beat() -> None:
    assert told(FINISHED) == (
        "Supply, round 1: Allies finished in 7:42",
        "**7:42** to beat in round 2. The limit was 12:00",
    )


def test_a_held_round_1_leaves_the_whole_limit_to_beat() -> None:
    assert told(HELD) == (
        "Supply, round 1: Axis held",
        "Allies were held. **12:00** to beat in round 2",
    )


def test_a_surrendered_hold_tells_how_long_it_really_was() -> None:
    line = "Allies were stopped at 5:00. **12:00** to beat in round 2"
    assert told(HELD_EARLY) == ("Supply, round 1: Axis held", line)


def test_a_hold_of_unknown_length_is_a_hold() -> None:
    line = "Allies were held. **12:00** to beat in round 2"
    assert told(HELD._replace(duration=None)) == ("Supply, round 1: Axis held", line)


def test_a_finish_at_an_unknown_time_shows_a_dash_and_no_zero() -> None:
    assert told(FINISHED._replace(duration=None)) == (
        "Supply, round 1: Allies finished",
        "**–** to beat in round 2. The limit was 12:00",
    )


def test_axis_attacks_where_allies_defend() -> None:
    assert round_result(Half(ALLIES, AXIS, 600, 200)) == "Axis finished in 3:20"
    assert round_result(Half(ALLIES, ALLIES, 600, 600)) == "Allies held"


def test_a_round_without_a_winner_is_one_that_was_held() -> None:
    assert round_result(Half(AXIS, 0, 600, 600)) == "Axis held"


def test_who_attacked_second_wins_by_beating_the_time() -> None:
    assert told(BEATEN, first=FINISHED, number=2) == (
        "dan's team beat ben's team on Supply in 6:24",
        "▲ ben's team set **7:42**",
        "■ dan's team beat 7:42 in **6:24**",
    )


def test_who_attacked_second_wins_by_finishing_after_a_full_hold() -> None:
    assert told(Half(AXIS, ALLIES, 720, 400), first=HELD, number=2) == (
        "dan's team beat ben's team on Supply in 6:40",
        "▲ ben's team was held, 12:00",
        "■ dan's team beat 12:00 in **6:40**",
    )


def test_who_attacked_first_wins_if_their_time_is_not_beaten() -> None:
    assert told(NOT_BEATEN, first=FINISHED, number=2) == (
        "ben's team beat dan's team on Supply: 7:42 held",
        "▲ ben's team set **7:42**",
        "■ dan's team was held, 7:42",
    )


def test_a_surrender_in_round_2_tells_how_long_it_was_tried() -> None:
    lines = told(NOT_BEATEN._replace(duration=246), first=FINISHED, number=2)
    assert lines[2] == "■ dan's team had **7:42** to beat, stopped at 4:06"


def test_a_match_tells_its_attacks_in_the_words_of_its_picture() -> None:
    for number, half in ((1, HELD), (1, FINISHED), (2, NOT_BEATEN)):
        told_beside = first_attack(half, target=462) if number == 1 else second_attack(half)
        assert told_beside.replace("**", "") == attack_words(number, half)
    assert first_attack(HELD_EARLY, target=720) == f"was {attack_words(1, HELD_EARLY)}"


def test_a_round_2_alone_tells_its_attack_in_the_same_words() -> None:
    assert told(NOT_BEATEN, number=2)[1] == "Allies were held, 7:42"
    assert told(NOT_BEATEN._replace(duration=246), number=2)[1] == "Allies had **7:42** to beat, stopped at 4:06"


def test_a_double_hold_is_a_draw() -> None:
    card = round_card(an_answer(HELD, number=2), first=HELD)
    assert card.title == "ben's team and dan's team drew on Supply: nobody finished"
    assert card.colour == NEUTRAL
    assert [name for name, _ in card.fields] == ["Axis in round 2", "Allies in round 2"]


def test_a_win_at_an_unknown_time_is_a_win() -> None:
    title, _, second = told(BEATEN._replace(duration=None), first=FINISHED, number=2)
    assert title == "dan's team beat ben's team on Supply"
    assert second == "■ dan's team beat 7:42"


def test_the_time_to_beat_is_the_one_of_the_header_whatever_round_1_measured() -> None:
    lines = told(BEATEN, first=FINISHED._replace(duration=461), number=2)
    assert lines[1] == "▲ ben's team set **7:42**"


def test_the_winners_are_marked_in_words_and_not_by_colour_alone() -> None:
    won = round_card(an_answer(BEATEN, number=2), first=FINISHED)
    assert [name for name, _ in won.fields] == ["Axis in round 2", "Allies in round 2, won"]
    assert won.colour == SECOND_PINK
    lost = round_card(an_answer(NOT_BEATEN, number=2), first=FINISHED)
    assert [name for name, _ in lost.fields] == ["Axis in round 2, won", "Allies in round 2"]
    assert lost.colour == FIRST_YELLOW


def test_a_duel_is_won_by_a_person() -> None:
    duel = an_answer(BEATEN, number=2, players=(a_line("anna", AXIS), a_line("cleo", ALLIES)))
    assert round_card(duel, first=FINISHED).title == "cleo beat anna on Supply in 6:24"


def test_a_side_that_everybody_left_still_has_a_name() -> None:
    left = an_answer(BEATEN, number=2, players=(a_line("anna", AXIS),))
    assert round_card(left, first=FINISHED).title == "the Allies side beat anna on Supply in 6:24"


def test_a_round_that_does_not_count_says_why_and_not_by_colour_alone() -> None:
    card = round_card(
        replace(an_answer(BEATEN, number=2), state=State.SET_ASIDE, reason=Reason(Aside.UNPAIRED)), first=None
    )
    assert card.title == "Supply, round 2: Allies finished in 6:24"
    assert card.lines == (
        "**Not counted**: its round 1 is not here, so its running totals cannot be split.",
        "Allies beat 7:42 in **6:24**",
    )
    assert card.colour == AMBER


@pytest.mark.parametrize("reason", [Aside.ABORTED, Aside.CARRIED_OVER])
@pytest.mark.parametrize("first", [None, FINISHED])
def test_a_round_whose_result_is_not_true_shows_none(reason: Aside, first: Half | None) -> None:
    card = round_card(replace(an_answer(BEATEN, number=2), state=State.SET_ASIDE, reason=Reason(reason)), first=first)
    assert card.title == "Supply, round 2: not counted"
    assert len(card.lines) == 1


def test_spectators_and_others_without_a_side_are_told_apart() -> None:
    card = round_card(
        an_answer(FINISHED, players=(a_line("anna", AXIS), a_line("zoe", 3), a_line("yan", 0))), first=None
    )
    assert [name for name, _ in card.fields] == ["Axis", "No side"]


def test_the_table_has_a_line_for_each_player() -> None:
    table = tables(round_card(an_answer(FINISHED), first=None))[0]
    assert table == [
        "Player          K   D   Dmg  DPM",
        "anna            9   6  1500  195",
        "ben             9   6  1500  195",
    ]


def test_the_footer_names_the_round_and_no_file() -> None:
    card = round_card(an_answer(FINISHED), first=None)
    assert card.footer == "#7"
    assert card.at == 1_772_406_000


def test_many_notes_are_counted() -> None:
    notes = tuple(Note(NoteCode.WATCHED, name=name) for name in ("one", "two", "three", "four"))
    card = round_card(replace(an_answer(FINISHED), notes=notes), first=None)
    assert card.lines[1:] == (
        "-# one watched this round",
        "-# two watched this round",
        "-# three watched this round",
        "-# … and 1 more note",
    )


def test_the_details_show_a_dash_for_what_is_unknown() -> None:
    player = a_line("anna", AXIS, useful_kills=None, shots=0, hits=0, time_seconds=0)
    assert tables(details_card(an_answer(FINISHED, players=(player,)))) == [
        ["Player       K/D Acc%  HS Alive%", "anna        1.50    –   7      –"],
        ["Player      Taken Gib Use  SK", "anna         1200   1   –   0"],
    ]


def test_the_details_of_a_match_are_those_of_both_rounds_by_its_line_ups() -> None:
    first, second = an_answer(FINISHED), an_answer(BEATEN, number=2)
    totals = tuple(replace(player, headshots=2 * player.headshots) for player in first.players)
    card = details_card(second, whole=MatchAnswer(first=first, second=second, players=totals))
    assert card.title == "Supply, both rounds: players"
    assert [name for name, _ in card.fields] == ["▲ ben's team", "\u200b", "■ dan's team", "\u200b"]
    assert tables(card)[0][1].split() == ["anna", "1.50", "33", "14", "80"]
    assert all(len(line) <= 32 for table in tables(card) for line in table)


def test_a_player_without_time_has_no_damage_per_minute() -> None:
    card = round_card(an_answer(FINISHED, players=(a_line("anna", AXIS, time_seconds=0),)), first=None)
    assert tables(card)[0][1].split() == ["anna", "9", "6", "1500", "–"]


@pytest.mark.parametrize("size", [1, 2, 6, 16, 32])
def test_every_size_of_a_match_fits(size: int) -> None:
    players = tuple(a_line(f"^1{'漢' * 20}{n}", team) for team in (AXIS, ALLIES) for n in range(size))
    answer = an_answer(BEATEN, number=2, players=players)
    for card in (round_card(answer, first=FINISHED), details_card(answer)):
        check(card)
        shown = [len(table) - 1 for table in tables(card)]
        assert shown in ([size] * 2, [size] * 4) if size <= 16 else sum(shown) > 40


ANNA, BEN, CLEO = (a_line(name, AXIS).guid for name in ("anna", "ben", "cleo"))
KILLS = (
    Tally(ANNA, CLEO, 7),
    Tally(ANNA, BEN, 2),
    Tally(BEN, ANNA, 5),
    Tally(CLEO, ANNA, 5),
    Tally("OMNIBOT0", CLEO, 8),
)


def test_the_details_tell_who_killed_whom_most_often() -> None:
    card = details_card(replace(an_answer(FINISHED), tallies=KILLS), me=BEN)
    assert card.fields[-1] == (
        "Who killed whom, round 1",
        "anna most often: 7 × cleo; by: ben 5 ×\n» ben most often: 5 × anna; by: anna 2 ×\n"
        "cleo most often: 5 × anna; by: a bot 8 ×",
    )


def test_who_only_killed_or_only_died_has_one_of_the_two() -> None:
    card = details_card(replace(an_answer(FINISHED), tallies=(Tally(ANNA, "UNKNOWN:", 1), Tally("UNKNOWN:", BEN, 2))))
    assert card.fields[-1][1] == "anna most often: 1 × somebody\nben most often by: somebody 2 ×"


@pytest.mark.parametrize("tallies", [None, ()])
def test_where_it_is_unknown_or_nobody_died_nothing_is_said(tallies: tuple[Tally, ...] | None) -> None:
    card = details_card(replace(an_answer(FINISHED), tallies=tallies))
    assert [name for name, _ in card.fields] == ["◆ Axis", "\u200b", "● Allies", "\u200b"]


def test_a_match_tells_it_of_both_rounds_and_where_one_does_not_know_it_of_the_other_alone() -> None:
    first, second = (replace(an_answer(half, number=n), tallies=KILLS) for n, half in ((1, FINISHED), (2, BEATEN)))
    whole = MatchAnswer(first=first, second=second, players=first.players)
    title, text = details_card(second, whole=whole).fields[-1]
    assert (title, text.splitlines()[0]) == ("Who killed whom, both rounds", "anna most often: 14 × cleo; by: ben 10 ×")
    half_known = replace(whole, first=replace(first, tallies=None))
    title, text = details_card(second, whole=half_known).fields[-1]
    assert (title, text.splitlines()[0]) == ("Who killed whom, round 2", "anna most often: 7 × cleo; by: ben 5 ×")


def test_a_crowd_s_kills_fit() -> None:
    players = tuple(a_line(f"{n:02}{'_' * 30}", team) for team in (AXIS, ALLIES) for n in range(32))
    tallies = tuple(Tally(by.guid, whom.guid, 3) for by in players[:32] for whom in players[32:])
    card = details_card(replace(an_answer(FINISHED, players=players), tallies=tallies))
    check(card)
    assert card.fields[-1][1].splitlines()[-1].startswith("… and ")


@given(rounds, st.none() | halves)
def test_whatever_a_round_holds_it_can_be_shown(answer: RoundAnswer, first: Half | None) -> None:
    for card in (round_card(answer, first=first), details_card(answer)):
        check(card)
        assert not any(MENTION.search(line) or LINK.search(line) for line in prose(card))
