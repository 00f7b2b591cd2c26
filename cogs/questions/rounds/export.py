"""`/export`: figures as a file."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import StatsBot
from bot.deliver.private import defer
from bot.errors import NoAnswer
from bot.present.words.reasons import left_out_words
from bot.present.words.rounds.sheets import ExportFile, export_facts, in_words
from bot.present.words.text import counted, safe_name
from bot.store.file.database import Reader
from bot.store.questions.rounds import export, matches, sessions
from bot.store.questions.rounds.export import Selection
from cogs.kit.answers import reply
from cogs.kit.buttons import add
from cogs.kit.options import PlayerOption, ScopeOption, chosen, player_or_me, read_scope
from cogs.kit.picks import MATCH, SESSION, PickOption, read_session

MOST = 8_000_000
"""Bytes of one file: what Discord takes everywhere."""


What = Literal["session", "match", "player", "scope"]
Format = Literal["csv", "json"]


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
    async def export(self, itx: discord.Interaction, what: What, which: str = "", format: Format = "csv") -> None:
        """Stats as CSV or JSON: a row per player and round, of a session, match, player or scope."""
        await defer(itx, private=True)
        selection = await self._selection(itx, what, which.strip()[:200])
        data = await _written(self.bot.app.db, selection, what=what, kind=format)
        file = discord.File(io.BytesIO(data), filename=f"{_file_name(selection.name)}.{format}")
        left = ", ".join(f"{number} {safe_name(why)}" for why, number in left_out_words(selection.left_out))
        rounds = counted(len(selection.rounds), "round")
        text = f"{safe_name(selection.label, limit=150)}: {rounds}, a row per player and round."
        text += f"\n-# left out: {left}" if left else ""
        await reply(itx, text, file=file, private=True)

    @export.autocomplete("which")
    async def _offer(self, itx: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        option = _MENUS.get(str(itx.namespace.what))
        if option is None:
            return [app_commands.Choice(name="Choose first what: a session, a match, a player or a scope", value="?")]
        return await option.autocomplete(itx, text[:100])

    async def _selection(self, itx: discord.Interaction, what: What, which: str) -> Selection:
        db = self.bot.app.db
        match what:
            case "match":
                return await self._match(which)
            case "player":
                who = await player_or_me(itx, which or None, option="which")
                return await export.of_player(db, await chosen(itx, None), guid=who.guid, name=who.name)
            case "session":
                which = await self._session(itx, which)
            case "scope":
                pass
        return await export.of_scope(db, await chosen(itx, await read_scope(itx, which)))

    async def _session(self, itx: discord.Interaction, which: str) -> str:
        start = await read_session(itx, which)
        return (await sessions.labels(self.bot.app.db, [start], zone=self.bot.app.rules.zone))[0]

    async def _match(self, which: str) -> Selection:
        db = self.bot.app.db
        latest = await matches.newest_match(db) or await matches.latest(db)
        if latest is None:
            raise NoAnswer("No round has been imported yet.")
        wanted = await matches.resolve(db, which) if which else latest
        selection = None if wanted is None else await export.of_match(db, wanted)
        if selection is None:
            raise NoAnswer(f"I know no match by {safe_name(which)}: try its number, or a map's name.")
        return selection


async def _written(db: Reader, selection: Selection, *, what: What, kind: Format) -> bytes:
    """The file's bytes; raises `NoAnswer` where it is empty, or larger than Discord takes."""
    facts = export_facts(what, label=selection.label, rounds=len(selection.rounds), left_out=selection.left_out)
    sheet = ExportFile(kind, facts, export.COLUMNS)
    parts, size, is_empty = [sheet.head.encode()], 0, True
    async for rows in export.rows(db, selection):
        parts.append(sheet.rows([in_words(row) for row in rows]).encode("utf-8", "replace"))
        size, is_empty = size + len(parts[-1]), is_empty and not rows
        if size > MOST:
            raise NoAnswer(
                f"{counted(len(selection.rounds), 'round')}: that is more than the {MOST // 1_000_000} MB that I can "
                "attach. Narrow it: `what: scope` takes words such as `30d supply`; CSV is a fifth of JSON."
            )
    if is_empty:
        raise NoAnswer(f"There is nothing to export: {safe_name(selection.label, limit=150)} has no line of a player.")
    return b"".join((*parts, sheet.end.encode()))


def _file_name(text: str) -> str:
    """A session's, map's or player's name as a file's."""
    return re.sub(r"[^A-Za-z0-9_.+-]+", "-", text)[:60].strip("-.") or "export"


_MENUS: Mapping[str, PickOption | PlayerOption | ScopeOption] = {
    "session": SESSION,
    "match": MATCH,
    "player": PlayerOption(),
    "scope": ScopeOption(),
}


async def setup(bot: StatsBot) -> None:
    """Called by the client."""
    await add(bot, Export)
