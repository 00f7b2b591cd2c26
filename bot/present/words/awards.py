"""Awards as a card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.domain.stats.awards import Awards, PairAward
from bot.present.card import Card
from bot.present.words.coverage import covered
from bot.present.words.evenings import award_line
from bot.present.words.text import safe_name

_DESCRIPTION = 4096


def awards_card(awards: Awards, *, title: str, me: str | None) -> Card:
    """Every award with its number and its reason, those of pairs last; the asker's own are in bold."""
    lines = [award_line(award, awards.names, me=me) for award in awards.awards]
    lines += [pair_line(award, awards.names, me=me) for award in awards.pairs]
    last = covered(awards.coverage)
    return Card(title=title, lines=(*_within(lines or ["Nobody has earned an award."], last), last))


def pair_line(award: PairAward, names: Mapping[str, str], *, me: str | None = None) -> str:
    """`**Dream team**: anna with ben, 5 of 6 matches`, with the reason below."""
    link = " over " if award.against else " with "
    pairs = " and ".join(link.join(_name(guid, names, me) for guid in pair) for pair in award.pairs)
    return f"**{award.title}**: {pairs}, {award.won} of {award.matches} matches\n-# {award.reason}"


def _name(guid: str, names: Mapping[str, str], me: str | None) -> str:
    name = safe_name(names.get(guid, guid))
    return f"**{name}**" if guid == me else name


def _within(lines: Sequence[str], last: str) -> list[str]:
    """As many as fit into one description together with the last line."""
    fits = [*lines]
    while len("\n".join([*fits, last])) > _DESCRIPTION:
        fits.pop()
    return fits
