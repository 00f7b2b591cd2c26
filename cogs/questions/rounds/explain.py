"""Why is this number what it is? `/explain`, the *Explain* buttons, and the menu on the bot's own posts."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import StatsBot
from bot.deliver.private import defer
from bot.domain.buttons import (
    Part,
    PlayerExplanation,
    RoundExplanation,
    RoundPlayers,
    RoundText,
    SessionDigest,
    SessionRecap,
    Text,
    Word,
)
from bot.domain.game.map_names import map_title
from bot.domain.stats import metrics
from bot.domain.stats.metrics import Metric
from bot.domain.stats.rounds.explanations import FIGURES, Explanation, Overview, figure
from bot.errors import NoAnswer
from bot.present.card import Card, SelectMenu
from bot.present.words.rounds.explain import explanation_card, figures_menu, overview_card, story_card, story_in_short
from bot.present.words.text import safe_name
from bot.store.questions import scopes
from bot.store.questions.rounds import explain, matches, sessions
from bot.store.questions.scopes import ChosenRounds
from cogs.kit.answers import replace, reply
from cogs.kit.asking import the_bot
from cogs.kit.buttons import Answer, Button, Menu, Owned, add, read_id
from cogs.kit.menus import menu
from cogs.kit.options import (
    PLAYER_HELP,
    SCOPE_HELP,
    PlayerArgument,
    ScopeArgument,
    chosen,
    nothing_there,
    player_or_me,
    read_scope,
    scope_of,
    stat_offers,
)
from cogs.kit.pages import turns
from cogs.kit.posts import GONE, round_of
from cogs.kit.sharing import shareable

_OFFERED = 25
"""Rounds that a menu has room for."""


class FigureOption(app_commands.Transformer):
    """A figure to explain: a metric, or a column that people ask about, such as shots."""

    async def transform(self, itx: discord.Interaction, value: str, /) -> Metric:
        """Raises `NoAnswer` with the nearest figures."""
        near = _figures(value)
        if (exact := figure(value.strip().casefold())) is not None:
            return exact
        if len(near) == 1 or (near and near[0].title.casefold() == value.strip().casefold()):
            return near[0]
        names = ", ".join(f"`{figure.name}`" for figure in (near or FIGURES)[:5])
        raise NoAnswer(f"I know no stat called {safe_name(value)}: try {names}, or pick one while you type.")

    async def autocomplete(self, itx: discord.Interaction, value: str, /) -> list[app_commands.Choice[str]]:  # type: ignore[override]
        """Figures by name, title or meaning; all of them where none fits."""
        return menu(value, stat_offers(_figures(value)), what="stat", usual=stat_offers(FIGURES))


def _figures(text: str) -> list[Metric]:
    wanted = text.strip().casefold()
    if (known := metrics.called(text)) is not None:
        return [known]
    by_name = [figure for figure in FIGURES if wanted in figure.name or wanted in figure.title.casefold()]
    return by_name or [figure for figure in FIGURES if wanted in figure.meaning]


class RoundsPage(Button, Owned, begins="ex"):
    """Another page of the rounds behind a figure."""

    answer = Answer.IN_PLACE
    guid: Part
    figure: Word
    page: Annotated[int, r"\d{1,9}"]
    scope: Text

    async def pressed(self, itx: discord.Interaction) -> None:
        """Turn the page in place."""
        await _replace(itx, await _card(itx, self.guid, _known(self.figure), scope=self.scope, page=self.page))


class OtherFigure(Menu, Owned, begins="exf"):
    """Another figure of the same player and scope."""

    answer = Answer.IN_PLACE
    guid: Part
    scope: Text

    async def picked(self, itx: discord.Interaction, value: str) -> None:
        """Explain the chosen one in place."""
        await _replace(itx, await _card(itx, self.guid, _known(value), scope=self.scope, page=0))


def _known(name: str) -> Metric:
    known = figure(name)
    if known is None:
        raise NoAnswer("This version of the bot does not know that stat any more.")
    return known


class PlayerExplanationButton(Button, PlayerExplanation):
    """Under a player's numbers; anybody may ask why."""

    async def pressed(self, itx: discord.Interaction) -> None:
        """Begin with what people ask about first; the menu has each figure in detail."""
        await _reply(itx, await _overview(itx, guid=self.guid, scope=self.scope))


