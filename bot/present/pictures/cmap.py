"""Which characters a font file has: its `cmap` table (OpenType 1.9, formats 4 and 12)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from struct import unpack_from
from typing import NamedTuple

_NO_GLYPH, _END = 0, 0xFFFF


class Characters(NamedTuple):
    """Code points as ranges in ascending order, both ends included."""

    firsts: tuple[int, ...]
    lasts: tuple[int, ...]

    def has(self, code: int) -> bool:
        """The font has a glyph for this code point."""
        place = bisect_right(self.firsts, code) - 1
        return place >= 0 and code <= self.lasts[place]


def characters(path: Path) -> Characters:
    """What the font can draw; raises `ValueError` where the file has no such table."""
    data = path.read_bytes()
    (tables,) = unpack_from(">H", data, 4)
    for table in range(tables):
        tag, _, start, _ = unpack_from(">4sIII", data, 12 + 16 * table)
        if tag == b"cmap":
            return _merged(_ranges(data, start, path))
    raise ValueError(f"{path.name} has no cmap table")


def _ranges(data: bytes, start: int, path: Path) -> Iterator[tuple[int, int]]:
    """The ranges of the widest subtable."""
    (subtables,) = unpack_from(">H", data, start + 2)
    places = [start + unpack_from(">I", data, start + 8 + 8 * n)[0] for n in range(subtables)]
    by_format = {unpack_from(">H", data, place)[0]: place for place in places}
    if 12 in by_format:
        return _segmented(data, by_format[12])
    if 4 in by_format:
        return _short(data, by_format[4])
    raise ValueError(f"{path.name} has a cmap of formats {sorted(by_format)}; use one with 4 or 12")


def _segmented(data: bytes, at: int) -> Iterator[tuple[int, int]]:
    (groups,) = unpack_from(">I", data, at + 12)
    for group in range(groups):
        first, last, _ = unpack_from(">III", data, at + 16 + 12 * group)
        yield first, last


def _short(data: bytes, at: int) -> Iterator[tuple[int, int]]:
    count = unpack_from(">H", data, at + 6)[0] // 2
    lasts, firsts, deltas, offsets = (at + skip + 2 * count * n for n, skip in enumerate((14, 16, 16, 16)))
    for segment in range(count):
        last, first, delta, offset = (
            unpack_from(">H", data, place + 2 * segment)[0] for place in (lasts, firsts, deltas, offsets)
        )
        for code in range(first, min(last, _END - 1) + 1):
            if offset:
                glyph = unpack_from(">H", data, offsets + 2 * segment + offset + 2 * (code - first))[0]
            else:
                glyph = (code + delta) & 0xFFFF
            if glyph != _NO_GLYPH:
                yield code, code


def _merged(ranges: Iterator[tuple[int, int]]) -> Characters:
    merged: list[list[int]] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1][1] = max(last, merged[-1][1])
        else:
            merged.append([first, last])
    return Characters(tuple(first for first, _ in merged), tuple(last for _, last in merged))
