from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from typing import Any

import discord
import pytest
from simcord.results import ResponseMessage

from bot.domain.posts import PostKind
from bot.domain.stats.metrics import METRICS
from bot.store import links, outbox
from rigs.builders import RoundFile, a_guid, a_player, a_session, an_r1, an_r2, later, swapped, two_teams
from rigs.guild import GuildWorld, text_of, the_answer, typed
from tests.present.discord_markup import LINK, MENTION
from tests.present.words.test_text import MARKUP

HOSTILE = [*MARKUP.values(), "^1" * 36, "漢" * 32, "مرحبا" * 6, "^7"]
WRITABLE = [name for name in HOSTILE if not {"\n", "\ud800"} & {*name}]


def crowd(count: int = 40, *, at: str = "2026-03-01-210000") -> RoundFile:
    """So many players, the first with the most kills."""
    players = [a_player(f"p{i:02}", team=1 + i % 2, kills=count - i, deaths=count - i, xp=i) for i in range(count)]
    return an_r1(at=at, players=players)


async def linked(world: GuildWorld, name: str) -> None:
    """Anna of Discord is this player."""
    await world.bot.app.db.write(lambda tx: links.link(tx, world.anna.id, a_guid(name), by="a test", now=1))


def controls(message: ResponseMessage | discord.Message, kind: int) -> list[dict[str, Any]]:
    """The buttons (2) or the menus (3) below a message, as sent."""
    rows: list[Any] = [row if isinstance(row, dict) else row.to_dict() for row in message.components]
    return [child for row in rows for child in row["components"] if child["type"] == kind]


def off(message: ResponseMessage | discord.Message) -> dict[str, bool]:
    """Label of each button → it cannot be pressed."""
    return {button["label"]: button.get("disabled", False) for button in controls(message, 2)}


def last(world: GuildWorld) -> discord.Message:
    """What stands lowest in the channel."""
    message = world.channel.last_message
    assert message is not None
    return message


async def the_board(world: GuildWorld, metric: str = "kills", **options: str) -> ResponseMessage:
    return the_answer(await world.anna.slash(world.channel, "leaderboard", stat=metric, **options))


TAKES = {
    "accuracy": "10 rounds and 200 shots",
    "headshots": "10 rounds and 80 hits",
    "useful_share": "10 rounds and 10 kills",
    "kd": "10 rounds and 30 kills and deaths",
    "efficiency": "10 rounds and 30 kills and deaths",
    **dict.fromkeys(("kpr", "dpr", "dpm", "damage_ratio", "denied_rate", "survival"), "10 rounds"),
    "win_rate": "5 matches",
}
"""What a place takes in thirty rounds, fifteen of them matches."""


async def test_twelve_lucky_shots_lead_no_board_and_each_says_what_a_place_takes(world: GuildWorld) -> None:
    """The same is told to somebody who asks on the command line why he has no place: his sums are there."""
    armed = {4: (40, 100, 4, 0, 10), 5: (0, 0, 0, 4, 0)}
    hurt: dict[str, Any] = {"damage_given": 90, "damage_received": 90, "useful_kills": 1}
    lucky = a_player("lucky", team=2, weapons={4: (1, 1, 0, 0, 1)}, **hurt)
    lines = [a_player("anna", weapons=armed, **hurt), a_player("ben", team=2, weapons=armed, **hurt), lucky]
    for number in range(15):
        first = an_r1(at=later("2026-03-01-080000", 1800 * number), map=f"map{number}", players=lines)
        await world.play(first, an_r2(first))
    assert {metric.name for metric in METRICS if metric.minimum.rounds > 1} == {*TAKES}
    for metric, takes in TAKES.items():
        shown = text_of(await the_board(world, metric))
        assert f"from {takes} on" in shown, metric
        has_place = metric not in ("accuracy", "headshots", "useful_share", "kd", "efficiency")
        assert ("lucky" in shown) is has_place, metric
    code, told = await asyncio.to_thread(explained, world, "lucky", "accuracy")
    assert code == 0, told
    assert "100.0" in told


