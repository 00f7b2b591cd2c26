"""Why is this number what it is? `/explain`, the *Explain* buttons, and the menu on the bot's own posts."""

from __future__ import annotations

import re

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import StatsBot
from bot.deliver.channel import NOBODY
from bot.domain.stats.explanations import FIGURES, Explanation, Overview, figure
from bot.domain.stats.metrics import Metric
from bot.domain.stats.scope import Scope
from bot.errors import NoAnswer
from bot.present.card import Card
from bot.present.embeds import embed, view
from bot.present.words.explain import explanation_card, figures_menu, overview_card, story_card
from bot.present.words.text import plain, safe_name
from bot.store.questions import explain
from bot.store.questions.scopes import ChosenRounds
from cogs.kit.asking import explained, require_owner, the_bot
from cogs.kit.options import (
    PLAYER_HELP,
    SCOPE_HELP,
    PlayerArgument,
    ScopeArgument,
    chosen,
    player_or_me,
    read_scope,
)
from cogs.kit.sharing import shareable

_ABOUT_ROUND = re.compile(r"(?:round|explain:round):(?P<id>\d{1,12})(?::(?:round|match))?")
_ABOUT_PLAYER = re.compile(r"explain:\d+:(?P<guid>[^:]+):(?P<scope>.*)")


class FigureOption(app_commands.Transformer):
    """A figure to explain: a metric, or a column that people ask about, such as shots."""

    async def transform(self, itx: discord.Interaction, value: str, /) -> Metric:
        """Raises `NoAnswer` with the nearest figures."""
        near = _figures(value)
        if (exact := figure(value.strip().casefold())) is not None:
            return exact
        if len(near) == 1 or (near and near[0].title.casefold() == value.strip().casefold()):
            return near[0]
        names = ", ".join(f"`{one.name}`" for one in (near or FIGURES)[:5])
        raise NoAnswer(f"I know no figure called {safe_name(value)}: try {names}, or pick one while you type.")

    async def autocomplete(self, itx: discord.Interaction, value: str, /) -> list[app_commands.Choice[str]]:  # type: ignore[override]
        """Figures by name, title or meaning."""
        return [
            app_commands.Choice(name=plain(f"{one.title}: {one.meaning}", limit=100), value=one.name)
            for one in _figures(value)[:25]
        ]


def _figures(text: str) -> list[Metric]:
    wanted = text.strip().casefold()
    by_name = [one for one in FIGURES if wanted in one.name or wanted in one.title.casefold()]
    return by_name or [one for one in FIGURES if wanted in one.meaning]


