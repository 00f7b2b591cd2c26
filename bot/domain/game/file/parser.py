"""Bytes → `RoundReport`, or `BadFile` with line and reason, never half (FORMAT, "Files in the folder"; SCRIPT)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from bot.domain.game.file import columns
from bot.domain.game.file.files import MAX_BYTES, RoundName
from bot.domain.game.file.reasons import BadFile, FileReason, FileReasonCode
from bot.domain.game.file.report import KILLS_VERSION, Cells, PlayerReport, RoundReport, Tally

MAX_PLAYERS = 128
MAX_LINE = 4096
BEYOND_REASON = 10_000_000
"""No figure of a round comes near: the largest real one, an accumulator that was never reset, is 67,422."""
WRITER_MAJOR = 1
"""Of our own script: files of a newer one would be misread."""

# a player line in two halves at its last backslash: a name may hold anything but a line feed, the figures hold none;
# a client without a GUID has an empty one, other scripts write words there
# a whole number may be written as `5.0`: one of the engine's two Lua interpreters does that
_WHO = re.compile(
    r"([ -\[\]-~\x80-\xff]{0,64})\\(.*)\\(\d{1,9})(?:\.0{1,20})?\\(\d{1,9})(?:\.0{1,20})?", re.ASCII | re.DOTALL
)
_FIGURES = re.compile(r"(\d{1,10})(?:\.0{1,20})?((?: -?\d{1,20}(?:\.0{1,20})?)*) ?\t([^\n]*)", re.ASCII)
_ZEROS = re.compile(r"\.0+")
_CLIENT = re.compile(r"[0-9A-F]{32}", re.ASCII)
# the same as every real line is written: decimals just where they belong, and no number that is beyond reason
_TAIL = [r"-?\d{1,7}\.\d" if c.unit is columns.FieldUnit.TENTHS else r"-?\d{1,7}" for c in columns.COLUMNS]
_LATER = "".join(rf"(?:\t{tail}" for tail in _TAIL[columns.FEWEST :]) + ")?" * (columns.MOST - columns.FEWEST)
_FIRST = r"\t".join(_TAIL[: columns.FEWEST])
_USUAL = re.compile(rf"(\d{{1,10}})((?: -?\d{{1,7}})*) ?\t({_FIRST}{_LATER})", re.ASCII)
_FIELD = re.compile(r"(-?\d{1,20})(?:\.(\d{1,20}))?", re.ASCII)
_BLANKS = re.compile(r"\d{1,10}(?: -?[\d.]+){30,}", re.ASCII)
_CLOCK = re.compile(r"(-?)(\d{1,6}):(\d{2})", re.ASCII)
_NUMBER = re.compile(r"(-?\d{1,10})(?:\.0{1,20})?", re.ASCII)
_EPOCH = re.compile(r"\d{1,10}", re.ASCII)
_WRITER = re.compile(r"etstats/(\d{1,6})\.\d{1,6}\.\d{1,6} .*", re.ASCII)
_SECTION = re.compile(r"KILLS\t([1-9]\d{0,5})", re.ASCII)
_TALLY = re.compile(r"([!-\[\]-~]{0,8})\t([!-\[\]-~]{0,8})\t([1-9]\d{0,7})", re.ASCII)


class _Header(NamedTuple):
    """The first line; the fields that only our own script writes are None elsewhere."""

    host: str
    config: str
    defender: int
    winner: int
    time_limit: int
    next_time_limit: int
    playtime: int | None
    ended_at: int | None
    writer: str | None


def parse(data: bytes, name: RoundName) -> RoundReport:
    """Read the file `name`; raises `BadFile`."""
    if len(data) > MAX_BYTES:
        raise _bad(FileReasonCode.TOO_LARGE, figure=len(data), limit=MAX_BYTES)
    if not data:
        raise _bad(FileReasonCode.EMPTY)
    if not data.endswith(b"\n"):
        raise _bad(FileReasonCode.CUT, data.count(b"\n") + 1)
    # Latin-1 keeps every byte apart; only a line feed ends a line (names may hold VT, NEL or U+2028)
    lines = [line.removesuffix("\r") for line in data.decode("latin-1").split("\n")]
    header = _header(lines[0], name)
    players: list[PlayerReport] = []
    width = 0
    tallies: tuple[Tally, ...] | None = None
    kills_version: int | None = None
    for number, text in enumerate(lines[1:], start=2):
        if not text.strip():
            continue
        if header.writer is not None and text.startswith("KILLS\t"):  # no player line begins so
            kills_version, tallies = _section(lines[number - 1 : -1], number)
            break
        if len(players) == MAX_PLAYERS:
            raise _bad(FileReasonCode.MANY_PLAYERS, number, limit=MAX_PLAYERS)
        player, fields = _player(text, number)
        if players and fields != width:
            raise _bad(FileReasonCode.OTHER_WIDTH, number, figure=fields, limit=width)
        width = fields
        players.append(player)
    if not players:
        raise _bad(FileReasonCode.NO_PLAYERS)
    return RoundReport(
        **header._asdict(),
        map=name.map,
        number=name.number,
        tab_fields=width,
        players=tuple(players),
        tallies=tallies,
        kills_version=kills_version,
    )


def _bad(
    code: FileReasonCode,
    line: int = 0,
    *,
    what: str = "",
    value: str = "",
    place: int = 0,
    figure: int = 0,
    limit: int = 0,
) -> BadFile:
    return BadFile(FileReason(code, line, what, value, place, figure, limit))


def _header(line: str, name: RoundName) -> _Header:
    if len(line) > MAX_LINE:
        raise _bad(FileReasonCode.LONG_LINE, 1, limit=MAX_LINE)
    fields = line.split("\\")
    if len(fields) not in (8, 9, 11):
        raise _bad(FileReasonCode.HEADER_WIDTH, 1, figure=len(fields))
    host, map_name, config, number, defender, winner, limit, next_limit = fields[:8]
    if map_name != name.map:
        raise _bad(FileReasonCode.HEADER_MAP, 1, value=map_name, what=name.map)
    if number.removesuffix(".0") != str(name.number):
        raise _bad(FileReasonCode.HEADER_ROUND, 1, value=number, limit=name.number)
    return _Header(
        host=_text(host),
        config=_text(config),
        defender=_whole(defender, 1, "defender"),
        winner=_whole(winner, 1, "winner"),
        time_limit=_seconds(limit, "timelimit"),
        next_time_limit=_seconds(next_limit, "next timelimit"),
        playtime=_whole(fields[8], 1, "playtime") if len(fields) > 8 else None,
        ended_at=_end(fields[9]) if len(fields) == 11 else None,
        writer=_writer(fields[10]) if len(fields) == 11 else None,
    )


def _end(text: str) -> int:
    if not _EPOCH.fullmatch(text):
        raise _bad(FileReasonCode.HEADER_END, 1, value=text)
    return int(text)


def _writer(text: str) -> str:
    named = _WRITER.fullmatch(text)
    if named is None:
        raise _bad(FileReasonCode.HEADER_WRITER, 1, value=text)
    if int(named[1]) != WRITER_MAJOR:
        raise _bad(FileReasonCode.NEWER_WRITER, 1, value=text)
    return _text(text)


def _section(lines: Sequence[str], first: int) -> tuple[int, tuple[Tally, ...] | None]:
    """The version of the section KILLS, and who killed whom: None in another version than the known one.

    `lines`: from its head to the end of the file, as nothing follows it; `first`: the number of its head.
    """
    head = _SECTION.fullmatch(lines[0])
    if head is None:
        raise _bad(FileReasonCode.KILLS_HEAD, first, value=lines[0][:40])
    if int(head[1]) != KILLS_VERSION:
        return int(head[1]), None
    tallies: dict[tuple[str, str], Tally] = {}
    for number, text in enumerate(lines[1:], start=first + 1):
        read = _TALLY.fullmatch(text)
        if read is None:
            raise _bad(FileReasonCode.KILLS_LINE, number, value=text[:40])
        killer, victim = read[1].upper(), read[2].upper()
        _within_reason(int(read[3]), FileReason(FileReasonCode.KILLS_BEYOND, number))
        if (killer, victim) in tallies:
            raise _bad(FileReasonCode.KILLS_TWICE, number, what=killer, value=victim)
        tallies[killer, victim] = Tally(killer, victim, int(read[3]))
    return KILLS_VERSION, tuple(tallies.values())


def _player(line: str, number: int) -> tuple[PlayerReport, int]:
    if len(line) > MAX_LINE:
        raise _bad(FileReasonCode.LONG_LINE, number, limit=MAX_LINE)
    head, _, rest = line.rpartition("\\")
    who, usual = _WHO.fullmatch(head), _USUAL.fullmatch(rest)
    figures = usual or _FIGURES.fullmatch(rest)
    if who is None or figures is None:
        is_old = _BLANKS.fullmatch(rest.strip())
        raise _bad(FileReasonCode.OLD_SCRIPT if is_old else FileReasonCode.NO_PLAYER_LINE, number)
    guid, name, rounds, team = who.groups()
    mask, cells, tail = figures.groups()
    tab_fields = tail.count("\t") + 1
    if tab_fields < columns.FEWEST:
        raise _bad(FileReasonCode.FEW_FIELDS, number, figure=tab_fields, limit=columns.FEWEST)
    unreadable: set[int] = set()
    return PlayerReport(
        guid=_guid(guid),
        name=_text(name),
        rounds=int(rounds),
        team=int(team),
        weapons=_weapons(int(mask), _cells(cells, are_plain=bool(usual)), number, in_range=bool(usual)),
        fields=tuple(map(int, tail.replace(".", "").split("\t"))) if usual else _fields(tail, number, unreadable),
        unreadable=frozenset(unreadable),
    ), tab_fields


def _cells(text: str, *, are_plain: bool) -> list[int]:
    """Whole numbers; `are_plain`: none of them is written as `5.0`."""
    return [*map(int, text.split())] if are_plain else [int(cell.partition(".")[0]) for cell in text.split()]


def _guid(text: str) -> str:
    """The first eight characters of a client's whole GUID; whatever else is longer identifies nobody, and stays so."""
    guid = text.upper() if text.isascii() else _text(text)
    return guid[:8] if _CLIENT.fullmatch(guid) else guid


