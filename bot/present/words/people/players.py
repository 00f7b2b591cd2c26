"""Players as cards: two side by side, weapons, names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.domain.game.file.weapons import weapon_name
from bot.domain.stats.answers import Figures, PlayerChoice
from bot.domain.stats.metrics import BY_NAME, Metric
from bot.domain.stats.people.arms import ArmLine, Armoury, Arms
from bot.domain.stats.people.careers import COMPARED, Alias, Career, Comparison
from bot.present.card import Card
from bot.present.words.text import (
    ELLIPSIS,
    MINE,
    UNKNOWN,
    cell,
    counted,
    covered,
    figure_text,
    number,
    ordinal,
    plain,
    safe_name,
    table,
    when,
    whole_matches,
    within,
)

_FIELD, _PAGE = 1000, 15
FOUND = 5
"""Players whose every name is told."""


def comparison_card(comparison: Comparison, *, me: str | None) -> Card:
    """Two players: who is ahead in how many figures, then each of them, the better one marked."""
    heads = ["You" if guid == me else name for guid, name in zip(comparison.guids, comparison.names, strict=True)]
    rows = [_compared(BY_NAME[name], comparison.figures) for name in COMPARED]
    figures = table([("", *(cell(name, 10).rstrip() for name in heads)), *rows], (10, 10, 10), limit=3000)
    duel = comparison.duel
    first, second = (safe_name(name, limit=24) for name in comparison.names)
    lines = [_verdict(comparison, me=me), figures, "-# ◂ the better one; sums grow with the rounds, so they have none"]
    if duel.together:
        share = 100 * duel.won_together / duel.together
        lines.append(f"**Together**: {counted(duel.together, 'match')}, {duel.won_together} won ({share:.0f}%)")
    if duel.against:
        drawn = f", {counted(duel.drawn, 'draw')}" if duel.drawn else ""
        lines.append(
            f"**Against each other**: {counted(duel.against, 'match')}, {first} won {duel.first_won}, "
            f"{second} won {duel.second_won}{drawn}"
        )
    if duel.told and (duel.against or any(duel.kills)):
        score = f"{first} {duel.kills[0]} : {duel.kills[1]} {second}"
        lines.append(f"**Killed each other**: {score}, in {counted(duel.told, 'round')} that tell it")
    if not duel.together and not duel.against:
        lines.append(
            f"{'You' if me in comparison.guids else 'The'} two have finished no match together or against each other."
        )
    title = f"{safe_name(comparison.names[0], limit=60)} and {safe_name(comparison.names[1], limit=60)}"
    return Card(title=title, lines=(*lines, *whole_matches(comparison.coverage), covered(comparison.coverage)))


def _verdict(comparison: Comparison, *, me: str | None) -> str:
    """`**You are ahead in 7 of 10**, ben in 3`; of the figures that both have, and that do not grow with the rounds."""
    better = [_better(BY_NAME[name], comparison.figures) for name in COMPARED if BY_NAME[name].per]
    compared = [side for side in better if side is not None]
    mine = 1 if comparison.guids[1] == me else 0
    ahead, behind = compared.count(mine), compared.count(1 - mine)
    who = "You are" if comparison.guids[mine] == me else f"{safe_name(comparison.names[mine], limit=24)} is"
    level = f", {compared.count(2)} level" if 2 in compared else ""
    other = safe_name(comparison.names[1 - mine], limit=24)
    return f"**{who} ahead in {ahead} of {len(compared)}**, {other} in {behind}{level}"


def _better(metric: Metric, figures: tuple[Figures | None, Figures | None]) -> int | None:
    """Whose figure is the better one: 0 or 1, 2 where they read the same, None where one is unknown."""
    first, second = (None if of_player is None else of_player.values.get(metric.name) for of_player in figures)
    if first is None or second is None:
        return None
    if figure_text(metric, first) == figure_text(metric, second):
        return 2
    return 0 if metric.better(first, second) else 1


def _compared(metric: Metric, figures: tuple[Figures | None, Figures | None]) -> tuple[str, str, str]:
    values = [None if of_player is None else of_player.values.get(metric.name) for of_player in figures]
    texts = [figure_text(metric, value) for value in values]
    better = _better(metric, figures)
    if metric.per and better in (0, 1):
        texts[better] += " ◂"
    return metric.short, texts[0], texts[1]


_ARMS = ("Weapon", "K", "D", "Acc%", "HS%")


_LETTERS = "-# D: deaths by it · HS: head hits among the hits"


def arms_card(arms: Arms, *, me: str | None) -> Card:
    """A player's weapons: those that killed somebody, or him."""
    rows = [_ARMS, *((weapon_name(line.weapon), *_arm(line)) for line in arms.lines if line.kills or line.deaths)]
    mark = MINE if arms.guid == me else ""
    return Card(
        title=f"{mark}Weapons of {safe_name(arms.name)}",
        lines=(
            table(rows, limit=3000),
            f"-# K: kills with it · {_LETTERS.removeprefix('-# ')}",
            covered(arms.coverage),
        ),
    )


