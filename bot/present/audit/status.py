"""The state of things as a card for admins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.domain.audit.audit import AuditVerdict
from bot.domain.audit.states import FileState
from bot.domain.concerns import Concern, ConcernCode, verdict
from bot.domain.posts import PostState
from bot.domain.trouble import Trouble
from bot.present.card import AMBER, AXIS_RED, NEUTRAL, Card
from bot.present.words.reasons import trouble_text
from bot.present.words.text import UNKNOWN, counted, safe_name, when

_TITLES = {
    AuditVerdict.HEALTHY: ("Sync: all is well", NEUTRAL),
    AuditVerdict.ATTENTION: ("Sync: please have a look", AMBER),
    AuditVerdict.CRITICAL: ("Sync: act now", AXIS_RED),
}
_HAS_ITS_PLACE = (
    ConcernCode.SERVER,
    ConcernCode.REFUSED,
    ConcernCode.POSTING,
    ConcernCode.PARKED,
    ConcernCode.UNSURE,
)
SHOWN = 5
"""Concerns that have no line or number of their own."""


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
    concerns: Sequence[Concern],
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
    lines += [f"**{safe_name(c.text, limit=300)}**" for c in concerns if c.code not in _HAS_ITS_PLACE][:SHOWN]
    waiting = f"\n{counted(pending, 'file')} waiting for a second look" if pending else ""
    title, colour = _TITLES[verdict(concerns)]
    return Card(
        title=title,
        lines=tuple(lines),
        fields=(
            (f"{counted(sum(files.values()), 'file')} known, {listed} in the last listing", _counts(files) + waiting),
            (counted(sum(posts.values()), "post"), _counts(posts)),
        ),
        colour=colour,
    )


def _counts(counts: Mapping[FileState, int] | Mapping[PostState, int]) -> str:
    """One line per state that occurs, with what it means where the word alone does not say it."""
    return "\n".join(f"{number} {_in_words(state)}" for state, number in counts.items() if number) or "none"


def _in_words(state: FileState | PostState) -> str:
    match state:
        case FileState.IMPORTED | PostState.WAITING | PostState.SENDING | PostState.SENT | PostState.DELETED:
            return state
        case FileState.SEEN:
            meaning = "read soon"
        case FileState.DOWNLOADED:
            meaning = "imported soon"
        case FileState.RETRYING:
            meaning = "could not be read, tried again by itself"
        case FileState.REJECTED:
            meaning = "no valid round file"
        case FileState.IGNORED:
            meaning = "no round file by its name"
        case PostState.PARKED:
            meaning = "Discord refused it, tried again by itself"
        case PostState.UNSURE:
            meaning = "an admin must say whether it is there: see the alert"
        case PostState.DROPPED:
            meaning = "too old to be news, not wanted, or seen by an admin"
        case PostState.GATHERED:
            meaning = "told by a digest"
        case PostState.REMOVING:
            meaning = "its match is posted, it goes in a moment"
        case PostState.REPLACED:
            meaning = "told by its match's post"
    return f"{state}: {meaning}"
