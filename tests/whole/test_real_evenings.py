"""The real evenings, by hand: sessions, pairs, line-ups and results, in whatever order the files come.

The tables were read off the headers and the teams of the raw files, by the stopwatch table of FORMAT, "Match result".
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.domain.game.matches import Winner
from bot.domain.stats.answers import MatchAnswer
from bot.store.questions import sessions
from bot.store.questions.matches import match_answer
from rigs.world import World, a_world
from tools.demo.evening import SampleFile

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "gamestats"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="no reference files beside the project")

PLAYERS = {
    "a": "07BB5566", "b": "09ACAB61", "c": "121700A2", "d": "1B2367BA", "e": "2EDFF55E", "f": "41FD9953",
    "g": "4CE81927", "h": "57384452", "i": "6A540434", "j": "72DE6F18", "k": "7DADC9AA", "l": "8A26D0C9",
    "m": "8B48CA02", "n": "8DC02DC6", "o": "8DDD2548", "p": "96BEB4E3", "q": "99D0F386", "r": "9D0C7276",
    "s": "9E207BDD", "t": "A105BD09", "u": "AABEC721", "v": "AAD4BC2A", "w": "D69E912D", "x": "D74C66DF",
}  # fmt: skip
LETTERS = {guid: letter for letter, guid in PLAYERS.items()}

MATCHES = """
2025-10-02-211808 2025-10-02-212249 etl_adlernest   hpw  nrv  hpw  3:51  3:51  held
2025-10-02-213333 2025-10-02-214239 supply          nrv  hpw  hpw  9:41  9:41  8:22
2025-10-02-214959 2025-10-02-215634 etl_sp_delivery hpw  nrv  hpw  6:16  6:16  held
2025-10-02-220201 2025-10-02-220708 te_escape2      nrv  hpw  nrv  4:23  4:23  held
2025-10-02-221225 2025-10-02-221711 te_escape2      hpw  nrv  nrv  4:35  4:35  3:57
2025-10-02-222833 2025-10-02-223755 sw_goldrush_te  nrv  hpw  hpw  9:28  9:28  8:40
2025-10-02-224221 2025-10-02-224632 et_brewdog      hpw  nrv  hpw  3:25  3:25  held
2025-10-02-225254 2025-10-02-225707 etl_frostbite   nrv  hpw  hpw  4:27  4:27  3:27
2025-10-02-230707 2025-10-02-231506 braundorf_b4    hpw  nrv  hpw  7:52  7:52  held
2025-10-02-232339 2025-10-02-232818 erdenberg_t2    nrv  hpw  hpw  7:27  7:27  4:00
2025-10-12-221244 2025-10-12-221603 te_escape2      hpr  kvw  kvw  8:45  8:45  2:28
2025-10-12-224530 2025-10-12-225242 sw_goldrush_te  hpr  kvw  draw held  12:00 held
2025-10-14-212214 2025-10-14-212521 etl_adlernest   bhvw gnpr bhvw 2:18  2:18  held
2025-10-14-213838 2025-10-14-214626 supply          gnpr bhvw bhvw held  12:00 6:52
2025-10-14-215231 2025-10-14-215657 etl_sp_delivery bhvw gnpr bhvw 3:29  3:29  held
2025-10-14-220707 2025-10-14-221259 te_escape2      gnpr bhvw bhvw 8:51  8:51  4:58
2025-10-14-221625 2025-10-14-221952 te_escape2      bhvw gnpr bhvw 2:26  2:26  held
2025-10-14-223351 2025-10-14-224247 sw_goldrush_te  gnpr bhvw bhvw held  12:00 8:01
2025-10-14-224806 2025-10-14-225252 et_brewdog      bhvw gnpr bhvw 4:02  4:02  held
2025-10-14-230049 2025-10-14-230620 et_brewdog      gnpr bhvw bhvw 6:31  6:31  4:39
2025-10-14-231545 2025-10-14-232419 erdenberg_t2    bhvw gnpr bhvw 7:50  7:50  held
2025-10-14-232828 2025-10-14-233150 etl_ice         bhvw gnpr bhvw 2:18  2:18  held
2025-10-14-234111 2025-10-14-234826 etl_ice         gnpr bhvw bhvw 8:42  8:42  6:34
2025-10-14-235318 2025-10-14-235647 etl_frostbite   gnpr bhvw bhvw 3:14  3:14  2:30
2025-10-15-214444 2025-10-15-215229 etl_adlernest   dhnw iprv dhnw 7:01  7:01  held
2025-10-15-220325 2025-10-15-221358 supply          iprv dhnw iprv 9:36  9:36  held
2025-10-15-222642 2025-10-15-223718 sw_goldrush_te  dhnw iprv dhnw 10:46 10:46 held
2025-10-15-224710 2025-10-15-225734 etl_sp_delivery iprv dhnw iprv 8:45  8:45  held
2025-10-15-230701 2025-10-15-231246 te_escape2      hnw  prv  hnw  5:10  5:10  held
2025-10-15-232112 2025-10-15-232922 te_escape2      prv  hnw  prv  7:29  7:29  held
2025-10-15-234130 2025-10-15-234736 te_escape2      hnw  prv  prv  held  12:00 5:29
2025-10-17-203425 2025-10-17-204311 supply          jlu  cdi  jlu  7:42  7:42  held
2025-10-17-210521 2025-10-17-211309 etl_adlernest   dio  jlu  dio  6:51  6:51  held
2025-10-17-225145 2025-10-17-230431 supply          fmx  jlu  jlu  10:02 10:02 7:48
2025-10-17-231208 2025-10-17-231411 frostbite       jlu  fmx  fmx  5:07  5:07  1:21
2025-10-19-212643 2025-10-19-213135 etl_adlernest   npr  hkw  hkw  7:11  7:11  4:13
2025-10-19-214330 2025-10-19-215817 supply          hkw  npr  npr  10:41 10:41 8:29
2025-10-19-220533 2025-10-19-221033 etl_sp_delivery npr  hkw  hkw  5:51  5:51  4:24
2025-10-19-221915 2025-10-19-222424 te_escape2      hkw  npr  npr  7:31  7:31  4:26
2025-10-19-222945 2025-10-19-223403 te_escape2      npr  hkw  hkw  3:47  3:47  3:39
2025-10-19-223859 2025-10-19-224215 te_escape2      hkw  npr  npr  3:47  3:47  2:23
2025-10-19-225156 2025-10-19-230044 sw_goldrush_te  npr  hkw  hkw  held  12:00 8:01
2025-10-19-230535 2025-10-19-230959 et_brewdog      hkw  npr  hkw  3:36  3:36  held
2025-10-19-231513 2025-10-19-231939 et_brewdog      npr  hkw  hkw  4:26  4:26  3:51
2025-10-19-232340 2025-10-19-232705 etl_frostbite   hkw  npr  hkw  2:47  2:47  held
2025-10-19-233943 2025-10-19-234505 erdenberg_t2    npr  hkw  hkw  held  12:00 4:44
2025-10-19-235307 2025-10-20-000043 etl_adlernest   hkw  npr  npr  7:00  7:00  6:56
2025-10-20-213931 2025-10-20-214539 etl_adlernest   rsv  gtw  rsv  5:18  5:18  held
2025-10-20-215625 2025-10-20-220558 supply          gtw  rsv  gtw  8:41  8:41  held
2025-10-20-221552 2025-10-20-222229 etl_sp_delivery rsv  gtw  gtw  8:33  8:33  5:48
2025-10-20-223529 2025-10-20-224227 te_escape2      gtw  rsv  rsv  held  12:00 6:15
2025-10-20-224954 2025-10-20-225459 te_escape2      rsv  gtw  gtw  5:12  5:12  4:17
2025-10-20-230751 2025-10-20-231738 sw_goldrush_te  gtw  rsv  rsv  held  12:00 9:10
2025-10-20-232838 2025-10-20-233305 etl_frostbite   rsv  gtw  gtw  held  10:00 3:09
2025-10-20-234229 2025-10-20-234932 erdenberg_t2    gtw  rsv  rsv  7:13  7:13  6:26
2025-10-20-235312 2025-10-20-235626 et_brewdog      rsv  gtw  rsv  2:31  2:31  held
2025-10-23-220633 2025-10-23-221355 etl_sp_delivery gnps hrvw hrvw 8:28  8:28  5:52
2025-10-23-221845 2025-10-23-222205 te_escape2      hrw  gnp  hrw  2:24  2:24  held
2025-10-23-222609 2025-10-23-222921 te_escape2      gnp  hrv  gnp  2:33  2:33  held
2025-10-23-223752 2025-10-23-224120 te_escape2      hvw  gnp  hvw  2:51  2:51  held
2025-10-23-224955 2025-10-23-225314 et_brewdog      gnp  hrv  hrv  7:01  7:01  2:22
2025-10-26-191725 2025-10-26-192624 supply          cis  fmq  fmq  9:28  9:28  8:08
2025-10-26-194208 2025-10-26-195201 adlernest       fmq  cis  cis  held  10:00 8:36
2025-10-26-201727 2025-10-26-203013 etl_sp_delivery cis  fmq  fmq  held  12:00 11:08
2025-10-26-213907 2025-10-26-214340 etl_adlernest   hpv  gis  hpv  3:55  3:55  held
2025-10-26-215407 2025-10-26-220216 etl_adlernest   gis  hpv  hpv  9:04  9:04  7:26
2025-10-26-221428 2025-10-26-222414 supply          hpv  gis  hpv  10:45 10:45 held
2025-10-26-223738 2025-10-26-225026 sw_goldrush_te  gis  hpv  draw held  12:00 held
"""
"""Round 1, round 2, map, who attacked first, who defended first, who won, time of R1, time to beat, time of R2."""

LONELY = {
    "2024-04-16-220731 te_escape2 aps ekr",
    "2025-10-12-211804 etl_adlernest hpr kvw",
    "2025-10-17-202140 supply di lu",
    "2025-10-17-232650 etl_sp_delivery fmx jlu",
}
"""Round 1s that nothing followed: stamp, map, who attacked, who defended."""

SESSIONS = """
2024-04-16   1  1  aps   0 :  0 ekr  0
2025-10-02  20 10  hpw   8 :  2 nrv  0
2025-10-12   5  3  hpr   0 :  1 kvw  1
2025-10-14  24 12  bhvw 12 :  0 gnpr 0
2025-10-15  14  7  dhnw  3 :  4 iprv 0
2025-10-17   5  3  di    0 :  0 lu   0, cdio  1 :  1 jlu  0
2025-10-17b  5  3  fmx   1 :  1 jlu  0
2025-10-19  24 12  hkw   8 :  4 npr  0
2025-10-20  18  9  gtw   4 :  5 rsv  0
2025-10-23  10  5  gnps  1 :  4 hrvw 0
2025-10-26   6  3  cis   1 :  2 fmq  0
2025-10-26b  8  4  gis   0 :  3 hpv  1
"""
"""Name, rounds that count, matches; of each pair of teams: one, the maps it won : those of the other, draws."""


class Told(NamedTuple):
    """What the product says of the evenings, as the tables say it."""

    matches: set[str]
    lonely: set[str]
    sessions: set[str]


def rows(table: str) -> set[str]:
    return {" ".join(line.split()) for line in table.strip().splitlines()}


def letters(guids: Iterable[str]) -> str:
    return "".join(sorted(LETTERS[guid] for guid in guids))


def clock(seconds: int | None) -> str:
    assert seconds is not None
    return f"{seconds // 60}:{seconds % 60:02}"


def line_up(match: MatchAnswer, team: int) -> str:
    return letters(player.guid for player in match.players if player.team == team)


def as_a_row(match: MatchAnswer) -> str:
    first, second, result = match.first, match.second, match.result
    assert first is not None
    attackers, defenders = line_up(match, 1), line_up(match, 2)
    if second is None:
        assert result is None
        return f"{first.file[:17]} {match.map} {attackers} {defenders}"
    assert result is not None
    won = {Winner.FIRST_ATTACKERS: attackers, Winner.FIRST_DEFENDERS: defenders, Winner.DRAW: "draw"}[result.winner]
    in_first = clock(first.half.duration) if first.half.attackers_won else "held"
    in_second = "held" if result.second_time is None else clock(result.second_time)
    stamps = f"{first.file[:17]} {second.file[:17]}"
    return f"{stamps} {match.map} {attackers} {defenders} {won} {in_first} {clock(result.target)} {in_second}"


async def told(world: World) -> Told:
    found = Told(set(), set(), set())
    db = world.app.db
    for start in await sessions.starts(db, limit=100):
        evening = await sessions.session_answer(db, start, zone=UTC)
        for played in evening.matches:
            match = await match_answer(db, played.id)
            assert match is not None
            assert (line_up(match, 1), line_up(match, 2)) == (letters(played.attackers), letters(played.defenders))
            assert match.result == played.result
            (found.matches if match.second else found.lonely).add(as_a_row(match))
        scores = []
        for pair in evening.pairs:
            (one, its), (other, theirs) = sorted(zip(map(letters, pair.teams), pair.wins, strict=True))
            scores.append(f"{one} {its} : {theirs} {other} {pair.draws}")
        found.sessions.add(f"{evening.name} {evening.rounds} {len(evening.matches)} {', '.join(scores)}")
    return found


LATE = (
    "2025-10-02-211808-etl_adlernest-round-1.txt",  # the first round of its evening
    "2025-10-19-235307-etl_adlernest-round-1.txt",  # its round 2 is after midnight
    "2025-10-26-201727-etl_sp_delivery-round-1.txt",  # another attempt was broken off before it
)


def files() -> list[SampleFile]:
    return [SampleFile(path.name, path.read_bytes()) for path in sorted(FOLDER.glob("2*.txt"))]


def batches(order: str) -> list[list[SampleFile]]:
    every = files()
    if order == "reversed":
        return [every[::-1]]
    if order == "shuffled":
        random.Random(4).shuffle(every)
        return [every[:40], every[40:45], every[45:]]
    if order == "one by one, three of the round 1s last":
        return [[file] for file in sorted(every, key=lambda file: file.name in LATE)]
    return [every]


@pytest.mark.parametrize(
    "order", ["as they were played", "reversed", "shuffled", "one by one, three of the round 1s last"]
)
async def test_the_real_evenings_are_what_was_played_in_whatever_order_the_files_come(
    tmp_path: Path, order: str
) -> None:
    async with a_world(tmp_path) as world:
        for batch in batches(order):
            await world.add(*batch)
        found = await told(world)
    assert found.matches == rows(MATCHES)
    assert found.lonely == LONELY
    assert found.sessions == rows(SESSIONS)
