"""File names and what they say (FORMAT, "Files in the folder"), and the server's wall clock."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.game.file.files import (
    GAME_BEGAN,
    Dating,
    End,
    NotARound,
    RoundName,
    end_of,
    escaped,
    is_round_like,
    iso_utc,
    round_name,
)
from bot.present.words.reasons import file_reason_text
from rigs.builders import a_name, a_session

LJUBLJANA, NEW_YORK = ZoneInfo("Europe/Ljubljana"), ZoneInfo("America/New_York")
HOUR = 3600
STAMP = 2_085_978_600
"""2036-02-07 06:30 UTC."""
MODERN, DAY = 1_700_000_000, 24 * HOUR
NEARLY = "named nearly as a round file is, <date>-<time>-<map>-round-1.txt or -2.txt, and not taken"


@pytest.mark.parametrize(
    ("text", "stamp", "map_name", "number"),
    [
        ("2025-10-02-211808-etl_adlernest-round-1.txt", "2025-10-02-211808", "etl_adlernest", 1),
        ("2024-02-29-000000-supply-round-2.txt", "2024-02-29-000000", "supply", 2),
        ("2025-01-01-120000-a-b.c+d_e-round-1.txt", "2025-01-01-120000", "a-b.c+d_e", 1),
        ("2025-01-01-120000-x-round-1-round-2.txt", "2025-01-01-120000", "x-round-1", 2),
        ("2025-01-01-120000-7-round-1.txt", "2025-01-01-120000", "7", 1),
        (f"2025-01-01-120000-{'m' * 64}-round-1.txt", "2025-01-01-120000", "m" * 64, 1),
        ("2025-10-02-211808--hill-round-1.txt", "2025-10-02-211808", "-hill", 1),
        ("2025-10-02-211808-.hidden-round-1.txt", "2025-10-02-211808", ".hidden", 1),
        ("2025-10-02-211808-sup ply'--;-round-1.txt", "2025-10-02-211808", "sup ply'--;", 1),
        ("2025-10-02-211808-^1a&b(c)[d]{e}!#$%,=@`~-round-2.txt", "2025-10-02-211808", "^1a&b(c)[d]{e}!#$%,=@`~", 2),
    ],
)
def test_a_round_files_name_is_split_at_its_last_round(text: str, stamp: str, map_name: str, number: int) -> None:
    assert round_name(text) == RoundName(text, stamp, map_name, number)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2025-10-02-211804-etl_adlernest.txt", "console report of one client, not a round"),
        ("2025-10-02-211808-supply-round-2-endstats.txt", "awards (endstats), not a round"),
        ("2025-10-02-211808-supply-round-2_endstats.txt", "awards (endstats), not a round"),
        ("2025-10-02-211808-supply-round-2_ws.txt", "per-weapon dump, not a round"),
        ("gametimes/2025-10-02.json", "unsafe name"),
        ("2025-10-02-211808-supply-round-3.txt", NEARLY),
        ("2025-10-02-211808-supply-round-1.txt.part", NEARLY),
        ("2025-10-02-211808-supply-round-1.TXT", NEARLY),
        ("2025-10-02-211808-supply-round-1.txt\n", "not a round file by its name"),
        ("\n2025-10-02-211808-supply-round-1.txt", "not a round file by its name"),
        ("2025-10-02-211808--round-1.txt", NEARLY),
        (f"2025-10-02-211808-{'m' * 65}-round-1.txt", NEARLY),
        ("2025-10-02-211808-supply-ROUND-1.txt", NEARLY),
        ("2025-10-02-211808-supply-round-2-ENDSTATS.txt", "awards (endstats), not a round"),
        ("2025-10-02-21180-supply-round-1.txt", "not a round file by its name"),
        ("٢٠٢٥-10-02-211808-supply-round-1.txt", "not a round file by its name"),
        ("2025-10-02-211808-súpply-round-1.txt", NEARLY),
        ("../2025-10-02-211808-supply-round-1.txt", "unsafe name"),
        ("2025-10-02-211808-a/b-round-1.txt", "unsafe name"),
        ("..\\x", "unsafe name"),
        ("", "unsafe name"),
        (".", "unsafe name"),
        ("..", "unsafe name"),
        ("nul\x00.txt", "not a round file by its name"),
        ("README.md", "not a round file by its name"),
        ("2025-02-29-120000-supply-round-1.txt", "its date or time does not exist"),
        ("2025-13-01-120000-supply-round-1.txt", "its date or time does not exist"),
        ("2025-10-02-240000-supply-round-1.txt", "its date or time does not exist"),
        ("2025-10-02-235960-supply-round-1.txt", "its date or time does not exist"),
        ("0000-10-02-120000-supply-round-1.txt", "its date or time does not exist"),
        ("0001-01-01-000000-supply-round-1.txt", "no server's clock shows the year 1"),
        ("9999-12-31-235959-supply-round-1.txt", "no server's clock shows the year 9999"),
    ],
)
def test_any_other_name_is_no_round_and_says_why(text: str, reason: str) -> None:
    name = round_name(text)
    assert isinstance(name, NotARound)
    assert file_reason_text(name.reason) == reason


@given(st.text())
def test_any_text_is_either_a_round_or_not(text: str) -> None:
    match round_name(text):
        case RoundName() as name:
            assert f"{name.stamp}-{name.map}-round-{name.number}.txt" == text
        case NotARound(reason):
            assert file_reason_text(reason)


@given(
    st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2999, 12, 31)),  # noqa: DTZ001
    st.text(
        st.characters(min_codepoint=32, max_codepoint=126, exclude_characters='"*/:<>?\\|'), min_size=1, max_size=64
    ),
    st.sampled_from((1, 2)),
)
def test_every_name_that_the_game_writes_can_be_rebuilt(when: datetime, map_name: str, number: int) -> None:
    stamp = f"{when.year:04d}-{when:%m-%d-%H%M%S}"
    text = f"{stamp}-{map_name}-round-{number}.txt"
    assert round_name(text) == RoundName(text, stamp, map_name, number)


@pytest.mark.parametrize("character", '"*/:<>?\\|\0\x1f\x7f\n')
def test_no_name_holds_what_leads_out_of_a_folder_or_what_windows_has_no_files_for(character: str) -> None:
    assert isinstance(round_name(f"2025-10-02-211808-a{character}b-round-1.txt"), NotARound)


@pytest.mark.parametrize(
    ("text", "age", "looks"),
    [
        ("2025-10-02-211808-supply-round-1.TXT", None, True),
        ("2025-10-02-211808-supply-ROUND-3.txt", None, True),
        ("2025-10-02-211808--round-1.txt", None, True),
        ("2025-10-02-211808-s\\xc3\\xbapply-round-1.txt", None, True),
        ("2025-13-02-211808-supply-round-1.txt", None, True),
        ("2025-10-02-211808-supply-round-1.txt.part", 601, True),
        ("2025-10-02-211808-supply-round-1.txt.part", 600, False),
        ("2025-10-02-211808-supply-round-1.txt.part", None, False),
        ("2025-10-02-211808-supply-round-2-endstats.txt", None, False),
        ("2025-10-02-211808-supply-round-2_ENDSTATS.txt", None, False),
        ("2025-10-02-211808-supply-round-2_ws.txt", None, False),
        ("2025-10-02-211808-supply.txt", None, False),
        ("notes about 2025-10-02-211808-supply-round-1.txt", None, False),
        ("README.md", None, False),
    ],
)
def test_what_looks_like_a_round_is_told(text: str, age: int | None, looks: bool) -> None:
    assert is_round_like(text, age=age) is looks


def test_a_sessions_names_are_round_names_in_order() -> None:
    files = a_session(4)
    stamps = [a_name(file.name).stamp for file in files]
    assert stamps == sorted(stamps)
    assert [a_name(file.name).number for file in files] == [1, 2] * 4


@given(st.from_regex(r"[ -\[\]-~]*", fullmatch=True))
def test_a_plain_name_stands_for_itself(text: str) -> None:
    assert escaped(text.encode("ascii")) == text


@given(st.binary())
def test_any_bytes_have_a_printable_form_that_can_be_read_back(raw: bytes) -> None:
    text = escaped(raw)
    assert text.isascii()
    assert not text or text.isprintable()
    assert text.encode("ascii").decode("unicode_escape").encode("latin-1") == raw


def test_a_stamp_is_the_wall_clock_of_the_servers_zone() -> None:
    stamp = "2025-07-01-213000"
    assert iso_utc(end_of(stamp, zone=UTC, mtime=None, now=None).at) == "2025-07-01T21:30:00Z"
    assert iso_utc(end_of(stamp, zone=LJUBLJANA, mtime=None, now=None).at) == "2025-07-01T19:30:00Z"
    assert iso_utc(end_of(stamp, zone=NEW_YORK, mtime=None, now=None).at) == "2025-07-02T01:30:00Z"


@pytest.mark.parametrize(
    ("stamp", "zone", "first"),
    [
        ("2025-10-26-023000", LJUBLJANA, "2025-10-26T00:30:00Z"),
        ("2025-11-02-013000", NEW_YORK, "2025-11-02T05:30:00Z"),
    ],
)
def test_in_the_repeated_hour_the_mtime_decides(stamp: str, zone: ZoneInfo, first: str) -> None:
    early = end_of(stamp, zone=zone, mtime=None, now=None).at
    assert iso_utc(early) == first
    assert end_of(stamp, zone=zone, mtime=early + 2, now=None).at == early
    assert end_of(stamp, zone=zone, mtime=early + HOUR + 2, now=None).at == early + HOUR
    assert end_of(stamp, zone=zone, mtime=early + HOUR // 2, now=None).at == early
    assert end_of(stamp, zone=zone, mtime=early + HOUR // 2 + 1, now=None).at == early + HOUR


def test_an_mtime_from_another_day_is_no_evidence() -> None:
    early = end_of("2025-10-26-023000", zone=LJUBLJANA, mtime=None, now=None).at
    assert end_of("2025-10-26-023000", zone=LJUBLJANA, mtime=early + 26 * HOUR, now=None).at == early + HOUR
    assert end_of("2025-10-26-023000", zone=LJUBLJANA, mtime=early + 26 * HOUR + 1, now=None).at == early


@pytest.mark.parametrize(
    ("stamp", "zone", "shown"),
    [
        ("2025-03-30-023000", LJUBLJANA, "2025-03-30T01:30:00Z"),
        ("2025-03-09-023000", NEW_YORK, "2025-03-09T07:30:00Z"),
    ],
)
def test_a_stamp_in_the_missing_hour_still_has_one_instant(stamp: str, zone: ZoneInfo, shown: str) -> None:
    assert iso_utc(end_of(stamp, zone=zone, mtime=None, now=None).at) == shown
    only = end_of(stamp, zone=zone, mtime=None, now=None).at
    assert end_of(stamp, zone=zone, mtime=only - HOUR, now=None).at == only


@pytest.mark.parametrize("stamp", ["1970-01-01-000000", "2999-12-31-235959"])
@pytest.mark.parametrize("zone", [LJUBLJANA, NEW_YORK, ZoneInfo("Pacific/Kiritimati")])
def test_the_first_and_the_last_accepted_instant_can_be_shown(stamp: str, zone: ZoneInfo) -> None:
    assert iso_utc(end_of(stamp, zone=zone, mtime=None, now=None).at).endswith("Z")


@pytest.mark.parametrize(
    ("mtime", "now", "at", "dating"),
    [
        (MODERN, MODERN, MODERN, Dating.AHEAD),
        (MODERN, MODERN + DAY, MODERN, Dating.AHEAD),
        (None, MODERN, MODERN, Dating.SEEN),
        (STAMP, MODERN, MODERN, Dating.SEEN),  # the file's time is as wrong
        (MODERN + 26 * HOUR, MODERN, MODERN + 26 * HOUR, Dating.AHEAD),
        (MODERN + 26 * HOUR + 1, MODERN, MODERN, Dating.SEEN),
        (0, MODERN, MODERN, Dating.SEEN),
        (MODERN, None, None, Dating.STAMP),  # nobody asked
        (None, STAMP - 26 * HOUR, None, Dating.STAMP),
        (STAMP - 26 * HOUR, STAMP - 26 * HOUR - 1, None, Dating.STAMP),
        (STAMP - 26 * HOUR - 1, STAMP - 26 * HOUR - 1, STAMP - 26 * HOUR - 1, Dating.AHEAD),
        (STAMP, 86_400, None, Dating.STAMP),  # our own clock was reset
    ],
)
def test_a_stamp_later_than_the_file_and_the_present_is_no_evidence(
    mtime: int | None, now: int | None, at: int | None, dating: Dating
) -> None:
    end = end_of("2036-02-07-063000", zone=UTC, mtime=mtime, now=now)
    assert (end.at, end.dating) == (STAMP if at is None else at, dating)
    assert end.stamped_at == (None if at is None else STAMP)


@pytest.mark.parametrize("stamp", ["1970-01-01-000012", "2000-01-01-003000", "2003-05-28-235959"])
@pytest.mark.parametrize(
    ("mtime", "now", "at", "dating"),
    [
        (MODERN, MODERN, MODERN, Dating.BEFORE),
        (MODERN, None, MODERN, Dating.BEFORE),
        (100, MODERN, MODERN, Dating.SEEN),
        (None, MODERN, MODERN, Dating.SEEN),
        (STAMP, MODERN, MODERN, Dating.SEEN),
        (None, None, None, Dating.STAMP),
    ],
)
def test_a_stamp_older_than_the_game_is_no_evidence(
    stamp: str, mtime: int | None, now: int | None, at: int | None, dating: Dating
) -> None:
    end = end_of(stamp, zone=UTC, mtime=mtime, now=now)
    assert end.dating is dating
    assert at is None or end.at == at
    assert end_of("2003-05-29-000000", zone=UTC, mtime=mtime, now=now).dating is Dating.STAMP


@given(st.integers(0, 4_000_000_000), st.none() | st.integers(0, 4_000_000_000), st.integers(GAME_BEGAN, 3_000_000_000))
def test_no_round_ends_in_the_future_or_before_the_game_by_more_than_a_zone(
    stamp: int, mtime: int | None, now: int
) -> None:
    """Whatever a server's clock says: it owns neither the newest round nor the oldest one."""
    name = f"{datetime.fromtimestamp(stamp, UTC):%Y-%m-%d-%H%M%S}"
    end = end_of(name, zone=UTC, mtime=mtime, now=now)
    assert GAME_BEGAN <= end.at <= now + 2 * 26 * HOUR
    assert end.dating is Dating.STAMP or (end.stamped_at, end.at) in {(stamp, mtime), (stamp, now)}
    assert end_of(name, zone=UTC, mtime=mtime, now=now) == end


