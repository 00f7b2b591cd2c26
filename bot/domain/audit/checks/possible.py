"""What cannot be true, though every file is accounted for: by the rounds' own figures, notes and reasons.

Nothing here is derived a second time: what the rules judged when a round was derived is stored with it, so rounds of
before this check are asked as well. What is recent wants a look; of what is older the audit only reminds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import groupby

from bot.domain.audit.audit import Finding, Severity, StoredRound, Survey
from bot.domain.audit.checks.common import DAY, NAMED, Check, Classes, noun
from bot.domain.audit.repairs import FindingCode
from bot.domain.audit.stored import by_end
from bot.domain.game.file.colours import clean
from bot.domain.game.file.files import GAME_BEGAN, TRUSTED_DRIFT
from bot.domain.game.model import Aside, NoteCode, State

MOMENT = 15
"""Seconds by which neighbours may seem to overlap: times in tenths of a minute, and a name that is a moment late."""
_NAME = 40
_OF_NO_CLOCK = frozenset({NoteCode.CLOCK_SEEN, NoteCode.CLOCK_AHEAD, NoteCode.CLOCK_BEFORE})
"""The stamp cannot be true: of a file that was copied nobody knows when its round ended, and of another its day."""
_UNTRUE = frozenset({NoteCode.IMPOSSIBLE, NoteCode.IMPOSSIBLE_HEADER, NoteCode.NO_ENEMIES})


def saved_twice(survey: Survey, classes: Classes) -> Iterable[Finding]:
    """One round in two files: the other one counts."""
    if files := _files(survey, lambda stored: _is(stored, Aside.SAVED_TWICE)):
        yield Finding(
            code=FindingCode.SAVED_TWICE,
            severity=worth(survey, files),
            files=files,
            title="rounds that were saved twice",
            why="the stats script ran twice on the game server, or wrote at a round's end and again at its stop",
            meaning="no sum is doubled: of each round one file counts, and these do not",
        )


def overlaps(survey: Survey, classes: Classes) -> Iterable[Finding]:
    """One server cannot play two rounds at once."""
    explained: set[str] = set()
    odd: set[str] = set()
    aside: set[str] = set()
    of_hosts: dict[str, dict[bool, StoredRound]] = {}  # the last one that counts, and the last one that does not
    for round in by_end(survey.rounds):
        if _is(round, Aside.IGNORED) or _is(round, Aside.SAVED_TWICE) or _OF_NO_CLOCK & round.notes:
            continue  # an admin decided; it is told elsewhere, as is the clock
        before = of_hosts.setdefault(round.host, {})
        counts = round.state is State.COUNTED
        begin = round.ended_at - (round.duration or 0) + MOMENT
        for other in before.values():
            if begin < other.ended_at:
                is_repeated = round.is_repeated_hour or other.is_repeated_hour
                both_count = counts and other.state is State.COUNTED
                (explained if is_repeated else odd if both_count else aside).update((other.file, round.file))
        before[counts] = round
    for files, severity, why in (
        (odd, worth(survey, odd), "the server's clock was set, two servers share a name, or a file was made up"),
        (
            explained - odd,
            Severity.NOTICE,
            "the clock repeats an hour, and no file's time says which of the two it was",
        ),
        (
            aside - odd - explained,
            Severity.NOTICE,
            "one of the two does not count: it was broken off, or its other round is missing",
        ),
    ):
        if files:
            yield Finding(
                code=FindingCode.ROUNDS_OVERLAP,
                severity=severity,
                files=tuple(sorted(files)),
                title="rounds of one server that overlap",
                why=why,
                meaning="what counts counts once; that all of them were played like this cannot be true",
            )


def servers_clock(survey: Survey, classes: Classes) -> Iterable[Finding]:
    """Stamps that the files' own times, or the order of a match, prove wrong."""
    odd = {NoteCode.CLOCK_AHEAD, NoteCode.CLOCK_BEFORE, NoteCode.CLOCK_SEEN, NoteCode.CLOCK_BACK}
    if files := _files(
        survey,
        lambda stored: bool(odd & stored.notes) or _is(stored, Aside.UNPAIRED_ORDER) or _is_after_its_file(stored),
    ):
        yield Finding(
            code=FindingCode.SERVER_CLOCK,
            severity=worth(survey, files),
            files=files,
            title="the server's clock was wrong when these were named",
            why="stamps in the future, later than the file itself, of before the game, or by which a round 2 does not "
            "follow its round 1: the clock was set, or is not kept right",
            meaning="where the file's own time tells better it is taken; the others go by their names",
        )


