"""Whatever one member asks, and however long it takes: others are answered, menus open and posts are made."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from bot.domain.allowance import BURST
from rigs.builders import STAMP, a_player, an_r1
from rigs.discord_standin import ADMIN, PLAYER, DiscordStandin, Interaction, eventually
from rigs.online import online
from rigs.process import text_of

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000) SELECT count(*) FROM n"
FIRST = an_r1(players=[a_player("anna", kills=3), a_player("ben", team=2)])


def stats(standin: DiscordStandin) -> Interaction:
    """A command with two options that the database has to be asked for."""
    return standin.interactions.slash("stats", {"player": "anna", "when": "supply"}, user=ADMIN)


async def test_a_question_without_end_holds_up_no_answer_no_menu_and_no_post(tmp_path: Path) -> None:
    (tmp_path / "local_stats").mkdir()
    (tmp_path / "local_stats" / FIRST.name).write_bytes(FIRST.data)
    async with online(tmp_path) as (bot, standin):
        assert bot.app.live is not None
        await eventually(lambda: bot.app.live and bot.app.live.polling.status.last_success_at is not None)
        endless = asyncio.create_task(bot.app.db.value(ENDLESS))
        await asyncio.sleep(0.1)
        try:
            command = stats(standin)
            typing = standin.interactions.complete("match", {"match": ""}, focused="match")
            names = standin.interactions.complete("stats", {"player": "an"}, focused="player")
            news = an_r1(at=datetime.now(UTC).strftime(STAMP))
            (tmp_path / "remote" / news.name).write_bytes(news.data)
            await command.until(lambda it: it.deferred, timeout=3)
            await typing.until(lambda it: it.answered, timeout=3)
            assert (await names.until(lambda it: it.answered, timeout=3)).choices
            for _ in range(3):
                await bot.app.live.polling.poll_now()
            await eventually(standin.posts, timeout=10)
            assert not endless.done()
        finally:
            await bot.app.db._connection.interrupt()
            await asyncio.gather(endless, return_exceptions=True)
        assert "anna" in text_of((await command.until(lambda it: it.original is not None, timeout=10)).original)


async def test_sixty_commands_of_one_member_are_refused_in_a_sentence_and_others_are_answered(tmp_path: Path) -> None:
    (tmp_path / "local_stats").mkdir()
    (tmp_path / "local_stats" / FIRST.name).write_bytes(FIRST.data)
    async with online(tmp_path) as (_, standin):
        many = [standin.interactions.slash("stats", {"player": "anna"}, user=PLAYER) for _ in range(60)]
        other = stats(standin)
        await other.until(lambda it: it.deferred, timeout=3)
        for interaction in [*many, other]:
            await interaction.until(lambda it: it.original is not None, timeout=20)
        refused = [it for it in many if it.content.startswith("That is a lot at once: ask again in ")]
        assert 60 - BURST - 5 <= len(refused) <= 60 - BURST
        assert all(it.ephemeral for it in refused)
        assert not any(it.refusals for it in many)
        assert "anna" in text_of(other.original)