def _weapons(mask: int, figures: list[int], number: int, *, in_range: bool) -> Mapping[int, Cells]:
    if len(figures) != 5 * mask.bit_count():
        raise _bad(FileReasonCode.WEAPON_MASK, number, limit=5 * mask.bit_count(), figure=len(figures))
    if not in_range:
        for place, figure in enumerate(figures):
            bit, cell = _bits(mask)[place // 5], Cells._fields[place % 5]
            _within_reason(figure, FileReason(FileReasonCode.WEAPON_BEYOND, number, what=cell, place=bit))
    step = iter(figures)
    return dict(zip(_bits(mask), map(Cells, step, step, step, step, step), strict=True))


@lru_cache(maxsize=1024)
def _bits(mask: int) -> tuple[int, ...]:
    return tuple(bit for bit in range(mask.bit_length()) if mask >> bit & 1)


def _fields(tail: str, number: int, unreadable: set[int]) -> tuple[int, ...]:
    texts = tail.split("\t")
    for position, text in enumerate(texts[columns.MOST :], start=columns.MOST):
        if not _FIELD.fullmatch(text):
            raise _bad(FileReasonCode.NEW_FIELD, number, place=position, value=text)
    known = zip(columns.COLUMNS, texts, strict=False)
    return tuple(_field(column, text, number, unreadable) for column, text in known)


def _field(column: columns.Column, text: str, number: int, unreadable: set[int]) -> int:
    """The figure, in tenths where the column is; a derived column may hold anything: it is never stored."""
    is_derived = column.counting is columns.Counting.DERIVED
    bad = FileReason(FileReasonCode.FIELD_NOT_A_NUMBER, number, column.name, text, column.position)
    read = _FIELD.fullmatch(text)
    if read is None:
        if is_derived:
            unreadable.add(column.position)
            return 0
        raise BadFile(bad)
    whole, decimals = read[1], read[2] or "0"
    if not is_derived:
        _within_reason(int(whole), bad._replace(code=FileReasonCode.FIELD_BEYOND, value=""))
    if column.unit is columns.FieldUnit.TENTHS:
        return int(whole + decimals[0])
    if decimals.strip("0") and not is_derived:
        raise BadFile(bad._replace(code=FileReasonCode.FIELD_NOT_WHOLE))
    return int(whole)


def _within_reason(figure: int, beyond: FileReason) -> None:
    if abs(figure) > BEYOND_REASON:
        raise BadFile(beyond._replace(figure=figure))


def _whole(text: str, line: int, what: str) -> int:
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise _bad(FileReasonCode.HEADER_NUMBER, line, what=what, value=text)
    return int(match[1])


def _seconds(text: str, what: str) -> int:
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise _bad(FileReasonCode.HEADER_CLOCK, 1, what=what, value=text)
    seconds = int(match[2]) * 60 + int(match[3])
    return -seconds if match[1] else seconds


def _text(latin: str) -> str:
    """UTF-8 where the bytes are that, else one character per byte."""
    if latin.isascii():
        return latin
    try:
        return latin.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return latin
