"""Made-up players: names with colour codes, and a GUID and a skill that stay theirs from evening to evening."""

from __future__ import annotations

from typing import NamedTuple
from zlib import crc32


class Fighter(NamedTuple):
    """One player of the demo; `skill` is 1.0 on average, `looks` are the names he wears."""

    guid: str
    looks: tuple[str, ...]
    skill: float


_LOOKS = (
    ("^1Marder^7.fox", "^1Mar^3der"),
    ("^4b^5l^6u^7enote",),
    ("Kettle",),
    ("^2[^7reed^2]^7 otter", "^2otter"),
    ("^/rust^?y ^7nail",),
    ("^zpaper|plane",),
    ("^3sunday^7driver", "^3s^7driver", "slow ^3sunday"),
    ("^6Juniper",),
    ("^0no^1 moon",),
    ("Ze^.br^:a",),
    ("^5lantern ^7fish",),
    ("^8dust^7bin",),
    ("^7=^1T^7= harbour",),
    ("^amoss^7 & ^astone", "moss"),
    ("^9v^8o^7lt",),
    ("quiet^2corner",),
    ("^pgr^qape^7s",),
    ("Umbrella^3!",),
    ("^1^7Żaba",),
    ("^4cloud ^7nine",),
)


def fighter(number: int) -> Fighter:
    """The player with this number; any number names somebody, always the same one."""
    looks = _LOOKS[number] if number < len(_LOOKS) else (f"^{number % 10}guest ^7{number}",)
    mark = crc32(f"demo player {number}".encode())
    return Fighter(guid=f"{mark:08X}", looks=looks, skill=0.7 + (mark % 61) / 100)
