"""The stand-in itself: one HTTP server on loopback that keeps everything it was told."""

from __future__ import annotations

import asyncio
import json
import re
import time
import zlib
from collections.abc import Callable
from email.utils import formatdate
from typing import Any, Self

import discord
import yarl
from aiohttp import BodyPartReader, web

from rigs import discord_rules
from rigs.discord_standin import rest, world
from rigs.discord_standin.faults import ConnectionFate, Fault, Faults, Request, Upload
from rigs.discord_standin.gateway import MESSAGES_INTENT, Gateway, reset_connection
from rigs.discord_standin.interactions import Interactions
from rigs.discord_standin.messages import Message, Messages
from rigs.discord_standin.world import Json
from rigs.launch import point_discord_at

Check = Callable[[Request], list[str]]

LARGEST_BODY = 30 * 1024 * 1024
UNRATED = {"X-RateLimit-Limit": "50", "X-RateLimit-Remaining": "49", "X-RateLimit-Reset-After": "1.000"}


def as_documented(request: Request) -> list[str]:
    """Whatever Discord's documents say against this request."""
    return discord_rules.violations(
        request.method, request.path, request.body, query=request.query, files=request.files
    )


class DiscordStandin:
    """Discord on loopback. Entering it also points this process's discord.py at it, leaving it points it back.

    `nonce_window` is in seconds; `clock` and `clock_offset` make the time of its ids and windows; `check` is
    asked about every request that takes effect, and what it says is kept in `violations`.
    """

    def __init__(
        self,
        *,
        nonce_window: float = 300.0,
        clock: Callable[[], float] = time.time,
        check: Check | None = as_documented,
        token: str = "standin.token.value",
    ) -> None:
        self.token = token
        self.check = check
        self.clock = world.TravellingClock(source=clock)
        self.faults = Faults()
        self.gateway = Gateway(token=token)
        self.messages = Messages(clock=self.clock, nonce_window=nonce_window)
        self.commands: dict[str | None, list[Json]] = {}
        self.command_syncs = 0
        self.interactions = Interactions(
            clock=self.clock,
            dispatch=self.gateway.dispatch,
            commands=lambda: [command for scope in self.commands.values() for command in scope],
            bot_permissions=lambda: self.bot_permissions,
        )
        self.requests: list[Request] = []
        self.unknown_requests: list[Request] = []
        self.violations: list[str] = []
        self.port = 0
        self._runner: web.AppRunner | None = None
        self._released = asyncio.Event()
        self._later: set[asyncio.TimerHandle] = set()
        self._before: tuple[str, yarl.URL] | None = None

    async def __aenter__(self) -> Self:
        await self.plug_in()
        self._before = (discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY)
        point_discord_at(self.url, self.gateway.url)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._before is not None
        discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = self._before
        for handle in self._later:
            handle.cancel()
        await self.pull_out()

    @property
    def url(self) -> str:
        """Without /api/v10."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What `python -m rigs.launch` reads."""
        return {"STANDIN_URL": self.url, "STANDIN_GATEWAY": self.gateway.url}

    @property
    def bot_permissions(self) -> int:
        """The bot's rights in the guild."""
        return self.gateway.bot_permissions

    async def plug_in(self) -> None:
        """Listen, on the same port as before."""
        app = web.Application(client_max_size=LARGEST_BODY)
        app.router.add_get("/gateway/", self.gateway.handle)
        app.router.add_route("*", "/api/v10/{path:.*}", self._serve)
        self._released = asyncio.Event()
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self.gateway.url = f"ws://127.0.0.1:{self.port}/gateway/"

    async def pull_out(self) -> None:
        """Be away: connections break, new ones are refused; what was stored stays."""
        self.release()
        await self.gateway.drop(None)
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def release(self) -> None:
        """Let all hanging requests go on."""
        self._released.set()
        self._released = asyncio.Event()

    def visible(self, channel_id: int = world.STATS_CHANNEL) -> list[Message]:
        """What a person sees in the channel, oldest first, answers to interactions included."""
        return self.messages.visible(channel_id)

    def posts(self, channel_id: int = world.STATS_CHANNEL) -> list[Message]:
        """What is seen in the channel and was posted there, oldest first."""
        return [message for message in self.visible(channel_id) if message.interaction_id is None]

    def post(self, content: str, *, author: world.DiscordUser = world.PLAYER, **body: Any) -> Message:
        """A message by somebody else."""
        channel_id = body.pop("channel_id", world.STATS_CHANNEL)
        message = {"content": content, **body}
        return self.messages.create(channel_id, author=author, body=message, files=())[0]

    def delete(self, message: Message) -> None:
        """A moderator, or the bot, deletes a message."""
        self.messages.delete(message)
        gone = {"id": str(message.id), "channel_id": str(message.channel_id), "guild_id": str(world.GUILD_ID)}
        self.gateway.dispatch("MESSAGE_DELETE", gone, intent=MESSAGES_INTENT)

    def change_permissions(self, bot_permissions: int) -> None:
        """Change the role of the bot, and tell it so."""
        self.gateway.bot_permissions = bot_permissions
        role = world.roles(bot_permissions)[1]
        self.gateway.dispatch("GUILD_ROLE_UPDATE", {"guild_id": str(world.GUILD_ID), "role": role}, intent=1)

    def revoke_token(self) -> None:
        """From now on every request is answered 401, and every connection is closed with 4004."""
        self.token = self.gateway.token = "revoked"
        self.gateway.close(4004)

    def asked(self, method: str, path: str) -> list[Request]:
        """The requests of this method whose path matches the regular expression `path`."""
        return [r for r in self.requests if r.method == method and re.fullmatch(path, r.path)]

    async def _serve(self, http: web.Request) -> web.StreamResponse:
        request = await _read(http, at=self.clock.now())
        self.requests.append(request)
        fault = self.faults.pick(request)
        request.fault = fault
        if fault.then is ConnectionFate.HANG and not fault.accept:
            await self._hang(fault)
        reply: rest.Reply = (200, None)
        if fault.late:
            delayed = asyncio.get_running_loop().call_later(fault.late, self._perform, request)
            self._later.add(delayed)
        elif fault.accept or fault.then is ConnectionFate.HANG:
            reply = self._perform(request)
        if fault.then is ConnectionFate.HANG and fault.accept:
            await self._hang(fault)
        return await _respond(http, request, fault, reply)

    def _perform(self, request: Request) -> rest.Reply:
        reply = rest.perform(self, request)
        if self.check is not None and reply[0] < 400:
            self.violations += self.check(request)
        return reply

    async def _hang(self, fault: Fault) -> None:
        """Until the time is up, or released; the client's going away cancels it."""
        try:
            await asyncio.wait_for(self._released.wait(), fault.seconds)
        except TimeoutError:
            return


