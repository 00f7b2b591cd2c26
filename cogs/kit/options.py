"""The options that commands share: a player, a scope, a metric; each with its menu while it is typed."""

from __future__ import annotations

from collections.abc import Iterable

import discord
from discord import app_commands

from bot.domain.game.file.weapons import weapon_name
from bot.domain.game.map_names import spoken
from bot.domain.stats import metrics
from bot.domain.stats.answers import PlayerChoice
from bot.domain.stats.metrics import Metric
from bot.domain.stats.people.arms import weapon_of
from bot.domain.stats.scope import Scope, offers, read
from bot.errors import BadScope, NoAnswer, NoRounds, StoreError, WhoAsks
from bot.present.words.text import nothing, plain, safe_name
from bot.store import links
from bot.store.questions.scopes import ChosenRounds, choose
from cogs.kit.asking import the_bot
from cogs.kit.menus import Offer, menu, unread

SCOPE_HELP = "which rounds: yesterday, last month, last session, 30d, a map, attack … (default: all)"
PLAYER_HELP = "any name that was ever worn, or a GUID; leave empty for yourself"


class ScopeOption(app_commands.Transformer):
    """A scope in free text, with a menu that grows as it is typed; `scope_of` reads it, once the bot has answered."""

    async def transform(self, itx: discord.Interaction, value: str, /) -> str:
        """As it was typed."""
        return value

    async def autocomplete(self, itx: discord.Interaction, value: str, /) -> list[app_commands.Choice[str]]:  # type: ignore[override]
        """Whole scopes that begin with what is typed."""
        bot = the_bot(itx)
        try:
            maps = await bot.app.names.maps()
        except StoreError:
            return unread(value)
        seasons = [*bot.app.rules.seasons]
        fitting = offers(value[:200], maps=maps, seasons=seasons)
        usual = [] if fitting else offers("", maps=maps, seasons=seasons)
        return menu(value, _named(fitting), what="period, map or side", usual=_named(usual))


def _named(scopes: Iterable[Scope]) -> list[Offer]:
    return [(scope.label, scope.text) for scope in scopes]


async def read_scope(itx: discord.Interaction, text: str) -> Scope:
    """The scope that somebody typed; raises `NoAnswer`."""
    bot = the_bot(itx)
    try:
        return read(text[:200], maps=await bot.app.names.maps(), seasons=[*bot.app.rules.seasons])
    except BadScope as error:
        if error.reason is not None:
            raise NoAnswer(f"That cannot be: {safe_name(error.reason, limit=200)}.") from None
        known = await bot.app.names.maps()
        near = [f"`{plain(spoken(word, known), limit=64)}`" for word in error.near]
        meant = f"Did you mean {', '.join(near)}? " if near else ""
        raise NoAnswer(
            f"I know no period, map or side called {safe_name(error.word)}. {meant}"
            "Type words such as `yesterday`, `last month`, `last session`, `30d`, a map, `r1`, `attack`, `3v3`."
        ) from None


async def scope_of(itx: discord.Interaction, typed: str | None) -> Scope:
    """The scope that was typed, all that counts by default; raises `NoAnswer`."""
    return Scope() if typed is None else await read_scope(itx, typed)


async def chosen(itx: discord.Interaction, scope: Scope | None) -> ChosenRounds:
    """The rounds of a scope, of all that count by default; raises `NoAnswer` where there are none."""
    rounds = await choose_any(itx, scope or Scope())
    if not rounds.coverage.rounds:
        raise (
            none_of(rounds, nothing(rounds.coverage)) if rounds.coverage.newest else NoAnswer(nothing(rounds.coverage))
        )
    return rounds


async def choose_any(itx: discord.Interaction, scope: Scope) -> ChosenRounds:
    """The rounds of a scope, even if there are none."""
    bot = the_bot(itx)
    return await choose(
        bot.app.db,
        scope,
        now=bot.app.clock.now(),
        rules=bot.app.rules,
    )


ScopeArgument = app_commands.Transform[str, ScopeOption]


class PlayerOption(app_commands.Transformer):
    """A player by any name he ever wore, or by his GUID; `read_player` finds him, once the bot has answered."""

    async def transform(self, itx: discord.Interaction, value: str, /) -> str:
        """As it was typed."""
        return value

    async def autocomplete(self, itx: discord.Interaction, value: str, /) -> list[app_commands.Choice[str]]:  # type: ignore[override]
        """The asker's own player and recent ones first."""
        names = the_bot(itx).app.names
        try:
            own = await links.guid_of(the_bot(itx).app.menus, itx.user.id)
            like = await names.search(value, limit=25, own=own)
            recent = like or await names.search("", limit=25, own=own)
        except StoreError:
            return unread(value)
        offered, usual = ([(names.label(player), player.guid) for player in players] for players in (like, recent))
        return menu(value, offered, what="player", usual=usual)


