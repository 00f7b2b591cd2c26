"""An evening in words: teams, maps, the best player."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.domain.stats.answers import Figures
from bot.domain.stats.awards import Award, Awards
from bot.domain.stats.evenings import SessionAnswer, SessionMatch
from bot.domain.stats.teams import Rivals, TeamMatch
from bot.present.words.figures import figure_text
from bot.present.words.text import clock, counted, safe_name

_TEAMS, _ROSTER = 2000, 700
"""Characters, of all teams and of one: an evening has up to a hundred people, who may be mixed anew for every map."""


def team_names(rivals: Rivals, names: Mapping[str, str], figures: Mapping[str, Figures]) -> tuple[str, str]:
    """Each team by its best player; sides change, people do not."""
    first, second = (_team(team, names, figures) for team in rivals.teams)
    return first, second


def _team(team: Sequence[str], names: Mapping[str, str], figures: Mapping[str, Figures]) -> str:
    if not team:
        return "nobody"
    best = max(team, key=lambda guid: (_kills(figures.get(guid)), guid))
    return names.get(best) or best if len(team) == 1 else f"{names.get(best) or best}'s team"


def _kills(figures: Figures | None) -> float:
    return (figures.values.get("kills") or 0) if figures is not None else 0


def result_text(match: SessionMatch) -> str:
    """`7:42, 8:03 to beat`, `8:03 not beaten`, `nobody finished`, `round 1 alone`."""
    found = match.result
    if found is None:
        return "round 1 alone" if match.second is None else "round 2 alone"
    if found.side_in_second == 0:
        return "nobody finished"
    if found.second_time is not None:
        return f"{clock(found.second_time)}, {clock(found.target)} to beat"
    return f"{clock(found.target)} not beaten"


def score_text(rivals: Rivals, *, win_points: int) -> str:
    """`4 : 2`; where a win is two points, the points."""
    one, two = rivals.points(win_points)
    return f"{one} : {two}"


def draws_text(rivals: Rivals) -> str:
    """` (2 draws)`, or nothing."""
    return f" ({counted(rivals.draws, 'draw')})" if rivals.draws else ""


def team_lines(
    session: SessionAnswer, figures: Mapping[str, Figures], *, win_points: int, me: str | None = None
) -> list[str]:
    """The score of each pair of teams, and who played in them: of too many pairs, the scores alone."""
    scores: list[str] = []
    whole: list[str] = []
    for pair in session.rivals:
        one, two = (safe_name(name, limit=40) for name in team_names(pair, session.names, figures))
        scores.append(f"**{one} {score_text(pair, win_points=win_points)} {two}**{draws_text(pair)}")
        whole.append(scores[-1])
        whole += [
            f"-# {name}: {_roster(team, session.names, me)}" for name, team in zip((one, two), pair.teams, strict=True)
        ]
    lines = whole if len("\n".join(whole)) <= _TEAMS else within(scores, _TEAMS)
    if len(session.rivals) > 1:
        lines.append("-# The teams were mixed anew in between, so each pair has its own score.")
    return lines


def _roster(team: Sequence[str], names: Mapping[str, str], me: str | None) -> str:
    """The names, those of most matches first; of a crowd, as many as fit."""
    said = [f"**{safe_name(names[guid])}**" if guid == me else safe_name(names[guid]) for guid in team]
    fits = list(said)
    while len(", ".join(fits)) > _ROSTER:
        fits.pop()
    return ", ".join(fits) + (f" and {len(said) - len(fits)} more" if len(fits) < len(said) else "")


def within(lines: Sequence[str], limit: int) -> list[str]:
    """As many lines as fit into so many characters; the rest is counted in one more line."""
    fits = list(lines)
    while len("\n".join(fits)) > limit:
        fits.pop()
    rest = len(lines) - len(fits)
    return [*fits, *([f"… and {rest} more"] if rest else [])]


def map_lines(session: SessionAnswer, figures: Mapping[str, Figures]) -> list[str]:
    """Every match with its winner and times, oldest first."""
    by_id = {match.id: match for match in session.matches}
    lines = []
    for pair in session.rivals:
        names = team_names(pair, session.names, figures)
        lines += [_map_line(by_id[placed.id], placed, names) for placed in pair.matches]
    return lines


def _map_line(match: SessionMatch, placed: TeamMatch, names: tuple[str, str]) -> str:
    won = (
        f"**{safe_name(names[placed.won], limit=40)}** "
        if placed.won is not None
        else "draw, "
        if placed.is_decided
        else ""
    )
    return f"`#{match.id}` {safe_name(match.map, limit=40)}: {won}{result_text(match)}"


def mvp(awards: Awards) -> Award | None:
    """The most valuable player's award."""
    return next((award for award in awards.awards if award.kind.metric == "dpm"), None)


def award_line(award: Award, names: Mapping[str, str], *, me: str | None = None) -> str:
    """`**Field medic**: anna, 31 Revives: most team mates brought back (before: 28)`."""
    who = " and ".join(f"**{safe_name(names[w])}**" if w == me else safe_name(names[w]) for w in award.winners)
    ahead = f", ahead of {figure_text(award.metric, award.second)}" if award.second is not None else ""
    figure = figure_text(award.metric, award.value)
    return f"**{award.kind.title}**: {who}, {award.metric.title} {figure}{ahead}\n-# {award.kind.reason}"
