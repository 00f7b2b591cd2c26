"""The recap of a session as pictures: one of the score, and charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.domain.game.map_names import map_title
from bot.domain.stats.answers import Figures
from bot.domain.stats.people.awards import Awards
from bot.domain.stats.rounds.sessions import SessionAnswer, SessionMatch, SessionTable
from bot.domain.stats.teams import TeamMatch
from bot.present.charts.charts import Chart, Series
from bot.present.pictures.session_picture import MatchRow, PairScore, SessionPicture
from bot.present.words.people.awards import mvp
from bot.present.words.rounds.sessions import result_text
from bot.present.words.text import counted, figure_text

MOST_PLAYERS, MOST_LINES = 16, 6
ByMatch = Mapping[tuple[int, str], float | None]
"""(match, GUID) → damage a minute; None where he played no time."""


def score_picture(session: SessionAnswer, awards: Awards, *, win_points: int) -> SessionPicture:
    """The session's pairs of teams, each with its score and its maps, and the best player."""
    by_id = {match.id: match for match in session.matches}
    best = mvp(awards)
    return SessionPicture(
        title=f"Session {session.name}",
        subtitle=f"{counted(len(session.matches), 'match')}, {counted(session.rounds, 'round')}, "
        f"{counted(len(session.names), 'player')}",
        pairs=tuple(
            PairScore(
                teams=pair.names,
                score=pair.points(win_points),
                maps=tuple(_row(by_id[placed.id], placed) for placed in pair.matches),
            )
            for pair in session.pairs
        ),
        best=(
            (f"{awards.names[best.winners[0]]}: {figure_text(best.metric, best.value)} DPM, {best.kind.reason}",)
            if best
            else ()
        ),
        notes=("The teams were mixed anew in between.",) if len(session.pairs) > 1 else (),
    )


def _row(match: SessionMatch, placed: TeamMatch) -> MatchRow:
    winner = 0 if placed.won is None else placed.won + 1
    return MatchRow(map=map_title(match.map), result=result_text(match), winner=winner)


def charts(table: SessionTable, dpm: ByMatch) -> list[tuple[str, Chart]]:
    """("lines" or "bars", chart): DPM by map, kills and deaths, damage, time alive."""
    session, figures = table.session, table.figures
    best = sorted(figures, key=lambda guid: (-(figures[guid].values.get("dpm") or 0), guid))
    names = session.names
    maps = tuple(map_title(match.map) for match in session.matches)
    lines = tuple(
        Series(name=names.get(guid) or guid, values=tuple(dpm.get((match.id, guid)) for match in session.matches))
        for guid in best[:MOST_LINES]
    )
    people = best[:MOST_PLAYERS]
    labels = tuple(names.get(guid) or guid for guid in people)
    kills, damage = _series(figures, people, "kills", "deaths"), _series(figures, people, "damage", "received")
    return [
        ("lines", Chart(title="Damage per minute, by map", labels=maps, series=lines)),
        ("bars", Chart(title="Kills and deaths", labels=labels, series=kills)),
        ("bars", Chart(title="Damage given and received", labels=labels, series=damage)),
        ("bars", Chart(title="Time alive", labels=labels, series=_series(figures, people, "survival"), unit="%")),
    ]


def _series(figures: Mapping[str, Figures], people: Sequence[str], *metrics: str) -> tuple[Series, ...]:
    titles = {"kills": "kills", "deaths": "deaths", "damage": "given", "received": "received", "survival": "time alive"}
    return tuple(
        Series(name=titles[name], values=tuple(figures[guid].values.get(name) for guid in people)) for name in metrics
    )
