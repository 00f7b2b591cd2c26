"""`python -m rigs.screenshots FOLDER`: its `index.html` as a Chromium shows it, as wide as a phone and as a desktop.

Where there is no Chromium, nothing is made and that is said: the pictures themselves need none.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
WIDTHS = {"phone": 440, "desktop": 1260}
_HEIGHT = 6000


def main(folder: Path) -> int:
    """Write `screen-phone.png` and `screen-desktop.png`."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        print(f"no screenshots: none of {', '.join(BROWSERS)} is here")
        return 0
    for name, width in WIDTHS.items():
        path = folder / f"screen-{name}.png"
        page = (folder / "index.html").resolve().as_uri()
        size = f"--window-size={width},{_HEIGHT}"
        made = [browser, "--headless", "--hide-scrollbars", size, f"--screenshot={path.resolve()}", page]
        subprocess.run(made, check=True, timeout=120)
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
