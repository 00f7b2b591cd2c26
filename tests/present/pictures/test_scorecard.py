"""Result cards: what they say and mark, and that no answer at all can break them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.game.matches import Half
from bot.domain.game.model import ALLIES, AXIS, Aside, Note, NoteCode, Reason, State
from bot.domain.stats.answers import MatchAnswer, PlayerLine, RoundAnswer
from bot.present.card import Picture
from bot.present.pictures.canvas import painted, png
from bot.present.pictures.heat import HeatTable, heat_picture
from bot.present.pictures.scorecard import match_picture, round_picture
from bot.present.pictures.scoretable import COLUMNS, MORE, ROW, Section, bests, by_dpm, table
from bot.present.pictures.session_picture import MatchRow, PairScore, SessionPicture, session_picture
from bot.present.pictures.theme import ALLIES as SKY
from bot.present.pictures.theme import (
    BACKGROUND,
    DENSITY,
    ENOUGH,
    GOLD,
    HEAD,
    HIGHEST,
    HIGHEST_ALONE,
    MARGIN,
    SECOND,
    SHADE,
    SMALL,
    TEXT,
    WIDTH,
    contrast,
)
from tests.present.golden_pictures import looks_as_before, opened
from tests.present.strategies import NAMES, rounds
from tools.demo.showcase import HOSTILE, KINDS, a_line, a_match, a_round, a_session

KILOBYTE, HEAVIEST = 1024, 200
HELD = Half(AXIS, AXIS, 720, 720)
worn = st.tuples(rounds, NAMES).map(
    lambda both: replace(both[0], players=tuple(replace(player, raw_name=both[1]) for player in both[0].players))
)


def check(picture: Picture) -> None:
    assert len(picture.data) <= HEAVIEST * KILOBYTE
    image = opened(picture)
    assert image.width == 960
    assert 80 <= image.height <= 5200
    assert len(picture.alt) <= 1024
    assert "\n" not in picture.alt
    assert picture.name.endswith(".png")
    assert set(picture.name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.")


@given(worn)
@settings(max_examples=40, deadline=None)
def test_every_round_makes_a_picture(answer: RoundAnswer) -> None:
    check(round_picture(answer))


@given(st.none() | worn, worn, st.booleans())
@settings(max_examples=30, deadline=None)
def test_every_match_makes_a_picture(one: RoundAnswer | None, other: RoundAnswer, swapped: bool) -> None:
    first, second = (other, one) if swapped else (one, other)
    check(match_picture(MatchAnswer(first=first, second=second, players=other.players)))


texts = st.builds(MatchRow, map=NAMES, result=NAMES, winner=st.integers(-1, 3))
PAIRS = st.builds(
    PairScore,
    teams=st.tuples(NAMES, NAMES),
    score=st.tuples(st.integers(0, 2**40), st.integers(0, 99)),
    maps=st.lists(texts, max_size=40).map(tuple),
)


@given(
    st.builds(
        SessionPicture,
        title=NAMES,
        subtitle=NAMES,
        pairs=st.lists(PAIRS, max_size=4).map(tuple),
        players=worn.map(lambda answer: answer.players),
        best=st.lists(NAMES, max_size=9).map(tuple),
        notes=st.lists(NAMES, max_size=9).map(tuple),
        footer=NAMES,
    )
)
@settings(max_examples=30, deadline=None)
def test_every_session_makes_a_picture(session: SessionPicture) -> None:
    made = session_picture(session)
    assert len(made.data) <= HEAVIEST * KILOBYTE
    assert len(made.alt) <= 1024
    assert opened(made).height <= 2 * HIGHEST_ALONE


@pytest.mark.parametrize("size", [1, 3, 6, 16])
@pytest.mark.parametrize("hostile", [False, True])
def test_all_sizes_fit(size: int, hostile: bool) -> None:
    check(round_picture(a_round(size, hostile=hostile)))
    check(match_picture(a_match(size, hostile=hostile)))


def test_the_heaviest_rows_fit() -> None:
    name = "".join(f"^{n % 10}{chr(0x4E00 + 97 * n)}" for n in range(30))
    players = tuple(a_line(name, 1 + n % 2, seed=n) for n in range(64))
    check(round_picture(replace(a_round(1), players=players)))


GOLDEN = {
    "round": lambda: round_picture(a_round(3)),
    "match": lambda: match_picture(a_match(6)),
    "hostile": lambda: round_picture(a_round(12, hostile=True)),
    "set-aside": lambda: round_picture(_aside(Aside.UNPAIRED)),
    "session": lambda: session_picture(a_session()),
    "heat": lambda: KINDS["heat"](6, False),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_a_picture_looks_as_it_did(name: str) -> None:
    looks_as_before(name, GOLDEN[name]())


def _aside(reason: Aside) -> RoundAnswer:
    unknown = [replace(player, revives_given=None, useful_kills=None) for player in a_round(2, number=2).players]
    watching = a_line("^3spec", 3, seed=1)
    notes = tuple(Note(NoteCode.OLDER, words=f"note {number}") for number in range(5))
    return replace(
        a_round(2, number=2), state=State.SET_ASIDE, reason=Reason(reason), players=(*unknown, watching), notes=notes
    )


def test_the_alt_text_tells_the_round() -> None:
    players = (_line("anna", AXIS), _line("b_b", ALLIES, damage_given=3080), _line("c", AXIS, damage_given=1540))
    alt = round_picture(replace(a_round(1), players=(*players, _line("worst", AXIS, damage_given=1)))).alt
    assert alt == ("Allies finished in 7:42 on Supply, round 1. Most damage a minute: b_b 400, anna 272, c 200."), (
        "no more than the three best, and no backslash for a screen reader to say"
    )


def test_the_alt_text_tells_the_match() -> None:
    players = (_line("anna", 1), _line("ben", 2, kills=10, damage_given=3080), _line("cleo", 2, damage_given=1540))
    alt = match_picture(replace(a_match(1), players=players)).alt
    assert alt == (
        "ben's team beat anna on Supply. anna set 7:42, ben's team beat it in 6:24. "
        "Most damage a minute: ben 400, anna 272, cleo 200."
    )


def test_a_draw_and_a_hold_are_told() -> None:
    first, second = a_round(1, half=HELD), a_round(1, number=2, half=HELD)
    players = (_line("anna", 1), _line("ben", 2))
    alt = match_picture(MatchAnswer(first=first, second=second, players=players)).alt
    assert alt.startswith("anna and ben drew on Supply. anna was held, 12:00, ben was held, 12:00.")
    second = a_round(1, number=2, half=Half(AXIS, AXIS, 462, 462))
    held = match_picture(MatchAnswer(first=a_round(1), second=second, players=players)).alt
    assert held.startswith("anna beat ben on Supply. anna set 7:42, ben was held, 7:42.")
    second = a_round(1, number=2, half=Half(AXIS, AXIS, 462, 300))
    assert "ben stopped at 5:00" in match_picture(MatchAnswer(first=a_round(1), second=second, players=players)).alt


def test_a_round_that_does_not_count_says_why() -> None:
    alt = round_picture(_aside(Aside.ABORTED)).alt
    assert alt.startswith("No result on Supply, round 2. Not counted: the round was broken off in mid-play.")
    assert "finished" not in alt


def test_a_match_with_one_round_says_which_is_missing() -> None:
    alt = match_picture(MatchAnswer(first=a_round(1), second=None, players=())).alt
    assert "No result" in alt
    assert "Round 2 is not known." in alt


EMBEDDED, ATTACHED = (400, 300), (550, 350)
READABLE = 9


@pytest.mark.parametrize("aside", [False, True])
def test_six_against_six_can_be_read_where_discord_shows_it_smallest(aside: bool) -> None:
    """The smallest letters are those of the heads: 9 pixels and more, even in an embed."""
    match = a_match(6)
    assert match.second is not None
    short = replace(match.second, state=State.SET_ASIDE, reason=Reason(Aside.ABORTED)) if aside else match.second
    image = opened(match_picture(replace(match, second=short)))
    assert image.width <= 960
    assert image.height <= 2 * HIGHEST
    for width, height in (EMBEDDED, ATTACHED):
        shown = min(width / image.width, height / image.height)
        assert HEAD.size * DENSITY * shown >= READABLE


def _letters(picture: Picture, size: int, room: tuple[int, int]) -> float:
    """How many pixels letters of this size have where the picture is shown."""
    image = opened(picture)
    return size * DENSITY * min(room[0] / image.width, room[1] / image.height)


@pytest.mark.parametrize("maps", [1, 4, 5, 12, 40])
@pytest.mark.parametrize("hostile", [False, True])
def test_a_session_can_be_read_where_discord_shows_it(maps: int, hostile: bool) -> None:
    """A recap's picture stands alone; that of an answer in its embed, which has players and awards in words."""
    played = a_session(hostile=hostile)
    [pair] = played.pairs
    recap = replace(played, pairs=(replace(pair, maps=tuple(pair.maps[place % 5] for place in range(maps))),))
    assert _letters(session_picture(recap), HEAD.size, ATTACHED) >= READABLE
    assert _letters(session_picture(replace(recap, players=(), best=())), SMALL.size, EMBEDDED) >= READABLE


