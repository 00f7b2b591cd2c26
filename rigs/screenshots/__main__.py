"""`python -m rigs.screenshots FOLDER`: messages of the real bot as a Chromium shows them, `screen-NAME-WIDTH.png`.

Each as wide as a phone and as a desktop, about made-up sessions. Where there is no Chromium, nothing is made and that
is said: the pictures themselves need none.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image

from rigs.guild import GuildWorld, opened
from rigs.preview import played, posted
from rigs.screenshots.browser import NAMES, Tab, installed, tab

WIDTHS = (400, 1200)
"""A phone and a desktop."""
_HIGH, _AROUND = 3000, 700
"""Pixels that the longest message has, and those that the page needs around it."""
_COLOURS = 128
_AT_REST = """
    (async () => {
        const without = new CSSStyleSheet();
        without.replaceSync('.attachment-media-actions { display: none !important }');
        document.adoptedStyleSheets = [...document.adoptedStyleSheets, without];
        await new Promise(done => setTimeout(() => requestAnimationFrame(done), 300));
    })()"""
"""Without what a pointer over a picture brings up, and what fades in has done so."""
ASKED: Mapping[str, tuple[str, dict[str, str]]] = {
    "session": ("session", {}),
    "leaderboard": ("leaderboard", {"stat": "kd"}),
    "me": ("me", {}),
    "compare": ("compare", {"player": "Kettle"}),
    "form": ("form", {}),
    "team": ("team", {}),
    "activity": ("activity", {}),
    "moments": ("moments", {}),
    "records": ("records", {}),
    "map": ("map", {"map": "supply"}),
}
"""What is asked, by the name of its screenshots; beside them the last match's post and the recap."""


async def main(folder: Path) -> int:
    """Write them."""
    program = installed()
    if program is None:
        print(f"no screenshots: none of {', '.join(NAMES)} is here")
        return 0
    with TemporaryDirectory() as home:
        async with opened(Path(home)) as world, tab(program) as page:
            await played(world)
            shown: dict[str, Any] = dict(zip(("match", "recap"), await posted(world), strict=True))
            for name, (command, options) in ASKED.items():
                shown[name] = await world.anna.slash(world.channel, command, **options)
            for width in WIDTHS:
                await _taken(world, page, shown, width=width, folder=folder)
    return 0


async def _taken(world: GuildWorld, page: Tab, shown: Mapping[str, Any], *, width: int, folder: Path) -> None:
    preview = world.env.preview(
        world.channel, viewers=[world.anna], layout="message", display="fixed", width=width, height=_HIGH
    )
    async with preview:
        for name, message in shown.items():
            await preview.show(message)
            await page.open(preview.url, width=width + _AROUND, height=_HIGH + _AROUND)
            await page.wait("window.simcordPreview && window.simcordPreview.ready")
            await page.value(_AT_REST)
            path = folder / f"screen-{name}-{width}.png"
            path.write_bytes(_small(await page.picture(await page.box("#focused-content"))))
            print(path)


def _small(data: bytes) -> bytes:
    """The picture in few colours."""
    out = BytesIO()
    with Image.open(BytesIO(data)) as image:
        image.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(asyncio.run(main(Path(sys.argv[1]))))
