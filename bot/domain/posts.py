"""Posts that are owed to Discord: which kind, in which state, and when a round is news."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from enum import Enum, StrEnum, auto
from typing import Literal, NamedTuple, assert_never

from bot.domain.buttons import (
    DatedAlertSeen,
    DigestSession,
    RecapSession,
    RoundPlayers,
    SessionDigest,
    SessionRecap,
    ToldRound,
)
from bot.domain.game.file.files import TRUSTED_DRIFT, RoundKey
from bot.domain.game.model import Reason, State

PAIR_PATIENCE = 600
"""Seconds that the post of a round 2 waits for its round 1."""
TOO_LATE = 86400
"""A post never tried for so many seconds is no news any more."""
DIGEST_ROUNDS = 100
"""So many rounds a digest can name: four menus of 25 beside its button."""


class PostTopic(Enum):
    """What a post is about: this decides what its first button shows, and by which id its message is found again."""

    ROUND = auto()
    MATCH = auto()
    """A match, by its round 2."""
    SESSION = auto()
    OUTAGE = auto()
    """What was played while no post could be made."""
    ADMINS = auto()
    """Something that admins should look at: it goes into their channel, and nobody is alerted about it."""


class PostTraits(NamedTuple):
    """What is true of a kind of post: the row in which a new one is told.

    `switch`: the choice of `Preferences` by which admins have it or not; `counts_players`: nor do they have it from a
    round with too few; `is_gathered`: after an outage one digest tells of many.
    """

    topic: PostTopic
    switch: Literal["rounds", "matches", "recaps"] | None = None
    counts_players: bool = False
    is_gathered: bool = False

    @property
    def is_for_admins(self) -> bool:
        """Whatever people want to see, it is made."""
        return self.topic is PostTopic.ADMINS


class PostKind(StrEnum):
    """What a message is about."""

    ROUND = "round"
    MATCH = "match"
    DIGEST = "digest"
    RECAP = "recap"
    ALERT = "alert"

    def __init__(self, value: str) -> None:
        """`ValueError`: a name that no marker can hold, so that its message would never be found again."""
        if not str(RoundPlayers(round="0" * 16, kind=value)):
            raise ValueError(f"a kind of post is named by 1 to 12 small letters, which its button keeps: {value!r}")

    @property
    def traits(self) -> PostTraits:
        """What is true of it."""
        match self:
            case PostKind.ROUND:
                return PostTraits(PostTopic.ROUND, switch="rounds", counts_players=True, is_gathered=True)
            case PostKind.MATCH:
                return PostTraits(PostTopic.MATCH, switch="matches", counts_players=True, is_gathered=True)
            case PostKind.DIGEST:
                return PostTraits(PostTopic.OUTAGE)
            case PostKind.RECAP:
                return PostTraits(PostTopic.SESSION, switch="recaps")
            case PostKind.ALERT:
                return PostTraits(PostTopic.ADMINS)


def kind_of_half(number: int) -> PostKind:
    """The post that a round owes by itself, or, as a round 2, with its match."""
    return PostKind.ROUND if number == 1 else PostKind.MATCH


class PostState(StrEnum):
    """Where a post stands (POSTING, "States")."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    PARKED = "parked"
    UNSURE = "unsure"
    DELETED = "deleted"
    DROPPED = "dropped"
    GATHERED = "gathered"
    REMOVING = "removing"
    REPLACED = "replaced"


class RoundPosts(StrEnum):
    """How round 1 is posted until its match is."""

    NONE = "none"
    LINE = "line"
    CARD = "card"


class PostStep(StrEnum):
    """What the dispatcher does next about a post."""

    SEND = "send"
    LOOK = "look"
    EDIT = "edit"
    REMOVE = "remove"
    NOTHING = "nothing"


class PostStanding(NamedTuple):
    """What a state means. `is_owed`: its message is still to be made; `is_over`: only `/repost` begins anew."""

    is_owed: bool = False
    is_over: bool = False


