"""Hypothesis strategies: any report that a file can say."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from bot.domain.game.file import columns
from bot.domain.game.file.report import KILLS_VERSION, Cells, PlayerReport, RoundReport, Tally

MOST = 10_000_000
whole = st.integers(-MOST, MOST)
tenths = st.integers(-10 * MOST, 10 * MOST)
line_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"), max_size=40)
header_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\\"), max_size=40)
cells = st.builds(Cells, whole, whole, whole, whole, whole)


def players(width: int) -> st.SearchStrategy[PlayerReport]:
    """Lines with so many tab fields."""
    fields = [tenths if c.position in columns.TENTHS else whole for c in columns.COLUMNS[:width]]
    return st.builds(
        PlayerReport,
        guid=st.from_regex(r"[ -\[\]-`{-~]{0,8}", fullmatch=True),
        name=line_text,
        rounds=st.integers(0, 999_999_999),
        team=st.integers(0, 3),
        weapons=st.dictionaries(st.integers(0, 31), cells, max_size=4),
        fields=st.tuples(*fields),
    )


def reports(width: int, *, map: str = "supply", number: int = 1) -> st.SearchStrategy[RoundReport]:
    """Files with so many tab fields."""
    return st.builds(
        RoundReport,
        host=header_text,
        map=st.just(map),
        config=header_text,
        number=st.just(number),
        defender=whole,
        winner=whole,
        time_limit=st.integers(-60_000_000 + 1, 60_000_000 - 1),
        next_time_limit=st.integers(-60_000_000 + 1, 60_000_000 - 1),
        playtime=st.none() | whole,
        tab_fields=st.just(width),
        players=st.lists(players(width), min_size=1, max_size=3).map(tuple),
    )


guids = st.from_regex(r"[!-\[\]-`{-~]{0,8}", fullmatch=True)
tallies = st.lists(st.builds(Tally, guids, guids, st.integers(1, MOST)), unique_by=lambda tally: tally[:2], max_size=4)


@st.composite
def of_our_script(draw: st.DrawFn) -> RoundReport:
    """Files with the further header fields, and mostly with the section."""
    version = draw(st.none() | st.just(KILLS_VERSION) | st.integers(2, 999_999))
    return replace(
        draw(reports(columns.MOST)),
        playtime=draw(whole),
        ended_at=draw(st.integers(0, 9_999_999_999)),
        writer="etstats/1."
        + draw(st.from_regex(r"[0-9]{1,6}\.[0-9]{1,6}", fullmatch=True))
        + " "
        + draw(header_text).rstrip("\r"),
        kills_version=version,
        tallies=tuple(draw(tallies)) if version == KILLS_VERSION else None,
    )


any_report = (
    st.sampled_from((*range(columns.FEWEST, columns.MOST + 1), columns.MOST + 3)).flatmap(reports) | of_our_script()
)
