"""From score sheets to the rows that the bot must export, by the rules of the file: tenths of a minute, and so on."""

from __future__ import annotations

from typing import Any

from bot.domain.game.file.colours import clean
from bot.domain.game.file.columns import places
from bot.domain.game.model import STORED
from rigs.gameserver.events import SPECTATOR, Person
from rigs.gameserver.sheet import TrueLine, TrueSheet

TAB_FIELDS = 38
"""As many as the script writes."""
UNKNOWN = tuple(name for name, place in places(TAB_FIELDS).items() if place is None)
"""What the bot takes from other scripts only."""
COUNTS = (
    "kills", "deaths", "hits", "shots", "headshots", "damage_given", "damage_received", "team_damage_given",
    "team_damage_received", "gibs", "selfkills", "teamkills", "teamgibs", "xp",
)  # fmt: skip


def tenths(value: float) -> int:
    """As one decimal is written, and read as an integer."""
    return int(f"{value:.1f}".replace(".", ""))


def identity(person: Person) -> str:
    """As the bot tells people apart."""
    return f"OMNIBOT:{clean(person.name)}" if person.bot else person.guid8


def rows(sheet: TrueSheet, first: TrueSheet | None = None) -> dict[str, dict[str, Any]]:
    """Identity → the exported row, for everybody who played; `first`: round 1's sheet, for a round 2."""
    rows_by_identity = {}
    for person, line in sheet.lines.items():
        before = first.lines.get(person) if first else None
        row = _row(line, dict(sheet.figures[person]), runs_on=before is not None and line.connection == 0)
        if line.team == SPECTATOR and before is not None:
            if line.connection == 0 and not any(row[name] for name in STORED[4:] if name not in UNKNOWN):
                continue
            row["team"] = 3 - before.team
        rows_by_identity[identity(person)] = row
    return rows_by_identity


def who_killed_whom(sheet: TrueSheet) -> list[dict[str, Any]]:
    """As it is exported: bots that share a GUID stand under that, since nothing tells which one it was."""
    keys: dict[str, str] = {}
    for person in sheet.figures:
        keys[person.guid8] = person.guid8 if person.guid8 in keys else identity(person)
    pairs = sorted((keys[killer], keys[victim], times) for (killer, victim), times in sheet.pairs.items())
    return [{"killer": killer, "victim": victim, "times": times} for killer, victim, times in pairs]


def _row(line: TrueLine, figures: dict[str, int], *, runs_on: bool) -> dict[str, Any]:
    counts = line.counts
    time, share = _times(line.brought_time + counts["time"], line.brought_alive + counts["alive"])
    time_before, share_before = _times(line.brought_time, line.brought_alive) if runs_on else (0, 0)
    seconds = 6 * (time - time_before)
    alive = round((time * share - time_before * share_before) * 6 / 1000)
    raw = line.name.encode("latin-1").decode("utf-8", "replace")
    name = line.name if "\ufffd" in raw else raw
    row: dict[str, Any] = dict.fromkeys(STORED, 0)
    row |= {"guid": identity(line.person), "name": clean(name), "raw_name": name, "team": line.team}
    row |= {figure: counts[figure] for figure in COUNTS} | figures | dict.fromkeys(UNKNOWN)
    row |= {"time_seconds": seconds, "alive_seconds": min(max(alive, 0), seconds)}
    return row | {"time_dead_seconds": 6 * tenths((counts["time"] - counts["alive"]) / 60000)}


def _times(time: int, alive: int) -> tuple[int, int]:
    """Minutes and per cent alive, both in tenths."""
    return tenths(time / 60000), tenths(100 * alive / time if time else 0)
