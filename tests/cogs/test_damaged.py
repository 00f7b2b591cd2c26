"""What people and admins read while the database is damaged or cannot be used: words, and never "That failed"."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing

import pytest

from bot.errors import DatabaseDamaged, DatabaseDown
from rigs.builders import an_r1
from rigs.guild import GuildWorld, text_of
from tests.cogs.test_failures import BUTTONS, break_database, every_answer

DAMAGED = "The database is damaged, so nothing can be said for sure: the admins are told."
DOWN = "The database cannot be used right now: the admins are told. Please try again later."


@pytest.mark.parametrize(("error", "text"), [(DatabaseDamaged("malformed"), DAMAGED), (DatabaseDown("full"), DOWN)])
async def test_every_answer_has_words_for_it_and_no_traceback(
    world: GuildWorld, caplog: pytest.LogCaptureFixture, error: DatabaseDown, text: str
) -> None:
    break_database(world, error)
    answers = [said for said, _ in await every_answer(world)]
    assert [said for said in answers if said != text] == [said for said in answers if said.startswith("Sync: ")]
    assert not any(record.exc_info for record in caplog.records)
    assert world.env.errors != []  # the tree saw them


async def test_the_status_is_red_where_the_database_cannot_be_read(world: GuildWorld) -> None:
    break_database(world, DatabaseDown("its disk fails"))
    said = text_of(await world.admin.slash(world.channel, "sync status"))
    assert said.startswith("Sync: act now")
    assert "its disk fails" in said


async def test_a_bug_that_comes_of_damage_is_no_bug(world: GuildWorld, caplog: pytest.LogCaptureFixture) -> None:
    await world.play(an_r1())
    path = world.settings.database_path
    with closing(sqlite3.connect(path, isolation_level=None)) as con:  # a type that our tables do not allow
        con.execute("PRAGMA writable_schema = ON")
        con.execute(
            "UPDATE sqlite_schema SET sql = replace(sql, 'kills INTEGER', 'kills TEXT') WHERE name = 'player_rounds'"
        )
        con.execute("UPDATE sqlite_schema SET sql = replace(sql, 'key TEXT', 'key INTEGER') WHERE name = 'rounds'")
    break_database(world, TypeError("unsupported operand"))
    message = await world.post(BUTTONS)
    assert text_of(await world.anna.click(message, label="Players")) == DAMAGED
    assert not any(record.exc_info for record in caplog.records)


async def test_the_diagnosis_of_a_damaged_database_is_an_answer(world: GuildWorld) -> None:
    await world.play(an_r1())
    with closing(sqlite3.connect(world.settings.database_path, isolation_level=None)) as con:
        con.execute("PRAGMA ignore_check_constraints = ON")
        con.execute("UPDATE processed_files SET state = 'imqorted'")
    said = text_of(await world.admin.slash(world.channel, "sync diagnose"))
    assert "Critical: the database is damaged" in said
    assert "That failed" not in said
    assert "The database is damaged" in text_of(await world.admin.slash(world.channel, "sync status"))


@pytest.mark.skipif(os.name != "posix", reason="elsewhere an open file cannot be deleted")
async def test_the_diagnosis_of_a_database_that_was_deleted_under_the_bot_is_an_answer(world: GuildWorld) -> None:
    await world.play(an_r1())
    world.settings.database_path.unlink()
    said = text_of(await world.admin.slash(world.channel, "sync diagnose"))
    assert "the database file was moved or deleted while the bot runs" in said
    assert "That failed" not in said
    said = text_of(await world.admin.slash(world.channel, "sync status"))
    assert said.startswith("Sync: act now")
    assert "The database is not in its place" in said
