"""Which rounds are news, and by what a message is found again."""

from __future__ import annotations

import pytest

from bot.domain.game.file.files import round_key
from bot.domain.game.model import Aside, Reason, State
from bot.domain.posts import (
    STANDINGS,
    CorrectionCode,
    OutboxItem,
    PostKind,
    PostState,
    PostStep,
    Preferences,
    RoundStatus,
    correction,
    is_news,
    nonce,
)

COUNTED = RoundStatus(State.COUNTED, None, None)
ASIDE = RoundStatus(State.SET_ASIDE, Reason(Aside.CARRIED_OVER), None)
NOW, MAX_AGE = 1_000_000, 3600


def _item(**changed: object) -> OutboxItem:
    values: dict[str, object] = dict.fromkeys(OutboxItem._fields)
    values |= {"id": 7, "kind": PostKind.ROUND, "round_id": 3, "state": PostState.WAITING, **changed}
    return OutboxItem(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "step"),
    [
        ({}, PostStep.SEND),
        ({"first_attempt_at": 1}, PostStep.LOOK),
        ({"state": PostState.SENDING}, PostStep.LOOK),
        ({"state": PostState.PARKED}, PostStep.SEND),
        ({"state": PostState.PARKED, "first_attempt_at": 1}, PostStep.LOOK),
        ({"state": PostState.SENT, "sent_revision": 1, "revision": 1}, PostStep.NOTHING),
        ({"state": PostState.SENT, "sent_revision": 1, "revision": 2}, PostStep.EDIT),
        ({"state": PostState.REMOVING, "sent_revision": 1, "revision": 2}, PostStep.REMOVE),
    ],
)
def test_after_any_attempt_the_channel_is_read_before_the_next(changed: dict[str, object], step: PostStep) -> None:
    assert _item(**changed).next_step is step


@pytest.mark.parametrize("state", PostState)
def test_every_state_has_its_standing(state: PostState) -> None:
    is_owed = _item(state=state, revision=1, sent_revision=1).next_step not in (PostStep.NOTHING, PostStep.REMOVE)
    assert STANDINGS[state].is_owed is is_owed
    assert not (is_owed and STANDINGS[state].is_over)


def test_a_message_is_found_again_by_its_round_or_its_own_number() -> None:
    key = round_key("main", "2026-03-01-210000-supply-round-1.txt")
    item = _item(round_key=key, first_attempt_at=1)
    assert item.marker == f"round:{key}:round"
    assert item.markers == (item.marker, "round:3:round")  # and that of an attempt made before rounds had keys
    for kind in (PostKind.DIGEST, PostKind.RECAP):
        item = _item(round_id=None, kind=kind, round_key=key, first_attempt_at=1)
        assert item.markers == (f"{kind}:of:{key}", f"{kind}:7:{kind}")
    assert _item(round_id=None, kind=PostKind.ALERT, created_at=5).markers == ("alert:of:7:5",)


@pytest.mark.parametrize("kind", PostKind)
@pytest.mark.parametrize("attempt", [None, 1])
def test_no_post_has_an_empty_marker(kind: PostKind, attempt: int | None) -> None:
    key = round_key("main", "2026-03-01-210000-supply-round-1.txt")
    item = _item(kind=kind, round_key=key, created_at=5, first_attempt_at=attempt)
    assert all((item.marker, *item.markers, item.told_marker is None or item.told_marker))


@pytest.mark.parametrize("value", ["full_hold", "killingrampage", ""])
def test_a_kind_that_no_marker_can_hold_is_refused_where_it_is_named(value: str) -> None:
    with pytest.raises(ValueError, match="1 to 12 small letters"):
        PostKind.__init__(PostKind.ROUND, value)


def test_no_two_kinds_of_post_are_found_by_the_same_marker() -> None:
    key = round_key("main", "2026-03-01-210000-supply-round-1.txt")
    items = [_item(kind=kind, round_key=key, created_at=5, first_attempt_at=1) for kind in PostKind]
    markers = [marker for item in items for marker in item.markers]
    assert len({*markers}) == len(markers)


@pytest.mark.parametrize("kind", PostKind)
def test_a_kind_that_can_be_switched_off_is_switched_by_a_choice_that_is_kept(kind: PostKind) -> None:
    switch = kind.traits.switch
    assert switch is None or switch in Preferences._fields


def test_before_the_first_attempt_no_number_of_this_database_leads_to_a_message() -> None:
    assert _item(round_key=round_key("main", "x"), first_attempt_at=None).markers == (
        f"round:{round_key('main', 'x')}:round",
    )


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


@pytest.mark.parametrize(
    ("before", "now", "finished", "code"),
    [
        (COUNTED, COUNTED, True, CorrectionCode.FINISHED),
        (COUNTED, COUNTED._replace(first="a"), False, CorrectionCode.FIRST_ARRIVED),
        (COUNTED._replace(first="a"), COUNTED._replace(first="b"), False, CorrectionCode.PAIRED_ANEW),
        (ASIDE, COUNTED, False, CorrectionCode.COUNTS_NOW),
        (COUNTED, ASIDE, False, CorrectionCode.COUNTS_NO_MORE),
        (ASIDE, ASIDE._replace(reason=Reason(Aside.OVERTIME)), False, CorrectionCode.OTHER_REASON),
        (COUNTED, COUNTED, False, CorrectionCode.DERIVED_ANEW),
    ],
)
def test_a_correction_says_what_changed(
    before: RoundStatus, now: RoundStatus, *, finished: bool, code: CorrectionCode
) -> None:
    made = correction(before, now, finished=finished)
    assert made.code is code
    tells = (CorrectionCode.COUNTS_NOW, CorrectionCode.COUNTS_NO_MORE, CorrectionCode.OTHER_REASON)
    assert made.reason == (now.reason if code in tells else None)


NOT_PLAYED = (Aside.ABORTED, Aside.CARRIED_OVER, Aside.OVERTIME, Aside.NEGATIVE_TIME)


@pytest.mark.parametrize("aside", Aside)
def test_only_a_round_that_was_not_played_to_its_end_has_no_result(aside: Aside) -> None:
    assert aside.has_result is (aside not in NOT_PLAYED)


def test_a_digest_or_recap_without_its_first_round_is_found_by_its_number() -> None:
    for kind in (PostKind.DIGEST, PostKind.RECAP):
        assert _item(kind=kind, round_id=None, round_key=None).marker.startswith(kind.value)
