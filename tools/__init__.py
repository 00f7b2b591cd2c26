"""The command line: `python -m tools.<verb>` parses arguments, calls, prints. No logic. What they share is in `kit`."""

import os
import sys
from types import TracebackType


def _ended(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Ctrl-C while a tool still loads is no error worth a traceback: it ends as it does later."""
    if issubclass(kind, KeyboardInterrupt):
        os._exit(130)
    sys.__excepthook__(kind, error, trace)


sys.excepthook = _ended
