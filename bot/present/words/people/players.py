"""Players as cards: numbers over a scope, form, two side by side, weapons, names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.game.file.weapons import weapon_name
from bot.domain.game.map_names import map_title, titles_apart
from bot.domain.stats.answers import Board, Figures, PlayerChoice
from bot.domain.stats.metrics import BY_NAME, Metric
from bot.domain.stats.people.arms import ArmLine, Armoury, Arms
from bot.domain.stats.people.baselines import Baseline
from bot.domain.stats.people.careers import COMPARED, Alias, Career, Comparison, Form
from bot.present.card import Card
from bot.present.words.people.baselines import baseline_text
from bot.present.words.people.boards import own_text
from bot.present.words.text import (
    ELLIPSIS,
    MINE,
    UNKNOWN,
    cell,
    counted,
    covered,
    figure_text,
    number,
    plain,
    safe_name,
    table,
    when,
    whole_matches,
)

_FIELD, _ALIASES, _PAGE = 1000, 5, 15
FOUND = 5
"""Players whose every name is told."""
_SHOWN = (
    ("Fights", ("kills", "deaths", "kd", "kpr", "dpm", "damage", "received", "damage_ratio")),
    ("Aim", ("accuracy", "headshots", "headshot_kills", "spree", "multikills")),
    ("Team", ("revives", "revived", "assists", "useful", "denied", "gibs", "objectives", "survival", "xp")),
    ("Matches", ("rounds", "time", "matches", "wins", "win_rate", "selfkills", "teamkills")),
)
_FORM = (("kills", "K"), ("deaths", "D"), ("dpm", "DPM"), ("accuracy", "Acc"))


def career_card(career: Career, *, buttons: Sequence[tuple[str, str]] = ()) -> Card:
    """A player's numbers over a scope."""
    lines = [f"First seen {when(career.first_seen, 'd')}, last seen {when(career.last_seen, 'R')}"]
    others = career.aliases[1:]
    if others:
        more = len(others) - _ALIASES
        names = ", ".join(f"{safe_name(one.name)} (until {when(one.last_seen, 'd')})" for one in others[:_ALIASES])
        lines.append(f"Also seen as {names}" + (f" and {more} more" if more > 0 else ""))
    fields: list[tuple[str, str]] = []
    if career.figures is None:
        lines.append("**He played no round of this scope that counts.**")
    else:
        fields = [(title, _block(names, career.figures)) for title, names in _SHOWN]
        if len(career.maps) > 1:
            rows = [("Map", "R", "K/D", "DPM", "Won%")]
            titles = titles_apart(line.map for line in career.maps)
            rows += [(titles[line.map], str(line.figures.rounds), *_three(line.figures)) for line in career.maps]
            fields.append(("Maps", table(rows, (16, 4, 5, 5, 5), limit=_FIELD)))
        lines += _partly(career.figures)
        lines += whole_matches(career.coverage)
    if career.set_aside:
        lines.append(f"-# {counted(career.set_aside, 'round')} of his not counted, whatever the scope: see Explain")
    own = None if career.figures is None else career.figures.rounds
    lines.append(covered(career.coverage, own=own))
    return Card(
        title=safe_name(career.name),
        lines=tuple(lines),
        fields=tuple(fields),
        footer=f"GUID {plain(career.guid, limit=60)}",
        buttons=tuple(buttons),
    )


def _block(names: Sequence[str], figures: Figures) -> str:
    rows = [(BY_NAME[name].title, figure_text(BY_NAME[name], figures.values.get(name))) for name in names]
    return table(rows, (20, 14), limit=_FIELD)


def _three(figures: Figures) -> tuple[str, str, str]:
    kd, dpm, won = (figures.values.get(name) for name in ("kd", "dpm", "win_rate"))
    return number(kd, 2), number(dpm), number(won)


def _partly(figures: Figures) -> list[str]:
    """Figures that some of the rounds' writers did not know."""
    asked = [name for _, names in _SHOWN for name in names if "result" not in BY_NAME[name].top]
    known = {name: rounds for name in asked if 0 < (rounds := figures.known[name]) < figures.rounds}
    if not known:
        return []
    said = ", ".join(f"{BY_NAME[name].title.lower()} on {rounds}" for name, rounds in known.items())
    return [f"-# Not every round's script knew everything: {said} of {counted(figures.rounds, 'round')}"]


