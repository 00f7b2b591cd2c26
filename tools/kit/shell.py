"""What every tool does the same way: data on stdout, talk on stderr, expected failures as a line and an exit code."""

from __future__ import annotations

import asyncio
import functools
import inspect
import logging
import os
import re
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from typer.models import CommandFunctionType

from bot.clock import SystemClock
from bot.errors import DatabaseNotOurs, InstanceRunning, SettingsError, StatsBotError
from bot.invocation import FOLDER, choose, folder, loaded
from bot.logs import set_up
from bot.store.file.database import OTHERS
from bot.store.file.writable import is_seen
from bot.watch.doctor import home

DONE, ATTENTION, USAGE, FAILED = range(4)
INTERRUPTED = 130
"""Exit codes: done; done, and something new needs attention; usage or configuration; could not do it; Ctrl-C."""

CLOCK = SystemClock()
"""For the tools that only read; those that write get it with the rest, from `open_app`."""
_UNSAFE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class _Talk(Console):
    """What is said beside the data; a name in it cannot command the terminal."""

    def print(self, *objects: Any, **options: Any) -> None:
        super().print(*(shown(o) if isinstance(o, str) else o for o in objects), **options)


talk = _Talk(stderr=True, highlight=False, soft_wrap=True)


def shown(text: str) -> str:
    """Text that a terminal only shows: its controls are written out as `\\u001b`, which JSON takes for the same."""
    return _UNSAFE.sub(lambda control: f"\\u{ord(control[0]):04x}", text)


def run(work: Coroutine[None, None, int], *, on_discord: str = "", with_remarks: bool = True) -> NoReturn:
    """Run the tool's work and leave with its exit code; `on_discord`: the command that does the same inside the bot.

    `with_remarks`: say first what is odd in `.env`, and refuse a folder for it that is not there.
    """
    leave(lambda: asyncio.run(work), on_discord=on_discord, with_remarks=with_remarks)


def leave(work: Callable[[], int], *, on_discord: str = "", with_remarks: bool = True) -> NoReturn:
    """As `run`, for work that waits for a person: while he types no event loop may swallow his Ctrl-C."""
    os.umask(OTHERS)
    set_up([], level=logging.ERROR)  # a tool says itself what happened
    loaded()
    try:
        if with_remarks:
            check_folder()
        for sentence in home.remarks() if with_remarks else ():
            talk.print(sentence, style="yellow", markup=False)
        code = work()
    except (SettingsError, DatabaseNotOurs) as error:
        talk.print(str(error), style="red", markup=False)
        code = USAGE
    except InstanceRunning as error:
        instead = f", or let the bot do it: {on_discord} on Discord" if on_discord else ""
        talk.print(f"{error}{instead}", style="red", markup=False)
        code = FAILED
    except BrokenPipeError:  # whoever reads has seen enough: `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # so that nothing is flushed into it at the end either
        code = FAILED
    except (StatsBotError, OSError) as error:
        talk.print(str(error) or type(error).__name__, style="red", markup=False)
        code = FAILED
    except KeyboardInterrupt:
        talk.print("stopped; nothing is lost: run it again to go on")
        code = INTERRUPTED
    raise typer.Exit(code)


def check_folder() -> None:
    """Raises `SettingsError` where the folder that was named for `.env` is none."""
    if not is_seen(folder()) or not folder().is_dir():
        raise SettingsError(f"there is no folder {folder()}: name the one of .env (--dir DIR, or {FOLDER}=DIR)")


def put(text: str) -> None:
    """Data, whatever the console's encoding; nothing where stdout is closed."""
    if sys.stdout is None:
        return
    sys.stdout.buffer.write(shown(text).encode("utf-8"))
    sys.stdout.buffer.flush()


Folder = Annotated[
    Path | None,
    typer.Option("--dir", help=f"the folder of .env; else this one, or {FOLDER}", metavar="DIR"),
]
"""The option of every command that says where the settings are."""


class Tool(typer.Typer):
    """A tool's command line: each of its commands takes `--dir` too."""

    def command(self, name: str | None = None, **options: Any) -> Callable[[CommandFunctionType], CommandFunctionType]:
        """As typer's own; the function itself stays what it was."""
        register = super().command(name, **options)

        def decorate(function: CommandFunctionType) -> CommandFunctionType:
            register(_in_its_folder(function))
            return function

        return decorate


def _in_its_folder(function: Callable[..., None]) -> Callable[..., None]:
    own = inspect.signature(function, eval_str=True)
    option = inspect.Parameter("dir", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Folder)

    @functools.wraps(function)
    def with_folder(*, dir: Path | None, **values: Any) -> None:  # noqa: A002  (the option's name)
        if dir is not None:
            choose(dir)
        function(**values)

    with_folder.__signature__ = own.replace(parameters=[*own.parameters.values(), option])  # type: ignore[attr-defined]
    return with_folder


def app(help_text: str) -> Tool:
    """A tool's command line."""
    return Tool(help=help_text, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
