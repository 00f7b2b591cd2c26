"""The process: settings → logging → lock → client. Exit codes: 75 another instance runs, 78 configuration."""

from __future__ import annotations

import asyncio
import ctypes
import logging
import os
import platform
import signal
import sys

import discord

from bot import __version__
from bot.app import CLOCK
from bot.client import StatsBot
from bot.errors import DatabaseClosed, DatabaseDamaged, DatabaseNotOurs, InstanceRunning, SettingsError, StatsBotError
from bot.lock import instance_lock
from bot.logs import set_up
from bot.notices import Notices
from bot.settings import BOT_NEEDS, Settings, env_file, load
from bot.store.file.database import OTHERS
from bot.supervise import until
from bot.watch.doctor import database, home
from bot.watch.doctor.check import CheckState

log = logging.getLogger("bot")

OK, UNAVAILABLE, ALREADY_RUNNING, CONFIGURATION = 0, 69, 75, 78
"""sysexits.h: EX_UNAVAILABLE, EX_TEMPFAIL, EX_CONFIG."""

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
"""Of glibc's `mallopt` (malloc.h)."""
_LARGE = 1 << 16
"""Bytes from which on a piece of memory is taken from the machine by itself, and given back by itself."""

TURN = 0.001
"""Seconds after which a thread that computes hands over: each of a listing's thousand answers waits so long for one."""

_INTENTS = "it refuses the bot's intents: in the Developer Portal, look at the page Bot of this application"
_CLOSED = {4004: "check DISCORD_TOKEN", 4013: _INTENTS, 4014: _INTENTS}
"""What an admin can do, by the gateway's close code."""
_TOO_OLD = "this version of the bot does not fit Discord any more: install a newer one"


async def run(settings: Settings) -> None:
    """Run the bot until it is told to stop."""
    token = settings.discord_token
    assert token is not None
    notices = Notices(CLOCK)
    bot = StatsBot(settings, notices=notices)
    loop, told = asyncio.get_running_loop(), asyncio.Event()
    for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is None:
            continue
        try:
            loop.add_signal_handler(number, told.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(told.set))
    async with bot:
        try:
            await until(told, bot.start(token.get_secret_value()))  # discord.py may swallow one cancellation
        finally:
            notices.stopping()


def main() -> int:
    """The exit code."""
    os.umask(OTHERS)
    give_back()
    sys.setswitchinterval(TURN)
    try:
        settings = load(*BOT_NEEDS)
    except SettingsError as error:
        print(error, *home.remarks(), sep="\n", file=sys.stderr)
        return CONFIGURATION
    set_up(settings.secrets())
    python, place = platform.python_version(), env_file().absolute()
    log.info("etstats %s on Python %s, with the settings of %s", __version__, python, place)
    _warn(settings)
    try:
        with instance_lock(settings.database_path, program="the bot"):
            asyncio.run(run(settings))
        log.info("stopped")
    except KeyboardInterrupt:
        log.info("stopped")
    except InstanceRunning as error:
        log.error("%s", error)  # noqa: TRY400  (expected: the sentence says it all)
        return ALREADY_RUNNING
    except discord.LoginFailure:
        log.error("Discord does not accept DISCORD_TOKEN: make a new one in the Developer Portal, put it in .env")  # noqa: TRY400
        return CONFIGURATION
    except (discord.ConnectionClosed, discord.PrivilegedIntentsRequired) as error:
        code = error.code if isinstance(error, discord.ConnectionClosed) else 4014
        log.error("Discord closed the connection for good (%s): %s", code, _CLOSED.get(code, _TOO_OLD))  # noqa: TRY400
        return CONFIGURATION
    except (DatabaseNotOurs, DatabaseDamaged, DatabaseClosed, SettingsError) as error:
        log.error("%s", error)  # noqa: TRY400
        return CONFIGURATION
    except StatsBotError as error:
        log.error("%s", error)  # noqa: TRY400
        return UNAVAILABLE
    except (OSError, discord.HTTPException) as error:
        log.error("Discord cannot be reached: %s", error)  # noqa: TRY400
        return UNAVAILABLE
    return OK


def give_back() -> None:
    """Give back to the machine what is let go of, where glibc's `malloc` takes it.

    By itself it keeps it: there is a heap for each thread, and what is given back one by one must be as large as the
    largest piece so far. A listing of 100,000 files, and an audit of them, then stay in memory for good.
    """
    try:
        is_glibc = sys.platform == "linux" and platform.libc_ver()[0] == "glibc"
    except OSError:  # elsewhere it reads the interpreter's own file
        return
    if not is_glibc:
        return
    mallopt = ctypes.CDLL(None).mallopt
    for parameter, value in ((_MMAP_THRESHOLD, _LARGE), (_TRIM_THRESHOLD, 2 * _LARGE), (_ARENA_MAX, 1)):
        mallopt(parameter, value)


def _warn(settings: Settings) -> None:
    for sentence in home.remarks():
        log.warning("%s", sentence)
    for check in (*home.program(), *database.folders(settings)):
        ends_the_start = check.name == database.LOCAL_STATS and check.state is CheckState.WRONG
        if check.state is not CheckState.OK and not ends_the_start:  # which is told by its end
            log.warning("%s", check.sentence)
    if settings.server_timezone == "UTC":
        log.info("SERVER_TIMEZONE is UTC: set it to the game server's zone if its clock shows another time")
    if settings.stray_known_hosts is not None:
        log.info("%s is used: its place is beside .env now, move it there", settings.stray_known_hosts)
