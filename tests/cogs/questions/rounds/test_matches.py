"""`/match`: its tabs, for whoever asked, also after a restart, and what it says of a match that is not whole."""

from __future__ import annotations

from typing import Any

import pytest

from bot.present.card import Card
from rigs.builders import RoundFile, a_player, an_r1, an_r2
from rigs.guild import GuildWorld, text_of, the_answer
from tests.cogs.questions.rounds.test_sessions import a_match, children


def tabs(message: Any) -> dict[str, bool]:
    """Label of each button → it can be pressed now."""
    return {str(one["label"]): not one.get("disabled", False) for one in children(message) if one.get("label")}


def pictures(message: Any) -> list[str]:
    """What the pictures of a message show, in words."""
    return [one.description or "" for one in message.attachments]


async def turned(world: GuildWorld, message: Any, label: str) -> Any:
    """The message after a press on one of its buttons."""
    await world.anna.click(message, label=label)
    assert world.channel.last_message is not None
    return world.channel.last_message


async def test_the_tab_that_is_shown_cannot_be_pressed_and_every_other_can(world: GuildWorld) -> None:
    await world.play(*a_match("2026-03-01-210000"))
    message: Any = the_answer(await world.anna.slash(world.channel, "match"))
    for label in ("Total", "Round 1", "Round 2", "Total"):
        if not tabs(message)[label]:
            continue
        message = await turned(world, message, label)
        assert not tabs(message)[label]
        assert [name for name, works in tabs(message).items() if not works] == [label]


async def test_each_tab_tells_of_its_own_rounds(world: GuildWorld) -> None:
    await world.play(*a_match("2026-03-01-210000"))
    total = the_answer(await world.anna.slash(world.channel, "match"))
    assert "both rounds added up" in text_of(total)
    first = await turned(world, total, "Round 1")
    assert "Supply, round 1: " in text_of(first)
    assert text_of(first).endswith("#1")
    assert ".txt" not in text_of(first), "who plays knows no files"
    second = await turned(world, first, "Round 2")
    assert "Supply, round 2: " in text_of(second)
    assert all(pictures(message) and all(pictures(message)) for message in (total, first, second))


async def test_every_tab_leads_to_its_players_and_to_the_session_as_the_post_does(world: GuildWorld) -> None:
    await world.play(*a_match("2026-03-01-210000"))
    message: Any = the_answer(await world.anna.slash(world.channel, "match"))
    for label, title in (
        ("Total", "Supply, both rounds: players"),
        ("Round 1", "Supply, round 1: players"),
        ("Round 2", "Supply, round 2: players"),
    ):
        if tabs(message)[label]:
            message = await turned(world, message, label)
        assert [*tabs(message)][3:] == ["Players", "Weapons", "Explain", "Session"]
        players = the_answer(await world.anna.click(message, label="Players"))
        assert players.embeds[0].title == title
        assert players.ephemeral
        session = the_answer(await world.anna.click(message, label="Session"))
        assert session.embeds[0].title == "anna's team won the evening 1–0"


async def test_tabs_answer_after_a_restart(world: GuildWorld) -> None:
    await world.play(*a_match("2026-03-01-210000"))
    message = the_answer(await world.anna.slash(world.channel, "match"))
    await world.restart()
    assert "Supply, round 1: " in text_of(await turned(world, message, "Round 1"))
    assert world.deferred()


async def test_a_tab_of_a_match_that_is_gone_says_so(world: GuildWorld) -> None:
    await world.play(*a_match("2026-03-01-210000"))
    message = await world.post(Card(title="supply", buttons=(("Total", f"m:{world.anna.id}:99:total"),)))
    (answer,) = (await world.anna.click(message, label="Total")).followups
    assert (answer.content, answer.ephemeral) == ("That match is not in this database any more.", True)


async def test_the_default_is_the_newest_match_that_was_finished(world: GuildWorld) -> None:
    await world.play(*a_match("2026-03-01-210000"), an_r1(at="2026-03-01-230000", map="radar"))
    assert " beat ben's team on Supply" in text_of(await world.anna.slash(world.channel, "match"))


async def test_a_match_of_which_a_round_does_not_count_has_no_winner_and_says_why(world: GuildWorld) -> None:
    first, second = a_match("2026-03-01-210000")
    await world.play(first, second)
    await world.bot.app.repairs.ignore([second.name], reason="a test", by="a test")
    message = the_answer(await world.anna.slash(world.channel, "match", match="1"))
    assert "**Not counted**: ignored by an admin" in text_of(message) or "**Not counted**: a test" in text_of(message)
    assert "added up" not in text_of(message)
    assert " wins" not in text_of(message)
    assert "Supply, round 1: " in text_of(await turned(world, message, "Round 1"))


async def test_a_round_2_without_its_round_1_is_shown_by_itself(world: GuildWorld) -> None:
    _, second = a_match("2026-03-01-210000")
    await world.play(second)
    message = the_answer(await world.anna.slash(world.channel, "match"))
    assert "**Not counted**: its round 1 is not here" in text_of(message)
    assert "Round 1" not in tabs(message)


def one_alone() -> list[RoundFile]:
    first = an_r1(players=[a_player("anna", team=2, kills=1)])
    return [first, an_r2(first)]


async def test_one_player_alone_is_shown(world: GuildWorld) -> None:
    await world.play(*one_alone())
    message = the_answer(await world.anna.slash(world.channel, "match"))
    assert "fewer than two humans played" in text_of(message)
    assert any("anna" in said for said in pictures(message))


@pytest.mark.parametrize("typed", ["", "supp", "#1", "1", "%", "_", "'", "\0", "\u202e", "x" * 6000, "@everyone"])
async def test_the_menu_takes_whatever_is_typed_and_offers_finished_matches(world: GuildWorld, typed: str) -> None:
    await world.play(*a_match("2026-03-01-210000"), an_r1(at="2026-03-01-230000", map="radar"))
    choices = await world.anna.autocomplete(world.channel, "match", "match", typed)
    offered = [(choice["name"], choice["value"]) for choice in choices]
    assert offered[-1] == ("#1 Supply · 2026-03-01 21:08 UTC", "1")
    unread = [name for name, _ in offered[:-1]]
    assert len(unread) == (typed not in ("", "supp", "#1", "1", "\0"))
    assert all(name.startswith("“") for name in unread)


@pytest.mark.parametrize(
    ("typed", "first"),
    [("#1", "#1 Supply"), ("#2", "#1 Supply"), ("2", "#1 Supply"), ("#3", "#3 Radar"), ("#4", "“#4” is no match")],
)
async def test_the_menu_finds_whatever_the_command_finds_by_a_number(world: GuildWorld, typed: str, first: str) -> None:
    await world.play(*a_match("2026-03-01-210000"), an_r1(at="2026-03-01-230000", map="radar"))
    choices = await world.anna.autocomplete(world.channel, "match", "match", typed)
    assert choices[0]["name"].startswith(first)
    asked = text_of(await world.anna.slash(world.channel, "match", match=typed))
    assert asked.startswith("I know no match") == first.startswith("“")


async def test_a_round_leads_to_its_match(world: GuildWorld) -> None:
    await world.play(*a_match("2026-03-01-210000"))
    message = the_answer(await world.anna.slash(world.channel, "round"))
    assert "both rounds added up" in text_of(await turned(world, message, "Match"))
