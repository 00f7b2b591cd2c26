"""A finished round or match as a picture: who won and how, then both teams, a line for each player."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from bot.domain.game.map_names import map_title
from bot.domain.game.matches import Half, MatchResult, Winner
from bot.domain.game.model import State, other_side
from bot.domain.stats.answers import MatchAnswer, PlayerLine, RoundAnswer
from bot.domain.stats.teams import NOBODY as NO_NAME
from bot.present.pictures.canvas import Block, Picture, painted, png, space
from bot.present.pictures.heading import Attack, attacks, heading, warning
from bot.present.pictures.scoretable import Section, bests, by_dpm, table
from bot.present.pictures.theme import LINE_UPS, NOBODY, SIDES, Team
from bot.present.words.reasons import because
from bot.present.words.rounds.matches import SIDES as SIDE_NAMES
from bot.present.words.rounds.matches import attack_words, round_result
from bot.present.words.text import UNKNOWN, alt_text, number, plain

MOST_PLAYERS = 8
"""Rows of a team: more, and the letters become too small where Discord shows the picture."""
_SPOKEN = 3
"""Players whom the alt text names."""
_WINNERS = {Winner.FIRST_ATTACKERS: 1, Winner.FIRST_DEFENDERS: 2}
_NO_NAMES = {1: "The first attackers", 2: "The first defenders"}


def round_picture(answer: RoundAnswer) -> Picture:
    """A round alone: its attack, its players by side."""
    half, told = answer.half, answer.has_result
    verdict = round_result(half) if told else "No result"
    attacker = SIDES.get(other_side(half.defender), NOBODY)
    shown = [_attack(half, attack_words(answer.number, half), team=attacker)] if told else []
    aside = _aside(answer)
    sections = _sections(answer.players, SIDES, names=SIDE_NAMES, fates=_fates(half) if told else {})
    place = f"{map_title(answer.map)}, round {answer.number}"
    blocks = [*heading(verdict, place=place), *attacks(shown), *warning(aside)]
    return _picture(
        f"{answer.map}-round-{answer.number}", blocks, sections, sentences=(f"{verdict} on {place}.", aside)
    )


def match_picture(match: MatchAnswer) -> Picture:
    """Both rounds of a map: who won, the attacks beside each other, and what the line-ups did in sum."""
    names = {team: _team(match.names[team - 1], team) for team in LINE_UPS}
    result = match.result
    won = _WINNERS.get(result.winner, 0) if result else 0
    sections = _sections(match.players, LINE_UPS, names=names, fates={won: "won"} if won else {})
    asides = _asides(match)
    verdict = _verdict(result, names)
    blocks = [
        *heading(verdict, place=map_title(match.map)),
        *attacks([*_attacks(match)]),
        *(block for aside in asides for block in warning(aside)),
    ]
    words = [f"{names[1 + place]} {attack.words}" for place, attack in enumerate(_attacks(match))]
    sentences = (
        f"{verdict} on {map_title(match.map)}.",
        f"{', '.join(words)}." if len(words) == len(names) else "",
        *asides,
    )
    return _picture(f"{match.map}-match", blocks, sections, sentences=sentences)


def _picture(name: str, blocks: Sequence[Block], sections: Sequence[Section], *, sentences: Sequence[str]) -> Picture:
    players = [player for section in sections if section.team is not NOBODY for player in section.players]
    image = painted([*blocks, *table(sections, bests(players), most=MOST_PLAYERS), space(4)])
    return Picture(
        name=re.sub(r"[^A-Za-z0-9_-]", "_", name)[:80] + ".png",
        data=png(image),
        alt=alt_text([*sentences, *_best(players)]),
    )


def _sections(
    players: Sequence[PlayerLine], teams: Mapping[int, Team], *, names: Mapping[int, str], fates: Mapping[int, str]
) -> list[Section]:
    made = [
        Section(
            team=team,
            name=names[key],
            fate=fates.get(key, ""),
            players=by_dpm([player for player in players if player.team == key]),
        )
        for key, team in teams.items()
    ]
    others = by_dpm([player for player in players if player.team not in teams])
    made.append(Section(team=NOBODY, name="No side", fate="", players=others))
    return [section for section in made if section.players]


def _fates(half: Half) -> dict[int, str]:
    attacker = other_side(half.defender)
    winner = attacker if half.attackers_won else half.defender
    return {winner: "won"} if winner in SIDES else {}


def _team(name: str, team: int) -> str:
    """A team by its name: sides change, people do not."""
    return _NO_NAMES[team] if name == NO_NAME else plain(name, limit=40).strip() or UNKNOWN


def _verdict(result: MatchResult | None, names: Mapping[int, str]) -> str:
    if result is None:
        return "No result"
    if result.winner is Winner.DRAW:
        return f"{names[1]} and {names[2]} drew"
    won = _WINNERS[result.winner]
    return f"{names[won]} beat {names[3 - won]}"


def _attacks(match: MatchAnswer) -> Iterator[Attack]:
    for number_, played in ((1, match.first), (2, match.second)):
        if played and played.has_result:
            yield _attack(played.half, attack_words(number_, played.half), team=LINE_UPS[number_])


def _attack(half: Half, words: str, *, team: Team) -> Attack:
    return Attack(team=team, words=words, seconds=half.duration, limit=half.time_limit, finished=half.attackers_won)


def _aside(answer: RoundAnswer) -> str:
    if answer.state == State.COUNTED:
        return ""
    return f"Not counted: {plain(because(answer.reason), limit=200)}."


def _asides(match: MatchAnswer) -> list[str]:
    """What is missing, and what does not count."""
    notes = [f"Round {number} is not known." for number, half in ((1, match.first), (2, match.second)) if half is None]
    notes += [f"Round {half.number}: {_aside(half)}" for half in (match.first, match.second) if half and _aside(half)]
    return notes


def _best(players: Sequence[PlayerLine]) -> Iterator[str]:
    """The three best of both teams, in pieces that may be cut between."""
    best = [player for player in by_dpm(players) if player.dpm is not None][:_SPOKEN]
    for place, player in enumerate(best):
        begin = "Most damage a minute: " if place == 0 else ""
        end = "." if place == len(best) - 1 else ","
        yield f"{begin}{plain(player.name, limit=24).strip() or UNKNOWN} {number(player.dpm)}{end}"
