"""What each command asks of the database: p50 and p95, at 3,253 and at 100,000 rounds, and how they grow."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from pathlib import Path

from bench.figure import Row
from bench.importing import imported
from bench.workshop import Workshop

_MOVED = ("rounds", "player_rounds", "weapon_rounds")
