"""Messages: their text, embeds, buttons and menus, files, and whom they may call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rigs.discord_rules.shapes import (
    Shape,
    bits,
    by_type,
    either,
    fields,
    flag,
    items,
    number,
    one_of,
    snowflake,
    text,
    twice,
    whole,
)

EMBED_CHARACTERS: Final = 6_000
"""Of all embeds of a message together."""
SUPPRESS_EMBEDS, EPHEMERAL, SUPPRESS_NOTIFICATIONS = 1 << 2, 1 << 6, 1 << 12
ROW, BUTTON, MENU, USERS, ROLES, MENTIONABLE, CHANNELS = 1, 2, 3, 5, 6, 7, 8
LINE, LABEL = 4, 18
LINK, PREMIUM = 5, 6

_address = text(2_048, least=1, pattern=r"(?:https?|attachment)://\S+")
_timestamp = text(40, pattern=r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?")
_media = fields({"url": _address})
EMBED = fields(
    type=one_of("rich"),
    flags=whole(0, 2**31 - 1),
    title=text(256),
    description=text(4_096),
    url=text(2_048, pattern=r"https?://\S+"),
    timestamp=_timestamp,
    color=whole(0, 0xFFFFFF),
    footer=fields({"text": text(2_048, least=1)}, icon_url=_address),
    image=_media,
    thumbnail=_media,
    author=fields({"name": text(256, least=1)}, url=text(2_048, pattern=r"https?://\S+"), icon_url=_address),
    fields=items(fields({"name": text(256, least=1), "value": text(1_024, least=1)}, inline=flag), 25),
)
_emoji = fields(id=snowflake, name=text(100), animated=flag)
_custom_id = text(100, least=1)
_button = fields(
    {"type": one_of(BUTTON), "style": whole(1, PREMIUM)},
    id=whole(0, 2**31 - 1),
    custom_id=_custom_id,
    label=text(80),
    emoji=_emoji,
    url=text(512, pattern=r"(?:https?|discord)://\S+"),
    sku_id=snowflake,
    disabled=flag,
)
_menu: dict[str, Shape] = {
    "id": whole(0, 2**31 - 1),
    "placeholder": text(150),
    "min_values": whole(0, 25),
    "max_values": whole(1, 25),
    "disabled": flag,
    "required": flag,
}
_option = fields(
    {"label": text(100, least=1), "value": text(100, least=1)}, description=text(100), emoji=_emoji, default=flag
)
_preset = items(fields({"id": snowflake, "type": one_of("user", "role", "channel")}), 25)


def _entity_menu(kind: int, **known: Shape) -> Shape:
    return fields({"type": one_of(kind), "custom_id": _custom_id}, default_values=_preset, **_menu, **known)


COMPONENTS = by_type(
    {
        BUTTON: _button,
        MENU: fields(
            {"type": one_of(MENU), "custom_id": _custom_id, "options": items(_option, 25, least=1)},
            **_menu,
        ),
        USERS: _entity_menu(USERS),
        ROLES: _entity_menu(ROLES),
        MENTIONABLE: _entity_menu(MENTIONABLE),
        CHANNELS: _entity_menu(CHANNELS, channel_types=items(whole(0, 16), 17)),
    }
)
ROWS = items(
    fields(
        {"type": one_of(ROW), "components": items(COMPONENTS, 5, least=1)},
        id=whole(0, 2**31 - 1),
    ),
    5,
)
_line = fields(
    {"type": one_of(LINE), "custom_id": _custom_id, "style": whole(1, 2)},
    id=whole(0, 2**31 - 1),
    label=text(45),
    min_length=whole(0, 4_000),
    max_length=whole(1, 4_000),
    required=flag,
    value=text(4_000),
    placeholder=text(100),
)
_label = fields(
    {"type": one_of(LABEL), "label": text(45, least=1), "component": _line},
    id=whole(0, 2**31 - 1),
    description=text(100),
)
MODAL = fields({"title": text(45, least=1), "custom_id": _custom_id, "components": items(_label, 5, least=1)})
"""A window with lines to fill in."""
ALLOWED_MENTIONS = fields(
    parse=items(one_of("users", "roles", "everyone"), 3),
    users=items(snowflake, 100),
    roles=items(snowflake, 100),
    replied_user=flag,
)
ATTACHMENT = fields(
    {"id": snowflake},
    filename=text(1_024, least=1),
    description=text(1_024),
    title=text(1_024),
    is_spoiler=flag,
    duration_secs=number,
    waveform=text(400),
    # what discord.py repeats of a file that stays
    size=whole(0, 2**53),
    url=text(2_048),
    proxy_url=text(2_048),
    spoiler=flag,
    content_type=text(200),
    height=whole(0, 2**31),
    width=whole(0, 2**31),
)
_parts: dict[str, Shape] = {
    "content": text(2_000),
    "embeds": items(EMBED, 10),
    "components": ROWS,
    "allowed_mentions": ALLOWED_MENTIONS,
    "attachments": items(ATTACHMENT, 10),
    "tts": flag,
}
CREATED = fields(
    **_parts,
    nonce=either(whole(-(2**63), 2**63 - 1), text(25, least=1)),
    enforce_nonce=flag,
    flags=bits(SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS),
    sticker_ids=items(snowflake, 3),
    message_reference=fields(
        {"message_id": snowflake}, type=whole(0, 1), channel_id=snowflake, guild_id=snowflake, fail_if_not_exists=flag
    ),
)
EDITED = fields(**_parts, flags=bits(SUPPRESS_EMBEDS))
ANSWER = fields(**_parts, flags=bits(SUPPRESS_EMBEDS | EPHEMERAL | SUPPRESS_NOTIFICATIONS))
"""What answers an interaction: its first message, or one that follows."""


SAYING = ("content", "embeds", "components", "attachments", "sticker_ids")
"""A new message has one of these at least."""


def message(body: Any, shape: Shape = ANSWER, *, new: bool = True) -> list[str]:
    """What is wrong with a message; `new`: it is not an edit, so it has to say something."""
    wrong = list(shape(body, ""))
    if not wrong:
        wrong = [*_embeds(body), *_controls(body), *_attachments(body, new=new), *_mentions(body)]
        if new and not any(
            body.get(part) for part in ("content", "embeds", "components", "attachments", "sticker_ids")
        ):
            wrong.append("content: empty, and so is everything else")
    return wrong


def _embeds(body: Mapping[str, Any]) -> Iterator[str]:
    embeds = body.get("embeds") or []
    total = sum(map(_length, embeds))
    if total > EMBED_CHARACTERS:
        yield f"embeds: {total} characters in sum, {EMBED_CHARACTERS} allowed"


def _length(embed: Mapping[str, Any]) -> int:
    texts = [embed.get("title"), embed.get("description"), (embed.get("footer") or {}).get("text")]
    texts += [(embed.get("author") or {}).get("name")]
    texts += [field[part] for field in embed.get("fields") or [] for part in ("name", "value")]
    return sum(len(each) for each in texts if each)


def _controls(body: Mapping[str, Any]) -> Iterator[str]:
    ids: list[str] = []
    for number_of_row, row in enumerate(body.get("components") or []):
        place = f"components[{number_of_row}]"
        if len(row["components"]) > 1 and any(part["type"] != BUTTON for part in row["components"]):
            yield f"{place}: a menu has its row to itself"
        for at, part in enumerate(row["components"]):
            ids += filter(None, [part.get("custom_id")])
            yield from (_of_button if part["type"] == BUTTON else _of_menu)(part, f"{place}.components[{at}]")
    yield from twice(ids, "components", "custom_id")


def _of_button(button: Mapping[str, Any], place: str) -> Iterator[str]:
    wanted = {LINK: "url", PREMIUM: "sku_id"}.get(button["style"], "custom_id")
    given = {name for name in ("custom_id", "url", "sku_id") if button.get(name)}
    if given != {wanted}:
        yield f"{place}: style {button['style']} has its {wanted} and nothing else, not {sorted(given)}"
    if button["style"] != PREMIUM and not button.get("label") and not button.get("emoji"):
        yield f"{place}: neither label nor emoji"


def _of_menu(menu: Mapping[str, Any], place: str) -> Iterator[str]:
    least, most = menu.get("min_values"), menu.get("max_values")
    least, most = 1 if least is None else least, 1 if most is None else most
    if least > most:
        yield f"{place}: min_values {least} is more than max_values {most}"
    options = menu.get("options") or []
    yield from twice([option["value"] for option in options], f"{place}.options", "value")
    chosen = sum(bool(option.get("default")) for option in options)
    if chosen > most:
        yield f"{place}.options: {chosen} are chosen from the start, {most} allowed"


def _attachments(body: Mapping[str, Any], *, new: bool) -> Iterator[str]:
    listed = body.get("attachments")
    yield from twice([str(each["id"]) for each in listed or []], "attachments", "id")
    if listed is None and not new:
        return  # what is there stays, and its names are not known here
    names = {each.get("filename") for each in listed or []}
    for at, embed in enumerate(body.get("embeds") or []):
        for part in ("image", "thumbnail"):
            address = (embed.get(part) or {}).get("url", "")
            if address.startswith("attachment://") and address.removeprefix("attachment://") not in names:
                yield f"embeds[{at}].{part}.url: {address} is not attached"


def _mentions(body: Mapping[str, Any]) -> Iterator[str]:
    """The house's own rule: player names are hostile, so nothing ever calls anybody."""
    allowed = body.get("allowed_mentions")
    if allowed is None:
        yield "allowed_mentions: absent, so that everything may be mentioned"
    elif "parse" not in allowed:
        yield "allowed_mentions.parse: absent, so that it is not said what is meant"
    elif awake := sorted(key for key, value in allowed.items() if value):
        yield f"allowed_mentions: {', '.join(awake)} may be mentioned"
