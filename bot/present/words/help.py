"""What people ask, with the command that answers it; and what the words mean."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.game.file.columns import FEWEST
from bot.domain.stats.metrics import BY_NAME, METRICS, Metric
from bot.domain.stats.rounds.explanations import RAW
from bot.present.card import Card, SelectMenu
from bot.present.words.people.boards import needed_text

QUESTIONS = (
    ("How was our last evening? Who carried?", "session", "teams, score, maps; its menu has players, weapons, awards"),
    ("What happened in the last match?", "match", "both rounds and the total"),
    ("And in the last round? Why did a round not count?", "round", "who did what, and why it counts or not"),
    ("Which evenings were there?", "sessions", "newest first"),
    ("How do I get my own numbers?", "link", "once, then `player` may be left out everywhere"),
    ("How good am I?", "me", "for your eyes only, until you share it"),
    ("What is my K/D on one map? How long do I play?", "stats", "`when: supply`"),
    ("Who is the best reviver of the month?", "leaderboard", "`stat: medic` `when: this month`"),
    ("Who earned what last night?", "awards", "each with its number and reason"),
    ("What are the records?", "records", "by round, match and session"),
    ("Am I getting better?", "form", "your last ten rounds against your own mean, and the last months"),
    ("How does my team do? With whom do I win?", "team", "`when: supply`: on one map"),
    ("When do we play, and who is usually there?", "activity", "by weekday and hour"),
    ("What were my best moments?", "moments", "your best rounds, with map and date"),
    ("Who of us two is better?", "compare", "side by side, and head to head"),
    ("What do I shoot with?", "weapons", "kills, accuracy, head hits"),
    ("How does this map play? How fast was the fastest?", "map", "times, attack and defence, its best players"),
    ("Which maps do we play?", "maps", "how often, and how they end"),
    ("Who is behind this name?", "find", "every alias and GUID"),
    ("Why is my shots number lower than I think?", "explain", "`stat: shots`, or any other: its rounds and files"),
    ("Can I have the stats in a spreadsheet?", "export", "CSV or JSON"),
    ("I am linked with the wrong player!", "unlink", "and then link again"),
)
TOPICS = {
    "questions": "What people ask",
    "scopes": "Scopes: which rounds",
    "figures": "Stats: what each means",
    "more figures": "Stats: the rest",
    "evenings": "Rounds, matches, sessions, teams",
    "counts": "What counts, and what does not",
}
_FOR_ADMINS = ("admins", "For admins")
_ADMINS = (
    "Only admins see this. Alerts come by themselves into the admins' channel: each says what happened and what to do, "
    "and says so itself when it is over.",
    "What still needs a shell stands in one list in docs/OPERATION.md.",
)
_SCOPES = (
    "A scope says which rounds an answer is about. Type words in any order; the menu helps while you type.",
    "**When**: `yesterday`, `tuesday`, `last session`, `last 5 sessions`, `this week`, `last month`, `october`, "
    "`2025-10`, `30d`, `this quarter`, `all`, a session's name such as "
    "`2025-10-12` or `2025-10-12b`, days such as `2025-10-01..2025-10-31`, or a season's name",
    "**Where**: a map, or any part of its name that fits one map only; `adlernest` is all its versions, "
    "`etl_adlernest` that one alone",
    "**Which half**: `r1`, `r2`; **which side** the player was on: `attack`, `defence`",
    "**How many**: `3v3` and larger; **official**: only rounds with a match configuration",
    "For example `30d supply r2 attack`. Without a scope an answer is about all rounds that count.",
)
_EVENINGS = (
    "A **round** is one half. A **match** is round 1 and round 2 of a map. A **session** is an evening: rounds without "
    "a long pause, across midnight; its name is the date it began, with b, c … for further ones that day.",
    "**Who wins a match** (stopwatch): the line-up that attacks in round 2, if it finishes within round 1's time; else "
    "the line-up that attacked in round 1, if it finished; else it is a draw.",
    "**Teams** are people, not sides: sides change after each round. Over an evening a team is who keeps playing "
    "together; substitutes do not break it. When most are mixed anew, a new pair of teams begins.",
)
_COUNTS = (
    "Every finished round is stored. It **counts** unless it was broken off, holds stats of more than itself, has no "
    "round 1 to subtract, has one GUID twice, or had fewer than two humans or more bots than humans.",
    "A round 2 file goes on counting where round 1 stopped: what you see is round 2 alone. A round 2 whose round 1 is "
    "not here waits, and heals by itself when that arrives.",
    "**Accuracy** counts pistols and sub-machine guns only. **Deaths** are by enemies only. A dash means unknown: "
    "older stats scripts did not write every stat, and unknown is never 0.",
    "**Not in the files**: who is on the server now, what was said, who votes or is banned, who stood where.",
    "**Who killed whom** (*Players* under a post, `/compare`, the award *Nemesis*) is known from the files of our own "
    "game-server script, `etstats`, alone.",
    "A ratio is compared from a third of the scope's rounds on, ten at most, and only with enough of what it divides "
    "by: the line under a board says how much.",
)
_HALF = 18
_IN_WORDS = {
    "1": "rounds",
    BY_NAME["efficiency"].per: "(kills + deaths)",
    "result > 0": "matches won",
    BY_NAME["matches"].top: "matches with a result",
    BY_NAME["multikills"].top: "multikills_2 + … + multikills_6",
}
"""Sums whose expression says less than words."""
_MORE = "`/explain` also knows " + ", ".join(f"`{raw.name}` ({raw.meaning})" for raw in RAW) + "."


def help_card(
    topic: str,
    *,
    menu_id: str,
    others: Sequence[tuple[str, str]] = (),
    admins: Sequence[tuple[str, str]] = (),
) -> Card:
    """One topic; an unknown one is the questions, then `others`: commands without one, and their own descriptions.

    `admins`: their commands, for who is one; where there are none, that topic does not exist.
    """
    topics = TOPICS | dict([_FOR_ADMINS] if admins else [])
    lines = {
        "scopes": _SCOPES,
        "figures": _figures(0, _HALF),
        "more figures": (*_figures(_HALF, None), _MORE),
        "evenings": _EVENINGS,
        "counts": _COUNTS,
        **({"admins": (*(f"`/{name}` {text}" for name, text in admins), *_ADMINS)} if admins else {}),
    }.get(topic)
    if lines is None:
        topic = "questions"
        lines = tuple(f"**{question}** `/{name}` {hint}" for question, name, hint in QUESTIONS)
        lines += tuple(f"`/{name}` {description}" for name, description in others)
    options = tuple((title, name) for name, title in topics.items())
    return Card(
        title=topics[topic],
        lines=lines,
        menus=(SelectMenu(custom_id=menu_id, placeholder="More help", options=options, chosen=topic),),
    )


def _figures(begin: int, end: int | None) -> tuple[str, ...]:
    return tuple(f"**{metric.title}** (`{metric.name}`): {metric.meaning}" for metric in METRICS[begin:end])


def figures_table() -> str:
    """Every figure as a Markdown table, for docs/STATISTICS.md: name, meaning, formula, what it needs."""
    rows = [
        ("name", "title", "meaning", "formula", "compared from", "known since"),
        ("---",) * 6,
        *(_row(metric, compared=True) for metric in METRICS),
        *(_row(metric, compared=False) for metric in RAW),
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def _row(metric: Metric, *, compared: bool) -> tuple[str, ...]:
    needed = needed_text(metric, metric.minimum.of_scope(3 * metric.minimum.rounds))
    return (
        f"`{metric.name}`",
        metric.title + ("" if metric.higher_is_better else " (fewer is better)"),
        metric.meaning,
        f"`{_formula(metric)}`",
        needed if compared else "`/explain` only",
        f"{metric.since} fields" if metric.since > FEWEST else "always",
    )


def _formula(metric: Metric) -> str:
    top = ("largest " if metric.peak else "") + _IN_WORDS.get(metric.top, metric.top)
    if not metric.per:
        return top
    per = "matches" if metric.of_matches else _IN_WORDS.get(metric.per, metric.per)
    divisor = f"max({per}, {metric.floor})" if metric.floor else per
    return f"{f'{metric.scale} × ' if metric.scale != 1 else ''}{top} / {divisor}"
