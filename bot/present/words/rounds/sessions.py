"""Sessions as text: teams, score, maps, awards, everybody's figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from bot.domain.stats.answers import Figures
from bot.domain.stats.metrics import BY_NAME, FigureUnit, Metric
from bot.domain.stats.people.awards import Awards
from bot.domain.stats.people.baselines import Baseline
from bot.domain.stats.rounds.sessions import SessionAnswer, SessionMatch, SessionTable
from bot.domain.stats.teams import TeamMatch, TeamPair
from bot.present.card import Card, SelectMenu
from bot.present.words.people.awards import award_line, award_lines, mvp
from bot.present.words.text import (
    MINE,
    UNKNOWN,
    clock,
    counted,
    covered,
    map_name,
    number,
    safe_name,
    session_day_text,
    table,
    when,
    within,
)

_TEAMS, _ROSTER, _PLAYERS = 1500, 500, 1200
"""Characters, of all teams and of one: a session has up to a hundred people, who may be mixed anew for every map."""


def result_text(match: SessionMatch) -> str:
    """`7:42, 8:03 to beat`, `8:03 held`, `nobody finished`, `round 1 alone`."""
    result = match.result
    if result is None:
        return "round 1 alone" if match.second is None else "round 2 alone"
    if result.side_in_second == 0:
        return "nobody finished"
    if result.second_time is not None:
        return f"{clock(result.second_time)}, {clock(result.target)} to beat"
    return f"{clock(result.target)} held"


def brief_result(match: SessionMatch) -> str:
    """`7:42`, `8:03 held`, `draw`, `R1 alone`: the winner's time, or the one that was held."""
    result = match.result
    if result is None:
        return "R1 alone" if match.second is None else "R2 alone"
    if result.side_in_second == 0:
        return "draw"
    return clock(result.second_time) if result.second_time is not None else f"{clock(result.target)} held"


def score_text(pair: TeamPair, *, win_points: int) -> str:
    """`4 : 2`; where a win is two points, the points."""
    one, two = pair.points(win_points)
    return f"{one} : {two}"


def draws_text(pair: TeamPair) -> str:
    """` (2 draws)`, or nothing."""
    return f" ({counted(pair.draws, 'draw')})" if pair.draws else ""


def _score_line(pair: TeamPair, *, win_points: int) -> str:
    one, two = (safe_name(name, limit=40) for name in pair.names)
    return f"**{one} {score_text(pair, win_points=win_points)} {two}**{draws_text(pair)}"


def _named(name: str) -> str:
    return safe_name(name, limit=40)


def session_title(session: SessionAnswer, *, win_points: int, named: Callable[[str], str] = _named) -> str:
    """The result in words: `cleo's team won the evening 5–3`, the winner first; else the day. `named`: of a team."""
    day = session_day_text(session.name)
    if len(session.pairs) != 1:
        return f"{day}: the teams were mixed anew" if session.pairs else day
    [pair] = session.scores
    if not any(match.is_decided for match in pair.matches):
        return day
    (most, least), (winner, loser) = pair.points(win_points), map(named, pair.names)
    if most == least:
        return f"{winner} and {loser} drew the evening {most}–{least}{draws_text(pair)}"
    return f"{winner} won the evening {most}–{least}{draws_text(pair)}"


def _is_told_by_its_title(session: SessionAnswer) -> bool:
    """The result is the title, so the score needs no line of its own."""
    return len(session.pairs) == 1 and any(match.is_decided for match in session.pairs[0].matches)


def own_line(figures: Figures, usual: Sequence[Baseline]) -> str:
    """`You: 166 kills, 132 deaths in 20 rounds; 8.3 a round, usually 9.7`."""
    kills, deaths = (round(figures.values.get(name) or 0) for name in ("kills", "deaths"))
    yours = f"{MINE}You: {counted(kills, 'kill')}, {counted(deaths, 'death')} in {counted(figures.rounds, 'round')}"
    mean = next((baseline for baseline in usual if baseline.metric.name == "kills"), None)
    return yours if mean is None else f"{yours}; {mean.value:.1f} a round, usually {mean.usual:.1f}"


