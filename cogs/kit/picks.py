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
from bot.present.words.text import safe_name, session_day_text
from bot.store.questions.rounds import matches, sessions
from cogs.kit.asking import the_bot
from cogs.kit.menus import MOST, Offer, menu, unread

PICK_HELP = "leave empty for the latest; or type a map's name or a number"
SESSION_HELP = "leave empty for the last one; or yesterday, tuesday, 2025-10-12"
OFFERED = 400
"""Sessions among which the menu looks for what is typed."""


class PickOption(app_commands.Transformer):
    """Free text with a menu; the command reads it, once it has acknowledged that it was asked."""

    def __init__(self, what: str, offers: Callable[[StatsBot, str], Awaitable[Sequence[Offer]]]) -> None:
        super().__init__()
        self._what = what
        self._offers = offers

    async def transform(self, itx: discord.Interaction, value: str, /) -> str:
        """As it was typed."""
        return value

    async def autocomplete(self, itx: discord.Interaction, value: str, /) -> list[app_commands.Choice[str]]:  # type: ignore[override]
        """What fits, newest first."""
        bot = the_bot(itx)
        try:
            choices = await self._offers(bot, value[:100])
            usual = choices or await self._offers(bot, "")
        except StoreError:
            return unread(value)
        return menu(value, choices, what=self._what, usual=usual)


async def _rounds(bot: StatsBot, text: str) -> list[Offer]:
    zone = bot.app.rules.zone
    rounds = await matches.round_choices(bot.app.menus, text, maps=await _maps(bot, text))
    return [(matches.label(round, zone), str(round.id)) for round in rounds]


async def _maps(bot: StatsBot, text: str) -> tuple[str, ...]:
    """The maps whose names, or titles, hold what is typed."""
    return holding(text.strip(), await bot.app.names.maps()) if text.strip() else ()


async def _matches(bot: StatsBot, text: str) -> list[Offer]:
    zone = bot.app.rules.zone
    return [
        (
            f"#{m.first_id} {map_title(m.map)} · {datetime.fromtimestamp(m.ended_at, zone):%Y-%m-%d %H:%M %Z}",
            str(m.first_id),
        )
        for m in await matches.match_choices(bot.app.menus, text, maps=await _maps(bot, text))
    ]


async def _sessions(bot: StatsBot, text: str) -> list[Offer]:
    """Sessions whose name, day or time hold what is typed; the one that it means, such as `yesterday`, first."""
    wanted, db, zone = text.strip().casefold(), bot.app.menus, bot.app.rules.zone
    starts = await sessions.starts(db, limit=OFFERED if wanted else MOST)
    meant = await sessions.resolve(db, text, zone=zone, now=bot.app.clock.now()) if wanted else None
    names = dict(zip(starts, await sessions.labels(db, starts, zone=zone), strict=True))
    if meant is not None and meant not in names:
        [names[meant]] = await sessions.labels(db, [meant], zone=zone)
    first = {name[:10] for name in names.values() if len(name) > len("2025-10-12")}  # the first of several: a, here
    offered = [
        (start, f"{name} · {session_day_text(name)}, {datetime.fromtimestamp(start, zone):%H:%M %Z}", name)
        for start, name in names.items()
    ]
    return [
        (label, f"{name}a" if name in first else name)
        for start, label, name in sorted(offered, key=lambda offer: offer[0] != meant)
        if start == meant or wanted in label.casefold()
    ]


ROUND, MATCH, SESSION = PickOption("round", _rounds), PickOption("match", _matches), PickOption("session", _sessions)
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
    now = the_bot(itx).app.clock.now()
    start = await sessions.resolve(db, text or "", zone=zone, now=now)
    if start is None and len((text or "").strip()) > 1:  # as the menu reads it, whose first is taken
        offered = await _sessions(the_bot(itx), text or "")
        start = await sessions.resolve(db, offered[0][1], zone=zone, now=now) if offered else None
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
