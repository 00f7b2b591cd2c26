"""The sets of a survey in little memory: a folder of many years has 100,000 files, and its database as many rounds."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import ItemsView, Iterable, Iterator, Mapping, Sequence, ValuesView
from typing import Any, TypeVar, overload

from bot.domain.audit.audit import StoredRound

V = TypeVar("V")

_UNTOLD = -(1 << 63)
_SUM = 32
"""Bytes of a SHA-256."""


class ByName(Mapping[str, V]):
    """What is known of each of many files: two columns in the order of the names, a third of what a dict takes."""

    def __init__(self, known: Iterable[tuple[str, V]] = ()) -> None:
        self._names: list[str] = []
        self._values: list[V] = []
        for name, value in known:
            self.add(name, value)

    def add(self, name: str, value: V) -> None:
        """One more, or another value for it; quick where it comes behind all others."""
        if not self._names or self._names[-1] < name:
            self._names.append(name)
            self._values.append(value)
            return
        place = bisect_left(self._names, name)
        if self._names[place] == name:
            self._values[place] = value
        else:
            self._names.insert(place, name)
            self._values.insert(place, value)

    def __getitem__(self, name: str) -> V:
        place = bisect_left(self._names, name)
        if place < len(self._names) and self._names[place] == name:
            return self._values[place]
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def items(self) -> ItemsView[str, V]:
        """In the order of the names."""
        return _Items(self)

    def values(self) -> ValuesView[V]:
        """In the order of the names."""
        return _Values(self)


class _Items(ItemsView[str, V]):
    _mapping: ByName[V]

    def __iter__(self) -> Iterator[tuple[str, V]]:
        return zip(self._mapping._names, self._mapping._values, strict=True)


class _Values(ValuesView[V]):
    _mapping: ByName[V]

    def __iter__(self) -> Iterator[V]:
        return iter(self._mapping._values)


def _packed(sha256: str | None) -> bytes:
    """The bytes of which this is the hex; raises `ValueError` where it is of none."""
    packed = bytes.fromhex(sha256 or "")
    if len(packed) != _SUM or packed.hex() != sha256:
        raise ValueError
    return packed


class StoredRounds(Sequence[StoredRound]):
    """What is each round's own is a column, what many share is kept once; a round is made when it is asked for."""

    def __init__(self, rounds: Iterable[StoredRound] = ()) -> None:
        self._files: list[str] = []
        self._sums = bytearray()
        self._odd_sums: dict[int, str | None] = {}
        self._sizes: list[int | None] = []
        self._ends = array("q")
        self._mtimes = array("q")
        self._others: list[StoredRound] = []
        self._shared: dict[Any, Any] = {}
        for stored in rounds:
            self.add(stored)

    def add(self, stored: StoredRound) -> None:
        """One more, at the end."""
        try:
            self._sums += _packed(stored.sha256)
        except ValueError:  # there is none, or somebody wrote something else there
            self._odd_sums[len(self)] = stored.sha256
            self._sums += bytes(_SUM)
        self._files.append(stored.file)
        self._sizes.append(self._shared.setdefault(stored.size, stored.size))
        self._ends.append(stored.ended_at)
        self._mtimes.append(_UNTOLD if stored.mtime is None else stored.mtime)
        other = stored._replace(file="", sha256=None, size=None, ended_at=0, mtime=None)
        self._others.append(self._shared.setdefault(other, other))

    def __len__(self) -> int:
        return len(self._files)

    @overload
    def __getitem__(self, place: int) -> StoredRound: ...
    @overload
    def __getitem__(self, place: slice) -> list[StoredRound]: ...
    def __getitem__(self, place: int | slice) -> StoredRound | list[StoredRound]:
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(len(self)))]
        return self._at(range(len(self))[place])

    def __iter__(self) -> Iterator[StoredRound]:
        return map(self._at, range(len(self)))

    def _at(self, place: int) -> StoredRound:
        # each audit makes every round twenty times: `_replace` would take twice as long
        _, map_name, number, _, state, reason, _, _, _, host, duration, notes, strangers, repeated = self._others[place]
        mtime, sum_at = self._mtimes[place], _SUM * place
        sha256 = self._odd_sums[place] if place in self._odd_sums else self._sums[sum_at : sum_at + _SUM].hex()
        return StoredRound(
            self._files[place], map_name, number, self._ends[place], state, reason, sha256, self._sizes[place],
            None if mtime == _UNTOLD else mtime, host, duration, notes, strangers, repeated,
        )  # fmt: skip


def by_end(rounds: Sequence[StoredRound]) -> Iterator[StoredRound]:
    """In the order of their ends, and of their names where these are the same."""
    names, ends = [stored.file for stored in rounds], array("q", (stored.ended_at for stored in rounds))
    places = sorted(range(len(names)), key=names.__getitem__)
    places.sort(key=ends.__getitem__)  # those of one end stay in the order of their names
    return (rounds[place] for place in places)
