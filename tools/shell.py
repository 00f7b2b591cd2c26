"""What every tool does the same way: data on stdout, talk on stderr, expected failures as a line and an exit code."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import sys
from collections.abc import Coroutine
from typing import NoReturn

import typer
from rich.console import Console

from bot.clock import SystemClock
from bot.errors import DatabaseNotOurs, InstanceRunning, SettingsError, StatsBotError
from bot.logs import set_up
from bot.settings import unknown_names
from bot.store.database import OTHERS

DONE, ATTENTION, USAGE, FAILED = range(4)
"""Exit codes: done; done, and something new needs attention; usage or configuration; could not do it."""

CLOCK = SystemClock()
"""For the tools that only read; those that write get it with the rest, from `open_app`."""
talk = Console(stderr=True, highlight=False, soft_wrap=True)


def run(work: Coroutine[None, None, int], *, on_discord: str = "") -> NoReturn:
    """Run the tool's work and leave with its exit code; `on_discord`: the command that does the same inside the bot."""
    os.umask(OTHERS)
    set_up([], level=logging.ERROR)  # a tool says itself what happened
    gc.freeze()  # the modules stay: the collector need not look through them again and again
    try:
        for name in unknown_names():
            talk.print(f"unknown setting {name}", style="yellow", markup=False)
        code = asyncio.run(work)
    except (SettingsError, DatabaseNotOurs) as error:
        talk.print(str(error), style="red", markup=False)
        code = USAGE
    except InstanceRunning as error:
        instead = f", or let the bot do it: {on_discord} on Discord" if on_discord else ""
        talk.print(f"{error}{instead}", style="red", markup=False)
        code = FAILED
    except (StatsBotError, OSError) as error:
        talk.print(str(error) or type(error).__name__, style="red", markup=False)
        code = FAILED
    except KeyboardInterrupt:
        talk.print("stopped; nothing is lost: run it again to go on")
        code = FAILED
    raise typer.Exit(code)


def put(text: str) -> None:
    """Data, whatever the console's encoding."""
    sys.stdout.buffer.write(text.encode("utf-8"))
    sys.stdout.buffer.flush()


def app(help_text: str) -> typer.Typer:
    """A tool's command line."""
    return typer.Typer(help=help_text, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
