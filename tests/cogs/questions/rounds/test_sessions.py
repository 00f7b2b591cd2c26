"""`/session`, `/sessions`, `/match`, and the buttons that lead to them."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from simcord.results import InteractionResult

from bot.domain.buttons import SessionCharts
from bot.present.card import Card
from rigs.builders import RoundFile, a_player, a_session, an_r1, an_r2, later
from rigs.guild import GuildWorld, text_of, the_answer, typed
from tests.present.discord_markup import LINK, MENTION

HOSTILE = ("**<@1>** http://a.b", "^1^2^3", "\u202eevil", "漢" * 32, "[a](http://b.c)", "@everyone", "```", "مرحبا")
VIEWS = ("maps", "players", "damage", "weapons", "support", "sprees", "awards", "charts", "overview")


def a_match(
    at: str, *, map: str = "supply", names: tuple[str, ...] = ("anna", "ben", "cleo", "dan")
) -> list[RoundFile]:
    players = [
        a_player(name, team=1 + place % 2, kills=9 - place, deaths=3, minutes=8.0, damage_given=900 - 10 * place)
        for place, name in enumerate(names)
    ]
    first = an_r1(map=map, at=at, players=players)
    return [first, an_r2(first)]


def safe(result: InteractionResult) -> str:
    shown = text_of(result)
    check_safe(shown)
    return shown


def check_safe(shown: str) -> None:
    """Outside of code blocks and of the bot's own timestamps nothing comes alive."""
    bare = re.sub(r"```.*?```|<t:\d+:\w>", "", typed(shown), flags=re.DOTALL)
    assert not MENTION.search(bare)
    assert not LINK.search(bare)


async def test_the_last_session_is_told_with_teams_and_score(world: GuildWorld) -> None:
    await world.play(*a_match("2026-03-01-210000"), *a_match("2026-03-01-214000", map="radar"))
    result = await world.anna.slash(world.channel, "session")
    shown = safe(result)
    assert "anna's team won the evening 2–0" in shown
    assert "Sunday 1 March (UTC), <t:" in shown
    assert "2 matches · 4 players" in shown
    assert "Most damage a minute" in shown
    assert "all time" not in shown
    assert "session 2026-03-01 · 4 rounds" in shown
    assert the_answer(result).attachments[0].description


async def test_every_view_of_a_session_is_shown_in_place(world: GuildWorld) -> None:
    await world.play(*a_match("2026-03-01-210000"), *a_match("2026-03-01-214000", map="radar"))
    message: Any = the_answer(await world.anna.slash(world.channel, "session"))
    for view in VIEWS:
        await world.anna.select(message, custom_id=_menu(message), values=[view])
        message = world.channel.last_message or message
    assert "Sunday 1 March" in text_of(message)


def _menu(message: object) -> str:
    return next(str(one["custom_id"]) for one in children(message) if str(one["custom_id"]).startswith("sess:"))


def children(message: Any) -> list[dict[str, Any]]:
    """Buttons and menus, as Discord has them."""
    rows = [row if isinstance(row, dict) else row.to_dict() for row in message.components]
    return [child for row in rows for child in row["components"]]


async def test_a_menu_belongs_to_who_asked(world: GuildWorld) -> None:
    await world.play(*a_match("2026-03-01-210000"))
    message = the_answer(await world.anna.slash(world.channel, "session"))
    result = await world.admin.select(message, custom_id=_menu(message), values=["maps"])
    assert the_answer(result).ephemeral
    assert ": maps" in text_of(result)


@pytest.mark.parametrize("which", ["", "last", "2026-03-01", "Session 2026-03-01", "-1"])
async def test_a_session_is_found_by_its_date(world: GuildWorld, which: str) -> None:
    await world.play(*a_match("2026-03-01-210000"), *a_match("2026-03-02-210000"))
    shown = safe(await world.anna.slash(world.channel, "session", session=which))
    assert ("2026-03-02" if which in ("", "last") else "2026-03-01") in shown


async def test_a_second_session_of_a_day_is_b(world: GuildWorld) -> None:
    await world.play(*a_match("2026-03-01-110000"), *a_match("2026-03-01-210000"))
    assert "Sunday 1 March, 2nd session (UTC)" in safe(
        await world.anna.slash(world.channel, "session", session="2026-03-01b")
    )
    assert "session 2026-03-01 ·" in safe(await world.anna.slash(world.channel, "session", session="2026-03-01"))
    names = [one["name"] for one in await world.anna.autocomplete(world.channel, "session", "session", "")]
    assert names == ["2026-03-01b · Sunday 1 March, 2nd session, 21:00 UTC", "2026-03-01 · Sunday 1 March, 11:00 UTC"]


