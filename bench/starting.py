"""How long Python takes until the bot's modules are there."""

from __future__ import annotations

from collections.abc import Iterator

from bench.kit.figure import Cost, Row, compared, in_turns
from bench.kit.process import PYTHON, ran
from bench.kit.workshop import Workshop


def rows(shop: Workshop) -> Iterator[Row]:
    """`import bot.client` beside `import discord`, the interpreter's start included."""
    pairs = in_turns(lambda: _imported("bot.client"), lambda: _imported("discord"), runs=2 * shop.size.runs)
    yield compared("start-up: `import bot.client`", "`import discord`", pairs, most=2)


def _imported(module: str) -> Cost:
    return ran([PYTHON, "-c", f"import {module}"]).cost
