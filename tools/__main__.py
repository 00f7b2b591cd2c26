"""Where `etstats` begins: says in one line which package is missing, since all the rest needs them."""

from __future__ import annotations

import sys

from bot.invocation import package_missing

CONFIGURATION = 78


def main() -> None:
    """Leave with the exit code of the command; 78 where a package is missing."""
    try:
        from tools.kit.etstats import cli

        cli()
    except ImportError as error:
        print(package_missing(error), file=sys.stderr)
        sys.exit(CONFIGURATION)


if __name__ == "__main__":
    main()