def form_card(form: Form, *, latest: Sequence[Baseline] = ()) -> Card:
    """His last rounds, newest first, each figure beside his own mean; `latest`: of the newest one."""
    mean, rounds = means(form.figures), form.rounds
    rows = [("Round", *(head for _, head in _FORM), "±DPM")]
    for one in rounds:
        values = one.figures.values
        said = [figure_text(BY_NAME[n], values.get(n)).removesuffix(" %").replace(",", "") for n, _ in _FORM]
        rows.append(
            (f"{cell(map_title(one.map), 11).rstrip()} R{one.number}", *said, _signed(values.get("dpm"), mean["dpm"]))
        )
    usual = [f"{head} {number(mean[name], 1)}" for name, head in _FORM]
    return Card(
        title=f"Form of {safe_name(form.name)}",
        lines=(
            trend(form),
            table(rows, (14, 3, 3, 4, 5, 5), limit=3000),
            f"His mean over {counted(form.figures.rounds, 'round')}: {', '.join(usual)}",
            *_latest(latest),
            covered(form.coverage, own=form.figures.rounds),
        ),
        footer="Newest round first · ±DPM: against his own mean",
    )


def _latest(baselines: Sequence[Baseline]) -> list[str]:
    told = [baseline_text(one, whose="his") for one in baselines if one.metric.name in ("kills", "dpm", "accuracy")]
    return [f"The newest round: {'; '.join(told)}"] if told else []


def means(figures: Figures) -> Mapping[str, float | None]:
    """Per round for what is counted, and the ratios as they are."""
    values = figures.values
    kills, deaths = values.get("kills"), values.get("deaths")
    return {
        "kills": None if kills is None else kills / figures.rounds,
        "deaths": None if deaths is None else deaths / figures.rounds,
        "dpm": values.get("dpm"),
        "accuracy": values.get("accuracy"),
    }


def _signed(value: float | None, mean: float | None) -> str:
    return UNKNOWN if value is None or mean is None else f"{round(value - mean):+d}"


def trend(form: Form) -> str:
    """One sentence: how the last rounds compare with all of them."""
    mean = means(form.figures)["dpm"]
    known = [value for one in form.rounds if (value := one.figures.values.get("dpm")) is not None]
    if not known or not mean:
        return "Nothing can be said of his form yet."
    share = 100 * (sum(known) / len(known) / mean - 1)
    if abs(share) < 5:
        return f"His last {counted(len(known), 'round')} are like all the others."
    way = "above" if share > 0 else "below"
    return f"His last {counted(len(known), 'round')} are **{abs(share):.0f} % {way}** his own mean, by damage a minute."


def comparison_card(one: Comparison, *, me: str | None) -> Card:
    """Two players, the better figure marked."""
    names = [(MINE if guid == me else "") + name for guid, name in zip(one.guids, one.names, strict=True)]
    figures = table([_compared(BY_NAME[name], one.figures) for name in COMPARED], (15, 11, 11), limit=3000)
    duel = one.duel
    lines = [figures.replace("\n", f"\n{_heading(names)}\n", 1), "-# ◂ the better one"]
    if duel.together:
        share = 100 * duel.won_together / duel.together
        lines.append(f"**Together**: {counted(duel.together, 'match')}, {duel.won_together} won ({share:.0f} %)")
    if duel.against:
        first, second = (safe_name(name, limit=24) for name in one.names)
        drawn = f", {counted(duel.drawn, 'draw')}" if duel.drawn else ""
        lines.append(
            f"**Against each other**: {counted(duel.against, 'match')}, {first} won {duel.first_won}, "
            f"{second} won {duel.second_won}{drawn}"
        )
    if duel.told and (duel.against or any(duel.kills)):
        first, second = (safe_name(name, limit=24) for name in one.names)
        score = f"{first} {duel.kills[0]} : {duel.kills[1]} {second}"
        lines.append(f"**Killed each other**: {score}, in {counted(duel.told, 'round')} that tell it")
    if not duel.together and not duel.against:
        lines.append("They have not finished a match in the same round yet.")
    title = f"{safe_name(one.names[0], limit=60)} and {safe_name(one.names[1], limit=60)}"
    return Card(title=title, lines=(*lines, *whole_matches(one.coverage), covered(one.coverage)))


def _heading(names: Sequence[str]) -> str:
    """The names above their columns, aligned right by what they take up on the screen."""
    cells = [cell(name, 11) for name in names]
    right = [" " * (len(one) - len(one.rstrip(" "))) + one.rstrip(" ") for one in cells]
    return " " * 16 + " ".join(right)


def _compared(metric: Metric, figures: tuple[Figures | None, Figures | None]) -> tuple[str, str, str]:
    values = [None if one is None else one.values.get(metric.name) for one in figures]
    texts = [figure_text(metric, value) for value in values]
    first, second = values
    if metric.name != "rounds" and first is not None and second is not None and texts[0] != texts[1]:
        better = 0 if metric.better(first, second) else 1
        texts[better] += " ◂"
    return metric.title, texts[0], texts[1]


