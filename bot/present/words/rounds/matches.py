"""Rounds and matches as text: who attacked, how it ended, who played."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from bot.domain.game.matches import Half, MatchResult, Winner, result
from bot.domain.game.model import ALLIES, AXIS, State, is_bot, other_side
from bot.domain.game.tallies import most_often
from bot.domain.stats.answers import MatchAnswer, PlayerLine, RoundAnswer, names_of
from bot.domain.stats.teams import NOBODY
from bot.present.card import ALLIES_SKY, AMBER, AXIS_ORANGE, FIRST_YELLOW, NEUTRAL, SECOND_PINK, Card
from bot.present.words.reasons import because, note_text
from bot.present.words.text import MINE, clock, counted, map_name, number, safe_name, table, when, within

SIDES = {AXIS: "Axis", ALLIES: "Allies"}
SIGNS, LINE_UP_SIGNS = {AXIS: "◆", ALLIES: "●"}, {1: "▲", 2: "■"}
"""The signs that the pictures have for sides and line-ups."""
_COLOURS = {AXIS: AXIS_ORANGE, ALLIES: ALLIES_SKY}
_WINNERS = {Winner.FIRST_ATTACKERS: FIRST_YELLOW, Winner.FIRST_DEFENDERS: SECOND_PINK, Winner.DRAW: NEUTRAL}
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
    won = _WINNERS[match.winner] if match else _COLOURS.get(half.winner, NEUTRAL)
    return Card(
        title=_title(answer, names, match, told=told),
        lines=tuple(lines),
        fields=tuple(
            _teams(answer.players, _FIGURES, match, me=me)
            if match is None or whole is None
            else _line_ups(whole, match, me=me)
        ),
        footer=f"#{answer.id if match is None or whole is None else whole.id}",
        at=answer.ended_at,
        colour=won if answer.state == State.COUNTED else AMBER,
    )


def round_result(half: Half) -> str:
    """`Allies finished in 7:42`, or `Axis held`: a round alone, told by its sides."""
    if half.attackers_won:
        return f"{_attackers(half)} finished{_in(half.duration)}"
    return f"{SIDES.get(half.defender, 'defenders')} held"


def round_in_a_line(answer: RoundAnswer, *, first: RoundAnswer | None = None) -> str:
    """`**Supply**, round 1: Allies set **7:42** to beat`; of one that does not count why, and how `first` ended."""
    where = f"**{map_name(answer.map)}**"
    if answer.state is State.COUNTED and answer.has_result:
        return f"{where}, round {answer.number}: {_to_beat(answer)}"
    why = f"{where}: round {answer.number} does not count, {safe_name(because(answer.reason), limit=200)}."
    return why + (f" Round 1: {_to_beat(first)}." if first is not None and first.has_result else "")


def _to_beat(answer: RoundAnswer) -> str:
    half = answer.half
    if answer.number == 2:
        return round_result(half)
    if half.attackers_won:
        return f"{_attackers(half)} set **{clock(half.duration)}** to beat"
    return f"{round_result(half)}, **{_limit(half)}** to beat"


def _title(answer: RoundAnswer, names: Mapping[int, str], match: MatchResult | None, *, told: bool) -> str:
    where = map_name(answer.map)
    if match is None:
        return f"{where}, round {answer.number}: {round_result(answer.half) if told else 'not counted'}"
    if match.winner is Winner.DRAW:
        one, two = (_team(names, side) for side in SIDES)
        return f"{one} and {two} drew on {where}: nobody finished"
    winners, losers = (_team(names, side) for side in (match.side_in_second, other_side(match.side_in_second)))
    if match.winner is Winner.FIRST_ATTACKERS:
        return f"{winners} beat {losers} on {where}: {clock(match.target)} held"
    return f"{winners} beat {losers} on {where}{_in(match.second_time)}"


def _team(names: Mapping[int, str], side: int) -> str:
    """A team by its name: sides change, people do not."""
    name = names.get(side, NOBODY)
    return f"the {SIDES.get(side, 'other')} side" if name == NOBODY else safe_name(name, limit=40)


def _match_lines(names: Mapping[int, str], first: Half, second: Half, match: MatchResult) -> list[str]:
    defenders = _team(names, second.defender)
    attackers = _team(names, other_side(second.defender))
    return [f"▲ {defenders} {first_attack(first, target=match.target)}", f"■ {attackers} {second_attack(second)}"]


def round_line(number: int, half: Half) -> str:
    """What a round alone means for its match, in a sentence with the decisive time in bold."""
    if number == 2:
        return f"{_attackers(half)} {second_attack(half, was='were')}"
    if half.attackers_won:
        return f"**{clock(half.duration)}** to beat in round 2. The limit was {_limit(half)}"
    held = _early(half).removeprefix(",") or " held"
    return f"{_attackers(half)} were{held}. **{_limit(half)}** to beat in round 2"


def first_attack(first: Half, *, target: int) -> str:
    """The attack of a round 1, in words; `target`: seconds to beat."""
    if first.attackers_won:
        return f"set **{clock(target)}**"
    early = _early(first)
    return f"was{early.removeprefix(',')}" if early else _held("was", first)


def second_attack(second: Half, *, was: str = "was") -> str:
    """The attack of a round 2, in words, with its time in bold; `was`: of several, `were`."""
    if second.attackers_won:
        return f"beat {_limit(second)}{_in(second.duration, '**')}"
    if early := _early(second):
        return f"had **{_limit(second)}** to beat{early}"
    return _held(was, second)


def _held(was: str, half: Half) -> str:
    """A failed attack, in the words of the picture beside it."""
    return f"{was} held" + (f", {_limit(half)}" if half.time_limit else "")


def attack_words(number: int, half: Half) -> str:
    """An attack in as few words as a picture has room for, told of those who attacked."""
    if half.attackers_won:
        return f"beat it{_in(half.duration)}" if number == 2 else f"set {clock(half.duration)}"
    if half.duration is not None and half.duration < half.time_limit - _EARLY:
        return f"stopped at {clock(half.duration)}"
    return _held("was", half)


def _attackers(half: Half) -> str:
    return SIDES.get(other_side(half.defender), "attackers")


def _limit(half: Half) -> str:
    return clock(half.time_limit or None)


def _in(seconds: int | None, mark: str = "") -> str:
    return "" if seconds is None else f" in {mark}{clock(seconds)}{mark}"


def _early(half: Half) -> str:
    """A failed attack that did not last until the limit."""
    if half.duration is None or half.duration >= half.time_limit - _EARLY:
        return ""
    return f", stopped at {clock(half.duration)}"


_Columns = tuple[tuple[str, int, Callable[[PlayerLine], str]], ...]
_NAME = ("Player", 16, lambda player: player.name)
_FIGURES: _Columns = (
    _NAME,
    ("K", 3, lambda player: str(player.kills)),
    ("D", 3, lambda player: str(player.deaths)),
    ("Dmg", 5, lambda player: str(player.damage_given)),
    ("DPM", 4, lambda player: number(player.dpm)),
)
_SHORT_NAME = ("Player", 11, lambda player: player.name)
_DETAILS: tuple[_Columns, ...] = (
    (
        _SHORT_NAME,
        ("K/D", 4, lambda player: number(player.kd, 2 if player.kd < 10 else 1)),
        ("Acc%", 4, lambda player: number(_share(player.hits, player.shots))),
        ("HS", 3, lambda player: str(player.headshots)),
        ("Alive%", 6, lambda player: number(_share(player.alive_seconds, player.time_seconds))),
    ),
    (
        _SHORT_NAME,
        ("Taken", 5, lambda player: str(player.damage_received)),
        ("Gib", 3, lambda player: str(player.gibs)),
        ("Use", 3, lambda player: number(player.useful_kills)),
        ("SK", 3, lambda player: str(player.selfkills)),
    ),
)
_LEGEND = (
    "Acc: pistols and sub-machine guns · HS: head hits · Alive: share of the time on a team · Taken: damage · "
    "Use: useful kills · SK: selfkills"
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


def _line_ups(whole: MatchAnswer, match: MatchResult, *, me: str | None) -> Iterator[tuple[str, str]]:
    """A table of both rounds for each line-up, and who won."""
    won = {Winner.FIRST_ATTACKERS: 1, Winner.FIRST_DEFENDERS: 2}.get(match.winner)
    called = zip(LINE_UP_SIGNS.items(), whole.names, strict=True)
    teams = [(team, f"{sign} {_called_team(name, team)}") for (team, sign), name in called]
    for team, name in [*teams, (0, "No side")]:
        members = [p for p in whole.players if (p.team == team if team else p.team not in LINE_UP_SIGNS)]
        if members:
            rows = [[head for head, _, _ in _FIGURES]] + [_row(p, _FIGURES, me) for p in members]
            yield (
                name + (", won" if team == won else ""),
                table(rows, [width for _, width, _ in _FIGURES], limit=_FIELD),
            )


def _row(player: PlayerLine, columns: _Columns, me: str | None) -> list[str]:
    name, *figures = (show(player) for _, _, show in columns)
    return [(MINE if me is not None and player.guid == me else "") + name, *figures]


def details_card(
    answer: RoundAnswer, *, whole: MatchAnswer | None = None, match: int | None = None, me: str | None = None
) -> Card:
    """All figures that the picture has no room for, of this round or of the `whole` match, in two tables a team.

    Below them, where the files tell it, who killed whom most often. `match`: the number of the round's match.
    """
    if whole is None:
        players, number_, what = answer.players, match or answer.id, f"round {answer.number}"
        teams = {team: f"{SIGNS[team]} {name}" for team, name in SIDES.items()}
    else:
        players, number_, what = whole.players, whole.id, "both rounds"
        called = zip(LINE_UP_SIGNS.items(), whole.names, strict=True)
        teams = {team: f"{sign} {_called_team(name, team)}" for (team, sign), name in called}
    groups = [(name, [player for player in players if player.team == team]) for team, name in teams.items()]
    groups.append(("No side", [player for player in players if player.team not in teams]))
    return Card(
        title=f"{map_name(answer.map)}, {what}: players",
        fields=(
            *(field for name, members in groups if members for field in _details(name, members, me=me)),
            *_who_killed_whom(answer, whole, me=me),
        ),
        footer=f"#{number_} · {_LEGEND}",
        at=answer.ended_at,
    )


def _details(name: str, members: Sequence[PlayerLine], *, me: str | None) -> Iterator[tuple[str, str]]:
    """A team's two tables, below its name."""
    for columns, head in zip(_DETAILS, (name, "\u200b"), strict=True):
        rows = [[title for title, _, _ in columns]] + [_row(player, columns, me) for player in members]
        yield head, table(rows, [width for _, width, _ in columns], limit=_SHORT)


def _called_team(name: str, team: int) -> str:
    return f"Attacked {'first' if team == 1 else 'second'}" if name == NOBODY else safe_name(name, limit=40)


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
    fresh = f"-# both rounds added up · played {when(match.ended_at, 'R')}"
    return replace(card, lines=(*card.lines, fresh))
