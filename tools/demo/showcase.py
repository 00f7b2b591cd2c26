"""Rounds, matches, evenings and charts that never were, to look at pictures without a game server."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.domain.game.file.colours import clean
from bot.domain.game.file.files import round_key
from bot.domain.game.map_names import map_title
from bot.domain.game.matches import Half
from bot.domain.game.model import ALLIES, AXIS, State, other_side
from bot.domain.stats.answers import Coverage, Figures, MatchAnswer, PlayerLine, RoundAnswer
from bot.domain.stats.people.careers import Comparison, Duel
from bot.present.card import Picture
from bot.present.charts import charts
from bot.present.charts.charts import Chart, Series
from bot.present.charts.player_charts import comparison_chart
from bot.present.pictures.heat import HeatTable, heat_picture
from bot.present.pictures.scorecard import match_picture, round_picture
from bot.present.pictures.session_picture import MatchRow, PairScore, SessionPicture, session_picture
from bot.present.words.text import number, plain

NAMES = (
    "^1ann^7a", "^aMarder^9.fox", "^dCl^oeo", "^2dan^3.^5fox", "^4B^$en^0dark", "vodka^7|^1ET", "^0black^7sheep",
    "^>deep^?blue", "W^8i^3l^1d", "eric", "^7mo^dlly", "Żaba",
)  # fmt: skip
HOSTILE = (
    "^7a.very.long.name.that.does.not.end.soon", "^", "^1", "$x_{1}$", "_", "Привет", "Ωμέγα", "שלום עולם", "مرحبا بك",
    "漢字かな", "한국어", "สวัสดี", "नमस्ते", "🔥fire💀", "𝓪𝓷𝓷𝓪", "\u3164", "...", "e\u0301" * 30, "@everyone **b** [x](y)",
    "\u202eanna", "A\u0300\u0301\u0302\u0303\u0304\u0305", "\ue000\ue001", "🫨", "^0^^1^x^1^9",
)  # fmt: skip
FINISHED, BEATEN = Half(AXIS, ALLIES, 720, 462), Half(AXIS, ALLIES, 462, 384)
_MAPS = ("supply", "te_escape2", "frostbite", "sw_goldrush_te", "etl_adlernest")
_ENDED = 1_772_406_000


def names(number: int, *, hostile: bool = False) -> list[str]:
    """So many names with colour codes, no two alike."""
    kinds = HOSTILE if hostile else NAMES
    return [kinds[n % len(kinds)] + (f"{n // len(kinds) + 1}" if n >= len(kinds) else "") for n in range(number)]


def a_line(name: str, team: int, *, seed: int, seconds: int = 462) -> PlayerLine:
    """A plausible line of one player."""
    chance = random.Random(f"{name} {seed}")  # noqa: S311  (sample data)
    kills, shots = chance.randint(2, 24), chance.randint(200, 600)
    return PlayerLine(
        guid=f"{chance.getrandbits(32):08X}",
        name=clean(name),
        raw_name=name,
        team=team,
        kills=kills,
        deaths=chance.randint(2, 18),
        damage_given=140 * kills + chance.randint(0, 700),
        damage_received=chance.randint(900, 3200),
        headshots=chance.randint(0, 30),
        hits=int(shots * chance.uniform(0.15, 0.45)),
        shots=shots,
        time_seconds=seconds,
        alive_seconds=int(seconds * chance.uniform(0.5, 0.95)),
        gibs=chance.randint(0, 8),
        selfkills=chance.randint(0, 4),
        teamkills=0,
        revives_given=chance.randint(0, 9),
        useful_kills=chance.randint(0, kills // 2),
    )


def a_round(
    size: int = 3, *, number: int = 1, half: Half | None = None, hostile: bool = False, seed: int = 1
) -> RoundAnswer:
    """A round of `size` against `size`."""
    chosen_names = names(2 * size, hostile=hostile)
    teams = [AXIS if n < size else ALLIES for n in range(2 * size)]
    if number == 2:
        teams = [other_side(team) for team in teams]
    players = [a_line(name, team, seed=seed * 10 + number) for name, team in zip(chosen_names, teams, strict=True)]
    file = f"2026-03-01-21{number}000-supply-round-{number}.txt"
    return RoundAnswer(
        id=1232 + number,
        key=round_key("demo", file),
        file=file,
        map="supply",
        number=number,
        ended_at=_ENDED + 600 * number,
        half=half or (FINISHED if number == 1 else BEATEN),
        state=State.COUNTED,
        reason=None,
        players=tuple(sorted(players, key=lambda player: (player.team, -player.kills))),
        notes=(),
    )


def a_match(size: int = 3, *, hostile: bool = False, seed: int = 1) -> MatchAnswer:
    """Both rounds of a map; the line-up that attacked first is that of round 1's Allies."""
    first, second = (a_round(size, number=number, hostile=hostile, seed=seed) for number in (1, 2))
    later = {player.name: player for player in second.players}
    totals = [_sum(player, later[player.name]) for player in first.players]
    return MatchAnswer(first=first, second=second, players=tuple(sorted(totals, key=lambda p: (p.team, -p.kills))))


_ADDED = (
    "kills", "deaths", "damage_given", "damage_received", "headshots", "hits", "shots", "time_seconds",
    "alive_seconds", "gibs", "revives_given", "useful_kills",
)  # fmt: skip


def _sum(line: PlayerLine, other: PlayerLine) -> PlayerLine:
    figures: dict[str, int] = {name: getattr(line, name) + getattr(other, name) for name in _ADDED}
    return replace(line, team=1 if line.team == ALLIES else 2, **figures)  # type: ignore[arg-type]


