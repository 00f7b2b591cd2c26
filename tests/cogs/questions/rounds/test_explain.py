"""`/explain`, the buttons and the menu on posts: every number can be asked about, by anybody, after every restart."""

from __future__ import annotations

import re
from typing import Any

import discord
import pytest

from bot.domain.buttons import SessionRecap
from bot.present.card import Card
from bot.present.words.rounds.explain import figures_menu
from rigs.builders import a_guid, a_player, a_session, an_r1, an_r2
from rigs.guild import GuildWorld, text_of, the_answer
from tests.cogs.questions.rounds.test_sessions import children

ANNA = a_guid("anna")
FIRST = an_r1(players=[a_player("anna", kills=9, deaths=3), a_player("ben", team=2, kills=3, deaths=9)])
SECOND = an_r2(FIRST, players=[a_player("anna", team=2, kills=4, deaths=1), a_player("ben", kills=1, deaths=4)])
ALONE = an_r1(at="2026-03-02-210000", map="radar", players=[a_player("anna", kills=1)])


async def test_the_overview_answers_why_a_shots_number_is_low(world: GuildWorld) -> None:
    await world.play(FIRST, SECOND, ALONE)
    result = await world.anna.slash(world.channel, "explain", player="anna")
    shown = text_of(result)
    assert the_answer(result).ephemeral
    assert world.deferred()
    assert "**Shots 158**: the sum over 2 rounds" in shown
    assert "**K/D 3.25**: 13 kills / 4 deaths, over 2 rounds" in shown
    assert "-# Shots: the game takes a shot back when a knife or bullet hits a corpse" in shown
    assert "-# Accuracy: only pistols and sub-machine guns count here" in shown
    assert f"`{ALONE.name}`: fewer than two humans played" in shown


async def test_a_figure_is_told_round_by_round_with_its_files(world: GuildWorld) -> None:
    await world.play(FIRST, SECOND)
    shown = text_of(await world.anna.slash(world.channel, "explain", player="anna", stat="kills"))
    assert f"**#2** `{SECOND.name}`, round 1: `{FIRST.name}`" in shown
    assert f"**#1** `{FIRST.name}`" in shown
    assert re.search(r"^R2 #2 Supply +13 +9 +4$", shown, re.MULTILINE)
    assert re.search(r"^R1 #1 Supply +9 +– +9$", shown, re.MULTILINE)
    assert "minus round 1: the file holds the sum of both rounds: #2" in shown
    assert "as written: #1" in shown


@pytest.mark.parametrize("typed", ["shots", "SHOTS", "Shots ", "accuracy", "Accuracy", "hits", "K/D", "bullets"])
async def test_figures_are_taken_by_name_or_title(world: GuildWorld, typed: str) -> None:
    await world.play(FIRST, SECOND)
    shown = text_of(await world.anna.slash(world.channel, "explain", player="anna", stat=typed))
    assert shown.startswith("Why: ")


async def test_an_unknown_figure_gets_a_sentence(world: GuildWorld) -> None:
    await world.play(FIRST)
    shown = text_of(await world.anna.slash(world.channel, "explain", stat="**@everyone**"))
    assert shown.startswith("I know no stat called ")
    assert "`shots`" in shown


async def test_the_menu_offers_shots_first_and_never_too_much(world: GuildWorld) -> None:
    await world.play(FIRST)
    for typed in ("", "sho", "kd", "revive", "\0", "x" * 6000):
        choices = await world.anna.autocomplete(world.channel, "explain", "stat", typed)
        assert len(choices) <= 25
        assert all(0 < len(choice["name"]) <= 100 for choice in choices)
    (shots, *_) = await world.anna.autocomplete(world.channel, "explain", "stat", "sho")
    assert shots["value"] == "shots"


async def test_who_did_not_play_in_a_scope_is_told_so(world: GuildWorld) -> None:
    cleo = an_r1(at="2026-03-02-210000", map="radar", players=[a_player("cleo", kills=1), a_player("dan", team=2)])
    await world.play(FIRST, cleo)
    for figure in ({}, {"stat": "kd"}):
        shown = text_of(await world.anna.slash(world.channel, "explain", player="anna", when="radar", **figure))
        assert shown == "anna has played no round in this scope: all time, Radar."


