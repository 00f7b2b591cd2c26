"""What each kind of post is called, and when it is made: for `/settings` and the documents."""

from __future__ import annotations

from typing import NamedTuple

from bot.domain.posts import PostKind


class PostWords(NamedTuple):
    """`name`: what there are many of; `made`: when it is made, and what it tells; `option`: what the switch is for."""

    name: str
    made: str
    option: str = ""


def post_words(kind: PostKind) -> PostWords:
    """The words of a kind."""
    match kind:
        case PostKind.ROUND:
            return PostWords(
                "rounds 1",
                "a round 1 is over: one line, or its picture; it goes when its match is posted",
                "how a round 1 is posted until its match is: not at all, as one line, with its picture",
            )
        case PostKind.MATCH:
            return PostWords(
                "matches",
                "a round 2 is over: the match with its winner and its picture, both rounds in one message",
                "post every match when its round 2 is over",
            )
        case PostKind.DIGEST:
            return PostWords(
                "digests",
                "more than five posts wait, of rounds that ended over a quarter of an hour ago: one message tells of "
                "up to a hundred rounds, and its menu shows each",
            )
        case PostKind.RECAP:
            return PostWords(
                "recaps of sessions",
                "a session of two matches or more is over, that is `SESSION_GAP_MINUTES` after its last round: score, "
                "best player, awards, records, charts",
                "post a recap when the evening is over",
            )
        case PostKind.ALERT:
            return PostWords("alerts", "an admin should look at something: in the admins' channel")


def posts_table() -> list[tuple[str, str, str]]:
    """(kind, when it is made and what it tells, what switches it off) of every kind."""
    return [
        (kind.value, post_words(kind).made, f"`{kind.traits.switch}`" if kind.traits.switch else "")
        for kind in PostKind
    ]
