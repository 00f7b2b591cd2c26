"""Screenshots: made where there is a Chromium, exactly as wide as a phone and a desktop, and shown by the gallery."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from rigs.screenshots import __main__ as screenshots
from rigs.screenshots import browser

DOCS = Path(__file__).resolve().parents[2] / "docs"


async def test_without_a_chromium_nothing_is_made_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert await screenshots.main(tmp_path) == 0
    assert capsys.readouterr().out.startswith("no screenshots: none of chromium, ")
    assert [*tmp_path.iterdir()] == []


@pytest.mark.skipif(browser.installed() is None, reason="no Chromium is here")
@pytest.mark.parametrize("width", screenshots.WIDTHS)
async def test_a_page_is_shown_exactly_as_wide_as_the_screen_and_a_part_of_it_is_taken(
    tmp_path: Path, width: int
) -> None:
    page = tmp_path / "page.html"
    page.write_text("<!doctype html><style>body { margin: 0 }</style><p style='height: 5000px; background: #f00'>.")
    program = browser.installed()
    assert program is not None
    async with browser.tab(program) as tab:
        await tab.open(page.as_uri(), width=width, height=300)
        await tab.wait("document.querySelector('p')")
        part = await tab.box("p")
        assert part.width == await tab.value("innerWidth") == width
        with Image.open(BytesIO(await tab.picture(part._replace(y=0, height=1000)))) as image:
            assert image.size == (width, 1000)
            assert image.convert("RGB").getpixel((width - 1, 900)) == (255, 0, 0), "also what is below the screen's end"


def test_the_gallery_shows_each_message_at_both_widths_in_small_files() -> None:
    shown = re.findall(r'src="pictures/([^"]+)"', (DOCS / "GALLERY.md").read_text(encoding="utf-8"))
    for name in ("match", "recap", *screenshots.ASKED):
        for width in screenshots.WIDTHS:
            assert f"screen-{name}-{width}.png" in shown
            with Image.open(DOCS / "pictures" / f"screen-{name}-{width}.png") as image:
                assert image.width == width if width == min(screenshots.WIDTHS) else 400 < image.width <= width
    assert sum(path.stat().st_size for path in (DOCS / "pictures").iterdir()) < 2_000_000
