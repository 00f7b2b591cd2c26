"""An SFTP server inside the test's own loop, for what a real one cannot be made to do."""

from __future__ import annotations

import asyncio
import os
import posixpath
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import asyncssh

from bot.ingest.source.known_hosts import Place


class FakeServer:
    """What the server does wrong; change it while it runs.

    `listing` replaces the entries of every folder, `list_error` is raised after them. `grown` makes the server send
    other bytes than it lists. `withheld`: by verb (`list`, `lstat`, `stat`) what it does not tell, of `size`, `mtime`,
    `permissions` and `type` (the bits of the permissions that say what it is). `errors` are raised by the verb (`stat`,
    `lstat`, `open`, `read`, `close`). A verb in `hang` is never answered. `opened` holds the paths that were opened.
    `password`: what is let in besides the key, by the methods in `steps` (`password`, `keyboard-interactive`), the
    latter with `prompt`. `closes`: after so many logins it hangs up.
    """

    host = "127.0.0.1"

    def __init__(self, home: Path) -> None:
        self.home = home
        self.folder = home / "stats"
        self.folder.mkdir(parents=True)
        self.port = 0
        self.user = "stats"
        self.listing: list[asyncssh.SFTPName] | None = None
        self.list_error: asyncssh.SFTPError | None = None
        self.grown: dict[bytes, bytes] = {}
        self.withheld: dict[str, set[str]] = {}
        self.errors: dict[str, Exception] = {}
        self.hang: set[str] = set()
        self.password: str | None = None
        self.steps: list[str] = []
        self.prompt = "Password: "
        self.closes = 0.0
        self.released = asyncio.Event()
        self.opened: list[bytes] = []
        self.most_at_once = 0
        self.logins = 0
        self.passwords: list[str] = []
        self.key = home / "client"
        self.known_hosts = home / "known_hosts"
        private = asyncssh.generate_private_key("ssh-ed25519")
        private.write_private_key(self.key)
        self.key.chmod(0o600)
        self._client = private.export_public_key()
        self.host_key = asyncssh.generate_private_key("ssh-ed25519")
        self.connections: list[asyncssh.SSHServerConnection] = []

    @property
    def place(self) -> Place:
        """What the bot calls it."""
        return Place(self.host, self.port, self.known_hosts)

    def trust(self) -> None:
        """Make the known-hosts file know its key."""
        public = self.host_key.export_public_key().decode()
        self.known_hosts.write_text(f"{self.place.pattern} {public}")

    async def act(self, verb: str) -> None:
        """What is wrong with this verb, if anything."""
        if verb in self.hang:
            await self.released.wait()
        if verb in self.errors:
            raise self.errors[verb]

    def told(self, verb: str, seen: os.stat_result | asyncssh.SFTPAttrs) -> asyncssh.SFTPAttrs:
        """What this verb tells of a file."""
        attrs = seen if isinstance(seen, asyncssh.SFTPAttrs) else asyncssh.SFTPAttrs.from_local(seen)
        kept = {name: getattr(attrs, name) for name in ("size", "permissions", "atime", "mtime", "uid", "gid")}
        for name in self.withheld.get(verb, ()):
            if name == "type":
                kept["permissions"] &= 0o7777
            else:
                kept[name] = None
                kept["atime"] = None if name == "mtime" else kept["atime"]
        return asyncssh.SFTPAttrs(**kept)


class _Door(asyncssh.SSHServer):
    """Counts the logins that were tried."""

    def __init__(self, fake: FakeServer) -> None:
        self._fake = fake

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._fake.connections.append(conn)

    def begin_auth(self, username: str) -> bool:
        self._fake.logins += 1
        return True

    def password_auth_supported(self) -> bool:
        return "password" in self._fake.steps

    def validate_password(self, username: str, password: str) -> bool:
        self._fake.passwords.append(password)
        return password == self._fake.password

    def kbdint_auth_supported(self) -> bool:
        return "keyboard-interactive" in self._fake.steps

    def get_kbdint_challenge(
        self, username: str, lang: str, submethods: str
    ) -> tuple[str, str, str, list[tuple[str, bool]]]:
        return "", "", "", [(self._fake.prompt, False)]

    def validate_kbdint_response(self, username: str, responses: Sequence[str]) -> bool:
        self._fake.passwords += responses
        return list(responses) == [self._fake.password]


class _Files(asyncssh.SFTPServer):
    """Serves the folder, as the fake says."""

    def __init__(self, chan: asyncssh.SSHServerChannel[bytes], fake: FakeServer) -> None:
        super().__init__(chan)
        self._fake = fake
        self._open = 0
        if fake.closes:
            fake.closes -= 1
            chan.get_connection().abort()

    async def stat(self, path: bytes) -> asyncssh.SFTPAttrs:
        await self._fake.act("stat")
        return self._fake.told("stat", Path(os.fsdecode(path)).stat())

    async def lstat(self, path: bytes) -> asyncssh.SFTPAttrs:
        await self._fake.act("lstat")
        return self._fake.told("lstat", Path(os.fsdecode(path)).lstat())

    async def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
        await self._fake.act("list")
        if self._fake.listing is None:
            async for name in super().scandir(path):
                yield asyncssh.SFTPName(name.filename, name.longname, self._fake.told("list", name.attrs))
        else:
            for name in self._fake.listing:
                yield name
        if self._fake.list_error is not None:
            raise self._fake.list_error
        await self._fake.act("list end")

    async def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
        self._fake.opened.append(path)
        await self._fake.act("open")
        self._open += 1
        self._fake.most_at_once = max(self._fake.most_at_once, self._open)
        return super().open(path, pflags, attrs)

    async def read(self, file_obj: object, offset: int, size: int) -> bytes:
        await self._fake.act("read")
        name = posixpath.basename(file_obj.name)  # type: ignore[attr-defined]
        if name in self._fake.grown:
            return self._fake.grown[name][offset : offset + size]
        data = super().read(file_obj, offset, size)
        assert isinstance(data, bytes)
        return data

    async def close(self, file_obj: object) -> None:
        await self._fake.act("close")
        self._open -= 1
        super().close(file_obj)


def named(name: bytes, *, size: int = 100, mtime: int = 1_700_000_000, mode: int = 0o100644) -> asyncssh.SFTPName:
    """An entry of a listing."""
    attrs = asyncssh.SFTPAttrs(size=size, uid=0, gid=0, permissions=mode, atime=mtime, mtime=mtime)
    return asyncssh.SFTPName(name, name, attrs)


@asynccontextmanager
async def serving(home: Path) -> AsyncIterator[FakeServer]:
    """A started server, whose key is known."""
    fake = FakeServer(home)
    listener = await asyncssh.listen(
        fake.host,
        0,
        server_factory=lambda: _Door(fake),
        server_host_keys=[fake.host_key],
        authorized_client_keys=asyncssh.import_authorized_keys(fake._client.decode()),
        sftp_factory=lambda chan: _Files(chan, fake),
        process_factory=None,
        config=None,
    )
    fake.port = listener.get_port()
    fake.trust()
    try:
        yield fake
    finally:
        fake.released.set()
        listener.close()
        for connection in fake.connections:
            connection.abort()
        await listener.wait_closed()
