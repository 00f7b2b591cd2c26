"""`python -m bot`. What it does is in `bot.process`, which takes a second to load."""

from __future__ import annotations

import signal
import sys

from bot.invocation import package_missing

CONFIGURATION = 78


def main() -> int:
    """The exit code."""
    # while it loads there is nothing to finish: told to stop, it stops
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    try:
        from bot import process

        return process.main()
    except ImportError as error:
        print(package_missing(error), file=sys.stderr)
        return CONFIGURATION


if __name__ == "__main__":
    sys.exit(main())
