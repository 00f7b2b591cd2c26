"""The websocket gateway: sessions that can be resumed, and everything that can happen to them."""

from __future__ import annotations

import asyncio
import importlib
import json
import secrets
import socket as sockets
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from rigs.discord_standin import world
from rigs.discord_standin.world import Json

DISPATCH, RECONNECT, INVALID_SESSION, HELLO, ACK = 0, 7, 9, 10, 11
MESSAGES_INTENT = 1 << 9

LINGER_ZERO = struct.pack("ii", 1, 0)

Compressor = Callable[[str], bytes]


def compressor(kind: str | None) -> Compressor | None:
    """What the client's query string asks for: None, zlib-stream or zstd-stream (which needs the zstandard package)."""
    if kind is None:
        return None
    if kind == "zlib-stream":
        zlib_context = zlib.compressobj()
        return lambda text: zlib_context.compress(text.encode()) + zlib_context.flush(zlib.Z_SYNC_FLUSH)
    if kind == "zstd-stream":
        zstandard: Any = importlib.import_module("zstandard")
        context = zstandard.ZstdCompressor().compressobj()
        block = zstandard.COMPRESSOBJ_FLUSH_BLOCK
        return lambda text: bytes(context.compress(text.encode()) + context.flush(block))
    raise web.HTTPBadRequest(text=f"unknown compression {kind}")


def reset_connection(transport: asyncio.Transport) -> None:
    """End it with a TCP reset."""
    transport.get_extra_info("socket").setsockopt(sockets.SOL_SOCKET, sockets.SO_LINGER, LINGER_ZERO)
    transport.abort()


@dataclass(slots=True, kw_only=True, eq=False)
class Websocket:
    """One websocket and the queue of what goes out on it; a number in the queue is the code to close it with."""

    socket: web.WebSocketResponse
    transport: asyncio.Transport | None
    compress: Compressor | None
    queue: asyncio.Queue[Json | int] = field(default_factory=asyncio.Queue)
    session: GatewaySession | None = None
    dropped: bool = False
    """By us: what the client answers to that is no logging out."""

    async def write(self) -> None:
        """Send what is in the queue, until a close code comes or the other side is gone."""
        while not self.socket.closed:
            item = await self.queue.get()
            if isinstance(item, int):
                self.dropped = True
                await self.socket.close(code=item)
                return
            text = json.dumps(item)
            try:
                if self.compress:
                    await self.socket.send_bytes(self.compress(text))
                else:
                    await self.socket.send_str(text)
            except ConnectionError:
                return


@dataclass(slots=True, kw_only=True, eq=False)
class GatewaySession:
    """What survives a lost connection: the events so far, numbered from 1."""

    id: str
    intents: int
    events: list[Json] = field(default_factory=list)
    link: Websocket | None = None


