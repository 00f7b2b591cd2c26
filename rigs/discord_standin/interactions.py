"""What a person does in the guild (a slash command, a word half typed, a button), and what the bot answered."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rigs.discord_standin import world
from rigs.discord_standin.messages import EPHEMERAL, Message
from rigs.discord_standin.world import ApiError, DiscordUser, Json

SECONDS_TO_ANSWER = 3.0
SECONDS_OF_TOKEN = 900.0
SUBCOMMANDS = (1, 2)
PERSON_OPTION = 6


@dataclass(slots=True, kw_only=True)
class Interaction:
    """One interaction and its answer so far."""

    id: int
    token: str
    at: float
    channel_id: int
    payload: Json
    callbacks: list[Json] = field(default_factory=list)
    """The accepted callback, as sent: at most one."""
    refusals: list[ApiError] = field(default_factory=list)
    """What the bot was refused: too late, twice."""
    original: Message | None = None
    stopped_thinking: bool = False
    """The deferral's own message was deleted while it was "thinking"."""
    followups: list[Message] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def kind(self) -> int | None:
        """The type of the callback: 4 message, 5 deferred, 6 deferred update, 7 update, 8 choices, 9 modal."""
        return self.callbacks[0]["type"] if self.callbacks else None

    @property
    def is_thinking(self) -> bool:
        """It was deferred, and nothing has taken the place of "is thinking" yet."""
        return self.kind == 5 and self.original is None

    @property
    def answered(self) -> bool:
        """The person sees the result: a message, choices, an update or nothing more to wait for."""
        return self.original is not None or self.kind in (6, 7, 8, 9)

    @property
    def deferred(self) -> bool:
        """It was acknowledged first and answered later."""
        return self.kind in (5, 6)

    @property
    def ephemeral(self) -> bool:
        """Only the person himself can see it."""
        return bool(self.callbacks and (self.callbacks[0].get("data") or {}).get("flags", 0) & EPHEMERAL)

    @property
    def choices(self) -> list[Json]:
        """The offers of an autocompletion."""
        return list(self.callbacks[0]["data"]["choices"]) if self.kind == 8 else []

    @property
    def content(self) -> str:
        """The text that is seen."""
        return self.original.content if self.original else ""

    @property
    def embeds(self) -> Sequence[Json]:
        """The embeds that are seen."""
        return self.original.embeds if self.original else ()

    async def until(self, condition: Callable[[Interaction], bool], *, timeout: float = 5.0) -> Interaction:
        """Wait until the answer is as wanted; raises TimeoutError with what there is."""
        try:
            async with asyncio.timeout(timeout):
                while not condition(self):
                    self.changed.clear()
                    await self.changed.wait()
        except TimeoutError:
            raise TimeoutError(f"after {timeout} s there was {self.callbacks} and {self.refusals}") from None
        return self