class MetricOption(app_commands.Transformer):
    """A figure to compare by."""

    async def transform(self, itx: discord.Interaction, value: str, /) -> Metric:
        """Raises `NoAnswer` with the nearest figures."""
        if (known := metrics.called(value)) is not None:
            return known
        if (weapon := weapon_of(value)) is not None:
            raise NoAnswer(
                f"{weapon_name(weapon)} is a weapon: `/weapons weapon:{weapon_name(weapon)}` tells who is best."
            )
        fitting = metrics.find(value, limit=3)
        if len(fitting) != 1:
            near = ", ".join(f"`{metric.name}`" for metric in fitting or metrics.METRICS[:5])
            raise NoAnswer(f"I know no stat called {safe_name(value)}: try {near}, or pick one while you type.")
        return fitting[0]

    async def autocomplete(self, itx: discord.Interaction, value: str, /) -> list[app_commands.Choice[str]]:  # type: ignore[override]
        """Stats by name, title, alias, meaning or close spelling; all of them where nothing fits, which is said."""
        fitting = stat_offers(metrics.find(value, limit=24))
        weapon = weapon_of(value) if metrics.called(value) is None and len(value.strip()) > 1 else None
        if weapon is not None:
            name = weapon_name(weapon)
            fitting = [(f"{name} is a weapon: /weapons weapon:{name} tells who is best", name), *fitting]
        return menu(value, fitting, what="stat", usual=stat_offers(metrics.METRICS))


def stat_offers(fitting: Iterable[Metric]) -> list[Offer]:
    """Stats with their meanings, for a menu."""
    return [(f"{metric.title}: {metric.meaning}", metric.name) for metric in fitting]


PlayerArgument = app_commands.Transform[str, PlayerOption]
MetricArgument = app_commands.Transform[Metric, MetricOption]


async def read_player(itx: discord.Interaction, text: str) -> PlayerChoice:
    """The player that somebody typed; raises `NoAnswer`."""
    names = the_bot(itx).app.names
    player = await names.resolve(text)
    if player is not None:
        return player
    like = await names.search(text, limit=3) if text.strip() else []
    near = [safe_name(choice.alias) for choice in like or await names.search("", limit=3)]
    if not near:
        raise NoAnswer("No round has been imported yet.")
    offered = f"did you mean {', '.join(near)}?" if like else f"lately seen: {', '.join(near)}."
    raise NoAnswer(f"I know no player called {safe_name(text)}; {offered} Pick one from the menu while you type.")


async def mine(itx: discord.Interaction) -> str | None:
    """The GUID of the player that the asker is linked with."""
    return await links.guid_of(the_bot(itx).app.db, itx.user.id)


async def player_or_me(itx: discord.Interaction, player: str | None, *, option: str = "player") -> PlayerChoice:
    """The player who was named, else the asker's own; raises `NoAnswer` where it is not known who that is.

    `option`: the command's for this player.
    """
    if player is not None:
        return await read_player(itx, player)
    own = await mine(itx)
    if own is None:
        raise WhoAsks(option)
    known = await the_bot(itx).app.names.resolve(own)
    if known is None:
        raise NoAnswer("No round of the player that you are linked with is stored: name one, or `/link` again.")
    return known


async def asked_about(
    itx: discord.Interaction, player: str | None, typed: str | None
) -> tuple[PlayerChoice, ChosenRounds]:
    """Whom and which rounds a command is about, as most begin; raises `NoAnswer`."""
    return await player_or_me(itx, player), await chosen(itx, await scope_of(itx, typed))


async def nothing_there(itx: discord.Interaction, guid: str, name: str, what: str, over: ChosenRounds) -> NoAnswer:
    """`anna has played no round in this scope: Supply.`; to be raised. `what`: what is not there, in words of ours.

    Who asked is called You.
    """
    is_asker = guid == await mine(itx)
    told = f"You {what.replace('has ', 'have ', 1)}" if is_asker else f"{safe_name(name)} {what}"
    return none_of(over, f"{told} in this scope: {safe_name(over.scope.label)}.")


def none_of(over: ChosenRounds, text: str) -> NoAnswer:
    """That nothing is there in this scope; to be raised. Elsewhere there may be something, which is offered."""
    return NoAnswer(text) if over.scope == Scope() else NoRounds(text)
