"""Which rounds a folder's files tell, reckoned a second time over their raw text, by FORMAT's words alone.

What is decided here: which file is no round, when a round ended, which round 1 a round 2 belongs to, which rounds
count. Nothing of the program is asked; `tests.whole.reckoning.lines` then adds up what counts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from itertools import combinations

from tests.whole.reckoning.ends import (
    HOUR,
    SLACK,
    File,
    aborted,
    apart,
    both_of,
    dated,
    everybody_runs_on,
    paired,
    put_right,
    written,
)
from tests.whole.reckoning.lines import ALIVE, FIELDS, RUNS, TIME, Line, Played, alone, is_bot, is_person, read

NAME = re.compile(r"(\d{4}-\d\d-\d\d-\d{6})-(.{1,64})-round-([12])\.txt")
HEAD = re.compile(r"-?\d+:\d\d")
ZEROS = r"(?:\.0+)?"
PLAYER = re.compile(
    rf"([^\\]*)\\(.*)\\(\d+){ZEROS}\\(\d+){ZEROS}\\(\d+{ZEROS}(?: -?\d+{ZEROS})*) ?\t([^\\]*)", re.DOTALL
)
WHOLE = re.compile(r"-?\d+(?:\.0+)?")
DECIMAL = re.compile(r"-?\d+(?:\.\d+)?")
DERIVED = (8, 20, 21, 23, 24, 25, 26)
LARGEST = 10_000_000


@dataclass
class Verdict:
    """What becomes of a file: `why` it is no round that counts; `lines`: of this round alone, where it can be split."""

    outcome: str
    why: str = ""
    first: str | None = None
    end: int | None = None
    lines: list[Line] = field(default_factory=list)
    played: Played | None = None
    duration: int = 0


def reckon(
    files: Mapping[str, bytes],
    *,
    mtimes: Mapping[str, int] | None = None,
    now: int | None = None,
    zone: tzinfo = UTC,
) -> dict[str, Verdict]:
    """The verdict on every file of a folder; `mtimes`: as the server tells them."""
    verdicts: dict[str, Verdict] = {}
    by_map: dict[str, list[File]] = {}
    for name, data in files.items():
        told = NAME.fullmatch(name)
        if told is None or "-endstats" in name or not told[2].isprintable():
            verdicts[name] = Verdict("ignored")
        elif wrong := _broken(data, told[2], told[3]):
            verdicts[name] = Verdict("rejected", wrong)
        else:
            mtime = (mtimes or {}).get(name)
            by_map.setdefault(told[2], []).append(dated(name, told[1], read(data), mtime, now, zone))
    for of_map in by_map.values():
        verdicts |= _of_map(of_map)
    return verdicts


def _broken(data: bytes, map_name: str, number: str) -> str:
    """Why nobody can read it (FORMAT, "Whole files"); empty where it is whole."""
    text = data.decode("latin-1").replace("\r\n", "\n")
    if not text.endswith("\n"):
        return "no end"
    head, *lines = text[:-1].split("\n")
    parts = head.split("\\")
    if len(parts) not in (8, 9, 11) or parts[1] != map_name or parts[3].removesuffix(".0") != number:
        return "header"
    if not (HEAD.fullmatch(parts[6]) and HEAD.fullmatch(parts[7])):
        return "limits"
    if len(parts) == 11 and "KILLS\t1" in lines:
        lines = lines[: lines.index("KILLS\t1")]
    widths = set()
    for line in filter(str.strip, lines):
        told = PLAYER.fullmatch(line)
        if told is None:
            return "player line"
        mask, *cells = told[5].split()
        tabs = told[6].split("\t")
        widths.add(len(tabs))
        if len(cells) != 5 * int(float(mask)).bit_count() or len(tabs) < 33:
            return "mask"
        if any(abs(float(cell)) > LARGEST for cell in cells):
            return "beyond reason"
        for at, tab in enumerate(tabs[:FIELDS]):
            if at in DERIVED:
                continue
            if not (DECIMAL if at == TIME else WHOLE).fullmatch(tab):
                return "tab field"
            if abs(float(tab)) > LARGEST:
                return "beyond reason"
    return "" if len(widths) == 1 else "widths"


# what one file proves by itself


def _header_length(played: Played) -> int | None:
    """Seconds by the ninth field (milliseconds, of an older script seconds), unless it cannot be true."""
    if played.playtime is None or played.playtime <= 0:
        return None
    told = round(played.playtime / 1000) if played.playtime > 10_000 else played.playtime
    return None if played.limit > 0 and told > played.limit + SLACK else told


def _own_length(played: Played) -> int | None:
    told = _header_length(played)
    return told if told is not None else played.next if played.finished and played.next > 0 else None


def _is_sound(file: File) -> bool:
    """As long as its header says; of one that the attackers lost at the end of its time that is the limit."""
    length = _own_length(file.played)
    if length is None and not file.played.finished:
        length = file.played.limit if file.played.limit > 0 else None
    return length is not None and abs(file.longest - length) <= SLACK


def _holds_more(file: File) -> bool:
    """A round 1 with figures from before it."""
    played = file.played
    if played.number != 1:
        return False
    length = _own_length(played)
    if length is not None and file.longest > length + SLACK:
        return True
    return _header_length(played) is None and 0 < played.limit < file.longest - 3


def _is_fresh(file: File) -> bool:
    """A round 2 file in which nobody has a round behind him is a round 1, broken off."""
    played = file.played
    return played.number == 2 and not any(line.rounds for line in played.lines) and file.longest <= played.limit + 3


def _doubled(played: Played) -> set[str]:
    people = Counter(line.guid for line in played.lines if is_person(line.guid))
    return {guid for guid, lines in people.items() if lines > 1}


# what counts


def _of_map(files: list[File]) -> dict[str, Verdict]:
    """The rounds of one map: ends are put right, then pairs are found, then what was saved twice is left out."""
    put_right(files)
    files.sort(key=lambda file: (file.end, file.name))
    twins: dict[str, str] = {}
    while True:
        firsts, rivals = paired(files, twins)
        verdicts = {file.name: _verdict(file, files, firsts, twins) for file in files}
        twin = _worse_twin(files, verdicts, rivals)
        if twin is None:
            return verdicts
        twins |= [twin]


def _verdict(file: File, files: list[File], firsts: Mapping[str, File], twins: Mapping[str, str]) -> Verdict:
    played, first = file.played, firsts.get(file.name)
    doubled = _doubled(played) | (_doubled(first.played) if first else set())
    before = None if doubled else first  # with one GUID twice nothing can be subtracted
    split = alone(before.played, played) if before else played
    duration = _duration(played, split)
    lines = [_within(line, duration, before) for line in split.lines]
    why = _why(file, files, firsts, twins, doubled, lines)
    return Verdict(
        "set_aside" if why else "counted",
        why,
        first.name if first else None,
        file.end,
        lines,
        played,
        duration,
    )


def _why(
    file: File,
    files: list[File],
    firsts: Mapping[str, File],
    twins: Mapping[str, str],
    doubled: Collection[str],
    lines: list[Line],
) -> str:
    played = file.played
    if aborted(played):
        return "aborted"
    if _holds_more(file) or (not _is_sound(file) and _is_mislabelled(file, files)):
        return "carried over"
    if file.name in twins:
        return "saved twice"
    if played.number == 2 and file.name not in firsts:
        return "aborted" if _is_fresh(file) else "unpaired"
    if doubled:
        return "one GUID twice"
    halves = [one.played for one in (file, firsts.get(file.name)) if one]
    if any(line.time < 0 for one in halves for line in one.lines if not is_bot(line)):
        return "negative time"
    people = [line for line in lines if not is_bot(line)]
    if played.limit > 0 and any(6 * line.time > played.limit + SLACK for line in people):
        return "longer than possible"
    if len(people) < 2:
        return "fewer than two humans"
    return "mostly bots" if len(lines) > 2 * len(people) else ""


def _is_mislabelled(file: File, files: list[File]) -> bool:
    """A round 1 that runs on, in everybody, from the file before it."""
    at = files.index(file)
    before = files[at - 1] if at else None
    if before is None or file.played.number == 2 or file.end - before.end > HOUR:
        return False
    both = both_of(before.played, file.played)
    did = any(was.of(at) for was, _ in both for at in RUNS)
    return did and everybody_runs_on(before.played, file.played)


def _duration(played: Played, split: Played) -> int:
    """Seconds a round lasted: the ninth field, else the attackers' time where it can be true, else the longest time."""
    humans = [line for line in split.lines if not is_bot(line)] or split.lines
    own = [6 * line.time for line in humans if not line.is_new] or [6 * line.time for line in humans]
    longest = max(own, default=0)
    seconds = _header_length(played)
    if seconds is None:
        is_true = played.finished and 0 < played.next <= played.limit and abs(played.next - longest) <= SLACK
        seconds = played.next if is_true else longest
    return max(min(seconds, played.limit) if played.limit > 0 else seconds, 0)


