"""Files that cannot be brought in now, in the log: one warning for each kind of trouble while it lasts, with counts."""

from __future__ import annotations

import logging
import re
from collections import Counter

log = logging.getLogger(__name__)

MOST = 20
"""Kinds that are warned of while they last: a server whose words change each time shall not fill the log."""
_NUMBERS = re.compile(r"\d+")


class Failures:
    """Who fails, and why; `tell` ends each poll."""

    def __init__(self) -> None:
        self._kind_of: dict[str, str] = {}
        self._told: set[str] = set()
        self._now: dict[str, dict[str, str]] = {}

    def note(self, name: str, what: str) -> None:
        """This file failed in this poll: `could not be read (…)`."""
        what = what.replace(f"{name}: ", "")
        kind = _NUMBERS.sub("#", what)  # 94 of 95 bytes are no other trouble than 93
        self._kind_of[name] = kind
        self._now.setdefault(kind, {})[name] = what

    def forget(self, name: str) -> None:
        """It is brought in, or gone."""
        self._kind_of.pop(name, None)

    def keep(self, names: set[str]) -> None:
        """Forget all that the server does not list any more."""
        self._kind_of = {name: kind for name, kind in self._kind_of.items() if name in names}

    def tell(self) -> None:
        """What failed in this poll, and what no file suffers from any more."""
        for kind, files in self._now.items():
            name, what = min(files.items())
            more = f" and {len(files) - 1} more" if len(files) > 1 else ""
            is_new = kind not in self._told and len(self._told) < MOST
            self._told |= {kind} if is_new else set()
            level = logging.WARNING if is_new else logging.INFO
            log.log(level, "%s%s %s: tried again by itself, slower and slower", name, more, what)
        self._now = {}
        left = Counter(self._kind_of.values())
        for kind in [kind for kind in self._told if not left[kind]]:
            self._told.remove(kind)
            log.info("no file is left that %s", kind)
