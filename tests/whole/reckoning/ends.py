"""When rounds ended, and which round 1 a round 2 belongs to, reckoned a second time by FORMAT's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from tests.whole.reckoning.lines import Line, Played, is_bot, lines_of, runs_on

HOUR, SLACK = 3600, 6


@dataclass
class File:
    """One file that tells a round: `end` in UTC seconds, `dated` by what, where not by its `stamp`."""

    name: str
    played: Played
    end: int
    mtime: int | None = None
    other: int | None = None
    dated: str = ""
    stamp: int = 0

    @property
    def longest(self) -> int:
        """Seconds of whoever was on a team longest; bots where nobody else is there."""
        people = [6 * line.time for line in self.played.lines if not is_bot(line)]
        return max(people, default=0) or max(6 * line.time for line in self.played.lines)


def dated(name: str, stamp: str, played: Played, mtime: int | None, now: int | None, zone: tzinfo) -> File:
    """When it ended: by its stamp; of an hour that comes twice, by the nearer to the mtime.

    Neither in the future nor before there was the game: then by the mtime, or if that is as wrong, when it was seen.
    """
    wall = datetime.strptime(stamp, "%Y-%m-%d-%H%M%S").replace(tzinfo=zone)
    first, second = (int(wall.replace(fold=fold).timestamp()) for fold in (0, 1))
    if played.said is not None:  # no zone, and no hour twice
        first = second = played.said
    slack, born = 26 * HOUR, int(datetime(2003, 5, 29, tzinfo=UTC).timestamp())
    if now is not None and now < born:
        now = None
    true_mtime = None if mtime is None or mtime < born or (now is not None and mtime > now + slack) else mtime
    witnesses = [at for at in (true_mtime, now) if at is not None]
    is_future = now is not None and all(first > at + slack for at in witnesses)
    if witnesses and (is_future or first < born):
        dated = "seen" if true_mtime is None else "future" if is_future else "before"
        return File(name, played, witnesses[0], mtime, dated=dated, stamp=first)
    if second <= first:
        return File(name, played, first, mtime, dated="" if played.said is None else "said")
    if mtime is not None and abs(mtime - first) <= slack:
        return File(name, played, min((first, second), key=lambda end: abs(end - mtime)), mtime)
    return File(name, played, first, mtime, other=second)


def aborted(played: Played) -> bool:
    return played.playtime is not None and played.playtime <= 0


def people(first: Played, second: Played) -> list[tuple[Line | None, Line]]:
    """Who is in the second file, with his line in the first: bots are no evidence, unless they are alone."""
    everybody = lines_of(first, second)
    return [(was, now) for was, now in everybody if not is_bot(now)] or everybody


def both_of(first: Played, second: Played) -> list[tuple[Line, Line]]:
    return [(was, now) for was, now in people(first, second) if was is not None]


def everybody_runs_on(first: Played, second: Played) -> bool:
    both = both_of(first, second)
    return bool(both) and all(runs_on(was, now) for was, now in both)


def most_run_on(first: Played, second: Played) -> bool:
    """All but a third at most, whose players came anew."""
    both = both_of(first, second)
    anew = sum(not runs_on(was, now) for was, now in both)
    return 3 * anew <= len(both) != 0


def all_begin_anew(first: Played, second: Played) -> bool:
    restored = [pair for pair in both_of(first, second) if pair[1].rounds]
    return len(restored) > 5 and not any(runs_on(was, now) for was, now in restored)


def _fits(first: File, second: File) -> bool:
    """Everything that two files' contents say of being one match (FORMAT, "Pairing" and "Whose line runs on")."""
    one, two = first.played, second.played
    if aborted(one) or aborted(two) or one.next <= 0 or abs(one.next - two.limit) > 1:
        return False
    both = both_of(one, two)
    running = [was is not None for was, line in people(one, two) if line.rounds >= 1]
    continues = all(running) and everybody_runs_on(one, two)
    if one.host != two.host and not continues:
        return False
    if not both or 2 * sum(running) < len(running) or all_begin_anew(one, two):
        return False
    longest = max(one.limit, first.longest) + two.limit + SLACK
    if any(6 * now.time > longest for _, now in both if not is_bot(now)):
        return False
    skipped = sum(now.rounds > was.rounds + 1 for was, now in both)
    played = [(was.team, now.team) for was, now in both if was.team in (1, 2) and now.team in (1, 2)]
    kept = sum(was == now for was, now in played)
    return continues or not (2 * skipped > len(both) or 2 * kept > len(played))


def _round_length(first: File, second: File) -> int:
    return max(
        (6 * (now.time - was.time) for was, now in both_of(first.played, second.played) if not is_bot(now)), default=0
    )


def _may_follow(first: File, second: File, gap: int) -> bool:
    return _round_length(first, second) - SLACK <= gap <= HOUR


def apart(first: File, second: File) -> int:
    """Seconds between two ends.

    Between their stamps where neither can be true, and nothing else tells: both were only seen, or copied at once.
    """
    impossible = {"seen", "future", "before"}
    between = second.end - first.end
    if {first.dated, second.dated} == {"seen"} or ({first.dated, second.dated} <= impossible and -60 <= between <= 60):
        return second.stamp - first.stamp
    return between


