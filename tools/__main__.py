"""Where `etstats` begins: says in one line which package is missing, since all the rest needs them."""

from __future__ import annotations

import signal
import sys

from bot.invocation import package_missing

CONFIGURATION = 78


def main() -> None:
    """Leave with the exit code of the command; 78 where a package is missing."""
    if _is_run(sys.argv[1:]):
        # as `python -m bot`: while it loads there is nothing to finish, and told to stop, it stops
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: sys.exit(0))
    try:
        from tools.kit.etstats import cli

        cli()
    except ImportError as error:
        print(package_missing(error), file=sys.stderr)
        sys.exit(CONFIGURATION)


def _is_run(words: list[str]) -> bool:
    """Whether the bot itself is asked for: `run` alone, before or behind `--dir DIR`."""
    options = {number for number, word in enumerate(words) if word == "--dir"}
    behind = {number + 1 for number in options}
    return [word for number, word in enumerate(words) if number not in behind and not word.startswith("-")] == ["run"]


if __name__ == "__main__":
    main()