@pytest.mark.parametrize("players", [1, 6, 16])
def test_a_heat_table_can_be_read_in_an_embed(players: int) -> None:
    maps = ("Supply", "Escape 2", "Frostbite", "Goldrush", "Adlernest", "Braundorf") * 2
    rows = tuple((f"player {row}", tuple(100.0 + row + n for n in range(12))) for row in range(2 * players))
    table = HeatTable(title="t", place="p", columns=maps, rows=rows)
    assert _letters(heat_picture(table, name="heat.png"), HEAD.size, EMBEDDED) >= READABLE


def test_a_long_name_ends_before_a_figure_of_three_digits() -> None:
    """Only a session's kills are so many."""
    player = replace(a_line("|" * 200, ALLIES, seed=1), kills=148)
    image = opened(session_picture(SessionPicture(title="t", subtitle="s", pairs=(), players=(player,))))
    left = DENSITY * (WIDTH - MARGIN - sum(column.room for column in COLUMNS[1:]) - 38)
    gap = [image.getpixel((x, y)) for x in range(left, left + 8) for y in range(image.height - 76, image.height - 44)]
    assert set(gap) == {BACKGROUND}


def test_rows_of_a_heat_table_that_are_not_shown_are_counted() -> None:
    twelve, thirteen, twenty = (
        opened(heat_picture(HeatTable(title="t", place="p", columns=("a",), rows=(("x", (1.0,)),) * rows), name="h"))
        for rows in (12, 13, 20)
    )
    assert thirteen.height - twelve.height == DENSITY * MORE
    assert thirteen.height == twenty.height


