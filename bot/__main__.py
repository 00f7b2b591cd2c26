"""`python -m bot`. What it does is in `bot.process`, which takes a second to load."""

from __future__ import annotations

import gc
import signal
import sys
from types import ModuleType

from bot.invocation import loaded, package_missing

CONFIGURATION = 78


def load() -> ModuleType:
    """Everything that runs the bot. Modules stay: the collector looks through them neither meanwhile nor later."""
    gc.disable()
    try:
        from bot import process
    finally:
        gc.enable()
    loaded()
    return process


def main() -> int:
    """The exit code."""
    # while it loads there is nothing to finish: told to stop, it stops
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    try:
        code: int = load().main()
    except ImportError as error:
        print(package_missing(error), file=sys.stderr)
        return CONFIGURATION
    return code


if __name__ == "__main__":
    sys.exit(main())
