"""The named steps at which the bot is killed, and what the rig brings about so that each of them comes soon."""

from __future__ import annotations

from collections.abc import Mapping

OF_FILES = (
    "listed", "seen", "downloaded", "part written", "part renamed", "kept", "parsed", "begun", "rounds stored",
    "ledger stored", "committing", "imported",
)  # fmt: skip
"""On the way of each round that is played, and of the archive in the first run."""
OF_POSTS = ("claimed", "accepted", "recorded")
"""On the way of each post."""
OF_PAIRS = ("removed",)
"""The match is posted, and the message of its round 1 goes."""
OF_EDITS = ("editing", "edited")
"""The rest of a file comes when its round is posted already, and the post is corrected."""
OF_BACKUPS = ("backup copied", "backup kept")
"""There is no backup of this day."""
OF_RULES = ("rederived",)
"""The rules by which the rounds were derived are older ones."""
AFTER_A_KILL: Mapping[str, tuple[str, ...]] = {"recalled": ("imported",), "looked for": ("claimed", "accepted")}
"""Passed by a bot whose forerunner died at one of these steps."""
STEPS = (*OF_FILES, *OF_POSTS, *OF_PAIRS, *OF_EDITS, *OF_BACKUPS, *OF_RULES, *AFTER_A_KILL)
