"""The outbox's rows: owed once, claimed before they are sent, and edited where the truth changed."""

from __future__ import annotations

import pytest

from bot.domain.posts import Correction, CorrectionCode, OutboxItem, PostKind, PostState
from bot.errors import StoreError
from bot.store import outbox, telling
from bot.store.file.database import Tx
from rigs.builders import a_session, an_r1, an_r2
from rigs.world import NIGHT, World

R1 = an_r1()
R2 = an_r2(R1)


@pytest.fixture
async def posts(world: World) -> list[OutboxItem]:
    """A round 1 and its match, both waiting."""
    await world.add(R1, R2)
    return await outbox.due(world.app.db, now=NIGHT + 10)


async def again(world: World, item: OutboxItem) -> OutboxItem:
    assert item.round_id is not None
    found = await outbox.of_round(world.app.db, item.round_id)
    assert found is not None
    return found


async def test_posts_are_due_in_the_order_of_the_rounds_whatever_the_order_of_arrival(world: World) -> None:
    files = a_session(3)
    for file in files[::-1]:
        await world.add(file)
    due = await outbox.due(world.app.db, now=NIGHT + 10_000)
    names = await world.rows("SELECT id, filename FROM rounds")
    by_id = {row["id"]: row["filename"] for row in names}
    assert [by_id[item.round_id] for item in due] == [file.name for file in files]


async def test_a_round_is_owed_one_post_for_ever(world: World, posts: list[OutboxItem]) -> None:
    number = posts[0].round_id
    assert number is not None
    await world.app.db.write(lambda tx: outbox.enqueue(tx, PostKind.ROUND, number, not_before=0, now=1))
    assert await world.count("outbox") == 2


async def test_beside_its_own_a_round_is_owed_one_more_post_a_kind_which_follows_it(
    world: World, posts: list[OutboxItem]
) -> None:
    number, key = posts[0].round_id, posts[0].round_key
    assert number is not None
    for _ in range(2):
        await world.app.db.write(lambda tx: outbox.owe(tx, PostKind.RECAP, number, not_before=0, now=NIGHT))
    assert await world.count("outbox") == 3
    (beside,) = [item for item in await outbox.due(world.app.db, now=NIGHT) if item.kind is PostKind.RECAP]
    assert (beside.round_id, beside.round_key, beside.happened_at) == (number, key, posts[0].happened_at)
    why = Correction(CorrectionCode.TEAMS)
    await world.app.db.write(lambda tx: outbox.amend(tx, number, ready=False, why=why, now=NIGHT))
    assert [row["revision"] for row in await world.rows("SELECT revision FROM outbox WHERE subject IS NOT NULL")] == [2]


async def test_what_is_owed_beside_a_round_is_told_by_a_digest_and_follows_its_round(
    world: World, posts: list[OutboxItem]
) -> None:
    first, second = (item.round_id for item in posts)
    assert first is not None
    assert second is not None
    db, late = world.app.db, NIGHT + 9999
    await db.write(lambda tx: tx.execute("DELETE FROM outbox"))
    for number in (first, second):
        await db.write(lambda tx, number=number: outbox.owe(tx, PostKind.MATCH, number, not_before=0, now=NIGHT))  # type: ignore[misc]
    assert await db.write(lambda tx: telling.gather(tx, more_than=1, late=late, now=late))
    (digest,) = await outbox.due(db, now=late)
    assert (digest.kind, digest.round_key) == (PostKind.DIGEST, posts[0].round_key)
    assert await telling.gathered(db, digest.id) == [first, second]
    assert await outbox.session_of(db, digest.id) == await db.value("SELECT min(session) FROM rounds")
    await db.write(lambda tx: outbox.amend_around(tx, second))
    assert (await outbox.due(db, now=late))[0].revision == digest.revision + 1


async def test_a_digest_that_was_forgotten_tells_of_what_is_owed_beside_its_rounds_too(
    world: World, posts: list[OutboxItem]
) -> None:
    number, db = posts[0].round_id, world.app.db
    assert number is not None
    for kind in (PostKind.MATCH, PostKind.RECAP):
        await db.write(lambda tx, kind=kind: outbox.owe(tx, kind, number, not_before=0, now=NIGHT))  # type: ignore[misc]
    await db.write(lambda tx: telling.told(tx, [number], message=5, channel=6, now=NIGHT))
    rows = await world.rows("SELECT kind, state FROM outbox WHERE subject IS NOT NULL ORDER BY kind")
    assert [tuple(row) for row in rows] == [("match", "gathered"), ("recap", "waiting")]


