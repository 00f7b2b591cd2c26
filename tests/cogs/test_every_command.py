"""Every command, on every kind of data: a sentence or a card, never an exception, nothing alive in a name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import discord
import pytest
from discord import app_commands
from discord.ext import commands
from simcord.results import InteractionResult
from wcwidth import wcswidth

from bot.client import COG_ROOMS, cogs
from rigs.builders import a_guid, a_player, a_session, an_r1, an_r2
from rigs.guild import GuildWorld, text_of, the_answer
from tests.present.checks import BLOCK, COLUMNS
from tests.present.discord_markup import LINK, MENTION

HOSTILE = (
    "**<@1>** http://a.b", "^1" * 18, "\u202eevil", "漢" * 32, "[a](http://b.c)", "@everyone", "```", "مرحبا", "`|||`",
    "\u3164", "a" * 35,
)  # fmt: skip
LISTED: tuple[tuple[str, dict[str, str]], ...] = (
    ("stats", {}),
    ("stats", {"player": "anna"}),
    ("stats", {"player": "anna", "when": "supply r2 attack"}),
    ("stats", {"when": "last session"}),
    ("leaderboard", {"stat": "revives"}),
    ("leaderboard", {"stat": "kd", "when": "30d"}),
    ("leaderboard", {"stat": "win_rate", "when": "supply"}),
    ("session", {}),
    ("session", {"session": "2026-03-01"}),
    ("sessions", {}),
    ("match", {}),
    ("match", {"match": "1"}),
    ("round", {}),
    ("round", {"round": "2"}),
    ("compare", {"player": "anna", "other": "ben"}),
    ("compare", {"player": "ben"}),
    ("weapons", {}),
    ("weapons", {"player": "anna"}),
    ("weapons", {"weapon": "MP 40"}),
    ("weapons", {"player": "anna", "weapon": "thompson", "when": "supply"}),
    ("map", {"map": "supply"}),
    ("map", {"map": "supply", "when": "r1"}),
    ("maps", {}),
    ("team", {"player": "anna"}),
    ("team", {"player": "anna", "when": "supply"}),
    ("activity", {}),
    ("activity", {"when": "365d"}),
    ("moments", {"player": "anna"}),
    ("moments", {"player": "anna", "when": "r1"}),
    ("maps", {"when": "365d"}),
    ("records", {}),
    ("records", {"when": "supply"}),
    ("awards", {}),
    ("awards", {"session": "2026-03-01"}),
    ("form", {}),
    ("form", {"player": "anna"}),
    ("find", {"player": "ann"}),
    ("me", {}),
    ("help", {}),
    ("explain", {}),
    ("explain", {"player": "anna", "stat": "shots"}),
    ("explain", {"player": "anna", "stat": "kd", "when": "supply"}),
    ("link", {"player": "anna"}),
    ("unlink", {}),
    ("export", {"what": "session"}),
    ("export", {"what": "player", "which": "anna", "format": "json"}),
    ("export", {"what": "match", "which": "1"}),
    ("export", {"what": "scope", "which": "supply"}),
)
OPTIONS = {"player": "anna", "other": "ben", "when": "supply", "stat": "kd", "map": "supply", "name": "ann"}
"""What a command is tried with that is not in the list: an option of another name needs a line there, or here."""


def _unlisted() -> Iterator[tuple[str, dict[str, str]]]:
    """Every other command for everybody, without options where it can do without, and with all that are known."""
    listed = {name for name, _ in LISTED}
    classes = [thing for module in cogs(*COG_ROOMS) for thing in vars(module).values() if isinstance(thing, type)]
    for cog in classes:
        if not issubclass(cog, commands.Cog) or issubclass(cog, commands.GroupCog):
            continue
        for command in cog.__cog_app_commands__:
            if isinstance(command, app_commands.Command) and command.name not in listed:
                if command.default_permissions is not None:
                    continue  # for admins
                needed = [option.display_name for option in command.parameters if option.required]
                known = [option.display_name for option in command.parameters if option.display_name in OPTIONS]
                yield command.name, {name: OPTIONS[name] for name in needed}
                yield command.name, {name: OPTIONS[name] for name in {*needed, *known}}


COMMANDS = (*LISTED, *_unlisted())
PLAYED = (
    a_player("anna", kills=9, deaths=3, revives_given=2, killing_spree=4),
    a_player("ben", team=2, kills=3, deaths=9),
)
FIRST = an_r1(players=[*PLAYED, a_player("cleo"), a_player("dan", team=2)])
PUBLIC = sorted({name for name, _ in COMMANDS})


def check(result: InteractionResult) -> str:
    """Something was said, in time, and nothing that people wrote has come alive."""
    message = the_answer(result)
    shown = text_of(message)
    assert shown.strip() or message.attachments
    bare = re.sub(r"```.*?```|<t:\d+:\w>|</[\w ]+:\d+>|<@\d{15,}>", "", shown, flags=re.DOTALL)
    bare = re.sub(r"https://discord\.com/channels/\d+/\d+/\d+", "", bare)
    assert not MENTION.search(bare), bare
    assert not LINK.search(bare), bare
    assert "That failed" not in shown
    assert not re.search(r"`/[a-z_ ]+`", shown), "each command that is named can be clicked"
    for block in BLOCK.findall(shown):
        assert all(wcswidth(line) <= COLUMNS for line in block.split("\n")), block
    return shown


def check_refusal(world: GuildWorld, result: InteractionResult) -> str:
    """A sentence for who asked; nobody else is left with anything."""
    shown = check(result)
    assert the_answer(result).ephemeral
    assert [m.content for m in world.channel.history(viewer=world.trusted)] == []
    return shown


WRONG = {
    "player": "nobody at all", "other": "nobody at all", "when": "in the year of the cat", "stat": "beauty",
    "map": "no such map", "session": "the other day", "match": "999999", "round": "no such round", "weapon": "spoon",
    "name": "nobody at all", "which": "nothing of the kind",
}  # fmt: skip
"""What no option takes, by the option's name."""
NOT_WRONG = {("export", "what"), ("export", "format"), ("unlink", "member")}
"""Options of which Discord takes nothing wrong."""


