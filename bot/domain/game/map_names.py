"""What a map is called: files name it `sw_goldrush_te`, people say Goldrush."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

TITLES: Mapping[str, str] = {
    "baserace": "Base Race",
    "beachinvasion": "Beach Invasion",
    "caen2": "Caen 2",
    "capuzzo": "Fort Capuzzo",
    "ctf_multi": "CTF Multi",
    "escape2": "Escape 2",
    "fueldump": "Fuel Dump",
    "gold_rush": "Goldrush",
    "minastirith": "Minas Tirith",
    "mlb_temple": "Temple",
    "mml_minastirith": "Minas Tirith",
    "northpole": "North Pole",
    "password2": "Password 2",
    "snatch3": "Snatch 3",
    "sp_delivery": "Delivery",
    "special_delivery": "Delivery",
    "supplydepot": "Supply Depot",
    "tc_base": "TC Base",
    "ufo": "UFO",
    "venice_ne4": "Venice",
    "wuerzburg": "Würzburg",
}
"""Names that capital letters alone do not spell, by the file's name without what falls away."""
_BEFORE = re.compile(r"(?:etl|et|te|sw|sos|mp|fp|uje|rtcw)_", re.IGNORECASE)
_BEHIND = re.compile(r"_(?:te|etl|sw|ga|comp|final|fix(?:ed)?\d*|beta\d*|rc\d*|[bvt]\d+[a-z]?)", re.IGNORECASE)
_FEWEST = 2
"""Letters and digits that a name must keep."""


@lru_cache(maxsize=1024)
def map_title(name: str) -> str:
    """`Escape 2` of `te_escape2`: who packed a map, for what, and in which version falls away."""
    bare = _bare(name)
    spelt = " ".join(word[:1].upper() + word[1:] for word in bare.split("_") if word)
    return TITLES.get(bare.casefold()) or spelt or name


def _bare(name: str) -> str:
    bare = name
    while begun := _BEFORE.match(bare):
        if len(letters(bare[begun.end() :])) < _FEWEST:
            break
        bare = bare[begun.end() :]
    while ends := re.search(f"{_BEHIND.pattern}$", bare, re.IGNORECASE):
        if len(letters(bare[: ends.start()])) < _FEWEST:
            break
        bare = bare[: ends.start()]
    return bare if letters(bare) else name


def letters(text: str) -> str:
    """What counts when somebody types a map's name: `escape2` of `Escape 2`."""
    return "".join(c for c in text.casefold() if c.isalnum())


def versions(name: str, maps: Iterable[str]) -> tuple[str, ...]:
    """The maps that are called the same as this one, in the order of `maps`; itself among them."""
    wanted = letters(map_title(name))
    return tuple(known for known in maps if known == name or (wanted and letters(map_title(known)) == wanted))


def called(text: str, maps: Iterable[str]) -> tuple[str, ...]:
    """The maps that a text names: all that people call so, else the one with this file name, else those it is part of.

    Nothing where what it is part of is called differently.
    """
    known, word = [*maps], letters(text)
    same = tuple(name for name in known if word and letters(map_title(name)) == word)
    exact = tuple(name for name in known if name.casefold() == text.casefold())
    names = same or exact or holding(text, known)
    return names if len({letters(map_title(name)) for name in names}) == 1 else ()


def holding(text: str, maps: Iterable[str]) -> tuple[str, ...]:
    """The maps whose file name, or whose title, holds a text."""
    typed, word = text.casefold(), letters(text)
    return tuple(name for name in maps if typed in name.casefold() or (word and word in letters(map_title(name))))


def word_of(maps: Sequence[str]) -> str:
    """What `called` reads as these maps: versions of one, or one alone."""
    return maps[0] if len(maps) == 1 else letters(map_title(maps[0]))


def spoken(word: str, maps: Iterable[str]) -> str:
    """What people read for a word that `called` reads: the title of a map; another word as it is."""
    return next((map_title(names[0]) for names in each_once(maps) if word_of(names) == word), word)


def each_once(maps: Iterable[str]) -> list[tuple[str, ...]]:
    """The versions of each map together, in the order of their first."""
    versions: dict[str, list[str]] = {}
    for name in maps:
        versions.setdefault(letters(map_title(name)) or name, []).append(name)
    return [tuple(names) for names in versions.values()]


def titles_apart(names: Iterable[str]) -> dict[str, str]:
    """File name → title, for a list; those that would read the same keep their file names."""
    return {
        name: map_title(name) if len(same) == 1 else name for same in each_once(dict.fromkeys(names)) for name in same
    }
