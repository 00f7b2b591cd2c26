"""What admins did is kept for ever; what was refused, which everybody can cause, is not."""

from __future__ import annotations

import pytest

from bot.store import decisions
from bot.store.file.database import Tx
from rigs.world import World


async def test_of_refusals_the_newest_are_kept_and_of_deeds_all(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decisions, "REFUSALS", 3)

    def work(tx: Tx) -> None:
        for number in range(5):
            decisions.log(tx, who="admin (1)", command=f"/sync run {number}", outcome="done", now=number)
            decisions.log_refusal(tx, who="anna (2)", command=f"/sync run {number}", why="no admin", now=number)

    await world.app.db.write(work)
    rows = await decisions.logged(world.app.db, limit=20)
    assert [row["at"] for row in rows if row["outcome"] == "refused: no admin"] == [4, 3, 2]
    assert [row["at"] for row in rows if row["outcome"] == "done"] == [4, 3, 2, 1, 0]


async def test_an_entry_is_small_however_much_was_typed(world: World) -> None:
    typed = "x" * 6000
    await world.app.db.write(lambda tx: decisions.log_refusal(tx, who="anna (2)", command=typed, why=typed, now=1))
    (row,) = await decisions.logged(world.app.db, limit=20)
    assert len(row["command"]) == len(row["outcome"]) == decisions.LONGEST
