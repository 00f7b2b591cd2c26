"""What a round file must be, to be read at all (FORMAT, "Files in the folder")."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.domain.game.file import columns, files
from bot.domain.game.file.parser import parse
from bot.domain.game.file.reasons import BadFile
from bot.domain.game.file.report import Cells
from bot.domain.game.judgement import player_key
from rigs.builders import a_name, a_player, a_session, an_r1, an_r2, two_teams
from tests.domain.game.file.reading import FIRST, NAME, read, refused


def _header(**replaced: str) -> bytes:
    """The sample with other header fields."""
    keys = ("host", "map", "config", "round", "defender", "winner", "limit", "next")
    head, rest = FIRST.data.split(b"\n", 1)
    values = dict(zip(keys, head.decode().split("\\"), strict=True)) | replaced
    return "\\".join(values.values()).encode() + b"\n" + rest


def _line(text: bytes) -> bytes:
    """The sample's header over a single line."""
    return FIRST.data.split(b"\n", 1)[0] + b"\n" + text + b"\n"


TAIL = b"\t".join(b"0.0" if p in (8, 21, 22, 23, 24, 25, 26) else b"%d" % p for p in range(columns.MOST))


def test_a_header_of_eight_fields_has_no_playtime() -> None:
    report = read(FIRST.data)
    assert report == FIRST.report
    assert report.playtime is None


@pytest.mark.parametrize("playtime", ["480123", "480", "0", "-1234567"])
def test_a_ninth_header_field_is_kept_as_written(playtime: str) -> None:
    assert read(_header(ninth=playtime)).playtime == int(playtime)


def test_seven_or_ten_header_fields_are_refused() -> None:
    assert refused(_header(ninth="1", tenth="2")).reason == "a header has 8, 9 or 11 fields, this one 10"
    assert refused(FIRST.data.replace(b"\\legacy3", b"", 1)).reason == "a header has 8, 9 or 11 fields, this one 7"
    assert refused(b">>> Map: supply\n").line == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("map", "Supply"), ("map", "supply "), ("round", "2"), ("round", "3"), ("round", "one"), ("round", " 1"),
        ("defender", "x"), ("winner", ""), ("winner", "1.5"), ("limit", "12"), ("limit", "12:0"), ("next", "1:2:3"),
        ("next", "١:00"), ("limit", "12:00 "), ("ninth", "abc"), ("ninth", "1.5"), ("ninth", "12345678901"),
    ],
)  # fmt: skip
def test_a_header_that_is_wrong_in_one_field_is_refused_on_line_1(field: str, value: str) -> None:
    assert refused(_header(**{field: value})).line == 1


def test_the_header_must_agree_with_the_file_name() -> None:
    assert "map" in refused(FIRST.data, FIRST.name.replace("supply", "te_escape2")).reason
    assert "round" in refused(FIRST.data, FIRST.name.replace("round-1", "round-2")).reason
    assert read(an_r2(FIRST).data, an_r2(FIRST).name).number == 2


@pytest.mark.parametrize(("text", "limit"), [("0:00", 0), ("71:05", 4265), ("-2:05", -125), ("100:00", 6000)])
def test_a_limit_may_be_anything_that_the_script_prints(text: str, limit: int) -> None:
    assert read(_header(next=text)).next_time_limit == limit


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_file_cut_at_any_byte_is_refused_or_ends_at_a_line(newline: str) -> None:
    file = an_r1(players=two_teams(1), newline=newline)
    whole = file.data
    accepted = []
    for cut in range(len(whole)):
        try:
            report = parse(whole[:cut], NAME)
        except BadFile:
            continue
        assert whole[:cut].endswith(newline.encode())
        assert report.players == file.report.players[: len(report.players)]
        accepted.append(len(report.players))
    assert accepted == [1]


def test_an_empty_file_and_a_header_alone_are_refused() -> None:
    assert refused(b"").reason == "empty file"
    assert refused(b"\n").line == 1
    assert refused(FIRST.data.split(b"\n", 1)[0] + b"\n").reason == "no players"
    assert refused(FIRST.data.split(b"\n", 1)[0] + b"\n\r\n \t\n").reason == "no players"


