from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.stats.days import calendar_days, months_until
from bot.domain.stats.scope import (
    ATTACK,
    DEFENCE,
    LAST,
    NOW,
    QUARTER,
    Scope,
    is_session,
    near,
    offers,
    on,
    read,
    season_table,
    session_names,
    span,
    suffix,
    words,
)
from bot.errors import BadScope

MAPS = ["supply", "etl_adlernest", "adlernest", "te_escape2", "sw_goldrush_te"]
PLACES: list[tuple[str, ...]] = [
    (), ("supply",), ("etl_adlernest", "adlernest"), ("etl_adlernest",), ("te_escape2",), ("sw_goldrush_te",),
]  # fmt: skip
SEASONS = ["spring-26", "cup"]
BERLIN = ZoneInfo("Europe/Berlin")

days = st.dates(date(2000, 1, 1), date(2099, 12, 31)).map(date.isoformat)
periods = st.one_of(
    st.sampled_from(["all", LAST, NOW, QUARTER, *SEASONS]),
    st.integers(1, 9999).map("{}d".format),
    st.sampled_from(["yesterday", "this-week", "last-month", "last-year", "october", "may", "sunday", "2025-10"]),
    st.integers(1, 999).map("{}-sessions".format),
    days,
    st.tuples(days, st.sampled_from("bcz")).map("".join),
    st.tuples(days, days).map("..".join),
)
scopes = st.builds(
    Scope,
    period=periods,
    number=st.sampled_from([None, 1, 2]),
    role=st.sampled_from([None, ATTACK, DEFENCE]),
    size=st.none() | st.integers(1, 99),
    official=st.booleans(),
).flatmap(lambda scope: st.sampled_from(PLACES).map(lambda maps: on(scope, maps, MAPS) if maps else scope))


def understood(text: str) -> Scope:
    return read(text, maps=MAPS, seasons=SEASONS)


@given(scopes)
def test_a_scope_s_own_text_gives_it_back(scope: Scope) -> None:
    assert understood(scope.text) == scope
    assert understood(scope.text.upper()) == scope


@given(scopes, st.randoms())
def test_the_order_of_the_words_does_not_matter(scope: Scope, chance: object) -> None:
    assert understood(" , ".join(reversed(scope.text.split()))) == scope


@given(scopes)
def test_a_scope_is_also_understood_by_its_label(scope: Scope) -> None:
    assert understood(scope.label) == scope


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", Scope()),
        ("all time", Scope()),
        ("last session", Scope(period=LAST)),
        ("the last 30 days", Scope(period="30d")),
        ("this week on supply", Scope(period="this-week", maps=("supply",))),
        ("yesterday", Scope(period="yesterday")),
        ("last 5 sessions", Scope(period="5-sessions")),
        ("the last 12 evenings", Scope(period="12-sessions")),
        ("october", Scope(period="october")),
        ("October 2025", Scope(period="2025-10")),
        ("2025-10", Scope(period="2025-10")),
        ("on Tuesday", Scope(period="tuesday")),
        ("last friday", Scope(period="friday")),
        ("month", Scope(period="30d")),
        ("the last evening", Scope(period=LAST)),
        ("last", Scope(period=LAST)),
        ("season cup in te_escape2", Scope(period="cup", maps=("te_escape2",))),
        ("week supply", Scope(period="7d", maps=("supply",))),
        ("last month", Scope(period="last-month")),
        ("today", Scope(period="today")),
        ("2 weeks", Scope(period="14d")),
        ("the last 3 months on supply", Scope(period="90d", maps=("supply",))),
        ("1 week", Scope(period="7d")),
        ("this year", Scope(period="this-year")),
        ("tonight", Scope(period=NOW)),
        ("this quarter", Scope(period=QUARTER)),
        ("supp round 2 attacking", Scope(maps=("supply",), number=2, role=ATTACK)),
        ("ADLERNEST defending", Scope(maps=("etl_adlernest", "adlernest"), role=DEFENCE)),
        ("etl_adlernest", Scope(maps=("etl_adlernest",), alone=True)),
        ("adler", Scope(maps=("etl_adlernest", "adlernest"))),
        ("Escape 2 week", Scope(period="7d", maps=("te_escape2",))),
        ("on escape2", Scope(maps=("te_escape2",))),
        ("3v3 official", Scope(size=3, official=True)),
        ("4+", Scope(size=4)),
        ("2025-10-12b", Scope(period="2025-10-12b")),
        ("2025-10-01..2025-10-31", Scope(period="2025-10-01..2025-10-31")),
        ("Spring-26", Scope(period="spring-26")),
    ],
)
def test_people_s_words_are_understood(typed: str, meant: Scope) -> None:
    assert understood(typed) == meant


