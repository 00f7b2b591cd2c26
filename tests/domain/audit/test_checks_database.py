"""What an audit says of the database as a file."""

from __future__ import annotations

import pytest

from bot.domain.audit.audit import AuditVerdict, DatabaseState, Survey
from bot.domain.audit.checks import audit
from bot.domain.audit.repairs import FindingCode
from tests.domain.audit.surveys import DAY, NOW, THRESHOLDS


def a_survey(state: DatabaseState) -> Survey:
    return Survey(server=None, local={}, ledger={}, rounds=(), database=state, now=NOW, thresholds=THRESHOLDS)


@pytest.mark.parametrize(
    ("state", "codes", "verdict"),
    [
        (DatabaseState(), [], AuditVerdict.HEALTHY),
        (DatabaseState(backup_at=NOW - DAY), [], AuditVerdict.HEALTHY),
        (DatabaseState(faults=("malformed",)), [FindingCode.DATABASE_DAMAGED], AuditVerdict.CRITICAL),
        (DatabaseState(unreadable="its disk fails"), [FindingCode.DATABASE_UNREADABLE], AuditVerdict.CRITICAL),
        (DatabaseState(differing=("a.txt",)), [FindingCode.ROUNDS_DIFFER], AuditVerdict.CRITICAL),
        (DatabaseState(backup_at=NOW - 3 * DAY), [FindingCode.BACKUP_OLD], AuditVerdict.ATTENTION),
        (DatabaseState(backup_at=NOW, backup_failed="no room"), [FindingCode.BACKUP_FAILED], AuditVerdict.ATTENTION),
    ],
)
def test_each_state_of_the_database_is_its_finding(
    state: DatabaseState, codes: list[FindingCode], verdict: AuditVerdict
) -> None:
    result = audit(a_survey(state))
    assert [finding.code for finding in result.findings] == codes
    assert result.verdict is verdict


@pytest.mark.parametrize("state", [DatabaseState(faults=("x",)), DatabaseState(unreadable="x")])
def test_the_last_good_backup_is_named_or_that_there_is_none(state: DatabaseState) -> None:
    (without,) = audit(a_survey(state)).findings
    assert without.meaning.endswith("there is no good backup of it")
    named = DatabaseState(faults=state.faults, unreadable=state.unreadable, last_good="backups/stats-1.db")
    (finding,) = audit(a_survey(named)).findings
    assert finding.meaning.endswith("the last good backup is backups/stats-1.db")