def _is_after_its_file(stored: StoredRound) -> bool:
    """Nothing is copied before it was written, so a time long before the stamp was not given to a copy."""
    return stored.mtime is not None and GAME_BEGAN <= stored.mtime < stored.ended_at - TRUSTED_DRIFT


def two_servers(survey: Survey, classes: Classes) -> Iterable[Finding]:
    """Two hosts in one folder; that one came after the other may be a new name, unless they played at one time."""
    hosts = Counter(stored.host for stored in _asked(survey) if stored.host)
    if len(hosts) < 2:
        return
    hosts = Counter(stored.host for stored in _of_hosts(survey))  # of two that are level the first one is the usual
    usual, _ = hosts.most_common(1)[0]
    files = tuple(sorted(stored.file for stored in _of_hosts(survey) if stored.host != usual))
    turns = sum(1 for _ in groupby(stored.host for stored in _of_hosts(survey)))
    is_mixed = turns > len(hosts) or _at_one_time(_of_hosts(survey))
    names = [clean(host)[:_NAME] for host, _ in hosts.most_common(NAMED)]
    yield Finding(
        code=FindingCode.TWO_SERVERS,
        severity=worth(survey, files) if is_mixed else Severity.NOTICE,
        files=files,
        title="two servers write here" + ("" if is_mixed else ", or the server has another name now"),
        why=f"their headers name {noun(len(hosts), 'host')}: {', '.join(names)}",
        meaning="rounds of different hosts are never compared, and each host has its own pairs and sessions",
    )


def _of_hosts(survey: Survey) -> Iterator[StoredRound]:
    """Every round that names its host, by their ends; not as a list, which is all of a database."""
    return (stored for stored in by_end(survey.rounds) if stored.host and not _is(stored, Aside.IGNORED))


def _at_one_time(told: Iterable[StoredRound]) -> bool:
    """Rounds of two hosts overlap; `told`: in the order of their ends."""
    last_end: dict[str, int] = {}
    for stored in told:
        if stored.duration is None or stored.is_repeated_hour:
            continue
        begin = stored.ended_at - stored.duration + MOMENT
        if any(begin < end for host, end in last_end.items() if host != stored.host):
            return True
        last_end[stored.host] = stored.ended_at
    return False


def strangers(survey: Survey, classes: Classes) -> Iterable[Finding]:
    """A round 2 whose only round 1 was played by other people."""
    if files := _files(survey, lambda stored: stored.has_strangers or _is(stored, Aside.UNPAIRED_STRANGERS)):
        yield Finding(
            code=FindingCode.STRANGERS,
            severity=worth(survey, files),
            files=files,
            title="round 2 of other people than the round 1 before it",
            why="the round 1 of these people is missing, or two servers write into the folder",
            meaning="strangers are no match: such a round 2 is set aside, and heals when its own round 1 comes",
        )


