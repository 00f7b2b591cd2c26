"""Commands as they are registered, and the choices that are offered while somebody types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rigs.discord_rules.shapes import Shape, by_type, either, fields, flag, items, number, one_of, text, twice, whole

SLASH, OF_USER, OF_MESSAGE = 1, 2, 3
MOST = {SLASH: 100, OF_USER: 15, OF_MESSAGE: 15}
"""Commands of one type in one scope."""
COMMAND_CHARACTERS = 8_000
"""Names, descriptions and values of a command and all that is in it."""
SUBCOMMAND, GROUP, STRING, INTEGER, NUMBER = 1, 2, 3, 4, 10

_named: dict[str, Shape] = {"name": text(32, least=1, pattern=r"[-_'\w]+"), "description": text(100, least=1)}


def _localized(most: int) -> Shape:
    def shape(value: Any, place: str) -> Iterator[str]:
        for language, words in value.items():
            yield from text(most, least=1)(words, f"{place}.{language}")

    return shape


_translated = {"name_localizations": _localized(32), "description_localizations": _localized(100)}


def _choices(value: Shape) -> Shape:
    return items(fields({"name": text(100, least=1), "value": value}, name_localizations=_localized(100)), 25)


def _option(kind: int, **known: Shape) -> Shape:
    return fields({"type": one_of(kind), **_named}, **_translated, required=flag, **known)


_integer = whole(-(2**53), 2**53)
_plain: dict[int, Shape] = {
    STRING: _option(
        STRING,
        choices=_choices(text(100)),
        autocomplete=flag,
        min_length=whole(0, 6_000),
        max_length=whole(1, 6_000),
    ),
    INTEGER: _option(INTEGER, choices=_choices(_integer), autocomplete=flag, min_value=_integer, max_value=_integer),
    5: _option(5),
    6: _option(6),
    7: _option(7, channel_types=items(whole(0, 16), 17)),
    8: _option(8),
    9: _option(9),
    NUMBER: _option(NUMBER, choices=_choices(number), autocomplete=flag, min_value=number, max_value=number),
    11: _option(11),
}
_subcommand = fields({"type": one_of(SUBCOMMAND), **_named}, **_translated, options=items(by_type(_plain), 25))
_group = fields(
    {"type": one_of(GROUP), **_named},
    **_translated,
    options=items(by_type({SUBCOMMAND: _subcommand}), 25, least=1),
)
_scope: dict[str, Shape] = {
    "id": text(20, pattern=r"\d+"),
    "nsfw": flag,
    "dm_permission": flag,
    "default_member_permissions": either(whole(0, 2**64 - 1), text(20, pattern=r"\d+")),
    "contexts": items(whole(0, 2), 3),
    "integration_types": items(whole(0, 1), 2),
}
_menu_command = fields(
    {"name": text(32, least=1), "type": whole(OF_USER, OF_MESSAGE)},
    name_localizations=_localized(32),
    description=text(0),
    options=items(one_of(), 0),
    **_scope,
)
_slash = fields(
    _named,
    **_translated,
    type=one_of(SLASH),
    options=items(by_type({**_plain, SUBCOMMAND: _subcommand, GROUP: _group}), 25),
    **_scope,
)
COMMANDS = items(
    lambda value, place: (_menu_command if _type(value) in (OF_USER, OF_MESSAGE) else _slash)(value, place), 130
)
CHOICES = fields({"choices": _choices(either(text(100), number))})


def _type(command: Any) -> int | None:
    return command.get("type", SLASH) if isinstance(command, Mapping) else None


def commands(body: Any) -> list[str]:
    """What is wrong with a list of commands."""
    wrong = list(COMMANDS(body, "commands"))
    if wrong:
        return wrong
    for kind, most in MOST.items():
        names = [command["name"] for command in body if _type(command) == kind]
        if len(names) > most:
            wrong.append(f"commands: {len(names)} of type {kind}, {most} allowed")
        wrong += twice(names, "commands", "name")
    for command in body:
        place = f"/{command['name']}"
        if _characters(command) > COMMAND_CHARACTERS:
            wrong.append(f"{place}: {_characters(command)} characters in sum, {COMMAND_CHARACTERS} allowed")
        if _type(command) == SLASH:
            wrong += _of_options(command, place)
    return wrong


def _of_options(node: Mapping[str, Any], place: str) -> Iterator[str]:
    if node["name"] != node["name"].lower():
        yield f"{place}: the name has capitals"
    options = node.get("options") or []
    nested = [option["type"] in (SUBCOMMAND, GROUP) for option in options]
    if any(nested) and not all(nested):
        yield f"{place}.options: subcommands and options side by side"
    needed = [bool(option.get("required")) for option in options]
    if needed != sorted(needed, reverse=True):
        yield f"{place}.options: one that is needed stands behind one that is not"
    yield from twice([option["name"] for option in options], f"{place}.options", "name")
    for option in options:
        yield from _of_options(option, f"{place}.{option['name']}")
        yield from _of_value(option, f"{place}.{option['name']}")


def _of_value(option: Mapping[str, Any], place: str) -> Iterator[str]:
    choices = option.get("choices") or []
    if choices and option.get("autocomplete"):
        yield f"{place}: choices and autocompletion exclude each other"
    yield from twice([choice["name"] for choice in choices], f"{place}.choices", "name")
    for least, most in (("min_value", "max_value"), ("min_length", "max_length")):
        low, high = option.get(least), option.get(most)
        if low is not None and high is not None and low > high:
            yield f"{place}: {least} {low} is more than {most} {high}"


def _characters(node: Mapping[str, Any]) -> int:
    own = len(node["name"]) + len(node.get("description") or "")
    chosen = sum(len(choice["name"]) + len(str(choice["value"])) for choice in node.get("choices") or [])
    return own + chosen + sum(map(_characters, node.get("options") or []))
