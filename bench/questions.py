"""What each command asks of the database: p50 and p95, at an archive's size and at 100,000 rounds."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.importing import UTC, imported
from bench.kit.figure import Row
from bench.kit.grown import grow
from bench.kit.workshop import Workshop
from bot.clock import SystemClock
from bot.domain.stats.metrics import BY_NAME
from bot.domain.stats.people.records import Level
from bot.domain.stats.scope import Scope
from bot.store import marks
from bot.store.file.database import Database, Reader, opened, reading
from bot.store.questions.people import awards, baselines, duels, players, records, standings, weapons
from bot.store.questions.people.names import Names
from bot.store.questions.rounds import explain, maps, matches, sessions
from bot.store.questions.scopes import ChosenRounds, choose
from rigs.world import a_rules

GAP = 3600
FEW, MANY = 0.020, 0.300
"""Seconds for the p95 of a question: at an archive's size, and at very many rounds."""
MENU = 0.020
Question = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Seconds of one question, asked again and again."""

    p50: float
    p95: float


def rows(shop: Workshop) -> Iterator[Row]:
    """Each command's questions on both databases, and how they grow."""
    small, large = shop.fresh() / "small.db", shop.fresh() / "large.db"
    asyncio.run(imported(small, shop.files))
    asyncio.run(_marked(small))
    grow(small, large, rounds=shop.size.many)
    times = max(5, 3 * shop.size.runs)
    few, many = asyncio.run(_asked(small, times)), asyncio.run(_asked(large, times))
    for name in few:
        most = MENU if name.startswith("menu") else MANY
        yield Row(
            figure=name,
            anchor=f"p50 and p95 at {len(shop.files):,} rounds, then at {shop.size.many:,}",
            took=f"{_said(few[name])}; {_said(many[name])}",
            ratio=f"{many[name].p50 / few[name].p50:.1f}",
            cpu="",
            target=f"p95 ≤ {1e3 * FEW:.0f} ms; ≤ {1e3 * most:.0f} ms",
            met=few[name].p95 <= FEW and many[name].p95 <= most,
        )


def _said(times: Times) -> str:
    return f"{1e3 * times.p50:.1f}, {1e3 * times.p95:.1f} ms"


async def _marked(path: Path) -> None:
    async with opened(path) as db:
        await _bring_up(db)


async def _bring_up(db: Database) -> None:
    server = int(await db.value("SELECT id FROM servers"))
    await db.write(lambda tx: marks.bring_up(tx, server, gap=GAP))


async def _asked(path: Path, times: int) -> dict[str, Times]:
    async with reading(path) as db:
        measured = {}
        for name, question in (await _questions(db)).items():
            await question()  # the first one reads the disk
            took = []
            for _ in range(times):
                began = time.perf_counter()
                await question()
                took.append(time.perf_counter() - began)
            p95 = statistics.quantiles(took, n=20, method="inclusive")[-1]
            measured[name] = Times(p50=statistics.median(took), p95=p95)
        return measured


async def _questions(db: Reader) -> dict[str, Question]:
    """Name → what the command of this name asks; for the player who played most, and the newest of everything."""
    now = int(await db.value("SELECT max(ended_at) FROM rounds")) + 60
    newest = int(await db.value("SELECT id FROM rounds ORDER BY ended_at DESC LIMIT 1"))
    rows = await db.all("SELECT guid FROM player_rounds GROUP BY guid ORDER BY count(*) DESC LIMIT 2")
    guid, other = (row["guid"] for row in rows)
    (start,) = await sessions.starts(db, limit=1)
    names = Names(db, SystemClock())
    await names.resolve("")

    async def over(scope: Scope) -> ChosenRounds:
        return await choose(db, scope, now=now, rules=a_rules())

    every, month, supply, r1, last = (
        Scope(),
        Scope(period="30d"),
        Scope(maps=("supply",)),
        Scope(number=1),
        Scope(period="session"),
    )

    async def board(metric: str, scope: Scope) -> object:
        return await standings.board(db, await over(scope), BY_NAME[metric])

    async def session() -> object:
        answer = await sessions.session_answer(db, start, zone=UTC)
        chosen = await over(last)
        await standings.by_player(db, chosen, [BY_NAME[name] for name in ("kills", "dpm", "revives", "spree")])
        await awards.of_session(db, chosen)
        return answer

    async def listing() -> object:
        return [await sessions.session_answer(db, began, zone=UTC) for began in await sessions.starts(db, limit=8)]

    async def compare() -> object:
        return await duels.compare(db, await over(every), guid, other)

    async def explained() -> object:
        return await explain.explain(db, await over(every), BY_NAME["accuracy"], guid=guid)

    async def form() -> object:
        return await players.form(db, await over(every), guid)

    async def career(scope: Scope) -> object:
        return await players.career(db, await over(scope), guid)

    async def arms(scope: Scope) -> object:
        return await weapons.arms(db, await over(scope), guid)

    async def armoury() -> object:
        return await weapons.armoury(db, await over(every), 4)

    async def best(level: Level, scope: Scope) -> object:
        return await records.best(db, await over(scope), level)

    async def one_map() -> object:
        chosen = await over(supply)
        return await maps.map_answer(db, chosen, await records.best(db, chosen, Level.ROUND))

    async def all_maps() -> object:
        return await maps.listing(db, await over(every))

    return {
        "/stats": lambda: career(every),
        "/stats when:supply": lambda: career(supply),
        "/leaderboard stat:kills": lambda: board("kills", every),
        "/leaderboard stat:revives": lambda: board("revives", every),
        "/leaderboard stat:kd when:30d": lambda: board("kd", month),
        "/leaderboard stat:dpm when:supply": lambda: board("dpm", supply),
        "/leaderboard stat:accuracy when:r1": lambda: board("accuracy", r1),
        "/session": session,
        "/sessions": listing,
        "/match": lambda: matches.match_answer(db, newest),
        "/round": lambda: matches.round_answer(db, newest),
        "/compare": compare,
        "/weapons player": lambda: arms(every),
        "/weapons weapon": armoury,
        "/map": one_map,
        "/maps": all_maps,
        "/records round": lambda: best(Level.ROUND, every),
        "/records match": lambda: best(Level.MATCH, every),
        "/records session": lambda: best(Level.SESSION, every),
        "/form": form,
        "/explain": explained,
        "baselines of a round": lambda: baselines.of_round(db, newest, guid),
        "menu of players, empty": lambda: names.search("", limit=25),
        "menu of players, typed": lambda: names.search("mard", limit=25),
        "menu of players, misspelt": lambda: names.search("bluenoot", limit=25),
        "menu of rounds": lambda: matches.round_choices(db, "supp"),
        "menu of matches": lambda: matches.match_choices(db, "supp"),
    }  # fmt: skip
