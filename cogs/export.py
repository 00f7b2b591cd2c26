"""`/export`: figures as a file."""

from __future__ import annotations

import io
from enum import Enum
from typing import Any, NamedTuple

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import StatsBot
from bot.deliver.channel import NOBODY
from bot.errors import NoAnswer
from bot.present.sheets import json_text, table_text
from bot.present.text import counted, safe_name
from bot.store import export, matches, results, sessions
from cogs.options import chosen, mine, read_player, read_scope

MOST = 20_000
"""Rows in one file, at most: some six megabytes."""


class What(Enum):
    """What is exported."""

    SESSION = "session"
    MATCH = "match"
    PLAYER = "player"
    SCOPE = "scope"


class Format(Enum):
    """How."""

    CSV = "csv"
    JSON = "json"


class Sheet(NamedTuple):
    """A file to be: its name without the ending, what it holds in words, and its rows."""

    name: str
    label: str
    rows: list[dict[str, Any]]


class Export(commands.Cog):
    """Figures for spreadsheets and programs."""

    def __init__(self, bot: StatsBot) -> None:
        self.bot = bot

    @app_commands.command()
    @app_commands.describe(
        what="a session, a match, a player or a scope",
        which="its date, number, name, or words such as 30d supply; empty: the last one, yourself, everything",
        format="CSV for spreadsheets, JSON for programs",
    )
    async def export(self, itx: discord.Interaction, what: What, which: str = "", format: Format = Format.CSV) -> None:
        """Figures as a file: a row per player and round."""
        await itx.response.defer(ephemeral=True)
        sheet = await self._sheet(itx, what, which[:200])
        if not sheet.rows:
            raise NoAnswer(f"There is nothing to export: {safe_name(sheet.label)} has no row.")
        if len(sheet.rows) > MOST:
            raise NoAnswer(f"That is more than {MOST:,} rows: narrow it, such as `scope` with `30d`; or ask the admin.")
        is_csv = format is Format.CSV
        text = table_text(sheet.rows) if is_csv else json_text({"what": what.value, "label": sheet.label}, sheet.rows)
        file = discord.File(io.BytesIO(text.encode()), filename=f"{sheet.name}.{format.value}")
        said = f"{safe_name(sheet.label, limit=150)}: {counted(len(sheet.rows), 'row')}, one per player and round."
        await itx.followup.send(said, file=file, ephemeral=True, allowed_mentions=NOBODY)

    async def _sheet(self, itx: discord.Interaction, what: What, which: str) -> Sheet:
        db = self.bot.app.db
        match what:
            case What.MATCH:
                return await self._match(which)
            case What.PLAYER:
                who = await read_player(itx, which or await mine(itx) or itx.user.display_name)
                rows = await export.of_scope(db, await chosen(itx, None), guid=who.guid, most=MOST + 1)
                return Sheet(f"player-{who.guid[:16]}", who.name, rows)
            case What.SESSION:
                start = await sessions.resolve(db, which, zone=self.bot.settings.zone)
                if start is None:
                    raise NoAnswer(f"I know no session called {safe_name(which)}; see `/sessions`.")
                (which,) = await sessions.labels(db, [start], zone=self.bot.settings.zone)
        over = await chosen(itx, await read_scope(itx, which))
        rows = await export.of_scope(db, over, most=MOST + 1)
        return Sheet("-".join(over.scope.text.split())[:60], over.scope.label, rows)

    async def _match(self, which: str) -> Sheet:
        db = self.bot.app.db
        wanted = await results.resolve(db, which) if which.strip() else await results.newest_match(db)
        found = await matches.match_answer(db, wanted) if wanted is not None else None
        if found is None:
            raise NoAnswer(f"I know no match by {safe_name(which)}: try its number, or a map.")
        return Sheet(f"match-{found.id}", f"match #{found.id} on {found.map}", await export.of_match(db, found.id))


async def setup(bot: StatsBot) -> None:
    """Called by discord.py."""
    await bot.add_cog(Export(bot))