def team_lines(session: SessionAnswer, *, win_points: int, me: str | None = None) -> list[str]:
    """The score of each pair of teams, and who played in them: of too many pairs, the scores alone."""
    scores: list[str] = []
    whole: list[str] = []
    maps = {match.id: map_name(match.map, limit=40) for match in session.matches}
    for pair in session.scores:
        one, two = (safe_name(name, limit=40) for name in pair.names)
        scores.append(_score_line(pair, win_points=win_points))
        whole.append(scores[-1])
        whole += [
            f"-# {name}: {_roster(team, session.names, me)}"
            for name, team in zip((one, two), pair.teams, strict=True)
            if len(team) > 1  # one alone is the team's name
        ]
        if len(session.pairs) > 1:
            whole.append(f"-# on {', '.join(maps[match.id] for match in pair.matches)}")
    lines = whole if len("\n".join(whole)) <= _TEAMS else within(scores, _TEAMS)
    if len(session.pairs) > 1:
        lines.append("-# The teams were mixed anew in between, so each pair has its own score.")
    return lines


def _roster(team: Sequence[str], names: Mapping[str, str], me: str | None) -> str:
    """The names, those of most matches first; of a crowd, as many as fit."""
    names_shown = [f"**{safe_name(names[guid])}**" if guid == me else safe_name(names[guid]) for guid in team]
    fits = list(names_shown)
    while len(", ".join(fits)) > _ROSTER:
        fits.pop()
    return ", ".join(fits) + (f" and {len(names_shown) - len(fits)} more" if len(fits) < len(names_shown) else "")


def map_lines(session: SessionAnswer, *, win_points: int) -> list[str]:
    """Every match with its winner and times, oldest first; of several pairs of teams, each below its score."""
    by_id = {match.id: match for match in session.matches}
    lines = []
    for pair in session.scores:
        if len(session.pairs) > 1:
            lines.append(_score_line(pair, win_points=win_points))
        lines += [_map_line(by_id[match.id], match, pair.names) for match in pair.matches]
    return lines


def _map_line(match: SessionMatch, placed: TeamMatch, names: tuple[str, str]) -> str:
    won = (
        f"**{safe_name(names[placed.won], limit=40)}** "
        if placed.won is not None
        else "draw, "
        if placed.is_decided
        else ""
    )
    return f"`#{match.id}` {map_name(match.map, limit=40)}: {won}{result_text(match)}"


_FIELD = 3600


class SessionView(NamedTuple):
    """One entry of the menu: its columns are metrics with their heads; the first one decides the order."""

    title: str
    columns: tuple[tuple[str, str], ...] = ()


VIEWS: Mapping[str, SessionView] = {
    "overview": SessionView("Overview"),
    "maps": SessionView("Maps"),
    "players": SessionView("Players", (("dpm", "DPM"), ("kills", "K"), ("deaths", "D"), ("kd", "K/D"))),
    "damage": SessionView(
        "Damage", (("damage", "Given"), ("received", "Taken"), ("accuracy", "Acc%"), ("headshots", "HS%"))
    ),
    "weapons": SessionView("Weapons"),
    "support": SessionView("Support", (("revives", "Rev"), ("assists", "Ast"), ("objectives", "D+R"), ("gibs", "Gib"))),
    "sprees": SessionView(
        "Sprees", (("spree", "Run"), ("multikills", "Mul"), ("headshot_kills", "HSK"), ("useful", "Use"))
    ),
    "awards": SessionView("Awards"),
    "charts": SessionView("Charts"),
}
METRICS = tuple(dict.fromkeys(
    BY_NAME[name] for view in VIEWS.values() for name, _ in (*view.columns, ("rounds", ""), ("survival", ""))
))  # fmt: skip


def session_menu(custom_id: str, *, chosen: str) -> SelectMenu:
    """What else there is to see."""
    options = tuple((view.title, name) for name, view in VIEWS.items())
    return SelectMenu(custom_id=custom_id, placeholder="More of this session", options=options, chosen=chosen)


def overview_card(table_: SessionTable, awards: Awards, *, win_points: int, me: str | None) -> Card:
    """Teams and score, everybody's kills, deaths and damage, the best player."""
    session = table_.session
    lines = [
        f"{session_day_text(session.name)} ({session.zone}), "
        f"{when(session.start, 't')} to {when(session.ended_at, 't')} · "
        f"{counted(len(session.matches), 'match')} · {counted(len(session.names), 'player')}"
    ]
    teams = team_lines(session, win_points=win_points, me=me)
    lines += teams[1:] if _is_told_by_its_title(session) else teams
    lines += [_figures_table(table_, VIEWS["players"], me=me, limit=_PLAYERS)] if table_.figures else []
    best = mvp(awards)
    lines += [award_line(best, awards.names, rounds=awards.rounds, me=me)] if best else []
    card = _card(session, "overview", [*lines, covered(table_.coverage)])
    return replace(card, title=session_title(session, win_points=win_points))