def _arm(line: ArmLine) -> tuple[str, str, str, str]:
    return str(line.kills), str(line.deaths), number(line.accuracy), number(line.head_share)


def armoury_card(armoury: Armoury, *, me: str | None, page: int, buttons: Sequence[tuple[str, str]]) -> Card:
    """Who kills with a weapon, most kills first."""
    begin = page * _PAGE
    lines = [
        f"{MINE if guid == me else ''}**{place}.** {safe_name(name, limit=24)} **{line.kills}** · {_aim(line)}"
        for place, (guid, name, line) in enumerate(armoury.shooters[begin : begin + _PAGE], begin + 1)
    ]
    own = [
        f"{MINE}You: {ordinal(place)}, {counted(shooter.line.kills, 'kill')}"
        for place, shooter in enumerate(armoury.shooters, 1)
        if shooter.guid == me and not begin < place <= begin + _PAGE
    ]
    return Card(
        title=f"Most kills with the {weapon_name(armoury.weapon)}",
        lines=(*lines, *own, _LETTERS, covered(armoury.coverage)),
        footer=f"Page {page + 1} of {armoury_pages(armoury)}",
        buttons=tuple(buttons),
    )


def _aim(line: ArmLine) -> str:
    """`Acc 41% · HS 12% · D 300`."""
    parts = [f"Acc {number(line.accuracy)}%"] if line.accuracy is not None else []
    parts += [f"HS {number(line.head_share)}%"] if line.head_share is not None else []
    return " · ".join([*parts, f"D {line.deaths}"])


def armoury_pages(armoury: Armoury) -> int:
    """Pages of a weapon's board, at least one."""
    return max(1, -(-len(armoury.shooters) // _PAGE))


def found_card(text: str, choices: Sequence[PlayerChoice], aliases: Mapping[str, Sequence[Alias]]) -> Card:
    """Players by any of their names."""
    fields = []
    for choice in choices[:FOUND]:
        names = aliases.get(choice.guid, ())
        worn_names = [
            f"{safe_name(alias.name)}: {when(alias.first_seen, 'd')} to {when(alias.last_seen, 'd')}, "
            f"{counted(alias.rounds, 'round')}"
            for alias in names[:6]
        ]
        more = [f"{ELLIPSIS} and {len(names) - 6} more names"] if len(names) > 6 else []
        fields.append(
            (
                f"{safe_name(choice.name)} · `{code(choice.guid)}`",
                "\n".join(within([*worn_names, *more], _FIELD)) or UNKNOWN,
            )
        )
    return Card(
        title=f"Players like {safe_name(text, limit=60)}",
        lines=(f"The best {FOUND} of {len(choices)}; more letters tell them apart.",) if len(choices) > FOUND else (),
        fields=tuple(fields),
        footer="The name worn last, the GUID, and every name with its first and last day",
    )


def link_card(asker: str, career: Career) -> Card:
    """What an admin has to judge: who says he is whom."""
    names = ", ".join(safe_name(alias.name) for alias in career.aliases[:10])
    rounds = career.figures.rounds if career.figures else 0
    return Card(
        title=f"Is this {safe_name(career.name)}?",
        lines=(
            f"**{safe_name(asker)}** says: this is me.",
            f"Names: {names}",
            f"{counted(rounds, 'round')} that count, last seen {when(career.last_seen, 'R')}",
        ),
        footer=f"GUID {plain(career.guid, limit=60)} · an admin decides",
    )


def code(text: str) -> str:
    """Text for a code span, which nothing in it can end."""
    return plain(text, limit=40).replace("`", "'")
