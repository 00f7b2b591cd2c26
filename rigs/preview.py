"""`make preview`: whole messages of the real bot in a browser, on a made-up evening; no Discord, no token.

The page is a chat: slash commands, buttons and menus work there, since the bot behind it is the real one.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from discord import Message

from bot.deliver.recap_card import recap_card
from bot.deliver.render import render
from bot.domain.posts import PostKind
from bot.store import links, outbox
from bot.store.questions.rounds import matches
from rigs.guild import GuildWorld, opened
from tools.demo.roster import fighter
from tools.demo.session import session_files

COMMANDS: tuple[tuple[str, dict[str, str]], ...] = (
    ("session", {}),
    ("leaderboard", {"stat": "kd"}),
    ("stats", {}),
    ("match", {}),
    ("records", {}),
    ("form", {}),
)


async def main() -> None:
    """Serve until the page is closed."""
    with TemporaryDirectory() as folder:
        async with opened(Path(folder)) as world:
            await fill(world)
            async with world.env.preview(world.channel, viewers=[world.anna, world.admin], layout="channel") as preview:
                sys.stdout.write(f"open {preview.url}\n")
                sys.stdout.flush()
                await preview.wait_closed()


async def fill(world: GuildWorld) -> None:
    """Three sessions, the last one's posts and recap, and some answers."""
    await played(world)
    await posted(world)
    for name, options in COMMANDS:
        await world.anna.slash(world.channel, name, **options)


async def played(world: GuildWorld) -> None:
    """Three sessions, and anna is somebody in them."""
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    for days in (14, 7, 0):
        start = now - timedelta(days=days, hours=4)
        await world.play(*session_files(start, maps=5, seed=2, players=6))
    db = world.bot.app.db
    await db.write(lambda tx: links.link(tx, world.anna.id, fighter(0).guid, by="preview", now=0))


async def posted(world: GuildWorld) -> tuple[Message, Message]:
    """The posts of the last match and of its session."""
    db, rules = world.bot.app.db, world.bot.app.rules
    newest = await matches.newest_match(db)
    assert newest is not None
    await db.write(lambda tx: outbox.again(tx, PostKind.MATCH, newest, now=0))
    item = await outbox.of_round(db, newest)
    assert item is not None
    match = await world.post(await render(db, item, rules=rules))
    session = int(await db.value("SELECT max(session) FROM rounds"))
    recap = item._replace(kind=PostKind.RECAP, round_id=None, session=session)
    return match, await world.post(await recap_card(db, recap, rules=rules))


if __name__ == "__main__":
    asyncio.run(main())
