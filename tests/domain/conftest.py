"""Laws are tested with the same examples each time, and without a stopwatch: the machine may be busy."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("domain", deadline=None, derandomize=True, database=None)
settings.load_profile("domain")
