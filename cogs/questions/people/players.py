"""`/stats`, `/form`, `/find`: one player."""

from __future__ import annotations

import dataclasses
from datetime import datetime

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import StatsBot
from bot.deliver.private import defer
from bot.domain.buttons import Part, PlayerExplanation, Text
from bot.domain.stats.days import months_until
from bot.domain.stats.metrics import BY_NAME
from bot.domain.stats.people.careers import Career, MonthBounds
from bot.domain.stats.scope import LAST, Scope, span
from bot.errors import NoAnswer
from bot.present.card import Card
from bot.present.charts import charts
from bot.present.charts.player_charts import form_chart
from bot.present.words.people.careers import all_figures_card, career_card
from bot.present.words.people.form import form_card
from bot.present.words.people.players import FOUND, found_card
from bot.present.words.text import safe_name
from bot.store.questions.people import baselines, players, standings
from bot.store.questions.scopes import ChosenRounds
from cogs.kit.answers import replace, reply
from cogs.kit.asking import the_bot
from cogs.kit.buttons import Answer, Button, Owned, add
from cogs.kit.drawing import draw
from cogs.kit.options import (
    PLAYER_HELP,
    SCOPE_HELP,
    PlayerArgument,
    ScopeArgument,
    choose_any,
    chosen,
    mine,
    player_or_me,
    read_scope,
    scope_of,
)
from cogs.kit.pages import Labelled
from cogs.kit.sharing import is_private, shareable

PLACES = tuple(BY_NAME[name] for name in ("kd", "dpm", "kills", "revives", "win_rate"))
"""Figures whose next place is told."""
MONTHS_SHOWN = 6
LATELY = Scope(period="30d")
"""The rounds of those places: recent ones, since everybody is added up for them."""
QUICK = {"All time": Scope().text, "30 days": "30d", "Last session": LAST}


class OtherScope(Button, Owned, begins="st"):
    """The same player over another scope, in place."""

    answer = Answer.IN_PLACE
    guid: Part
    scope: Text

    async def pressed(self, itx: discord.Interaction) -> None:
        """Show it."""
        card = await stats_card(itx, self.guid, await read_scope(itx, self.scope))
        await replace(itx, shareable(card, owner=itx.user.id) if is_private(itx) else card)


class AllFigures(Button, Owned, begins="sta"):
    """Every figure of the same player over the same scope, in place."""

    answer = Answer.IN_PLACE
    guid: Part
    scope: Text

    async def pressed(self, itx: discord.Interaction) -> None:
        """Show them."""
        over = await chosen(itx, await read_scope(itx, self.scope))
        career = await _career(itx, over, self.guid)
        overview = ("Overview", str(OtherScope(owner=itx.user.id, guid=self.guid, scope=over.scope.text)))
        explain = ("Explain", str(PlayerExplanation(owner=itx.user.id, guid=self.guid, scope=over.scope.text)))
        card = all_figures_card(career, me=await mine(itx), buttons=(overview, explain))
        await replace(itx, shareable(card, owner=itx.user.id) if is_private(itx) else card)


async def stats_card(itx: discord.Interaction, guid: str, scope: Scope | None) -> Card:
    """A player's numbers, with the buttons to other scopes and to the explanation; raises `NoAnswer`."""
    db, over = the_bot(itx).app.db, await chosen(itx, scope)
    return career_card(
        await _career(itx, over, guid),
        me=await mine(itx),
        form=await players.form(db, over, guid),
        boards=await standings.boards(db, await choose_any(itx, LATELY), PLACES),
        buttons=_buttons(itx.user.id, guid, over.scope.text),
    )


async def _career(itx: discord.Interaction, over: ChosenRounds, guid: str) -> Career:
    """Raises `NoAnswer` for a GUID that no stored round has: after a rebuild without its files, or made up."""
    career = await players.career(the_bot(itx).app.db, over, guid)
    if career is None:
        raise NoAnswer("Nobody with that GUID has ever played here.")
    return career


def _buttons(owner: int, guid: str, text: str) -> Labelled:
    others = [(label, quick) for label, quick in QUICK.items() if quick != text]
    buttons = [(label, str(OtherScope(owner=owner, guid=guid, scope=quick))) for label, quick in others]
    all_of_them = ("All stats", str(AllFigures(owner=owner, guid=guid, scope=text)))
    return (*buttons, all_of_them, ("Explain", str(PlayerExplanation(owner=owner, guid=guid, scope=text))))


class Players(commands.Cog):
    """What somebody did in the rounds that count."""

    def __init__(self, bot: StatsBot) -> None:
        self.bot = bot

    @app_commands.command()
    @app_commands.rename(scope="when")
    @app_commands.describe(player=PLAYER_HELP, scope=SCOPE_HELP)
    async def stats(
        self, itx: discord.Interaction, player: PlayerArgument | None = None, scope: ScopeArgument | None = None
    ) -> None:
        """A player's K/D, kills, damage, accuracy, revives, time played and more."""
        await defer(itx)
        who = await player_or_me(itx, player)
        await reply(itx, await stats_card(itx, who.guid, await scope_of(itx, scope)))

    @app_commands.command()
    @app_commands.describe(player=PLAYER_HELP)
    async def form(self, itx: discord.Interaction, player: PlayerArgument | None = None) -> None:
        """A player's last ten rounds, against the mean of all of them; and the last months, side by side."""
        await defer(itx)
        who = await player_or_me(itx, player)
        form = await players.form(self.bot.app.db, await chosen(itx, None), who.guid, months=self._months())
        if form is None:
            raise NoAnswer(f"{safe_name(who.name)} has played no round that counts.")
        picture = await draw(itx, charts.lines, form_chart(form))
        latest = await baselines.of_round(self.bot.app.db, form.rounds[0].round_id, who.guid)
        await reply(itx, dataclasses.replace(form_card(form, latest=latest, me=await mine(itx)), pictures=(picture,)))

    def _months(self) -> list[MonthBounds]:
        """The last ones, as the server's clock has them."""
        now, rules = self.bot.app.clock.now(), self.bot.app.rules
        spans = {
            name: span(name, now=now, zone=rules.zone, seasons=rules.seasons)
            for name in months_until(datetime.fromtimestamp(now, rules.zone).date(), MONTHS_SHOWN)
        }
        return [MonthBounds(name, since or 0, until or 0) for name, (since, until) in spans.items()]

    @app_commands.command()
    @app_commands.rename(name="player")
    @app_commands.describe(name="any part of a name, or of a GUID")
    async def find(self, itx: discord.Interaction, name: app_commands.Range[str, 1, 64]) -> None:
        """Who is behind a name: players, all their names, their GUIDs."""
        await defer(itx, private=True)
        choices = await self.bot.app.names.search(name, limit=25, own=await mine(itx))
        if not choices:
            raise NoAnswer(f"Nobody called anything like {safe_name(name)} has ever played here.")
        aliases = await players.aliases(self.bot.app.db, [choice.guid for choice in choices[:FOUND]])
        await reply(itx, shareable(found_card(name, choices, aliases), owner=itx.user.id), private=True)


async def setup(bot: StatsBot) -> None:
    """Called by the client."""
    await add(bot, Players, OtherScope, AllFigures)