def a_session(*, hostile: bool = False) -> SessionPicture:
    """An evening of five maps."""
    one, other = names(2, hostile=hostile)
    results = (
        ("6:24, 7:42 to beat", "6:24"), ("7:42 held", "7:42 held"), ("nobody finished", "draw"),
        ("9:10, 11:03 to beat", "9:10"), ("3:12, 5:00 to beat", "3:12"),
    )  # fmt: skip
    players = tuple(a_line(name, AXIS, seed=7, seconds=600) for name in names(12, hostile=hostile))
    quickest = max(players, key=lambda player: player.dpm or 0)
    most = max(player.revives_given or 0 for player in players)
    medics = " and ".join(_awarded(player) for player in players if player.revives_given == most)
    survivor = max(players, key=lambda player: player.alive_seconds)
    return SessionPicture(
        title=f"{clean(one)}'s team won the evening 3–1 (1 draw)",
        subtitle="Sunday 1 March (CET) · 5 matches, 10 rounds, 12 players",
        pairs=(
            PairScore(
                teams=(f"{clean(one)}'s team", f"{clean(other)}'s team"),
                score=(3, 1),
                maps=tuple(
                    MatchRow(map=map_title(map), result=result, brief=brief, winner=winner)
                    for map, (result, brief), winner in zip(_MAPS, results, (1, 1, 0, 2, 1), strict=True)
                ),
            ),
        ),
        players=players,
        best=(
            f"Most damage a minute: {_awarded(quickest)}, DPM {number(quickest.dpm)}",
            f"Field medic: {medics}, revives {most}",
            f"Engineer: {medics}, dynamites and repairs 3",
            f"Survivor: {_awarded(survivor)}, time alive {100 * survivor.alive_seconds / survivor.time_seconds:.0f}%",
        ),
    )


def _awarded(player: PlayerLine) -> str:
    return plain(player.name, limit=16)


def _players(size: int, *, hostile: bool) -> list[PlayerLine]:
    return [a_line(name, AXIS, seed=3) for name in names(2 * size, hostile=hostile)]


def _heat(size: int, *, hostile: bool) -> Picture:
    chance = random.Random(size)  # noqa: S311  (sample data)
    maps = tuple(map_title(map) for map in (*_MAPS, *_MAPS))
    rows = [
        (player.name, tuple(chance.choice((None, *range(120, 420, 7))) for _ in maps))
        for player in _players(size, hostile=hostile)
    ]
    table = HeatTable(title="Damage a minute by map", place="Sunday 1 March (CET)", columns=maps, rows=tuple(rows))
    return heat_picture(table, name="damage-by-map.png")


def _sessions(size: int, *, hostile: bool) -> Picture:
    chance = random.Random(size)  # noqa: S311  (sample data)
    labels = (*(f"{day} Feb" for day in (14, 15, 18, 21, 22, 25, 28)), "1 Mar")
    series = tuple(
        Series(name=player.name, values=tuple(chance.choice((None, *range(180, 420, 7))) for _ in labels))
        for player in _players(size, hostile=hostile)[:5]
    )
    return charts.lines(Chart(title="Form over the last sessions", unit="DPM", labels=labels, series=series))


def _form(size: int, *, hostile: bool) -> Picture:
    chance = random.Random(size)  # noqa: S311  (sample data)
    name = clean(names(1, hostile=hostile)[0])
    labels = tuple(f"{map_title(map)} R{number}" for map in _MAPS for number in (1, 2))
    series = Series(name=name, values=tuple(chance.choice((None, *range(180, 420, 7))) for _ in labels))
    chart = Chart(title=f"{name}, the last 10 rounds", unit="DPM", labels=labels, series=(series,), level=("mean", 287))
    return charts.lines(chart)


_RATES = {
    "kd": (1.52, 1.4), "dpm": (240.0, 301.0), "accuracy": (28.2, 33.4), "headshots": (None, 12.1),
    "survival": (71.0, 64.5), "win_rate": (55.0, 45.0),
}  # fmt: skip


def _compared(*, hostile: bool) -> Picture:
    one, other = (clean(name) for name in names(2, hostile=hostile))
    first, second = (
        Figures(
            rounds=20,
            values={name: rates[place] for name, rates in _RATES.items()},
            known=dict.fromkeys(_RATES, 20),
            amounts={},
        )
        for place in (0, 1)
    )
    comparison = Comparison(
        guids=("A", "B"),
        names=(one, other),
        figures=(first, second),
        duel=Duel(together=0, won_together=0, drawn_together=0, against=0, first_won=0, second_won=0),
        coverage=Coverage(label="all time", rounds=20, left_out=(), newest=None),
    )
    return charts.bars(comparison_chart(comparison))


KINDS: Mapping[str, Callable[[int, bool], Picture]] = {
    "round": lambda size, hostile: round_picture(a_round(size, hostile=hostile)),
    "match": lambda size, hostile: match_picture(a_match(size, hostile=hostile)),
    "session": lambda _, hostile: session_picture(a_session(hostile=hostile)),
    "heat": lambda size, hostile: _heat(size, hostile=hostile),
    "evenings": lambda size, hostile: _sessions(size, hostile=hostile),
    "form": lambda size, hostile: _form(size, hostile=hostile),
    "compare": lambda _, hostile: _compared(hostile=hostile),
}  # fmt: skip
"""What can be looked at, made for so many players a side."""