@pytest.mark.parametrize("which", ["nonsense", "2026-13-45", "2020-01-01", "@everyone", "x" * 3000])
async def test_an_unknown_session_gets_the_newest_names(world: GuildWorld, which: str) -> None:
    await world.play(*a_match("2026-03-01-210000"))
    shown = safe(await world.anna.slash(world.channel, "session", session=which))
    assert "The newest are 2026-03-01" in shown


@pytest.mark.parametrize("command", ["session", "sessions", "match"])
async def test_without_data_there_is_a_sentence(world: GuildWorld, command: str) -> None:
    assert "has been imported yet" in safe(await world.anna.slash(world.channel, command))


async def test_sessions_are_listed_newest_first_and_paged(world: GuildWorld) -> None:
    for day in range(1, 11):
        await world.play(*a_match(f"2026-03-{day:02}-210000"))
    message = the_answer(await world.anna.slash(world.channel, "sessions"))
    assert text_of(message).index("2026-03-10") < text_of(message).index("2026-03-03")
    assert "2026-03-01" not in text_of(message)
    await world.anna.click(message, label="Older")
    assert world.channel.last_message is not None
    assert "2026-03-01" in text_of(world.channel.last_message)


async def test_the_latest_match_is_shown_with_tabs(world: GuildWorld) -> None:
    await world.play(*a_match("2026-03-01-210000"), an_r1(at="2026-03-01-220000", map="radar"))
    message = the_answer(await world.anna.slash(world.channel, "match"))
    assert " on Supply in " in text_of(message)
    assert "both rounds added up" in text_of(message)
    for label in ("Round 1", "Round 2", "Total"):
        await world.anna.click(message, label=label)
        assert world.channel.last_message is not None
        message = world.channel.last_message  # type: ignore[assignment]
        assert len(message.attachments) == 1
    assert the_answer(await world.admin.click(message, label="Round 1")).ephemeral


@pytest.mark.parametrize("typed", ["1", "2", "#1", "supply", "SUPP"])
async def test_either_round_leads_to_the_match(world: GuildWorld, typed: str) -> None:
    await world.play(*a_match("2026-03-01-210000"), *a_match("2026-03-02-210000", map="radar"))
    assert " on Supply in " in safe(await world.anna.slash(world.channel, "match", match=typed))


@pytest.mark.parametrize("typed", ["99", "no such map", "@everyone", "", "x" * 3000])
async def test_an_unknown_match_gets_a_sentence(world: GuildWorld, typed: str) -> None:
    await world.play(*a_match("2026-03-01-210000"))
    assert "I know no match by" in safe(await world.anna.slash(world.channel, "match", match=typed))


async def test_a_match_without_its_round_2_has_no_such_tab(world: GuildWorld) -> None:
    await world.play(an_r1(at="2026-03-01-210000"))
    message = the_answer(await world.anna.slash(world.channel, "match"))
    labels = [child.get("label") for child in children(message)]
    assert "Round 2" not in labels
    assert "Total" in labels


async def test_hostile_names_are_harmless_everywhere(world: GuildWorld) -> None:
    await world.play(*a_match("2026-03-01-210000", names=HOSTILE), *a_match("2026-03-01-214000", names=HOSTILE))
    for command in ("session", "sessions", "match", "round"):
        safe(await world.anna.slash(world.channel, command))
    message = the_answer(await world.anna.slash(world.channel, "session"))
    for view in VIEWS:
        await world.anna.select(message, custom_id=_menu(message), values=[view])
        assert world.channel.last_message is not None
        message = world.channel.last_message  # type: ignore[assignment]
        check_safe(text_of(message))


async def test_forty_players_fit(world: GuildWorld) -> None:
    await world.play(*a_session(2, players=40))
    message = the_answer(await world.anna.slash(world.channel, "session"))
    for view in VIEWS:
        await world.anna.select(message, custom_id=_menu(message), values=[view])
        assert world.channel.last_message is not None
        message = world.channel.last_message  # type: ignore[assignment]
    safe(await world.anna.slash(world.channel, "match"))


async def test_the_buttons_under_a_post_answer_those_who_press_them(world: GuildWorld) -> None:
    await world.play(*a_match("2026-03-01-210000"))
    ids = {"Weapons": "weapons:2", "Session": "session:of:2", "Explain": "explain:round:2"}
    message = await world.post(Card(title="supply", buttons=tuple(ids.items())))
    for label, expected in (
        ("Weapons", "weapons"),
        ("Session", "Sunday 1 March"),
        ("Explain", "round 2 of match #1"),
    ):
        result = await world.anna.click(message, label=label)
        assert expected in text_of(result)
        assert the_answer(result).ephemeral


