"""What people see when something breaks: always a sentence, and a traceback in the log only for what is a bug."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import pytest

from bot.errors import DatabaseBusy
from bot.present.card import Card
from bot.store.file.database import Damage, Database, Row, Tx
from rigs.builders import an_r1
from rigs.guild import GuildWorld, text_of, the_answer

T = TypeVar("T")
BUSY = "The database is busy: please try again in a few seconds."
BUTTONS = Card(
    title="supply",
    buttons=(("Players", "round:1:round"), ("Post it", "unsure:1:post"), ("It is there", "unsure:1:there")),
)


class Failing(Database):
    """A database that raises whatever it is asked."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.damage = Damage()

    async def all(self, sql: str, /, **parameters: Any) -> list[Row]:
        """Fail."""
        raise self.error

    async def write(self, work: Callable[[Tx], T]) -> T:
        """Fail."""
        raise self.error


def break_database(world: GuildWorld, error: Exception) -> None:
    broken = Failing(error)
    world.bot.app = replace(world.bot.app, db=broken, menus=broken, work=broken)
    world.bot.app.names._db = world.bot.app.menus


async def every_answer(world: GuildWorld) -> list[tuple[str, bool]]:
    """Text, and whether only the one who asked sees it, of each command and button."""
    message = await world.post(BUTTONS)
    results = [
        await world.anna.slash(world.channel, "round"),
        await world.anna.slash(world.channel, "round", round="1"),
        await world.anna.slash(world.channel, "stats", player="anna"),
        await world.admin.slash(world.channel, "sync status"),
        await world.anna.click(message, label="Players"),
        await world.admin.click(message, label="Post it"),
        await world.admin.click(message, label="It is there"),
    ]
    return [(text_of(result), the_answer(result).ephemeral) for result in results]


async def test_a_busy_database_asks_to_try_again_and_leaves_no_traceback(
    world: GuildWorld, caplog: pytest.LogCaptureFixture
) -> None:
    break_database(world, DatabaseBusy("the database is locked by another program"))
    answers = await every_answer(world)
    assert {text for text, _ in answers} == {BUSY}
    assert not any(record.exc_info for record in caplog.records)
    assert world.env.errors != []  # the tree saw them


async def test_a_decision_under_a_real_lock_asks_to_try_again(
    world: GuildWorld, caplog: pytest.LogCaptureFixture
) -> None:
    message = await world.post(BUTTONS)
    await world.bot.app.db.write(lambda tx: tx.execute("PRAGMA busy_timeout = 50"))
    with sqlite3.connect(world.settings.database_path, isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert text_of(await world.admin.click(message, label="Post it")) == BUSY
        assert text_of(await world.anna.slash(world.channel, "round")) == "No round has been imported yet."
        other.execute("ROLLBACK")
    other.close()
    assert text_of(await world.admin.click(message, label="Post it")) == "That was decided already."
    assert not any(record.exc_info for record in caplog.records)


async def test_a_bug_is_told_in_a_sentence_and_found_in_the_log(
    world: GuildWorld, caplog: pytest.LogCaptureFixture
) -> None:
    break_database(world, RuntimeError("the secret inside"))
    answers = await every_answer(world)
    for text, _ in answers:
        assert text.startswith("That failed, and the admin finds it in the log (interaction ")
        assert "secret" not in text
    logged = [record for record in caplog.records if record.exc_info]
    assert len(logged) == len(answers)
    assert all(text.split("interaction ")[1].rstrip(").") in caplog.text for text, _ in answers)
    assert world.env.errors != []


async def test_a_menu_says_that_the_database_does_not_answer(
    world: GuildWorld, caplog: pytest.LogCaptureFixture
) -> None:
    await world.play(an_r1())
    break_database(world, DatabaseBusy("locked"))
    for command, option in (("round", "round"), ("stats", "player"), ("session", "session"), ("map", "map")):
        (said,) = await world.anna.autocomplete(world.channel, command, option, "sup")
        assert said == {
            "name": "The database does not answer just now: ask all the same, and I say why",
            "value": "sup",
        }
    assert not any(record.exc_info for record in caplog.records)


async def test_an_interaction_that_is_too_old_is_no_bug(world: GuildWorld, caplog: pytest.LogCaptureFixture) -> None:
    world.env.inject_error("POST", "/interactions/*/*/callback", status=404, code=10062, message="Unknown interaction")
    await world.anna.slash(world.channel, "round")
    assert not any(record.exc_info for record in caplog.records)
    assert len(world.env.errors) == 1