async def test_what_is_owed_beside_a_round_can_be_asked_for_again_with_a_nonce_of_its_own(
    world: World, posts: list[OutboxItem]
) -> None:
    number, db = posts[0].round_id, world.app.db
    assert number is not None
    await db.write(lambda tx: outbox.owe(tx, PostKind.MATCH, number, not_before=0, now=NIGHT))
    assert not await db.write(lambda tx: outbox.again_beside(tx, number, now=NIGHT)), "it is on its way"
    await db.write(lambda tx: tx.execute("UPDATE outbox SET state = 'deleted', message_id = 5 WHERE round_id = 1"))
    await db.write(lambda tx: tx.execute("UPDATE outbox SET state = 'dropped' WHERE subject IS NOT NULL"))
    assert await db.write(lambda tx: outbox.again(tx, PostKind.ROUND, number, now=NIGHT))
    assert await db.write(lambda tx: outbox.again_beside(tx, number, now=NIGHT))
    about = [item for item in await outbox.due(db, now=NIGHT + 9) if item.round_id == number]
    assert [(item.state, item.kind) for item in about] == [
        (PostState.WAITING, PostKind.ROUND),
        (PostState.WAITING, PostKind.MATCH),
    ]
    assert len({item.nonce for item in about}) == 2


async def test_a_backlog_gathers_only_what_a_digest_can_tell(world: World, posts: list[OutboxItem]) -> None:
    await world.app.db.write(lambda tx: tx.execute("UPDATE outbox SET kind = 'recap' WHERE id = ?", (posts[0].id,)))
    gathered = await world.app.db.write(lambda tx: telling.gather(tx, more_than=0, late=NIGHT + 9999, now=NIGHT + 9999))
    assert gathered
    assert [row["kind"] for row in await world.rows("SELECT kind FROM outbox WHERE state = 'gathered'")] == ["match"]


async def test_a_post_is_due_at_its_time_and_not_before(world: World, posts: list[OutboxItem]) -> None:
    await world.app.db.write(lambda tx: outbox.postpone(tx, posts[0], not_before=NIGHT + 500, reason="later"))
    assert posts[0].id not in [item.id for item in await outbox.due(world.app.db, now=NIGHT + 499)]
    assert posts[0].id in [item.id for item in await outbox.due(world.app.db, now=NIGHT + 500)]


async def test_a_claim_keeps_the_first_nonce_and_counts_the_attempts(world: World, posts: list[OutboxItem]) -> None:
    for now, nonce in ((NIGHT, "first"), (NIGHT + 5, "second")):
        await world.app.db.write(lambda tx, n=nonce, t=now: outbox.claim(tx, posts[0], channel=1, nonce=n, now=t))  # type: ignore[misc]
    item = await again(world, posts[0])
    assert (item.state, item.nonce, item.attempts) == (PostState.SENDING, "first", 2)
    assert (item.first_attempt_at, item.attempt_at) == (NIGHT, NIGHT + 5)


async def test_a_match_that_is_sent_takes_the_place_of_its_round_1(world: World, posts: list[OutboxItem]) -> None:
    first, match = posts
    for item, message in ((first, 11), (match, 22)):
        await _send(world, item, message)
    due = await outbox.due(world.app.db, now=NIGHT + 20)
    assert [(item.id, item.state) for item in due] == [(first.id, PostState.REMOVING)]
    await world.app.db.write(lambda tx: outbox.move(tx, due[0], PostState.REPLACED, reason=None))
    assert await outbox.due(world.app.db, now=NIGHT + 20) == []


async def test_a_round_told_anew_after_its_post_is_edited(world: World) -> None:
    await world.add(R2)
    item = await world.post_of(R2.name)
    await _send(world, item, 33)
    await world.add(R1)
    item = await again(world, item)
    assert (item.state, item.revision, item.sent_revision) == (PostState.SENT, 2, 1)


async def test_an_alert_has_a_text_and_no_round(world: World) -> None:
    await world.app.db.write(lambda tx: outbox.alert(tx, "look here", now=NIGHT))
    [item] = await outbox.due(world.app.db, now=NIGHT)
    assert (item.kind, item.body, item.round_id) == (PostKind.ALERT, "look here", None)


async def test_an_unsure_post_is_decided_once(world: World, posts: list[OutboxItem]) -> None:
    await world.app.db.write(lambda tx: outbox.move(tx, posts[0], PostState.UNSURE, reason="no history"))
    assert await world.app.db.write(lambda tx: outbox.decide(tx, posts[0].id, is_there=False))
    assert not await world.app.db.write(lambda tx: outbox.decide(tx, posts[0].id, is_there=True))
    assert (await again(world, posts[0])).state is PostState.WAITING


async def test_posts_are_counted_by_their_states(world: World, posts: list[OutboxItem]) -> None:
    await _send(world, posts[0], 11)
    counts = await outbox.count(world.app.db)
    assert {state: number for state, number in counts.items() if number} == {PostState.SENT: 1, PostState.WAITING: 1}


async def test_two_posts_never_share_a_nonce_or_a_message(world: World, posts: list[OutboxItem]) -> None:
    def claim(tx: Tx, item: OutboxItem) -> None:
        outbox.claim(tx, item, channel=1, nonce="the same", now=NIGHT)

    await world.app.db.write(lambda tx: claim(tx, posts[0]))
    with pytest.raises(StoreError):
        await world.app.db.write(lambda tx: claim(tx, posts[1]))


async def _send(world: World, item: OutboxItem, message: int) -> None:
    def work(tx: Tx) -> None:
        outbox.claim(tx, item, channel=1, nonce=f"n{item.id}", now=NIGHT)
        outbox.sent(tx, item, message=message, revision=item.revision, now=NIGHT)

    await world.app.db.write(work)
