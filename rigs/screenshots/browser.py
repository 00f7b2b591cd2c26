"""A Chromium without a window, spoken to over its own protocol: pages at an exact width, as pictures.

The Chrome DevTools Protocol: its domains Target, Emulation, Page and Runtime.
"""

from __future__ import annotations

import asyncio
import base64
import os
import shutil
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import aiohttp

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
PATIENCE = 30.0
"""Seconds that anything may take."""
_LARGEST = 1 << 26


class Box(NamedTuple):
    """A part of a page, in its pixels."""

    x: float
    y: float
    width: float
    height: float


class Tab:
    """One page."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, session: str) -> None:
        self._socket = socket
        self._session = session
        self._numbers = count(1000)

    async def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """One command; its result."""
        return await _ask(self._socket, next(self._numbers), method, params, session=self._session)

    async def open(self, url: str, *, width: int, height: int) -> None:
        """Load a page as wide and high as a screen would be."""
        await self.ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )
        await self.ask("Page.navigate", url="about:blank")
        await self.ask("Page.navigate", url=url)

    async def value(self, expression: str) -> Any:
        """What a JavaScript expression says, awaited."""
        answer = await self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        return answer["result"].get("value")

    async def wait(self, expression: str) -> None:
        """Until this is true; raises `TimeoutError`."""
        async with asyncio.timeout(PATIENCE):
            while not await self.value(f"!!({expression})"):
                await asyncio.sleep(0.05)

    async def box(self, selector: str) -> Box:
        """Where the first such element stands."""
        corners = await self.value(
            f"(b => [b.x, b.y, b.width, b.height])(document.querySelector({selector!r}).getBoundingClientRect())"
        )
        return Box(*corners)

    async def picture(self, part: Box) -> bytes:
        """That part as a PNG."""
        clip = {**part._asdict(), "scale": 1}
        shot = await self.ask("Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True)
        return base64.b64decode(shot["data"])


async def _ask(
    socket: aiohttp.ClientWebSocketResponse, number: int, method: str, params: dict[str, Any], *, session: str = ""
) -> dict[str, Any]:
    where = {"sessionId": session} if session else {}
    await socket.send_json({"id": number, "method": method, "params": params, **where})
    async with asyncio.timeout(PATIENCE):
        while True:
            answer: dict[str, Any] = await socket.receive_json()
            if answer.get("id") == number:
                break
    if "error" in answer:
        raise RuntimeError(f"{method}: {answer['error'].get('message')}")
    result: dict[str, Any] = answer["result"]
    return result


def installed() -> str | None:
    """The browser's program, where there is one."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@asynccontextmanager
async def tab(program: str) -> AsyncIterator[Tab]:
    """A page of a browser that ends with it."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        sandbox = [] if os.getuid() else ["--no-sandbox"]  # as root it starts without one alone
        process = await asyncio.create_subprocess_exec(
            program, "--headless", *sandbox, "--hide-scrollbars", "--disable-gpu", "--remote-debugging-port=0",
            f"--user-data-dir={profile}", "about:blank", stdout=DEVNULL, stderr=DEVNULL,
        )  # fmt: skip
        try:
            address = await _address(Path(profile))
            async with (
                aiohttp.ClientSession() as http,
                http.ws_connect(address, max_msg_size=_LARGEST, heartbeat=None) as socket,
            ):
                target = (await _ask(socket, 1, "Target.createTarget", {"url": "about:blank"}))["targetId"]
                attached = await _ask(socket, 2, "Target.attachToTarget", {"targetId": target, "flatten": True})
                yield Tab(socket, attached["sessionId"])
        finally:
            process.terminate()
            await process.wait()


async def _address(profile: Path) -> str:
    """Where it listens: it writes that down once it does."""
    port_file = profile / "DevToolsActivePort"
    async with asyncio.timeout(PATIENCE):
        while not port_file.exists() or len(port_file.read_text().split()) < 2:
            await asyncio.sleep(0.05)
    port, path = port_file.read_text().split()
    return f"ws://127.0.0.1:{port}{path}"
