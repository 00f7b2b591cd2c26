"""Charts: literal names, gaps for what is unknown, and no matplotlib before the first of them."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.stats.answers import Figures
from bot.domain.stats.people.careers import Form, FormRound
from bot.present.card import Picture
from bot.present.charts.charts import MOST_LABELS, Chart, Series, bars, lines
from bot.present.charts.player_charts import form_chart
from bot.present.pictures.theme import DENSITY, SMALL
from tests.present.golden_pictures import looks_as_before, opened
from tests.present.strategies import NAMES
from tests.present.words.people.test_boards import a_coverage
from tools.demo.showcase import HOSTILE, KINDS

ROOT = Path(__file__).resolve().parents[3]
CHARTS = [kind for kind in KINDS if kind not in ("round", "match", "session", "heat")]
values = st.none() | st.floats(-(10**6), 10**9, allow_nan=False) | st.integers(0, 500)
series = st.builds(Series, name=NAMES, values=st.lists(values, max_size=12).map(tuple))
charts = st.builds(
    Chart,
    title=NAMES,
    labels=st.lists(NAMES, max_size=10).map(tuple),
    series=st.lists(series, max_size=7).map(tuple),
    unit=NAMES,
    level=st.none() | st.tuples(NAMES, st.floats(0, 1000)),
)


def test_matplotlib_waits_for_the_first_chart() -> None:
    code = "import sys, bot.present.charts.charts; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_no_chart_keeps_figures_in_pyplot() -> None:
    assert "pyplot" not in (ROOT / "bot/present/charts/sheet.py").read_text(encoding="utf-8").split('"""', 2)[2]


@given(charts, st.sampled_from([bars, lines]))
@settings(max_examples=8, deadline=None)
def test_every_chart_can_be_drawn(chart: Chart, draw: Callable[[Chart], Picture]) -> None:
    made = draw(chart)
    assert len(made.data) <= 200 * 1024
    assert opened(made).width == 960
    assert len(made.alt) <= 1024


@pytest.mark.parametrize("kind", CHARTS)
def test_a_chart_looks_as_it_did(kind: str) -> None:
    looks_as_before(kind, KINDS[kind](3, False))


@pytest.mark.parametrize("hostile", [False, True])
def test_two_players_beside_each_other_can_be_read_where_discord_shows_pictures_smallest(hostile: bool) -> None:
    made = opened(KINDS["compare"](6, hostile))
    assert SMALL.size * DENSITY * min(400 / made.width, 280 / made.height) >= 9


@pytest.mark.parametrize("hostile", [False, True])
def test_the_largest_charts_fit(hostile: bool) -> None:
    assert len(KINDS["evenings"](16, hostile).data) <= 200 * 1024
    assert len(KINDS["heat"](16, hostile).data) <= 200 * 1024


def test_names_are_drawn_as_they_are() -> None:
    """What mathtext would refuse, or the legend would hide."""
    names = ("$x", "$\\frac{$", "_hidden", "^2", "a\\b")
    assert lines(Chart(title="$", labels=names, series=tuple(Series(name=name, values=(1, 2)) for name in names))).data
    plain, meant = (
        opened(bars(Chart(title="t", labels=(label,), series=(Series(name="s", values=(1,)),))))
        for label in ("x_1", "$x_1$")
    )
    assert plain.tobytes() != meant.tobytes(), "the dollar signs are there"


def test_what_is_unknown_is_a_dash_in_words_and_a_gap_in_the_line() -> None:
    chart = Chart(title="DPM", labels=("a", "b", "c"), series=(Series(name="anna", values=(100, None, 200)),))
    assert lines(chart).alt == "DPM. a: 100. b: –. c: 200."
    zero = Chart(title="DPM", labels=("a", "b", "c"), series=(Series(name="anna", values=(100, 0, 200)),))
    assert opened(lines(chart)).tobytes() != opened(lines(zero)).tobytes()


def test_the_alt_text_says_what_is_written_at_the_bars() -> None:
    one = Series(name="anna", values=(1, 0.8), shown=("1.52", "240"))
    other = Series(name="b_b", values=(0.9, 1), shown=("1.40", "–"))
    chart = Chart(title="anna and b_b", labels=("K/D", "DPM"), series=(one, other), unit="share")
    alt = bars(chart).alt
    assert alt == "anna and b_b, share. K/D: anna 1.52, b_b 1.40. DPM: anna 240, b_b –."


def test_the_words_of_two_players_beside_each_other_begin_with_who_is_ahead() -> None:
    alt = KINDS["compare"](6, False).alt
    assert alt.startswith(
        "anna and Marder.fox. By these figures anna is ahead in 3 of 5, Marder.fox in 2. K/D: anna 1.52, "
    )
    assert len(re.findall(r": ", alt)) == 3


def test_the_words_of_somebody_s_form_begin_with_what_it_comes_to() -> None:
    def some(dpm: float) -> Figures:
        return Figures(rounds=1, values={"dpm": dpm}, known={"dpm": 1}, amounts={})

    rounds = tuple(
        FormRound(round_id=place, map=f"map_{place}", number=1, ended_at=place, figures=some(300.0 + place))
        for place in range(10, 0, -1)
    )
    form = Form(guid="A", name="anna", figures=some(250.0), rounds=rounds, coverage=a_coverage())
    assert lines(form_chart(form)).alt == (
        "Form of anna. The last 10 rounds are 22% above the usual 250 DPM. mean: 250. "
        "Highest: Map 10 R1: 310. Map 9 R1: 309. Map 8 R1: 308."
    )


def test_of_many_figures_the_alt_text_tells_the_highest() -> None:
    labels = tuple(f"p{number}" for number in range(20))
    one = Series(name="kills", values=tuple(range(20)))
    assert bars(Chart(title="Kills", labels=labels, series=(one,))).alt == "Kills. Highest: p19: 19. p18: 18. p17: 17."
    people = tuple(Series(name=f"p{n}", values=(None, 100 * n, 100 * n + 50)) for n in range(5))
    alt = lines(Chart(title="DPM", labels=("a", "b", "c"), series=people)).alt
    assert alt == "DPM. Highest on average: p4 425, p3 325, p2 225."


def test_what_does_not_fit_is_counted() -> None:
    labels = tuple(f"p{number}" for number in range(MOST_LABELS + 3))
    made = bars(Chart(title="many", labels=labels, series=(Series(name="s", values=(1.0,) * len(labels)),)))
    assert opened(made).height < 3600
    assert made.name == "many.png"


def test_hostile_names_warn_of_nothing() -> None:
    chart = Chart(title="".join(HOSTILE)[:50], labels=HOSTILE, series=(Series(name="s", values=(1,) * len(HOSTILE)),))
    assert bars(chart).data


@pytest.mark.parametrize("name", ["漢" * 24, "W" * 60, "🔥" * 24, "ש" * 60])
def test_a_title_ends_within_the_picture(name: str) -> None:
    chart = Chart(title=f"{name} and {name}", unit="DPM", labels=("a",), series=(Series(name="s", values=(1,)),))
    image = opened(bars(chart))
    edge = {image.getpixel((x, y)) for x in range(image.width - 20, image.width) for y in range(2 * 44)}
    assert len(edge) == 1