def test_the_other_reading_is_told_only_where_no_mtime_settles_it() -> None:
    early = end_of("2025-10-26-023000", zone=LJUBLJANA, mtime=None, now=None)
    assert early.other == early.at + HOUR
    assert end_of("2025-10-26-023000", zone=LJUBLJANA, mtime=0, now=None).other == early.other
    assert end_of("2025-10-26-023000", zone=LJUBLJANA, mtime=early.at + 5, now=None).other is None
    assert end_of("2025-10-26-033000", zone=LJUBLJANA, mtime=None, now=None).other is None


@pytest.mark.parametrize("zone", [UTC, LJUBLJANA, NEW_YORK])
@pytest.mark.parametrize("mtime", [None, 1_700_000_000, 1_761_440_000])
def test_what_the_file_says_itself_outvotes_stamp_zone_and_mtime(zone: tzinfo, mtime: int | None) -> None:
    stamp, said = "2025-10-26-023000", 1_761_438_597
    assert end_of(stamp, zone=zone, mtime=mtime, now=1_761_450_000, said=said) == End(said, dating=Dating.FILE)
    assert end_of(stamp, zone=zone, mtime=mtime, now=None, said=said) == End(said, dating=Dating.FILE)


def test_not_even_what_the_file_says_itself_may_be_in_the_future() -> None:
    now, said = 1_700_000_000, 2_100_000_000
    stamp = "2036-07-18-134000"
    assert end_of(stamp, zone=UTC, mtime=None, now=now, said=said) == End(now, None, Dating.SEEN, said)
    assert end_of(stamp, zone=UTC, mtime=now - 60, now=now, said=said) == End(now - 60, None, Dating.AHEAD, said)
    late = now + 26 * HOUR
    assert end_of(stamp, zone=UTC, mtime=now, now=now, said=late) == End(late, dating=Dating.FILE)
