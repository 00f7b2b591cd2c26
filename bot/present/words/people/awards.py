"""Awards in words: who earned what, with which figure, and where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from bot.domain.stats.people.awards import Award, Awards, BestRound, Nemesis, PairAward
from bot.present.card import Card
from bot.present.words.text import counted, covered, figure_text, map_name, noun, safe_name

BestRounds = Mapping[tuple[str, str], BestRound]
"""(GUID, metric) → the winner's best round by it."""
_DESCRIPTION = 4096


def mvp(awards: Awards) -> Award | None:
    """The award for most damage a minute."""
    return next((award for award in awards.awards if award.kind.metric == "dpm"), None)


def award_line(
    award: Award, names: Mapping[str, str], *, rounds: BestRounds | None = None, me: str | None = None
) -> str:
    """`**Field medic**: anna, revives 31, the next has 28`, below it the reason, and each winner's best round.

    Of what reads the same nobody is ahead.
    """
    who = " and ".join(_name(guid, names, me) for guid in award.winners)
    figure = figure_text(award.metric, award.value)
    second = None if award.second is None else figure_text(award.metric, award.second)
    ahead = "" if second is None or second == figure or len(award.winners) > 1 else f", the next has {second}"
    small = [award.kind.reason, *_best_rounds(award, names, rounds or {})]
    return f"**{award.kind.title}**: {who}, {noun(award.metric)} {figure}{ahead}\n-# {' · '.join(small)}"


def brief_award_line(award: Award, names: Mapping[str, str], *, rounds: BestRounds, me: str | None = None) -> str:
    """`**Field medic**: anna, revives 31 · Escape 2 R2`, where each winner was best by it: a line of a long list."""
    who = " and ".join(_name(guid, names, me) for guid in award.winners)
    bests = [(guid, best) for guid in award.winners if (best := rounds.get((guid, award.metric.name))) is not None]
    places = [
        (f"{safe_name(names.get(guid, guid), limit=24)} " if len(award.winners) > 1 else "")
        + f"{map_name(best.map, limit=32)} R{best.number}"
        for guid, best in bests
    ]
    where = f" · {', '.join(places)}" if places else ""
    return f"**{award.kind.title}**: {who}, {noun(award.metric)} {figure_text(award.metric, award.value)}{where}"


def _best_rounds(award: Award, names: Mapping[str, str], rounds: BestRounds) -> list[str]:
    """`best round: Supply R2 with 9`; of several winners with the name of each."""
    bests = []
    for guid in award.winners:
        best = rounds.get((guid, award.metric.name))
        if best is not None:
            whose = f"{safe_name(names.get(guid, guid), limit=24)} " if len(award.winners) > 1 else ""
            where = f"{map_name(best.map, limit=32)} R{best.number}"
            bests.append(f"{whose}{where} with {figure_text(award.metric, best.value)}")
    return [f"best round: {', '.join(bests)}"] if bests else []


def awards_card(awards: Awards, *, title: str, me: str | None) -> Card:
    """Every award with its number and its best round, those of pairs last; the asker's own are in bold."""
    lines = award_lines(awards, me=me)
    last = covered(awards.coverage)
    return Card(title=title, lines=(*_within(lines or ["Nobody has earned an award."], last), last))


def award_lines(awards: Awards, *, me: str | None) -> list[str]:
    """Each award in a line, those about two players last, and how to read them."""
    lines = [brief_award_line(award, awards.names, rounds=awards.rounds, me=me) for award in awards.awards]
    lines += [pair_line(award, awards.names, me=me).partition("\n")[0] for award in awards.pairs]
    if awards.nemesis is not None:
        lines.append(nemesis_line(awards.nemesis, awards.names, rounds=awards.coverage.rounds, me=me))
    return [*lines, *(["-# behind each figure the winner's best round by it"] if awards.rounds else [])]


def nemesis_line(nemesis: Nemesis, names: Mapping[str, str], *, rounds: int, me: str | None = None) -> str:
    """`**Nemesis**: anna over ben, 23 : 9 kills`, with the reason below; `rounds`: all of the scope."""
    rivals = [
        f"{_name(killer, names, me)} over {_name(victim, names, me)}, {nemesis.times} : {back} kills"
        for killer, victim, back in nemesis.rivals
    ]
    known = "" if nemesis.told >= rounds else f" (known from {nemesis.told} of {counted(rounds, 'round')})"
    return f"**Nemesis**: {' and '.join(rivals)}\n-# most kills of one and the same opponent{known}"


def pair_line(award: PairAward, names: Mapping[str, str], *, me: str | None = None) -> str:
    """`**Dream team**: cleo, ben and kim won 5 of 10 matches`, with the reason below."""
    how = f"{award.won} of {award.matches} matches"
    people = list(dict.fromkeys(guid for pair in award.pairs for guid in pair))
    if award.against:
        sentence = " and ".join(f"{_name(won, names, me)} beat {_name(lost, names, me)}" for won, lost in award.pairs)
        sentence = f"{sentence} in {how}"
    elif {frozenset(pair) for pair in award.pairs} == {frozenset(pair) for pair in combinations(people, 2)}:
        sentence = f"{_and(_name(guid, names, me) for guid in people)} won {how}"
    else:
        pairs = (_and(_name(guid, names, me) for guid in pair) for pair in award.pairs)
        sentence = f"{'; '.join(pairs)}: each won {how}"
    return f"**{award.title}**: {sentence}\n-# {award.reason}"


def _and(names: Iterable[str]) -> str:
    """`cleo, ben and kim`."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _name(guid: str, names: Mapping[str, str], me: str | None) -> str:
    name = safe_name(names.get(guid, guid))
    return f"**{name}**" if guid == me else name


def _within(lines: Sequence[str], last: str) -> list[str]:
    """As many as fit into one description together with the last line."""
    fits = [*lines]
    while len("\n".join([*fits, last])) > _DESCRIPTION:
        fits.pop()
    return fits