@pytest.mark.parametrize("name", ["anna's team", "W" * 40])
def test_the_winner_s_head_says_so_however_long_the_name_is(name: str) -> None:
    winner = Section(team=SECOND, name=name, fate="won", players=())
    drawn = [png(painted([*table([section], {}, most=8)])) for section in (winner, replace(winner, fate=""))]
    assert drawn[0] != drawn[1]


def test_a_title_that_is_too_long_for_a_line_is_told_whole() -> None:
    """Its second half is the result."""
    short = replace(a_session(), players=())
    long = replace(short, title=f"{'x' * 30}'s team won the evening 3–1 (1 draw)")
    assert opened(session_picture(long)).height > opened(session_picture(short)).height


def test_the_file_is_named_after_what_it_shows() -> None:
    assert round_picture(a_round(1)).name == "supply-round-1.png"
    assert match_picture(a_match(1)).name == "supply-match.png"
    assert round_picture(replace(a_round(1), map="../a b")).name == "___a_b-round-1.png"


def _line(name: str, team: int, **figures: int | None) -> PlayerLine:
    usual = {"kills": 9, "deaths": 6}
    return replace(a_line(name, team, seed=1), **{**usual, **figures})  # type: ignore[arg-type]


def _best(*players: PlayerLine) -> dict[str, float]:
    return {column.head: value for column, value in bests(players).items()}


def test_the_best_of_a_column_is_marked() -> None:
    found = _best(_line("a", 1, kills=9, deaths=3), _line("b", 2, kills=12, deaths=8))
    assert (found["K"], found["D"], found["±"]) == (12, 3, 6)


