"""Rounds and matches as text: who attacked, how it ended, who played."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from bot.domain.game.matches import Half, MatchResult, Winner, result
from bot.domain.game.model import ALLIES, AXIS, State, is_bot, other_side
from bot.domain.game.tallies import most_often
from bot.domain.stats.answers import MatchAnswer, PlayerLine, RoundAnswer, names_of
from bot.domain.stats.teams import NOBODY
from bot.present.card import ALLIES_BLUE, AMBER, AXIS_RED, NEUTRAL, Card
from bot.present.words.reasons import because, note_text
from bot.present.words.rounds.sessions import within
from bot.present.words.text import MINE, clock, counted, map_name, number, plain, safe_name, table, when

SIDES = {AXIS: "Axis", ALLIES: "Allies"}
_COLOURS = {AXIS: AXIS_RED, ALLIES: ALLIES_BLUE}
"""What the file of such a round says of its winner and time is not true (FORMAT, "Aborted")."""
_FIELD, _SHORT, _KILLS, _NOTES, _ALIASES = 1024, 720, 1000, 3, 5
_EARLY = 15
"""Seconds by which a round that was held ended before its limit: somebody surrendered (FORMAT, "Length of a round")."""


def round_card(
    answer: RoundAnswer, *, first: Half | None, whole: MatchAnswer | None = None, me: str | None = None
) -> Card:
    """A finished round; a round 2 with its round 1 is the match, with its winner.

    `whole`: both rounds added up, from which the teams have their names; `me`: the asker's GUID.
    """
    half = answer.half
    attackers = other_side(half.defender)
    called = names_of(answer.players, half.defender, attackers) if whole is None else whole.names
    names = dict(zip((half.defender, attackers), called, strict=True))  # in a round 2 who attacked first defends
    told = answer.has_result
    match = result(first, half) if first is not None and told else None
    lines: list[str] = []
    if answer.state != State.COUNTED:
        lines.append(f"**Not counted**: {safe_name(because(answer.reason), limit=200)}.")
    if first is not None and match is not None:
        lines += _match_lines(names, first, half, match)
    elif told:
        lines.append(round_line(answer.number, half))
    lines += [f"-# {safe_name(note_text(note), limit=200)}" for note in answer.notes[:_NOTES]]
    if len(answer.notes) > _NOTES:
        lines.append(f"-# … and {counted(len(answer.notes) - _NOTES, 'more note')}")
    winner = match.side_in_second if match else half.winner
    return Card(
        title=_title(answer, names, match, told=told),
        lines=tuple(lines),
        fields=tuple(_teams(answer.players, _FIGURES, match, me=me)),
        footer=f"#{answer.id} · {plain(answer.file, limit=200)}",
        at=answer.ended_at,
        colour=_COLOURS.get(winner, NEUTRAL) if answer.state == State.COUNTED else AMBER,
    )


def round_result(half: Half) -> str:
    """`Allies finished in 7:42`, or `Axis held`: a round alone, told by its sides."""
    if half.attackers_won:
        return f"{_attackers(half)} finished{_in(half.duration)}"
    return f"{SIDES.get(half.defender, 'defenders')} held"


def _title(answer: RoundAnswer, names: Mapping[int, str], match: MatchResult | None, *, told: bool) -> str:
    where = map_name(answer.map)
    if match is None:
        return f"{where}, round {answer.number}: {round_result(answer.half) if told else 'not counted'}"
    winners = _team(names, match.side_in_second)
    if match.winner is Winner.DRAW:
        return f"{where}: draw, nobody finished"
    if match.winner is Winner.FIRST_ATTACKERS:
        return f"{where}: {winners} wins, {clock(match.target)} not beaten"
    return f"{where}: {winners} wins{_in(match.second_time)}"


def _team(names: Mapping[int, str], side: int) -> str:
    """A team by its name: sides change, people do not."""
    name = names.get(side, NOBODY)
    return f"the {SIDES.get(side, 'other')} side" if name == NOBODY else safe_name(name, limit=40)


def _match_lines(names: Mapping[int, str], first: Half, second: Half, match: MatchResult) -> list[str]:
    one = _team(names, second.defender)
    two = _team(names, other_side(second.defender))
    return [f"Round 1: {one} {first_attack(first, target=match.target)}", f"Round 2: {two} {second_attack(second)}"]


def round_line(number: int, half: Half) -> str:
    """What a round alone means for its match, in a sentence with the decisive time in bold."""
    if number == 2:
        return f"{_attackers(half)} {second_attack(half)}"
    if half.attackers_won:
        return f"**{clock(half.duration)}** to beat in round 2. The limit was {_limit(half)}"
    return f"{_attackers(half)} did not finish{_within(half)}. **{_limit(half)}** to beat in round 2"


def first_attack(first: Half, *, target: int) -> str:
    """The attack of a round 1, in words; `target`: seconds to beat."""
    return f"finished in {clock(target)}" if first.attackers_won else f"did not finish{_within(first)}"


def second_attack(second: Half) -> str:
    """The attack of a round 2, in words, with its time in bold."""
    told = f"finished{_in(second.duration, '**')}" if second.attackers_won else f"did not finish{_early(second)}"
    return f"had **{_limit(second)}** to beat and {told}"


def _attackers(half: Half) -> str:
    return SIDES.get(other_side(half.defender), "attackers")


def _limit(half: Half) -> str:
    return clock(half.time_limit or None)


def _in(seconds: int | None, mark: str = "") -> str:
    return "" if seconds is None else f" in {mark}{clock(seconds)}{mark}"


def _within(half: Half) -> str:
    return _early(half) or (f" within {_limit(half)}" if half.time_limit else "")


def _early(half: Half) -> str:
    """A failed attack that did not last until the limit."""
    if half.duration is None or half.duration >= half.time_limit - _EARLY:
        return ""
    return f": it was over after {clock(half.duration)}"


_Columns = tuple[tuple[str, int, Callable[[PlayerLine], str]], ...]
_NAME = ("Player", 16, lambda player: player.name)
_FIGURES: _Columns = (
    _NAME,
    ("K", 3, lambda player: str(player.kills)),
    ("D", 3, lambda player: str(player.deaths)),
    ("Dmg", 5, lambda player: str(player.damage_given)),
    ("DPM", 4, lambda player: number(player.dpm)),
)
_DETAILS: _Columns = (
    _NAME,
    ("Acc%", 4, lambda player: number(_share(player.hits, player.shots))),
    ("HS", 3, lambda player: str(player.headshots)),
    ("Rev", 3, lambda player: number(player.revives_given)),
    ("Alive%", 6, lambda player: number(_share(player.alive_seconds, player.time_seconds))),
)


def _share(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole > 0 else None


def _teams(
    players: Sequence[PlayerLine],
    columns: _Columns,
    match: MatchResult | None = None,
    *,
    me: str | None,
    limit: int = _FIELD,
) -> Iterator[tuple[str, str]]:
    """A table for each side; those of a match show its round 2, and who won."""
    for team, name in [*SIDES.items(), (0, "No side")]:
        members = [p for p in players if (p.team == team if team else p.team not in SIDES)]
        if match is not None and team:
            name += " in round 2" + (", won" if team == match.side_in_second else "")
        if members:
            rows = [[head for head, _, _ in columns]] + [_row(p, columns, me) for p in members]
            yield name, table(rows, [width for _, width, _ in columns], limit=limit)


def _row(player: PlayerLine, columns: _Columns, me: str | None) -> list[str]:
    name, *figures = (show(player) for _, _, show in columns)
    return [(MINE if me is not None and player.guid == me else "") + name, *figures]


def details_card(answer: RoundAnswer, *, whole: MatchAnswer | None = None, me: str | None = None) -> Card:
    """Everybody's figures in two tables: kills and damage; accuracy, headshots, revives, time alive.

    Below them, where the files tell it, who killed whom most often: in the `whole` match, or in this round.
    """
    return Card(
        title=f"{map_name(answer.map)}, round {answer.number}: players",
        fields=(
            *_teams(answer.players, _FIGURES, me=me, limit=_SHORT),
            *_teams(answer.players, _DETAILS, me=me, limit=_SHORT),
            *_who_killed_whom(answer, whole, me=me),
        ),
        footer=f"#{answer.id} · Acc: pistols and sub-machine guns · HS: head hits · Rev: revives given",
        at=answer.ended_at,
    )


def _who_killed_whom(answer: RoundAnswer, whole: MatchAnswer | None, *, me: str | None) -> Iterator[tuple[str, str]]:
    """`anna most often: 7 × cleo; by: ben 5 ×`, a line for each player; nothing where it is unknown, or nobody died."""
    if whole is not None and whole.tallies is not None:
        title, players, tallies = "Who killed whom, both rounds", whole.players, whole.tallies
    else:
        title, players, tallies = f"Who killed whom, round {answer.number}", answer.players, answer.tallies or ()
    names = {player.guid: safe_name(player.name, limit=24) for player in players}
    lines = []
    for guid, name in names.items():
        killed, killer = most_often(tallies, guid)
        most = [f"{killed.times} × {_called(killed.victim, names)}"] if killed else []
        most += [f"by: {_called(killer.killer, names)} {killer.times} ×"] if killer else []
        if most:
            lines.append(f"{MINE if guid == me else ''}{name} most often{': ' if killed else ' '}{'; '.join(most)}")
    if lines:
        yield title, "\n".join(within(lines, _KILLS))


def _called(key: str, names: Mapping[str, str]) -> str:
    """Bots that share a GUID, and all who have none, have no name of their own here."""
    return names.get(key) or ("a bot" if is_bot(key) else "somebody")


def match_card(match: MatchAnswer) -> Card:
    """A match whose both rounds count: who won it and how; the figures of both rounds are added up beside it."""
    assert match.first is not None
    assert match.second is not None
    card = round_card(match.second, first=match.first.half, whole=match)
    rounds = f"#{match.first.id} and #{match.second.id}"
    fresh = f"-# both rounds added up, {rounds} · played {when(match.ended_at, 'R')}"
    return replace(card, lines=(*card.lines, fresh))
