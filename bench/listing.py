"""Listing a large folder over SFTP, beside the library's own scandir."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import asyncssh

from bench.kit.figure import Cost, Pair, Row, compared
from bench.kit.workshop import Workshop


def rows(shop: Workshop) -> Iterator[Row]:
    """`SftpSource.list` and `SFTPClient.scandir` on a connection each."""
    pairs = asyncio.run(_pairs(shop))
    yield compared(f"listing {shop.size.many} entries", "asyncssh's scandir, entries kept in a list", pairs, most=1.1)


async def _pairs(shop: Workshop) -> list[Pair]:
    sshd, source = shop.sshd, shop.source(shop.crowd)
    options: dict[str, Any] = {
        "username": sshd.user,
        "client_keys": [str(sshd.key)],
        "known_hosts": str(sshd.known_hosts),
    }
    options |= {"config": None, "encryption_algs": "aes128-gcm@openssh.com", "compression_algs": None}
    async with asyncssh.connect(sshd.host, sshd.port, **options) as connection:
        sftp = await connection.start_sftp_client(path_encoding=None)

        async def ours() -> Cost:
            wall, cpu = time.perf_counter(), time.process_time()
            entries = await source.list()
            cost = Cost(time.perf_counter() - wall, time.process_time() - cpu)
            assert len(entries) == shop.size.many
            return cost

        async def scandir() -> Cost:
            wall, cpu = time.perf_counter(), time.process_time()
            entries = [item async for item in sftp.scandir(str(shop.crowd).encode())]
            cost = Cost(time.perf_counter() - wall, time.process_time() - cpu)
            assert len(entries) == shop.size.many + 2
            return cost

        await source.folder_mtime()  # connected
        pairs = [Pair(await ours(), await scandir()) for _ in range(shop.size.runs)]
    await source.close()
    return pairs