def implausible(survey: Survey, classes: Classes) -> Iterable[Finding]:
    """Figures that contradict each other, or the clock."""
    if files := _files(survey, lambda stored: bool(_UNTRUE & stored.notes) and stored.state is State.COUNTED):
        yield Finding(
            code=FindingCode.IMPLAUSIBLE,
            severity=Severity.WARNING,  # as long as they count: no age makes them true
            files=files,
            title="figures that cannot be true",
            why="the file was made up or damaged, or another script wrote it: each round's notes name the figures",
            meaning="these rounds count, and own boards and records, until they are taken out",
        )
    if files := _files(survey, _is_of_no_time):
        yield Finding(
            code=FindingCode.IMPLAUSIBLE,
            severity=worth(survey, files),
            files=files,
            title="figures that cannot be true, in rounds that do not count",
            why="somebody's time is less than nothing or longer than the round could last, or another figure is so",
            meaning="no figure of these rounds is in any sum",
        )
    if files := _files(survey, lambda stored: NoteCode.RATIOS in stored.notes):
        yield Finding(
            code=FindingCode.CONTRADICTED,
            severity=Severity.NOTICE,
            files=files,
            title="the file's own K/D contradicts its kills and deaths",
            why="a build of the game, or another script, clears one of its counters and not the other",
            meaning="on most lines one of the two holds more than this round; it counts, with a note",
        )
    if files := _files(survey, lambda stored: NoteCode.HEADER_DIFFERS in stored.notes):
        yield Finding(
            code=FindingCode.CONTRADICTED,
            severity=Severity.NOTICE,
            files=files,
            title="the header contradicts itself, or that of the match's round 1",
            why="held, though the time to beat is shorter than the limit, or another side defended than in round 1: "
            "the file was changed, or made up",
            meaning="the rounds count as they are; who won the match may be wrong",
        )
    differ = _files(survey, lambda stored: NoteCode.KILLS_DIFFER in stored.notes)
    reconnected = {stored.file for stored in survey.rounds if NoteCode.UNBALANCED in stored.notes}
    odd, honest = set(differ) - reconnected, set(differ) & reconnected
    for those, severity, why in (
        (odd, worth(survey, odd), "the file was changed, or is not the work of one script"),
        (honest, Severity.NOTICE, "somebody reconnected: the line began anew, the pairs did not"),
    ):
        if those:
            yield Finding(
                code=FindingCode.KILLS_DIFFER,
                severity=severity,
                files=tuple(sorted(those)),
                title="who killed whom does not add up to the players' kills and deaths",
                why=why,
                meaning="the round counts by its lines; who killed whom is told as the file tells it, with a note",
            )
    if files := _files(survey, lambda stored: _is(stored, Aside.CARRIED_OVER)):
        yield Finding(
            code=FindingCode.CARRIED_OVER,
            severity=Severity.NOTICE,
            files=files,
            title="figures that cover more than their round",
            why="the map was loaded again over itself, so that the game counted on",
            meaning="these rounds do not count: what belongs to them alone cannot be told",
        )
    if files := _files(survey, lambda stored: NoteCode.UNBALANCED in stored.notes):
        yield Finding(
            code=FindingCode.UNBALANCED,
            severity=Severity.NOTICE,
            files=files,
            title="kills and deaths, or damage, do not add up",
            why="somebody reconnected in the middle, or a line is missing in the file",
            meaning="one file in a hundred is so, honestly; each counts as it is, with a note",
        )


def _is_of_no_time(stored: StoredRound) -> bool:
    if stored.state is State.COUNTED:
        return False
    return _is(stored, Aside.OVERTIME) or _is(stored, Aside.NEGATIVE_TIME) or bool(_UNTRUE & stored.notes)


def worth(survey: Survey, files: Collection[str]) -> Severity:
    """What was first seen lately wants a look; of the rest it is enough to know."""
    since = survey.now - survey.thresholds.recent_days * DAY
    rows = (survey.ledger.get(name) for name in files)
    return Severity.WARNING if any(row is None or row.first_seen_at > since for row in rows) else Severity.NOTICE


def _asked(survey: Survey) -> Iterator[StoredRound]:
    """Every round but those that an admin took out: he has decided."""
    return (stored for stored in survey.rounds if not _is(stored, Aside.IGNORED))


def _files(survey: Survey, wanted: Callable[[StoredRound], bool]) -> tuple[str, ...]:
    return tuple(sorted({stored.file for stored in _asked(survey) if wanted(stored)}))


def _is(stored: StoredRound, aside: Aside) -> bool:
    return stored.reason is not None and stored.reason.code is aside


CHECKS: tuple[Check, ...] = (saved_twice, overlaps, servers_clock, two_servers, strangers, implausible)