class RoundsPage(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]],
    template=r"ex:(?P<owner>\d+):(?P<guid>[^:]+):(?P<figure>\w+):(?P<page>\d+):(?P<scope>.*)",
):
    """Another page of the rounds behind a figure."""

    def __init__(self, match: re.Match[str]) -> None:
        super().__init__(discord.ui.Button(label="Page", custom_id=match[0]))
        self.match = match

    @classmethod
    async def from_custom_id(
        cls, itx: discord.Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> RoundsPage:
        """Made anew for every click."""
        return cls(match)

    @explained
    async def callback(self, itx: discord.Interaction) -> None:
        """Turn the page in place."""
        require_owner(itx, int(self.match["owner"]))
        await itx.response.defer()
        asked = figure(self.match["figure"])
        if asked is None:
            raise NoAnswer("This version of the bot does not know that figure any more.")
        card = await _card(
            itx, guid=self.match["guid"], asked=asked, scope=self.match["scope"], page=int(self.match["page"])
        )
        await _edit(itx, card)


class OtherFigure(
    discord.ui.DynamicItem[discord.ui.Select[discord.ui.View]],
    template=r"exf:(?P<owner>\d+):(?P<guid>[^:]+):(?P<scope>.*)",
):
    """Another figure of the same player and scope."""

    def __init__(self, match: re.Match[str]) -> None:
        options = [discord.SelectOption(label=one.title, value=one.name) for one in FIGURES[:25]]
        super().__init__(discord.ui.Select(custom_id=match[0], options=options))
        self.match = match

    @classmethod
    async def from_custom_id(
        cls, itx: discord.Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> OtherFigure:
        """Made anew for every choice."""
        return cls(match)

    @explained
    async def callback(self, itx: discord.Interaction) -> None:
        """Explain the chosen one in place."""
        require_owner(itx, int(self.match["owner"]))
        await itx.response.defer()
        asked = figure(self.item.values[0]) or FIGURES[0]
        await _edit(itx, await _card(itx, guid=self.match["guid"], asked=asked, scope=self.match["scope"], page=0))


class ExplainStats(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]],
    template=r"explain:(?P<owner>\d+):(?P<guid>[^:]+):(?P<scope>.*)",
):
    """The button under a player's numbers; anybody may ask why."""

    def __init__(self, match: re.Match[str]) -> None:
        super().__init__(discord.ui.Button(label="Explain", custom_id=match[0]))
        self.match = match

    @classmethod
    async def from_custom_id(
        cls, itx: discord.Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> ExplainStats:
        """Made anew for every click."""
        return cls(match)

    @explained
    async def callback(self, itx: discord.Interaction) -> None:
        """Begin with what people ask about first; the menu has each figure in detail."""
        await itx.response.defer(ephemeral=True, thinking=True)
        await _send(itx, await _overview(itx, guid=self.match["guid"], scope=self.match["scope"]))


class ExplainRound(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=r"explain:round:(?P<id>\d{1,12})"
):
    """The button under a round or match; anybody may ask why."""

    def __init__(self, round_id: int) -> None:
        super().__init__(discord.ui.Button(label="Explain", custom_id=f"explain:round:{round_id}"))
        self.round_id = round_id

    @classmethod
    async def from_custom_id(
        cls, itx: discord.Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> ExplainRound:
        """Made anew for every click."""
        return cls(int(match["id"]))

    @explained
    async def callback(self, itx: discord.Interaction) -> None:
        """The round's story, for the one who asked."""
        await itx.response.defer(ephemeral=True, thinking=True)
        await tell(itx, self.round_id)


async def tell(itx: discord.Interaction, round_id: int) -> None:
    """Send a round's story to the one who asked; raises `NoAnswer` where there is no such round."""
    story = await explain.story(the_bot(itx).app.db, round_id)
    if story is None:
        raise NoAnswer("That round is not in this database any more.")
    await _send(itx, story_card(story))


async def _overview(itx: discord.Interaction, *, guid: str, scope: str) -> Card:
    over = await chosen(itx, await read_scope(itx, scope))
    found = await explain.overview(the_bot(itx).app.db, over, guid=guid)
    _require_rounds(found, over)
    return overview_card(found, menu=figures_menu(f"exf:{itx.user.id}:{guid}:{over.scope.text}"))


async def _card(itx: discord.Interaction, *, guid: str, asked: Metric, scope: str, page: int) -> Card:
    over = await chosen(itx, await read_scope(itx, scope))
    found = await explain.explain(the_bot(itx).app.db, over, asked, guid=guid, page=page)
    _require_rounds(found, over)
    owner, text = itx.user.id, over.scope.text
    menu = figures_menu(f"exf:{owner}:{guid}:{text}", asked)
    return explanation_card(found, buttons=_pages(found, owner, text), menu=menu)


def _require_rounds(found: Explanation | Overview, over: ChosenRounds) -> None:
    if not found.rounds and not found.left_out:
        raise NoAnswer(f"{safe_name(found.name)} has played no round in this scope: {safe_name(over.scope.label)}.")


def _pages(found: Explanation, owner: int, scope: str) -> list[tuple[str, str]]:
    def page(number: int) -> str:
        return f"ex:{owner}:{found.guid}:{found.sum.figure.name}:{number}:{scope}"

    newer = [("Newer", page(found.page - 1))] if found.page > 0 else []
    return newer + ([("Older", page(found.page + 1))] if found.page + 1 < found.pages else [])


async def _send(itx: discord.Interaction, card: Card) -> None:
    private = shareable(card, owner=itx.user.id)
    buttons = view(private) or discord.utils.MISSING
    await itx.followup.send(embed=embed(private), view=buttons, ephemeral=True, allowed_mentions=NOBODY)


async def _edit(itx: discord.Interaction, card: Card) -> None:
    private = shareable(card, owner=itx.user.id)
    await itx.edit_original_response(embed=embed(private), view=view(private), allowed_mentions=NOBODY)


class Explain(commands.Cog):
    """Every number can be explained."""

    def __init__(self, bot: StatsBot) -> None:
        self.bot = bot
        self.menu = app_commands.ContextMenu(name="Explain", callback=self._of_post)
        bot.tree.add_command(self.menu)

    async def cog_unload(self) -> None:
        """Take the menu entry away."""
        self.bot.tree.remove_command(self.menu.name, type=self.menu.type)

    @app_commands.command()
    @app_commands.describe(
        player=PLAYER_HELP,
        figure="what to explain: shots, accuracy, kd, revives … (default: an overview)",
        scope=SCOPE_HELP,
    )
    async def explain(
        self,
        itx: discord.Interaction,
        player: PlayerArgument | None = None,
        figure: app_commands.Transform[Metric, FigureOption] | None = None,
        scope: ScopeArgument | None = None,
    ) -> None:
        """Why a number is what it is: the rounds behind it, what their files say, what was left out."""
        await itx.response.defer(ephemeral=True)
        who = await player_or_me(itx, player)
        text = (scope or Scope()).text
        if figure is None:
            await _send(itx, await _overview(itx, guid=who.guid, scope=text))
        else:
            await _send(itx, await _card(itx, guid=who.guid, asked=figure, scope=text, page=0))

    async def _of_post(self, itx: discord.Interaction, message: discord.Message) -> None:
        """What one of the bot's posts is about: a round's story, or a player's numbers."""
        await itx.response.defer(ephemeral=True)
        ids = _custom_ids(message) if self.bot.user is not None and message.author.id == self.bot.user.id else []
        for custom_id in ids:
            if about := _ABOUT_ROUND.fullmatch(custom_id):
                await tell(itx, int(about["id"]))
                return
            if about := _ABOUT_PLAYER.fullmatch(custom_id):
                await _send(itx, await _overview(itx, guid=about["guid"], scope=about["scope"]))
                return
        raise NoAnswer(
            "That is no post of mine about a round or a player: use this on one, or ask `/explain` with a name."
        )


def _custom_ids(message: discord.Message) -> list[str]:
    """Of the buttons and menus under a message, in their order."""
    children = [child for row in message.components for child in getattr(row, "children", ())]
    return [custom_id for child in children if (custom_id := getattr(child, "custom_id", None))]


async def setup(bot: StatsBot) -> None:
    """Called by discord.py."""
    bot.add_dynamic_items(ExplainRound, ExplainStats, RoundsPage, OtherFigure)
    await bot.add_cog(Explain(bot))
