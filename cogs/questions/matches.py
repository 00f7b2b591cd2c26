"""`/match`: both rounds of a map, and what they add up to."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import StatsBot
from bot.deliver.channel import NOBODY
from bot.domain.stats.answers import MatchAnswer
from bot.errors import NoAnswer, StoreError
from bot.present.card import Card, Picture
from bot.present.embeds import embeds, files, view
from bot.present.pictures.scorecard import match_picture, round_picture
from bot.present.words.baselines import beside_usual
from bot.present.words.matches import match_card, round_card
from bot.present.words.text import plain, safe_name
from bot.store.questions import baselines, matches
from cogs.kit.asking import explained, require_owner, the_bot
from cogs.kit.options import mine

log = logging.getLogger(__name__)

TABS = {"1": "Round 1", "2": "Round 2", "total": "Total"}


class MatchTab(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]],
    template=r"m:(?P<owner>\d+):(?P<id>\d{1,12}):(?P<tab>1|2|total)",
):
    """Another side of the match, in place."""

    def __init__(self, match: re.Match[str]) -> None:
        super().__init__(discord.ui.Button(label=TABS[match["tab"]], custom_id=match[0]))
        self.match = match

    @classmethod
    async def from_custom_id(
        cls, itx: discord.Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> MatchTab:
        """Made anew for every click."""
        return cls(match)

    @explained
    async def callback(self, itx: discord.Interaction) -> None:
        """Show it."""
        require_owner(itx, int(self.match["owner"]))
        await itx.response.defer()
        found = await matches.match_answer(the_bot(itx).app.db, int(self.match["id"]))
        if found is None:
            raise NoAnswer("That match is not in this database any more.")
        card = await shown(itx, found, tab=self.match["tab"])
        await itx.edit_original_response(
            embeds=embeds(card), attachments=files(card), view=view(card), allowed_mentions=NOBODY
        )


async def shown(itx: discord.Interaction, match: MatchAnswer, *, tab: str) -> Card:
    """One tab of a match; a round that is not there has no tab."""
    card, draw = _card(match, tab)
    owner = itx.user.id
    buttons = [
        (name, f"m:{owner}:{match.id}:{one}")
        for one, name in TABS.items()
        if one == "total" or (match.first if one == "1" else match.second) is not None
    ]
    last = match.second or match.first
    assert last is not None
    own = await _beside_usual(itx, match, tab)
    more = (("Weapons", f"weapons:{last.id}"), ("Explain", f"explain:round:{last.id}"))
    now = f"m:{owner}:{match.id}:{tab}"
    try:
        picture = await asyncio.to_thread(draw)
    except Exception:
        log.exception("the picture of match %d could not be drawn: its tables are shown instead", match.id)
        return replace(card, lines=(*card.lines, *own), buttons=(*buttons, *more), off=frozenset({now}))
    lines, all_buttons = (*card.lines, *own), (*buttons, *more)
    return replace(card, lines=lines, fields=(), buttons=all_buttons, off=frozenset({now}), pictures=(picture,))


async def _beside_usual(itx: discord.Interaction, match: MatchAnswer, tab: str) -> list[str]:
    """The asker's figures of the round that is shown, beside his own mean."""
    answer, me = {"1": match.first, "2": match.second}.get(tab), await mine(itx)
    if answer is None or me is None:
        return []
    return beside_usual(await baselines.of_round(the_bot(itx).app.db, answer.id, me))


def _card(match: MatchAnswer, tab: str) -> tuple[Card, Callable[[], Picture]]:
    answer = {"1": match.first, "2": match.second}.get(tab)
    if answer is not None:
        return round_card(answer, first=None), lambda: round_picture(answer)
    if match.result is not None:
        return match_card(match), lambda: match_picture(match)
    only = match.second or match.first
    assert only is not None
    return round_card(only, first=None), lambda: round_picture(only)


class Matches(commands.Cog):
    """What happened in one match."""

    def __init__(self, bot: StatsBot) -> None:
        self.bot = bot

    @app_commands.command()
    @app_commands.describe(id="leave empty for the latest; or type a map's name or a number")
    async def match(self, itx: discord.Interaction, id: str | None = None) -> None:
        """The latest match, or any other one: round 1, round 2 and the total."""
        await itx.response.defer()
        db = self.bot.app.db
        newest = await matches.newest_match(db)
        wanted = newest or await matches.latest(db) if id is None else await self._wanted(id)
        found = await matches.match_answer(db, wanted) if wanted is not None else None
        if found is None:
            raise NoAnswer(_unknown(id if await matches.latest(db) is not None else None))
        card = await shown(itx, found, tab="total")
        await itx.followup.send(
            embeds=embeds(card), files=files(card), view=view(card) or discord.utils.MISSING, allowed_mentions=NOBODY
        )

    async def _wanted(self, text: str) -> int | None:
        offered = await matches.match_choices(self.bot.app.db, text, limit=1) if text.strip() else []
        is_number = re.fullmatch(r"#?\d+", text.strip()) is not None
        if offered and not is_number:
            return offered[0].id
        return await matches.resolve(self.bot.app.db, text)

    @match.autocomplete("id")
    async def _offer(self, itx: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        try:
            found = await matches.match_choices(self.bot.app.db, text[:100])
        except StoreError:  # a menu cannot say why; the command can
            return []
        zone = self.bot.app.rules.zone
        return [
            app_commands.Choice(
                name=plain(
                    f"#{one.first_id} {one.map} · {datetime.fromtimestamp(one.ended_at, zone):%Y-%m-%d %H:%M}",
                    limit=100,
                ),
                value=str(one.first_id),
            )
            for one in found
        ]


def _unknown(text: str | None) -> str:
    if text is None:
        return "No round has been imported yet."
    return f"I know no match by {safe_name(text)}: pick one from the menu while you type."


async def setup(bot: StatsBot) -> None:
    """Called by discord.py."""
    bot.add_dynamic_items(MatchTab)
    await bot.add_cog(Matches(bot))