def test_the_last_line_needs_its_end() -> None:
    error = refused(FIRST.data[:-1])
    assert error == (5, "incomplete: the last line has no end")


def test_blank_lines_say_nothing() -> None:
    assert read(FIRST.data.replace(b"\n", b"\n\r\n")) == FIRST.report
    assert read(FIRST.data + b"\n \t\n") == FIRST.report


def test_both_line_ends_may_be_mixed() -> None:
    head, rest = FIRST.data.split(b"\n", 1)
    assert read(head + b"\r\n" + rest) == FIRST.report


def test_a_blank_before_the_tabs_may_be_missing() -> None:
    assert read(FIRST.data.replace(b" \t", b"\t")) == FIRST.report


@pytest.mark.parametrize("figures", ["", "1 2 3 4", "1 2 3 4 5 6", "1 2 3 4 5 6 7 8 9 10"])
def test_the_mask_must_promise_the_figures_that_follow(figures: str) -> None:
    line = f"0A1B2C3D\\anna\\0\\1\\16 {figures}".rstrip().encode() + b" \t" + TAIL
    assert refused(_line(line)).line == 2


def test_the_figures_stand_in_the_order_of_the_bits() -> None:
    line = b"0A1B2C3D\\anna\\0\\1\\134217745 1 2 3 4 5 6 -7 8 9 10 11 12 13 14 15 \t" + TAIL
    (anna,) = read(_line(line)).players
    assert anna.weapons == {0: Cells(1, 2, 3, 4, 5), 4: Cells(6, -7, 8, 9, 10), 27: Cells(11, 12, 13, 14, 15)}


@pytest.mark.parametrize("width", [*range(columns.FEWEST, columns.MOST + 3), 60])
def test_every_number_of_tab_fields_from_33_on_is_read(width: int) -> None:
    report = read(an_r1(tab_fields=width).data)
    assert report.tab_fields == width
    assert {len(player.fields) for player in report.players} == {min(width, columns.MOST)}


def test_32_tab_fields_are_too_few() -> None:
    assert "32 tab fields, at least 33" in refused(an_r1(tab_fields=32).data).reason


def test_every_line_has_as_many_tab_fields_as_the_first() -> None:
    lines = FIRST.data.split(b"\n")
    lines[3] = lines[3].rsplit(b"\t", 1)[0]
    error = refused(b"\n".join(lines))
    assert error.line == 4
    assert error.reason == f"incomplete: {columns.MOST - 1} tab fields, the lines above have {columns.MOST}"


@pytest.mark.parametrize("extra", [b"\t", b" ", b"\tx", b"\t1e5", b"\t--1", b"\t+1", b"\t.5", b"\t5."])
def test_a_tail_that_is_not_all_numbers_is_refused(extra: bytes) -> None:
    assert refused(_line(b"0A1B2C3D\\anna\\0\\1\\0 \t" + TAIL + extra)).line == 2


def test_a_whole_number_may_not_have_a_decimal() -> None:
    line = b"0A1B2C3D\\anna\\0\\1\\0 \t1.5" + TAIL[1:]
    assert refused(_line(line)).reason == "tab field 0 (damage_given) is 1.5, not a whole number"


def test_a_decimal_may_be_written_without_its_digit() -> None:
    fields = TAIL.split(b"\t")
    fields[22], fields[9] = b"8", b"-3"
    (anna,) = read(_line(b"0A1B2C3D\\anna\\0\\1\\0 \t" + b"\t".join(fields))).players
    assert anna.time == 80
    assert anna.fields[9] == -3


