"""A message as values: what it says, not how Discord spells it."""

from __future__ import annotations

from dataclasses import dataclass, replace

NEUTRAL, AXIS_RED, ALLIES_BLUE, AMBER = 0x5C6773, 0xB5504A, 0x4A7FB5, 0xC99A3B
AXIS_ORANGE, ALLIES_SKY, FIRST_YELLOW, SECOND_PINK = 0xF0803C, 0x56B4E9, 0xF0E442, 0xD68CBE
"""The stripe of who won: a side, or the line-up that attacked first or second, in the colours of the pictures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectMenu:
    """A select menu: `options` are (label, value), at most 25; `chosen` is the value that is shown as picked."""

    custom_id: str
    placeholder: str
    options: tuple[tuple[str, str], ...]
    chosen: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture to send: its file's name, the PNG, and what it shows in words (at most 1,024 characters)."""

    name: str
    data: bytes
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One message: Discord markdown in `lines` and in the values of `fields` (name, value).

    `short`: the message is this one line alone. `at`: what it is about happened then (UTC epoch seconds). `buttons`:
    (label, custom id); the first one's custom id is also how the bot finds its own message again; those in `off`
    cannot be pressed now. Buttons and menus whose custom id is empty, or too long for Discord, are left out. The first
    of `pictures` stands in the embed, further ones in embeds of their own below it; of a `large` card the one picture
    stands above the embed, and the title above both (POSTING, "Pictures"). `tables` are fields that say in words what
    the pictures show, for where these cannot be sent.
    """

    title: str = ""
    lines: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    footer: str = ""
    at: int | None = None
    colour: int = NEUTRAL
    buttons: tuple[tuple[str, str], ...] = ()
    off: frozenset[str] = frozenset()
    menus: tuple[SelectMenu, ...] = ()
    pictures: tuple[Picture, ...] = ()
    tables: tuple[tuple[str, str], ...] = ()
    large: bool = False
    short: str | None = None

    @property
    def is_large(self) -> bool:
        """It has one picture, and that stands by itself."""
        return self.large and len(self.pictures) == 1

    def without_pictures(self) -> Card:
        """The same in words alone."""
        return replace(self, pictures=(), fields=(*self.fields, *self.tables), tables=())
