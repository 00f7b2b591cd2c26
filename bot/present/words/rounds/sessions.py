"""Sessions as text: teams, score, maps, awards, everybody's figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bot.domain.stats.answers import Figures
from bot.domain.stats.metrics import BY_NAME, FigureUnit, Metric
from bot.domain.stats.people.awards import Award, Awards, Nemesis, PairAward
from bot.domain.stats.rounds.sessions import SessionAnswer, SessionMatch, SessionTable
from bot.domain.stats.teams import TeamMatch, TeamPair
from bot.present.card import Card, SelectMenu
from bot.present.words.text import (
    MINE,
    UNKNOWN,
    clock,
    counted,
    covered,
    figure_text,
    map_name,
    number,
    safe_name,
    table,
    when,
)

_TEAMS, _ROSTER = 2000, 700
"""Characters, of all teams and of one: a session has up to a hundred people, who may be mixed anew for every map."""


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


def team_lines(session: SessionAnswer, *, win_points: int, me: str | None = None) -> list[str]:
    """The score of each pair of teams, and who played in them: of too many pairs, the scores alone."""
    scores: list[str] = []
    whole: list[str] = []
    maps = {match.id: map_name(match.map, limit=40) for match in session.matches}
    for pair in session.pairs:
        one, two = (safe_name(name, limit=40) for name in pair.names)
        scores.append(_score_line(pair, win_points=win_points))
        whole.append(scores[-1])
        whole += [
            f"-# {name}: {_roster(team, session.names, me)}" for name, team in zip((one, two), pair.teams, strict=True)
        ]
        if len(session.pairs) > 1:
            whole.append(f"-# on {', '.join(maps[match.id] for match in pair.matches)}")
    lines = whole if len("\n".join(whole)) <= _TEAMS else within(scores, _TEAMS)
    if len(session.pairs) > 1:
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


def map_lines(session: SessionAnswer, *, win_points: int) -> list[str]:
    """Every match with its winner and times, oldest first; of several pairs of teams, each below its score."""
    by_id = {match.id: match for match in session.matches}
    lines = []
    for pair in session.pairs:
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


def mvp(awards: Awards) -> Award | None:
    """The most valuable player's award."""
    return next((award for award in awards.awards if award.kind.metric == "dpm"), None)


def award_line(award: Award, names: Mapping[str, str], *, me: str | None = None) -> str:
    """`**Field medic**: anna, 31 Revives: most team mates brought back (before: 28)`."""
    who = " and ".join(f"**{safe_name(names[w])}**" if w == me else safe_name(names[w]) for w in award.winners)
    ahead = f", ahead of {figure_text(award.metric, award.second)}" if award.second is not None else ""
    figure = figure_text(award.metric, award.value)
    return f"**{award.kind.title}**: {who}, {award.metric.title} {figure}{ahead}\n-# {award.kind.reason}"


_DESCRIPTION = 4096


def awards_card(awards: Awards, *, title: str, me: str | None) -> Card:
    """Every award with its number and its reason, those of pairs last; the asker's own are in bold."""
    lines = _every_line(awards, me=me)
    last = covered(awards.coverage)
    return Card(title=title, lines=(*_within(lines or ["Nobody has earned an award."], last), last))


def _every_line(awards: Awards, *, me: str | None) -> list[str]:
    """Each award, those about two players last."""
    lines = [award_line(award, awards.names, me=me) for award in awards.awards]
    lines += [pair_line(award, awards.names, me=me) for award in awards.pairs]
    if awards.nemesis is not None:
        lines.append(nemesis_line(awards.nemesis, awards.names, rounds=awards.coverage.rounds, me=me))
    return lines


def nemesis_line(nemesis: Nemesis, names: Mapping[str, str], *, rounds: int, me: str | None = None) -> str:
    """`**Nemesis**: anna over ben, 23 : 9 kills`, with the reason below; `rounds`: all of the scope."""
    said = [
        f"{_name(killer, names, me)} over {_name(victim, names, me)}, {nemesis.times} : {back} kills"
        for killer, victim, back in nemesis.rivals
    ]
    known = "" if nemesis.told >= rounds else f" (known from {nemesis.told} of {counted(rounds, 'round')})"
    return f"**Nemesis**: {' and '.join(said)}\n-# most kills of one and the same opponent{known}"


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


