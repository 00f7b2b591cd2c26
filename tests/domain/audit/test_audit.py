"""Every file is in exactly one class, the numbers speak of names of the grammar, and the worst finding decides."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.audit.audit import (
    AuditVerdict,
    Copy,
    Counts,
    FileClass,
    ListedEntry,
    Severity,
    Survey,
    classify,
    count,
)
from bot.domain.audit.checks import audit
from bot.domain.audit.repairs import AFRESH
from bot.domain.audit.states import FileState, ServerVersion
from tests.domain.audit.surveys import DAY, NOW, SIZE, THRESHOLDS, a_file, a_survey, entered, stored

NAME = a_file()
EVERYWHERE: dict[str, Any] = {
    "server": {NAME: ListedEntry(SIZE, 1)}, "local": {NAME: Copy(SIZE, f"sha of {NAME}")}, "ledger": {NAME: entered()},
    "rounds": [stored(NAME)],
}  # fmt: skip
NOWHERE: dict[str, Any] = {"server": {}, "local": {}, "ledger": {}, "rounds": []}
SEEN = entered(FileState.SEEN, first_seen_at=NOW)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, FileClass.COMPLETE),
        ({"server": None}, FileClass.COMPLETE),
        ({"local": {}}, FileClass.ARCHIVE_GAP),
        ({"local": {}, "server": None}, FileClass.ARCHIVE_GAP),
        ({"server": {}}, FileClass.GONE_FROM_SERVER),
        ({"server": {}, "local": {}}, FileClass.DATABASE_ONLY),
        ({"local": {NAME: Copy(SIZE + 1)}}, FileClass.LOCAL_DIFFERS),
        ({"local": {NAME: Copy(SIZE, "another")}}, FileClass.LOCAL_DIFFERS),
        ({"server": {NAME: ListedEntry(SIZE + 1, 1)}}, FileClass.SERVER_DIFFERS),
        ({"ledger": {NAME: entered(changed_to=ServerVersion(1, 1, "file"))}}, FileClass.SERVER_DIFFERS),
        ({"rounds": [stored(NAME, size=None, sha256=None)], "local": {NAME: Copy(7)}}, FileClass.COMPLETE),
        ({"rounds": []}, FileClass.LOST),
        ({"ledger": {}}, FileClass.UNLEDGERED),
        ({"ledger": {NAME: entered(FileState.RETRYING)}}, FileClass.UNLEDGERED),
    ],
)
def test_an_imported_file_is_in_the_class_that_says_what_is_wrong(changed: dict[str, Any], expected: FileClass) -> None:
    assert [*classify(Survey(**{**EVERYWHERE, **changed}, now=NOW, thresholds=THRESHOLDS))] == [(NAME, expected)]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"server": {NAME: ListedEntry(1, 1)}}, FileClass.PENDING),
        ({"server": {NAME: ListedEntry(1, 1)}, "ledger": {NAME: SEEN}}, FileClass.PENDING),
        (
            {"server": {NAME: ListedEntry(1, 1)}, "ledger": {NAME: SEEN._replace(first_seen_at=NOW - 900)}},
            FileClass.PENDING,
        ),
        (
            {"server": {NAME: ListedEntry(1, 1)}, "ledger": {NAME: SEEN._replace(first_seen_at=NOW - 901)}},
            FileClass.STUCK,
        ),
        ({"server": None, "ledger": {NAME: SEEN}}, FileClass.PENDING),
        ({"ledger": {NAME: SEEN}}, FileClass.VANISHED),
        ({"local": {NAME: Copy(1)}}, FileClass.NOT_IMPORTED),
        ({"ledger": {NAME: entered(FileState.REJECTED)}}, FileClass.REJECTED),
        ({"ledger": {NAME: entered(FileState.RETRYING)}}, FileClass.RETRYING),
        ({"ledger": {NAME: entered(FileState.IGNORED)}}, FileClass.IGNORED),
        ({"server": {NAME: ListedEntry(1, 1, regular=False)}}, FileClass.IGNORED),
    ],
)
def test_a_file_that_is_not_imported_is_in_the_class_that_says_why(
    changed: dict[str, Any], expected: FileClass
) -> None:
    assert [*classify(Survey(**{**NOWHERE, **changed}, now=NOW, thresholds=THRESHOLDS))] == [(NAME, expected)]


def test_counts_speak_of_round_files_imported_rows_and_round_rows() -> None:
    survey = a_survey(
        NAME,
        server={
            NAME: ListedEntry(1, 1),
            "notes.txt": ListedEntry(1, 1),
            a_file(age=1): ListedEntry(1, 1, regular=False),
        },
        ledger={NAME: entered(), "notes.txt": entered(FileState.IGNORED)},
        rounds=[stored(NAME), stored(NAME)],
    )
    assert count(survey) == Counts(server=1, local=1, processed=1, rounds=2)
    assert count(a_survey(NAME, server=None)).server is None
    assert audit(survey).classes["notes.txt"] is FileClass.IGNORED


def test_the_classes_add_up_to_the_files() -> None:
    other, third = a_file(age=100 * DAY), a_file(age=200 * DAY)
    found = audit(a_survey(NAME, other, third, local={NAME: Copy(SIZE)}))
    assert found.in_each_class() == {FileClass.COMPLETE: 1, FileClass.ARCHIVE_GAP: 2}


def test_a_world_without_a_fault_is_healthy_and_has_no_finding() -> None:
    found = audit(a_survey(NAME))
    assert (found.verdict, found.findings) == (AuditVerdict.HEALTHY, ())


@pytest.mark.parametrize(
    ("changed", "verdict", "severity"),
    [
        ({"server": {}}, AuditVerdict.HEALTHY, Severity.OK),
        ({"local": {}}, AuditVerdict.HEALTHY, Severity.NOTICE),
        ({"ledger": {}}, AuditVerdict.ATTENTION, Severity.WARNING),
        ({"ledger": {}, "local": {}, "rounds": [stored(NAME)] * 2}, AuditVerdict.CRITICAL, Severity.CRITICAL),
    ],
)
def test_the_worst_finding_decides_and_comes_first(
    changed: dict[str, Any], verdict: AuditVerdict, severity: Severity
) -> None:
    found = audit(a_survey(NAME, **changed))
    assert (found.verdict, found.findings[0].severity) == (verdict, severity)
    severities = [finding.severity for finding in found.findings]
    assert severities == sorted(severities, reverse=True)


def test_in_the_older_design_every_repair_is_the_way_on() -> None:
    found = audit(a_survey(NAME, local={}, server={}, older=True)).findings
    assert {finding.code: finding.offers for finding in found} == {"archive_gap": (AFRESH,), "gone_from_server": ()}
    assert "bytes" not in found[0].meaning


def test_thresholds_are_settings() -> None:
    young = a_file(age=2 * DAY)
    strict = replace(THRESHOLDS, gap_notice=0, gap_warning=1, old_days=1, recent_days=1)
    assert audit(a_survey(young, local={})).verdict is AuditVerdict.ATTENTION
    assert audit(a_survey(young, local={}, thresholds=strict)).verdict is AuditVerdict.ATTENTION
    lenient = replace(THRESHOLDS, old_days=1, recent_days=1)
    assert audit(a_survey(young, local={}, thresholds=lenient)).verdict is AuditVerdict.HEALTHY
