"""Pictures as they were when somebody looked at them, small: `RENEW_GOLDEN=1 pytest tests/present` writes them anew.

Look at what changed before you keep it: `python -m tools.preview KIND` shows each in full.
"""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter, ImageStat

from bot.present.card import Picture

FOLDER = Path(__file__).parent / "golden"
_LOUDEST = 1.3
"""Mean difference of a channel, out of 255: missing names, or rows 3 pixels too low, make 1.5."""
_LOOKS = {"": (160, 1 << 16), "-shown": (400, 300)}
"""So large at most: as the eye takes it in at once, and as Discord shows it smallest, in an embed on a desktop."""


def opened(picture: Picture) -> Image.Image:
    """The picture in colours."""
    with Image.open(BytesIO(picture.data)) as image:
        return image.convert("RGB")


def looks_as_before(name: str, picture: Picture) -> None:
    """The picture, made small, is nearly the one that is kept under this name; so it is as large as it is shown."""
    full = opened(picture)
    for kind, (width, height) in _LOOKS.items():
        _looks_as_before(f"{name}{kind}", full, min(width / full.width, height / full.height))


def _looks_as_before(name: str, full: Image.Image, scale: float) -> None:
    small = full.resize((round(full.width * scale), round(full.height * scale)), Image.Resampling.BOX)
    path = FOLDER / f"{name}.png"
    if os.environ.get("RENEW_GOLDEN"):
        small.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    with Image.open(path) as kept:
        before = kept.convert("RGB")
    assert small.size == before.size, f"{name} is {small.size} and was {before.size}"
    blurred = (image.filter(ImageFilter.GaussianBlur(1)) for image in (small, before))
    loudness = max(ImageStat.Stat(ImageChops.difference(*blurred)).mean)
    assert loudness <= _LOUDEST, f"{name} differs by {loudness:.1f}"
