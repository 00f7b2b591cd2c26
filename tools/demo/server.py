"""A game server's SFTP access for the demo: on loopback, on a folder, with keys that are thrown away."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncssh


class DemoServer:
    """A running server; `user` may log in with the key at `key_path`, and sees `folder` as `/`."""

    user = "etlegacy"

    def __init__(self, folder: Path, key_path: Path) -> None:
        self.folder = folder
        self.key_path = key_path
        self.port = 0
        self._connections: set[asyncssh.SSHServerConnection] = set()

    def drop_connections(self) -> int:
        """Break every connection, as a network that fails; how many there were."""
        dropped = list(self._connections)
        for connection in dropped:
            connection.abort()
        return len(dropped)

    def put(self, name: str, data: bytes) -> None:
        """Let a file appear, or grow."""
        (self.folder / name).write_bytes(data)

    def factory(self) -> asyncssh.SSHServer:
        """What asyncssh calls for each connection."""
        return _Guest(self._connections)


class _Guest(asyncssh.SSHServer):
    def __init__(self, connections: set[asyncssh.SSHServerConnection]) -> None:
        self._connections = connections
        self._connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn
        self._connections.add(conn)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._connection is not None:
            self._connections.discard(self._connection)


class _Folder(asyncssh.SFTPServer):
    folder: bytes

    def __init__(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        super().__init__(chan, chroot=self.folder)


@asynccontextmanager
async def demo_server(root: Path) -> AsyncIterator[DemoServer]:
    """Serve `root/server` until the block ends; the client's key lies in `root`."""
    folder = root / "server"
    folder.mkdir(parents=True)
    guest, host = asyncssh.generate_private_key("ssh-ed25519"), asyncssh.generate_private_key("ssh-ed25519")
    key_path = root / "demo_key"
    guest.write_private_key(key_path)
    key_path.chmod(0o600)
    allowed = asyncssh.import_authorized_keys(guest.export_public_key().decode())
    server = DemoServer(folder, key_path)
    serving = type("Serving", (_Folder,), {"folder": os.fsencode(folder)})
    listener = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_factory=server.factory,
        server_host_keys=[host],
        authorized_client_keys=allowed,
        sftp_factory=serving,
        allow_scp=False,
        # the game server speaks; nobody gets a shell
        process_factory=None,
    )
    server.port = listener.get_port()
    try:
        yield server
    finally:
        listener.close()
        server.drop_connections()
        await listener.wait_closed()
        await asyncio.sleep(0)
