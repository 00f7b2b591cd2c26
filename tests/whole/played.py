"""Evenings told twice: as files, and as tables by hand of what was played.

The real tables were read off the headers and the teams of the raw files, by the stopwatch table of FORMAT, "Match
result". Of the made ones the files are built from the tables' times and line-ups; who won is written by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.game.file.report import PlayerReport
from rigs.builders import RoundFile, a_guid, a_player, an_r1, an_r2, seconds, swapped
from tests.whole import archive
from tools.demo.session import SampleFile


@dataclass(frozen=True, kw_only=True)
class PlayedSessions:
    """What was played: the rows of the tables below; `late`: round 1s that come last of all in one of the orders."""

    players: Mapping[str, str]
    matches: str
    lonely: frozenset[str]
    sessions: str
    late: tuple[str, ...]
    files: tuple[SampleFile, ...]

    def letters(self) -> dict[str, str]:
        """GUID → the letter that the tables have for it."""
        return {guid: letter for letter, guid in self.players.items()}


MADE_MATCHES = """
2026-03-01-210000 2026-03-01-210900 supply abc def abc  6:00 6:00  held
2026-03-01-211800 2026-03-01-212600 radar  def abc abc  7:00 7:00  5:00
2026-03-01-214000 2026-03-01-215400 oasis  abc def draw held 12:00 held
2026-03-01-220800 2026-03-01-221800 oasis  def abc abc  held 12:00 8:00
2026-03-02-231000 2026-03-02-231700 radar  ceh abg ceh  5:00 5:00  held
2026-03-02-235000 2026-03-03-000030 supply abg ceh ceh  9:00 9:00  8:00
"""
MADE_LONELY = frozenset({"2026-03-01-222600 supply abc def"})
MADE_SESSIONS = """
2026-03-01 9 5 abc 3 : 0 def 1
2026-03-02 4 2 abg 0 : 2 ceh 0
"""
MADE_LATE = (
    "2026-03-01-210000-supply-round-1.txt",  # the first round of its evening
    "2026-03-02-235000-supply-round-1.txt",  # its round 2 is after midnight, another attempt was broken off before it
)


REAL_PLAYERS = {
    "a": "07BB5566", "b": "09ACAB61", "c": "121700A2", "d": "1B2367BA", "e": "2EDFF55E", "f": "41FD9953",
    "g": "4CE81927", "h": "57384452", "i": "6A540434", "j": "72DE6F18", "k": "7DADC9AA", "l": "8A26D0C9",
    "m": "8B48CA02", "n": "8DC02DC6", "o": "8DDD2548", "p": "96BEB4E3", "q": "99D0F386", "r": "9D0C7276",
    "s": "9E207BDD", "t": "A105BD09", "u": "AABEC721", "v": "AAD4BC2A", "w": "D69E912D", "x": "D74C66DF",
}  # fmt: skip
REAL_MATCHES = """
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

REAL_LONELY = {
    "2024-04-16-220731 te_escape2 aps ekr",
    "2025-10-12-211804 etl_adlernest hpr kvw",
    "2025-10-17-202140 supply di lu",
    "2025-10-17-232650 etl_sp_delivery fmx jlu",
}
"""Round 1s that nothing followed: stamp, map, who attacked, who defended."""

REAL_SESSIONS = """
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
REAL_LATE = (
    "2025-10-02-211808-etl_adlernest-round-1.txt",  # the first round of its evening
    "2025-10-19-235307-etl_adlernest-round-1.txt",  # its round 2 is after midnight
    "2025-10-26-201727-etl_sp_delivery-round-1.txt",  # another attempt was broken off before it
)


def made() -> PlayedSessions:
    """Two evenings, with a draw, a map twice, a round 1 that nothing followed, and one that was broken off."""
    files: list[RoundFile] = []
    for row in MADE_MATCHES.strip().splitlines():
        at, second_at, map_name, attackers, defenders, _, in_first, target, in_second = row.split()
        first = _first(at, map_name, attackers, defenders, time=in_first)
        length = seconds(target if in_second == "held" else in_second)
        again = swapped(_lines(attackers, defenders, length=length))
        files += [first, an_r2(first, players=again, at=second_at, winner=1 if in_second == "held" else 2)]
    for row in MADE_LONELY:
        at, map_name, attackers, defenders = row.split()
        files.append(_first(at, map_name, attackers, defenders, time="6:00"))
    files.append(an_r1(at="2026-03-02-232000", map="supply", players=_lines("abg", "ceh", length=60), playtime=-5000))
    return PlayedSessions(
        players={letter: a_guid(letter) for letter in "abcdefgh"},
        matches=MADE_MATCHES,
        lonely=MADE_LONELY,
        sessions=MADE_SESSIONS,
        late=MADE_LATE,
        files=tuple(sorted(file.sample for file in files)),
    )


def _first(at: str, map_name: str, attackers: str, defenders: str, *, time: str) -> RoundFile:
    held = time == "held"
    lines = _lines(attackers, defenders, length=seconds("12:00" if held else time))
    return an_r1(at=at, map=map_name, players=lines, winner=1 if held else 2)


def _lines(attackers: str, defenders: str, *, length: int) -> list[PlayerReport]:
    return [
        a_player(letter, team=team, kills=3, deaths=3, minutes=length / 60, damage_given=400, damage_received=400)
        for team, letters in ((2, attackers), (1, defenders))
        for letter in letters
    ]


def real() -> PlayedSessions:
    """The real ones, where they are beside the project."""
    return PlayedSessions(
        players=REAL_PLAYERS,
        matches=REAL_MATCHES,
        lonely=frozenset(REAL_LONELY),
        sessions=REAL_SESSIONS,
        late=REAL_LATE,
        files=tuple(archive.real().samples),
    )