def explained(world: GuildWorld, *arguments: str) -> tuple[int, str]:
    """What `tools.explain` prints, beside the bot that runs."""
    done = subprocess.run(
        [sys.executable, "-m", "tools.explain", *arguments],
        env={**os.environ, "DATABASE_PATH": str(world.bot.app.db.path)}, text=True, capture_output=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


async def test_a_board_has_pages_of_ten_and_says_how_many(world: GuildWorld) -> None:
    await world.play(crowd(25))
    message = await the_board(world)
    shown = text_of(message)
    assert world.deferred()
    assert "page 1 of 3 · 25 players" in shown
    assert "p00" in shown
    assert "p10" not in shown
    assert "all time · 1 round" in shown
    assert not message.ephemeral


async def test_the_buttons_turn_the_pages_in_place_and_those_that_lead_nowhere_are_off(world: GuildWorld) -> None:
    await world.play(crowd(25))
    message = await the_board(world)
    assert off(message) == {
        "First": True, "Previous": True, "Next": False, "Last": False, "My place": True,
    }  # fmt: skip
    for label, page in (("Next", 2), ("Next", 3), ("Previous", 2), ("Last", 3), ("First", 1)):
        await world.anna.click(last(world), label=label)
        assert f"page {page} of 3" in text_of(last(world))
    assert len(world.channel.history()) == 1


async def test_one_s_own_place_is_told_on_every_page_with_the_way_to_the_next(world: GuildWorld) -> None:
    await world.play(crowd(25))
    await linked(world, "p12")
    shown = text_of(await the_board(world))
    assert "You: 13th of 25 with **13**, 1 behind p11" in shown
    await world.anna.click(last(world), label="My place")
    shown = text_of(last(world))
    assert "page 2 of 3" in shown
    assert "\n» **13.** p12 **13** · 1 round\n" in shown


async def test_the_leader_is_told_by_how_much_he_leads(world: GuildWorld) -> None:
    await world.play(crowd(12))
    await linked(world, "p00")
    assert "You: 1st of 12 with **12**, 1 ahead of p01" in text_of(await the_board(world))


async def test_ties_share_a_place(world: GuildWorld) -> None:
    await world.play(an_r1(players=[a_player("a", kills=3), a_player("b", team=2, kills=3), a_player("c", kills=1)]))
    shown = text_of(await the_board(world))
    places = re.findall(r"^\*\*(\d)\.\*\* (\w) ", shown, re.MULTILINE)
    assert [place for place, _ in places] == ["1", "1", "3"]
    assert places[2][1] == "c"


async def test_who_has_too_few_rounds_is_told_how_many_it_takes(world: GuildWorld) -> None:
    await world.play(*[an_r1(at=f"2026-03-0{day}-210000", map=f"map{day}") for day in range(1, 7)], crowd(4))
    await linked(world, "p00")
    shown = text_of(await the_board(world, "kd"))
    assert "You have no place yet: 1 round of the 3 that it takes" in shown
    assert "from 3 rounds and 9 kills and deaths on" in shown


async def test_lines_of_older_writers_are_counted_and_never_shown_as_nothing(world: GuildWorld) -> None:
    await world.play(an_r1(tab_fields=33))
    shown = text_of(await the_board(world, "objectives"))
    assert "Nobody can be compared by this stat" in shown
    assert "unknown to older writers, and left out: 4 lines of players in rounds" in shown


async def test_the_menu_changes_the_figure_in_place(world: GuildWorld) -> None:
    await world.play(crowd(12))
    message = await the_board(world)
    (menu,) = controls(message, 3)
    assert 20 <= len(menu["options"]) <= 25
    await world.anna.select(last(world), values=["xp"])
    assert last(world).embeds[0].title == "XP · all time"
    (menu,) = controls(last(world), 3)
    assert [one["value"] for one in menu["options"] if one.get("default")] == ["xp"]


async def test_a_board_answers_after_a_restart_and_only_to_its_owner(world: GuildWorld) -> None:
    await world.play(crowd(25))
    await the_board(world, when="supply r1")
    await world.restart()
    await world.anna.click(last(world), label="Next")
    assert "page 2 of 3" in text_of(last(world))
    assert "all time, Supply, round 1" in text_of(last(world))
    result = await world.admin.click(last(world), label="Next")
    assert the_answer(result).ephemeral
    assert "belongs to" not in text_of(result)


@pytest.mark.parametrize("command", ["leaderboard", "records", "awards", "maps", "map"])
async def test_without_any_data_a_sentence_says_so(world: GuildWorld, command: str) -> None:
    options = {"leaderboard": {"stat": "kd"}, "map": {"map": "supply"}}.get(command, {})
    shown = text_of(await world.anna.slash(world.channel, command, **options))
    assert shown in ("No round has been imported yet.", "No round that counts has been imported yet.")


@pytest.mark.parametrize("command", ["leaderboard", "records", "maps"])
async def test_an_empty_scope_is_answered_with_what_was_looked_for(world: GuildWorld, command: str) -> None:
    await world.play(crowd(4))
    options = {"stat": "kd"} if command == "leaderboard" else {}
    shown = text_of(await world.anna.slash(world.channel, command, when="2020-01-01..2020-01-02", **options))
    assert shown.startswith("No round counts in this scope: 2020-01-01 to 2020-01-02.")


async def test_an_unknown_figure_is_answered_with_near_ones(world: GuildWorld) -> None:
    await world.play(crowd(4))
    shown = text_of(await world.anna.slash(world.channel, "leaderboard", stat="revves"))
    assert "`revives`" in shown


@pytest.mark.parametrize("players", [1, 40])
async def test_one_player_and_forty_are_shown(world: GuildWorld, players: int) -> None:
    await world.play(crowd(players) if players > 1 else an_r1(players=[a_player("a", kills=1), a_player("b", team=2)]))
    for command, options in (("leaderboard", {"stat": "kills"}), ("records", {}), ("awards", {}), ("maps", {})):
        assert "round" in text_of(await world.anna.slash(world.channel, command, **options))


async def test_hostile_names_are_harmless_on_every_card(world: GuildWorld) -> None:
    players = [a_player(name, guid=f"{i:08X}", team=1 + i % 2, kills=50 - i) for i, name in enumerate(WRITABLE)]
    await world.play(an_r1(players=players))
    for command, options in (
        ("leaderboard", {"stat": "kills"}), ("records", {}), ("awards", {}), ("map", {"map": "supply"}),
    ):  # fmt: skip
        message = the_answer(await world.anna.slash(world.channel, command, **options))
        prose = re.sub(r"```.*?```|<t:\d+:\w>", "", typed(text_of(message)), flags=re.DOTALL)
        assert not MENTION.search(prose)
        assert not LINK.search(prose)


async def test_records_name_holder_map_and_date_and_change_their_level_in_place(world: GuildWorld) -> None:
    first = an_r1(players=[a_player("anna", kills=9), a_player("ben", team=2, kills=3)])
    second = an_r2(first, players=[a_player("anna", team=2, kills=5), a_player("ben", kills=7)])
    await world.play(first, second, an_r1(at="2026-03-03-210000", map="braundorf"))
    message = the_answer(await world.anna.slash(world.channel, "records"))
    assert "**Kills** 9: anna, Supply, <t:" in text_of(message)
    assert off(message)["Round"]
    await world.anna.click(last(world), label="Match")
    assert "**Kills** 14: anna, Supply, <t:" in text_of(last(world))
    await world.anna.click(last(world), label="Session")
    assert "**Kills** 14: anna, <t:" in text_of(last(world))
    result = await world.admin.click(last(world), label="Round")
    assert the_answer(result).ephemeral
    assert "belongs to" not in text_of(result)


async def test_a_record_links_to_the_post_that_told_of_it(world: GuildWorld) -> None:
    await world.play(an_r1(players=[a_player("anna", kills=9), a_player("ben", team=2)]))
    db = world.bot.app.db
    await db.write(lambda tx: outbox.enqueue(tx, PostKind.ROUND, 1, not_before=0, now=0))
    item = await outbox.of_round(db, 1)
    assert item is not None
    await db.write(lambda tx: outbox.claim(tx, item, channel=world.channel.id, nonce="n", now=0))
    await db.write(lambda tx: outbox.sent(tx, item, message=77, revision=1, now=0))
    address = f"https://discord.com/channels/{world.guild.id}/{world.channel.id}/77"
    assert f"[post]({address})" in text_of(await world.anna.slash(world.channel, "records"))
    assert f"[post]({address})" in text_of(await world.anna.slash(world.channel, "map", map="supply"))


async def test_awards_are_those_of_the_last_session_unless_another_is_named(world: GuildWorld) -> None:
    await world.play(
        an_r1(at="2026-03-01-210000", players=[a_player("old", kills=9), a_player("b", team=2, kills=1)]),
        an_r1(at="2026-03-05-210000", players=[a_player("new", kills=9), a_player("b", team=2, kills=1)]),
    )
    shown = text_of(await world.anna.slash(world.channel, "awards"))
    assert "Thursday 5 March: awards" in shown
    assert "**Executioner**: new, kills 9 · Supply R1" in shown
    assert "session 2026-03-05 · 1 round" in shown
    assert "old" in text_of(await world.anna.slash(world.channel, "awards", session="2026-03-01"))


async def test_the_menu_of_awards_offers_the_newest_sessions(world: GuildWorld) -> None:
    await world.play(*[an_r1(at=f"2026-03-{day:02}-210000") for day in range(1, 29)])
    offered = await world.anna.autocomplete(world.channel, "awards", "session", "")
    assert [one["value"] for one in offered][:2] == ["2026-03-28", "2026-03-27"]
    assert len(offered) == 25
    offered = await world.anna.autocomplete(world.channel, "awards", "session", "03-02")
    assert [one["value"] for one in offered] == ["2026-03-02"]


async def test_a_session_that_is_not_there_is_answered_with_those_that_are(world: GuildWorld) -> None:
    await world.play(crowd(4))
    shown = text_of(await world.anna.slash(world.channel, "awards", session="<@1> 1999"))
    assert shown.startswith("I know no session called ")
    assert "2026-03-01" in shown
    assert not MENTION.search(typed(shown))


async def test_a_whole_session_has_awards_for_its_best(world: GuildWorld) -> None:
    await world.play(*a_session(6))
    shown = text_of(await world.anna.slash(world.channel, "awards"))
    assert shown.count("**") >= 2 * 10
    assert "Field medic" in shown


async def test_a_scope_too_long_for_a_button_leaves_the_board_without_buttons(world: GuildWorld) -> None:
    name = "m" * 64
    await world.play(
        an_r1(map=name, players=two_teams()), an_r1(map=name, at="2026-03-02-210000", players=swapped(two_teams()))
    )
    message = await the_board(world, "useful_share", when=f"2026-01-01..2026-12-31 {name}")
    assert controls(message, 2) == controls(message, 3) == []


@pytest.mark.parametrize(
    ("typed", "title"), [("medic", "Revives"), ("frags", "Kills"), ("hs", "HS%"), ("engineer", "Dynamites and repairs")]
)
async def test_a_stat_is_found_by_what_people_call_it(world: GuildWorld, typed: str, title: str) -> None:
    await world.play(crowd(12))
    assert (await the_board(world, typed)).embeds[0].title == f"{title} · all time"
    offered = await world.anna.autocomplete(world.channel, "leaderboard", "stat", typed)
    assert offered[0]["name"].startswith(f"{title}: ")


async def test_the_menu_of_stats_leads_from_a_weapon_to_its_board(world: GuildWorld) -> None:
    offered = await world.anna.autocomplete(world.channel, "leaderboard", "stat", "nade")
    assert offered[0]["name"] == "Grenade is a weapon: /weapons weapon:Grenade tells who is best"
    shown = text_of(await world.anna.slash(world.channel, "leaderboard", stat=offered[0]["value"]))
    assert "/weapons weapon:Grenade" in shown


async def test_damage_taken_is_damage_received(world: GuildWorld) -> None:
    for typed_words in ("damage taken", "damage ta", "dmg taken", "taken"):
        offered = await world.anna.autocomplete(world.channel, "leaderboard", "stat", typed_words)
        assert offered[0]["value"] == "received"


async def test_a_weapon_is_no_stat_and_leads_to_where_it_is_told(world: GuildWorld) -> None:
    await world.play(crowd(12))
    shown = text_of(await world.anna.slash(world.channel, "leaderboard", stat="nade"))
    assert shown == "Grenade is a weapon: `/weapons weapon:Grenade` tells who is best."
