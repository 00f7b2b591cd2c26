"""Which rounds are news, and by what a message is found again."""

from __future__ import annotations

import pytest

from bot.domain.game.files import round_key
from bot.domain.posts import OutboxItem, PostKind, PostState, is_news, nonce

NOW, MAX_AGE = 1_000_000, 3600


def _item(**changed: object) -> OutboxItem:
    values: dict[str, object] = dict.fromkeys(OutboxItem._fields)
    values |= {"id": 7, "kind": PostKind.ROUND, "round_id": 3, "state": PostState.WAITING, **changed}
    return OutboxItem(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "doubt"), [({}, False), ({"state": PostState.SENDING}, True), ({"first_attempt_at": 1}, True)]
)
def test_an_attempt_of_unknown_fate_is_in_doubt(changed: dict[str, object], doubt: bool) -> None:
    assert _item(**changed).in_doubt is doubt


def test_a_message_is_found_again_by_its_round_or_its_own_number() -> None:
    key = round_key("main", "2026-03-01-210000-supply-round-1.txt")
    item = _item(round_key=key)
    assert item.marker == f"round:{key}:round"
    assert item.markers == (item.marker, "round:3:round")  # and that of an attempt made before rounds had keys
    for kind in (PostKind.ALERT, PostKind.DIGEST, PostKind.RECAP):
        item = _item(round_id=None, kind=kind)
        assert item.marker == f"{kind}:7:{kind}"
        assert item.markers == (item.marker,)


def test_a_nonce_is_short_and_the_same_for_the_same() -> None:
    assert nonce("a", 1) == nonce("a", 1) != nonce("a", 2)
    assert len(nonce("a", 1)) == 25


@pytest.mark.parametrize(
    ("ended", "mtime", "news"),
    [
        (NOW - 3600, NOW - 3600, True),
        (NOW - 3601, NOW - 3601, False),
        (NOW, None, False),
        (NOW - 26 * 3600, NOW, False),
    ],
)
def test_only_a_fresh_file_with_a_fresh_name_is_news(ended: int, mtime: int | None, news: bool) -> None:
    assert is_news(ended_at=ended, mtime=mtime, now=NOW, max_age=MAX_AGE) is news
