"""`/export`: figures as an attached file, a row per player and round."""

from __future__ import annotations

import csv
import io
import json
import sys
from typing import Any

import pytest

from bot.store.questions.rounds.export import COLUMNS
from rigs.builders import a_guid, a_player, a_session, an_r1, an_r2
from rigs.guild import GuildWorld, text_of, the_answer
from tests.cogs.questions.people.test_boards import linked

FIRST = an_r1(players=[a_player("anna", kills=9, deaths=3), a_player("ben", team=2, kills=3, deaths=9)])
SECOND = an_r2(FIRST, players=[a_player("anna", team=2, kills=4, deaths=1), a_player("ben", kills=1, deaths=4)])
ALONE = an_r1(at="2026-03-02-210000", map="radar", players=[a_player("anna", kills=1)])


async def exported(world: GuildWorld, what: str, **options: str) -> tuple[str, bytes]:
    """(file's name, its content)."""
    result = await world.anna.slash(world.channel, "export", what=what, **options)
    message = the_answer(result)
    assert message.ephemeral
    assert world.deferred()
    [file] = message.attachments
    return file.filename, await file.read()


def table(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


async def test_a_session_is_a_row_per_player_and_round(world: GuildWorld) -> None:
    await world.play(FIRST, SECOND)
    name, data = await exported(world, "session")
    assert name == "2026-03-01.csv"
    assert data.startswith(b"\xef\xbb\xbf")
    rows = table(data)
    assert len(rows) == 4
    assert [*rows[0]] == [*COLUMNS]
    assert {(row["file"], row["name"]): row["kills"] for row in rows} == {
        (FIRST.name, "anna"): "9", (FIRST.name, "ben"): "3", (SECOND.name, "anna"): "4", (SECOND.name, "ben"): "1",
    }  # fmt: skip


async def test_a_match_has_both_its_rounds_counted_or_not(world: GuildWorld) -> None:
    await world.play(FIRST, SECOND, ALONE)
    name, data = await exported(world, "match")
    assert (name, len(table(data))) == ("match-1.csv", 4)
    name, data = await exported(world, "match", which="2")
    assert (name, len(table(data))) == ("match-1.csv", 4)
    name, data = await exported(world, "match", which="3", format="json")
    [row] = json.loads(data)["rows"]
    assert (name, row["state"], row["reason"]) == ("match-3.json", "set_aside", "fewer than two humans played")


async def test_a_player_has_his_own_rows_and_may_be_left_out_for_oneself(world: GuildWorld) -> None:
    await world.play(FIRST, SECOND, ALONE)
    await linked(world, "anna")
    for options in ({}, {"which": "anna"}, {"which": a_guid("anna")}):
        name, data = await exported(world, "player", **options)
        assert name == f"player-{a_guid('anna')}.csv"
        assert [row["name"] for row in table(data)] == ["anna", "anna"]


async def test_json_has_the_scope_what_was_left_out_and_null_for_unknown(world: GuildWorld) -> None:
    await world.play(FIRST, SECOND, ALONE)
    name, data = await exported(world, "scope", which="365d", format="json")
    found: dict[str, Any] = json.loads(data)
    assert name == "365d.json"
    assert (found["what"], found["label"], found["rounds"]) == ("scope", "the last 365 days", 2)
    assert found["left_out"] == {"fewer than two humans": 1}
    assert [*found["rows"][0]] == [*COLUMNS]
    assert found["rows"][0]["time_dead_seconds"] is None


async def test_the_whole_history_is_the_default_scope(world: GuildWorld) -> None:
    await world.play(FIRST, SECOND, *a_session(2, players=6))
    result = await world.anna.slash(world.channel, "export", what="scope")
    assert text_of(result).startswith("all time: 6 rounds, a row per player and round.")


async def test_what_is_too_large_says_how_to_narrow(world: GuildWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["cogs.questions.rounds.export"], "MOST", 1000)
    await world.play(FIRST, SECOND)
    shown = text_of(await world.anna.slash(world.channel, "export", what="scope"))
    assert "more than the" in shown
    assert "Narrow it" in shown


@pytest.mark.parametrize("name", ["=1+1", "＝1", "@sum(a1)", "+1", "-1", "x;=1+1"])
async def test_no_name_becomes_a_formula(world: GuildWorld, name: str) -> None:
    await world.play(an_r1(players=[a_player(name, guid="AAAAAAAA", kills=1), a_player("ben", team=2, deaths=1)]))
    _, data = await exported(world, "session")
    cells = [row[column] for row in table(data) for column in ("name", "raw_name")]
    for cell in cells:
        assert not any(part.startswith(tuple("=+-@\t\r＝＋－＠")) for part in cell.split(";")), cell


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"what": "session", "which": "1999-01-01"}, "I know no session called 1999-01-01. The newest are 2026-03-01"),
        ({"what": "match", "which": "@everyone"}, "I know no match by "),
        ({"what": "match", "which": "999"}, "I know no match by 999"),
        ({"what": "player", "which": "nobody"}, "I know no player called nobody"),
        ({"what": "scope", "which": "xyzzy"}, "I know no period, map or side called xyzzy"),
        ({"what": "scope", "which": "16v16"}, "No round counts in this scope"),
    ],
)
async def test_what_cannot_be_found_gets_a_sentence(world: GuildWorld, options: dict[str, str], said: str) -> None:
    await world.play(FIRST, SECOND)
    assert text_of(await world.anna.slash(world.channel, "export", **options)).startswith(said)


@pytest.mark.parametrize("what", ["session", "match", "player", "scope"])
async def test_without_any_data_it_says_so(world: GuildWorld, what: str) -> None:
    shown = text_of(await world.anna.slash(world.channel, "export", what=what))
    assert "has been imported yet" in shown


@pytest.mark.parametrize(
    ("what", "typed", "first"),
    [
        ("session", "", "2026-03-01"),
        ("match", "sup", "1"),
        ("player", "ann", a_guid("anna")),
        ("scope", "sup", "all supply"),
    ],
)
async def test_the_menu_is_that_of_what_was_chosen(world: GuildWorld, what: str, typed: str, first: str) -> None:
    await world.play(FIRST, SECOND)
    choices = await world.anna.autocomplete(world.channel, "export", "which", typed, what=what)
    assert choices[0]["value"] == first
    for hostile in ("\0", "%", "x" * 6000):
        assert len(await world.anna.autocomplete(world.channel, "export", "which", hostile, what=what)) <= 25


async def test_the_menu_asks_for_what_is_to_be_chosen_first(world: GuildWorld) -> None:
    await world.play(FIRST)
    (said,) = await world.anna.autocomplete(world.channel, "export", "which", "")
    assert said["name"].startswith("Choose first what: ")
