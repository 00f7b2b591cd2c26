"""A finished round or match as a picture: who won and how, then both teams with their figures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from bot.domain.game.map_names import map_title
from bot.domain.game.matches import Half, MatchResult, Winner
from bot.domain.game.model import State, other_side
from bot.domain.stats.answers import MatchAnswer, PlayerLine, RoundAnswer
from bot.domain.stats.teams import NOBODY as NO_NAME
from bot.present.pictures.canvas import Block, Picture, painted, png
from bot.present.pictures.heading import Attack, attack, footing, heading, warning
from bot.present.pictures.scoretable import Section, bests, table
from bot.present.pictures.theme import LINE_UPS, NOBODY, SIDES, Team
from bot.present.words.reasons import because, note_text
from bot.present.words.rounds.matches import SIDES as SIDE_NAMES
from bot.present.words.rounds.matches import first_attack, round_line, round_result, second_attack
from bot.present.words.text import UNKNOWN, alt_text, clock, counted, map_name, plain, safe_name

MOST_PLAYERS = 40
"""Rows: 16 against 16, and some who watched."""
_SPOKEN = 6
"""Players of a team whom the alt text names."""
_LEGEND = "underlined: best · Acc: pistols, SMGs · HS: head hits"
_WINNERS = {Winner.FIRST_ATTACKERS: 1, Winner.FIRST_DEFENDERS: 2}
_NO_NAMES = {1: "the first attackers", 2: "the first defenders"}


def round_picture(answer: RoundAnswer) -> Picture:
    """A round alone: its attack, what that means for its match, its players by side."""
    half, told = answer.half, answer.has_result
    verdict = round_result(half) if told else "No result"
    winner = half.winner if half.winner in SIDES else half.defender
    attacker = SIDES.get(other_side(half.defender), NOBODY)
    words = round_line(answer.number, half).replace("**", "") if told else ""
    aside = _aside(answer)
    sections = _sections(answer.players, SIDES, names=SIDE_NAMES, fates=_fates(half) if told else {})
    blocks = [
        *heading(
            map_title(answer.map),
            tag=_tag(f"Round {answer.number}", half.duration if told else None),
            verdict=verdict,
            team=SIDES.get(winner, NOBODY) if told else NOBODY,
        ),
        *(attack(_attack(half, words, team=attacker), scale=half.time_limit) if told else []),
        *warning(aside),
    ]
    said = (f"{map_name(answer.map)}, round {answer.number}: {verdict}.", _sentence(words), _safe(aside))
    return _picture(f"{answer.map}-round-{answer.number}", blocks, sections, _notes(answer), id=answer.id, said=said)


def match_picture(match: MatchAnswer) -> Picture:
    """Both rounds of a map: the attacks beside each other, who won, and what the line-ups did in sum."""
    names = {team: _team(match.names[team - 1], team) for team in LINE_UPS}
    result = match.result
    won = _WINNERS.get(result.winner, 0) if result else 0
    fates = {won: "won"} if won else {team: "draw" for team in LINE_UPS if result}
    sections = _sections(match.players, LINE_UPS, names=names, fates=fates)
    asides = _asides(match)
    played = [one.half.duration for one in (match.first, match.second) if one]
    duration = None if None in played or not result else sum(filter(None, played))
    blocks = [
        *heading(
            map_title(match.map),
            tag=_tag("Match", duration),
            verdict=_verdict(result, names),
            team=LINE_UPS.get(won, NOBODY),
        ),
        *(block for one in _attacks(match, names) for block in attack(one, scale=_scale(match))),
        *(block for aside in asides for block in warning(aside)),
    ]
    safe = {team: safe_name(name, limit=40) for team, name in names.items()}
    said = (
        f"{map_name(match.map)}, match: {_verdict(result, safe)}.",
        *(_sentence(one.words) for one in _attacks(match, safe)),
        *map(_safe, asides),
    )
    notes = [note for half in (match.first, match.second) if half for note in _notes(half)]
    return _picture(f"{match.map}-match", blocks, sections, notes, id=match.id, said=said)


def _notes(answer: RoundAnswer) -> list[str]:
    return [note_text(note) for note in answer.notes]


def _picture(
    name: str, blocks: Sequence[Block], sections: Sequence[Section], notes: Sequence[str], *, id: int,
    said: Sequence[str],
) -> Picture:  # fmt: skip
    best = bests([player for section in sections if section.team is not NOBODY for player in section.players])
    image = painted([*blocks, *table(sections, best, most=MOST_PLAYERS), *footing(notes, legend=f"#{id} · {_LEGEND}")])
    return Picture(
        name=re.sub(r"[^A-Za-z0-9_-]", "_", name)[:80] + ".png",
        data=png(image),
        alt=alt_text([*said, *(piece for section in sections for piece in _spoken(section))]),
    )


def _sections(
    players: Sequence[PlayerLine], teams: Mapping[int, Team], *, names: Mapping[int, str], fates: Mapping[int, str]
) -> list[Section]:
    made = [
        Section(
            team=team,
            name=names[key],
            fate=fates.get(key, ""),
            players=tuple(player for player in players if player.team == key),
        )
        for key, team in teams.items()
    ]
    others = tuple(player for player in players if player.team not in teams)
    made.append(Section(team=NOBODY, name="No side", fate="", players=others))
    return [section for section in made if section.players]


def _fates(half: Half) -> dict[int, str]:
    roles = {half.defender: "defence", other_side(half.defender): "attack"}
    winner = other_side(half.defender) if half.attackers_won else half.defender
    return {side: f"{role} · won" if side == winner else role for side, role in roles.items() if side in SIDES}


def _team(name: str, team: int) -> str:
    """A team by its name: sides change, people do not."""
    return _NO_NAMES[team] if name == NO_NAME else plain(name, limit=40).strip() or UNKNOWN


def _verdict(result: MatchResult | None, names: Mapping[int, str]) -> str:
    if result is None:
        return "No result"
    if result.winner is Winner.DRAW:
        return "Draw, nobody finished"
    winners = names[_WINNERS[result.winner]]
    if result.winner is Winner.FIRST_ATTACKERS:
        return f"{winners} wins, {clock(result.target)} not beaten"
    return f"{winners} wins" + ("" if result.second_time is None else f" in {clock(result.second_time)}")


def _attacks(match: MatchAnswer, names: Mapping[int, str]) -> Iterator[Attack]:
    first, second = match.first, match.second
    if first and first.has_result:
        half = first.half
        target = second.half.time_limit if second else half.duration
        words = first_attack(half, target=target if target is not None else half.time_limit)
        yield _attack(half, f"Round 1: {names[1]} {words}", team=LINE_UPS[1])
    if second and second.has_result:
        words = second_attack(second.half).replace("**", "")
        yield _attack(second.half, f"Round 2: {names[2]} {words}", team=LINE_UPS[2])


def _attack(half: Half, words: str, *, team: Team) -> Attack:
    return Attack(team=team, words=words, seconds=half.duration, limit=half.time_limit, finished=half.attackers_won)


def _scale(match: MatchAnswer) -> int:
    return max((one.half.time_limit for one in (match.first, match.second) if one), default=0)


def _tag(what: str, seconds: int | None) -> str:
    return what if seconds is None else f"{what} · {clock(seconds)}"


def _aside(answer: RoundAnswer) -> str:
    if answer.state == State.COUNTED:
        return ""
    return f"Not counted: {plain(because(answer.reason), limit=200)}."


def _asides(match: MatchAnswer) -> list[str]:
    """What is missing, and what does not count."""
    found = [f"Round {number} is not known." for number, one in ((1, match.first), (2, match.second)) if one is None]
    found += [f"Round {one.number}: {_aside(one)}" for one in (match.first, match.second) if one and _aside(one)]
    return found


def _sentence(words: str) -> str:
    return f"{words}." if words else ""


def _safe(words: str) -> str:
    return safe_name(words, limit=260) if words else ""


def _spoken(section: Section) -> Iterator[str]:
    """A team and its best players, with what they did, in pieces that may be cut between."""
    fate = f" ({section.fate})" if section.fate else ""
    yield f"{safe_name(section.name, limit=40)}{fate}:"
    told = section.players[:_SPOKEN]
    hidden = len(section.players) - len(told)
    for place, player in enumerate(told, start=1):
        end = "," if place < len(told) else f" and {hidden} more." if hidden else "."
        did = f"{counted(player.kills, 'kill')} {counted(player.deaths, 'death')}"
        yield f"{safe_name(player.name, limit=24)} {did}{end}"
