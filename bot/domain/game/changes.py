"""What differs between a stored round and the same round derived anew."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.game.model import STORED, PlayerRound


def changes(before: Sequence[PlayerRound], after: Sequence[PlayerRound]) -> list[str]:
    """One line per player whose figures differ, who is gone, or who is new; nothing where all is equal."""
    was, now = {p.guid: p for p in before}, {p.guid: p for p in after}
    lines = [f"{was[guid].name} ({guid}) is no longer in it" for guid in was if guid not in now]
    lines += [f"{now[guid].name} ({guid}) is in it now" for guid in now if guid not in was]
    for guid in was:
        if guid in now and was[guid] != now[guid]:
            lines.append(f"{now[guid].name} ({guid}): {', '.join(_figures(was[guid], now[guid]))}")
    return lines


def _figures(was: PlayerRound, now: PlayerRound) -> list[str]:
    old, new = was.by_name, now.by_name
    return [f"{name} {_shown(old[name])} → {_shown(new[name])}" for name in STORED if old[name] != new[name]]


def _shown(value: object) -> str:
    return "unknown" if value is None else str(value)
