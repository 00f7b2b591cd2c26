"""Discord: token, application, server, and what the bot may do in each channel of the settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.deliver.access import DiscordAccess
from bot.settings import Settings
from bot.watch.doctor.check import Check, ok, warning, wrong

CLOCK = "clock"
OFF = 60
"""Seconds by which this machine's clock may differ from Discord's."""
_COPY_ID = "right-click the right one on Discord (Developer Mode), copy its id, and set {name}"


def channels(settings: Settings, *, chosen: int | None) -> dict[str, int]:
    """The channels that the bot posts to, by what names them; `chosen`: by /settings, in place of STATS_CHANNEL_ID."""
    named = {
        "STATS_CHANNEL_ID": settings.stats_channel_id,
        "ADMIN_CHANNEL_ID": settings.admin_channel_id,
        "/settings channel": chosen,
    }
    return {name: channel for name, channel in named.items() if channel is not None}


def on_discord(access: DiscordAccess, settings: Settings, *, chosen: int | None, invite: str) -> Iterator[Check]:
    """Everything but the token, which was accepted."""
    yield ok("DISCORD_TOKEN", f"Discord knows it: {access.user}")
    yield _guild(access, settings, invite)
    if not access.guilds:
        return  # all the rest follows from that
    for name, channel in channels(settings, chosen=chosen).items():
        yield _channel(access, name, channel, settings, invite)
    if settings.admin_role_id is not None and access.roles:
        yield _admin_role(access, settings.admin_role_id)


def bot_clock(access: DiscordAccess, *, now: float) -> Check:
    """This machine's clock, by Discord's."""
    ahead = round(now - access.now)
    if abs(ahead) <= OFF:
        return ok(CLOCK, "this machine's clock agrees with Discord's")
    text = f"this machine's clock is {_span(abs(ahead))} {'ahead of' if ahead > 0 else 'behind'} Discord's"
    return wrong(CLOCK, text, "set it, and let it be kept: timedatectl set-ntp true; Windows: Settings, Time")


def commands(access: DiscordAccess, registered: Mapping[str, str]) -> Check:
    """Whether this application's commands are registered; `registered`: `application` and `scope` of the last time."""
    if registered.get("application") == str(access.application):
        return ok("commands", f"registered ({registered.get('scope')})")
    text = f"those of application {access.application} are not registered yet"
    return warning("commands", text, "start the bot: it registers them by itself")


def _guild(access: DiscordAccess, settings: Settings, invite: str) -> Check:
    name, wanted = "DISCORD_GUILD_ID", settings.discord_guild_id
    names = ", ".join(f"{guild} ({number})" for number, guild in [*access.guilds.items()][:5])
    if not access.guilds:
        return wrong("server", "the bot is in no server", f"invite it with {invite}")
    if wanted is None:
        return ok("server", f"the bot is in {names}; its commands are registered everywhere")
    if wanted not in access.guilds:
        text = f"the bot is not in the server {wanted}, so nobody sees its commands; it is in {names}"
        return wrong(name, text, f"set {name} to one of those, or invite it with {invite}")
    return ok(name, f"the bot is in {access.guilds[wanted]}")


def _channel(access: DiscordAccess, name: str, channel: int, settings: Settings, invite: str) -> Check:
    place = access.channels.get(channel)
    if place is None:
        text = f"no server that the bot is in has a channel {channel}"
        return wrong(
            name, text, f"{_COPY_ID.format(name=name)}; if it is in another server, invite the bot there: {invite}"
        )
    where = f"#{place.name} in {place.guild_name}"
    if place.kind:
        text = f"{where} is a {place.kind}, where no message can be posted"
        return wrong(name, text, f"choose a text channel: {_COPY_ID.format(name=name)}")
    if place.lacks:
        text = f"in {where} the bot lacks: {place.lacks}"
        return wrong(name, text, "allow that in the channel's settings, Permissions, for the bot's role")
    if settings.discord_guild_id not in (None, place.guild):
        text = f"{where} is in another server than DISCORD_GUILD_ID"
        return warning(name, text, f"set DISCORD_GUILD_ID={place.guild}, or choose a channel of that server")
    return ok(name, f"{where}, with every permission that a post needs")


def _admin_role(access: DiscordAccess, role: int) -> Check:
    name = "ADMIN_ROLE_ID"
    if role not in access.roles:
        text = f"the server has no role {role}, so only who may Manage Server uses /sync"
        return wrong(name, text, f"{_COPY_ID.format(name=name)}; or remove that line")
    return ok(name, f"who has the role {access.roles[role]} may use /sync")


def _span(seconds: int) -> str:
    return (
        f"{seconds} s" if seconds < 120 else f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
    )
