"""What cannot be true is a finding, and what is honest is none."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.audit.audit import AuditVerdict, ListedEntry, Severity, StoredRound, Survey
from bot.domain.audit.checks import audit
from bot.domain.game.file.reasons import FileReason, FileReasonCode
from bot.domain.game.model import Aside, NoteCode, Reason, State
from bot.present.audit.text import meaning
from tests.domain.audit.surveys import DAY, NOW, a_file, a_survey, entered, findings, stored

MINUTE = 60
FIRST, SECOND = a_file(age=DAY), a_file(age=DAY - 12 * MINUTE, map="radar")


def a_round(name: str, **changed: Any) -> StoredRound:
    """One of ten minutes, on the usual server."""
    return stored(name, host="a", duration=10 * MINUTE)._replace(**changed)


def aside(code: Aside) -> dict[str, Any]:
    return {"state": State.SET_ASIDE, "reason": Reason(code)}


def a_world(*rounds: StoredRound, days: int = 0, **changed: Any) -> Survey:
    """These rounds, imported so many days ago."""
    rows = {stored.file: entered(first_seen_at=NOW - days * DAY) for stored in rounds}
    names = [stored.file for stored in rounds]
    return a_survey(*names, **{"rounds": list(rounds), "ledger": rows, **changed})


def test_rounds_one_after_the_other_are_nothing() -> None:
    assert audit(a_world(a_round(FIRST), a_round(SECOND))).findings == ()


IMPOSSIBLE = [
    ("rounds_overlap", a_round(SECOND, duration=13 * MINUTE)),
    ("saved_twice", a_round(SECOND, **aside(Aside.SAVED_TWICE))),
    ("server_clock", a_round(SECOND, notes=frozenset({NoteCode.CLOCK_AHEAD}))),
    ("server_clock", a_round(SECOND, notes=frozenset({NoteCode.CLOCK_BACK}))),
    ("server_clock", a_round(SECOND, **aside(Aside.UNPAIRED_ORDER))),
    ("strangers", a_round(SECOND, **aside(Aside.UNPAIRED_STRANGERS))),
    ("strangers", a_round(SECOND, has_strangers=True)),
    ("implausible_figures", a_round(SECOND, **aside(Aside.OVERTIME))),
    ("implausible_figures", a_round(SECOND, **aside(Aside.NEGATIVE_TIME))),
    ("implausible_figures", a_round(SECOND, notes=frozenset({NoteCode.IMPOSSIBLE}), **aside(Aside.UNPAIRED))),
    ("two_servers", a_round(SECOND, host="b", duration=13 * MINUTE)),
    ("kills_differ", a_round(SECOND, notes=frozenset({NoteCode.KILLS_DIFFER}))),
]


@pytest.mark.parametrize(("code", "odd"), IMPOSSIBLE)
def test_what_cannot_be_true_wants_a_look_and_later_is_only_told(code: str, odd: StoredRound) -> None:
    new, old = (a_world(a_round(FIRST), odd, days=days) for days in (0, 100))
    assert findings(new)[code].severity is Severity.WARNING
    assert odd.file in findings(new)[code].files
    assert audit(new).verdict is AuditVerdict.ATTENTION
    assert findings(old)[code].severity is Severity.NOTICE


@pytest.mark.parametrize(
    ("mtime_after_stamp", "is_told"), [(-27 * 3600, True), (-700 * DAY, True), (-25 * 3600, False), (400 * DAY, False)]
)
def test_a_stamp_later_than_its_own_file_is_told(mtime_after_stamp: int, is_told: bool) -> None:
    """Copies are later than their stamps: what is earlier was written by a clock that is wrong now, or was then."""
    odd = a_round(SECOND)
    odd = odd._replace(mtime=odd.ended_at + mtime_after_stamp)
    assert ("server_clock" in findings(a_world(a_round(FIRST), odd))) is is_told
    assert "server_clock" not in findings(a_world(a_round(FIRST), odd._replace(mtime=0))), "a time that was reset"


@pytest.mark.parametrize("note", [NoteCode.IMPOSSIBLE, NoteCode.IMPOSSIBLE_HEADER, NoteCode.NO_ENEMIES])
@pytest.mark.parametrize("days", [0, 1000])
def test_figures_that_cannot_be_true_are_never_healthy_as_long_as_they_count(note: NoteCode, days: int) -> None:
    odd = a_round(SECOND, notes=frozenset({note}))
    assert audit(a_world(a_round(FIRST), odd, days=days)).verdict is AuditVerdict.ATTENTION
    taken_out = odd._replace(state=State.SET_ASIDE, reason=Reason(Aside.IGNORED, "not true"))
    assert audit(a_world(a_round(FIRST), taken_out, days=days)).verdict is AuditVerdict.HEALTHY


@pytest.mark.parametrize("length", [None, 2 * MINUTE])
def test_an_overlap_with_a_round_that_does_not_count_is_told_and_honest(length: int | None) -> None:
    """Unpaired: nobody may know how long it lasted, but it ended in the middle of the other one."""
    third = a_file(age=DAY - 15 * MINUTE, map="ice")
    broken = a_round(SECOND, duration=length, **aside(Aside.UNPAIRED))
    for lasting, told in ((5 * MINUTE, [Severity.NOTICE]), (3 * MINUTE, [])):
        found = audit(a_world(broken, a_round(third, duration=lasting)))
        assert [one.severity for one in found.findings if one.code == "rounds_overlap"] == told
        assert found.verdict is AuditVerdict.HEALTHY


def test_a_round_that_does_not_count_hides_no_overlap_of_two_that_do() -> None:
    between = a_round(a_file(age=DAY - 6 * MINUTE, map="ice"), duration=None, **aside(Aside.UNPAIRED))
    found = audit(a_world(a_round(FIRST), between, a_round(SECOND, duration=13 * MINUTE))).findings[0]
    assert (found.code, found.severity) == ("rounds_overlap", Severity.WARNING)
    assert found.files == tuple(sorted((FIRST, SECOND)))


@pytest.mark.parametrize(("code", "odd"), IMPOSSIBLE)
def test_what_an_admin_took_out_is_decided(code: str, odd: StoredRound) -> None:
    taken_out = odd._replace(state=State.SET_ASIDE, reason=Reason(Aside.IGNORED, "not true"))
    assert code not in findings(a_world(a_round(FIRST), taken_out))


@pytest.mark.parametrize("code", [NoteCode.CLOCK_SEEN, NoteCode.CLOCK_AHEAD, NoteCode.CLOCK_BEFORE])
def test_of_a_stamp_that_cannot_be_true_the_clock_is_told_and_no_overlap(code: NoteCode) -> None:
    noted = frozenset({code})
    found = findings(a_world(a_round(FIRST, notes=noted), a_round(SECOND, duration=13 * MINUTE, notes=noted)))
    assert [*found] == ["server_clock"]


def test_rounds_of_two_hosts_are_never_compared() -> None:
    found = findings(a_world(a_round(FIRST), a_round(SECOND, host="b", duration=13 * MINUTE)))
    assert "rounds_overlap" not in found


def test_the_hour_that_the_clock_repeats_explains_an_overlap() -> None:
    found = audit(a_world(a_round(FIRST, is_repeated_hour=True), a_round(SECOND, duration=13 * MINUTE)))
    assert [(one.code, one.severity) for one in found.findings] == [("rounds_overlap", Severity.NOTICE)]
    assert found.verdict is AuditVerdict.HEALTHY
    assert "counted twice" not in meaning(found)


def test_none_is_counted_twice_is_said_only_where_rounds_were_compared() -> None:
    assert "none is counted twice" in meaning(audit(a_world(a_round(FIRST), a_round(SECOND))))
    assert "counted twice" not in meaning(audit(a_world(a_round(FIRST), older=True)))


def test_two_hosts_in_turn_are_two_servers_and_one_after_the_other_may_be_a_new_name() -> None:
    third = a_file(age=DAY - 30 * MINUTE, map="ice")
    mixed = findings(a_world(a_round(FIRST), a_round(SECOND, host="^1b"), a_round(third)))["two_servers"]
    assert (mixed.title, mixed.severity, mixed.files) == ("two servers write here", Severity.WARNING, (SECOND,))
    assert mixed.why == "their headers name 2 hosts: a, b"
    at_once = a_world(a_round(FIRST), a_round(SECOND, host="b", duration=13 * MINUTE))
    assert audit(at_once).verdict is AuditVerdict.ATTENTION
    assert findings(at_once)["two_servers"].title == "two servers write here"
    renamed = findings(a_world(a_round(FIRST), a_round(SECOND), a_round(third, host="b")))["two_servers"]
    assert renamed.severity is Severity.NOTICE


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("unbalanced", {"notes": frozenset({NoteCode.UNBALANCED})}),
        ("contradicted_figures", {"notes": frozenset({NoteCode.RATIOS})}),
        ("contradicted_figures", {"notes": frozenset({NoteCode.HEADER_DIFFERS})}),
        ("carried_over", aside(Aside.CARRIED_OVER)),
        ("kills_differ", {"notes": frozenset({NoteCode.KILLS_DIFFER, NoteCode.UNBALANCED})}),
    ],
)
def test_what_happens_honestly_is_told_and_healthy(code: str, changed: dict[str, Any]) -> None:
    found = audit(a_world(a_round(FIRST), a_round(SECOND, **changed)))
    assert code in {one.code for one in found.findings}
    assert found.verdict is AuditVerdict.HEALTHY


@pytest.mark.parametrize(
    "name",
    [
        "2026-03-01-210000-supply-round-1.TXT",
        "2026-03-01-210000-supply-ROUND-1.txt",
        "2026-03-01-210000-supply-round-3.txt",
    ],
)
def test_a_name_nearly_as_a_rounds_is_never_silent(name: str) -> None:
    there = {FIRST: ListedEntry(100, NOW), name: ListedEntry(100, NOW)}
    found = findings(a_survey(FIRST, server=there))["looks_like_a_round"]
    assert (found.files, found.severity) == ((name,), Severity.WARNING)
    decided = {
        FIRST: entered(),
        name: entered(first_seen_at=NOW, reason=FileReason(FileReasonCode.IGNORED, words="not a round at all")),
    }
    assert "looks_like_a_round" not in findings(a_survey(FIRST, server=there, ledger=decided))
    of_before = {FIRST: entered(), name: entered(reason=FileReason(FileReasonCode.CONSOLE))}
    assert "looks_like_a_round" in findings(a_survey(FIRST, server=there, ledger=of_before))


@pytest.mark.parametrize(("age", "is_told"), [(601, True), (600, False)])
def test_a_file_on_its_way_is_told_when_it_stays_so(age: int, is_told: bool) -> None:
    there = {"2026-03-01-210000-supply-round-1.txt.part": ListedEntry(100, NOW - age)}
    assert ("looks_like_a_round" in findings(a_survey(server=there))) is is_told
