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
_WIDTH, _LOUDEST = 160, 1.3
"""Mean difference of a channel, out of 255: missing names, or rows 3 pixels too low, make 1.5."""


def opened(picture: Picture) -> Image.Image:
    """The picture in colours."""
    with Image.open(BytesIO(picture.data)) as image:
        return image.convert("RGB")


def looks_as_before(name: str, picture: Picture) -> None:
    """The picture, made small, is nearly the one that is kept under this name."""
    full = opened(picture)
    small = full.resize((_WIDTH, round(full.height * _WIDTH / full.width)), Image.Resampling.BOX)
    path = FOLDER / f"{name}.png"
    if os.environ.get("RENEW_GOLDEN"):
        small.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    with Image.open(path) as kept:
        before = kept.convert("RGB")
    assert small.size == before.size, f"{name} is {small.size} and was {before.size}"
    blurred = (image.filter(ImageFilter.GaussianBlur(1)) for image in (small, before))
    loudness = max(ImageStat.Stat(ImageChops.difference(*blurred)).mean)
    assert loudness <= _LOUDEST, f"{name} differs by {loudness:.1f}"
