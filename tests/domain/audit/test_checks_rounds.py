"""Rounds against the ledger and each other, clocks and zones, holes in an evening."""

from __future__ import annotations

import pytest

from bot.domain.audit.audit import Alike, Severity
from bot.domain.audit.checks.common import span
from bot.domain.audit.states import FileState
from bot.domain.game.model import Aside, Reason, State
from bot.present.audit.commands import commands
from bot.present.audit.text import title
from tests.domain.audit.surveys import DAY, NOW, a_file, a_survey, entered, findings, stored

NAME, OTHER = a_file(), a_file(age=300 * DAY)
R1, R2 = a_file(age=10_000), a_file(age=9_000, number=2)


def test_a_ledger_row_without_a_round_is_critical() -> None:
    found = findings(a_survey(NAME, rounds=[]))["lost_round"]
    assert (found.severity, commands(found)) == (Severity.CRITICAL, [f"python -m tools.sync_stats --reimport {NAME}"])


def test_more_rounds_than_files_are_critical_and_counted() -> None:
    found = findings(a_survey(NAME, rounds=[stored(NAME)] * 3))["duplicate_round"]
    assert (found.severity, found.files, found.title) == (
        Severity.CRITICAL,
        (NAME,),
        "imported more than once, 2 rounds more than files",
    )


@pytest.mark.parametrize(("state", "critical"), [("counted", True), ("set_aside", False)])
def test_the_same_content_under_two_names_matters_only_where_both_count(state: str, critical: bool) -> None:
    rounds = [stored(NAME, sha256="one"), stored(OTHER, sha256="one", state=state, reason=None)]
    assert ("duplicate_content" in findings(a_survey(NAME, OTHER, rounds=rounds))) is critical


def test_a_round_without_its_ledger_row_is_offered_for_adoption() -> None:
    found = findings(a_survey(NAME, ledger={}))["round_without_ledger_row"]
    assert (found.severity, commands(found)) == (Severity.WARNING, ["python -m tools.sync_stats --adopt"])


@pytest.mark.parametrize(
    ("first", "state", "could"),
    [
        (R1, FileState.REJECTED, True),
        (R1, FileState.IGNORED, False),
        (R1, FileState.IMPORTED, False),
        (a_file(age=9_000 + 3601), FileState.REJECTED, False),
        (a_file(age=8_000), FileState.REJECTED, False),
        (a_file(age=10_000, map="oasis"), FileState.REJECTED, False),
        (a_file(age=10_000, number=2), FileState.REJECTED, False),
        ("notes.txt", FileState.REJECTED, False),
    ],
)
def test_a_lonely_round_2_is_a_warning_only_where_its_round_1_could_be_had(
    first: str, state: FileState, could: bool
) -> None:
    lonely = stored(R2, state=State.SET_ASIDE, reason=Reason(Aside.UNPAIRED))
    rounds = [lonely, stored(first)] if state is FileState.IMPORTED else [lonely]
    found = findings(a_survey(R2, first, ledger={R2: entered(), first: entered(state)}, rounds=rounds))
    assert ("unpaired_but_first_is_there" in found, "hole_first_round" in found) == (could, not could)


def test_a_row_without_a_file_has_no_round_1() -> None:
    row = stored(R2)._replace(file="no file", reason=Reason(Aside.UNPAIRED))
    ledger = {R1: entered(FileState.REJECTED)}
    assert "hole_first_round" in findings(a_survey(R1, ledger=ledger, rounds=[row]))


def test_what_is_set_aside_is_told_with_its_reasons() -> None:
    rounds = [stored(NAME, state=State.SET_ASIDE, reason=Reason(Aside.ABORTED))]
    found = findings(a_survey(NAME, rounds=rounds))["set_aside"]
    assert (found.severity, found.reasons) == (Severity.OK, ((Reason(Aside.ABORTED), 1),))
    assert title(found) == "set aside: 1 aborted: the round was broken off in mid-play"


def _clock(*drifts: int) -> dict[str, Severity]:
    names = [a_file(age=DAY * (len(drifts) - n)) for n in range(len(drifts))]
    rounds = [stored(name, mtime=stored(name).ended_at + drift) for name, drift in zip(names, drifts, strict=True)]
    return {code: finding.severity for code, finding in findings(a_survey(*names, rounds=rounds)).items()}


