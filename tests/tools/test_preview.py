"""`tools.preview`: pictures in files, from sample data or of a stored round."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rigs.builders import an_r1, an_r2
from tests.tools.conftest import Tools
from tools.demo import gallery
from tools.demo.showcase import KINDS
from tools.preview import Drawing

PNG = b"\x89PNG\r\n\x1a\n"
R1 = an_r1()
R2 = an_r2(R1)


def test_all_that_can_be_drawn_can_be_asked_for() -> None:
    assert [kind.value for kind in Drawing] == list(KINDS)


@pytest.mark.parametrize("kind", ["round", "match", "session", "compare"])
def test_a_picture_is_written_to_the_file_and_told_in_words(tools: Tools, kind: str) -> None:
    done = tools("preview", kind, "--out", "picture.png", "--players", "2", "--hostile")
    assert (done.exit_code, done.stdout) == (0, "")
    assert (tools.home / "picture.png").read_bytes().startswith(PNG)
    assert "KB" in done.stderr


def test_a_file_is_named_after_what_it_shows(tools: Tools) -> None:
    assert tools("preview", "round").exit_code == 0
    assert (tools.home / "supply-round-1.png").exists()


def test_a_stored_round_and_its_match_are_drawn(tools: Tools) -> None:
    tools.serve(R1, R2)
    tools.fill(R1, R2)
    for kind in ("round", "match"):
        done = tools("preview", kind, "--round", "1")
        assert done.exit_code == 0, done.stderr
        assert "axis" in done.stderr
    assert {path.name for path in tools.home.glob("*.png")} == {"supply-round-1.png", "supply-match.png"}


def test_every_picture_is_written_with_a_page_that_shows_it_as_wide_as_a_phone_and_a_desktop(tmp_path: Path) -> None:
    written = [path.name for path in gallery.write(tmp_path, sizes=(1, 6))]
    assert {"match-1v1.png", "match-6v6.png", "match-6v6-hostile.png", "session.png", "index.html"} <= set(written)
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    shown = re.findall(r'src="([^"]+)"', page)
    assert sorted(shown) == sorted(2 * written[:-1])
    assert all((tmp_path / name).read_bytes().startswith(PNG) for name in shown)
    assert page.count('class="at phone"') == page.count('class="at desktop"') == len(written) - 1
    assert "<script" not in page


def test_nothing_to_draw_is_a_mistake(tools: Tools) -> None:
    assert tools("preview").exit_code == 2


def test_a_round_that_is_not_there_ends_with_1(tools: Tools) -> None:
    tools.serve(R1)
    tools.fill(R1)
    done = tools("preview", "round", "--round", "99")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "there is no round 99" in done.stderr


def test_a_chart_of_a_stored_round_is_a_question_for_the_bot(tools: Tools) -> None:
    assert tools("preview", "form", "--round", "1").exit_code == 2
