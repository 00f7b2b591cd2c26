"""Which posts an import owes: everything is imported, only what is fresh is posted, and what is posted stays true."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from bot.domain.game.model import State
from bot.domain.posts import (
    PAIR_PATIENCE,
    TOO_LATE,
    Correction,
    CorrectionCode,
    PostKind,
    RoundStatus,
    correction,
    is_news,
    kind_of_half,
)
from bot.domain.stats.teams import Names
from bot.store import outbox, played, telling
from bot.store.file.database import Tx
from bot.store.rounds import DerivedRound


def owe_posts(
    tx: Tx,
    placed: Sequence[DerivedRound],
    ids: Mapping[str, int],
    before: Mapping[str, RoundStatus],
    *,
    finished: Collection[str],
    old: Collection[str],
    max_age: int | None,
    now: int,
) -> None:
    """Enqueue and amend, in the import's own transaction.

    `before`: what was stored of these files; `finished`: those that were not, when they were imported;
    `old`: those that were there before the bot; `max_age`: of news, in seconds, None: nothing is news.
    """
    for derived in placed:
        round, name = derived.round, derived.round.filed.name.text
        waits = round.filed.name.number == 2 and round.first is None and round.state is State.SET_ASIDE
        if derived.again:
            status = RoundStatus(round.state, round.reason, round.first)
            why = correction(before[name], status, finished=name in finished)
            outbox.amend(tx, ids[name], ready=not waits, why=why, now=now)
        elif max_age is not None and name not in old and _is_news(derived, now=now, max_age=max_age):
            kind = kind_of_half(round.filed.name.number)
            outbox.enqueue(tx, kind, ids[name], not_before=now + PAIR_PATIENCE if waits else now, now=now)
        outbox.amend_around(tx, ids[name])
    for round_id in telling.left_alone(tx, after=now - TOO_LATE, now=now):
        outbox.again(tx, PostKind.ROUND, round_id, now=now)


def amend_names(tx: Tx, before: Mapping[int, Names | None], *, told: Collection[int], now: int) -> None:
    """What is posted calls teams as their session does: names change with it, and posts follow.

    `before`: what the posted matches called their teams; `told`: rounds whose posts are amended already.
    """
    after = played.called(tx, before)
    for round_id in before.keys() - {*told}:
        if after[round_id] != before[round_id]:
            outbox.amend(tx, round_id, ready=False, why=Correction(CorrectionCode.TEAMS), now=now)
            outbox.amend_around(tx, round_id)


def _is_news(derived: DerivedRound, *, now: int, max_age: int) -> bool:
    ended_at = derived.round.filed.ended_at  # where the server tells no time, the name's is all there is
    mtime = ended_at if derived.mtime is None else derived.mtime
    return is_news(ended_at=ended_at, mtime=mtime, now=now, max_age=max_age)
