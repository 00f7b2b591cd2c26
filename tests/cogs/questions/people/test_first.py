"""First use: whoever asks about himself and has not said who that is, is asked in private, and then answered."""

from __future__ import annotations

from typing import Any

import pytest
from simcord.results import ResponseMessage

from bot.store import links
from rigs.builders import a_guid, a_player, an_r1, an_r2
from rigs.guild import GuildWorld, text_of, the_answer
from tests.cogs.questions.people.test_boards import controls

PLAYED = (a_player("zoe", kills=9, deaths=3, revives_given=2), a_player("ben", team=2, kills=3, deaths=9))
FIRST = an_r1(map="supply", players=[*PLAYED, a_player("cleo"), a_player("dan", team=2)])
ASKED: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("stats", {}, "zoe · all time"),
    ("stats", {"when": "supply"}, "zoe · all time, Supply"),
    ("form", {}, "zoe"),
    ("team", {}, "zoe"),
    ("team", {"when": "last session"}, "zoe"),
    ("moments", {}, "zoe"),
    ("weapons", {}, "zoe"),
    ("compare", {"player": "ben"}, "zoe"),
    ("explain", {}, "zoe"),
    ("explain", {"stat": "kd", "when": "supply"}, "zoe"),
    ("export", {"what": "player", "format": "json"}, "zoe"),
)
"""Each command that is about the asker where nobody is named, and a part of its answer."""
PRIVATE = {"explain", "export"}


async def asked_back(world: GuildWorld, command: str, options: dict[str, Any]) -> ResponseMessage:
    message = the_answer(await world.anna.slash(world.channel, command, **options))
    assert message.ephemeral
    assert message.embeds[0].title == "Which player are you?"
    assert world.channel.history(viewer=world.trusted) == []
    return message


@pytest.mark.parametrize("needs_admin", [False, True])
@pytest.mark.parametrize(("command", "options", "shown"), ASKED)
async def test_any_question_about_oneself_asks_who_one_is_links_and_is_answered(
    world: GuildWorld, command: str, options: dict[str, Any], shown: str, *, needs_admin: bool
) -> None:
    world.settings.__dict__["links_need_admin"] = needs_admin
    await world.play(FIRST, an_r2(FIRST))
    message = await asked_back(world, command, options)
    result = await world.anna.select(message, [a_guid("zoe")])
    answer = result.followups[-1]
    assert shown in text_of(answer)
    assert answer.ephemeral == (command in PRIVATE)
    linked = await links.guid_of(world.bot.app.db, world.anna.id)
    assert linked == (None if needs_admin else a_guid("zoe"))


@pytest.mark.parametrize(("command", "options", "shown"), [("me", {}, "zoe · all time"), *ASKED])
async def test_once_is_enough_also_while_an_admin_has_yet_to_answer(
    world: GuildWorld, command: str, options: dict[str, Any], shown: str
) -> None:
    await world.play(FIRST, an_r2(FIRST))
    await world.anna.select(await asked_back(world, "team", {}), [a_guid("zoe")])
    requests = [message for message in world.channel.history() if "An admin decides" in message.content]
    result = await world.anna.slash(world.channel, command, **options)
    answers = [*([] if result.response is None else [result.response]), *result.followups]
    told = [text_of(answer) for answer in answers]
    assert any(shown in text for text in told)
    assert any("an admin was asked" in text and "has yet to answer" in text for text in told)
    assert not any("Which player are you?" in text for text in told)
    assert all(answer.ephemeral for answer in answers if "has yet to answer" in text_of(answer))
    now = [message for message in world.channel.history() if "An admin decides" in message.content]
    assert [message.id for message in now] == [message.id for message in requests]
    await world.admin.click(requests[0], label="No")
    assert "Which player are you?" in text_of(the_answer(await world.anna.slash(world.channel, "me")))


async def test_a_waiting_member_s_wrong_question_is_answered_in_a_sentence(world: GuildWorld) -> None:
    await world.play(FIRST, an_r2(FIRST))
    await world.anna.select(await asked_back(world, "team", {}), [a_guid("zoe")])
    empty = the_answer(await world.anna.slash(world.channel, "stats", when="2001-01-01"))
    assert "zoe has played no round" in text_of(empty) or "no round" in text_of(empty).lower()