@dataclass(slots=True, kw_only=True)
class Interactions:
    """Sends interactions, and keeps them."""

    clock: world.TravellingClock
    dispatch: Callable[[str, Json], None]
    commands: Callable[[], Sequence[Json]]
    """The registered commands."""
    bot_permissions: Callable[[], int]
    all: dict[int, Interaction] = field(default_factory=dict)

    def slash(
        self,
        command: str,
        options: Mapping[str, Any] | None = None,
        *,
        user: DiscordUser = world.PLAYER,
        channel_id: int = world.STATS_CHANNEL,
    ) -> Interaction:
        """Send a command ("top", or "admin repair" of a group). Raises LookupError if it is not registered."""
        return self._send(2, self._command(command, options or {}, focused=None), user=user, channel_id=channel_id)

    def complete(
        self,
        command: str,
        options: Mapping[str, Any],
        *,
        focused: str,
        user: DiscordUser = world.PLAYER,
        channel_id: int = world.STATS_CHANNEL,
    ) -> Interaction:
        """Type into the option `focused`, so that the bot is asked for choices."""
        return self._send(4, self._command(command, options, focused=focused), user=user, channel_id=channel_id)

    def press(self, custom_id: str, *, message: Message, user: DiscordUser = world.PLAYER) -> Interaction:
        """Press a button; that the message has it is not checked, as a forged request would not."""
        data = {"custom_id": custom_id, "component_type": 2, "id": 1}
        return self._send(3, data, user=user, channel_id=message.channel_id, message=message.json())

    def replay(self, interaction: Interaction) -> None:
        """Send the very same event again."""
        self.dispatch("INTERACTION_CREATE", interaction.payload)

    def find(self, *, token: str, interaction_id: str | None = None) -> Interaction:
        """The interaction with this token; raises `ApiError`: 50027 when the token is more than 15 min old."""
        for interaction in self.all.values():
            if interaction.token == token and interaction_id in (None, str(interaction.id)):
                if self.clock.now() - interaction.at > SECONDS_OF_TOKEN:
                    raise ApiError(401, 50027, "Invalid Webhook Token")
                return interaction
        if interaction_id is None:
            raise ApiError(404, 10015, "Unknown Webhook")
        raise ApiError(404, 10062, "Unknown interaction")

    def accept(self, interaction: Interaction, callback: Json) -> None:
        """Take the first answer; raises `ApiError` for a second one, and for one after 3 seconds."""
        refusal = None
        if interaction.callbacks:
            refusal = ApiError(400, 40060, "Interaction has already been acknowledged.")
        elif self.clock.now() - interaction.at > SECONDS_TO_ANSWER:
            refusal = ApiError(404, 10062, "Unknown interaction")
        if refusal:
            interaction.refusals.append(refusal)
            interaction.changed.set()
            raise refusal
        interaction.callbacks.append(callback)

    def _command(self, command: str, options: Mapping[str, Any], *, focused: str | None) -> Json:
        words = command.split()
        path = [_named(self.commands(), words[0])]
        path += _descend(path[0], words[1:])
        known = path[-1].get("options") or []
        people = [value for value in options.values() if isinstance(value, DiscordUser)]
        leaf: list[Json] = []
        for name, value in options.items():
            plain = str(value.id) if isinstance(value, DiscordUser) else value
            leaf.append({"name": name, "type": _named(known, name)["type"], "value": plain})
            if name == focused:
                leaf[-1]["focused"] = True
        for node in reversed(path[1:]):
            leaf = [{"name": node["name"], "type": node["type"], "options": leaf}]
        data: Json = {"id": path[0]["id"], "name": path[0]["name"], "type": 1, "options": leaf}
        if people:
            users = {str(person.id): person.user() for person in people}
            members = {str(p.id): {k: v for k, v in p.member().items() if k != "user"} for p in people}
            data["resolved"] = {"users": users, "members": members}
        return data

    def _send(
        self, kind: int, data: Json, *, user: DiscordUser, channel_id: int, message: Json | None = None
    ) -> Interaction:
        number = self.clock.snowflake()
        interaction = Interaction(
            id=number, token=secrets.token_urlsafe(24), at=self.clock.now(), channel_id=channel_id, payload={}
        )
        interaction.payload = {
            "id": str(number),
            "application_id": str(world.APPLICATION_ID),
            "type": kind,
            "data": data,
            "token": interaction.token,
            "version": 1,
            "guild_id": str(world.GUILD_ID),
            "guild": {"id": str(world.GUILD_ID), "locale": "en-US", "features": []},
            "guild_locale": "en-US",
            "locale": "en-US",
            "channel_id": str(channel_id),
            "channel": {**world.channel(channel_id), "permissions": str(user.permissions)},
            "member": user.member(),
            "app_permissions": str(self.bot_permissions()),
            "entitlements": [],
            "authorizing_integration_owners": {"0": str(world.GUILD_ID)},
            "context": 0,
            "attachment_size_limit": 10_485_760,
        }
        if message is not None:
            interaction.payload["message"] = message
        self.all[number] = interaction
        self.dispatch("INTERACTION_CREATE", interaction.payload)
        return interaction


def _named(entries: Sequence[Json], name: str) -> Json:
    for entry in entries:
        if entry["name"] == name:
            return entry
    raise LookupError(f"{name!r} is not among {[entry['name'] for entry in entries]}")


def _descend(command: Json, words: Sequence[str]) -> list[Json]:
    path = []
    for word in words:
        command = _named([option for option in command.get("options") or [] if option["type"] in SUBCOMMANDS], word)
        path.append(command)
    return path
