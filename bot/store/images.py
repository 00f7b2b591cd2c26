"""What the tables say of a round, whole, so that two looks at it can be compared by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from typing import Any, NamedTuple

from bot.store.file.database import Tx

_TABLES = {
    "rounds": "SELECT * FROM rounds WHERE id = ?",
    "players": "SELECT *, line AS at FROM player_rounds WHERE round_id = ?",
    "weapons": "SELECT *, line || ' ' || weapon AS at FROM weapon_rounds WHERE round_id = ?",
    "tallies": "SELECT *, killer || ' ' || victim AS at FROM tallies WHERE round_id = ?",
    "notes": "SELECT *, position AS at FROM round_notes WHERE round_id = ?",
}
_ID = "SELECT id FROM rounds WHERE server_id = ? AND filename = ?"
_NOT_TOLD = {"digest", "imported_at", "session"}
"""Of these a change says nothing about the round."""
TIMES = frozenset({"ended_at", "elsewhere"})
"""What another time zone changes, and nothing else."""

Image = Mapping[tuple[str, str], Mapping[str, Any]]
"""(what, where) → column → value."""


class Changes(NamedTuple):
    """Of so many rounds those of `files` say something else, each counted under every name that differs."""

    rounds: int
    files: tuple[str, ...]
    names: Counter[str]

    @property
    def changed(self) -> int:
        """How many say something else."""
        return len(self.files)


def of_rounds(tx: Tx, server: int, names: Iterable[str]) -> list[Image]:
    """What is stored of these files' rounds."""
    return [_image(tx, tx.execute(_ID, (server, name)).fetchone()["id"]) for name in names]


def _image(tx: Tx, round_id: int) -> Image:
    return {
        (table, str(row["at"]) if "at" in row.keys() else ""): dict(row)  # noqa: SIM118  (a row has values, not keys)
        for table, sql in _TABLES.items()
        for row in tx.execute(sql, (round_id,))
    }


def changes(
    files: Iterable[str], before: Iterable[Image], after: Iterable[Image], *, but: Set[str] = frozenset()
) -> Changes:
    """What differs between two looks at the rounds of these files, but for the columns of `but`."""
    differing = {file: _differing(was, now) - but for file, was, now in zip(files, before, after, strict=True)}
    names = Counter(name for counts in differing.values() for name in counts)
    return Changes(len(differing), tuple(file for file, counts in differing.items() if counts), names)


def _differing(before: Image, after: Image) -> set[str]:
    """Columns of the round and its players; weapons, tallies and notes by these words alone, and who came or went."""
    differing: set[str] = set()
    for key in before.keys() | after.keys():
        (table, _), was, now = key, before.get(key), after.get(key)
        if was is None or now is None or table in ("weapons", "tallies", "notes"):
            differing |= {table} if was != now else set()
        else:
            differing |= {name for name in now if was[name] != now[name]}
    return differing - _NOT_TOLD
