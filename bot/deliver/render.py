"""An outbox row → the card it should show now, from the database."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import assert_never

from bot.deliver.recap_card import recap_card
from bot.domain.buttons import (
    AlertIgnore,
    DatedPostFate,
    Diagnosis,
    DigestRounds,
    RoundExplanation,
    RoundSession,
    RoundWeapons,
    ToldRound,
)
from bot.domain.concerns import ConcernCode, ToldConcern
from bot.domain.game.map_names import map_title
from bot.domain.game.model import State
from bot.domain.posts import OutboxItem, PostKind, RoundPosts
from bot.domain.rules import Rules
from bot.domain.stats.answers import MatchAnswer, RoundAnswer
from bot.present.audit.alerts import DIAGNOSED, alert_card
from bot.present.card import Card, Picture, SelectMenu
from bot.present.pictures.scorecard import match_picture, round_picture
from bot.present.words.people.records import broken_line
from bot.present.words.reasons import correction_text
from bot.present.words.rounds.matches import round_card, round_in_a_line
from bot.present.words.text import counted, plain, safe_name, when
from bot.store import alerts, outbox, preferences, telling
from bot.store.file.database import Reader
from bot.store.questions.people import records
from bot.store.questions.rounds import matches

log = logging.getLogger(__name__)

DIGEST_LINES, MENU_OPTIONS, _RECORDS = 30, 25, 3


async def render(db: Reader, item: OutboxItem, *, rules: Rules) -> Card:
    """What the message says, with its pictures; a corrected message says so, and why."""
    match item.kind:
        case PostKind.ALERT:
            return await _alert(db, item)
        case PostKind.DIGEST:
            card = await _digest(db, item)
        case PostKind.RECAP:
            card = await recap_card(db, item, rules=rules)
        case PostKind.ROUND | PostKind.MATCH:
            card = await _round(db, item)
        case _:
            assert_never(item.kind)
    if item.corrected:
        why = f"corrected: {safe_name(correction_text(item.corrected), limit=200)}"
        if card.short is not None:
            return replace(card, short=f"{card.short} ({why})")
        card = replace(card, lines=(*card.lines, f"-# {why}"))
    return card


async def _round(db: Reader, item: OutboxItem) -> Card:
    """A round or a match; one that does not count is a line, and so is a round 1 unless the admins want its picture."""
    assert item.round_id is not None
    answer = await matches.round_answer(db, item.round_id)
    assert answer is not None  # a foreign key holds it
    whole = await matches.match_answer(db, item.round_id) if item.kind is PostKind.MATCH else None
    buttons = (
        ("Players", item.marker),
        ("Weapons", str(RoundWeapons(round=answer.key))),
        ("Explain", str(RoundExplanation(round=answer.key))),
        ("Session", str(RoundSession(round=answer.key))),
    )
    wanted = (await preferences.load(db)).rounds
    if answer.state is not State.COUNTED or (item.kind is PostKind.ROUND and wanted is not RoundPosts.CARD):
        first = None if whole is None else whole.first
        return Card(short=round_in_a_line(answer, first=first), buttons=buttons)
    card = told(answer, whole)
    first_id = [] if whole is None or whole.first is None else [whole.first.id]
    news = [broken_line(record) for id in [*first_id, item.round_id] for record in await records.broken(db, id)]
    card = replace(card, lines=(*card.lines, *news[:_RECORDS]), buttons=buttons)
    return await with_picture(card, answer, whole)


def told(answer: RoundAnswer, whole: MatchAnswer | None) -> Card:
    """A round in words; a round 2 as its match."""
    first = whole.first.half if whole is not None and whole.first is not None and answer.number == 2 else None
    return round_card(answer, first=first, whole=whole if first is not None else None)


async def with_picture(card: Card, answer: RoundAnswer, whole: MatchAnswer | None) -> Card:
    """The card with its players as a picture in place of the tables; a picture that fails is no reason to be silent."""
    try:
        picture = await _picture(answer, whole)
    except Exception:
        log.exception("the picture of round %d could not be drawn: its tables are shown instead", answer.id)
        return card
    return replace(card, fields=(), tables=card.fields, pictures=(picture,), large=True)


async def _picture(answer: RoundAnswer, whole: MatchAnswer | None) -> Picture:
    if answer.number == 2 and whole is not None and whole.result is not None:
        return await asyncio.to_thread(_of_match, whole)
    return await asyncio.to_thread(_of_round, answer)


# a post is tried again, edited and corrected: the same content is drawn once
_of_round = lru_cache(maxsize=8)(round_picture)
_of_match = lru_cache(maxsize=8)(match_picture)


async def sample_card(db: Reader) -> Card:
    """What a post looks like: the newest match, or a sentence where there is none."""
    newest = await matches.newest_match(db)
    answer = await matches.round_answer(db, newest) if newest is not None else None
    if answer is None:
        return Card(title="A sample", lines=("Here the result of each round will be posted.",))
    whole = await matches.match_answer(db, answer.id)
    card = await with_picture(told(answer, whole), answer, whole)
    return replace(card, title=f"A sample: {card.title}"[:256], lines=("-# only a test", *card.lines))


async def _digest(db: Reader, item: OutboxItem) -> Card:
    """What was played while no post could be made: a line per match, oldest first."""
    rounds = await telling.gathered(db, item.id)
    answers = [answer for number in rounds if (answer := await matches.round_answer(db, number)) is not None]
    seconds = {answer.id: await matches.second_of(db, answer.id) for answer in answers if answer.number == 1}
    wholes = {answer.id: await matches.match_answer(db, answer.id) for answer in answers if answer.number == 2}
    lines = [
        f"{when(answer.ended_at, 't')} {told(answer, wholes.get(answer.id)).title} `#{answer.id}`"
        for answer in answers
        if seconds.get(answer.id) not in rounds  # its match has a line
    ]
    more = len(lines) - DIGEST_LINES
    return Card(
        title=f"Meanwhile: {counted(len(answers), 'round')}",
        lines=(*lines[:DIGEST_LINES], *([f"… and {more} more"] if more > 0 else [])),
        footer="These came at once, after an outage; the menu shows each",
        at=answers[-1].ended_at if answers else None,
        buttons=(("Session", item.marker),),
        menus=tuple(
            _show_a_round(answers[first : first + MENU_OPTIONS]) for first in range(0, len(answers), MENU_OPTIONS)
        ),
    )


def _show_a_round(answers: Sequence[RoundAnswer]) -> SelectMenu:
    """A menu of these rounds. Its options are also the markers by which the bot sees what the digest tells of."""
    first, last = answers[0], answers[-1]
    return SelectMenu(
        custom_id=str(DigestRounds(round=first.key)),
        placeholder=f"Show a round: #{first.id} to #{last.id}",
        options=tuple((_named(answer), str(ToldRound(round=answer.key))) for answer in answers),
    )


def _named(answer: RoundAnswer) -> str:
    return f"#{answer.id} {plain(map_title(answer.map), limit=60)}, round {answer.number}"


async def _alert(db: Reader, item: OutboxItem) -> Card:
    told = await alerts.of_alert(db, item.id) or [ToldConcern("", item.body or "")]
    lasting = [concern for concern in told if concern.over_at is None]
    buttons: list[tuple[str, str]] = []
    if item.about is not None and lasting:
        at = await outbox.made_at(db, item.about)
        buttons += [
            ("Post it", str(DatedPostFate(item=item.about, at=at, fate="post"))),
            ("It is there", str(DatedPostFate(item=item.about, at=at, fate="there"))),
        ]
    if any(concern.code in DIAGNOSED for concern in lasting):
        buttons.append(("Diagnose", str(Diagnosis())))
    if broken := [concern for concern in lasting if concern.code is ConcernCode.BROKEN]:
        label = f"Ignore these {len(broken)}" if len(broken) > 1 else "Ignore it"
        buttons.append((label, str(AlertIgnore(item=item.id, at=item.created_at))))
    seen = [] if item.seen_by is not None else [("Seen", item.marker)]
    return alert_card(told, buttons=(*seen, *buttons), seen_by=item.seen_by)