@pytest.mark.parametrize("drift", [3600, -3600, 7200, 1800, 20_700, 3600 + 100, 3600 - 100])
def test_a_zone_that_is_wrong_by_quarters_of_an_hour_is_a_warning(drift: int) -> None:
    assert _clock(*[drift] * 5) == {"wrong_zone": Severity.WARNING}


def test_daylight_saving_time_that_is_forgotten_shows_when_most_files_are_off() -> None:
    assert _clock(*[0] * 5, *[3600] * 5) == {}
    assert _clock(*[0] * 5, *[3600] * 6) == {"wrong_zone": Severity.WARNING}


def test_four_files_prove_nothing_about_a_zone() -> None:
    assert _clock(*[3600] * 4) == {}


def test_a_clock_that_drifts_is_noticed_in_the_five_newest_files() -> None:
    assert _clock(*[300] * 5) == {"clock_drift": Severity.NOTICE}
    assert _clock(*[300] * 4, 0) == {}
    assert _clock(*[300] * 4) == {}


def test_files_that_were_copied_days_later_say_nothing_about_the_clock() -> None:
    assert _clock(*[3 * DAY] * 9) == {}
    name = a_file()
    assert findings(a_survey(name, rounds=[stored(name, mtime=None)])) == {}


@pytest.mark.parametrize(("hole", "found"), [(5400, False), (5401, True), (3 * 3600, True), (3 * 3600 + 1, False)])
def test_a_long_gap_inside_a_dense_session_is_told(hole: int, found: bool) -> None:
    ages = [50_000 + 600 * n for n in range(6)]
    ages += [ages[-1] + hole + 600 * n for n in range(6)]
    names = [a_file(age=age) for age in ages]
    holes = findings(a_survey(*names)).get("hole_in_evening")
    assert (holes is not None) is found
    assert holes is None or (holes.severity, len(holes.files)) == (Severity.OK, 2)


def test_a_gap_between_two_rounds_is_no_hole() -> None:
    assert findings(a_survey(a_file(age=NOW % DAY), a_file(age=NOW % DAY + 7200))) == {}


def test_a_span_is_that_of_the_names() -> None:
    assert span(["notes.txt"]) == "no dates"


def test_a_round_whose_bytes_the_database_lost_is_offered_to_be_imported_again() -> None:
    rounds = [stored(NAME)._replace(size=None)]
    found = findings(a_survey(NAME, rounds=rounds))["bytes_missing"]
    assert (found.severity, commands(found)) == (Severity.WARNING, [f"python -m tools.sync_stats --reimport {NAME}"])
    assert "bytes_missing" not in findings(a_survey(NAME, rounds=rounds, older=True))


@pytest.mark.parametrize(
    ("lines", "of", "is_told"), [(4, 12, True), (3, 3, True), (2, 2, True), (3, 4, False), (1, 1, False)]
)
def test_the_same_people_with_the_same_figures_in_two_rounds_are_one_round(lines: int, of: int, is_told: bool) -> None:
    found = findings(a_survey(NAME, OTHER, alike=[Alike(NAME, OTHER, lines, of)]))
    assert ("same_figures" in found) is is_told
    if is_told:
        finding = found["same_figures"]
        assert (finding.severity, finding.files) == (Severity.CRITICAL, (OTHER,))
        assert finding.why.endswith(f"{OTHER} tells what {NAME} tells")


def test_files_of_the_same_bytes_are_told_of_once() -> None:
    rounds = [stored(NAME, sha256="a"), stored(OTHER, sha256="a")]
    found = findings(a_survey(NAME, OTHER, rounds=rounds, alike=[Alike(NAME, OTHER, 6, 6)]))
    assert "duplicate_content" in found
    assert "same_figures" not in found


def test_of_many_pairs_three_are_named() -> None:
    names = [a_file(age=day * 86400) for day in range(5, 0, -1)]
    pairs = [Alike(names[0], name, 6, 6) for name in names[1:]]
    assert findings(a_survey(*names, alike=pairs))["same_figures"].why.endswith("; and 1 more")
