"""A file's history as lines, for `/sync why` and `tools.why`."""

from __future__ import annotations

from collections.abc import Iterator

from bot.domain.game.file.files import iso_utc
from bot.domain.history import FileHistory, RoundHistory
from bot.present.words.reasons import note_text, post_reason_text, reason_text


def history_lines(history: FileHistory) -> list[str]:
    """A file's story; empty when it was never seen."""
    lines = []
    if history.seen is not None:
        seen = history.seen
        lines.append(f"first seen {iso_utc(seen.first_seen_at)}, {seen.state} since {iso_utc(seen.since)}")
    return lines if history.round is None else [*lines, *_round_lines(history.round)]


def _round_lines(round: RoundHistory) -> Iterator[str]:
    state = round.state if round.reason is None else f"set aside: {reason_text(round.reason)}"
    yield f"round {round.id}: {state}; {round.players} players, ended {iso_utc(round.ended_at)}"
    if round.first:
        yield f"its round 1 is {round.first}"
    yield from (f"note: {note_text(note)}" for note in round.notes)
    if round.post is None:
        yield "no post: it was not news when it was imported"
    else:
        why = f" ({post_reason_text(round.post.reason)})" if round.post.reason else ""
        yield f"post ({round.post.kind}): {round.post.state}{why}"