def _by_files(first: File, second: File) -> File | None:
    """Which of the two has a wrong stamp, by the files' times: the one that is further from its own.

    None where the stamps say much the same, or where the other one's time is not that of its stamp, within an hour.
    """
    if first.mtime is None or second.mtime is None or not written(first, second):
        return None
    gap, stamps = second.mtime - first.mtime, second.end - first.end
    if not 1 <= gap <= HOUR or (1 <= stamps <= HOUR and abs(stamps - gap) <= 600):
        return None
    return second if _off(first) <= _off(second) else first


def _off(file: File) -> int:
    """Seconds between a file's time and its end; without a time it tells nothing."""
    return abs(file.mtime - file.end) if file.mtime is not None else 10**10


def written(one: File, other: File) -> int | None:
    """Seconds by which the other file was written later; None where their times are no evidence."""
    if one.mtime is None or other.mtime is None or "seen" in (one.dated, other.dated):
        return None
    return other.mtime - one.mtime if min(_off(one), _off(other)) <= HOUR else None


def _cannot_be(wrong: File, files: list[File]) -> bool:
    """A stamp later than its own file, or of a time at which one of its people played another round."""
    if wrong.mtime is not None and wrong.end - wrong.mtime > 600:
        return True
    for file in files:
        if file is wrong or _off(file) > 600 or file.played.host != wrong.played.host:
            continue
        later = max(wrong, file, key=lambda one: one.end)
        length = later.longest - (later.played.limit if later.played.number == 2 else 0)
        between = abs((file.mtime or 0) - (wrong.mtime or 0))
        if abs(file.end - wrong.end) < length <= between and both_of(file.played, wrong.played):
            return True
    return False


def put_right(files: list[File]) -> None:
    """Ends that a pair proves wrong: the other reading of a repeated hour, or a stamp of a wrong clock."""
    for second in sorted((file for file in files if file.played.number == 2), key=lambda file: file.name):
        likely = [
            file
            for file in files
            if file.played.number == 1
            and (abs(file.end - second.end) <= 2 * HOUR or _by_files(file, second))
            and _fits(file, second)
        ]
        likely.sort(key=lambda file: (-file.end, file.name))
        true = [file for file in likely if _may_follow(file, second, apart(file, second))]
        continued = any(most_run_on(file.played, second.played) for file in true)
        for first in likely:
            if not true and _read_otherwise(first, second):
                break
            wrong = _by_files(first, second)
            if true and wrong is None:
                continue
            if continued and (wrong is None or not _cannot_be(wrong, files)):
                continue
            if _set_by_files(first, second, wrong):
                break


def _read_otherwise(first: File, second: File) -> bool:
    for one in (first.end, first.other):
        for two in (second.end, second.other):
            if one is not None and two is not None and _may_follow(first, second, two - one):
                for file, end in ((first, one), (second, two)):
                    file.dated = file.dated if file.end == end else "reading"
                    file.end = end
                return True
    return False


def _set_by_files(first: File, second: File, wrong: File | None) -> bool:
    """The wrong one ends as long before or after the other as its file was written; whether that can be."""
    if first.mtime is None or second.mtime is None or (wrong is None and second.end > first.end):
        return False
    gap = second.mtime - first.mtime
    if not most_run_on(first.played, second.played) or not _may_follow(first, second, gap):
        return False
    moved = wrong or second  # with no such witness it is the order of the files alone that tells
    if moved.dated:
        return False
    moved.end = first.end + gap if moved is second else second.end - gap
    moved.dated = "mtime"
    return True


def paired(files: Iterable[File], twins: Mapping[str, str]) -> tuple[dict[str, File], dict[str, str]]:
    """Round 2 → its round 1; and round 2 → the other round 2 that has the round 1 which fits it.

    `twins`: of a round that was saved twice the worse file → the better one, which stands for both.
    """
    ordered = [*files]
    by_name = {file.name: file for file in ordered}
    found: dict[str, File] = {}
    owners: dict[str, str] = {}
    rivals: dict[str, str] = {}
    for second in ordered:
        if second.played.number == 1 or second.name in twins:
            continue
        likely = [
            file
            for file in ordered
            if file.played.number == 1 and 0 <= apart(file, second) <= HOUR and _fits(file, second)
        ]
        own = [file for file in likely if file.played.host == second.played.host]
        before = [file for file in likely if (written(file, second) or 0) >= -60]
        best = [file for file in own if file in before]
        stand_ins = []
        gaps = {file.name: apart(file, second) for file in likely}
        for group in (best, own, before, likely):
            group.sort(key=lambda file: (-gaps[file.name], ordered.index(file)))
            for file in reversed(group):
                while file.name in twins:
                    file = by_name[twins[file.name]]
                if not all_begin_anew(file.played, second.played):
                    stand_ins.append(file)
        free = [file for file in stand_ins if file.name not in owners]
        if free:
            found[second.name] = free[0]
            owners[free[0].name] = second.name
        elif stand_ins:
            rivals[second.name] = owners[stand_ins[0].name]
    return found, rivals