def _all_options() -> Iterator[tuple[str, str, dict[str, str]]]:
    """(command, option, all that it needs) of each option of each command for everybody."""
    classes = [thing for module in cogs(*COG_ROOMS) for thing in vars(module).values() if isinstance(thing, type)]
    for cog in classes:
        if not issubclass(cog, commands.Cog) or issubclass(cog, commands.GroupCog):
            continue
        for command in cog.__cog_app_commands__:
            if isinstance(command, app_commands.Command) and command.default_permissions is None:
                needed = {
                    p.display_name: OPTIONS.get(p.display_name, "player") for p in command.parameters if p.required
                }
                for option in command.parameters:
                    if (command.name, option.display_name) not in NOT_WRONG:
                        yield command.name, option.display_name, needed


@pytest.mark.parametrize(("command", "option", "needed"), [*_all_options()])
async def test_a_wrong_input_is_answered_in_private_and_nothing_public_remains(
    world: GuildWorld, command: str, option: str, needed: dict[str, str]
) -> None:
    await world.play(FIRST, an_r2(FIRST))
    wanted = {**needed, option: WRONG[option]}
    if command == "export":
        wanted["what"] = "scope"
    if command == "stats" and option == "when":
        wanted["player"] = "anna"
    check_refusal(world, await world.anna.slash(world.channel, command, **wanted))


@pytest.mark.parametrize(("command", "options"), COMMANDS)
async def test_without_any_data(world: GuildWorld, command: str, options: dict[str, str]) -> None:
    check(await world.anna.slash(world.channel, command, **options))


@pytest.mark.parametrize(("command", "options"), COMMANDS)
async def test_on_a_match(world: GuildWorld, command: str, options: dict[str, str]) -> None:
    await world.play(FIRST, an_r2(FIRST))
    shown = check(await world.anna.slash(world.channel, command, **options))
    assert "imported yet" not in shown


