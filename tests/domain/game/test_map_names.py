from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.game.map_names import (
    TITLES,
    called,
    each_once,
    holding,
    letters,
    map_title,
    spoken,
    titles_apart,
    word_of,
)

MAPS = ["supply", "etl_adlernest", "adlernest", "te_escape2", "sw_goldrush_te"]
names = st.text(st.sampled_from("abe2_tT.-!"), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("supply", "Supply"),
        ("etl_adlernest", "Adlernest"),
        ("adlernest", "Adlernest"),
        ("sw_goldrush_te", "Goldrush"),
        ("te_escape2", "Escape 2"),
        ("etl_sp_delivery", "Delivery"),
        ("braundorf_b4", "Braundorf"),
        ("erdenberg_t2", "Erdenberg"),
        ("et_brewdog", "Brewdog"),
        ("radar_summer_v2", "Radar Summer"),
        ("mml_minastirith_fixed2", "Minas Tirith"),
        ("te_x", "Te X"),
        ("etl_te_ice_b1", "Ice"),
        ("___", "___"),
        ("m1", "M1"),
    ],
)
def test_a_map_is_called_as_people_say_it(name: str, title: str) -> None:
    assert map_title(name) == title


@given(names)
def test_every_map_has_a_title_and_is_found_by_it(name: str) -> None:
    assert map_title(name).strip()
    assert called(name, [name]) == (name,)
    if letters(name):
        assert called(map_title(name), [name]) == (name,)


@given(st.lists(names, unique=True, min_size=1, max_size=6))
def test_each_map_is_in_one_group_whose_word_means_it(maps: list[str]) -> None:
    groups = each_once(maps)
    assert sorted(name for group in groups for name in group) == sorted(maps)
    for group in groups:
        assert set(group) <= {*called(word_of(group), maps)}
    assert len(set(titles_apart(maps).values())) == len(maps) or any(
        title in maps for title in titles_apart(maps).values()
    )


def test_versions_of_a_map_are_found_together_and_one_of_them_by_its_file_s_name() -> None:
    assert called("adlernest", MAPS) == called("Adlernest", MAPS) == called("adler", MAPS)
    assert called("adlernest", MAPS) == ("etl_adlernest", "adlernest")
    assert called("etl_adlernest", MAPS) == ("etl_adlernest",)
    assert called("escape 2", MAPS) == called("ESCAPE2", MAPS) == called("te_esc", MAPS) == ("te_escape2",)
    assert called("e", MAPS) == ()
    assert called("radar", MAPS) == ()
    assert holding("_", MAPS) == ("etl_adlernest", "te_escape2", "sw_goldrush_te")


def test_people_read_the_title_of_what_the_grammar_calls_a_map() -> None:
    words = [spoken(word_of(names), MAPS) for names in each_once(MAPS)]
    assert words == ["Supply", "Adlernest", "Escape 2", "Goldrush"]
    assert [called(word, MAPS) for word in words] == each_once(MAPS)
    assert spoken("7d", MAPS) == "7d"


def test_titles_of_a_list_are_told_apart() -> None:
    assert titles_apart(MAPS) == {
        "supply": "Supply",
        "etl_adlernest": "etl_adlernest",
        "adlernest": "adlernest",
        "te_escape2": "Escape 2",
        "sw_goldrush_te": "Goldrush",
    }


def test_the_table_holds_only_what_capital_letters_do_not_spell() -> None:
    for name, title in TITLES.items():
        assert name == name.casefold()
        assert " ".join(word.capitalize() for word in name.split("_")) != title
