"""The rounds of a survey in little memory: a database of many years has 100,000 of them."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, overload

from bot.domain.audit.audit import StoredRound

_UNTOLD = -(1 << 63)
_SUM = 32
"""Bytes of a SHA-256."""


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
        place = range(len(self))[place]
        mtime, sum_at = self._mtimes[place], _SUM * place
        sha256 = self._sums[sum_at : sum_at + _SUM].hex()
        return self._others[place]._replace(
            file=self._files[place],
            sha256=self._odd_sums.get(place, sha256),
            size=self._sizes[place],
            ended_at=self._ends[place],
            mtime=None if mtime == _UNTOLD else mtime,
        )


def by_end(rounds: Sequence[StoredRound]) -> Iterator[StoredRound]:
    """In the order of their ends, and of their names where these are the same."""
    names, ends = [stored.file for stored in rounds], array("q", (stored.ended_at for stored in rounds))
    places = sorted(range(len(names)), key=names.__getitem__)
    places.sort(key=ends.__getitem__)  # those of one end stay in the order of their names
    return (rounds[place] for place in places)
