"""A match in words: the result, and both attacks."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.stats.answers import MatchAnswer
from bot.present.card import Card
from bot.present.words.results import round_card
from bot.present.words.text import when


def match_card(match: MatchAnswer) -> Card:
    """A match whose both rounds count: who won it and how; the figures of both rounds are added up beside it."""
    assert match.first is not None
    assert match.second is not None
    card = round_card(match.second, first=match.first.half, whole=match)
    rounds = f"#{match.first.id} and #{match.second.id}"
    fresh = f"-# both rounds added up, {rounds} · played {when(match.ended_at, 'R')}"
    return replace(card, lines=(*card.lines, fresh))