@pytest.mark.parametrize("sign", [b"", b"-"])
def test_a_figure_beyond_reason_is_refused_with_its_name(sign: bytes) -> None:
    line = b"0A1B2C3D\\anna\\0\\1\\16 0 %b 0 0 0 \t" + TAIL
    assert abs(read(_line(line % (sign + b"10000000"))).players[0].weapons[4].shots) == 10_000_000
    assert refused(_line(line % (sign + b"10000001"))).reason.startswith("weapon 4's shots is ")
    for column in columns.COLUMNS:
        fields = TAIL.split(b"\t")
        fields[column.position] = sign + b"10000001"
        text = _line(b"0A1B2C3D\\anna\\0\\1\\0 \t" + b"\t".join(fields))
        if column.counting is columns.Counting.DERIVED:
            assert read(text)
        else:
            error = refused(text)
            assert error.line == 2
            assert f"tab field {column.position} ({column.name})" in error.reason


def test_mask_and_header_are_not_asked_for_reason() -> None:
    mask = 1 << 27
    assert read(_line(b"0A1B2C3D\\anna\\0\\1\\%d 1 2 3 4 5 \t" % mask + TAIL)).players[0].weapons[27].hits == 1


@pytest.mark.parametrize("text", [b"nan", b"-nan", b"inf", b"-inf", b"1.25", b"", b"a word", b"99999999999"])
def test_a_derived_field_may_hold_anything_and_no_other_may(text: bytes) -> None:
    for column in columns.COLUMNS:
        fields = TAIL.split(b"\t")
        fields[column.position] = text
        line = _line(b"0A1B2C3D\\anna\\0\\1\\0 \t" + b"\t".join(fields))
        if column.counting is columns.Counting.DERIVED:
            (anna,) = read(line).players
            is_number = text in (b"1.25", b"99999999999")
            assert anna.unreadable == (set() if is_number else {column.position})
        elif column.unit is columns.FieldUnit.WHOLE or text != b"1.25":
            assert refused(line).line == 2


def test_a_whole_number_may_be_written_with_a_zero_behind_the_point() -> None:
    fields = TAIL.split(b"\t")
    fields[9] = b"-5.0"
    (anna,) = read(_line(b"0A1B2C3D\\anna\\0\\1\\0 \t" + b"\t".join(fields))).players
    assert anna.fields[9] == -5


def test_the_older_script_that_separates_by_blanks_is_named() -> None:
    line = b"0A1B2C3D\\anna\\0\\1\\16 1 2 3 4 5 " + b" ".join(TAIL.split(b"\t")[:32])
    assert "c0rnp0rn2" in refused(_line(line)).reason
    assert "docs/SERVER.md" in refused(_line(line)).reason


@pytest.mark.parametrize(
    "name",
    ["pipe|d", "tab\tbed", "vt\x0bx", "nel\x85x", "ls\u2028ps\u2029", "\U0001f600", "cr\rx", "/../", "a\\b", "7", "",
     " lead", "trail ", "żółw", "^1^^2x", "\\0\\1\\16 1 2 3 4 5 \t1\t2", "\ufeff", "fs\x1cgs\x1dx", "nul\x00x"],
)  # fmt: skip
def test_a_name_may_hold_anything_but_a_line_feed(name: str) -> None:
    file = an_r1(players=[a_player(name), a_player("ben", team=2)])
    assert [player.name for player in read(file.data).players] == [name, "ben"]


def test_bytes_that_are_not_utf_8_are_read_one_by_one() -> None:
    data = an_r1(players=[a_player("gruen")], host="hof").data.replace(b"ue", b"\xfc").replace(b"hof", b"h\xf6f")
    report = read(data)
    assert report.players[0].name == "gr\u00fcn"
    assert report.host == "h\u00f6f"


