"""What the admin decided about rounds, sessions, posts and audits, as one value that is handed down.

The composition root makes it from the settings; nothing below has a default of its own, so that a setting either
reaches every answer or none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, tzinfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """When an audit's findings begin to matter: numbers of files, days and minutes."""

    gap_notice: int
    gap_warning: int
    old_days: int
    recent_days: int
    stuck_minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """One server's rules; durations in seconds."""

    zone: tzinfo
    """The game server's clock is set to it: the names of files and sessions are in it."""
    session_gap: int
    """A longer pause begins a new session."""
    seasons: Mapping[str, tuple[date, date]]
    """Name → (first day, last day)."""
    win_points: int
    """Points for a won map in a session's score; a draw gives one each where it is 2."""
    post_max_age: int
    """Older rounds and sessions are imported, but not posted."""
    silence: int
    """So long without contact with the game server is worth an alert."""
    thresholds: Thresholds