STANDINGS: Mapping[PostState, PostStanding] = {
    PostState.WAITING: PostStanding(is_owed=True),
    PostState.SENDING: PostStanding(is_owed=True),
    PostState.SENT: PostStanding(),
    PostState.PARKED: PostStanding(is_owed=True),
    PostState.UNSURE: PostStanding(),
    PostState.DELETED: PostStanding(is_over=True),
    PostState.DROPPED: PostStanding(is_over=True),
    PostState.GATHERED: PostStanding(is_over=True),
    PostState.REMOVING: PostStanding(),
    PostState.REPLACED: PostStanding(is_over=True),
}
OWED = tuple(state for state, standing in STANDINGS.items() if standing.is_owed)
OVER = tuple(state for state, standing in STANDINGS.items() if standing.is_over)


class CorrectionCode(StrEnum):
    """Why a message says something else than at first: what the database keeps."""

    FIRST_ARRIVED = "first_arrived"
    PAIRED_ANEW = "paired_anew"
    COUNTS_NOW = "counts_now"
    COUNTS_NO_MORE = "counts_no_more"
    OTHER_REASON = "other_reason"
    DERIVED_ANEW = "derived_anew"
    FINISHED = "finished"
    AROUND = "around"
    TEAMS = "teams"
    OLDER = "older"


class Correction(NamedTuple):
    """`reason`: why the round does not count; of OLDER, the words of a version without codes."""

    code: CorrectionCode
    reason: Reason | None = None


class PostReasonCode(StrEnum):
    """Why a post is where it is: what the database keeps."""

    UNWANTED = "unwanted"
    FEW_PLAYERS = "few_players"
    TOO_OLD = "too_old"
    SEEN = "seen"
    DELETED = "deleted"
    UNDER_WAY = "under_way"
    JUST_EDITED = "just_edited"
    SAID = "said"


class PostReason(NamedTuple):
    """`words`: of UNWANTED the kind, of FEW_PLAYERS how many it takes, of SAID what whatever stopped it said."""

    code: PostReasonCode
    words: str = ""


class OutboxItem(NamedTuple):
    """One row of the outbox, with the key of its round, of a digest or a recap of its first; UTC epoch seconds.

    `happened_at`: when what it tells of was over, or began to be; `attempt_at`, `first_attempt_at`: in Discord's time.
    `seen_by`: of an alert, the admin who has read it.

    `first_attempt_at`: of all attempts since the channel was last seen not to hold the message; no error clears it.
    `unanswered`: how many of them may have got through, as far as Discord said.
    """

    id: int
    kind: PostKind
    round_id: int | None
    session: int | None
    digest_id: int | None
    body: str | None
    about: int | None
    state: PostState
    reason: PostReason | None
    corrected: Correction | None
    revision: int
    sent_revision: int
    channel_id: int | None
    nonce: str | None
    message_id: int | None
    attempts: int
    first_attempt_at: int | None
    attempt_at: int | None
    unanswered: int
    edited_at: int | None
    not_before: int
    created_at: int
    seen_by: int | None
    round_key: RoundKey | None
    happened_at: int

    @property
    def next_step(self) -> PostStep:
        """What is to be done about it, once its time has come."""
        match self.state:
            case PostState.SENDING:
                return PostStep.LOOK
            case PostState.WAITING | PostState.PARKED:
                return PostStep.SEND if self.first_attempt_at is None else PostStep.LOOK
            case PostState.SENT:
                return PostStep.EDIT if self.sent_revision < self.revision else PostStep.NOTHING
            case PostState.REMOVING:
                return PostStep.REMOVE
            case PostState.UNSURE | PostState.DELETED | PostState.DROPPED | PostState.GATHERED | PostState.REPLACED:
                return PostStep.NOTHING
            case _:
                assert_never(self.state)

    @property
    def marker(self) -> str:
        """The custom id by which the message is found again, of its first button; no two kinds have the same."""
        topic = self.kind.traits.topic
        match topic:
            case PostTopic.ROUND | PostTopic.MATCH:
                assert self.round_key is not None
                return str(RoundPlayers(round=self.round_key, kind=self.kind))
            case PostTopic.OUTAGE if self.round_key:
                return str(SessionDigest(round=self.round_key))
            case PostTopic.OUTAGE:
                return str(DigestSession(item=self.id))
            case PostTopic.SESSION if self.round_key:
                return str(SessionRecap(round=self.round_key))
            case PostTopic.SESSION:
                return str(RecapSession(item=self.id))
            case PostTopic.ADMINS:
                return str(DatedAlertSeen(item=self.id, at=self.created_at))
            case _:
                assert_never(topic)

    @property
    def told_marker(self) -> str | None:
        """The option of a digest that tells of this round; None of what no digest tells of."""
        if not self.kind.traits.is_gathered:
            return None
        assert self.round_key is not None
        return str(ToldRound(round=self.round_key))

    @property
    def markers(self) -> tuple[str, ...]:
        """The marker, and that of before rounds had keys: an attempt of unknown fate may be as old as that.

        A number of this database is of use only where it surely is of the message's time: after an attempt.
        """
        if self.first_attempt_at is None:
            return (self.marker,)
        match self.kind.traits.topic:
            case PostTopic.ROUND | PostTopic.MATCH:
                return self.marker, f"{RoundPlayers.begins}:{self.round_id}:{self.kind}"
            case PostTopic.OUTAGE:
                return self.marker, str(DigestSession(item=self.id))
            case PostTopic.SESSION:
                return self.marker, str(RecapSession(item=self.id))
            case PostTopic.ADMINS:
                return (self.marker,)


