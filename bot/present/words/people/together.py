"""A player's record with a team, when people play, and best moments, as cards."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.stats.days import WEEKDAYS
from bot.domain.stats.people.together import Activity, Moments, Score, Scores, TeamRecord
from bot.present.card import Card
from bot.present.words.text import (
    MINE,
    counted,
    covered,
    figure_text,
    map_name,
    safe_name,
    when,
    whole_matches,
)

_PEOPLE, _MAPS = 6, 10
_HEAT = " ·░▒▓█"
"""From nothing to the most that any hour has."""


def team_card(record: TeamRecord, *, me: str | None) -> Card:
    """Matches won: all, with whom, against whom, on which maps."""
    score = record.score
    whose = "You" if record.guid == me else safe_name(record.name)
    lines = [
        f"## {_share(score)} won · {score.won} of {counted(score.played, 'match')}"
        + (f" · {counted(score.drawn, 'draw')}" if score.drawn else ""),
        *_people(f"{whose} won", "with", record.mates, record.names),
        *_people(f"{whose} won", "against", record.opponents, record.names),
    ]
    if len(record.maps) > 1:
        lines.append("**Maps**")
    lines += [f"{map_name(name)} **{_share(score)}** · {_told(score)}" for name, score in record.maps[:_MAPS]]
    return Card(
        title=f"Team record of {safe_name(record.name)} · {safe_name(record.coverage.label, limit=70)}",
        lines=(*lines, *whole_matches(record.coverage), covered(record.coverage)),
    )


def _share(score: Score) -> str:
    return f"{100 * score.won / score.played:.0f}%" if score.played else "–"


def _told(score: Score) -> str:
    return f"{score.won} won, {score.lost} lost" + (f", {score.drawn} drawn" if score.drawn else "")


def _people(who_won: str, how: str, people: Scores, names: Mapping[str, str]) -> list[str]:
    """Most wins first; where nobody is ahead by one, nobody is who one won most with."""
    if not people:
        return []
    title = f"{who_won} most {how}" if people[0][1].won else f"{who_won} {how}"
    people_in_words = [
        f"{safe_name(names[guid], limit=24)} **{score.won}** of {score.played}" for guid, score in people[:_PEOPLE]
    ]
    return [f"**{title}**", " · ".join(people_in_words)]


def activity_card(activity: Activity, *, zone: str, me: str | None) -> Card:
    """A weekday by hour table of rounds, and who is usually there; `zone`: the name of the hours' time zone."""
    most = max(activity.hours.values(), default=0)
    rows = [
        f"{name[:3]} " + "".join(_shade(activity.hours.get((day, hour), 0), most) for hour in range(24)).rstrip()
        for day, name in enumerate(WEEKDAYS)
    ]
    busiest = sorted(activity.hours.items(), key=lambda pair: (-pair[1], pair[0]))[:3]
    often = ", ".join(f"{WEEKDAYS[day]} {hour}:00" for (day, hour), _ in busiest)
    regulars = [
        f"{MINE if guid == me else ''}{safe_name(name, limit=24)} **{sessions}**"
        for guid, name, sessions in activity.regulars
    ]
    lines = [f"Most rounds end on **{often}**"] if often else []
    lines.append("\n".join(["```", "    0     6     12    18", *rows, "```"]))
    lines.append(f"-# hours in {safe_name(zone, limit=64)}; the darker, the more rounds; {most} at most in an hour")
    lines += (
        [f"**Usually there**, of {counted(activity.sessions, 'session')}", " · ".join(regulars)] if regulars else []
    )
    title = f"When do we play? · {safe_name(activity.coverage.label, limit=100)}"
    return Card(title=title, lines=(*lines, covered(activity.coverage)))


def _shade(rounds: int, most: int) -> str:
    return _HEAT[0] if not rounds else _HEAT[1 + (4 * rounds - 1) // most if most else 1]


def moments_card(moments: Moments) -> Card:
    """A player's best rounds, one for each figure."""
    lines = [
        f"**{moment.metric.title} {figure_text(moment.metric, moment.value)}**: "
        f"{map_name(moment.map)} R{moment.number}, {when(moment.ended_at, 'D')}, `#{moment.round_id}`"
        for moment in moments.moments
    ]
    return Card(
        title=f"Best moments of {safe_name(moments.name)} · {safe_name(moments.coverage.label, limit=70)}",
        lines=(
            *(lines or ["No moment yet."]),
            "-# DPM from 5 min on a team on, accuracy from 100 shots on; `/round` with a number shows one",
            covered(moments.coverage),
        ),
    )