async def test_the_menu_has_the_namesake_first_and_the_newest_after_it(world: GuildWorld) -> None:
    await world.play(an_r1(players=[a_player("anna"), a_player("ben", team=2)]))
    await world.play(an_r1(at="2026-03-02-210000", players=[a_player(f"p{n}", team=1 + n % 2) for n in range(30)]))
    message = await asked_back(world, "stats", {})
    (menu,) = controls(message, 3)
    labels = [option["label"] for option in menu["options"]]
    assert labels[0] == "anna"
    assert len(labels) == 25
    assert all(label.startswith("p") for label in labels[1:])


@pytest.mark.parametrize("restart", [False, True])
async def test_a_name_that_is_not_in_the_menu_is_searched_for_and_the_question_is_answered(
    world: GuildWorld, *, restart: bool
) -> None:
    world.settings.__dict__["links_need_admin"] = False
    crowd = [a_player(f"p{n}", team=1 + n % 2) for n in range(30)]
    await world.play(FIRST, an_r2(FIRST), an_r1(at="2026-03-02-210000", players=crowd))
    message = await asked_back(world, "team", {})
    window = await world.anna.click(message, label="Not among them: search")
    if restart:
        await world.restart()
    nobody = await world.anna.submit_modal(window, {"text": "xyz"})
    assert "Nobody called anything like xyz" in text_of(nobody)
    window = await world.anna.click(message, label="Not among them: search")
    found = the_answer(await world.anna.submit_modal(window, {"text": "zo"}))
    assert found.ephemeral
    (menu,) = controls(found, 3)
    assert [option["label"] for option in menu["options"]] == ["zoe"]
    answer = (await world.anna.select(found, [a_guid("zoe")])).followups[-1]
    assert "zoe" in text_of(answer)
    assert not answer.ephemeral


async def test_a_question_too_long_to_be_remembered_shows_one_s_numbers_instead(world: GuildWorld) -> None:
    world.settings.__dict__["links_need_admin"] = False
    await world.play(FIRST, an_r2(FIRST))
    message = await asked_back(world, "stats", {"when": "supply " * 12})
    await world.anna.select(message, [a_guid("zoe")])
    assert await links.guid_of(world.bot.app.db, world.anna.id) == a_guid("zoe")
    edits = [entry.json for entry in world.env.http_requests if entry.method == "PATCH" and "@original" in entry.path]
    assert "zoe · all time" in str(edits[-1])


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("stats", {"player": "zoe", "when": "2001-01-01"}),
        ("leaderboard", {"stat": "kd", "when": "2001-01-01"}),
        ("records", {"when": "2001-01-01"}),
        ("maps", {"when": "2001-01-01"}),
        ("activity", {"when": "2001-01-01"}),
        ("compare", {"player": "zoe", "other": "ben", "when": "2001-01-01"}),
        ("team", {"player": "zoe", "when": "2001-01-01"}),
        ("explain", {"player": "zoe", "when": "2001-01-01"}),
    ],
)
async def test_an_empty_scope_offers_all_time_which_answers_the_same_question(
    world: GuildWorld, command: str, options: dict[str, Any]
) -> None:
    await world.play(FIRST, an_r2(FIRST))
    plain = {name: value for name, value in options.items() if name != "when"}
    wanted = the_answer(await world.anna.slash(world.channel, command, **plain))
    empty = the_answer(await world.anna.slash(world.channel, command, **options))
    assert empty.ephemeral
    await world.restart()
    answer = (await world.anna.click(empty, label="All time")).followups[-1]
    assert answer.embeds[0].title == wanted.embeds[0].title
    assert answer.embeds[0].description == wanted.embeds[0].description
    assert answer.ephemeral == (command in PRIVATE)


async def test_where_nothing_is_in_all_time_either_none_is_offered(world: GuildWorld) -> None:
    message = the_answer(await world.anna.slash(world.channel, "maps", when="30d"))
    assert text_of(message) == "No round has been imported yet."
    assert message.components == []