async def test_pages_are_turned_in_place_and_belong_to_who_asked(world: GuildWorld) -> None:
    await world.play(*a_session(6, players=6))
    guid = str(await world.bot.app.db.value("SELECT guid FROM player_rounds WHERE counted ORDER BY guid LIMIT 1"))
    message = the_answer(await world.anna.slash(world.channel, "explain", player=guid, stat="shots"))
    assert "Page 1 of 2" in text_of(message)
    await world.restart()
    await world.anna.click(message, label="Older")
    assert world.deferred()
    theirs = await world.post(Card(title="seen by all", buttons=(("Older", f"ex:{world.anna.id}:{guid}:shots:1:all"),)))
    copy = the_answer(await world.admin.click(theirs, label="Older"))
    assert copy.ephemeral
    assert "belongs to" not in text_of(copy)
    assert "Page 2 of 2" in text_of(await edited(world, theirs))


async def edited(world: GuildWorld, message: discord.Message) -> discord.Message:
    """A message of the channel, after its owner has clicked its button."""
    await world.anna.click(message, label="Older")
    shown = world.channel.last_message
    assert shown is not None
    return shown


async def test_another_figure_is_picked_from_the_menu(world: GuildWorld) -> None:
    await world.play(FIRST, SECOND)
    menu = figures_menu(f"exf:{world.anna.id}:{ANNA}:supply")
    message = await world.post(Card(title="anna", menus=(menu,)))
    copy = the_answer(await world.admin.select(message, ["accuracy"]))
    assert copy.ephemeral
    assert "belongs to" not in text_of(copy)
    await world.anna.select(message, ["accuracy"])
    assert world.deferred()
    shown = world.channel.last_message
    assert shown is not None
    assert text_of(shown).startswith("Why: Accuracy of anna")
    assert "all time, Supply" in text_of(shown)


async def test_the_button_under_a_round_tells_its_story_to_anybody(world: GuildWorld) -> None:
    await world.play(FIRST, SECOND)
    message = the_answer(await world.anna.slash(world.channel, "round"))
    await world.restart()
    result = await world.admin.click(message, label="Explain")
    shown = text_of(result)
    assert the_answer(result).ephemeral
    assert shown.splitlines()[:2] == [
        "Why round 2 of match #1 is what it is",
        "Round 2's file holds both rounds. anna: 13 kills in it − 9 in round 1 = 4.",
    ]
    assert ".txt" not in shown
    details = await turned(world, the_answer(result), "Details")
    assert f"Its round 1: `{FIRST.name}`" in text_of(details)
    assert re.search(r"^anna +13 +9 +4$", text_of(details), re.MULTILINE)
    other = await turned(world, details, "Round 1")
    assert text_of(other).startswith("Why round 1 of match #1 is what it is")
    assert "anna: 9 kills in the file = 9 in this round: " in text_of(await turned(world, other, "In short"))


async def test_what_is_shared_names_no_file(world: GuildWorld) -> None:
    await world.play(FIRST, SECOND)
    number = the_answer(await world.anna.slash(world.channel, "explain", player="anna", stat="kills"))
    round_ = the_answer(await world.anna.slash(world.channel, "round"))
    story = the_answer(await world.anna.click(round_, label="Explain"))
    await world.anna.click(story, label="Details")
    for answer, kept in ((number, "Why: Kills of anna"), (story, "Why round 2 of match #1 is what it is")):
        shared = the_answer(await world.anna.click(answer, label="Share"))
        assert not shared.ephemeral
        assert kept in text_of(shared)
        assert ".txt" not in text_of(shared)
        assert "header" not in text_of(shared)
        assert re.search(r"^anna|^R2 #2", text_of(shared), re.MULTILINE)


async def turned(world: GuildWorld, message: Any, label: str) -> Any:
    """The answer after a press on one of its buttons."""
    result = await world.admin.click(message, label=label)
    return the_answer(result) if result.followups else message


