"""The composition root: every rule comes from its setting, and each part is there whole or not at all."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from bot.app import open_app
from bot.settings import Settings
from rigs.world import FakeSource, ManualClock, a_rules, a_settings
from tests.deliver.fake_discord import FakeDiscord

OTHER_SETTINGS: dict[str, Any] = {
    "server_timezone": "Europe/Berlin", "session_gap_minutes": 61, "seasons": "cup=2026-06-06..2026-06-07",
    "win_points": 2, "post_max_age_minutes": 181, "silence_minutes": 31, "audit_gap_healthy": 51,
    "audit_gap_warning": 101, "audit_old_days": 31, "audit_recent_days": 8, "audit_stuck_minutes": 16,
}  # fmt: skip


def _flat(rules: dict[str, Any]) -> dict[str, Any]:
    return {**rules, **rules["thresholds"], "thresholds": None}


def test_each_rule_follows_one_setting_and_no_other() -> None:
    usual = _flat(asdict(a_rules()))
    moved = []
    for name, value in OTHER_SETTINGS.items():
        rules = _flat(asdict(Settings(_env_file=None, **{name: value}).rules))
        moved += [rule for rule in rules if rules[rule] != usual[rule]]
    assert sorted(moved) == sorted(set(usual) - {"thresholds"})


def test_durations_are_in_seconds() -> None:
    rules = Settings(_env_file=None, session_gap_minutes=30, post_max_age_minutes=3, silence_minutes=5).rules
    assert (rules.session_gap, rules.post_max_age, rules.silence) == (1800, 180, 300)


@pytest.mark.parametrize("is_live", [False, True])
@pytest.mark.parametrize("can_post", [False, True])
async def test_a_part_is_there_whole_with_its_services_or_not_at_all(
    tmp_path: Path, is_live: bool, can_post: bool
) -> None:
    clock = ManualClock()
    source = FakeSource(clock) if is_live else None
    settings = a_settings(tmp_path, stats_channel_id=1 if can_post else None)
    async with open_app(settings, source=source, publisher=FakeDiscord(clock), clock=clock) as app:
        assert (app.live is not None, app.posting is not None) == (is_live, can_post)
        assert [service.name for service in app.services] == [
            *(["polling", "auditing", "watching", "backing up"] if is_live else []),
            *(["posting", "recaps"] if can_post else []),
        ]  # fmt: skip
        assert {s.name for s in app.services if s.needs_discord} == ({"posting", "recaps"} if can_post else set())
        for service in app.services:
            app.heartbeats.begin(service.name)
        clock.pass_by(3 * 86400)
        assert {silence.name for silence in app.heartbeats.silent()} == {service.name for service in app.services}
        assert (await app.health()).polling is (app.live.polling.status if app.live else None)
        app.wake()
    assert source is None or source.closed
