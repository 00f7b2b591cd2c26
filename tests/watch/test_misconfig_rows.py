"""The 42 mistakes that were planted in a real set-up, each with the tests that plant it: for doctor and start."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_HERE, _DB, _OUT, _SSH = (f"watch.test_misconfig{end}" for end in ("", "_database", "_outside", "_server"))
_BOT, _SET, _NEW = "whole.process.test_bot_start", "test_settings", "test_invocation"
ROWS: dict[int, tuple[str, ...]] = {
    1: (f"{_OUT}:test_a_wrong_token", f"{_BOT}:test_a_bad_token_is_a_matter_of_configuration"),
    2: (f"{_OUT}:test_a_channel_that_no_server_of_the_bot_has",),
    3: (f"{_HERE}:test_a_wrong_setting", f"{_HERE}:test_what_discord_copies_is_taken_as_the_id_that_is_in_it"),
    4: (f"{_OUT}:test_a_channel_that_no_server_of_the_bot_has",),
    5: (f"{_OUT}:test_a_channel_that_no_server_of_the_bot_has", f"{_OUT}:test_a_channel_in_which_nobody_can_post"),
    6: (f"{_OUT}:test_a_missing_permission_by_its_name_and_in_both_channels",),
    7: (f"{_OUT}:test_a_wrong_server",),
    8: (f"{_BOT}:test_commands_are_registered_as_soon_as_the_bot_joins_the_server", f"{_OUT}:test_a_wrong_server"),
    9: (
        f"{_OUT}:test_a_new_application_on_an_old_database",
        f"{_BOT}:test_a_new_application_on_an_old_database_gets_its_commands",
    ),
    # 10: one token in two places cannot be told from a restored backup: docs/OPERATION.md alone
    11: (
        f"{_SSH}:test_what_is_refused",
        f"{_BOT}:test_an_unknown_host_key_is_shown_and_told_once_and_the_bot_stays_up",
    ),
    12: (f"{_SSH}:test_what_is_refused", f"{_SSH}:test_what_is_no_mistake"),
    13: (f"{_SSH}:test_what_is_refused", f"{_SSH}:test_13_a_host_in_capitals_is_the_one_that_is_known"),
    14: (f"{_SSH}:test_what_is_refused", f"{_HERE}:test_a_wrong_setting"),
    15: (f"{_SET}:test_a_key_in_a_folder_that_may_not_be_entered_is_named_with_the_way_out",),
    16: (f"{_SSH}:test_what_is_refused",),
    17: (f"{_SSH}:test_what_is_refused",),
    18: (f"{_SSH}:test_what_is_refused",),
    19: (f"{_SSH}:test_19_a_server_that_takes_passwords_alone",),
    20: (f"{_SSH}:test_20_and_21_logins_that_lead_nowhere",),
    21: (f"{_SSH}:test_20_and_21_logins_that_lead_nowhere",),
    22: (f"{_SSH}:test_what_is_refused", f"{_HERE}:test_a_wrong_setting"),
    23: (f"{_OUT}:test_a_folder_without_any_round_file",),
    24: (
        f"{_SSH}:test_24_files_that_only_their_owner_may_read",
        f"{_SSH}:test_24_and_25_a_folder_that_comes_and_is_closed_is_a_second_trouble",
    ),
    25: (f"{_SSH}:test_24_and_25_a_folder_that_comes_and_is_closed_is_a_second_trouble",),
    26: (f"{_HERE}:test_a_wrong_setting",),
    27: (f"{_OUT}:test_a_zone_that_the_files_contradict",),
    28: (f"{_SSH}:test_what_is_refused", f"{_SSH}:test_28_the_port_of_another_service"),
    29: (f"{_HERE}:test_a_wrong_setting",),
    30: (
        f"{_DB}:test_a_database_that_may_not_be_written",
        f"{_DB}:test_a_database_that_no_restart_makes_usable_is_an_error_of_its_own",
    ),
    31: (f"{_HERE}:test_copies_and_charts_without_a_place",),
    32: (
        f"{_DB}:test_little_room_and_a_disk_of_the_network",
        "whole.process.test_storage:test_a_full_disk_loses_nothing_and_heals_with_the_next_poll",
    ),
    33: (f"{_DB}:test_a_second_instance_and_a_second_name", f"{_BOT}:test_a_second_instance_says_who_is_first"),
    34: (f"{_HERE}:test_a_wrong_setting", f"{_HERE}:test_what_is_not_what_it_seems_is_said"),
    35: (f"{_HERE}:test_a_file_that_is_no_utf8", f"{_HERE}:test_no_file_at_all"),
    36: (f"{_HERE}:test_what_is_not_what_it_seems_is_said", f"{_HERE}:test_a_password_is_what_stands_in_the_file"),
    37: (f"{_HERE}:test_settings_for_everybody",),
    38: (f"{_DB}:test_somebody_elses_database", f"{_DB}:test_where_a_good_backup_is_there_both_name_it"),
    39: (f"{_OUT}:test_the_clock_of_the_bot", f"{_OUT}:test_a_server_whose_files_come_from_the_future"),
    40: (f"{_HERE}:test_a_wrong_setting", f"{_HERE}:test_every_number_is_refused_in_words_with_its_range"),
    41: (
        f"{_HERE}:test_fonts_and_packages_that_are_gone",
        f"{_NEW}:test_a_missing_package_is_one_line_with_its_command_and_no_reason_to_start_again",
    ),
    42: (f"{_HERE}:test_copies_and_charts_without_a_place", f"{_HERE}:test_fonts_and_packages_that_are_gone"),
}
"""Row of the list of mistakes → tests."""


@pytest.mark.parametrize("row", range(1, 43))
def test_each_mistake_is_planted(row: int) -> None:
    if row == 10:
        told = " ".join((ROOT / "docs/OPERATION.md").read_text(encoding="utf-8").split())
        assert "another bot somewhere has the same token" in told
        return
    for module, _, test in (name.partition(":") for name in ROWS[row]):
        assert callable(getattr(import_module(f"tests.{module}"), test))
