"""`/compare` and `/weapons`: two players side by side, and what people shoot with."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import StatsBot
from bot.deliver.private import defer
from bot.domain.buttons import Text
from bot.domain.game.file.weapons import weapon_name
from bot.domain.stats.answers import PlayerChoice
from bot.domain.stats.people.arms import weapon_of, weapons_like
from bot.domain.stats.scope import Scope
from bot.errors import NoAnswer
from bot.present.card import Card
from bot.present.charts import charts
from bot.present.charts.player_charts import comparison_chart
from bot.present.words.people.players import armoury_card, armoury_pages, arms_card, comparison_card
from bot.present.words.text import safe_name
from bot.store.questions.people import duels, weapons
from cogs.kit.answers import replace, reply
from cogs.kit.asking import the_bot
from cogs.kit.buttons import Answer, Button, Owned, add
from cogs.kit.drawing import draw
from cogs.kit.menus import menu
from cogs.kit.options import (
    PLAYER_HELP,
    SCOPE_HELP,
    PlayerArgument,
    ScopeArgument,
    chosen,
    mine,
    none_of,
    nothing_there,
    player_or_me,
    read_player,
    read_scope,
    scope_of,
)
from cogs.kit.pages import turns


class WeaponOption(app_commands.Transformer):
    """A weapon by its name."""

    async def transform(self, itx: discord.Interaction, value: str, /) -> int:
        """Raises `NoAnswer` with the nearest weapons."""
        weapon = weapon_of(value)
        if weapon is None:
            near = ", ".join(weapon_name(bit) for bit in (weapons_like(value) or range(2, 7))[:5])
            raise NoAnswer(f"I know no weapon called {safe_name(value)}: try {near}, or pick one while you type.")
        return weapon

    async def autocomplete(self, itx: discord.Interaction, value: str, /) -> list[app_commands.Choice[str]]:  # type: ignore[override]
        """Weapons whose names hold what is typed; all of them where none does."""
        offered, usual = ([(weapon_name(bit),) * 2 for bit in weapons_like(text)] for text in (value, ""))
        return menu(value, offered, what="weapon", usual=usual)


class WeaponBoardPage(Button, Owned, begins="w"):
    """Another page of a weapon's board, in place."""

    answer = Answer.IN_PLACE
    weapon: Annotated[int, r"\d{1,2}"]
    page: Annotated[int, r"\d{1,3}"]
    scope: Text

    async def pressed(self, itx: discord.Interaction) -> None:
        """Turn it."""
        await replace(itx, await _board(itx, self.weapon, await read_scope(itx, self.scope), page=self.page))


async def _board(itx: discord.Interaction, weapon: int, scope: Scope | None, *, page: int) -> Card:
    over = await chosen(itx, scope)
    armoury = await weapons.armoury(the_bot(itx).app.db, over, weapon)
    if not armoury.shooters:
        raise none_of(
            over, f"Nobody killed with the {weapon_name(weapon)} in this scope: {safe_name(over.scope.label)}."
        )
    pages = armoury_pages(armoury)
    page = min(page, pages - 1)

    def to(number: int) -> WeaponBoardPage:
        return WeaponBoardPage(owner=itx.user.id, weapon=weapon, page=number, scope=over.scope.text)

    return armoury_card(armoury, me=await mine(itx), page=page, buttons=turns(page, pages, to))


class Duels(commands.Cog):
    """Comparing."""

    def __init__(self, bot: StatsBot) -> None:
        self.bot = bot

    @app_commands.command()
    @app_commands.rename(scope="when")
    @app_commands.describe(
        player="the first of the two", other="the other one; leave empty for yourself", scope=SCOPE_HELP
    )
    async def compare(
        self,
        itx: discord.Interaction,
        player: PlayerArgument,
        other: PlayerArgument | None = None,
        scope: ScopeArgument | None = None,
    ) -> None:
        """Two players side by side, and head to head."""
        await defer(itx)
        first = await read_player(itx, player)
        second = await player_or_me(itx, other, option="other")
        if other is None:
            first, second = second, first
        if first.guid == second.guid:
            raise NoAnswer(f"That is {safe_name(first.name)} twice: name two players.")
        over = await chosen(itx, await scope_of(itx, scope))
        comparison = await duels.compare(self.bot.app.db, over, first.guid, second.guid)
        for asked, figures in zip((first, second), comparison.figures, strict=True):
            if figures is None:
                raise await nothing_there(itx, asked.guid, asked.name, "has played no round", over)
        picture = await draw(itx, charts.bars, comparison_chart(comparison))
        card = comparison_card(comparison, me=await mine(itx))
        await reply(itx, dataclasses.replace(card, pictures=(picture,)))

    @app_commands.command()
    @app_commands.rename(scope="when")
    @app_commands.describe(
        player=PLAYER_HELP, weapon="one weapon: who is best with it (leave `player` empty)", scope=SCOPE_HELP
    )
    async def weapons(
        self,
        itx: discord.Interaction,
        player: PlayerArgument | None = None,
        weapon: app_commands.Transform[int, WeaponOption] | None = None,
        scope: ScopeArgument | None = None,
    ) -> None:
        """What a player shoots with; or with `weapon` alone, who is best with it."""
        await defer(itx)
        over = await scope_of(itx, scope)
        if weapon is not None and player is None:
            card = await _board(itx, weapon, over, page=0)
        else:
            card = await self._arms(itx, await player_or_me(itx, player), weapon, over)
        await reply(itx, card)

    async def _arms(self, itx: discord.Interaction, who: PlayerChoice, weapon: int | None, scope: Scope | None) -> Card:
        over = await chosen(itx, scope)
        arms = await weapons.arms(self.bot.app.db, over, who.guid)
        lines = tuple(line for line in arms.lines if weapon is None or line.weapon == weapon)
        if not lines:
            what = "no weapon" if weapon is None else f"no {weapon_name(weapon)}"
            raise await nothing_there(itx, who.guid, who.name, f"used {what}", over)
        return arms_card(dataclasses.replace(arms, lines=lines), me=await mine(itx))


async def setup(bot: StatsBot) -> None:
    """Called by the client."""
    await add(bot, Duels, WeaponBoardPage)