_FIELD = 3600
_NAME = 15


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
    "support": SessionView("Support", (("revives", "Rev"), ("assists", "Ast"), ("objectives", "Obj"), ("gibs", "Gib"))),
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
    """Teams and score, the best player, the awards in short."""
    session = table_.session
    lines = [
        f"{when(session.start, 'f')} to {when(session.ended_at, 't')} · {counted(len(session.matches), 'match')} · "
        f"{counted(len(session.names), 'player')}"
    ]
    lines += team_lines(session, win_points=win_points, me=me)
    best = mvp(awards)
    lines += [award_line(best, awards.names, me=me)] if best else []
    return _card(session, "", [*lines, covered(table_.coverage)])


def maps_card(table_: SessionTable, *, win_points: int) -> Card:
    """Every match with its winner and times."""
    lines = map_lines(table_.session, win_points=win_points) or ["No match was finished."]
    return _card(table_.session, "maps", [*within(lines, _FIELD), covered(table_.coverage)])


def figures_card(table_: SessionTable, view: str, *, me: str | None) -> Card:
    """A table of everybody, best first by the view's first figure."""
    columns = [(BY_NAME[name], head) for name, head in VIEWS[view].columns]
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
    meanings = " · ".join(
        f"{head}: {metric.title.lower()}" for metric, head in columns if head.casefold() != metric.title.casefold()
    )
    text = table(rows, (_NAME, *(5 for _ in columns)), limit=_FIELD)
    return _card(session, view, [text, f"-# {meanings}", covered(table_.coverage)])


def _cell(metric: Metric, figures: Figures) -> str:
    value = figures.values.get(metric.name)
    digits = 0 if metric.unit is FigureUnit.PERCENT else metric.digits
    return UNKNOWN if value is None else number(value, digits)


def awards_view(table_: SessionTable, awards: Awards, *, me: str | None) -> Card:
    """Every award with its number and reason."""
    lines = _every_line(awards, me=me) or ["Nobody earned an award."]
    return _card(table_.session, "awards", [*within(lines, _FIELD), covered(table_.coverage)])


def text_card(table_: SessionTable, view: str, lines: Sequence[str]) -> Card:
    """Some other view of the session."""
    return _card(table_.session, view, [*within(lines, _FIELD), covered(table_.coverage)])


def _card(session: SessionAnswer, view: str, lines: Sequence[str]) -> Card:
    title = f"Session {session.name}" + (f": {VIEWS[view].title.lower()}" if view else "")
    return Card(title=title, lines=tuple(lines), at=session.ended_at)


def sessions_card(found: Sequence[SessionAnswer], *, page: int, pages: int, buttons: Sequence[tuple[str, str]]) -> Card:
    """Sessions, newest first."""
    lines = [line for session in found for line in _session_lines(session)]
    return Card(
        title="Sessions",
        lines=tuple(lines) or ("No session yet.",),
        footer=f"Page {page + 1} of {pages} · /session with a name shows one",
        buttons=tuple(buttons),
    )


_SCORES = 3


def _session_lines(session: SessionAnswer) -> list[str]:
    scores = []
    for pair in session.pairs:
        one, two = (safe_name(name, limit=24) for name in pair.names)
        scores.append(f"{one} {pair.wins[0]} : {pair.wins[1]} {two}{draws_text(pair)}")
    head = (
        f"**{session.name}** {when(session.start, 't')} · {counted(len(session.matches), 'match')} · "
        f"{counted(len(session.names), 'player')}"
    )
    more = [f"-# … and {counted(len(scores) - _SCORES, 'more pair')} of teams"] if len(scores) > _SCORES else []
    return [head, *(f"-# {score}" for score in scores[:_SCORES]), *more]
