"""First use: who asks about himself and has not said who that is, is asked; then his question is answered."""

from __future__ import annotations

import dataclasses

import discord
from discord import app_commands

from bot.client import StatsBot
from bot.domain.buttons import Text
from bot.domain.stats.answers import PlayerChoice
from bot.errors import NoAnswer, WhoAsks
from bot.present.card import Card, SelectMenu
from bot.present.words.text import plain, safe_name
from bot.store import links
from bot.store.links import LinkRequest
from cogs.kit.again import ME, ask_again, question_of
from cogs.kit.answers import replace, reply
from cogs.kit.asking import the_bot
from cogs.kit.buttons import Answer, Button, Menu, Owned, TextForm, add, ask_in
from cogs.kit.sharing import ALONE, shareable
from cogs.questions.people.links import claim, still_waiting
from cogs.questions.people.players import stats_card

OWN = "me"
"""The question that is about nobody else."""
MOST = 25


class WhoAreYou(Menu, Owned, begins="who"):
    """Who asks about himself for the first time picks a name; then he sees his numbers."""

    answer = Answer.IN_PLACE

    async def picked(self, itx: discord.Interaction, value: str) -> None:
        """Link, or ask an admin to, and show the numbers."""
        await _answered(itx, OWN, value)


class WhoMenu(Menu, Owned, begins="whom"):
    """The same of any other question."""

    answer = Answer.IN_PLACE
    question: Text

    async def picked(self, itx: discord.Interaction, value: str) -> None:
        """Link, or ask an admin to, and answer it."""
        await _answered(itx, self.question, value)


class SearchButton(Button, Owned, begins="whos"):
    """Under the names: his is not among them."""

    answer = Answer.ITS_OWN
    question: Text

    async def pressed(self, itx: discord.Interaction) -> None:
        """Ask for a part of it."""
        form = SearchForm(owner=self.owner, question=self.question)
        await ask_in(itx, form, title="Which player are you?", label="A part of any name you ever wore", most=36)


class SearchForm(TextForm, Owned, begins="whof"):
    """A part of a name."""

    question: Text

    async def submitted(self, itx: discord.Interaction, text: str) -> None:
        """The names that hold it."""
        like = await the_bot(itx).app.names.search(text, limit=MOST) if text else []
        if not like:
            raise NoAnswer(f"Nobody called anything like {safe_name(text)} has ever played here: search again.")
        await reply(itx, _card(itx, like, self.question), private=True)


async def who_are_you(itx: discord.Interaction, question: str) -> Card:
    """The question back: the players who were here last, his namesake first; raises `NoAnswer` where nobody was."""
    names = the_bot(itx).app.names
    recent = await names.search("", limit=MOST)
    if not recent:
        raise NoAnswer("No round has been imported yet.")
    called = itx.user.display_name.casefold()
    like = [
        choice for choice in await names.search(itx.user.display_name, limit=MOST) if choice.name.casefold() == called
    ]
    players = {choice.guid: choice for choice in (*like, *recent)}
    return _card(itx, [*players.values()][:MOST], question)


def _card(itx: discord.Interaction, choices: list[PlayerChoice], question: str) -> Card:
    owner, bot = itx.user.id, the_bot(itx)
    is_kept = not bot.settings.links_need_admin or bot.get_channel(bot.settings.admin_channel_id or 0) is not None
    kept = "once is enough, and your question is answered." if is_kept else "your question is answered."
    menu_id = "" if question == OWN else str(WhoMenu(owner=owner, question=question))
    options = tuple((plain(player.name, limit=100).strip() or player.guid, player.guid) for player in choices)
    search = str(SearchButton(owner=owner, question=question)) or str(SearchButton(owner=owner, question=OWN))
    return Card(
        title="Which player are you?",
        lines=(f"Pick your name: {kept}",),
        menus=(SelectMenu(custom_id=menu_id or str(WhoAreYou(owner=owner)), placeholder="I am …", options=options),),
        buttons=(("Not among them: search", search),),
    )


async def _answered(itx: discord.Interaction, question: str, guid: str) -> None:
    """Link, or ask an admin to, and answer what was asked."""
    outcome = await claim(itx, guid)
    if question == OWN:
        card = await stats_card(itx, guid, None)
        await replace(
            itx, shareable(dataclasses.replace(card, lines=(*card.lines, f"{ALONE}{outcome}")), owner=itx.user.id)
        )
        return
    await replace(itx, f"{outcome[0].upper()}{outcome[1:]}")
    await ask_again(itx, question, me=guid)


async def _who_asks(itx: discord.Interaction, error: NoAnswer) -> None:
    """Ask back, in private; answer who has said it and waits for an admin."""
    assert isinstance(error, WhoAsks)
    question = (question_of(itx, **{error.option: ME}) if error.option else "") or OWN
    request = await links.waiting(the_bot(itx).app.db, itx.user.id)
    if request is None:
        await reply(itx, await who_are_you(itx, question), private=True)
    else:
        await _answered_meanwhile(itx, question, request)


async def _answered_meanwhile(itx: discord.Interaction, question: str, request: LinkRequest) -> None:
    """What was asked, about the player whom the member asked to be, and that this is yet to be confirmed."""
    waits = f"{ALONE}{still_waiting(request)}"
    if question == OWN:
        card = await stats_card(itx, request.guid, None)
        shown = dataclasses.replace(card, lines=(*card.lines, waits))
        await reply(itx, shareable(shown, owner=itx.user.id), private=True)
        return
    try:
        await ask_again(itx, question, me=request.guid)
    except app_commands.CommandInvokeError as error:
        raise error.original from error
    await reply(itx, waits, private=True)


async def setup(bot: StatsBot) -> None:
    """Called by the client."""
    bot.aids[WhoAsks] = _who_asks
    await add(bot, WhoAreYou, WhoMenu, SearchButton, SearchForm)
