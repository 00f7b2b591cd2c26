"""The settings and the program itself: `.env`, its values and modes, packages, fonts, a home for the charts."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from bot.errors import SettingsError
from bot.invocation import command, quoted, where_env_was_looked_for
from bot.settings import (
    IN_QUOTES,
    IS_MISSING,
    NO_SETTING,
    broken_lines,
    cut_secrets,
    env_file,
    repeated_names,
    unknown_names,
)
from bot.store.file.database import OTHERS
from bot.store.file.writable import is_seen, may
from bot.watch.doctor.check import Check, CheckState, ok, warning, wrong

_FONTS = Path(__file__).parents[2] / "present" / "pictures" / "fonts"
_MODULES = {
    "discord.py": "discord",
    "python-dotenv": "dotenv",
    "pydantic-settings": "pydantic_settings",
    "pillow": "PIL",
}
_PACKAGES = (
    "discord.py", "asyncssh", "bcrypt", "aiosqlite", "python-dotenv", "pydantic-settings", "typer", "filelock",
    "tzdata", "wcwidth", "rapidfuzz", "pillow", "matplotlib",
)  # fmt: skip


def settings_file(*, is_needed: bool) -> Iterator[Check]:
    """Where the settings come from, who may read them, and what in them is not what it seems."""
    env = env_file()
    if nowhere := where_env_was_looked_for():
        what, _, fix = nowhere.partition(": ")
        yield warning(".env", what, fix) if is_needed else ok(".env", "the settings are those of the environment")
        return
    yield ok(".env", f"the settings are those of {env.absolute()}")
    mode = env.stat().st_mode & OTHERS if os.name == "posix" and env.is_file() else 0
    if mode and not mode & 0o022:  # that others can write it is told among the settings, which are not read then
        text = f"{env} holds a secret and can be read by other users"
        yield warning(".env mode", text, f"chmod 600 {quoted(str(env))}")
    elif not mode and env.is_file():
        yield ok(".env mode", "it is for its owner alone")
    try:
        odd = [f"unknown setting {name}" for name in unknown_names()]
        odd += [f"{name} stands there more than once, and the last one counts" for name in repeated_names()]
        cut, broken = cut_secrets(), broken_lines()
    except SettingsError:
        return  # told among the settings
    for text in odd:
        yield warning(".env names", text, f"correct or remove that line of {env}")
    for name in cut:
        text = f"what follows ' #' in the value of {name} is taken for a comment"
        yield warning(name, text, IN_QUOTES)
    for number in broken:
        yield warning(".env lines", f"{env}, line {number} {NO_SETTING}", "correct or remove that line")
    if not odd:
        yield ok(".env names", "every name in it is a setting")


def remarks() -> list[str]:
    """What is odd in the settings' file and stops nobody, for whoever begins: the bot and each tool."""
    return [check.sentence for check in settings_file(is_needed=False) if check.state is CheckState.WARNING]


def settings(mistakes: Sequence[str]) -> Iterator[Check]:
    """One check for each mistake, by the setting's name where it begins with one."""
    env = env_file()
    for mistake in mistakes:
        name, _, about = mistake.partition(" ")
        if about.startswith(IS_MISSING):
            yield wrong(name, about, f"`{command('setup')}` asks for it; or write it into {env}")
        elif name.endswith(":") and name[:-1].isupper():
            what, _, fix = about.partition(": ")
            yield wrong(name[:-1], what, f"{fix or 'correct it'} ({env})")
        else:
            what, _, fix = mistake.partition(": ")
            yield wrong("settings", what, fix or f"correct {env}; .env.example explains every setting")
    if not mistakes:
        yield ok("settings", "all that the bot needs is set")


def program() -> Iterator[Check]:
    """What the program brings or needs on this machine."""
    gone = [name for name in _PACKAGES if find_spec(_MODULES.get(name, name)) is None]
    again = "install the bot's packages again: pip install -c constraints.txt . in its folder"
    if gone:
        yield wrong("packages", f"missing: {', '.join(gone)}", again)
    else:
        yield ok("packages", f"all {len(_PACKAGES)} are there")
    there = len([*_FONTS.glob("*.ttf")])
    if there:
        yield ok("fonts", f"{there} are there")
    else:
        yield warning("fonts", f"none is in {_FONTS}, so posts come as text without pictures", again)
    home = Path(os.environ.get("MPLCONFIGDIR") or Path.home() / ".config")
    if may(next(place for place in (home, *home.absolute().parents) if is_seen(place)), os.W_OK):
        yield ok("charts", f"matplotlib may keep its font cache in {home}")
    else:
        text = (
            f"matplotlib may not write {home}, so it makes its font cache anew in {tempfile.gettempdir()} at each start"
        )
        yield warning("charts", text, "set MPLCONFIGDIR to a folder that the bot's user may write")
