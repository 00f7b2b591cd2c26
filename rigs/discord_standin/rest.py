"""The REST endpoints, as a table; each takes effect at once, without waiting for anything."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from rigs.discord_standin import world
from rigs.discord_standin.faults import Request
from rigs.discord_standin.gateway import MESSAGES_INTENT
from rigs.discord_standin.interactions import Interaction
from rigs.discord_standin.messages import EPHEMERAL, Message
from rigs.discord_standin.world import ApiError, Json

if TYPE_CHECKING:
    from rigs.discord_standin.server import DiscordStandin

Reply = tuple[int, Any]
Endpoint = Callable[["DiscordStandin", Request, Mapping[str, str]], Reply]


def perform(discord: DiscordStandin, request: Request) -> Reply:
    """Let the request take effect; the status and the body of the true answer."""
    try:
        for method, pattern, endpoint in ROUTES:
            match = pattern.fullmatch(request.path)
            if method == request.method and match:
                is_open = request.path.startswith(("/interactions/", "/webhooks/"))
                if not is_open and request.authorization != f"Bot {discord.token}":
                    return 401, {"message": "401: Unauthorized", "code": 0}
                return endpoint(discord, request, match.groupdict())
    except ApiError as refusal:
        return refusal.status, refusal.body
    discord.unknown_requests.append(request)
    return 404, {"message": "404: Not Found", "code": 0}


def _me(discord: DiscordStandin, request: Request, ids: Mapping[str, str]) -> Reply:
    return 200, {**world.BOT.user(), "verified": True, "mfa_enabled": False, "locale": "en-US", "email": None}


def _my_guilds(discord: DiscordStandin, request: Request, ids: Mapping[str, str]) -> Reply:
    if discord.gateway.uninvited:
        return 200, []
    mine = {"owner": False, "permissions": str(discord.bot_permissions), "features": [], "icon": None, "banner": None}
    return 200, [{"id": str(world.GUILD_ID), "name": world.guild(0)["name"], **mine}]


def _application(discord: DiscordStandin, request: Request, ids: Mapping[str, str]) -> Reply:
    return 200, world.application()


def _gateway(discord: DiscordStandin, request: Request, ids: Mapping[str, str]) -> Reply:
    return 200, {"url": discord.gateway.url}


def _gateway_bot(discord: DiscordStandin, request: Request, ids: Mapping[str, str]) -> Reply:
    left = max(0, 1000 - len(discord.gateway.identifies))
    limit = {"total": 1000, "remaining": left, "reset_after": 86_400_000, "max_concurrency": 1}
    return 200, {"url": discord.gateway.url, "shards": 1, "session_start_limit": limit}


def _guild(discord: DiscordStandin, request: Request, ids: Mapping[str, str]) -> Reply:
    if ids["guild"] != str(world.GUILD_ID):
        raise ApiError(404, 10004, "Unknown Guild")
    match ids.get("part"):
        case "channels":
            return 200, [world.channel(world.STATS_CHANNEL), world.channel(world.ADMIN_CHANNEL)]
        case "roles":
            return 200, world.roles(discord.bot_permissions)
        case _:
            return 200, world.guild(discord.bot_permissions)


def _member(discord: DiscordStandin, request: Request, ids: Mapping[str, str]) -> Reply:
    for person in (world.BOT, world.OWNER, world.ADMIN, world.PLAYER):
        if ids["user"] == str(person.id):
            return 200, {key: value for key, value in person.member().items() if key != "permissions"}
    raise ApiError(404, 10007, "Unknown Member")


def _get_commands(discord: DiscordStandin, request: Request, ids: Mapping[str, str]) -> Reply:
    return 200, discord.commands.get(ids.get("guild"), [])


def _put_commands(discord: DiscordStandin, request: Request, ids: Mapping[str, str]) -> Reply:
    guild = ids.get("guild")
    mine: Json = {"application_id": str(world.APPLICATION_ID), "version": "1", **({"guild_id": guild} if guild else {})}
    registered = [
        {"type": 1, "description": "", **command, **mine, "id": str(discord.clock.snowflake())}
        for command in request.body or []
    ]
    for command in registered:  # sent as a number, told as a string
        if command.get("default_member_permissions") is not None:
            command["default_member_permissions"] = str(command["default_member_permissions"])
    discord.commands[guild] = registered
    discord.command_syncs += 1
    return 200, registered


def _channel(discord: DiscordStandin, request: Request, ids: Mapping[str, str]) -> Reply:
    return 200, world.channel(int(ids["channel"]))


def _typing(discord: DiscordStandin, request: Request, ids: Mapping[str, str]) -> Reply:
    world.channel(int(ids["channel"]))
    return 204, None


def _list_messages(discord: DiscordStandin, request: Request, ids: Mapping[str, str]) -> Reply:
    world.channel(int(ids["channel"]))
    _must_see(discord)
    if not discord.bot_permissions & world.READ_HISTORY:
        return 200, []  # no error: as Discord does
    return 200, [message.json() for message in discord.messages.page(int(ids["channel"]), request.query)]


def _create_message(discord: DiscordStandin, request: Request, ids: Mapping[str, str]) -> Reply:
    channel_id = int(ids["channel"])
    world.channel(channel_id)
    _must_see(discord)
    needed = world.SEND | (world.ATTACH if request.files else 0)
    if discord.bot_permissions & needed != needed:
        raise ApiError(403, 50013, "Missing Permissions")
    body = _shown(discord, request)
    message, new = discord.messages.create(channel_id, author=world.BOT, body=body, files=request.files)
    request.message_id, request.deduplicated = message.id, not new
    if new:
        _tell(discord, "MESSAGE_CREATE", message)
    return 200, {**message.json(), "nonce": message.nonce}


def _must_see(discord: DiscordStandin) -> None:
    if not discord.bot_permissions & world.VIEW:
        raise ApiError(403, 50001, "Missing Access")


def _shown(discord: DiscordStandin, request: Request) -> Json:
    """Without the right to embed, embeds are dropped, and nothing is said."""
    body: Json = request.body or {}
    return body if discord.bot_permissions & world.EMBED else {**body, "embeds": []}


def _get_message(discord: DiscordStandin, request: Request, ids: Mapping[str, str]) -> Reply:
    return 200, _seen(discord, ids).json()


def _edit_message(discord: DiscordStandin, request: Request, ids: Mapping[str, str]) -> Reply:
    message = _seen(discord, ids)
    if message.author != world.BOT:
        raise ApiError(403, 50005, "Cannot edit a message authored by another user")
    discord.messages.edit(message, body=_shown(discord, request), files=request.files)
    request.message_id = message.id
    _tell(discord, "MESSAGE_UPDATE", message)
    return 200, message.json()


def _delete_message(discord: DiscordStandin, request: Request, ids: Mapping[str, str]) -> Reply:
    discord.delete(_seen(discord, ids))
    return 204, None


def _callback(discord: DiscordStandin, request: Request, ids: Mapping[str, str]) -> Reply:
    interaction = discord.interactions.find(token=ids["token"], interaction_id=ids["interaction"])
    discord.interactions.accept(interaction, request.body)
    data = request.body.get("data") or {}
    resource: Json = {"type": interaction.kind}
    if interaction.kind == 4:
        interaction.original = _answer(discord, interaction, data, request)
        resource["message"] = interaction.original.json()
    elif interaction.kind == 7 and interaction.payload.get("message"):
        interaction.original = _pressed(discord, interaction)
        discord.messages.edit(interaction.original, body=data, files=request.files)
        _tell(discord, "MESSAGE_UPDATE", interaction.original)
        resource["message"] = interaction.original.json()
    interaction.changed.set()
    if request.query.get("with_response", "").lower() not in ("1", "true"):
        return 204, None
    told: Json = {"id": str(interaction.id), "type": interaction.payload["type"]}
    told |= {"response_message_loading": interaction.kind == 5, "response_message_ephemeral": interaction.ephemeral}
    if interaction.original:
        told["response_message_id"] = str(interaction.original.id)
    return 200, {"interaction": told, "resource": resource}


def _follow_up(discord: DiscordStandin, request: Request, ids: Mapping[str, str]) -> Reply:
    interaction = discord.interactions.find(token=ids["token"])
    if not interaction.callbacks:
        raise ApiError(404, 10015, "Unknown Webhook")
    is_first = interaction.is_thinking
    message = _answer(discord, interaction, request.body or {}, request)
    if is_first:  # it replaces "is thinking"
        interaction.original = message
    else:
        interaction.followups.append(message)
    interaction.changed.set()
    return 200, message.json()


def _get_answer(discord: DiscordStandin, request: Request, ids: Mapping[str, str]) -> Reply:
    return 200, _answer_named(discord, ids)[1].json()


def _edit_answer(discord: DiscordStandin, request: Request, ids: Mapping[str, str]) -> Reply:
    interaction = discord.interactions.find(token=ids["token"])
    if interaction.is_thinking and ids["message"] == "@original":
        interaction.original = _answer(discord, interaction, request.body or {}, request)
        interaction.changed.set()
        return 200, interaction.original.json()
    message = _answer_named(discord, ids)[1]
    discord.messages.edit(message, body=request.body or {}, files=request.files)
    interaction.changed.set()
    return 200, message.json()


def _delete_answer(discord: DiscordStandin, request: Request, ids: Mapping[str, str]) -> Reply:
    interaction = discord.interactions.find(token=ids["token"])
    if interaction.is_thinking and not interaction.stopped_thinking and ids["message"] == "@original":
        interaction.stopped_thinking = True
    else:
        discord.messages.delete(_answer_named(discord, ids)[1])
    interaction.changed.set()
    return 204, None


def _seen(discord: DiscordStandin, ids: Mapping[str, str]) -> Message:
    world.channel(int(ids["channel"]))
    return discord.messages.get(int(ids["channel"]), int(ids["message"]))


def _tell(discord: DiscordStandin, event: str, message: Message) -> None:
    data = {**message.json(), "guild_id": str(world.GUILD_ID)}
    discord.gateway.dispatch(event, data, intent=MESSAGES_INTENT)


def _answer(discord: DiscordStandin, interaction: Interaction, body: Json, request: Request) -> Message:
    """A message that answers an interaction: in the channel, or for one person's eyes.

    The first after a deferral is as private as that, whatever its flags say; where that message was deleted meanwhile,
    there is none to answer with.
    """
    if interaction.stopped_thinking and interaction.is_thinking:
        raise ApiError(404, 10008, "Unknown Message")
    hidden = interaction.ephemeral if interaction.is_thinking else (body.get("flags") or 0) & EPHEMERAL
    channel_id, plain = interaction.channel_id, {key: value for key, value in body.items() if key != "nonce"}
    if hidden:
        return discord.messages.compose(
            channel_id, author=world.BOT, body=plain, files=request.files, interaction_id=interaction.id
        )
    message, _ = discord.messages.create(
        channel_id, author=world.BOT, body=plain, files=request.files, interaction_id=interaction.id
    )
    _tell(discord, "MESSAGE_CREATE", message)
    return message


def _pressed(discord: DiscordStandin, interaction: Interaction) -> Message:
    """The message whose button was pressed; one that only the asker sees is in no channel's history."""
    number = int(interaction.payload["message"]["id"])
    for earlier in discord.interactions.all.values():
        for hidden in (earlier.original, *earlier.followups):
            if hidden is not None and hidden.id == number and hidden.deleted_at is None:
                return hidden
    return discord.messages.get(interaction.channel_id, number)