def test_where_all_are_level_or_unknown_nobody_is_the_best() -> None:
    found = _best(_line("a", 1, revives_given=None), _line("b", 2, revives_given=None))
    assert not {"Rev", "K"} & set(found)


def test_who_hardly_played_is_best_at_no_rate_and_at_no_fewest() -> None:
    late = _line("late", 1, kills=2, deaths=0, time_seconds=20, damage_given=400)
    found = _best(_line("a", 1, kills=9, deaths=3, damage_given=1500), _line("b", 2, deaths=8), late)
    assert found["D"] == 3
    assert found["DPM"] < 1000


def test_a_mark_is_no_colour_alone() -> None:
    level, marked = (opened(round_picture(_two(damage))) for damage in (1500, 1600))
    lines = [marked.getpixel((x, y)) for y in range(marked.height) for x in range(500, 760)]
    assert GOLD in lines, "a star before the figure"
    assert GOLD not in [level.getpixel((x, y)) for y in range(level.height) for x in range(500, 760)]


def _two(damage: int) -> RoundAnswer:
    same = _line("a", AXIS, damage_given=1500)
    return replace(a_round(1), players=(replace(same, damage_given=damage), replace(same, team=ALLIES)))


def test_unknown_is_a_dash_and_never_a_zero() -> None:
    shown = _shown(_line("a", 1, revives_given=None, time_seconds=0))
    assert (shown["Rev"], shown["DPM"]) == ("–", "–")
    assert _shown(_line("a", 1, revives_given=0))["Rev"] == "0"


def test_figures_are_short() -> None:
    assert _shown(_line("a", 1, damage_given=6589))["Dmg"] == "6.6k"
    assert [_shown(_line("a", 1, damage_given=d))["Dmg"] for d in (0, 940, 9960, 12_400)] == ["0", "940", "10k", "12k"]
    assert [_shown(_line("a", 1, deaths=d))["±"] for d in (6, 9, 12)] == ["+3", "0", "−3"]


def _shown(player: PlayerLine) -> dict[str, str]:
    return {column.head: column.shown(player) for column in COLUMNS}


def test_the_most_damage_a_minute_stands_first() -> None:
    late = _line("late", 1, kills=0, damage_given=900, time_seconds=60)
    assert by_dpm((_line("a", 1), late, _line("b", 1, time_seconds=0)))[0] == late


def test_a_figure_that_no_game_can_produce_keeps_its_column() -> None:
    assert {column.shown(_line("a", 1, kills=2**60)) for column in COLUMNS if column.head == "K"} == {"…"}


def test_rows_that_are_too_many_are_counted() -> None:
    sixteen, eight, seven = (opened(match_picture(a_match(size))).height for size in (16, 8, 7))
    assert eight - seven == 2 * 2 * ROW
    assert sixteen - eight == 2 * 2 * MORE


CELL = st.none() | st.floats(-(10**6), 10**9, allow_nan=False)


@given(
    st.builds(
        HeatTable,
        title=NAMES,
        place=NAMES,
        columns=st.lists(NAMES, max_size=30).map(tuple),
        rows=st.lists(st.tuples(NAMES, st.lists(CELL, max_size=30).map(tuple)), max_size=20).map(tuple),
    )
)
@settings(max_examples=30, deadline=None)
def test_every_heat_table_can_be_drawn(table: HeatTable) -> None:
    check(heat_picture(table, name="heat.png"))


def test_more_is_brighter_and_white_can_be_read_on_the_brightest() -> None:
    table = HeatTable(title="t", place="p", columns=("a", "b"), rows=(("anna", (100.0, 400.0)),))
    image = opened(heat_picture(table, name="heat.png"))
    cells = {image.getpixel((x, 140)) for x in (320, 450)}
    assert len(cells) == 2
    shades = [tuple(round(b + (c - b) * step / 6) for b, c in zip(SHADE, SKY.colour, strict=True)) for step in (1, 3)]
    assert all(contrast(TEXT, (red, green, blue)) >= ENOUGH for red, green, blue in shades)


def test_hostile_names_are_many() -> None:
    assert len(set(HOSTILE)) == len(HOSTILE)