def maps_card(table_: SessionTable, *, win_points: int) -> Card:
    """Every match with its winner and times."""
    lines = map_lines(table_.session, win_points=win_points) or ["No match was finished."]
    return _card(table_.session, "maps", [*within(lines, _FIELD), covered(table_.coverage)])


def figures_card(table_: SessionTable, view: str, *, me: str | None) -> Card:
    """A table of everybody, best first by the view's first figure."""
    columns = [(BY_NAME[name], head) for name, head in VIEWS[view].columns]
    meanings = " · ".join(
        f"{head}: {metric.title.lower()}" for metric, head in columns if head.casefold() != metric.title.casefold()
    )
    text = _figures_table(table_, VIEWS[view], me=me, limit=_FIELD)
    return _card(table_.session, view, [text, f"-# {meanings}", covered(table_.coverage)])


def _figures_table(table_: SessionTable, view: SessionView, *, me: str | None, limit: int) -> str:
    columns = [(BY_NAME[name], head) for name, head in view.columns]
    session, figures = table_.session, table_.figures
    order = sorted(figures, key=lambda guid: (-(figures[guid].values.get(columns[0][0].name) or 0), guid))
    rows = [("Player", *(head for _, head in columns))]
    rows += [
        (
            (MINE if guid == me else "") + (session.names.get(guid) or guid),
            *(_cell(m, figures[guid]) for m, _ in columns),
        )
        for guid in order
    ]
    return table(rows, limit=limit)


def _cell(metric: Metric, figures: Figures) -> str:
    value = figures.values.get(metric.name)
    digits = 0 if metric.unit is FigureUnit.PERCENT else metric.digits
    return UNKNOWN if value is None else number(value, digits)


def awards_view(table_: SessionTable, awards: Awards, *, me: str | None) -> Card:
    """Every award with its number and reason."""
    lines = award_lines(awards, me=me) or ["Nobody earned an award."]
    return _card(table_.session, "awards", [*within(lines, _FIELD), covered(table_.coverage)])


def text_card(table_: SessionTable, view: str, lines: Sequence[str]) -> Card:
    """Some other view of the session."""
    return _card(table_.session, view, [*within(lines, _FIELD), covered(table_.coverage)])


def _card(session: SessionAnswer, view: str, lines: Sequence[str]) -> Card:
    title = f"{session_day_text(session.name)}: {VIEWS[view].title.lower()}"
    return Card(title=title, lines=tuple(lines), at=session.ended_at)


def sessions_card(
    sessions: Sequence[SessionAnswer], *, page: int, pages: int, buttons: Sequence[tuple[str, str]]
) -> Card:
    """Sessions, newest first."""
    lines = [line for session in sessions for line in _session_lines(session)]
    return Card(
        title="Sessions",
        lines=(*lines, "-# `/session` with a name shows one") if lines else ("No session yet.",),
        footer=f"Page {page + 1} of {pages}{_days_of(sessions)}",
        buttons=tuple(buttons),
    )


def _days_of(sessions: Sequence[SessionAnswer]) -> str:
    """` · days of CET, CEST`: the zones in which the days began."""
    zones = dict.fromkeys(session.zone for session in sessions)
    return f" · days of {', '.join(zones)}" if zones else ""


_SCORES = 3


def _session_lines(session: SessionAnswer) -> list[str]:
    scores = []
    for pair in session.scores:
        one, two = (safe_name(name, limit=24) for name in pair.names)
        scores.append(f"{one} {pair.wins[0]} : {pair.wins[1]} {two}{draws_text(pair)}")
    head = (
        f"**{session_day_text(session.name)}** `{session.name}` {when(session.start, 't')} · "
        f"{counted(len(session.matches), 'match')} · {counted(len(session.names), 'player')}"
    )
    more = [f"-# … and {counted(len(scores) - _SCORES, 'more pair')} of teams"] if len(scores) > _SCORES else []
    return [head, *(f"-# {score}" for score in scores[:_SCORES]), *more]
