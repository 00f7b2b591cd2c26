"""Each kind of post has its own words, and a switch says what it is for."""

from __future__ import annotations

from bot.domain.posts import PostKind
from bot.present.words.posts import post_words, posts_table


def test_every_kind_is_called_otherwise_and_a_switch_says_what_it_is_for() -> None:
    words = {kind: post_words(kind) for kind in PostKind}
    assert len({told.name for told in words.values()}) == len(PostKind)
    assert all(told.made for told in words.values())
    assert [bool(told.option) for told in words.values()] == [kind.traits.switch is not None for kind in PostKind]


def test_the_table_has_a_line_for_each_kind() -> None:
    assert [kind for kind, _, _ in posts_table()] == [*PostKind]
