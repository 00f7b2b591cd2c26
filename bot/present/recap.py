"""The recap of a session as pictures: one of the score, and charts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bot.domain.game.map_names import map_title
from bot.domain.stats.answers import Figures, PlayerLine
from bot.domain.stats.people.awards import Award, Awards
from bot.domain.stats.rounds.sessions import SessionAnswer, SessionMatch, SessionTable
from bot.domain.stats.teams import TeamMatch
from bot.present.charts.charts import Chart, Series
from bot.present.pictures.heat import HeatTable
from bot.present.pictures.session_picture import MatchRow, PairScore, SessionPicture
from bot.present.words.rounds.sessions import brief_result, result_text, session_title
from bot.present.words.text import counted, figure_text, noun, ordinal, plain, session_day_text

MOST_LINES, MOST_AWARDS, _AWARDED = 5, 4, 16
ByMatch = Mapping[tuple[int, str], float | None]
"""(match, GUID) → damage a minute; None where he played no time."""


def score_picture(
    session: SessionAnswer,
    *,
    win_points: int,
    awards: Awards | None = None,
    figures: Mapping[str, Figures] | None = None,
) -> SessionPicture:
    """The session's pairs of teams, each with score and maps; who played, by their figures; the first awards.

    Where the words beside it have players and awards, it has neither. Its title is the day: the result is theirs.
    """
    by_id = {match.id: match for match in session.matches}
    result = session_title(session, win_points=win_points, named=lambda name: plain(name, limit=40))
    size = (
        f"{counted(len(session.matches), 'match')}, {counted(session.rounds, 'round')}, "
        f"{counted(len(session.names), 'player')}"
    )
    return SessionPicture(
        title=f"{session_day_text(session.name)} ({session.zone})",
        subtitle=size,
        result=result,
        pairs=tuple(
            PairScore(
                teams=pair.names,
                score=pair.points(win_points),
                maps=tuple(_row(by_id[placed.id], placed) for placed in pair.matches),
            )
            for pair in session.scores
        ),
        players=tuple(_line(guid, session.names.get(guid) or guid, line) for guid, line in (figures or {}).items()),
        best=() if awards is None else tuple(_award(award, awards.names) for award in awards.awards[:MOST_AWARDS]),
        notes=("The teams were mixed anew in between.",) if len(session.pairs) > 1 else (),
    )


def _award(award: Award, names: Mapping[str, str]) -> str:
    who = " and ".join(plain(names.get(guid, guid), limit=_AWARDED) for guid in award.winners[:3])
    return f"{award.kind.title}: {who}, {noun(award.metric)} {figure_text(award.metric, award.value)}"


def _line(guid: str, name: str, figures: Figures) -> PlayerLine:
    """A player's figures of the evening as a line of a card; those that it does not show are not told."""
    value = figures.values.get
    damage, dpm, revives = value("damage") or 0, value("dpm"), value("revives")
    return PlayerLine(
        guid=guid,
        name=name,
        team=0,
        kills=round(value("kills") or 0),
        deaths=round(value("deaths") or 0),
        damage_given=round(damage),
        damage_received=0,
        headshots=0,
        hits=0,
        shots=0,
        time_seconds=round(60 * damage / dpm) if dpm else 0,
        alive_seconds=0,
        gibs=0,
        selfkills=0,
        teamkills=0,
        revives_given=None if revives is None else round(revives),
        useful_kills=None,
    )


def _row(match: SessionMatch, placed: TeamMatch) -> MatchRow:
    winner = 0 if placed.won is None else placed.won + 1
    return MatchRow(map=map_title(match.map), result=result_text(match), brief=brief_result(match), winner=winner)


def heat_table(table: SessionTable, dpm: ByMatch) -> HeatTable:
    """Who did how much damage a minute on which map, the best of the evening first."""
    session, names = table.session, table.session.names
    return HeatTable(
        title="Damage a minute by map",
        place=f"{session_day_text(session.name)} ({session.zone})",
        columns=tuple(map_title(match.map) for match in session.matches),
        rows=tuple(
            (names.get(guid) or guid, tuple(dpm.get((match.id, guid)) for match in session.matches))
            for guid in _best(table.figures)
        ),
    )


def form_chart(table: SessionTable, figures_by_session: Mapping[str, Mapping[str, Figures]]) -> Chart:
    """The best of this session over the last ones; `figures_by_session`: by their names, oldest first, everybody's."""
    names = table.session.names
    return Chart(
        title="Form over the last sessions",
        unit="DPM",
        labels=tuple(_day(name) for name in figures_by_session),
        series=tuple(
            Series(
                name=names.get(guid) or guid,
                values=tuple(
                    figures[guid].values.get("dpm") if guid in figures else None
                    for figures in figures_by_session.values()
                ),
            )
            for guid in _best(table.figures)[:MOST_LINES]
        ),
    )


def _day(name: str) -> str:
    """`11 Nov` of `2025-11-11`, `11 Nov, 2nd` of `2025-11-11b`."""
    day, more = date.fromisoformat(name[:10]), name[10:]
    return f"{day.day} {day:%b}" + (f", {ordinal(ord(more) - ord('a') + 1)}" if more else "")


def _best(figures: Mapping[str, Figures]) -> list[str]:
    return sorted(figures, key=lambda guid: (-(figures[guid].values.get("dpm") or 0), guid))
