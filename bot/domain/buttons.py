"""What a button or a menu remembers: a typed custom id, spelled and read back, and those under posts.

A custom id is all that Discord hands back after a press, perhaps years later: so it holds all that the answer takes,
and names a round by its file's key, never by a row of this database. Ids of posts made before that carry the row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal, Self, dataclass_transform, get_args, get_origin, get_type_hints

LONGEST = 100
"""Characters of a custom id that Discord takes."""

RoundText = Annotated[str, r"[0-9a-f]{16}|\d{1,12}"]
"""A round: its key (16 hex digits); a shorter number is a row's, of a post made before rounds had keys."""
Word = Annotated[str, r"\w{1,40}"]
Part = Annotated[str, r"[^:]{1,64}"]
Text = Annotated[str, r".{1,100}"]
"""May hold colons, so it stands last."""


@dataclass_transform(kw_only_default=True, frozen_default=True)
class CustomId:
    """`begins:field:field`, of a subclass's annotations: int, StrEnum, Literal, or `Annotated` with a pattern."""

    begins: ClassVar[str] = ""
    _hints: ClassVar[dict[str, Any]] = {}
    _pattern: ClassVar[re.Pattern[str] | None] = None

    def __init_subclass__(cls, *, begins: str | None = None) -> None:
        super().__init_subclass__()
        dataclass(frozen=True, kw_only=True)(cls)
        if begins is not None:
            cls.begins = begins
        if cls.begins:
            hints = get_type_hints(cls, include_extras=True)
            cls._hints = {field.name: hints[field.name] for field in fields(cls)}  # type: ignore[arg-type]  # made above
            parts = [f"(?P<{name}>{_pattern_of(hint)})" for name, hint in cls._hints.items()]
            cls._pattern = re.compile(":".join([re.escape(cls.begins), *parts]))

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The id that is spelled so; None where it is none of this kind."""
        match = None if cls._pattern is None else cls._pattern.fullmatch(text)
        if match is None:
            return None
        return cls(**{name: _read(hint, match[name]) for name, hint in cls._hints.items()})

    def __str__(self) -> str:
        """As Discord keeps it; empty where it would be too long, or not be read as the same: no button then."""
        text = ":".join([self.begins, *(str(getattr(self, name)) for name in self._hints)])
        return text if len(text) <= LONGEST and type(self).read(text) == self else ""


def _pattern_of(hint: Any) -> str:
    if hint is int:
        return r"-?\d{1,20}"
    if get_origin(hint) is Literal:
        return "|".join(map(re.escape, get_args(hint)))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return "|".join(map(re.escape, hint))
    if get_origin(hint) is Annotated and get_args(hint)[0] in (int, str):
        return str(get_args(hint)[1])
    raise TypeError(f"no custom id can hold a {hint}: take int, StrEnum, Literal, or Annotated with a pattern")


def _read(hint: Any, text: str) -> object:
    kind = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    return kind(text) if isinstance(kind, type) else text


class OfRound(CustomId):
    """About one round."""

    round: RoundText


class RoundPlayers(OfRound, begins="round"):
    """*Players*, the first button under a post about a round or match: its marker; `kind`: the post's, by its name."""

    kind: Annotated[str, "[a-z]{1,12}"]


class RoundWeapons(OfRound, begins="weapons"):
    """*Weapons* of a round."""


class RoundExplanation(OfRound, begins="explain:round"):
    """*Explain* of a round."""


class RoundSession(OfRound, begins="session:of"):
    """*Session* of a round."""


class PlayerExplanation(CustomId, begins="explain"):
    """*Explain* of a player's numbers, for anybody; `owner`: who asked for them."""

    owner: int
    guid: Part
    scope: Text


class DigestSession(CustomId, begins="digest"):
    """*Session* under a digest of before rounds had keys: its marker then; `item`: the outbox row."""

    item: int
    kind: Literal["digest"] = "digest"


class RecapSession(CustomId, begins="recap"):
    """*Session* under a recap of before rounds had keys: its marker then; `item`: the outbox row."""

    item: int
    kind: Literal["recap"] = "recap"


class SessionDigest(OfRound, begins="digest:of"):
    """*Session* under a digest: its marker; `round`: the first that it tells of."""


class DigestRounds(OfRound, begins="digest:rounds"):
    """The menu under a digest that shows one of its rounds; `round`: the first in the menu."""


class ToldRound(OfRound, begins="told"):
    """A round as an option of such a menu: the marker by which it is known that a digest tells of it."""


class SessionRecap(OfRound, begins="recap:of"):
    """*Session* under a recap: its marker; `round`: the first of the session."""


class SessionCharts(OfRound, begins="charts:of"):
    """*Charts* under a recap; `round`: the first of the session."""


class AlertSeen(CustomId, begins="alert"):
    """*Seen* under an alert of before they were dated: its marker then; `item`: the outbox row."""

    item: int
    kind: Literal["alert"] = "alert"


class DatedAlertSeen(CustomId, begins="alert:of"):
    """*Seen* under an alert: its marker; `item`: the outbox row, `at`: made then, since any database has that row."""

    item: int
    at: int


class AlertIgnore(CustomId, begins="alert:ignore"):
    """*Ignore these* under an alert about broken files; `item`, `at`: as *Seen* has them."""

    item: int
    at: int


class Diagnosis(CustomId, begins="diagnose"):
    """*Diagnose* under an alert: as `/sync diagnose`."""


class PostFate(CustomId, begins="unsure"):
    """*Post it* and *It is there* under an alert of before posts were dated; `item`: the outbox row in question."""

    item: int
    fate: Literal["post", "there"]


class DatedPostFate(CustomId, begins="unsure:of"):
    """*Post it* and *It is there* under an alert; `item`: the outbox row of the post in question, made at `at`."""

    item: int
    at: int
    fate: Literal["post", "there"]