async def _read(http: web.Request, *, at: float) -> Request:
    body: Any = None
    files: list[Upload] = []
    if http.content_type == "multipart/form-data":
        # not `http.post()`, which leaves its temporary files open where the bot is killed while it sends
        async for part in await http.multipart():
            assert isinstance(part, BodyPartReader)
            data = bytes(await part.read(decode=True))
            if part.filename:
                files.append(Upload(field=part.name or "", filename=part.filename, data=data))
            elif part.name == "payload_json":
                body = json.loads(data)
    elif http.can_read_body:
        body = json.loads(await http.read() or b"null")
    return Request(
        method=http.method,
        path="/" + http.match_info["path"],
        query=dict(http.query),
        body=body,
        files=tuple(files),
        authorization=http.headers.get("Authorization", ""),
        at=at,
    )


async def _respond(http: web.Request, request: Request, fault: Fault, reply: rest.Reply) -> web.StreamResponse:
    """The answer, or the end of the connection."""
    text = fault.body if fault.status else "" if reply[1] is None else json.dumps(reply[1])
    headers = {"Via": "1.1 google", "Date": formatdate(request.at, usegmt=True), **({} if fault.status else UNRATED)}
    if text:
        headers["Content-Type"] = "application/json"
    headers |= fault.headers
    if "X-RateLimit-Limit" in headers:
        route = re.sub(r"\d+", "", f"{request.method} {request.path}")
        headers["X-RateLimit-Bucket"] = f"{zlib.crc32(route.encode()):08x}"
    if not headers["Via"]:
        del headers["Via"]
    transport = http.transport
    if transport is not None and fault.then in (ConnectionFate.RESET, ConnectionFate.CLOSE):
        if fault.then is ConnectionFate.RESET:
            reset_connection(transport)
        else:
            transport.close()
        return web.Response()
    if transport is not None and fault.then is ConnectionFate.TRUNCATE:
        broken = web.StreamResponse(status=reply[0], headers={**headers, "Content-Length": str(len(text))})
        await broken.prepare(http)
        await broken.write(text[: len(text) // 2].encode())
        transport.close()
        return broken
    request.status = fault.status or reply[0]
    return web.Response(status=request.status, body=text.encode(), headers=headers)
