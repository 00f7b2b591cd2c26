"""The fifteen questions of an evening: each is answered by one command, and the help names it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest

from rigs.builders import RoundFile, a_player, an_r1, an_r2
from rigs.guild import GuildWorld, text_of
from tests.cogs.questions.people.test_boards import linked

YESTERDAY = datetime.now(UTC) - timedelta(days=1)
BEFORE = YESTERDAY - timedelta(days=40)
MONTH, DAY = f"{YESTERDAY:%B}", f"{YESTERDAY:%A}"
NOT_COUNTED = 7


class Question(NamedTuple):
    """What somebody asks, what he types, and what has to be in the answer: all counted by hand."""

    asked: str
    command: str
    options: dict[str, str]
    answer: tuple[str, ...]


QUESTIONS = (
    Question("who won yesterday", "session", {"session": "yesterday"}, ("anna's team won the evening 2–0",)),
    Question("my K/D this month", "stats", {"when": MONTH}, ("K/D 2.00", "4 rounds")),
    Question("best medic", "leaderboard", {"stat": "medic", "when": MONTH}, ("**1.** ben **20** · 4 rounds",)),
    Question(
        "am I better than cleo", "compare", {"player": "cleo"},
        ("You are ahead in ", "3 matches, anna won 2, cleo won 1"),
    ),
    Question("our record on supply", "team", {"when": "supply"}, ("100% won · 1 of 1 match",)),
    Question("when do we play", "activity", {}, (f"{DAY} 21:00", "Usually there")),
    Question("best moments", "moments", {}, ("**Kills 12**: Radar R1", "**DPM 500**: Supply R1")),
    Question(
        "why was my round not counted", "round", {"round": str(NOT_COUNTED)},
        ("**Not counted**: fewer than two humans played.",),
    ),
    Question("who was on my team", "session", {}, ("anna's team: ben, **anna**",)),
    Question("how long does cleo play", "stats", {"player": "cleo"}, ("6 rounds, 48 min",)),
    Question("am I improving", "form", {}, ("All 6 rounds so far", "**By month**")),
    Question("who carried", "session", {}, ("**Most damage a minute**: **anna**, DPM 500",)),
    Question("last match", "match", {}, ("anna's team beat cleo's team on Radar",)),
    Question("my rank", "leaderboard", {"stat": "dpm"}, ("You: 1st of 4 with **367**",)),
    Question("fastest supply", "map", {"map": "supply"}, ("Fastest attack: **8:00**",)),
)  # fmt: skip
NAMED = {
    "session": "Who carried?", "stats": "How long do I play?", "leaderboard": "best reviver",
    "compare": "Who of us two is better?", "team": "my team", "activity": "When do we play",
    "moments": "best moments", "round": "Why did a round not count?", "form": "Am I getting better?",
    "match": "the last match", "map": "How fast was the fastest?",
}  # fmt: skip


def played() -> list[RoundFile]:
    """Yesterday anna and ben beat cleo and dan on Supply and Radar; forty days before, they lost on Radar."""

    def match(at: str, map: str, *, first: tuple[str, str], damage: int) -> list[RoundFile]:
        """The first two attack first, finish, and hold; damage is anna's, the others do less."""
        figures = {
            "anna": (12, 6, damage, 1), "ben": (6, 8, 1500, 5), "cleo": (8, 9, 2000, 0), "dan": (5, 8, 1000, 2),
        }  # fmt: skip
        players = [
            a_player(
                name, team=2 if name in first else 1, kills=kills, deaths=deaths, minutes=8.0,
                damage_given=given, revives_given=revives,
            )
            for name, (kills, deaths, given, revives) in figures.items()
        ]  # fmt: skip
        round_1 = an_r1(at=at, map=map, players=players)
        return [round_1, an_r2(round_1, winner=1)]

    ours, theirs = ("anna", "ben"), ("cleo", "dan")
    alone = an_r1(at=f"{YESTERDAY:%Y-%m-%d}-230000", map="oasis", players=[a_player("anna", kills=1)])
    return [
        *match(f"{BEFORE:%Y-%m-%d}-210000", "radar", first=theirs, damage=800),
        *match(f"{YESTERDAY:%Y-%m-%d}-210000", "supply", first=ours, damage=4000),
        *match(f"{YESTERDAY:%Y-%m-%d}-214000", "radar", first=ours, damage=4000),
        alone,
    ]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.asked)
async def test_a_question_of_an_evening_is_answered_by_one_command(world: GuildWorld, question: Question) -> None:
    await world.play(*played())
    await linked(world, "anna")
    shown = text_of(await world.anna.slash(world.channel, question.command, **question.options))
    for said in question.answer:
        assert said in shown, shown


async def test_the_help_names_the_command_of_each_question(world: GuildWorld) -> None:
    shown = text_of(await world.anna.slash(world.channel, "help")).splitlines()
    for command in {question.command for question in QUESTIONS}:
        [line] = [line for line in shown if f"</{command}:" in line]
        assert NAMED[command] in line