@pytest.mark.parametrize(
    ("typed", "near_to"),
    [
        ("suply", ["supply"]),
        ("sessoin", ["session"]),
        ("e", ["adlernest", "sw_goldrush_te", "te_escape2"]),
        ("xyzzy", []),
    ],
)
def test_a_word_that_nobody_knows_comes_with_what_was_meant(typed: str, near_to: list[str]) -> None:
    with pytest.raises(BadScope) as error:
        understood(f"30d {typed}")
    assert error.value.near[: len(near_to)] == near_to
    assert near(typed, MAPS) == error.value.near


@pytest.mark.parametrize("typed", ["2025-13-01", "2025-02-30..2025-03-01", "3v4", "r3", "0d"])
def test_what_cannot_be_is_not_guessed(typed: str) -> None:
    with pytest.raises(BadScope):
        understood(typed)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        scope = understood(text)
    except BadScope:
        return
    assert understood(scope.text) == scope


@given(st.text(max_size=60) | scopes.map(lambda scope: scope.text), st.booleans())
def test_what_the_menu_offers_is_understood_and_short_enough(text: str, more: bool) -> None:
    offered = offers(text + " " * more, maps=MAPS, seasons=SEASONS)
    assert len(offered) <= 25
    assert len({one.text for one in offered}) == len(offered)
    for one in offered:
        assert len(one.text) <= 100
        assert understood(one.text) == one


def test_the_menu_grows_as_it_is_typed() -> None:
    assert offers("", maps=MAPS, seasons=[])[0] == Scope(period=LAST)
    assert offers("30d ", maps=MAPS, seasons=[])[0] == Scope(period="30d")
    assert Scope(period="30d", maps=("supply",)) in offers("30d sup", maps=MAPS, seasons=[])
    assert offers("supply", maps=MAPS, seasons=[])[0] == Scope(maps=("supply",))
    assert offers("xyzzy ", maps=MAPS, seasons=[]) == []
    assert Scope(role=ATTACK) in offers("att", maps=MAPS, seasons=[])


def test_a_label_names_the_versions_of_a_map_and_the_one_that_was_meant_alone() -> None:
    assert understood("adlernest").label == "all time, Adlernest (etl_adlernest, adlernest)"
    assert understood("etl_adlernest").label == "all time, etl_adlernest alone"
    assert understood("30d sw_goldrush_te").label == "the last 30 days, Goldrush"


def test_names_with_blanks_around_are_left_as_they_are() -> None:
    assert words("last_war week", names=["last_war"]) == ["last_war", "7d"]
    assert words("week") == ["7d"]


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp())


@pytest.mark.parametrize(
    ("period", "since", "until"),
    [
        ("all", None, None),
        (LAST, None, None),
        ("quarter", "2026-04-01", None),
        ("2026-03-01..2026-03-31", "2026-03-01", "2026-04-01"),
        ("2026-03-31..2026-03-01", "2026-03-01", "2026-04-01"),
        ("spring", "2026-03-01", "2026-06-01"),
    ],
)
def test_a_period_has_limits_on_the_server_s_clock(period: str, since: str | None, until: str | None) -> None:
    seasons = {"spring": (date(2026, 3, 1), date(2026, 5, 31))}
    found = span(period, now=at("2026-05-10T12:00"), zone=BERLIN, seasons=seasons)
    assert found == (at(since) if since else None, at(until) if until else None)


def test_days_count_back_from_now() -> None:
    assert span("7d", now=1_000_000.9, zone=UTC, seasons={}) == (1_000_000 - 7 * 86400, None)


def test_only_sessions_are_sessions() -> None:
    assert all(is_session(one) for one in (LAST, NOW, "2026-03-01", "2026-03-01b"))
    assert not any(is_session(one) for one in ("all", "7d", "2026-03-01..2026-03-02"))


@given(st.lists(st.integers(1_700_000_000, 1_700_000_000 + 20 * 86400), max_size=40, unique=True))
def test_every_session_has_a_name_of_its_own_day(starts: list[int]) -> None:
    names = session_names(starts, zone=BERLIN)
    assert [*names] == sorted(starts)
    for start, name in names.items():
        assert name[:10] == datetime.fromtimestamp(start, BERLIN).date().isoformat()
    first = [name for name in names.values() if len(name) == 10]
    assert len(first) == len({*first})