class RoundExplanationButton(Button, RoundExplanation):
    """Under a round or match; anybody may ask why."""

    async def pressed(self, itx: discord.Interaction) -> None:
        """The round's story, for the one who asked."""
        await tell(itx, await round_of(itx, self.round))


async def tell(itx: discord.Interaction, round_id: int) -> None:
    """Send a round's story to the one who asked; raises `NoAnswer` where there is no such round."""
    await _reply(itx, await _story(itx, round_id, how="short"))


class StoryTab(Button, begins="story"):
    """The story of a round or of the other one of its match, in short or with every figure, in place."""

    answer = Answer.IN_PLACE
    how: Literal["short", "details"]
    round: RoundText

    async def pressed(self, itx: discord.Interaction) -> None:
        """Show it."""
        await _replace(itx, await _story(itx, await round_of(itx, self.round), how=self.how))


class StoryMenu(Menu, Owned, begins="stories"):
    """The rounds of a session, one of which is explained."""

    answer = Answer.IN_PLACE

    async def picked(self, itx: discord.Interaction, value: str) -> None:
        """Tell its story in place."""
        await _replace(itx, await _story(itx, await round_of(itx, value), how="short"))


async def _of_session(itx: discord.Interaction, start: int | None) -> Card:
    """The rounds of a session, to choose one."""
    ids = [] if start is None else await sessions.rounds_of(the_bot(itx).app.db, start)
    return await _choice(itx, ids, where="this session")


async def _of_scope(itx: discord.Interaction, text: str) -> Card:
    """The rounds of a board's scope, to choose one."""
    over = await chosen(itx, await read_scope(itx, text))
    ids = await scopes.newest(the_bot(itx).app.db, over, limit=_OFFERED)
    return await _choice(itx, ids, where=safe_name(over.scope.label))


async def _choice(itx: discord.Interaction, ids: Sequence[int], *, where: str) -> Card:
    """These rounds, oldest first: the newest that a menu has room for."""
    db = the_bot(itx).app.db
    answers = [answer for id in ids[-_OFFERED:] if (answer := await matches.round_answer(db, id)) is not None]
    if not answers:
        raise NoAnswer(GONE)
    zone = the_bot(itx).app.rules.zone
    options = tuple(
        (
            f"{map_title(answer.map)}, round {answer.number} · "
            f"{datetime.fromtimestamp(answer.ended_at, zone):%Y-%m-%d %H:%M %Z}",
            answer.key,
        )
        for answer in answers
    )
    menu = SelectMenu(custom_id=str(StoryMenu(owner=itx.user.id)), placeholder="Which round?", options=options)
    newest = f"-# the newest {_OFFERED}" if len(ids) >= _OFFERED else ""
    lines = tuple(line for line in (f"Which round of {where}?", newest) if line)
    return Card(title="Explain a round", lines=lines, menus=(menu,))


async def _story(itx: discord.Interaction, round_id: int, *, how: Literal["short", "details"]) -> Card:
    db = the_bot(itx).app.db
    story, match = await explain.story(db, round_id), await matches.match_answer(db, round_id)
    if story is None or match is None:
        raise NoAnswer(GONE)
    halves = [half for half in (match.first, match.second) if half is not None]
    keys = {half.id: half.key for half in halves}
    if round_id not in keys:
        return story_card(story)
    tabs = [(f"Round {half.number}", str(StoryTab(how=how, round=half.key))) for half in halves]
    other: Literal["short", "details"] = "details" if how == "short" else "short"
    more = ("Details" if how == "short" else "In short", str(StoryTab(how=other, round=keys[round_id])))
    number = next(half.number for half in halves if half.id == round_id)
    place = (match.id, number) if len(halves) > 1 else None
    card = story_in_short(story, half=place) if how == "short" else story_card(story, half=place)
    now = str(StoryTab(how=how, round=keys[round_id]))
    return dataclasses.replace(card, buttons=(*tabs, more), off=frozenset({now}))


