"""The state of things as a card for admins."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.audit.states import FileState
from bot.domain.posts import PostState
from bot.domain.trouble import Trouble
from bot.present.card import AMBER, NEUTRAL, Card
from bot.present.words.reasons import trouble_text
from bot.present.words.text import UNKNOWN, counted, safe_name, when

_MEANING: Mapping[str, str] = {
    FileState.SEEN: "read soon",
    FileState.DOWNLOADED: "imported soon",
    FileState.RETRYING: "could not be read, tried again by itself",
    FileState.REJECTED: "no valid round file",
    FileState.IGNORED: "no round file by its name",
    PostState.PARKED: "Discord refused it, tried again by itself",
    PostState.UNSURE: "an admin must say whether it is there: see the alert",
    PostState.DROPPED: "too old to be news, not wanted, or seen by an admin",
    PostState.GATHERED: "told by a digest",
}
_CALLS_FOR_A_LOOK = (PostState.PARKED, PostState.UNSURE)


def status_card(
    *,
    trouble: Trouble | None,
    last_success: int | None,
    next_poll: int | None,
    last_file: str | None,
    listed: int,
    pending: int,
    files: Mapping[FileState, int],
    posts: Mapping[PostState, int],
    posting_trouble: Trouble | None,
) -> Card:
    """Is it polling, is anything waiting, is anything stuck? Instants in UTC epoch seconds."""
    contact = "The game server answers." if last_success else "The game server has not been asked yet."
    lines = [
        f"**{safe_name(trouble_text(trouble), limit=400)}**" if trouble else contact,
        f"Last good poll: {when(last_success, 'R') if last_success else UNKNOWN}",
        f"Next poll: {when(next_poll, 'R') if next_poll else UNKNOWN}",
        f"Last new file: {safe_name(last_file, limit=100) if last_file else UNKNOWN}",
    ]
    if posting_trouble:
        lines.append(f"Posting: **{safe_name(trouble_text(posting_trouble), limit=400)}**")
    waiting = f"\n{counted(pending, 'file')} waiting for a second look" if pending else ""
    well = not trouble and not posting_trouble and not any(posts.get(state) for state in _CALLS_FOR_A_LOOK)
    return Card(
        title="Sync: all is well" if well else "Sync: please have a look",
        lines=tuple(lines),
        fields=(
            (f"{counted(sum(files.values()), 'file')} known, {listed} in the last listing", _counts(files) + waiting),
            (counted(sum(posts.values()), "post"), _counts(posts)),
        ),
        colour=NEUTRAL if well else AMBER,
    )


def _counts(counts: Mapping[FileState, int] | Mapping[PostState, int]) -> str:
    """One line per state that occurs, with what it means where the word alone does not say it."""
    parts = [
        f"{number} {name}" + (f": {_MEANING[name]}" if name in _MEANING else "")
        for name, number in counts.items()
        if number
    ]
    return "\n".join(parts) or "none"
