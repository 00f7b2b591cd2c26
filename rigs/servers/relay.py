"""A TCP relay on loopback that goes silent, trickles or breaks the connection on purpose."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Relay:
    """Between a client and a server; every limit counts the bytes of one connection from the server to the client.

    `silent_after` bytes it swallows everything, both ways; `reset_after` bytes it breaks the connection;
    `trickle_after` bytes it goes on with 64 bytes each `pause` seconds. Change them while it runs.
    """

    host = "127.0.0.1"

    def __init__(self, target_port: int) -> None:
        self._target = target_port
        self.port = 0
        self.silent = False
        self.silent_after: int | None = None
        self.reset_after: int | None = None
        self.trickle_after: int | None = None
        self.pause = 0.05
        self.connections = 0
        self.passed = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: list[asyncio.StreamWriter] = []

    async def pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, down: bool) -> None:
        """Carry one direction until its end."""
        passed = 0
        with contextlib.suppress(OSError):
            while data := await reader.read(1 << 16):
                while data:
                    piece = data
                    for limit in (self.reset_after, self.silent_after, self.trickle_after):
                        if down and limit is not None and passed < limit:
                            piece = piece[: limit - passed]
                    if down and self.reset_after is not None and passed >= self.reset_after:
                        reset(writer)
                        return
                    if self.silent or (self.silent_after is not None and down and passed >= self.silent_after):
                        self.silent = self.silent or down
                        break
                    if down and self.trickle_after is not None and passed >= self.trickle_after:
                        piece = piece[:64]
                        await asyncio.sleep(self.pause)
                    writer.write(piece)
                    await writer.drain()
                    data = data[len(piece) :]
                    if down:
                        passed += len(piece)
                        self.passed = passed
        if not self.silent:
            writer.close()

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        self._writers.append(writer)
        if self.silent:
            return  # accepted, and that is all
        there, back = await asyncio.open_connection(self.host, self._target)
        self._writers.append(back)
        for pump in (self.pump(reader, back, down=False), self.pump(there, writer, down=True)):
            task = asyncio.create_task(pump)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def heal(self) -> None:
        """Let new connections through again, whole."""
        self.silent = False
        self.silent_after = self.reset_after = self.trickle_after = None

    async def drop(self) -> None:
        """End every connection in hand."""
        for task in self._tasks:
            task.cancel()
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.sleep(0)
        self._writers.clear()


def reset(writer: asyncio.StreamWriter) -> None:
    """Close with an RST, as a crashed peer does."""
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@asynccontextmanager
async def relaying(target_port: int) -> AsyncIterator[Relay]:
    """A started relay to a loopback port."""
    relay = Relay(target_port)
    server = await asyncio.start_server(relay.accept, relay.host, 0)
    relay.port = server.sockets[0].getsockname()[1]
    try:
        yield relay
    finally:
        server.close()
        await relay.drop()
        await server.wait_closed()
