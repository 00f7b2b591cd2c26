"""The command line: `python -m tools.<verb>` parses arguments, calls, prints. No logic. What they share is in `kit`."""

import sys
from types import TracebackType


def _ended(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Ctrl-C while a tool still loads is no error worth a traceback."""
    if not issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)


sys.excepthook = _ended