_ARMS = ("Weapon", "K", "D", "Acc%", "HS%")


def arms_card(arms: Arms, *, me: str | None) -> Card:
    """A player's weapons."""
    rows = [_ARMS, *((weapon_name(line.weapon), *_arm(line)) for line in arms.lines)]
    mark = MINE if arms.guid == me else ""
    return Card(
        title=f"{mark}Weapons of {safe_name(arms.name)}",
        lines=(
            table(rows, (14, 6, 6, 5, 4), limit=3000),
            "-# K: kills with it · D: deaths by it · HS%: head hits among the hits",
            covered(arms.coverage),
        ),
    )


def _arm(line: ArmLine) -> tuple[str, str, str, str]:
    return str(line.kills), str(line.deaths), number(line.accuracy), number(line.head_share)


def armoury_card(armoury: Armoury, *, me: str | None, page: int, buttons: Sequence[tuple[str, str]]) -> Card:
    """Who kills with a weapon, most kills first."""
    begin = page * _PAGE
    rows = [("Player", "K", "D", "Acc%", "HS%")]
    for place, one in enumerate(armoury.shooters[begin : begin + _PAGE], begin + 1):
        rows.append((f"{MINE if one.guid == me else ''}{place} {one.name}", *_arm(one.line)))
    own = [
        f"{MINE}You: place {place}, {counted(one.line.kills, 'kill')}"
        for place, one in enumerate(armoury.shooters, 1)
        if one.guid == me and not begin < place <= begin + _PAGE
    ]
    return Card(
        title=f"Most kills with the {weapon_name(armoury.weapon)}",
        lines=(table(rows, (17, 5, 5, 5, 4), limit=3000), *own, covered(armoury.coverage)),
        footer=f"Page {page + 1} of {armoury_pages(armoury)}",
        buttons=tuple(buttons),
    )


def armoury_pages(armoury: Armoury) -> int:
    """Pages of a weapon's board, at least one."""
    return max(1, -(-len(armoury.shooters) // _PAGE))


def me_card(career: Career, *, form: Form | None, boards: Sequence[Board], buttons: Sequence[tuple[str, str]]) -> Card:
    """What is only for the player himself: his numbers, his form, and how far it is to the next places."""
    card = career_card(career, buttons=buttons)
    places = [f"{board.metric.title}: {text}" for board in boards if (text := own_text(board, career.guid)) is not None]
    fields = [("Form", trend(form))] if form is not None else []
    fields += [("Places in the last 30 days", "\n".join(places)[:_FIELD])] if places else []
    who = "-# linked with this player: `/unlink` takes that back"
    return replace(card, lines=(who, *card.lines), fields=(*fields, *card.fields))


def found_card(text: str, found: Sequence[PlayerChoice], aliases: Mapping[str, Sequence[Alias]]) -> Card:
    """Players by any of their names."""
    fields = []
    for one in found[:FOUND]:
        names = aliases.get(one.guid, ())
        said = [
            f"{safe_name(alias.name)}: {when(alias.first_seen, 'd')} to {when(alias.last_seen, 'd')}, "
            f"{counted(alias.rounds, 'round')}"
            for alias in names[:6]
        ]
        more = [f"{ELLIPSIS} and {len(names) - 6} more names"] if len(names) > 6 else []
        fields.append((f"{safe_name(one.name)} · `{code(one.guid)}`", "\n".join([*said, *more])[:_FIELD] or UNKNOWN))
    return Card(
        title=f"Players like {safe_name(text, limit=60)}",
        lines=(f"The best {FOUND} of {len(found)}; more letters tell them apart.",) if len(found) > FOUND else (),
        fields=tuple(fields),
        footer="The name that he wore last, his GUID, and every name with its first and last day",
    )


def link_card(asker: str, career: Career) -> Card:
    """What an admin has to judge: who says he is whom."""
    names = ", ".join(safe_name(alias.name) for alias in career.aliases[:10])
    rounds = career.figures.rounds if career.figures else 0
    return Card(
        title=f"Is this {safe_name(career.name)}?",
        lines=(
            f"**{safe_name(asker)}** says that he is this player.",
            f"Names: {names}",
            f"{counted(rounds, 'round')} that count, last seen {when(career.last_seen, 'R')}",
        ),
        footer=f"GUID {plain(career.guid, limit=60)} · an admin decides",
    )


def code(text: str) -> str:
    """Text for a code span, which nothing in it can end."""
    return plain(text, limit=40).replace("`", "'")
