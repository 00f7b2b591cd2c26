"""What is in the way for a while, in the log: each different trouble is told once, and so is the end of them all."""

from __future__ import annotations

import logging

MOST = 20
"""Different troubles that one episode tells: a text that changes each time shall not fill the log."""


class Episode:
    """Troubles in a row; `end` is the line for when they are over."""

    def __init__(self, log: logging.Logger, end: str) -> None:
        self._log = log
        self._end = end
        self._told: set[str] = set()

    def tell(self, text: str, *, about: str | None = None) -> None:
        """A warning, unless this episode has told of it; `about`: what makes it the same, where not the whole text."""
        is_new = (about or text) not in self._told and len(self._told) < MOST
        if is_new:
            self._told.add(about or text)
        self._log.log(logging.WARNING if is_new else logging.DEBUG, "%s", text)

    def over(self) -> None:
        """All is well; said only where something was told."""
        if self._told:
            self._told.clear()
            self._log.info("%s", self._end)
