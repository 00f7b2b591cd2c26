"""Names as players wear them (FORMAT, "Player lines": Q_IsColorString)."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.game.file.colours import UNNAMED, clean


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("^1ann^7a", "anna"),
        ("^/rust^?y ^.na^:il", "rusty nail"),
        ("^zx^@y^*z^~", "xyz"),
        ("^ÿhigh^żbytes", "highbytes"),
        ("^^1name", "^name"),
        ("a^^", "a^^"),
        ("tail^", "tail^"),
        ("^ blank", "^ blank"),
        ("^1^2^3", UNNAMED),
        ("", UNNAMED),
        ("   ", UNNAMED),
        ("  two  words ", "two words"),
        ("tab\tbed", "tab bed"),
        ("a\x0bb\x85c\u2028d", "abcd"),
        ("bell\x07\x1b[31m", "bell[31m"),
        ("\u202eevil\u200b", "evil"),
        ("pipe|slash/at@here", "pipe|slash/at@here"),
        ("gr\u00fc\u00df\U0001f600", "gr\u00fc\u00df\U0001f600"),
        ("\u00a0nbsp\u00a0x", "nbsp x"),
        ("lone\ud800", "lone"),
    ],
)
def test_a_name_is_shown_without_codes_and_invisible_characters(raw: str, shown: str) -> None:
    assert clean(raw) == shown


@given(st.text())
def test_a_shown_name_is_never_empty_and_has_nothing_invisible(raw: str) -> None:
    shown = clean(raw)
    assert shown
    assert shown == shown.strip()
    assert not {unicodedata.category(c) for c in shown} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@given(st.text())
def test_a_shown_name_stays_as_it_is_unless_a_caret_was_left_in_it(raw: str) -> None:
    shown = clean(raw)
    if "^" not in shown:  # the game takes codes off once: `^^1name` is worn as `^name`
        assert clean(shown) == shown


@given(st.lists(st.sampled_from([f"^{chr(code)}" for code in range(33, 127) if chr(code) != "^"])))
def test_every_printable_character_makes_a_code(codes: list[str]) -> None:
    assert clean(f"x{'y'.join(codes)}z") == f"x{'y' * (len(codes) - 1)}z"