@pytest.mark.parametrize(("command", "options"), COMMANDS)
async def test_with_one_player_alone(world: GuildWorld, command: str, options: dict[str, str]) -> None:
    await world.play(an_r1(players=[a_player("anna", kills=1)]))
    check(await world.anna.slash(world.channel, command, **options))


@pytest.mark.parametrize("command", PUBLIC)
async def test_on_hostile_names_and_forty_players(world: GuildWorld, command: str) -> None:
    crowd = [a_player(name, team=1 + place % 2, kills=place, deaths=1) for place, name in enumerate(HOSTILE)]
    first = an_r1(players=[*crowd, *PLAYED])
    await world.play(first, an_r2(first), *a_session(1, players=40))
    for name, options in COMMANDS:
        if name == command:
            check(await world.anna.slash(world.channel, command, **options))
            for hostile in HOSTILE[:3] if "player" in options else ():
                check(await world.anna.slash(world.channel, command, **{**options, "player": a_guid(hostile)}))


# about whom it is, is asked first: so it is said here
SCOPED = [
    (name, {"player": "anna", **options} if name in ("stats", "team", "moments") else options)
    for name, options in COMMANDS
    if "when" in options
]


@pytest.mark.parametrize(("command", "options"), SCOPED)
@pytest.mark.parametrize("scope", ["radar", "2001-01-01..2001-01-02", "this session", "16v16", "@everyone", "x" * 3000])
async def test_an_empty_or_impossible_scope_gets_a_helpful_sentence(
    world: GuildWorld, command: str, options: dict[str, str], scope: str
) -> None:
    await world.play(FIRST, an_r2(FIRST))
    shown = check_refusal(world, await world.anna.slash(world.channel, command, **{**options, "when": scope}))
    assert "No round counts in this scope" in shown or "I know no period, map or side" in shown
    if "No round" in shown:
        assert "newest round of all ended <t:" in shown


NAMED = [
    (name, {**options, "player": "nobody at all"})
    for name, options in COMMANDS
    if "player" in options and name != "find"
]


@pytest.mark.parametrize(("command", "options"), NAMED)
async def test_an_unknown_player_gets_the_nearest_names(
    world: GuildWorld, command: str, options: dict[str, str]
) -> None:
    await world.play(FIRST, an_r2(FIRST))
    shown = check_refusal(world, await world.anna.slash(world.channel, command, **options))
    assert "I know no player called nobody at all" in shown
    assert "anna" in shown


async def test_every_command_and_option_says_what_it_is(world: GuildWorld) -> None:
    for command in world.bot.tree.walk_commands():
        assert command.description not in ("", "…"), command.qualified_name
        for option in getattr(command, "parameters", ()):
            assert str(option.description) not in ("", "…"), f"{command.qualified_name} {option.name}"


async def test_every_public_command_is_tried_here_and_mentioned_in_the_help(world: GuildWorld) -> None:
    names = {command.name for command in world.bot.tree.get_commands(type=discord.AppCommandType.chat_input)}
    public = names - {"sync", "admin", "settings", "repost", "help", "explain"}
    assert public <= set(PUBLIC)
    await world.play(FIRST)
    shown = text_of(await world.anna.slash(world.channel, "help"))
    for name in public | {"explain"}:
        assert re.search(rf"</{name}:\d+>|`/{name}`", shown), name


@pytest.mark.parametrize("option", ["when", "player", "stat"])
async def test_menus_take_whatever_is_typed(world: GuildWorld, option: str) -> None:
    await world.play(FIRST, an_r2(FIRST))
    command = "leaderboard" if option == "stat" else "stats"
    for typed in ("", "a", "supply", "last s", "30d sup", "%", "\0", "x" * 6000, "\u202e"):
        choices: list[dict[str, Any]] = await world.anna.autocomplete(world.channel, command, option, typed)
        assert len(choices) <= 25
        for choice in choices:
            assert 0 < len(choice["name"]) <= 100
            assert 0 < len(choice["value"]) <= 100
