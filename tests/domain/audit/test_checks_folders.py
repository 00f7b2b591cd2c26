"""Folders against the database: the edges of every threshold."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.audit.audit import Copy, Counts, ListedEntry, OwedPost, Severity
from bot.domain.audit.states import FileState
from bot.domain.game.file.reasons import FileReason, FileReasonCode
from bot.present.audit.commands import commands
from bot.present.audit.text import why
from rigs.builders import a_file_reason
from tests.domain.audit.surveys import DAY, NOW, a_file, a_survey, entered, findings

NAME = a_file()


TORN = a_file_reason("torn")
A_LINK = FileReason(FileReasonCode.NOT_REGULAR, what="link")


@pytest.mark.parametrize(
    ("number", "youngest", "severity", "says"),
    [
        (1, 30 * DAY + 1, Severity.NOTICE, "healthy"),
        (50, 31 * DAY, Severity.NOTICE, "healthy"),
        (51, 31 * DAY, Severity.WARNING, "watch"),
        (1, 30 * DAY, Severity.WARNING, "watch"),
        (1, 7 * DAY, Severity.WARNING, "watch"),
        (1, 7 * DAY - 1, Severity.WARNING, "last 7 days"),
        (100, 31 * DAY, Severity.WARNING, "watch"),
        (101, 31 * DAY, Severity.WARNING, "more than 100"),
    ],
)
def test_a_gap_on_disk_is_judged_by_its_size_and_its_age(
    number: int, youngest: int, severity: Severity, says: str
) -> None:
    names = [a_file(age=youngest + 3600 * n) for n in range(number)]
    found = findings(a_survey(*names, local={}))["archive_gap"]
    assert (found.severity, len(found.files)) == (severity, number)
    assert says in found.title
    assert commands(found) == ["python -m tools.sync_stats --restore-missing"]


def test_a_gap_tells_its_dates() -> None:
    names = [a_file(age=400 * DAY), a_file(age=500 * DAY)]
    first, last = sorted(name[:10] for name in names)
    assert f"({first} … {last})" in findings(a_survey(*names, local={}))["archive_gap"].title
    assert f"({first})" in findings(a_survey(names[1], local={}))["archive_gap"].title


@pytest.mark.parametrize(
    ("changed", "code", "severity"),
    [
        ({"ledger": {}, "rounds": []}, "not_imported", Severity.WARNING),
        ({"local": {}, "ledger": {}, "rounds": []}, "pending", Severity.NOTICE),
        ({"local": {}, "ledger": {NAME: entered(FileState.SEEN)}, "rounds": []}, "stuck", Severity.WARNING),
        ({"local": {}, "server": {}, "ledger": {NAME: entered(FileState.SEEN)}, "rounds": []}, "vanished",
         Severity.WARNING),
        ({"ledger": {NAME: entered(FileState.REJECTED, reason=TORN)}, "rounds": []}, "rejected", Severity.NOTICE),
        ({"ledger": {NAME: entered(FileState.REJECTED, updated_at=NOW - 7 * DAY)}, "rounds": []}, "rejected",
         Severity.NOTICE),
        ({"ledger": {NAME: entered(FileState.REJECTED, updated_at=NOW - 7 * DAY + 1)}, "rounds": []}, "rejected",
         Severity.WARNING),
        ({"ledger": {NAME: entered(FileState.RETRYING, reason=TORN, retry_at=NOW - 900)}, "rounds": []}, "retrying",
         Severity.NOTICE),
        ({"ledger": {NAME: entered(FileState.RETRYING, reason=TORN, retry_at=NOW - 901)}, "rounds": []},
         "retry_overdue", Severity.WARNING),
        ({"local": {}, "server": {NAME: ListedEntry(1, 1, regular=False)}, "rounds": [],
          "ledger": {NAME: entered(FileState.IGNORED, reason=A_LINK)}}, "never_opened",
         Severity.WARNING),
        ({"local": {NAME: Copy(1)}}, "local_differs", Severity.WARNING),
        ({"server": {NAME: ListedEntry(1, 1)}}, "changed_on_server", Severity.WARNING),
        ({"server": {}}, "gone_from_server", Severity.OK),
    ],
)  # fmt: skip
def test_each_misfortune_is_one_finding_about_its_file(changed: dict[str, Any], code: str, severity: Severity) -> None:
    found = findings(a_survey(NAME, **changed))
    assert [(one.code, one.severity, one.files) for one in found.values()] == [(code, severity, (NAME,))]
    assert why(found[code])
    assert found[code].meaning


def test_many_files_are_named_by_the_diagnosis_and_many_reasons_are_counted() -> None:
    names = [a_file(age=DAY * n) for n in range(100, 105)]
    rows = {name: entered(FileState.REJECTED, reason=a_file_reason(f"reason {name}")) for name in names}
    found = findings(a_survey(*names, ledger=rows, rounds=[]))["rejected"]
    assert commands(found)[1].startswith(
        "python -m tools.diagnose_file_sync --names rejected | python -m tools.sync_stats --yes --ignore"
    )
    assert why(found).endswith("; and 2 more")


def test_names_that_have_no_date_have_no_span() -> None:
    rows = {"notes.txt": entered(FileState.REJECTED)}
    assert findings(a_survey(ledger=rows))["rejected"].files == ("notes.txt",)


@pytest.mark.parametrize(("before", "found"), [(1, False), (2, True)])
def test_a_ledger_that_shrinks_is_a_warning(before: int, found: bool) -> None:
    previous = Counts(server=1, local=1, processed=before, rounds=1)
    shrunk = findings(a_survey(NAME, previous=previous)).get("ledger_shrunk")
    assert (shrunk is not None) is found
    assert shrunk is None or (shrunk.severity, shrunk.files) == (Severity.WARNING, ())


@pytest.mark.parametrize(
    ("post", "code"),
    [
        (OwedPost("x", "parked", "no permission", NOW), "post_parked"),
        (OwedPost("x", "unsure", None, NOW), "post_unsure"),
        (OwedPost("x", "waiting", None, NOW - 901), "post_late"),
        (OwedPost("x", "sending", None, NOW - 901), "post_late"),
        (OwedPost("x", "waiting", None, NOW - 900), None),
    ],
)
def test_posts_that_are_owed_too_long_are_told(post: OwedPost, code: str | None) -> None:
    assert list(findings(a_survey(NAME, posts=[post]))) == ([] if code is None else [code])
