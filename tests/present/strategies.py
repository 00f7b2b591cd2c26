"""Answers that no server would give, and everybody must be able to see."""

from __future__ import annotations

from hypothesis import strategies as st

from bot.domain.game.file.report import Tally
from bot.domain.game.matches import Half
from bot.domain.game.model import Aside, Note, NoteCode, Reason, State
from bot.domain.stats.answers import PlayerLine, RoundAnswer
from tests.present.words.test_text import MARKUP

NAMES = st.one_of(
    st.text(max_size=120),
    st.sampled_from(
        [*MARKUP.values(), "", "^1" * 36, "漢" * 32, "مرحبا" * 6, "e\u0301" * 60, "\u3164", "```", "a" * 400]
    ),
)
FIGURE = st.one_of(st.integers(-9, 200), st.integers(-(2**63), 2**63 - 1))
SECONDS = st.one_of(st.integers(0, 4000), st.integers(-(2**40), 2**40))
SIDE = st.integers(0, 3)
INSTANT = st.integers(0, 32_503_679_999)  # 1970 to 2999
MAPS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,63}", fullmatch=True)
REASONS = st.builds(Reason, st.sampled_from(Aside), NAMES)
NOTES = st.builds(Note, st.sampled_from(NoteCode), NAMES, NAMES, st.integers(0, 99), st.integers(0, 99), NAMES)

KEYS = st.sampled_from(["AAAAAAAA", "BBBBBBBB", "OMNIBOT0", "UNKNOWN:", "CCCCCCCC"])

players = st.builds(
    PlayerLine,
    guid=st.one_of(st.from_regex(r"[0-9A-F]{8}", fullmatch=True), KEYS, NAMES),
    name=NAMES,
    team=SIDE,
    kills=FIGURE,
    deaths=FIGURE,
    damage_given=FIGURE,
    damage_received=FIGURE,
    headshots=FIGURE,
    hits=FIGURE,
    shots=FIGURE,
    time_seconds=SECONDS,
    alive_seconds=SECONDS,
    gibs=FIGURE,
    selfkills=FIGURE,
    teamkills=FIGURE,
    revives_given=st.none() | FIGURE,
    useful_kills=st.none() | FIGURE,
)
halves = st.builds(Half, SIDE, SIDE, SECONDS, st.none() | SECONDS)
rounds = st.builds(
    RoundAnswer,
    id=st.integers(1, 2**40),
    file=st.one_of(NAMES, MAPS.map("2026-03-01-210000-{}-round-1.txt".format)),
    map=st.one_of(MAPS, NAMES),
    number=st.integers(1, 2),
    ended_at=INSTANT,
    half=halves,
    state=st.sampled_from(State),
    reason=st.none() | REASONS,
    players=st.integers(0, 64).flatmap(lambda n: st.lists(players, min_size=0, max_size=n)).map(tuple),
    notes=st.lists(NOTES, max_size=70).map(tuple),
    tallies=st.none() | st.lists(st.builds(Tally, KEYS, KEYS, FIGURE), max_size=70).map(tuple),
)
