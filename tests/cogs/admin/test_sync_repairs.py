"""`/sync` as an admin uses it: the diagnosis, its repairs, why, run, retry, ignore; and what others get to see."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import sys
import time
from contextlib import closing

import discord
import pytest
from simcord.actors import MemberActor

import cogs.admin.repairs as repairs_cog
from bot.deliver.render import render
from bot.domain.audit.repairs import RepairKind, repair_of
from bot.errors import SourceAway
from bot.present.card import Card
from bot.store import outbox
from bot.store.questions import survey
from rigs.builders import a_session
from rigs.guild import REFUSED, GuildWorld, text_of, the_answer, typed
from tools.demo.session import SampleFile

BROKEN = "2026-03-01-200000-supply-round-1.txt"


async def a_session_on_the_server(world: GuildWorld) -> list[SampleFile]:
    """Four rounds on the server, imported and on disk."""
    files = a_session(2, seed=5)
    for file in files:
        (world.remote / file.name).write_bytes(file.data)
    await run_now(world)
    return files


async def run_now(world: GuildWorld) -> None:
    live = world.bot.app.live
    assert live is not None
    await live.polling.poll_now()


def on_disk(world: GuildWorld) -> set[str]:
    return {path.name for path in world.settings.local_stats_dir.glob("*.txt")}


def handed_to(world: GuildWorld, person: MemberActor, *names: str) -> None:
    """An administrator gave the commands to somebody, as Discord lets him."""
    for name in names:
        command = world.env.backend.find_command(name, None)
        assert command is not None
        world.guild.set_command_permissions(int(command["id"]), {person: True})


async def test_a_diagnosis_shows_verdict_numbers_and_findings_and_attaches_the_report(world: GuildWorld) -> None:
    files = await a_session_on_the_server(world)
    (world.settings.local_stats_dir / files[0].name).unlink()
    message = the_answer(await world.admin.slash(world.channel, "sync diagnose"))
    shown = text_of(message)
    assert message.ephemeral
    assert "files on the server" in shown
    assert "imported, gone from disk" in shown
    assert [file.filename for file in message.attachments] == ["file-sync-report.md"]
    stored = await survey.last(world.bot.app.db)
    assert stored is not None
    assert stored["counts"] == {"server": 4, "local": 3, "processed": 4, "rounds": 4}


async def test_a_diagnosis_can_be_shown_to_all(world: GuildWorld) -> None:
    await a_session_on_the_server(world)
    message = the_answer(await world.admin.slash(world.channel, "sync diagnose", private=False))
    assert not message.ephemeral
    assert "Healthy" in text_of(message)


async def test_the_offered_repair_asks_does_exactly_that_and_is_logged(world: GuildWorld) -> None:
    files = await a_session_on_the_server(world)
    for file in files[:2]:
        (world.settings.local_stats_dir / file.name).unlink()
    offer = the_answer(await world.admin.slash(world.channel, "sync diagnose"))
    question = the_answer(await world.admin.click(offer, label="Restore to disk"))
    assert "2 files" in text_of(question)
    assert "no round changes" in text_of(question)
    assert len(on_disk(world)) == 2
    await world.admin.click(question, label="Do it")
    assert on_disk(world) == {file.name for file in files}
    logged = text_of(await world.admin.slash(world.channel, "admin log"))
    assert "2 files restored" in logged


async def test_nothing_is_asked_where_nothing_is_left_to_repair(world: GuildWorld) -> None:
    await a_session_on_the_server(world)
    assert text_of(await world.admin.slash(world.channel, "sync restore")) == "Nothing is left to repair here."


@pytest.mark.parametrize("custom_id", ["repair:restore", "repairdo:restore:{user}:{now}"])
async def test_a_copied_repair_button_does_nothing_for_others(world: GuildWorld, custom_id: str) -> None:
    files = await a_session_on_the_server(world)
    (world.settings.local_stats_dir / files[0].name).unlink()
    forged = custom_id.format(user=world.anna.id, now=int(time.time()))
    message = await world.post(Card(title="copied", buttons=(("Click", forged),)))
    result = await world.anna.click(message, label="Click")
    shown = [*result.followups, *([result.response] if result.response is not None else [])]
    assert REFUSED in [message.content for message in shown]
    assert len(on_disk(world)) == 3


@pytest.mark.parametrize("age", [0, repairs_cog.CONFIRM + 60])
async def test_a_confirmation_is_for_the_one_who_asked_and_for_a_quarter_of_an_hour(
    world: GuildWorld, age: int
) -> None:
    files = await a_session_on_the_server(world)
    (world.settings.local_stats_dir / files[0].name).unlink()
    asker = world.trusted if age == 0 else world.admin
    forged = f"repairdo:restore:{asker.id}:{int(time.time()) - age}"
    message = await world.post(Card(title="old", buttons=(("Do it", forged),)))
    result = await world.admin.click(message, label="Do it")
    assert "not yours, or too old" in result.followups[-1].content
    assert len(on_disk(world)) == 3


@pytest.mark.parametrize("custom_id", ["repair:format_the_disk", "repairdo:format_the_disk:{user}:{now}"])
async def test_a_button_of_an_unknown_repair_says_so_and_does_nothing(
    world: GuildWorld, custom_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    files = await a_session_on_the_server(world)
    (world.settings.local_stats_dir / files[0].name).unlink()
    before = on_disk(world), await world.bot.app.db.all("SELECT * FROM processed_files")
    forged = custom_id.format(user=world.admin.id, now=int(time.time()))
    message = await world.post(Card(title="odd", buttons=(("Click", forged),)))
    result = await world.admin.click(message, label="Click")
    shown = [message.content for message in (*result.followups, result.response) if message is not None]
    assert any("ask" in content for content in shown), shown
    assert not any(answer.components for answer in result.followups), "nothing is offered to be confirmed"
    assert "an interaction failed" not in caplog.text
    assert (on_disk(world), await world.bot.app.db.all("SELECT * FROM processed_files")) == before
    assert "format_the_disk" not in text_of(await world.admin.slash(world.channel, "admin log"))


@pytest.mark.parametrize("kind", RepairKind)
async def test_every_repair_of_the_table_has_its_button_which_asks_or_acts(world: GuildWorld, kind: RepairKind) -> None:
    await a_session_on_the_server(world)
    message = await world.post(Card(title="offer", buttons=((repair_of(kind).label, f"repair:{kind}"),)))
    shown = text_of(await world.admin.click(message, label=repair_of(kind).label))
    assert shown == ("Nothing is left to repair here." if repair_of(kind).asks else "Looked: nothing new.")


async def test_a_lost_round_is_brought_back_by_the_button_under_the_diagnosis(world: GuildWorld) -> None:
    files = await a_session_on_the_server(world)
    db = world.bot.app.db
    lost = files[0].name
    before = await db.value("SELECT digest FROM rounds WHERE filename = :name", name=lost)
    with closing(sqlite3.connect(db.path)) as other:  # another program, which does not enforce our foreign keys
        other.execute("DELETE FROM rounds WHERE filename = ?", (lost,))
        other.commit()
    offer = the_answer(await world.admin.slash(world.channel, "sync diagnose"))
    assert "Critical" in text_of(offer)
    question = the_answer(await world.admin.click(offer, label="Bring lost rounds back"))
    shown = text_of(question)
    assert "1 file will be imported again" in shown
    assert lost.rpartition("_")[2] in shown
    assert "there was no round" in shown
    assert await db.value("SELECT count(*) FROM rounds") == 3, "a question changes nothing"
    await world.admin.click(question, label="Do it")
    assert await db.value("SELECT digest FROM rounds WHERE filename = :name", name=lost) == before
    assert "Healthy" in text_of(await world.admin.slash(world.channel, "sync diagnose"))
    assert "1 file imported again" in text_of(await world.admin.slash(world.channel, "admin log"))


async def test_copies_are_ignored_by_a_button_with_their_reason_and_whose_word_it_is(world: GuildWorld) -> None:
    files = await a_session_on_the_server(world)
    copies = [f"2026-03-02-{hour}0000-{files[0].name.split('-', 4)[4]}" for hour in range(13, 20)]
    for name in copies:
        (world.remote / name).write_bytes(files[0].data)
    await run_now(world)
    offer = the_answer(await world.admin.slash(world.channel, "sync diagnose"))
    question = the_answer(await world.admin.click(offer, label="Ignore the copies"))
    assert "7 files will be ignored" in text_of(question)
    assert "… and 2 more" in text_of(question)
    window = await world.admin.click(question, label="Say why, and ignore them")
    assert window.modal is not None
    assert window.modal["components"][0]["component"]["value"] == "copy"
    await world.restart()  # a window that was opened before answers after it
    done = await world.admin.submit_modal(window, {"text": "copies of a test"})
    assert text_of(done).startswith("7 files ignored.")
    assert the_answer(done).ephemeral
    shown = text_of(await world.admin.slash(world.channel, "sync why", file=copies[0]))
    assert "ignored by an admin: copies of a test" in shown
    by = await world.bot.app.db.value("SELECT decided_by FROM ignored_files LIMIT 1")
    assert str(world.admin.id) in by


async def an_alert_about_broken_files(world: GuildWorld, *names: str) -> discord.Message:
    for name in names:
        (world.remote / name).write_bytes(b"broken\n")
    await run_now(world)
    live = world.bot.app.live
    assert live is not None
    await live.alerts.step()
    (item,) = await outbox.due(world.bot.app.db, now=2**40)
    return await world.post(await render(world.bot.app.db, item, rules=world.bot.app.rules))


@pytest.mark.parametrize("restart", [False, True])
async def test_broken_files_are_ignored_under_their_alert_with_a_reason_and_it_says_that_it_is_over(
    world: GuildWorld, *, restart: bool
) -> None:
    other = BROKEN.replace("20000", "21000")
    message = await an_alert_about_broken_files(world, BROKEN, other)
    window = await world.admin.click(message, label="Ignore these 2")
    assert window.modal is not None
    if restart:
        await world.restart()
    assert "Say why" in text_of(await world.admin.submit_modal(window, {"text": "   "}))
    window = await world.admin.click(message, label="Ignore these 2")
    shown = text_of(await world.admin.submit_modal(window, {"text": "a test of the disk"}))
    assert shown.startswith("2 files ignored.")
    kept = await world.bot.app.db.all("SELECT filename, reason FROM ignored_files ORDER BY filename")
    assert [tuple(row) for row in kept] == [(BROKEN, "a test of the disk"), (other, "a test of the disk")]
    (item,) = await outbox.due(world.bot.app.db, now=2**40)
    card = await render(world.bot.app.db, item, rules=world.bot.app.rules)
    assert card.title == "Over: 2 files are broken"
    again = await world.admin.click(message, label="Ignore these 2")
    assert "None of these files is broken any more" in text_of(again)


async def test_diagnose_under_an_alert_is_the_diagnosis_for_who_pressed(world: GuildWorld) -> None:
    message = await an_alert_about_broken_files(world, BROKEN)
    answer = the_answer(await world.admin.click(message, label="Diagnose"))
    assert answer.ephemeral
    assert answer.embeds[0].title == "File sync"
    assert [attachment.filename for attachment in answer.attachments] == ["file-sync-report.md"]


async def _log(world: GuildWorld) -> str:
    return text_of(await world.admin.slash(world.channel, "admin log"))


async def test_the_log_tells_what_was_refused_and_to_whom(world: GuildWorld) -> None:
    message = await an_alert_about_broken_files(world, BROKEN)
    for label in ("Diagnose", "Ignore it"):
        assert text_of(await world.anna.click(message, label=label)) == REFUSED
    handed_to(world, world.anna, "sync")
    await world.anna.slash(world.channel, "sync run")
    await world.admin.slash(world.channel, "sync ignore", file=BROKEN)
    await world.anna.slash(world.channel, "stats", player="nobody")
    shown = typed(await _log(world))
    assert re.search(r"\*\*anna \(\d+\)\*\* `button Diagnose`: refused: That is for the admins", shown)
    assert re.search(r"\*\*anna \(\d+\)\*\* `button Ignore it`: refused: That is for the admins", shown)
    assert re.search(r"\*\*anna \(\d+\)\*\* `/sync run`: refused: That is for the admins", shown)
    assert f"`/sync ignore file:{BROKEN}`: refused: Say why" in shown
    assert "stats" not in shown.replace("stats-", "")
    assert "nobody" not in shown


async def test_the_log_shows_names_without_doubled_backslashes(world: GuildWorld) -> None:
    name = (await a_session_on_the_server(world))[1].name
    await world.admin.slash(world.channel, "sync ignore", file=name, reason="x")
    await world.admin.slash(world.channel, "sync ignore", file="a_b*c.txt", reason="x")
    shown = await _log(world)
    assert "a\\_b\\*c.txt: never seen" in shown
    assert "\\\\" not in shown


async def test_sync_now_under_a_diagnosis_acts_at_once(world: GuildWorld) -> None:
    files = a_session(1, seed=5)
    for file in files:
        (world.remote / file.name).write_bytes(file.data)
    offer = the_answer(await world.admin.slash(world.channel, "sync diagnose"))
    assert "2 counted" in text_of(await world.admin.click(offer, label="Sync now"))
    assert on_disk(world) == {file.name for file in files}


async def test_run_brings_in_what_is_new_and_says_so(world: GuildWorld) -> None:
    await a_session_on_the_server(world)
    (later,) = a_session(1, seed=9)[:1]
    (world.remote / later.name).write_bytes(later.data)
    assert "1 counted" in text_of(await world.admin.slash(world.channel, "sync run"))
    assert later.name in on_disk(world)


async def test_retry_tries_rejected_files_again(world: GuildWorld) -> None:
    await a_session_on_the_server(world)
    (world.remote / BROKEN).write_bytes(b"broken\n")
    await run_now(world)
    assert "1 rejected" in text_of(await world.admin.slash(world.channel, "sync retry"))
    assert "nothing to try again" in text_of(
        await world.admin.slash(world.channel, "sync retry", file=sorted(on_disk(world))[-1])
    )


async def test_ignore_needs_a_reason_sets_aside_and_can_be_taken_back(world: GuildWorld) -> None:
    name = (await a_session_on_the_server(world))[0].name
    assert "Say why" in text_of(await world.admin.slash(world.channel, "sync ignore", file=name))
    assert "is ignored" in text_of(await world.admin.slash(world.channel, "sync ignore", file=name, reason="a test"))
    why = text_of(await world.admin.slash(world.channel, "sync why", file=name))
    assert "ignored by an admin: a test" in why
    assert re.search(rf"^boss \({world.admin.id}\) ignored it <t:\d+:f>: a test\.$", typed(why), re.MULTILINE)
    assert "is back" in text_of(await world.admin.slash(world.channel, "sync ignore", file=name, undo=True))
    assert "ignored by an admin" not in text_of(await world.admin.slash(world.channel, "sync why", file=name))
    unknown = await world.admin.slash(world.channel, "sync ignore", file="nonsense", reason="x")
    assert "never seen" in text_of(unknown)


async def test_why_gives_every_layers_answer_and_the_history(world: GuildWorld) -> None:
    name = (await a_session_on_the_server(world))[1].name
    shown = text_of(await world.admin.slash(world.channel, "sync why", file=name))
    assert re.search(r"^First seen <t:\d+:f>; it has been imported since <t:\d+:f>\.$", shown, re.MULTILINE)
    assert re.search(r"^Its round is #2, ended <t:\d+:f>, with \d+ players\. It counts\.$", shown, re.MULTILINE)
    assert "Its round 1 is" in shown
    assert "**Nothing is done about it when it is listed again**." in shown
    assert "```" not in shown
    assert "It was never seen." in text_of(await world.admin.slash(world.channel, "sync why", file="``` @everyone"))


async def test_the_menu_of_files_offers_the_newest_first_and_only_to_admins(world: GuildWorld) -> None:
    files = await a_session_on_the_server(world)
    offered = await world.admin.autocomplete(world.channel, "sync why", "file", "round-2")
    assert [choice["value"] for choice in offered] == [f.name for f in reversed(files) if "round-2" in f.name]
    handed_to(world, world.anna, "sync")
    assert await world.anna.autocomplete(world.channel, "sync why", "file", "") == []


@pytest.mark.parametrize("command", ["sync why", "sync retry", "sync ignore"])
async def test_a_menu_of_files_is_never_empty_for_an_admin(world: GuildWorld, command: str) -> None:
    none = await world.admin.autocomplete(world.channel, command, "file", "")
    assert [choice["name"] for choice in none] == ["There is no file yet: none has been imported"]
    files = await a_session_on_the_server(world)
    sentence, *usual = await world.admin.autocomplete(world.channel, command, "file", "nonsense")
    assert (sentence["name"], sentence["value"]) == ("“nonsense” is no file that I know; these are:", "nonsense")
    assert usual[0]["value"] == files[-1].name


@pytest.mark.parametrize("command", ["sync diagnose", "sync run", "sync restore", "sync retry", "admin log"])
async def test_who_is_no_admin_gets_nothing(world: GuildWorld, command: str) -> None:
    await a_session_on_the_server(world)
    handed_to(world, world.anna, "sync", "admin")
    message = the_answer(await world.anna.slash(world.channel, command))
    assert (message.content, message.embeds, message.ephemeral) == (REFUSED, [], True)
    assert len(world.env.errors) == 1  # seen by the tree, told in a sentence


async def test_an_unreachable_server_is_said_and_the_local_sets_are_shown(
    world: GuildWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_session_on_the_server(world)

    async def away() -> list[object]:
        raise SourceAway("game.example.org: no answer")

    assert world.bot.app.live is not None
    monkeypatch.setattr(world.bot.app.live.source, "list", away)
    shown = text_of(await world.admin.slash(world.channel, "sync diagnose"))
    assert "could not be looked at" in shown
    assert "not looked at" in shown
    assert "could not be done" in text_of(await world.admin.slash(world.channel, "sync run"))


async def test_long_work_edits_one_message_now_and_then(world: GuildWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["cogs.admin.repairs"], "PROGRESS", 0.0)  # the module that the extension loaded
    files = await a_session_on_the_server(world)
    for file in files:
        (world.settings.local_stats_dir / file.name).unlink()
    question = the_answer(await world.admin.slash(world.channel, "sync restore"))
    await world.admin.click(question, label="Do it")
    await asyncio.sleep(0)
    edits = [
        entry for entry in world.env.http_requests if entry.method == "PATCH" and "/messages/@original" in entry.path
    ]
    assert [(entry.json or {}).get("content") for entry in edits][-2:] == ["4 of 4 files …", "4 files restored."]


async def test_every_use_is_in_the_log_and_the_log_itself_is_for_admins(world: GuildWorld) -> None:
    await a_session_on_the_server(world)
    assert "Nothing yet." in text_of(await world.admin.slash(world.channel, "admin log"))
    await world.admin.slash(world.channel, "sync status")
    handed_to(world, world.trusted, "sync")
    await world.trusted.slash(world.channel, "sync run")
    shown = text_of(await world.admin.slash(world.channel, "admin log"))
    assert "sync status" in shown
    assert "friend" in shown