def test_further_sessions_of_a_day_get_letters_up_to_z() -> None:
    noon = int(datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp())
    assert [*session_names([noon + 60, noon, noon + 86400], zone=UTC).values()] == [
        "2026-03-01", "2026-03-01b", "2026-03-02",
    ]  # fmt: skip
    assert [suffix(place) for place in (2, 3, 26, 40)] == ["b", "c", "z", "z"]


def test_seasons_are_read_and_mistakes_are_told() -> None:
    assert season_table("spring-26=2026-03-01..2026-05-31; ;cup=2026-06-06..2026-06-07;") == {
        "spring-26": (date(2026, 3, 1), date(2026, 5, 31)),
        "cup": (date(2026, 6, 6), date(2026, 6, 7)),
    }
    for wrong in ("spring", "a b=2026-03-01..2026-05-31", "all=2026-03-01..2026-05-31", "7d=2026-03-01..2026-05-31"):
        with pytest.raises(ValueError, match="is no season: write it as"):
            season_table(wrong)
    with pytest.raises(ValueError, match="day"):
        season_table("x=2026-02-30..2026-05-31")


def test_labels_read_as_people_say_them() -> None:
    assert Scope(period="1d", maps=("supply",), number=2, role=ATTACK, size=3, official=True).label == (
        "the last day, Supply, round 2, attacking, 3v3 and larger, match configurations only"
    )
    assert Scope(period="2026-03-01b", role=DEFENCE).label == "session 2026-03-01b, defending"
    assert Scope(period="2026-03-01..2026-03-02").label == "2026-03-01 to 2026-03-02"
    assert Scope(period="30d").label == "the last 30 days"
    assert Scope(period="cup").label == "season cup"
    for named in ("today", "yesterday", "this month", "Tuesday", "October"):
        assert understood(named).label == named
    assert Scope().label == "all time"


def test_a_day_and_a_night_are_whole_days_when_clocks_change() -> None:
    since, until = span("2026-03-29..2026-03-29", now=0, zone=BERLIN, seasons={})
    assert since is not None
    assert until is not None
    assert timedelta(seconds=until - since) == timedelta(hours=23)


@pytest.mark.parametrize("typed", ["2026-01-01..9999-12-31", "0001-01-01", "0001-01-01..2026-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar_are_no_days_of_a_server(typed: str) -> None:
    with pytest.raises(BadScope):
        understood(typed)


@pytest.mark.parametrize(
    "typed", ["r1 r2", "attack defence", "30d last session", "supply te_escape2", "3v3 4v4", "30d all time", "7d 30d"]
)
def test_words_that_exclude_each_other_are_refused(typed: str) -> None:
    with pytest.raises(BadScope) as error:
        understood(typed)
    assert error.value.reason is not None
    assert "exclude each other" in error.value.reason


def test_a_word_said_twice_is_said_once() -> None:
    assert understood("30d r1 30d r1") == understood("30d r1")


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("today", "2025-11-12", "2025-11-12"),
        ("yesterday", "2025-11-11", "2025-11-11"),
        ("wednesday", "2025-11-12", "2025-11-12"),
        ("thursday", "2025-11-06", "2025-11-06"),
        ("this-week", "2025-11-10", "2025-11-16"),
        ("last-week", "2025-11-03", "2025-11-09"),
        ("this-month", "2025-11-01", "2025-11-30"),
        ("last-month", "2025-10-01", "2025-10-31"),
        ("november", "2025-11-01", "2025-11-30"),
        ("december", "2024-12-01", "2024-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("this-year", "2025-01-01", "2025-12-31"),
        ("last-year", "2024-01-01", "2024-12-31"),
    ],
)
def test_calendar_words_are_the_days_that_people_mean(period: str, first: str, last: str) -> None:
    wednesday = date(2025, 11, 12)
    assert calendar_days(period, today=wednesday) == (date.fromisoformat(first), date.fromisoformat(last))
    assert calendar_days("30d", today=wednesday) is None


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.sampled_from(["last-month", "last-week", "yesterday", "may"]))
def test_what_is_over_is_over(today: date, period: str) -> None:
    days = calendar_days(period, today=today)
    assert days is not None
    assert days[0] <= days[1]
    assert days[0] <= today
    if period != "may":
        assert days[1] < today


def test_months_are_named_up_to_the_one_of_a_day_over_the_turn_of_a_year() -> None:
    assert months_until(date(2026, 2, 28), 4) == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert months_until(date(2026, 12, 1), 1) == ["2026-12"]
