"""`/round`: the latest round or any other one, and what the buttons under a post show of it."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Literal, assert_never

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import StatsBot
from bot.deliver.private import defer
from bot.domain.buttons import (
    DigestRounds,
    RoundExplanation,
    RoundPlayers,
    RoundSession,
    RoundText,
    RoundWeapons,
    ToldRound,
)
from bot.domain.game.file.files import RoundKey
from bot.domain.posts import PostKind, PostTopic
from bot.domain.stats.answers import RoundAnswer
from bot.errors import NoAnswer
from bot.present.card import Card
from bot.present.words.people.baselines import beside_usual
from bot.present.words.people.weapons import weapons_card
from bot.present.words.rounds.matches import details_card, round_card
from bot.store.questions.people import baselines, weapons
from bot.store.questions.rounds import matches
from cogs.kit.answers import replace, reply
from cogs.kit.asking import the_bot
from cogs.kit.buttons import UNKNOWN, Answer, Button, Menu, add
from cogs.kit.options import mine
from cogs.kit.pages import Labelled
from cogs.kit.picks import PICK_HELP, RoundArgument, read_round
from cogs.kit.posts import GONE, round_of
from cogs.questions.rounds.matches import TABS, MatchTab


class PlayersButton(Button, RoundPlayers):
    """Shows the second table of the round to the one who asked."""

    async def pressed(self, itx: discord.Interaction) -> None:
        """Every figure of everybody, of a match those of both rounds; and who killed whom in it."""
        answer = await _answer(itx, self.round)
        await reply(itx, await _of_part(itx, "players", answer, tab=self._tab(answer)))

    def _tab(self, answer: RoundAnswer) -> str:
        if self.kind not in [*PostKind]:
            raise NoAnswer(UNKNOWN)
        topic = PostKind(self.kind).traits.topic
        match topic:
            case PostTopic.MATCH:
                return "total"
            case PostTopic.ROUND | PostTopic.SESSION | PostTopic.OUTAGE | PostTopic.ADMINS:
                return str(answer.number)
            case _:
                assert_never(topic)


class WeaponsButton(Button, RoundWeapons):
    """Shows the weapons of the round to the one who asked."""

    async def pressed(self, itx: discord.Interaction) -> None:
        """All weapons, then each player's; of a round 2 those of its match."""
        answer = await _answer(itx, self.round)
        await reply(itx, await _of_part(itx, "weapons", answer, tab="total" if answer.number == 2 else "1"))


class PartTab(Button, begins="part"):
    """Players or weapons of another part of the match, in place; `round`: either of its two."""

    answer = Answer.IN_PLACE
    what: Literal["players", "weapons"]
    round: RoundText
    tab: Annotated[str, "1|2|total"]

    async def pressed(self, itx: discord.Interaction) -> None:
        """Show it."""
        await replace(itx, await _of_part(itx, self.what, await _answer(itx, self.round), tab=self.tab))


async def _of_part(
    itx: discord.Interaction, what: Literal["players", "weapons"], answer: RoundAnswer, *, tab: str
) -> Card:
    """Players or weapons of a round or of both, with the way to the other parts of a match that is whole."""
    db = the_bot(itx).app.db
    match = await matches.match_answer(db, answer.id)
    halves = {} if match is None or match.result is None else {"1": match.first, "2": match.second}
    whole = match if halves and tab == "total" else None
    number = None if match is None or not halves else match.id
    answer = halves.get(tab) or answer
    if what == "players":
        card = details_card(answer, whole=whole, match=number, me=await mine(itx))
    else:
        of = [half.id for half in halves.values() if half is not None] if whole else [answer.id]
        lines = [line for half_id in of for line in await weapons.weapons(db, half_id)]
        card = weapons_card(answer, lines, both=whole is not None, match=number)
    if not halves:
        return card
    tabs = [(name, str(PartTab(what=what, round=answer.key, tab=other))) for other, name in TABS.items()]
    now = str(PartTab(what=what, round=answer.key, tab=tab))
    return dataclasses.replace(card, buttons=tuple(tabs), off=frozenset({now}))


class DigestRoundsMenu(Menu, DigestRounds):
    """Under a digest: one of its rounds, for the one who asked."""

    async def picked(self, itx: discord.Interaction, value: str) -> None:
        """As `/round` shows it."""
        told = ToldRound.read(value)
        if told is None:
            raise NoAnswer(GONE)
        await _show(itx, await _answer(itx, told.round))


async def _answer(itx: discord.Interaction, named: str) -> RoundAnswer:
    answer = await matches.round_answer(the_bot(itx).app.db, await round_of(itx, named))
    if answer is None:
        raise NoAnswer(GONE)
    return answer


class Rounds(commands.Cog):
    """What happened in one round."""

    def __init__(self, bot: StatsBot) -> None:
        self.bot = bot

    @app_commands.command()
    @app_commands.rename(id="round")
    @app_commands.describe(id=PICK_HELP)
    async def round(self, itx: discord.Interaction, id: RoundArgument | None = None) -> None:
        """The latest round, or any other one."""
        await defer(itx)
        await _show(itx, await read_round(itx, id))


async def _show(itx: discord.Interaction, answer: RoundAnswer) -> None:
    db, me = the_bot(itx).app.db, await mine(itx)
    first = await matches.first_half(db, answer.id)
    whole = await matches.match_answer(db, answer.id) if first is not None else None
    card = round_card(answer, first=first, whole=whole, me=me)
    own = [] if me is None else beside_usual(await baselines.of_round(db, answer.id, me))
    buttons = _buttons(answer.key, owner=itx.user.id)
    await reply(itx, dataclasses.replace(card, lines=(*card.lines, *own), buttons=buttons))


def _buttons(key: RoundKey, *, owner: int) -> Labelled:
    """Where one can go from a round."""
    return (
        ("Match", str(MatchTab(owner=owner, round=key, tab="total"))),
        ("Players", str(RoundPlayers(round=key, kind="round"))),
        ("Weapons", str(RoundWeapons(round=key))),
        ("Explain", str(RoundExplanation(round=key))),
        ("Session", str(RoundSession(round=key))),
    )


async def setup(bot: StatsBot) -> None:
    """Called by the client."""
    await add(bot, Rounds, PlayersButton, WeaponsButton, PartTab, DigestRoundsMenu)
