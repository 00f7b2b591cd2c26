"""The benchmark programs work; what they measure is no test's business."""

from __future__ import annotations

import pytest

from bench.__main__ import FIGURES, main


@pytest.mark.parametrize("name", ["judge", "import", "parse", "script"])
def test_a_figure_is_measured_and_shown_beside_its_anchor(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    main([name, "--small"])
    table = capsys.readouterr().out
    assert "| figure | anchor |" in table
    assert table.count("\n| ") > 2


def test_an_unknown_figure_is_refused_with_the_names_that_exist(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["nonsense"])
    said = capsys.readouterr().err
    assert all(name in said for name in FIGURES)
