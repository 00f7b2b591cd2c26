"""What a file of our own script says beside the others': when the round ended, and who killed whom (SCRIPT)."""

from __future__ import annotations

import pytest

from bot.domain.game.file.report import Tally
from rigs.builders import a_guid, of_our_script
from tests.domain.game.file.reading import FIRST, read, refused

OURS = of_our_script(FIRST, {("axis0", "allies0"): 3, ("allies1", "axis1"): 12})
SAYS = OURS.data.split(b"\n", 1)[0].split(b"\\")


def _ours(put: bytes, instead_of: bytes) -> bytes:
    assert OURS.data.count(instead_of) == 1
    return OURS.data.replace(instead_of, put)


def test_our_own_scripts_file_says_when_the_round_ended_and_who_killed_whom() -> None:
    report = read(OURS.data)
    assert report == OURS.report
    assert report.ended_at == 1772398797
    assert report.writer == "etstats/1.0.0 legacy v2.83"
    assert report.tallies == (
        Tally(a_guid("axis0"), a_guid("allies0"), 3),
        Tally(a_guid("allies1"), a_guid("axis1"), 12),
    )


@pytest.mark.parametrize("mod", ["", "legacy v2.83.2-12 linux", "grüße / x"])
def test_the_mod_may_call_itself_anything(mod: str) -> None:
    assert read(_ours(f"etstats/1.7.12 {mod}".encode(), SAYS[10])).writer == f"etstats/1.7.12 {mod}"


@pytest.mark.parametrize(
    ("position", "text", "reason"),
    [
        (9, "-1", "the round's end"), (9, "", "the round's end"), (9, "1772398797.0", "the round's end"),
        (9, "12345678901", "the round's end"), (8, "", "playtime"),
        (10, "otherstats/1.0.0 legacy", "etstats/VERSION MOD"), (10, "etstats/1.0.0", "etstats/VERSION MOD"),
        (10, "etstats/1.0 legacy", "etstats/VERSION MOD"), (10, " etstats/1.0.0 legacy", "etstats/VERSION MOD"),
        (10, "etstats/2.0.0 legacy", "update the bot"), (10, "etstats/0.9.0 legacy", "update the bot"),
        (10, "etstats/11.0.0 legacy", "update the bot"),
    ],
)  # fmt: skip
def test_a_further_header_field_that_is_wrong_is_refused_on_line_1(position: int, text: str, reason: str) -> None:
    fields = [*SAYS]
    fields[position] = text.encode()
    error = refused(OURS.data.replace(b"\\".join(SAYS), b"\\".join(fields)))
    assert error.line == 1
    assert reason in error.reason


@pytest.mark.parametrize(
    ("put", "line", "reason"),
    [
        (b"", 7, "not killer, victim"), (b"A\tB", 7, "not killer, victim"), (b"A\tB\t0", 7, "not killer, victim"),
        (b"A\tB\t-1", 7, "not killer, victim"), (b"A\tB\t01", 7, "not killer, victim"),
        (b"A\tB\t1\t", 7, "not killer, victim"), (b"A\tB\t1.0", 7, "not killer, victim"),
        (b"A B 1", 7, "not killer, victim"), (b"ABCDEF012\tB\t1", 7, "not killer, victim"),
        (b"A\tB\t99999999", 7, "beyond reason"), (b"a\tb\t2\nA\tB\t1", 8, "A and B for the second time"),
        (b"DEATHS\t1", 7, "not killer, victim"),
    ],
)  # fmt: skip
def test_a_damaged_section_rejects_the_file_with_line_and_reason(put: bytes, line: int, reason: str) -> None:
    tally = "\t".join(map(str, OURS.report.tallies[0])).encode() if OURS.report.tallies else b""
    error = refused(_ours(put, tally))
    assert error.line == line
    assert reason in error.reason


@pytest.mark.parametrize("head", [b"KILLS\t", b"KILLS\t0", b"KILLS\tx", b"KILLS\t1 ", b"KILLS\t01"])
def test_a_section_without_a_version_is_refused(head: bytes) -> None:
    assert refused(_ours(head, b"KILLS\t1")).line == 6


def test_a_section_of_another_version_is_not_read_and_not_guessed() -> None:
    report = read(_ours(b"KILLS\t2\n\n# anything\tmay follow", b"KILLS\t1"))
    assert (report.tallies, report.kills_version) == (None, 2)
    assert report.players == OURS.report.players


def test_no_section_is_unknown_and_an_empty_one_is_nobody() -> None:
    assert read(of_our_script(FIRST).data).tallies is None
    assert read(of_our_script(FIRST, {}).data).tallies == ()


def test_who_has_no_guid_is_told_by_none() -> None:
    assert read(of_our_script(FIRST, {}).data + b"\tOMNIBOT0\t4\nabcdef01\t\t2\n").tallies == (
        Tally("", "OMNIBOT0", 4),
        Tally("ABCDEF01", "", 2),
    )


def test_the_section_is_our_own_scripts_alone() -> None:
    assert "not a player line" in refused(FIRST.data + b"KILLS\t1\n").reason