async def test_the_menu_on_a_recap_offers_its_rounds(world: GuildWorld) -> None:
    await world.play(FIRST, SECOND)
    key = await world.bot.app.db.value("SELECT key FROM rounds WHERE id = 1")
    post = await world.post(Card(title="a recap", buttons=(("Session", str(SessionRecap(round=key))),)))
    asked = the_answer(await world.anna.context_menu(world.channel, "Explain", post))
    assert "Which round of this session?" in text_of(asked)
    custom_id = next(child["custom_id"] for child in children(asked) if child.get("options"))
    await world.anna.select(asked, custom_id=custom_id, values=[key])
    assert text_of(asked).startswith("Why round 1 of match #1 is what it is")


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("leaderboard", {"stat": "kills"}),
        ("leaderboard", {"stat": "kills", "when": "supply"}),
        ("records", {}),
        ("maps", {}),
        ("session", {}),
    ],
)
async def test_the_menu_on_a_board_or_a_session_offers_its_rounds(
    world: GuildWorld, command: str, options: dict[str, str]
) -> None:
    later = an_r1(at="2026-03-03-210000", map="radar", players=[a_player("anna", kills=2), a_player("ben", team=2)])
    await world.play(FIRST, SECOND, *([] if command == "session" else [later]))
    await world.anna.slash(world.channel, command, **options)
    board = world.channel.last_message
    assert board is not None
    asked = the_answer(await world.admin.context_menu(world.channel, "Explain", board))
    assert asked.ephemeral
    (menu,) = [child for child in children(asked) if child.get("options")]
    rounds = [option["label"].partition(" · ")[0] for option in menu["options"]]
    of_supply = ["Supply, round 1", "Supply, round 2"]
    assert rounds == of_supply + ([] if command == "session" or options.get("when") else ["Radar, round 1"])
    await world.admin.select(asked, custom_id=menu["custom_id"], values=[menu["options"][1]["value"]])
    assert text_of(asked).startswith("Why round 2 of match #1 is what it is")


async def test_the_button_under_a_player_s_numbers_is_for_anybody(world: GuildWorld) -> None:
    await world.play(FIRST, SECOND)
    message = the_answer(await world.anna.slash(world.channel, "stats", player="anna", when="supply"))
    result = await world.admin.click(message, label="Explain")
    assert the_answer(result).ephemeral
    assert text_of(result).startswith("Why: the stats of anna")
    assert "all time, Supply" in text_of(result)


@pytest.mark.parametrize("buttons", [("round:2:round",), ("round:2:match",), ("explain:round:2",)])
async def test_the_menu_on_a_post_finds_its_round(world: GuildWorld, buttons: tuple[str, ...]) -> None:
    await world.play(FIRST, SECOND)
    message = await world.post(Card(title="a post", buttons=tuple(("Button", one) for one in buttons)))
    shown = text_of(await world.anna.context_menu(world.channel, "Explain", message))
    assert shown.startswith("Why round 2 of match #1 is what it is")


async def test_the_menu_on_an_answer_about_a_player_explains_his_numbers(world: GuildWorld) -> None:
    await world.play(FIRST, SECOND)
    message = await world.post(Card(title="anna", buttons=(("Explain", f"explain:1:{ANNA}:all"),)))
    assert text_of(await world.anna.context_menu(world.channel, "Explain", message)).startswith("Why: the stats of")


async def test_the_menu_on_anything_else_says_what_it_is_for(world: GuildWorld) -> None:
    await world.play(FIRST)
    await world.post(Card(title="no buttons"))
    theirs = await world.admin.send(world.channel, "look, round:1:round")
    digest = await world.post(Card(title="a digest", buttons=(("Session", "digest:4:digest"),)))
    for message in (theirs, digest):
        shown = text_of(await world.anna.context_menu(world.channel, "Explain", message))
        assert shown.startswith("That is no post of mine about rounds or a player")


async def test_a_post_of_a_round_that_is_gone_says_so(world: GuildWorld) -> None:
    await world.play(FIRST)
    message = await world.post(Card(title="a post", buttons=(("Explain", "explain:round:99"),)))
    assert text_of(await world.anna.click(message, label="Explain")) == "That round is not in this database any more."


async def test_a_round_that_does_not_count_tells_why(world: GuildWorld) -> None:
    await world.play(ALONE)
    message = await world.post(Card(title="a post", buttons=(("Explain", "explain:round:1"),)))
    assert "The round does not count: fewer than two humans played" in text_of(
        await world.anna.click(message, label="Explain")
    )