class Preferences(NamedTuple):
    """What the admins want posted: kinds, the fewest players of a round, another channel than the settings'.

    Kept by the fields' names: a flag, a number, or a number that may be left out.
    """

    rounds: RoundPosts = RoundPosts.LINE
    matches: bool = True
    recaps: bool = True
    players: int = 0
    channel: int | None = None

    def unwanted(self, kind: PostKind, players: int) -> PostReason | None:
        """Why a post is not made, None where it is; `players`: on a side in its round."""
        traits = kind.traits
        if traits.switch is not None and getattr(self, traits.switch) in (False, RoundPosts.NONE):
            return PostReason(PostReasonCode.UNWANTED, kind.value)
        if traits.counts_players and players < self.players:
            return PostReason(PostReasonCode.FEW_PLAYERS, str(self.players))
        return None


class RoundStatus(NamedTuple):
    """What a stored round said before it was derived anew: its state, its reason, the file of its round 1."""

    state: State
    reason: Reason | None
    first: str | None


def correction(before: RoundStatus, now: RoundStatus, *, finished: bool) -> Correction:
    """Why a post says something else now; `finished`: its file was not, when it was imported."""
    if finished:
        return Correction(CorrectionCode.FINISHED)
    if before.first != now.first:
        return Correction(CorrectionCode.FIRST_ARRIVED if before.first is None else CorrectionCode.PAIRED_ANEW)
    if before.state is not now.state:
        counts = now.state is State.COUNTED
        return Correction(CorrectionCode.COUNTS_NOW if counts else CorrectionCode.COUNTS_NO_MORE, now.reason)
    if before.reason != now.reason:
        return Correction(CorrectionCode.OTHER_REASON, now.reason)
    return Correction(CorrectionCode.DERIVED_ANEW)


def nonce(*parts: object) -> str:
    """At most 25 characters, the same for the same server, file hash, kind, channel and revision."""
    digest = hashlib.sha256("\x00".join(map(str, parts)).encode()).digest()
    return base64.b32encode(digest).decode("ascii")[:25].lower()


def is_news(*, ended_at: int, mtime: int | None, now: int, max_age: int) -> bool:
    """A round worth a post: its file is at most `max_age` seconds old, and its name agrees with that.

    An archive that is copied in has fresh files with old names, or old ones: neither is news.
    """
    return mtime is not None and now - mtime <= max_age and abs(ended_at - mtime) < TRUSTED_DRIFT
