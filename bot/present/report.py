"""The state of things as a card for admins."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.posts import PostState
from bot.domain.states import FileState
from bot.present.card import AMBER, NEUTRAL, Card
from bot.present.text import UNKNOWN, plain, safe_name, when


def status_card(
    *,
    trouble: str | None,
    last_success: int | None,
    next_poll: int | None,
    last_file: str | None,
    listed: int,
    pending: int,
    files: Mapping[FileState, int],
    posts: Mapping[PostState, int],
    posting_trouble: str | None,
) -> Card:
    """Is it polling, is anything waiting, is anything stuck? Instants in UTC epoch seconds."""
    contact = "the game server answers" if trouble is None else f"**{plain(safe_name(trouble, limit=300), limit=600)}**"
    lines = [
        f"Connection: {contact}",
        f"Last good poll: {when(last_success, 'R') if last_success else UNKNOWN}",
        f"Next poll: {when(next_poll, 'R') if next_poll else UNKNOWN}",
        f"Last new file: {safe_name(last_file, limit=100) if last_file else UNKNOWN}",
    ]
    if posting_trouble:
        lines.append(f"Posting: **{plain(safe_name(posting_trouble, limit=300), limit=600)}**")
    return Card(
        title="Sync status",
        lines=tuple(lines),
        fields=(
            (f"Files: {sum(files.values())} known, {listed} listed", _counts(files, pending)),
            (f"Posts: {sum(posts.values())}", _counts(posts, 0)),
        ),
        colour=AMBER if trouble or posting_trouble else NEUTRAL,
        footer="imported: has a round · seen, downloaded: on the way · retrying: tried again by itself",
    )


def _counts(counts: Mapping[FileState, int] | Mapping[PostState, int], pending: int) -> str:
    parts = [f"{number} {name}" for name, number in counts.items() if number]
    if pending:
        parts.append(f"{pending} waiting for a second look")
    return ", ".join(parts) or "none"
