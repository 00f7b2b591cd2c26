"""One member, one player; one player, one member."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.store import links
from rigs.world import World

STEPS = st.lists(st.tuples(st.booleans(), st.integers(1, 3), st.sampled_from("ABC")), max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_whatever_happens_everybody_is_at_most_one_player_and_nobody_takes_another_s(
    world: World, steps: list[tuple[bool, int, str]]
) -> None:
    db = world.app.db
    await db.write(lambda tx: tx.execute("DELETE FROM links"))
    truth: dict[int, str] = {}
    for is_link, member, guid in steps:
        if is_link:
            done = await db.write(lambda tx, m=member, g=guid: links.link(tx, m, g, by="test", now=1))  # type: ignore[misc]
            assert done == all(owner == member for owner, its in truth.items() if its == guid)
            if done:
                truth[member] = guid
        else:
            gone = await db.write(lambda tx, m=member: links.unlink(tx, m))  # type: ignore[misc]
            assert gone == truth.pop(member, None)
    for member in (1, 2, 3):
        assert await links.guid_of(db, member) == truth.get(member)
    for guid in "ABC":
        assert await links.member_of(db, guid) == next((m for m, its in truth.items() if its == guid), None)
