"""The options that pick a round, a match or a session: a menu while it is typed, and what is meant in the end."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import discord
from discord import app_commands

from bot.client import StatsBot
from bot.domain.game.map_names import holding, map_title
from bot.domain.stats.answers import MatchAnswer, RoundAnswer
from bot.errors import NoAnswer, StoreError
from bot.present.words.text import plain, safe_name, session_day_text
from bot.store.questions.rounds import matches, sessions
from cogs.kit.asking import the_bot

PICK_HELP = "leave empty for the latest; or type a map's name or a number"
SESSION_HELP = "leave empty for the last one; or yesterday, tuesday, 2025-10-12"
OFFERED = 400
"""Sessions among which the menu looks for what is typed."""


class PickOption(app_commands.Transformer):
    """Free text with a menu; the command reads it, once it has acknowledged that it was asked."""

    def __init__(self, offers: Callable[[StatsBot, str], Awaitable[Sequence[tuple[str, str]]]]) -> None:
        super().__init__()
        self._offers = offers

    async def transform(self, itx: discord.Interaction, value: str, /) -> str:
        """As it was typed."""
        return value

    async def autocomplete(self, itx: discord.Interaction, value: str, /) -> list[app_commands.Choice[str]]:  # type: ignore[override]
        """What fits, newest first."""
        try:
            offered = await self._offers(the_bot(itx), value[:100])
        except StoreError:  # a menu cannot say why; the command can
            return []
        return [app_commands.Choice(name=plain(label, limit=100), value=text) for label, text in offered[:25]]


async def _rounds(bot: StatsBot, text: str) -> list[tuple[str, str]]:
    zone = bot.app.rules.zone
    found = await matches.round_choices(bot.app.menus, text, maps=await _maps(bot, text))
    return [(matches.label(round, zone), str(round.id)) for round in found]


async def _maps(bot: StatsBot, text: str) -> tuple[str, ...]:
    """The maps whose names, or titles, hold what is typed."""
    return holding(text.strip(), await bot.app.names.maps()) if text.strip() else ()


async def _matches(bot: StatsBot, text: str) -> list[tuple[str, str]]:
    zone = bot.app.rules.zone
    return [
        (
            f"#{m.first_id} {map_title(m.map)} · {datetime.fromtimestamp(m.ended_at, zone):%Y-%m-%d %H:%M %Z}",
            str(m.first_id),
        )
        for m in await matches.match_choices(bot.app.menus, text, maps=await _maps(bot, text))
    ]


async def _sessions(bot: StatsBot, text: str) -> list[tuple[str, str]]:
    wanted = text.strip().casefold()
    starts = await sessions.starts(bot.app.menus, limit=OFFERED if wanted else 25)
    names = await sessions.labels(bot.app.menus, starts, zone=bot.app.rules.zone)
    first = {name[:10] for name in names if len(name) > len("2025-10-12")}  # the first of several is called a here
    named = [(f"{name} · {session_day_text(name)}", f"{name}a" if name in first else name) for name in names]
    return [(label, text) for label, text in named if wanted in label.casefold()]


ROUND, MATCH, SESSION = PickOption(_rounds), PickOption(_matches), PickOption(_sessions)
RoundArgument = app_commands.Transform[str, ROUND]
MatchArgument = app_commands.Transform[str, MATCH]
SessionArgument = app_commands.Transform[str, SESSION]


async def read_round(itx: discord.Interaction, text: str | None) -> RoundAnswer:
    """The round that somebody typed, the latest by default; raises `NoAnswer`."""
    db = the_bot(itx).app.db
    latest = await matches.latest(db)
    wanted = latest if text is None else await matches.resolve(db, text, maps=await _maps(the_bot(itx), text))
    answer = await matches.round_answer(db, wanted) if wanted is not None else None
    if answer is None:
        raise _unknown("round", text if latest is not None else None)
    return answer


async def read_match(itx: discord.Interaction, text: str | None) -> MatchAnswer:
    """The match that somebody typed, the latest by default; raises `NoAnswer`."""
    db = the_bot(itx).app.db
    latest = await matches.latest(db)
    wanted = await matches.newest_match(db) or latest if text is None else await _match(itx, text)
    answer = await matches.match_answer(db, wanted) if wanted is not None else None
    if answer is None:
        raise _unknown("match", text if latest is not None else None)
    return answer


async def _match(itx: discord.Interaction, text: str) -> int | None:
    db, maps = the_bot(itx).app.db, await _maps(the_bot(itx), text)
    offered = await matches.match_choices(db, text, maps=maps, limit=1) if text.strip() else []
    is_number = re.fullmatch(r"#?\d+", text.strip()) is not None
    return offered[0].id if offered and not is_number else await matches.resolve(db, text, maps=maps)


async def read_session(itx: discord.Interaction, text: str | None) -> int:
    """The session that somebody typed, the last one by default: its start; raises `NoAnswer`."""
    db, zone = the_bot(itx).app.db, the_bot(itx).app.rules.zone
    start = await sessions.resolve(db, text or "", zone=zone, now=the_bot(itx).app.clock.now())
    if start is not None:
        return start
    newest = await sessions.labels(db, await sessions.starts(db, limit=3), zone=zone)
    if not newest:
        raise NoAnswer("No round that counts has been imported yet.")
    called = safe_name(text or "")
    raise NoAnswer(f"I know no session called {called}. The newest are {', '.join(newest)}; see `/sessions`.")


def _unknown(what: str, text: str | None) -> NoAnswer:
    if text is None:
        return NoAnswer("No round has been imported yet.")
    return NoAnswer(f"I know no {what} by {safe_name(text)}: pick one from the menu while you type.")
