"""Logging to stderr, with every secret taken out of every line, tracebacks included."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable

HIDDEN = "[hidden]"
SHORTEST = 6
OURS = ("bot", "cogs", "tools")
_SHAPES = (
    re.compile(r"[A-Za-z0-9_-]{23,30}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,45}"),  # a bot token
    re.compile(r"(?<=/webhooks/)(\d+)/[A-Za-z0-9_.-]{20,}"),
    re.compile(r"(?<=/interactions/)(\d+)/[A-Za-z0-9_.-]{20,}"),
)


class RedactingFormatter(logging.Formatter):
    """Formats as usual, then replaces the exact secrets and whatever has a secret's shape."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
        # one that short is a mistake, no secret: taking it out would leave no text to read
        self._secrets = [secret for secret in secrets if len(secret) >= SHORTEST]

    def format(self, record: logging.LogRecord) -> str:
        """The finished text of a record."""
        return self.redacted(super().format(record))

    def redacted(self, text: str) -> str:
        """A text without secrets and control characters."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        for shape in _SHAPES:
            text = shape.sub(HIDDEN, text)
        return "".join(c if c.isprintable() or c in "\n\t" else f"\\x{ord(c):02x}" for c in text)


def set_up(secrets: Iterable[str], *, level: int = logging.INFO) -> None:
    """Send everything to stderr: ours from `level` on, what libraries say only from warnings on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactingFormatter(secrets))
    handler.addFilter(_is_said)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("discord", "asyncssh"):
        logging.getLogger(noisy).setLevel(max(level, logging.WARNING))
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # that it makes its font cache is no warning


def _is_said(record: logging.LogRecord) -> bool:
    """By us, or a warning."""
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] in OURS
