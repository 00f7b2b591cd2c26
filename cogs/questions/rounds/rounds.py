"""`/round`: the latest round or any other one, and what the buttons under a post show of it."""

from __future__ import annotations

import dataclasses

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import StatsBot
from bot.domain.buttons import DigestRounds, RoundPlayers, RoundSession, RoundStory, RoundWeapons, ToldRound
from bot.domain.game.file.files import RoundKey
from bot.domain.stats.answers import RoundAnswer
from bot.errors import NoAnswer
from bot.present.words.people.baselines import beside_usual
from bot.present.words.people.weapons import weapons_card
from bot.present.words.rounds.matches import details_card, round_card
from bot.store.questions.people import baselines, weapons
from bot.store.questions.rounds import matches
from cogs.kit.answers import reply
from cogs.kit.asking import the_bot
from cogs.kit.buttons import Button, Menu, add
from cogs.kit.options import mine
from cogs.kit.pages import Labelled
from cogs.kit.picks import PICK_HELP, RoundArgument, read_round
from cogs.kit.posts import GONE, round_of
from cogs.questions.rounds.matches import MatchTab


class PlayersButton(Button, RoundPlayers):
    """Shows the second table of the round to the one who asked."""

    async def pressed(self, itx: discord.Interaction) -> None:
        """Every figure of everybody, of a match those of both rounds; and who killed whom in it."""
        answer = await _answer(itx, self.round)
        whole = await matches.match_answer(the_bot(itx).app.db, answer.id) if self.kind == "match" else None
        whole = None if whole is None or whole.result is None else whole
        await reply(itx, details_card(answer, whole=whole, me=await mine(itx)))


class WeaponsButton(Button, RoundWeapons):
    """Shows the weapons of the round to the one who asked."""

    async def pressed(self, itx: discord.Interaction) -> None:
        """All weapons, then each player's."""
        answer = await _answer(itx, self.round)
        await reply(itx, weapons_card(answer, await weapons.weapons(the_bot(itx).app.db, answer.id)))


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
        await itx.response.defer()
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
        ("Explain", str(RoundStory(round=key))),
        ("Session", str(RoundSession(round=key))),
    )


async def setup(bot: StatsBot) -> None:
    """Called by the client."""
    await add(bot, Rounds, PlayersButton, WeaponsButton, DigestRoundsMenu)