async def test_buttons_of_rounds_that_are_gone_say_so(world: GuildWorld) -> None:
    ids = {"Weapons": "weapons:99", "Session": "session:of:99", "Explain": "explain:round:99"}
    message = await world.post(Card(title="supply", buttons=tuple(ids.items())))
    for label in ids:
        assert (
            "not in this database" in (shown := text_of(await world.anna.click(message, label=label)))
            or "No round" in shown
        )


async def test_a_session_that_grows_keeps_its_menu(world: GuildWorld) -> None:
    session = a_match("2026-03-01-210000")
    await world.play(*session)
    message = the_answer(await world.anna.slash(world.channel, "session"))
    await world.play(*a_match(later(session[0].at, -1800), map="radar"))
    await world.anna.select(message, custom_id=_menu(message), values=["maps"])
    assert world.channel.last_message is not None
    assert "Radar" in text_of(world.channel.last_message)


async def test_a_session_of_one_match_says_why_it_has_no_charts(world: GuildWorld) -> None:
    await world.play(*a_match("2026-03-01-210000"))
    message = the_answer(await world.anna.slash(world.channel, "session"))
    await world.anna.select(message, custom_id=_menu(message), values=["charts"])
    assert world.channel.last_message is not None
    assert "Charts compare maps" in text_of(world.channel.last_message)
    assert not world.channel.last_message.attachments


async def test_a_day_of_two_sessions_shows_the_larger_and_names_the_other(world: GuildWorld) -> None:
    await world.play(
        *a_match("2026-03-01-110000"), *a_match("2026-03-01-210000"), *a_match("2026-03-01-214000", map="radar")
    )
    larger = safe(await world.anna.slash(world.channel, "session", session="2026-03-01"))
    assert "session 2026-03-01b ·" in larger
    assert "also that day: `2026-03-01`" in larger
    smaller = safe(await world.anna.slash(world.channel, "session", session="2026-03-01a"))
    assert "session 2026-03-01 ·" in smaller
    assert "also that day: `2026-03-01b`" in smaller
    offered = await world.anna.autocomplete(world.channel, "session", "session", "")
    assert [choice["value"] for choice in offered] == ["2026-03-01b", "2026-03-01a"]


async def test_who_won_yesterday_is_asked_in_these_words(world: GuildWorld) -> None:
    yesterday = datetime.fromtimestamp(time.time() - 86_400, UTC)
    await world.play(*a_match(f"{yesterday:%Y-%m-%d}-210000"), *a_match("2026-03-01-210000"))
    for called in ("yesterday", f"{yesterday:%A}", f"last {yesterday:%A}"):
        shown = safe(await world.anna.slash(world.channel, "session", session=called))
        assert "anna's team won the evening 1–0" in shown
        assert f"session {yesterday:%Y-%m-%d} ·" in shown


@pytest.mark.parametrize("text", ["march", "march 2026", "sunday 1 march", "1 march", "2026-03", "21:0"])
async def test_what_the_menu_of_sessions_lists_is_read_when_it_is_sent_as_it_was_typed(
    world: GuildWorld, text: str
) -> None:
    await world.play(*a_match("2026-02-11-110000"), *a_match("2026-03-01-210000"))
    [offered] = await world.anna.autocomplete(world.channel, "session", "session", text)
    assert offered["value"] == "2026-03-01"
    assert "session 2026-03-01 ·" in safe(await world.anna.slash(world.channel, "session", session=text))


async def test_charts_of_a_recap_are_behind_its_button_and_compare_maps_and_sessions(world: GuildWorld) -> None:
    for day in (1, 2):
        at = f"2026-03-{day:02}"
        await world.play(*a_match(f"{at}-210000"), *a_match(f"{at}-220000", map="radar"))
    db = world.bot.app.db
    key = await db.value("SELECT key FROM rounds ORDER BY ended_at DESC LIMIT 1")
    message = await world.post(Card(title="a recap", buttons=(("Charts", str(SessionCharts(round=key))),)))
    answer = the_answer(await world.anna.click(message, label="Charts"))
    assert answer.ephemeral
    assert [file.filename for file in answer.attachments] == ["damage-by-map.png", "form-over-the-last-sessions.png"]
    assert "most on" in (answer.attachments[0].description or "")
