"""A file's history: as lines for `tools.why`, as sentences for `/sync why`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.domain.audit.states import FileState
from bot.domain.game.file.files import iso_utc
from bot.domain.history import FileHistory, Ignored, PostStatus, RoundHistory, Sighting
from bot.domain.posts import PostState
from bot.present.words.reasons import note_text, post_reason_text, reason_text
from bot.present.words.text import counted, plain, safe_name, when


def history_lines(history: FileHistory) -> list[str]:
    """A file's story; empty when it was never seen."""
    lines = []
    if history.seen is not None:
        seen = history.seen
        lines.append(f"first seen {iso_utc(seen.first_seen_at)}, {seen.state} since {iso_utc(seen.since)}")
    if history.ignored is not None:
        by, at, reason = history.ignored
        lines.append(f"ignored by {plain(by, limit=100)}, {iso_utc(at)}: {plain(reason, limit=200)}")
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


_POST_STATES: Mapping[PostState, str] = {
    PostState.WAITING: "waits to be sent",
    PostState.SENDING: "is being sent",
    PostState.SENT: "is there",
    PostState.PARKED: "was refused by Discord, and is tried again",
    PostState.UNSURE: "may be there or not: an admin must say",
    PostState.DELETED: "was deleted on Discord",
    PostState.DROPPED: "was not made",
    PostState.GATHERED: "is told by a digest",
    PostState.REMOVING: "goes in a moment, since its match is posted",
    PostState.REPLACED: "gave way to its match's",
}
_STATES: Mapping[FileState, str] = {
    FileState.SEEN: "has been on the list",
    FileState.DOWNLOADED: "has been downloaded",
    FileState.IMPORTED: "has been imported",
    FileState.REJECTED: "has been rejected as broken",
    FileState.RETRYING: "has failed, and is tried again",
    FileState.IGNORED: "has been ignored",
}


def history_sentences(history: FileHistory) -> list[str]:
    """A file's story in sentences for Discord, each instant in the reader's own time."""
    lines = [] if history.seen is None else [_seen(history.seen)]
    if history.seen is None and history.round is None:
        lines = ["It was never seen."]
    lines += [] if history.ignored is None else [_ignored(history.ignored)]
    return lines if history.round is None else [*lines, *_round_sentences(history.round)]


def _ignored(ignored: Ignored) -> str:
    who, why = safe_name(ignored.by, limit=100), safe_name(ignored.reason, limit=200)
    return f"{who} ignored it {when(ignored.at)}: {why}."


def _seen(seen: Sighting) -> str:
    return f"First seen {when(seen.first_seen_at)}; it {_STATES[seen.state]} since {when(seen.since)}."


def _round_sentences(round: RoundHistory) -> Iterator[str]:
    does = "counts" if round.reason is None else "does not count"
    yield (
        f"Its round is #{round.id}, ended {when(round.ended_at)}, with {counted(round.players, 'player')}. It {does}"
        + (f": {safe_name(reason_text(round.reason), limit=300)}." if round.reason is not None else ".")
    )
    if round.first:
        yield f"Its round 1 is {safe_name(round.first, limit=100)}."
    yield from (f"Note: {safe_name(note_text(note), limit=300)}." for note in round.notes)
    yield _post(round.post)


def _post(post: PostStatus | None) -> str:
    if post is None:
        return "It has no post: it was no news when it was imported."
    why = f": {safe_name(post_reason_text(post.reason), limit=200)}" if post.reason else ""
    return f"Its post ({post.kind}) {_POST_STATES[post.state]}{why}."
