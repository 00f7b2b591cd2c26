"""What a disk may do to the database: never overwritten, never "healthy" where SQLite finds a fault, healed by itself.

`python -m rigs.storage` does the first two many more times.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.domain.audit.audit import AuditVerdict
from bot.errors import DatabaseDown, StoreError
from rigs.builders import an_archive
from rigs.process import ROOT
from rigs.storage import cut_logs, damaged_copies, diagnosis, truth
from rigs.world import a_world

COPIES = 40


async def test_no_damaged_copy_is_healthy_where_sqlite_finds_a_fault(tmp_path: Path) -> None:
    became = await damaged_copies(tmp_path, copies=COPIES, flips=64, seed=1)
    assert sum(became.values()) == COPIES
    assert not any("healthy" in what for what in became)


async def test_damage_of_one_byte_is_seen_wherever_sqlite_or_the_rounds_own_bytes_can_see_it(tmp_path: Path) -> None:
    became = await damaged_copies(tmp_path, copies=COPIES // 2, flips=1, seed=2)
    assert any("SQLite finds faults" in what for what in became)


async def test_a_log_that_is_cut_or_deleted_is_an_earlier_state_that_heals(tmp_path: Path) -> None:
    assert sum((await cut_logs(tmp_path, cuts=12, seed=3)).values()) == 13


async def test_a_database_that_is_empty_or_gone_is_begun_anew_and_the_last_backup_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_world(tmp_path) as world:
        world.put_all(an_archive(6))
        await world.poll(times=3)
        backup = await world.live.backups.step()
    assert backup is not None
    for make in (Path.unlink, Path.touch):
        (tmp_path / "stats.db").unlink(missing_ok=True)
        if make is Path.touch:
            (tmp_path / "stats.db").touch()
        caplog.clear()
        caplog.set_level(logging.INFO)  # a tool that ran in this process before may have turned the log down
        async with a_world(tmp_path, before=world) as again:
            await again.poll(times=3)
            assert await again.count("rounds") == 6
            assert await again.count("outbox") == 0, "a first run posts nothing"
        assert f"tools.restore {backup.path}" in caplog.text


FULL_BY_LIMIT = """
import asyncio, json, resource, signal, sys
from pathlib import Path
from rigs.builders import an_archive
from rigs.world import a_world
from bot.errors import DatabaseDown

async def main(folder):
    async with a_world(folder) as world:
        world.put_all(an_archive(4))
        await world.poll(times=3)
        before = await world.count("rounds")
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        wal = (folder / "stats.db-wal").stat().st_size
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (wal + 10_000, hard))
        world.put_all(an_archive(20))
        try:
            await world.poll(times=3)
            error = ""
        except DatabaseDown as failed:
            error = str(failed.__cause__)
        during = await world.count("rounds")
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        await world.poll(times=3)
        print(json.dumps([error, before, during, await world.count("rounds")]))

asyncio.run(main(Path(sys.argv[1])))
"""


@pytest.mark.skipif(os.name != "posix", reason="RLIMIT_FSIZE")
def test_a_file_that_may_not_grow_loses_nothing_and_heals_with_the_next_poll(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL_BY_LIMIT, tmp_path], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == ["disk I/O error", 4, 4, 20]
    assert truth(tmp_path / "stats.db")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes, which only root can mount."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], capture_output=True, text=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip(f"no tmpfs can be mounted here: {mounted.stderr.strip()}")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


async def test_a_full_disk_loses_nothing_and_heals_with_the_next_poll(small_disk: Path) -> None:
    async with a_world(small_disk, local_stats_dir=small_disk.parent / "local_stats") as world:
        world.put_all(an_archive(4))
        await world.poll(times=3)
        filler = small_disk / "filler"
        with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        world.put_all(an_archive(40))
        with pytest.raises(DatabaseDown, match="full"):
            await world.poll(times=3)
        assert await world.count("rounds") == 4
        made = await world.live.backups.step()
        assert made is None, "and no half backup is left"
        assert [entry.name for entry in (small_disk / "backups").iterdir()] == []
        filler.unlink()
        await world.poll(times=3)
        assert await world.count("rounds") == 40
        assert (await world.live.selfaudit.audit(deep=True)).verdict is not AuditVerdict.CRITICAL
    assert truth(small_disk / "stats.db")


async def test_a_disk_that_became_read_only_is_one_sentence_and_heals(small_disk: Path) -> None:
    async with a_world(small_disk, local_stats_dir=small_disk.parent / "local_stats") as world:
        world.put_all(an_archive(4))
        await world.poll(times=3)
    before = (small_disk / "stats.db").read_bytes()
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with pytest.raises(StoreError, match=str(small_disk)):
        async with a_world(small_disk, before=world, local_stats_dir=small_disk.parent / "local_stats"):
            pass
    verdict, said = await asyncio.to_thread(diagnosis, small_disk / "stats.db")
    assert (verdict != "refused", "Traceback" in said) == (True, False), said
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    assert (small_disk / "stats.db").read_bytes() == before
    async with a_world(small_disk, before=world, local_stats_dir=small_disk.parent / "local_stats") as world:
        assert await world.count("rounds") == 4


async def test_a_database_that_is_locked_for_long_is_answered_soon_and_nothing_is_lost(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await world.poll()
        world.put_all(an_archive(6))
        with closing(sqlite3.connect(tmp_path / "stats.db", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            for _ in range(2):
                assert await world.polling.step() >= 0
            assert world.polling.status.trouble is not None
            assert await world.count("rounds") == 0, "questions are answered"
            other.execute("ROLLBACK")
        await world.poll(times=3)
        assert await world.count("rounds") == 6
