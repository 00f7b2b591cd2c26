"""A session as cards: the overview, and what its menu shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bot.domain.stats.answers import Figures
from bot.domain.stats.awards import Awards
from bot.domain.stats.evenings import SessionAnswer, SessionTable
from bot.domain.stats.metrics import BY_NAME, FigureUnit, Metric
from bot.present.card import Card, SelectMenu
from bot.present.words.awards import pair_line
from bot.present.words.coverage import covered
from bot.present.words.evenings import award_line, draws_text, map_lines, mvp, team_lines, team_names, within
from bot.present.words.text import MINE, UNKNOWN, counted, number, safe_name, table, when

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
    lines += team_lines(session, table_.figures, win_points=win_points, me=me)
    best = mvp(awards)
    lines += [award_line(best, awards.names, me=me)] if best else []
    return _card(session, "", [*lines, covered(table_.coverage)])


def maps_card(table_: SessionTable) -> Card:
    """Every match with its winner and times."""
    lines = map_lines(table_.session, table_.figures) or ["No match was finished."]
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
    lines = [award_line(award, awards.names, me=me) for award in awards.awards]
    lines += [pair_line(award, awards.names, me=me) for award in awards.pairs]
    lines = lines or ["Nobody earned an award."]
    return _card(table_.session, "awards", [*within(lines, _FIELD), covered(table_.coverage)])


def text_card(table_: SessionTable, view: str, lines: Sequence[str]) -> Card:
    """Some other view of the session."""
    return _card(table_.session, view, [*within(lines, _FIELD), covered(table_.coverage)])


def _card(session: SessionAnswer, view: str, lines: Sequence[str]) -> Card:
    title = f"Session {session.name}" + (f": {VIEWS[view].title.lower()}" if view else "")
    return Card(title=title, lines=tuple(lines), at=session.ended_at)


def sessions_card(found: Sequence[SessionAnswer], *, page: int, pages: int, buttons: Sequence[tuple[str, str]]) -> Card:
    """Evenings, newest first."""
    lines = [line for session in found for line in _session_lines(session)]
    return Card(
        title="Sessions",
        lines=tuple(lines) or ("No session yet.",),
        footer=f"Page {page + 1} of {pages} · /session with a name shows one",
        buttons=tuple(buttons),
    )


def _session_lines(session: SessionAnswer) -> list[str]:
    scores = []
    for pair in session.rivals:
        one, two = (safe_name(name, limit=24) for name in team_names(pair, session.names, session.by_kills))
        scores.append(f"{one} {pair.wins[0]} : {pair.wins[1]} {two}{draws_text(pair)}")
    head = (
        f"**{session.name}** {when(session.start, 't')} · {counted(len(session.matches), 'match')} · "
        f"{counted(len(session.names), 'player')}"
    )
    return [head, *(f"-# {score}" for score in scores[:3])]
