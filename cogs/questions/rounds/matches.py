"""`/match`: both rounds of a map, and what they add up to."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable
from typing import Annotated

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import StatsBot
from bot.deliver.private import defer
from bot.domain.buttons import RoundExplanation, RoundPlayers, RoundSession, RoundText, RoundWeapons
from bot.domain.posts import PostKind
from bot.domain.stats.answers import MatchAnswer
from bot.errors import NoAnswer
from bot.present.card import Card, Picture
from bot.present.pictures.scorecard import match_picture, round_picture
from bot.present.words.people.baselines import beside_usual
from bot.present.words.rounds.matches import match_card, round_card
from bot.store.questions.people import baselines
from bot.store.questions.rounds import matches
from cogs.kit.answers import replace, reply
from cogs.kit.asking import the_bot
from cogs.kit.buttons import Answer, Button, Owned, add
from cogs.kit.drawing import draw
from cogs.kit.options import mine
from cogs.kit.picks import PICK_HELP, MatchArgument, read_match
from cogs.kit.posts import round_of

log = logging.getLogger(__name__)

GONE = "That match is not in this database any more."
TABS = {"1": "Round 1", "2": "Round 2", "total": "Total"}


class MatchTab(Button, Owned, begins="m"):
    """Another side of the match, in place; `round`: either of its two."""

    answer = Answer.IN_PLACE
    round: RoundText
    tab: Annotated[str, "1|2|total"]

    async def pressed(self, itx: discord.Interaction) -> None:
        """Show it."""
        answer = await matches.match_answer(the_bot(itx).app.db, await round_of(itx, self.round, gone=GONE))
        if answer is None:
            raise NoAnswer(GONE)
        await replace(itx, await shown(itx, answer, tab=self.tab))


async def shown(itx: discord.Interaction, match: MatchAnswer, *, tab: str) -> Card:
    """One tab of a match; a round that is not there has no tab."""
    card, picture_of = _card(match, tab)
    owner = itx.user.id
    buttons = [
        (name, str(MatchTab(owner=owner, round=match.key, tab=other)))
        for other, name in TABS.items()
        if other == "total" or (match.first if other == "1" else match.second) is not None
    ]
    last = match.second or match.first
    assert last is not None
    own = await _beside_usual(itx, match, tab)
    half = {"1": match.first, "2": match.second}.get(tab)
    kind = PostKind.MATCH if half is None and match.result is not None else PostKind.ROUND
    more = (
        ("Players", str(RoundPlayers(round=(half or last).key, kind=kind))),
        ("Weapons", str(RoundWeapons(round=last.key))),
        ("Explain", str(RoundExplanation(round=last.key))),
        ("Session", str(RoundSession(round=last.key))),
    )
    now = str(MatchTab(owner=owner, round=match.key, tab=tab))
    card = dataclasses.replace(card, lines=(*card.lines, *own), buttons=(*buttons, *more), off=frozenset({now}))
    try:
        picture = await draw(itx, picture_of)
    except Exception:
        log.exception("the picture of match %d could not be drawn: its tables are shown instead", match.id)
        return card
    return dataclasses.replace(card, fields=(), pictures=(picture,), large=True)


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
    @app_commands.rename(id="match")
    @app_commands.describe(id=PICK_HELP)
    async def match(self, itx: discord.Interaction, id: MatchArgument | None = None) -> None:
        """The latest match, or any other one: round 1, round 2 and the total."""
        await defer(itx)
        await reply(itx, await shown(itx, await read_match(itx, id), tab="total"))


async def setup(bot: StatsBot) -> None:
    """Called by the client."""
    await add(bot, Matches, MatchTab)
