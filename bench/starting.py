"""How long Python takes until the bot's modules are there, as `python -m bot` loads them."""

from __future__ import annotations

from collections.abc import Iterator

from bench.kit.figure import Cost, Row, compared, in_turns
from bench.kit.process import PYTHON, ran
from bench.kit.workshop import Workshop

_BOT = "from bot.__main__ import load; load()"


def rows(shop: Workshop) -> Iterator[Row]:
    """All of the bot beside `import discord`, the interpreter's start included."""
    pairs = in_turns(lambda: _ran(_BOT), lambda: _ran("import discord"), runs=2 * shop.size.runs)
    yield compared("start-up: `python -m bot` until it is loaded", "`import discord`", pairs, most=2)


def _ran(code: str) -> Cost:
    return ran([PYTHON, "-c", code]).cost
