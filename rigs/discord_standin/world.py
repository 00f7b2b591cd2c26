"""The guild that the stand-in knows: who is in it, its two channels, its roles, and the clock that mints its ids."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]

DISCORD_EPOCH = 1_420_070_400
GUILD_ID = 200_000_000_000_000_001
STATS_CHANNEL = 200_000_000_000_000_011
ADMIN_CHANNEL = 200_000_000_000_000_012
BOT_ROLE = 200_000_000_000_000_021
ADMIN_ROLE = 200_000_000_000_000_022
APPLICATION_ID = 200_000_000_000_000_031

VIEW_SEND_EMBED_ATTACH_HISTORY = 117_760  # the invite's integer: a bot that was let in properly has exactly these
VIEW, SEND, EMBED, ATTACH, READ_HISTORY = 1 << 10, 1 << 11, 1 << 14, 1 << 15, 1 << 16
ADMINISTRATOR = 1 << 3
MANAGE_GUILD = 1 << 5


class ApiError(Exception):
    """What Discord answers when it says no: an HTTP status and its own code."""

    def __init__(self, status: int, code: int, message: str, **more: Any) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.body: Json = {"message": message, "code": code, **more}


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscordUser:
    """A user, and his rights in the guild as Discord would compute them."""

    id: int
    name: str
    permissions: int = 1024
    roles: tuple[int, ...] = ()
    bot: bool = False

    def user(self) -> Json:
        """The user object."""
        return {
            "id": str(self.id),
            "username": self.name,
            "discriminator": "0",
            "global_name": None if self.bot else self.name.title(),
            "avatar": None,
            "bot": self.bot,
            "public_flags": 0,
        }

    def member(self) -> Json:
        """The member object, as an interaction carries it: with the computed permissions."""
        return {
            "user": self.user(),
            "nick": None,
            "avatar": None,
            "roles": [str(role) for role in self.roles],
            "joined_at": "2024-01-01T00:00:00+00:00",
            "deaf": False,
            "mute": False,
            "pending": False,
            "flags": 0,
            "permissions": str(self.permissions),
        }


BOT = DiscordUser(id=APPLICATION_ID, name="stats", roles=(BOT_ROLE,), bot=True)
OWNER = DiscordUser(id=200_000_000_000_000_041, name="olga", permissions=ADMINISTRATOR | 1024)
ADMIN = DiscordUser(
    id=200_000_000_000_000_042,
    name="adam",
    permissions=MANAGE_GUILD | VIEW_SEND_EMBED_ATTACH_HISTORY,
    roles=(ADMIN_ROLE,),
)
PLAYER = DiscordUser(id=200_000_000_000_000_043, name="petra", permissions=VIEW_SEND_EMBED_ATTACH_HISTORY)


@dataclass(slots=True)
class TravellingClock:
    """The wall clock plus an offset in seconds, which tests may set to travel."""

    source: Callable[[], float] = time.time
    offset: float = 0.0
    _last: tuple[int, int] = field(default=(0, 0))

    def now(self) -> float:
        """Seconds since 1970."""
        return self.source() + self.offset

    def snowflake(self) -> int:
        """A new id for this instant; ids of one millisecond are numbered."""
        at = int((self.now() - DISCORD_EPOCH) * 1000)
        number = self._last[1] + 1 if self._last[0] == at else 0
        self._last = (at, number)
        return (at << 22) | number


def timestamp(seconds: float) -> str:
    """ISO 8601, as Discord writes it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def channel(channel_id: int) -> Json:
    """The channel object of one of the two text channels; raises `ApiError` for any other id."""
    names = {STATS_CHANNEL: "stats", ADMIN_CHANNEL: "admin"}
    if channel_id not in names:
        raise ApiError(404, 10003, "Unknown Channel")
    return {
        "id": str(channel_id),
        "type": 0,
        "guild_id": str(GUILD_ID),
        "name": names[channel_id],
        "topic": None,
        "position": list(names).index(channel_id),
        "nsfw": False,
        "parent_id": None,
        "rate_limit_per_user": 0,
        "last_message_id": None,
        "permission_overwrites": [],
        "flags": 0,
    }


def roles(bot_permissions: int) -> list[Json]:
    """Everyone (nothing allowed), the bot's own role and the admins' role."""

    def role(role_id: int, name: str, permissions: int, position: int, **more: Any) -> Json:
        colours = {"primary_color": 0, "secondary_color": None, "tertiary_color": None}
        flags = {"hoist": False, "managed": False, "mentionable": False, "flags": 0, "color": 0, "colors": colours}
        base = {"id": str(role_id), "name": name, "permissions": str(permissions), "position": position}
        return {**base, **flags, **more}

    return [
        role(GUILD_ID, "@everyone", 0, 0),
        role(BOT_ROLE, BOT.name, bot_permissions, 1, managed=True, tags={"bot_id": str(BOT.id)}),
        role(ADMIN_ROLE, "admins", MANAGE_GUILD, 2),
    ]


def guild(bot_permissions: int) -> Json:
    """The guild, without its channels and members: what GET /guilds/{id} answers."""
    return {
        "id": str(GUILD_ID),
        "name": "The Stand-in",
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "owner_id": str(OWNER.id),
        "afk_channel_id": None,
        "afk_timeout": 300,
        "verification_level": 1,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "roles": roles(bot_permissions),
        "emojis": [],
        "stickers": [],
        "features": [],
        "mfa_level": 0,
        "application_id": None,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "vanity_url_code": None,
        "description": None,
        "banner": None,
        "premium_tier": 0,
        "preferred_locale": "en-US",
        "nsfw_level": 0,
        "premium_progress_bar_enabled": False,
    }


def guild_create(bot_permissions: int) -> Json:
    """The body of GUILD_CREATE."""
    return {
        **guild(bot_permissions),
        "joined_at": "2024-01-01T00:00:00+00:00",
        "large": False,
        "unavailable": False,
        "member_count": 4,
        "members": [BOT.member()],
        "channels": [channel(STATS_CHANNEL), channel(ADMIN_CHANNEL)],
        "threads": [],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
    }


def application() -> Json:
    """The application object, owned by `OWNER`."""
    return {
        "id": str(APPLICATION_ID),
        "name": "stats",
        "icon": None,
        "description": "",
        "summary": "",
        "bot_public": False,
        "bot_require_code_grant": False,
        "verify_key": "00" * 32,
        "flags": 0,
        "owner": OWNER.user(),
        "team": None,
        "interactions_endpoint_url": None,
    }
