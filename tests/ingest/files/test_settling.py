"""A file is safe to read when two looks a second apart agree, or when it is old beside the others."""

from __future__ import annotations

from bot.ingest.settling import OLD_ENOUGH, PATIENCE, RESTLESS, TWO_LOOKS, Ripeness, Settling
from bot.ingest.source.remote import Entry

MTIME = 5000
FILE = Entry("a", 100, MTIME)
GROWING, YOUNG, WAITED, OLD = Ripeness


def looks(settling: Settling, *entries: Entry, now: float) -> list[Ripeness]:
    return settling.ripeness(entries, now=now)


def test_two_looks_that_agree_settle_a_file() -> None:
    settling = Settling()
    assert looks(settling, FILE, now=10.0) == [GROWING]
    assert looks(settling, FILE, now=10.0 + TWO_LOOKS) == [YOUNG]


def test_two_looks_too_close_together_do_not() -> None:
    settling = Settling()
    looks(settling, FILE, now=10.0)
    assert looks(settling, FILE, now=10.9) == [GROWING]
    assert looks(settling, FILE, now=11.0) == [YOUNG], "the first look counts, not the last"


def test_a_file_that_grew_or_was_touched_begins_again() -> None:
    for other in (FILE._replace(size=101), FILE._replace(mtime=5001)):
        settling = Settling()
        looks(settling, FILE, now=10.0)
        settling.unfinished(FILE.name)
        assert looks(settling, other, now=12.0) == [GROWING]
        assert looks(settling, other, now=13.0) == [YOUNG]


def test_a_file_that_looks_unfinished_is_taken_when_it_stood_still_for_long_enough() -> None:
    settling = Settling()
    looks(settling, FILE, now=10.0)
    assert looks(settling, FILE, now=12.0) == [YOUNG]
    settling.unfinished(FILE.name)
    assert looks(settling, FILE, now=13.0) == [GROWING]
    assert looks(settling, FILE, now=10.0 + PATIENCE - 0.1) == [GROWING]
    assert looks(settling, FILE, now=10.0 + PATIENCE) == [WAITED]


def test_a_file_that_is_old_beside_the_newest_one_needs_no_second_look() -> None:
    old = FILE._replace(name="old", mtime=MTIME - OLD_ENOUGH)
    young = FILE._replace(name="young", mtime=MTIME - OLD_ENOUGH + 1)
    assert looks(Settling(), old, FILE, young, now=1.0) == [OLD, GROWING, GROWING]


def test_a_time_heard_in_an_earlier_look_makes_nothing_old() -> None:
    settling = Settling()
    looks(settling, FILE._replace(name="from the future", mtime=10**9), now=1.0)
    assert looks(settling, FILE, now=2.0) == [GROWING]


def test_a_file_that_is_dealt_with_is_forgotten() -> None:
    settling = Settling()
    looks(settling, FILE, now=1.0)
    settling.forget(FILE.name)
    settling.forget("never seen")
    assert looks(settling, FILE, now=9.0) == [GROWING]


def test_nothing_to_look_at_is_nothing_settled() -> None:
    assert looks(Settling(), now=1.0) == []


def test_a_time_that_the_server_does_not_tell_makes_nothing_old() -> None:
    timeless = FILE._replace(name="timeless", mtime=None, size=None)
    settling = Settling()
    assert looks(settling, timeless, FILE, now=1.0) == [GROWING, GROWING]
    assert looks(settling, timeless, now=2.0) == [YOUNG]


def test_a_file_that_never_settles_holds_up_nothing_in_the_end() -> None:
    settling = Settling()
    for second in range(int(RESTLESS) + 2):
        assert looks(settling, FILE._replace(size=second), now=second) == [GROWING]
        assert settling.is_restless(FILE.name, now=second) is (second > RESTLESS)