def _within(line: Line, duration: int, first: File | None) -> Line:
    """Who is not in the round 1 file and was there longer than this round idled through round 1: its length is his."""
    if first is None or not line.is_new or 6 * line.time <= duration + SLACK:
        return line
    percent = line.fields[ALIVE] or 0
    return line.of_length(seconds=duration, alive=percent * duration)


def _worse_twin(
    files: list[File], verdicts: Mapping[str, Verdict], rivals: Mapping[str, str]
) -> tuple[str, str] | None:
    """Of two rounds that were saved twice, the one that does not count, and the one that does."""
    by_name = {file.name: file for file in files}
    counting = [file for file in files if verdicts[file.name].outcome == "counted"]
    pairs = [(one, two, verdicts[two.name].duration or two.longest) for one, two in combinations(counting, 2)]
    pairs += [
        (by_name[rival], by_name[name], verdicts[rival].duration)
        for name, rival in rivals.items()
        if verdicts[name].why == "unpaired" and verdicts[rival].outcome == "counted"
    ]
    for one, other, length in pairs:
        same = (one.played.host, one.played.number) == (other.played.host, other.played.number)
        people, others = ({line.who for line in file.played.lines if not is_bot(line)} for file in (one, other))
        if not same or abs(apart(one, other)) >= length:
            continue
        if 3 * len(people & others) < 2 * max(len(people), len(others)):
            continue
        if abs(written(one, other) or 0) >= length and _tell_other_figures(one, other):
            continue
        if _may_be_an_hour_apart(one, other, length) and 2 * _same_lines(one, other) < len(
            both_of(one.played, other.played)
        ):
            continue
        worse, better = sorted((one, other), key=_worth)
        return worse.name, better.name
    return None


def _may_be_an_hour_apart(one: File, other: File, length: int) -> bool:
    ends, others = ([end for end in (file.end, file.other) if end is not None] for file in (one, other))
    return any(abs(end - at) >= length for end in ends for at in others)


def _tell_other_figures(one: File, other: File) -> bool:
    """Of somebody who is in both."""
    return _same_lines(one, other) < len(both_of(one.played, other.played))


def _same_lines(one: File, other: File) -> int:
    return sum(
        was.cells == now.cells and all(was.of(at) == now.of(at) for at in (*RUNS, TIME))
        for was, now in both_of(one.played, other.played)
    )


def _worth(file: File) -> tuple[int, int, int, int, str]:
    """More lines, more damage; of what is level, the file that tells more, then the later one."""
    played = file.played
    damage = sum(line.fields[0] or 0 for line in played.lines)
    return len(played.lines), damage, (played.said is not None) + played.has_kills, file.end, file.name
