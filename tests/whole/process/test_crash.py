"""The real bot between both servers, killed again and again while both fail; and the checker that judges it."""

from __future__ import annotations

import re
import sqlite3
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from bot.app import SERVER
from bot.domain.buttons import ToldRound
from bot.domain.game.file.files import round_key
from rigs.builders import an_r1
from rigs.crash.__main__ import Plan, crash, steps_told
from rigs.crash.history import History, Verdict, judge
from rigs.crash.life import Life
from rigs.crash.soak import Sample, grown, soak
from rigs.crash.steps import STEPS
from rigs.discord_standin import DiscordStandin
from rigs.discord_standin.world import PLAYER
from rigs.process import ROOT, TOKEN
from rigs.world import a_world

ROUND = an_r1()
KILLS = 25
"""At random instants, beside one at each step. The whole is `make crashtest`."""

needs_fork = pytest.mark.skipif(sys.platform == "win32", reason="no fork, and no kill -9")


@needs_fork
@pytest.mark.timeout(600)
async def test_kills_at_each_step_and_at_random_between_two_failing_servers_lose_and_double_nothing() -> None:
    plan = Plan(KILLS, 1)
    lives = await crash(plan, seed=1, lanes=8, minutes=8, keep=None)
    assert [life.verdict for life in lives if not life.verdict.is_whole] == []
    lines, are_reached = steps_told(lives, 1)
    assert are_reached or plan.left, lines
    assert sum(life.kills.total() for life in lives) >= 40


@needs_fork
@pytest.mark.timeout(300)
async def test_a_short_soak_leaves_everything_whole() -> None:
    life, samples = await soak(0.2, seed=1)
    assert life.verdict.lost == life.verdict.doubled == []
    assert [fault for fault in life.verdict.broken if not fault.startswith("I5")] == []
    assert samples


def test_the_steps_are_all_that_the_bot_has() -> None:
    sources = (path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py"))
    assert {name for source in sources for name in re.findall(r'reached\("([^"]+)"\)', source)} == {*STEPS}


def test_a_step_that_was_not_reached_is_due_again_for_a_while_and_said() -> None:
    plan, life = Plan(0, 1), Life(1, kills=Counter({*STEPS} - {"edited"}), missed=Counter(["edited"]))
    while plan.life():
        pass
    for _ in range(5):
        plan.note(life.missed)
    assert plan.left == 2
    lines, are_reached = steps_told([life], 1)
    assert not are_reached
    assert [line for line in lines if "NOT" in line] == [
        "edited             0 of 1, NOT REACHED 1 times (1 more starts did not come to it)"
    ]


def test_what_grows_is_told() -> None:
    flat, high = [Sample(100.0, 20, 5)] * 10, [Sample(120.0, 40, 5)] * 10
    assert grown(flat * 4) == []
    assert grown(flat * 3 + high) == ["I5 memory: 100 grew to 120", "I5 descriptors: 20 grew to 40"]


async def a_history(home: Path) -> History:
    """One round that was imported and posted."""
    async with DiscordStandin(token=TOKEN) as standin, a_world(home) as world:
        await world.poll()
        await world.add(ROUND)
        key = round_key(SERVER, ROUND.name)
        button = {"type": 2, "style": 1, "label": "Players", "custom_id": f"round:{key}:round"}
        message = standin.post("supply", author=PLAYER, components=[{"type": 1, "components": [button]}])
        remote = home / "seen"
        remote.mkdir()
        (remote / ROUND.name).write_bytes(ROUND.data)
    database = next(home.glob("*.db"))
    with closing(sqlite3.connect(database)) as con, con:
        con.execute("UPDATE outbox SET state = 'sent', message_id = ?, attempt_at = 1", (message.id,))
    return History(home, database, remote, [ROUND.name], [message], ["polling works again"])


def verdict_of(history: History, sql: str = "") -> Verdict:
    with closing(sqlite3.connect(history.database)) as con, con:
        con.execute("PRAGMA foreign_keys = OFF")
        con.executescript(sql)
    verdict = Verdict()
    judge(history, verdict)
    return verdict


async def test_a_whole_history_is_called_whole(tmp_path: Path) -> None:
    assert verdict_of(await a_history(tmp_path)) == Verdict()


async def test_what_is_lost_is_told(tmp_path: Path) -> None:
    history = await a_history(tmp_path)
    assert verdict_of(history._replace(messages=[])).lost == [f"I3 no message: {ROUND.name}"]
    found = verdict_of(history, "DELETE FROM rounds")
    assert f"I2 no round: {ROUND.name}" in found.lost


async def test_a_round_of_which_a_digest_tells_is_not_lost(tmp_path: Path) -> None:
    history = await a_history(tmp_path)
    gathered = """
        INSERT INTO outbox (kind, state, message_id, channel_id, sent_revision, not_before, created_at)
        SELECT 'digest', 'sent', message_id, channel_id, 1, 0, 0 FROM outbox WHERE round_id IS NOT NULL;
        UPDATE outbox SET state = 'gathered', message_id = NULL, digest_id = last_insert_rowid()
         WHERE round_id IS NOT NULL"""
    async with DiscordStandin(token=TOKEN) as standin:
        option = {"label": "supply", "value": str(ToldRound(round=round_key(SERVER, ROUND.name)))}
        menu = {"type": 3, "custom_id": "told", "options": [option]}
        digest = standin.post("", author=PLAYER, components=[{"type": 1, "components": [menu]}])
        other = standin.post("other", author=PLAYER)
    gathered = gathered.replace("'sent', message_id", f"'sent', {digest.id}")
    assert verdict_of(history._replace(messages=[digest]), gathered) == Verdict()
    assert verdict_of(history._replace(messages=[])).lost == [f"I3 0 digests tell of it: {ROUND.name}"]
    assert verdict_of(history._replace(messages=[digest, other])).doubled != []


async def test_what_is_doubled_is_told(tmp_path: Path) -> None:
    history = await a_history(tmp_path)
    assert verdict_of(history._replace(messages=[*history.messages, *history.messages])).doubled == [
        f"I3 2 messages: {ROUND.name}"
    ]
    assert verdict_of(history._replace(news=[])).doubled != []


async def test_a_post_that_was_not_corrected_is_told(tmp_path: Path) -> None:
    history = await a_history(tmp_path)
    assert verdict_of(history._replace(corrected=[ROUND.name])).lost == [f"I3 not corrected: {ROUND.name}"]


async def test_bytes_that_the_server_never_had_are_told(tmp_path: Path) -> None:
    history = await a_history(tmp_path)
    (history.remote / ROUND.name).write_bytes(b"other")
    assert verdict_of(history).broken == [f"I2 ledger, round and server differ: {ROUND.name}"]


async def test_an_unknown_message_a_traceback_a_secret_and_half_files_are_told(tmp_path: Path) -> None:
    history = await a_history(tmp_path)
    (tmp_path / "x.part").touch()
    wrong = history._replace(outputs=["Traceback (most recent call last)", f"login with {TOKEN}"])
    told = verdict_of(wrong, "UPDATE outbox SET message_id = 7").broken
    assert [fault[:3] for fault in told] == ["I3 ", "I5 ", "I6 ", "I7 "]
