from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from bot.domain.stats.metrics import BY_NAME
from bot.present.card import Card
from bot.present.words.text import (
    apart_text,
    cell,
    clickable,
    clickable_card,
    clock,
    counted,
    number,
    plain,
    safe_name,
    table,
    when,
)
from tests.present.discord_markup import as_read, live

MARKUP = {
    "bold": "**anna**",
    "italics": "*anna* _ben_",
    "underline": "__anna__",
    "strikethrough": "~~anna~~",
    "spoiler": "||anna||",
    "inline code": "`anna`",
    "code block": "```anna```",
    "quote": "> anna",
    "heading": "# anna",
    "subtext": "-# anna",
    "list": "- anna",
    "numbered list": "1. anna",
    "masked link": "[anna](https://example.com)",
    "bare link": "https://example.com/anna",
    "invite": "discord.gg/anna",
    "user mention": "<@123456789012345678>",
    "nickname mention": "<@!123456789012345678>",
    "role mention": "<@&123456789012345678>",
    "channel mention": "<#123456789012345678>",
    "everyone": "@everyone",
    "here": "@here",
    "custom emoji": "<:anna:123456789012345678>",
    "moving emoji": "<a:anna:123456789012345678>",
    "timestamp": "<t:1:R>",
    "slash command": "</stats:123456789012345678>",
    "guide link": "<id:customize>",
    "right to left override": "\u202eanna\u202c",
    "isolate": "\u2067anna\u2069",
    "newline": "anna\n# ben",
    "line separator": "anna\u2028ben",
    "zero width": "an\u200bna\u200d\ufeff",
    "lone surrogate": "anna\ud800",
}
hostile = st.one_of(st.text(), st.lists(st.sampled_from([*MARKUP.values(), *"\\*_~|`<>[]()@#-.:/ 1a"])).map("".join))


@pytest.mark.parametrize("name", MARKUP.values(), ids=MARKUP.keys())
def test_a_name_brings_no_markup_to_life(name: str) -> None:
    assert live(name), "the kinds of markup that the test knows are live where nothing is done"
    assert live(safe_name(name)) == []


def test_a_backslash_in_a_name_does_not_undo_the_one_before_its_neighbour() -> None:
    assert safe_name("\\*anna\\*") == "\\\\\\*anna\\\\\\*"


@given(hostile)
def test_no_name_at_all_brings_markup_to_life(name: str) -> None:
    assert live(safe_name(name)) == []


@given(hostile)
def test_a_name_reads_as_the_player_wears_it(name: str) -> None:
    assert as_read(safe_name(name)) == (plain(name, limit=36).strip() or "–")


@given(hostile, st.integers(2, 100))
def test_a_name_is_never_longer_than_its_limit(name: str, limit: int) -> None:
    assert len(plain(name, limit=limit)) <= limit
    assert len(safe_name(name, limit=limit)) <= 2 * limit + 2


def test_ordinary_names_are_left_alone() -> None:
    for name in ("anna", "Marder.fox", "Żaba", "^ ^", "漢字", "A & B = C!", "no:moon", "(a)", ".anna", "7 dwarfs"):
        assert safe_name(name) == name


def test_a_cut_name_says_so() -> None:
    assert safe_name("a" * 40) == "a" * 35 + "…"


def test_a_right_to_left_name_does_not_pull_the_figures_over() -> None:
    assert cell("שלום", 6) == "\u200eשלום\u200e  "
    assert safe_name("مرحبا") == "\u200eمرحبا\u200e"


@given(hostile, st.integers(4, 30))
def test_a_cell_is_exactly_as_wide_as_its_column(text: str, width: int) -> None:
    made = cell(text, width)
    assert wcswidth(made) == width
    assert "`" not in made
    assert not set(made) & set("\n\r\u202e\u2028")


@pytest.mark.parametrize("text", ["漢" * 20, "e\u0301" * 40, "\U0001f469\u200d\U0001f680" * 10, "\u2764\ufe0f" * 12])
def test_wide_and_combined_characters_keep_the_column(text: str) -> None:
    assert wcswidth(cell(text, 16)) == 16


@given(st.lists(st.tuples(hostile, st.integers().map(str)), max_size=80), st.integers(30, 1024))
def test_a_table_fits_and_closes_its_block(rows: list[tuple[str, str]], limit: int) -> None:
    made = table([("Player", "K"), *rows], (16, 5), limit=limit)
    assert len(made) <= limit
    assert made.startswith("```\n")
    assert made.endswith("\n```")
    assert made.count("`") == 6
    assert all(wcswidth(line) <= 22 for line in made.splitlines()[1:-1])


def test_a_table_counts_the_rows_that_do_not_fit() -> None:
    made = table([(f"player {number}", "1") for number in range(40)], (10, 3), limit=100)
    assert made.splitlines()[-2] == "… and 35 more"


def test_a_figure_too_wide_for_its_column_does_not_push_the_others() -> None:
    assert table([("anna", "1234567", "8")], (4, 5, 2), limit=100).splitlines()[1] == "anna     …  8"


def test_unknown_is_a_dash_and_never_a_zero() -> None:
    assert (clock(None), number(None), number(None, 2)) == ("–", "–", "–")
    assert (clock(0), number(0), number(0, 2)) == ("0:00", "0", "0.00")


def test_times_and_amounts_read_naturally() -> None:
    assert (clock(581), clock(3600)) == ("9:41", "60:00")
    assert (counted(1, "round"), counted(2, "round"), counted(0, "round")) == ("1 round", "2 rounds", "0 rounds")
    assert (when(7), when(7, "R")) == ("<t:7:f>", "<t:7:R>")


def test_commands_in_backticks_can_be_clicked_where_their_ids_are_known_and_nothing_else_changes() -> None:
    ids = {"stats": 1, "sync": 2}
    text = "`/stats`, `/sync why` and `/me`; `/stats player:anna`, /stats, `stats`"
    assert clickable(text, ids) == "</stats:1>, </sync why:2> and `/me`; `/stats player:anna`, /stats, `stats`"
    card = Card(title="`/stats`", lines=("`/stats`",), fields=(("`/stats`", "`/stats`"),), footer="`/stats`")
    shown = clickable_card(card, ids)
    assert (shown.title, shown.lines, shown.footer) == ("`/stats`", ("</stats:1>",), "`/stats`")
    assert shown.fields == (("`/stats`", "</stats:1>"),)
    assert clickable_card(card, {}) == card


def test_a_hostile_name_becomes_no_command() -> None:
    assert clickable(safe_name("`/stats`"), {"stats": 1}) == safe_name("`/stats`")


def test_what_two_per_cents_are_apart_is_points_and_no_share() -> None:
    assert apart_text(BY_NAME["accuracy"], -2.46) == "2.5 points"
    assert apart_text(BY_NAME["kills"], -6) == "6"
    assert apart_text(BY_NAME["kd"], 0.05) == "0.05"