@pytest.mark.parametrize(
    ("written", "guid"),
    [
        (b"0a1b2c3d", "0A1B2C3D"),
        (b"0123456789ABCDEF0123456789ABCDEF", "01234567"),
        (b"0123456789abcdef0123456789abcdef", "01234567"),
        (b"0123456789ABCDEF0123456789ABCDE", "0123456789ABCDEF0123456789ABCDE"),
        (b"DEADBEEF-no-guid", "DEADBEEF-NO-GUID"),
        (b"DEADBEEF0", "DEADBEEF0"),
        (b"DEADBEEF ", "DEADBEEF "),
        (b"DEADBEE\xff\xff", "DEADBEE\xff\xff"),
        (b"OMNIBOT0", "OMNIBOT0"),
        (b"x", "X"),
        (b"", ""),
        (b"0A1B 2C3", "0A1B 2C3"),
        (b"NO_GUID", "NO_GUID"),
        (b"\xff\xfe", "\xff\xfe"),
    ],
)
def test_a_guid_is_eight_characters_in_upper_case_or_the_first_of_a_whole_one(written: bytes, guid: str) -> None:
    (player,) = read(_line(written + b"\\anna\\0\\1\\0 \t" + TAIL)).players
    assert player.guid == guid
    is_known = guid in ("0A1B2C3D", "01234567")
    assert player_key(player) == (guid if is_known else "OMNIBOT:anna" if player.is_bot else "UNKNOWN:anna")


@pytest.mark.parametrize(
    ("whole", "place"),
    [(b"\\1\\", b"\\1%s\\"), (b"\\2\\", b"\\2%s\\"), (b"\\480000", b"\\480000%s"), (b"\\7\\", b"\\7%s\\"),
     (b"\\16 ", b"\\16%s "), (b" 20 ", b" 20%s "), (b" -3 ", b" -3%s ")],
)  # fmt: skip
@pytest.mark.parametrize("zeros", [b".0", b".00"])
def test_a_whole_number_may_have_zeros_behind_it_wherever_one_is_due(whole: bytes, place: bytes, zeros: bytes) -> None:
    players = [a_player("anna", rounds=7, team=2, weapons={4: (20, -3, 5, 0, 5)}), a_player("ben")]
    data = an_r1(players=players, playtime=480_000, winner=2).data
    assert whole in data
    if zeros == b".0" or whole != b"\\1\\":  # the round's number, which is the name's, has one at most
        assert read(data.replace(whole, place % zeros)) == read(data)
    for wrong in (b".5", b".", b".01"):
        assert refused(data.replace(whole, place % wrong))


@pytest.mark.parametrize("guid", [b"\t", b"\x00", b"\x7f", b"x" * 65])
def test_a_guid_is_printable(guid: bytes) -> None:
    assert refused(_line(guid + b"\\anna\\0\\1\\0 \t" + TAIL)).line == 2


def test_a_file_may_not_be_larger_than_any_round() -> None:
    padded = FIRST.data + b"\n" * (files.MAX_BYTES - len(FIRST.data))
    assert read(padded) == FIRST.report
    assert refused(padded + b"\n").reason == "1048577 bytes: larger than 1048576"


def test_lines_may_not_be_longer_than_any_line() -> None:
    assert refused(_line(b"0A1B2C3D\\" + b"x" * 4096 + b"\\0\\1\\0 \t" + TAIL)).line == 2
    assert refused(_header(host="h" * 4097)).line == 1


def test_there_are_no_more_than_128_players() -> None:
    crowd = [a_player(f"player {number}") for number in range(129)]
    assert len(read(an_r1(players=crowd[:128]).data).players) == 128
    assert refused(an_r1(players=crowd).data).line == 130


@settings(max_examples=150)
@given(st.binary(max_size=300))
@example(b"\\supply\\\\1\\1\\2\\1:00\\1:00\nA\\\\0\\0\\0\t" + b"0\t" * 32 + b"0\n")
def test_any_bytes_are_a_report_or_a_bad_file(data: bytes) -> None:
    with suppress(BadFile):
        parse(data, NAME)


@settings(max_examples=150)
@given(st.integers(0, len(FIRST.data) - 1), st.integers(0, 40), st.binary(max_size=6))
def test_a_damaged_file_is_a_report_or_a_bad_file(at: int, gone: int, put: bytes) -> None:
    with suppress(BadFile):
        parse(FIRST.data[:at] + put + FIRST.data[at + gone :], NAME)


def test_a_whole_session_is_read() -> None:
    for file in a_session(3, players=32):
        assert len(parse(file.data, a_name(file.name)).players) == 32
