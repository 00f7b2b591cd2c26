"""Random worlds: every file has exactly one class, the account adds up, and the offered repairs lead to healthy."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import assert_never

import pytest

from bot.domain.audit.audit import Audit, AuditVerdict, DatabaseState, FileClass
from bot.domain.audit.checks import audit
from bot.domain.audit.repairs import ByHand, FindingCode, RepairKind
from bot.ingest import derivation
from bot.present.audit.terminal import terminal
from bot.present.audit.text import account, markdown
from bot.watch.survey import gather
from rigs.builders import a_session
from rigs.world import World, a_world
from tools.demo.session import SampleFile

WORLDS = 50
FILES = a_session(5, seed=3)
Damage = Callable[[World, SampleFile, sqlite3.Connection], None]


def _local_gone(world: World, file: SampleFile, con: sqlite3.Connection) -> None:
    world.app.mirror.folder.joinpath(file.name).unlink(missing_ok=True)


def _local_edited(world: World, file: SampleFile, con: sqlite3.Connection) -> None:
    world.keep(file.name, b"x" * len(file.data))


def _local_torn(world: World, file: SampleFile, con: sqlite3.Connection) -> None:
    world.keep(file.name, file.data[:50])


def _server_gone(world: World, file: SampleFile, con: sqlite3.Connection) -> None:
    if file.name in world.remote.files:
        world.remote.remove(file.name)


def _server_changed(world: World, file: SampleFile, con: sqlite3.Connection) -> None:
    world.put(file.name, file.data.replace(b"demo", b"demonstration", 1))


def _ledger_gone(world: World, file: SampleFile, con: sqlite3.Connection) -> None:
    con.execute("DELETE FROM processed_files WHERE filename = ?", (file.name,))


def _round_gone(world: World, file: SampleFile, con: sqlite3.Connection) -> None:
    """Our own constraints forbid this world: it needs foreign_keys = OFF."""
    of = "(SELECT id FROM rounds WHERE filename = ?)"
    for table in ("weapon_rounds", "player_rounds", "round_notes"):
        con.execute(f"DELETE FROM {table} WHERE round_id IN {of}", (file.name,))
    con.execute(f"UPDATE rounds SET first_round_id = NULL WHERE first_round_id IN {of}", (file.name,))
    con.execute("DELETE FROM rounds WHERE filename = ?", (file.name,))


def _not_imported(world: World, file: SampleFile, con: sqlite3.Connection) -> None:
    _round_gone(world, file, con)
    _ledger_gone(world, file, con)
    world.put(file.name, file.data)


def _retrying(world: World, file: SampleFile, con: sqlite3.Connection) -> None:
    _not_imported(world, file, con)
    con.execute(
        "INSERT INTO processed_files (server_id, filename, state, reason, retry_at, first_seen_at, updated_at)"
        " VALUES (1, ?, 'retrying', 'permission denied', 1, 1, 1)",
        (file.name,),
    )


def _broken(world: World, file: SampleFile, con: sqlite3.Connection) -> None:
    _retrying(world, file, con)
    world.put(file.name, b"torn")
    _local_gone(world, file, con)


def _junk(world: World, file: SampleFile, con: sqlite3.Connection) -> None:
    world.put(f"notes about {file.name}", b"junk")


def _figure_changed(world: World, file: SampleFile, con: sqlite3.Connection) -> None:
    con.execute(
        "UPDATE player_rounds SET kills = kills + 1 WHERE round_id = (SELECT id FROM rounds WHERE filename = ?)",
        (file.name,),
    )


DAMAGES: tuple[Damage, ...] = (
    _local_gone, _local_edited, _local_torn, _server_gone, _server_changed, _ledger_gone, _round_gone, _not_imported,
    _retrying, _broken, _junk, _figure_changed,
)  # fmt: skip


async def _look(world: World) -> Audit:
    differing = await derivation.compare(world.app.db, world.app.server, world.app.importer, only=None)
    seen = await gather(
        world.app.db, server=world.app.server, mirror=world.app.mirror, source=world.remote,
        thresholds=world.app.rules.thresholds, now=int(world.clock.now()), deep=True,
        database=DatabaseState(differing=differing),
    )  # fmt: skip
    found = audit(seen)
    every = {*world.remote.files, *seen.local, *seen.ledger, *(one.file for one in seen.rounds)}
    assert set(found.classes) == every
    assert sum(number for _, number in account(found)) == len(every)
    assert all(isinstance(one, FileClass) for one in found.classes.values())
    assert terminal(found)
    assert markdown(found)
    return found


async def _repair(world: World, found: Audit) -> None:
    """Carry out what the findings offer, as `tools.sync_stats` does."""
    repairs = world.app.repairs
    for finding in found.findings:
        for offer in finding.offers:
            if isinstance(offer.repair, ByHand):  # a file that was changed on the server names another host now
                assert finding.code is FindingCode.TWO_SERVERS, finding
                continue
            match offer.repair.kind:
                case RepairKind.RESTORE:
                    await repairs.restore(await repairs.missing())
                case RepairKind.ADOPT:
                    await repairs.adopt(await repairs.orphans())
                case (
                    RepairKind.REIMPORT_LOST
                    | RepairKind.REIMPORT_BYTES
                    | RepairKind.REIMPORT_CHANGED
                    | RepairKind.REIMPORT_DIFFERING
                ):
                    await repairs.reimport(finding.files, dry_run=False)
                case RepairKind.RETRY:
                    await repairs.retry(await repairs.failed())
                case RepairKind.IGNORE_BROKEN:
                    rejected = await repairs.failed()
                    broken = [name for name in finding.files if name in rejected]
                    await repairs.ignore(broken, reason=offer.repair.reason, by="a test")
                case RepairKind.IGNORE_VANISHED | RepairKind.IGNORE_COPIES:
                    await repairs.ignore(finding.files, reason=offer.repair.reason, by="a test")
                case RepairKind.RUN:
                    pass  # what follows is a sync
                case _:
                    assert_never(offer.repair.kind)
            await world.app.sync_local()
            await world.poll(times=3, wait=25)  # what looks unfinished is waited for


async def _world(folder: Path, seed: int) -> None:
    rng = random.Random(seed)
    async with a_world(folder) as world:
        world.put_all(FILES)
        await world.poll(times=2)
        world.clock.pass_by(10 * 86400)  # nothing is news any more, so no post is owed
    with closing(sqlite3.connect(folder / "stats.db")) as con:
        con.execute("PRAGMA foreign_keys = OFF")  # worlds that our own constraints forbid
        hurt = Counter[str]()
        for file in rng.sample(FILES, rng.randint(0, len(FILES))):
            damage = rng.choice(DAMAGES)
            damage(world, file, con)
            hurt[damage.__name__] += 1
        con.commit()
    async with a_world(folder, before=world) as world:
        found = await _look(world)
        assert hurt or found.verdict is AuditVerdict.HEALTHY
        for _ in range(3):
            await _repair(world, found)
            found = await _look(world)
        assert found.verdict is AuditVerdict.HEALTHY, (hurt, found.findings)


@pytest.mark.parametrize("start", range(0, WORLDS, 10))
def test_repairs_lead_any_world_without_lost_data_to_healthy(tmp_path: Path, start: int) -> None:
    for seed in range(start, start + 10):
        folder = tmp_path / str(seed)
        folder.mkdir()
        asyncio.run(_world(folder, seed))


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__[1:])
async def test_each_damage_alone_is_found_and_repaired(tmp_path: Path, damage: Damage) -> None:
    async with a_world(tmp_path) as world:
        world.put_all(FILES)
        await world.poll(times=2)
        world.clock.pass_by(10 * 86400)  # nothing is news any more, so no post is owed
    with closing(sqlite3.connect(tmp_path / "stats.db")) as con:
        con.execute("PRAGMA foreign_keys = OFF")  # worlds that our own constraints forbid
        damage(world, FILES[2], con)
        con.commit()
    async with a_world(tmp_path, before=world) as world:
        found = await _look(world)
        assert {FileClass.COMPLETE} != set(found.classes.values()) or found.verdict is AuditVerdict.CRITICAL
        for _ in range(2):
            await _repair(world, found)
            found = await _look(world)
        assert found.verdict is AuditVerdict.HEALTHY, found.findings
