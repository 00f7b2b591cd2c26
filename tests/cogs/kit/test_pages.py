"""The buttons that turn pages lead to pages that there are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.buttons import CustomId, Word
from cogs.kit.pages import all_turns, pages_of, turns


class Page(CustomId, begins="page"):
    """Where a button leads."""

    letter: Word = "x"
    number: int


def to(number: int) -> Page:
    return Page(number=number)


def lettered(letter: str, number: int) -> Page:
    return Page(letter=letter, number=number)


@given(st.integers(0, 500), st.integers(1, 50))
def test_pages_hold_all_lines_and_no_page_is_empty(count: int, size: int) -> None:
    pages = pages_of(count, size)
    assert pages >= 1
    assert (pages - 1) * size < max(count, 1) <= pages * size


@given(st.integers(1, 20), st.data())
def test_back_and_on_lead_to_the_pages_beside_or_are_left_out(pages: int, data: st.DataObject) -> None:
    page = data.draw(st.integers(0, pages - 1))
    expected = [("Newer", page - 1)] * (page > 0) + [("Older", page + 1)] * (page + 1 < pages)
    assert turns(page, pages, to, back="Newer", on="Older") == tuple((name, str(to(at))) for name, at in expected)


@given(st.integers(1, 20), st.none() | st.integers(0, 19), st.data())
def test_all_five_have_ids_of_their_own_and_those_that_lead_nowhere_are_off(
    pages: int, own: int | None, data: st.DataObject
) -> None:
    page = data.draw(st.integers(0, pages - 1))
    buttons, off = all_turns(page, pages, lettered, own=own)
    assert [label for label, _ in buttons] == ["First", "Previous", "Next", "Last", "My place"]
    assert len({custom_id for _, custom_id in buttons}) == 5
    labels_off = {label for label, custom_id in buttons if custom_id in off}
    expected = {"First", "Previous"} if page == 0 else set()
    expected |= {"Next", "Last"} if page == pages - 1 else set()
    assert labels_off == expected | ({"My place"} if own is None else set())
    for _, custom_id in buttons[:4]:
        led = Page.read(custom_id)
        assert led is not None
        assert 0 <= led.number < pages
