"""What discord.py says when Discord is away: no bug, hence a line and no traceback."""

from __future__ import annotations

import logging

import aiohttp
import discord

from bot.episodes import Episode

AWAY = (OSError, aiohttp.ClientError, discord.HTTPException, discord.RateLimited)
"""What discord.py raises where Discord does not answer, or not now."""
TOO_LATE = frozenset({10008, 10015, 10062, 40060, 50027})
"""Discord's codes of an answer that nobody waits for: its interaction, token or message is gone, or was answered."""
_TALKERS = ("discord.client", "discord.app_commands.tree", "discord.ui.view")


def is_lost(error: BaseException | None) -> bool:
    """An answer did not arrive, or came too late: no bug, and nothing is left to answer."""
    if isinstance(error, discord.HTTPException) and error.code in TOO_LATE:
        return True
    network = (discord.DiscordServerError, discord.RateLimited, aiohttp.ClientError, ConnectionError, TimeoutError)
    return isinstance(error, network)


def speak_in_lines(away: Episode) -> None:
    """A lost answer is a line in discord.py's own logs; its lost gateway is told by `away`, once until it is over."""

    def is_told(record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if error is None:
            return True
        if str(record.msg).startswith("Attempting a reconnect"):
            away.tell(f"Discord's gateway is away ({said(error)}): it is tried again")
            return False
        if is_lost(error):
            record.msg, record.args, record.exc_info = lost(error), None, None
            record.levelno, record.levelname = logging.INFO, logging.getLevelName(logging.INFO)
        return True

    for name in _TALKERS:
        logger = logging.getLogger(name)
        logger.filters[:] = [is_told]  # the last client's alone


def said(error: BaseException) -> str:
    """Its words, or its name where it has none."""
    return str(error) or type(error).__name__


def lost(error: BaseException) -> str:
    """The line about an answer that nobody got."""
    return f"an answer did not arrive ({said(error)})"
