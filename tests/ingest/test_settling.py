"""A file is safe to read when two looks a second apart agree, or when it is old beside the others."""

from __future__ import annotations

from bot.ingest.settling import OLD_ENOUGH, TWO_LOOKS, Settling
from bot.ingest.source.remote import Entry

FILE = Entry("a", 100, 5000)


def looks(settling: Settling, *entries: Entry, now: float) -> list[bool]:
    return settling.settled(entries, now=now)


def test_two_looks_that_agree_settle_a_file() -> None:
    settling = Settling()
    assert looks(settling, FILE, now=10.0) == [False]
    assert looks(settling, FILE, now=10.0 + TWO_LOOKS) == [True]


def test_two_looks_too_close_together_do_not() -> None:
    settling = Settling()
    looks(settling, FILE, now=10.0)
    assert looks(settling, FILE, now=10.9) == [False]
    assert looks(settling, FILE, now=11.0) == [True], "the first look counts, not the last"


def test_a_file_that_grew_or_was_touched_begins_again() -> None:
    for other in (FILE._replace(size=101), FILE._replace(mtime=5001)):
        settling = Settling()
        looks(settling, FILE, now=10.0)
        assert looks(settling, other, now=12.0) == [False]
        assert looks(settling, other, now=13.0) == [True]


def test_a_file_that_is_old_beside_the_newest_one_needs_no_second_look() -> None:
    old = FILE._replace(name="old", mtime=FILE.mtime - OLD_ENOUGH)
    young = FILE._replace(name="young", mtime=FILE.mtime - OLD_ENOUGH + 1)
    assert looks(Settling(), old, FILE, young, now=1.0) == [True, False, False]


def test_a_time_heard_in_an_earlier_look_makes_nothing_old() -> None:
    settling = Settling()
    looks(settling, FILE._replace(name="from the future", mtime=10**9), now=1.0)
    assert looks(settling, FILE, now=2.0) == [False]


def test_a_file_that_is_dealt_with_is_forgotten() -> None:
    settling = Settling()
    looks(settling, FILE, now=1.0)
    settling.forget(FILE.name)
    settling.forget("never seen")
    assert looks(settling, FILE, now=9.0) == [False]


def test_nothing_to_look_at_is_nothing_settled() -> None:
    assert looks(Settling(), now=1.0) == []