async def _overview(itx: discord.Interaction, *, guid: str, scope: str) -> Card:
    over = await chosen(itx, await read_scope(itx, scope))
    overview = await explain.overview(the_bot(itx).app.db, over, guid=guid)
    await _require_rounds(itx, overview, over)
    menu = figures_menu(str(OtherFigure(owner=itx.user.id, guid=guid, scope=over.scope.text)))
    return overview_card(overview, menu=menu)


async def _card(itx: discord.Interaction, guid: str, asked: Metric, *, scope: str, page: int) -> Card:
    over = await chosen(itx, await read_scope(itx, scope))
    explanation = await explain.explain(the_bot(itx).app.db, over, asked, guid=guid, page=page)
    await _require_rounds(itx, explanation, over)
    owner, text = itx.user.id, over.scope.text

    def to(number: int) -> RoundsPage:
        return RoundsPage(owner=owner, guid=guid, figure=explanation.sum.figure.name, page=number, scope=text)

    buttons = turns(explanation.page, explanation.pages, to, back="Newer", on="Older")
    menu = figures_menu(str(OtherFigure(owner=owner, guid=guid, scope=text)), asked)
    return explanation_card(explanation, buttons=buttons, menu=menu)


async def _require_rounds(itx: discord.Interaction, explained: Explanation | Overview, over: ChosenRounds) -> None:
    if not explained.rounds and not explained.left_out:
        raise await nothing_there(itx, explained.guid, explained.name, "has played no round", over)


async def _reply(itx: discord.Interaction, card: Card) -> None:
    await reply(itx, shareable(card, owner=itx.user.id), private=True)


async def _replace(itx: discord.Interaction, card: Card) -> None:
    await replace(itx, shareable(card, owner=itx.user.id))


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
    @app_commands.rename(figure="stat", scope="when")
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
        await defer(itx, private=True)
        who = await player_or_me(itx, player)
        text = (await scope_of(itx, scope)).text
        if figure is None:
            await _reply(itx, await _overview(itx, guid=who.guid, scope=text))
        else:
            await _reply(itx, await _card(itx, who.guid, figure, scope=text, page=0))

    async def _of_post(self, itx: discord.Interaction, message: discord.Message) -> None:
        """What one of the bot's posts is about: a round's story, or a player's numbers."""
        await defer(itx, private=True)
        ids = _custom_ids(message) if self.bot.user is not None and message.author.id == self.bot.user.id else []
        for custom_id in ids:
            if about := RoundPlayers.read(custom_id) or RoundExplanation.read(custom_id):
                await tell(itx, await round_of(itx, about.round, message=message))
                return
            if session := SessionRecap.read(custom_id) or SessionDigest.read(custom_id):
                round_id = await round_of(itx, session.round, message=message)
                await _reply(itx, await _of_session(itx, await sessions.of_round(self.bot.app.db, round_id)))
                return
            if player := PlayerExplanation.read(custom_id):
                await _reply(itx, await _overview(itx, guid=player.guid, scope=player.scope))
                return
        for component in [read_id(self.bot, custom_id) for custom_id in ids]:
            if isinstance(named := getattr(component, "round", None), str):
                await tell(itx, await round_of(itx, named, message=message))
                return
            if isinstance(start := getattr(component, "start", None), int):
                await _reply(itx, await _of_session(itx, start))
                return
            if isinstance(scope := getattr(component, "scope", None), str):
                await _reply(itx, await _of_scope(itx, scope))
                return
        raise NoAnswer(
            "That is no post of mine about rounds or a player: use this on one, or ask `/explain` with a name."
        )


def _custom_ids(message: discord.Message) -> list[str]:
    """Of the buttons and menus under a message, in their order."""
    children = [child for row in message.components for child in getattr(row, "children", ())]
    return [custom_id for child in children if (custom_id := getattr(child, "custom_id", None))]


async def setup(bot: StatsBot) -> None:
    """Called by the client."""
    await add(
        bot, Explain, RoundExplanationButton, StoryTab, StoryMenu, PlayerExplanationButton, RoundsPage, OtherFigure
    )
