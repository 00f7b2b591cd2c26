"""Discord's part of the questions: the token, the server, and the two channels."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from bot.client import invite
from bot.deliver.access import ChannelAccess, DiscordAccess, look_with
from bot.errors import DiscordAway, SettingsError, StatsBotError, TokenRefused
from tools.kit.shell import CLOCK
from tools.setup.asking import Choice, chosen, named, say
from tools.setup.draft import Draft

_TOKEN = "--token-file FILE, or DISCORD_TOKEN in the environment"  # noqa: S105  (a hint)


def community(
    draft: Draft, *, token_file: Path | None, guild: str | None, stats_channel: str | None, admin_channel: str | None
) -> None:
    """Ask, look, and write down; raises `SettingsError`, `DiscordError`."""
    access = _access(draft, token_file)
    servers = [Choice(str(number), name) for number, name in access.guilds.items()]
    home = _one_of(
        draft, "discord_guild_id", "Which server is it for", servers, option="--guild", given=guild,
        proposal=servers[0].value if len(servers) == 1 else None,
    )  # fmt: skip
    say(f"It is for {access.guilds[int(home)]}.")
    channels = [_choice(number, place) for number, place in access.channels.items() if _fits(place, int(home))]
    if not channels:
        raise SettingsError(
            f"{access.guilds[int(home)]} has no text channel that the bot can see: make one, or let it see one"
        )
    stats = _one_of(
        draft, "stats_channel_id", "Where are finished rounds posted", channels, option="--stats-channel",
        given=stats_channel,
    )  # fmt: skip
    admin = _one_of(
        draft, "admin_channel_id", "Where are admins told when something is wrong", channels, option="--admin-channel",
        given=admin_channel,
    )  # fmt: skip
    because = "--guild says so" if guild is not None else f"that is {access.guilds[int(home)]}, which the bot is in"
    draft.replace("discord_guild_id", home, because)
    draft.keep(stats_channel_id=stats, admin_channel_id=admin)
    for number in dict.fromkeys((stats, admin)):
        if lacks := access.channels[int(number)].lacks:
            say(f"In #{access.channels[int(number)].name} the bot lacks: {lacks}. Allow that there.", style="yellow")


def _access(draft: Draft, token_file: Path | None) -> DiscordAccess:
    """What the bot sees, once it is in a server; the token is written down."""
    token = _read(token_file) if token_file is not None else draft.written("discord_token")
    if token is None:
        say("Make an application in Discord's Developer Portal; on its page Bot, reset the token and copy it.")
        token = draft.answers.secret("The bot's token", option=_TOKEN)
    while True:
        try:
            access = asyncio.run(look_with(token.strip(), None, clock=CLOCK))
        except TokenRefused as error:
            draft.answers.tried_again(error)
            token = draft.answers.secret("The bot's token", option=_TOKEN)
            continue
        except DiscordAway as error:
            draft.answers.tried_again(error)
            continue
        draft.keep(discord_token=token.strip())
        say(f"Discord knows the bot as {access.user}. This link brings it into a server, with exactly what it needs:")
        say(f"  {invite(access.application)}")
        if access.guilds:
            return access
        draft.answers.tried_again(
            StatsBotError(f"the bot is in no server yet; invite it with {invite(access.application)}")
        )


def _read(token_file: Path) -> str:
    try:
        return token_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"--token-file: {token_file} cannot be read: {error}") from None


def _one_of(
    draft: Draft,
    name: str,
    question: str,
    choices: Sequence[Choice],
    *,
    option: str,
    given: str | None,
    proposal: str | None = None,
) -> str:
    if given is not None:
        value = chosen(given, choices)
        if value is None:
            raise SettingsError(f"{option} {given}: there is none or more than one such; there are {named(choices)}")
        return value
    written = chosen(draft.written(name) or "", choices)
    if len(choices) == 1 and proposal is not None:
        return proposal
    return draft.answers.choice(question, choices, option=option, proposal=written or proposal)


def _fits(place: ChannelAccess, home: int) -> bool:
    return place.guild == home and not place.kind


def _choice(number: int, place: ChannelAccess) -> Choice:
    return Choice(str(number), f"#{place.name}", f"the bot lacks: {place.lacks}" if place.lacks else "")