@dataclass(slots=True, kw_only=True)
class Gateway:
    """The gateway's state and the switches that break it."""

    token: str
    bot_permissions: int = world.VIEW_SEND_EMBED_ATTACH_HISTORY
    url: str = ""
    heartbeat_interval: int = 41_250
    """Milliseconds, told to the client in HELLO."""
    zombie: bool = False
    """Nothing is sent: no acknowledgement, no event. Events are kept for the RESUME."""
    down: bool = False
    """The handshake is answered with 503."""
    resets: bool = False
    """The connection is reset in place of the handshake."""
    close_greeting_with: int | None = None
    """A close code in place of HELLO."""
    uninvited: bool = False
    """The bot is in no guild."""
    close_identify_with: int | None = None
    """A close code (4004, 4014, ...) in answer to every IDENTIFY."""
    identifies: list[Json] = field(default_factory=list)
    resumes: list[Json] = field(default_factory=list)
    heartbeats: int = 0
    connections: int = 0
    sessions: dict[str, GatewaySession] = field(default_factory=dict)
    _links: set[Websocket] = field(default_factory=set)
    _gone: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def connected(self) -> bool:
        """A client has a session that is ready."""
        return any(session.link for session in self.sessions.values())

    def dispatch(self, event: str, data: Json, *, intent: int | None = None) -> None:
        """Send an event to every session that is connected; to the latest if none is, for its RESUME.

        Raises LookupError if nobody ever came, unless an intent makes the event optional.
        """
        live = [session for session in self.sessions.values() if session.link]
        audience = live or list(self.sessions.values())[-1:]
        if not audience and intent is None:
            raise LookupError(f"no session to send {event} to")
        for session in audience:
            if intent is None or session.intents & intent:
                self._event(session, event, data)

    def close(self, code: int) -> None:
        """Begin to close every connection with `code`."""
        for link in self._links:
            link.queue.put_nowait(code)

    async def drop(self, code: int | None = 4000) -> None:
        """Close every connection with `code`; None resets the TCP connection. Sessions can be resumed."""
        links = list(self._links)
        if code is not None:
            self.close(code)
        for link in links:
            if code is None and link.transport is not None:
                link.dropped = True
                reset_connection(link.transport)
        while self._links.intersection(links):
            self._gone.clear()
            await self._gone.wait()

    def reconnect(self) -> None:
        """Ask every client to reconnect (opcode 7)."""
        for link in self._links:
            self._send(link, {"op": RECONNECT, "d": None})

    def invalidate(self, *, resumable: bool = False) -> None:
        """Tell every client that its session is invalid (opcode 9)."""
        for link in self._links:
            self._send(link, {"op": INVALID_SESSION, "d": resumable})
        if not resumable:
            self.sessions.clear()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one websocket until it ends."""
        if self.down:
            raise web.HTTPServiceUnavailable
        if self.resets and request.transport is not None:
            reset_connection(request.transport)
            return web.Response()
        self.connections += 1
        compress = compressor(request.query.get("compress"))
        socket = web.WebSocketResponse(max_msg_size=0, timeout=2.0)
        await socket.prepare(request)
        link = Websocket(socket=socket, transport=request.transport, compress=compress)
        self._links.add(link)
        writer = asyncio.create_task(link.write())
        if self.close_greeting_with is not None:
            link.queue.put_nowait(self.close_greeting_with)
        else:
            self._send(link, {"op": HELLO, "d": {"heartbeat_interval": self.heartbeat_interval}})
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._receive(link, json.loads(message.data))
        finally:
            self._forget(link)
            self._gone.set()  # before any await: the handler is cancelled when the client goes
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
        return socket

    def _receive(self, link: Websocket, message: Json) -> None:
        match message["op"]:
            case 1:  # HEARTBEAT
                self.heartbeats += 1
                self._send(link, {"op": ACK})
            case 2:  # IDENTIFY
                self._identify(link, message["d"])
            case 6:  # RESUME
                self._resume(link, message["d"])
            case _:
                pass  # what it says of presence and voice has no answer

    def _identify(self, link: Websocket, data: Json) -> None:
        self.identifies.append(data)
        if self.close_identify_with is not None:
            link.queue.put_nowait(self.close_identify_with)
            return
        if data["token"] != self.token:
            link.queue.put_nowait(4004)
            return
        session = GatewaySession(id=secrets.token_hex(16), intents=data["intents"], link=link)
        link.session = session
        self.sessions[session.id] = session
        ready = {
            "v": 10,
            "user": world.BOT.user(),
            "guilds": [] if self.uninvited else [{"id": str(world.GUILD_ID), "unavailable": True}],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "application": {"id": str(world.APPLICATION_ID), "flags": 0},
        }
        self._event(session, "READY", ready)
        if not self.uninvited:
            self._event(session, "GUILD_CREATE", world.guild_create(self.bot_permissions))

    def _resume(self, link: Websocket, data: Json) -> None:
        self.resumes.append(data)
        session = self.sessions.get(data["session_id"] or "")
        if session is None or data["token"] != self.token:
            self._send(link, {"op": INVALID_SESSION, "d": False})
            return
        session.link = link
        link.session = session
        for event in session.events[data["seq"] :]:
            self._send(link, event)
        self._event(session, "RESUMED", {})

    def _event(self, session: GatewaySession, event: str, data: Json) -> None:
        session.events.append({"op": DISPATCH, "t": event, "s": len(session.events) + 1, "d": data})
        if session.link is not None:
            self._send(session.link, session.events[-1])

    def _send(self, link: Websocket, payload: Json) -> None:
        if not self.zombie:
            link.queue.put_nowait(payload)

    def _forget(self, link: Websocket) -> None:
        self._links.discard(link)
        session = link.session
        if session is None:
            return
        if session.link is link:
            session.link = None
        if not link.dropped and link.socket.close_code in (WSCloseCode.OK, WSCloseCode.GOING_AWAY):  # logged out
            self.sessions.pop(session.id, None)
