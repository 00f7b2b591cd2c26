"""The doctor's checks as a message for admins."""

from __future__ import annotations

import pytest

from bot.domain.audit.states import FileState
from bot.invocation import command
from bot.watch.doctor import database
from bot.watch.doctor.card import health_card
from bot.watch.doctor.check import warning


def test_what_discord_has_a_command_for_needs_no_shell() -> None:
    diagnose, backup = command("diagnose_file_sync"), command("backup")
    checks = [warning("last file", "1 file could not be read", f"see {diagnose}"), warning("backup", "old", backup)]
    card = health_card(checks)
    assert [value.split("\n→ ")[1].replace("\\", "") for _, value in card.fields] == ["see `/sync diagnose`", backup]


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "just now"), (59, "just now"), (60, "1 minute ago"), (3_599, "59 minutes ago"), (3_600, "1 hour ago"),
        (86_399, "23 hours ago"), (86_400, "1 day ago"), (30 * 86_400, "30 days ago"),
    ],
)  # fmt: skip
def test_the_last_file_is_of_so_long_ago_in_the_unit_that_fits(seconds: int, told: str) -> None:
    check = database._files({FileState.IMPORTED: 1}, 1_000_000, now=1_000_000 + seconds)
    assert check.text == f"1 file known, the last one seen {told}"
