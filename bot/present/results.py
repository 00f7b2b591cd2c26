"""Rounds, matches and players as cards."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.answers import Career, PlayerLine, RoundAnswer
from bot.domain.matches import Half, MatchResult, Winner, result
from bot.domain.model import ALLIES, AXIS
from bot.present.card import ALLIES_BLUE, AMBER, AXIS_RED, NEUTRAL, Card
from bot.present.text import clock, number, plain, safe_name, table, when

SIDES = {AXIS: "Axis", ALLIES: "Allies"}
_COLOURS = {AXIS: AXIS_RED, ALLIES: ALLIES_BLUE}
_WIDTHS = (16, 3, 3, 5, 4)
_HEAD = ("Player", "K", "D", "Dmg", "DPM")
_FIELD, _NOTE_LIMIT = 1024, 3


def round_card(answer: RoundAnswer, *, first: Half | None, marker: str = "") -> Card:
    """A finished round; a round 2 with its round 1 is the match, with its winner."""
    outcome = result(first, answer.half) if first is not None else None
    aside = answer.state != "counted"
    title = f"{safe_name(answer.map)}: " + (match_title(outcome, answer) if outcome else f"round {answer.number}")
    lines = [*(_match_lines(first, answer.half, outcome) if first and outcome else [_round_line(answer.half)])]
    if aside:
        lines.append(f"**Not counted**: {answer.reason}.")
    lines += [f"-# {plain(safe_name(note, limit=200), limit=400)}" for note in answer.notes[:_NOTE_LIMIT]]
    if len(answer.notes) > _NOTE_LIMIT:
        lines.append(f"-# … and {len(answer.notes) - _NOTE_LIMIT} more notes")
    side = outcome.side_in_second if outcome else answer.half.winner
    return Card(
        title=title,
        lines=tuple(lines),
        fields=tuple(_teams(answer.players)),
        footer=f"Round {answer.id} · {answer.file}",
        colour=AMBER if aside else _COLOURS.get(side, NEUTRAL),
        buttons=(("Details", marker),) if marker else (),
    )


def match_title(outcome: MatchResult, answer: RoundAnswer) -> str:
    """`Axis win`, with the best player of the winners named as who they are."""
    if outcome.winner is Winner.DRAW:
        return "draw"
    return f"{_line_up(answer.players, outcome.side_in_second)} win"


def _line_up(players: Sequence[PlayerLine], side: int) -> str:
    """A team by its names: sides change, people do not."""
    names = [safe_name(p.name, limit=20) for p in players if p.team == side]
    if not names:
        return SIDES.get(side, "nobody")
    return ", ".join(names[:2]) + (f" and {len(names) - 2} more" if len(names) > 2 else "")


def _match_lines(first: Half, second: Half, outcome: MatchResult) -> list[str]:
    attackers = SIDES[ALLIES if second.defender == AXIS else AXIS]
    one = f"Round 1: {'objective in ' + clock(first.duration) if first.attackers_won else 'full hold'}"
    two = f"Round 2: {attackers} attacked with {clock(second.time_limit)} to beat"
    if outcome.second_time is not None:
        return [one, f"{two}: done in **{clock(outcome.second_time)}**"]
    return [one, f"{two}: " + ("both sides held" if outcome.winner is Winner.DRAW else "held")]


def _round_line(half: Half) -> str:
    attackers = SIDES[ALLIES if half.defender == AXIS else AXIS]
    if half.attackers_won:
        return f"{attackers} attacked and finished in **{clock(half.duration)}** of {clock(half.time_limit)}"
    return f"{attackers} attacked and were held for {clock(half.duration)}"


def _teams(players: Sequence[PlayerLine]) -> list[tuple[str, str]]:
    fields = []
    for team, name in [*SIDES.items(), (None, "No side")]:
        members = [p for p in players if (p.team == team if team else p.team not in SIDES)]
        if members:
            rows = [_HEAD, *(_row(player) for player in members)]
            fields.append((name, table(rows, _WIDTHS, limit=_FIELD)))
    return fields


def _row(player: PlayerLine) -> tuple[str, ...]:
    return player.name, str(player.kills), str(player.deaths), str(player.damage_given), number(player.dpm)


def details_card(answer: RoundAnswer) -> Card:
    """The second look at a round: accuracy of all weapons, headshots, revives, time alive."""
    widths = (16, 4, 3, 3, 5)
    head = ("Player", "Acc%", "HS", "Rev", "Alive")
    rows = [
        (
            p.name,
            number(100 * p.hits / p.shots if p.shots > 0 else None),
            str(p.headshots),
            number(p.revives_given),
            number(100 * p.alive_seconds / p.time_seconds if p.time_seconds else None) + "%",
        )
        for p in answer.players
    ]
    return Card(
        title=f"{safe_name(answer.map)}: round {answer.number}, in detail",
        lines=(table([head, *rows], widths, limit=4000),),
        footer=f"Round {answer.id} · accuracy over all weapons · HS: head hits · Rev: revives given",
    )


def career_card(career: Career) -> Card:
    """One player's sums and ratios over all rounds that count."""
    line = career.line
    also = f"also seen as {', '.join(safe_name(name) for name in career.aliases[:5])}" if career.aliases else ""
    facts = (
        ("K/D", f"{number(line.kd, 2)} ({line.kills} / {line.deaths})"),
        ("Damage per minute", number(line.dpm)),
        ("Damage", f"{line.damage_given} given, {line.damage_received} received"),
        ("Accuracy", f"{number(career.accuracy, 1)} % ({career.bullet_hits} of {career.bullet_shots})"),
        ("Headshots", f"{number(career.headshot_share, 1)} % of hits"),
        ("Revives", number(line.revives_given)),
        ("Useful kills", number(line.useful_kills)),
        ("Gibs", str(line.gibs)),
        ("Time on a team", f"{line.time_seconds / 3600:.1f} h"),
    )
    left = f" · {career.left_out} set aside" if career.left_out else ""
    return Card(
        title=safe_name(line.name),
        lines=tuple(part for part in (also, f"Last seen {when(career.last_seen, 'R')}") if part),
        fields=facts,
        footer=f"All time · {career.rounds} rounds{left} · accuracy: pistols and sub-machine guns · {line.guid}",
    )