def _answer_named(discord: DiscordStandin, ids: Mapping[str, str]) -> tuple[Interaction, Message]:
    interaction = discord.interactions.find(token=ids["token"])
    known = [message for message in (interaction.original, *interaction.followups) if message]
    if interaction.kind in (6, 7) and interaction.payload.get("message"):
        known.insert(0, _pressed(discord, interaction))
    for message in known:
        if message.deleted_at is None and ids["message"] in ("@original", str(message.id)):
            return interaction, message
    raise ApiError(404, 10008, "Unknown Message")


def _route(method: str, path: str, endpoint: Endpoint) -> tuple[str, re.Pattern[str], Endpoint]:
    return method, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)), endpoint


ROUTES = [
    _route("GET", "/users/@me", _me),
    _route("GET", "/users/@me/guilds", _my_guilds),
    _route("GET", "/oauth2/applications/@me", _application),
    _route("GET", "/applications/@me", _application),
    _route("GET", "/gateway", _gateway),
    _route("GET", "/gateway/bot", _gateway_bot),
    _route("GET", "/guilds/{guild}", _guild),
    _route("GET", "/guilds/{guild}/members/{user}", _member),
    _route("GET", "/guilds/{guild}/{part}", _guild),
    _route("GET", "/applications/{application}/commands", _get_commands),
    _route("PUT", "/applications/{application}/commands", _put_commands),
    _route("GET", "/applications/{application}/guilds/{guild}/commands", _get_commands),
    _route("PUT", "/applications/{application}/guilds/{guild}/commands", _put_commands),
    _route("GET", "/channels/{channel}", _channel),
    _route("POST", "/channels/{channel}/typing", _typing),
    _route("GET", "/channels/{channel}/messages", _list_messages),
    _route("POST", "/channels/{channel}/messages", _create_message),
    _route("GET", "/channels/{channel}/messages/{message}", _get_message),
    _route("PATCH", "/channels/{channel}/messages/{message}", _edit_message),
    _route("DELETE", "/channels/{channel}/messages/{message}", _delete_message),
    _route("POST", "/interactions/{interaction}/{token}/callback", _callback),
    _route("POST", "/webhooks/{application}/{token}", _follow_up),
    _route("GET", "/webhooks/{application}/{token}/messages/{message}", _get_answer),
    _route("PATCH", "/webhooks/{application}/{token}/messages/{message}", _edit_answer),
    _route("DELETE", "/webhooks/{application}/{token}/messages/{message}", _delete_answer),
]
