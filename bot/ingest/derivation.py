"""Newer rules: every stored round is derived anew at the next start, before anything else, and nothing is posted."""

from __future__ import annotations

import json
import logging
import shlex
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from typing import NamedTuple

from bot.domain.game.pairing import REACH
from bot.domain.game.rounds import DERIVATION
from bot.ingest.importer import Importer, MapRun
from bot.store import facts, rounds
from bot.store.file.database import Database, Row, Tx
from bot.store.images import Changes

log = logging.getLogger(__name__)

AT_ONCE = 20
"""Runs in one transaction."""
TELL_EVERY = 2000
"""Rounds between two lines of the log."""


class _Progress(NamedTuple):
    """How far the way to newer rules is gone: map and begin of the last run, and what came of it so far."""

    to: str
    names: Counter[str]
    after: tuple[str, int] = ("", 0)
    rounds: int = 0
    changed: int = 0
    left: tuple[str, ...] = ()

    def past(self, run: MapRun, told: Changes, left: Sequence[str]) -> _Progress:
        return _Progress(
            to=self.to,
            after=(run.map, run.begin),
            rounds=self.rounds + told.rounds,
            changed=self.changed + told.changed,
            names=self.names + told.names,
            left=(*self.left, *left),
        )


async def bring_up(db: Database, server: int, importer: Importer) -> None:
    """Derive all rounds anew where they were derived by other rules; goes on where it was interrupted.

    A round whose bytes are lost, or are no round by the newer rules, keeps what it says, with those that may pair
    with it.
    """
    known = await facts.get(db, facts.DERIVATION)
    if known == DERIVATION:
        return
    runs = await _every_run(db, server)
    stored = sum(len(run.names) for run in runs)
    if stored:
        log.info("the rules are %s now, were %s: %d rounds are derived anew", DERIVATION, known or "1", stored)
    progress = _read(await facts.get(db, facts.REDERIVED))
    waiting = [run for run in runs if (run.map, run.begin) > progress.after]
    for start in range(0, len(waiting), AT_ONCE):
        before, progress = progress, await _step(importer, progress, waiting[start : start + AT_ONCE])
        if progress.rounds // TELL_EVERY > before.rounds // TELL_EVERY:
            log.info("%d of %d rounds are derived anew", progress.rounds, stored)
    await db.write(_finish)
    _tell(progress)


async def compare(db: Database, server: int, importer: Importer, *, only: Set[str] | None) -> tuple[str, ...]:
    """Files whose rounds say something else than their own bytes do, or whose bytes cannot be read.

    Every round is derived anew, or those around the files of `only`; nothing is changed.
    """
    runs = [run for run in await _every_run(db, server) if only is None or not only.isdisjoint(run.names)]
    differing: list[str] = []
    for start in range(0, len(runs), AT_ONCE):
        differing += await _differing(importer, runs[start : start + AT_ONCE])
    return tuple(differing)


class _Looked(Exception):
    """No error: it takes back what was written to be looked at."""

    def __init__(self, files: list[str]) -> None:
        super().__init__()
        self.files = files


async def _differing(importer: Importer, runs: Sequence[MapRun]) -> list[str]:
    def look(_tx: Tx, told: Changes, left: Sequence[str]) -> None:
        raise _Looked([*told.files, *left])

    try:
        await importer.rederive(runs, look)
    except _Looked as looked:
        return looked.files
    return []


async def _step(importer: Importer, progress: _Progress, runs: Sequence[MapRun]) -> _Progress:
    """These runs, and how far it is then: kept in their own transaction."""

    def keep(tx: Tx, told: Changes, left: Sequence[str]) -> _Progress:
        further = progress.past(runs[-1], told, left)
        facts.put(tx, facts.REDERIVED, json.dumps(further._asdict()))
        return further

    return await importer.rederive(runs, keep)


def _read(text: str | None) -> _Progress:
    """Where it was interrupted; the beginning where that was on the way to other rules."""
    known = json.loads(text or "{}")
    if known.get("to") != DERIVATION:
        return _Progress(DERIVATION, Counter())
    lists = {"names": Counter(known["names"]), "after": tuple(known["after"]), "left": tuple(known["left"])}
    return _Progress(**{**known, **lists})


async def _every_run(db: Database, server: int) -> list[MapRun]:
    """One map after the other: the rows of a database of many years are never in memory all at once."""
    runs: list[MapRun] = []
    await rounds.each_map(db, server, lambda of_map: runs.extend(_runs(of_map)))
    return runs


def _runs(stored: Iterable[Row]) -> list[MapRun]:
    """Rounds by map and end → cut where no pair reaches across, by their ends or by where else they may belong."""
    by_map: dict[str, list[list[Row]]] = {}
    for row in stored:
        runs = by_map.setdefault(row["map"], [])
        if runs and row["ended_at"] - runs[-1][-1]["ended_at"] <= REACH:
            runs[-1].append(row)
        else:
            runs.append([row])
    return [
        MapRun(map_name, run[0]["ended_at"], tuple(row["filename"] for row in run))
        for map_name, runs in by_map.items()
        for run in _connected(runs)
    ]


def _connected(runs: Sequence[list[Row]]) -> list[list[Row]]:
    """Runs of one map by their ends → those put together that a round's other place connects."""
    group = [*range(len(runs))]
    lasts = [run[-1]["ended_at"] for run in runs]
    for number, run in enumerate(runs):
        for at in {row["elsewhere"] for row in run if row["elsewhere"] is not None}:
            near = bisect_left(lasts, at - REACH)
            while near < len(runs) and runs[near][0]["ended_at"] <= at + REACH:
                kept, merged = sorted((group[number], group[near]))
                group = [kept if member == merged else member for member in group] if kept != merged else group
                near += 1
    together: dict[int, list[Row]] = {}
    for member, run in zip(group, runs, strict=True):
        together.setdefault(member, []).extend(run)
    return [*together.values()]


def _finish(tx: Tx) -> None:
    facts.put(tx, facts.DERIVATION, DERIVATION)
    facts.drop(tx, facts.REDERIVED)


def _tell(progress: _Progress) -> None:
    if progress.changed:
        log.warning(
            "%d of %d rounds say something else now, and nothing is posted about it: %s",
            progress.changed, progress.rounds,
            ", ".join(f"{name} in {number}" for name, number in progress.names.most_common()),
        )  # fmt: skip
    elif progress.rounds:
        log.info("all %d rounds say what they said before", progress.rounds)
    if progress.left:
        log.warning(
            "%d rounds keep what they said, since the bytes of one that may be theirs cannot be read: --reimport %s",
            len(progress.left), shlex.join(progress.left),
        )  # fmt: skip
