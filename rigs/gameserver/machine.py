"""One level's Lua machine: the script in it, the `et` table it sees, and the rules of calling it."""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

from rigs.gameserver.disk import Fatal

SCRIPT = Path(__file__).parents[2] / "gameserver" / "etstats.lua"
LUAS = ("lua54", "luajit21")
CONSTANTS = {
    "FS_READ": 0, "FS_WRITE": 1, "FS_APPEND": 2,
    "CS_LEVEL_START_TIME": 11, "CS_INTERMISSION": 12, "CS_MULTI_INFO": 13, "CS_MULTI_MAPWINNER": 14,
    "CS_REINFSEEDS": 31, "CS_SERVERTOGGLES": 32,
    "MOD_UNKNOWN": 0, "MOD_KICKED": 21, "MOD_AMMO": 25, "MOD_WATER": 27, "MOD_SLIME": 28, "MOD_LAVA": 29,
    "MOD_CRUSH": 30, "MOD_TELEFRAG": 31, "MOD_FALLING": 32, "MOD_SUICIDE": 33, "MOD_SWAP_PLACES": 58,
    "MOD_SWITCHTEAM": 59, "MOD_SHOVE": 60,
}  # fmt: skip
_WIPE = """
    local real_time, real_date = server_time, server_date
    server_time, server_date = nil, nil
    os.time = function() return real_time() end
    os.date = function(format, at) return real_date(format, at or real_time()) end
    os.execute, io.popen = nil, nil
"""

Fault = Callable[[str, str, tuple[Any, ...]], bool]
"""(callback, function, arguments) → whether the function fails this time."""


class Journal:
    """What the script did to the server over all levels: nothing of it may be seen in the game."""

    def __init__(self) -> None:
        self.console: list[str] = []
        self.errors: list[str] = []
        self.returned: list[tuple[str, Any]] = []
        self.fatal: list[str] = []
        self.calls: Counter[str] = Counter()


class LuaMachine:
    """The script, loaded for one level.

    `lua`: one of `LUAS`; `fault` makes functions of the engine fail; `prelude`: Lua that runs before the script.
    """

    def __init__(
        self,
        functions: dict[str, Callable[..., Any]],
        journal: Journal,
        *,
        lua: str,
        clock: Callable[[], int],
        zone: tzinfo = UTC,
        fault: Fault | None = None,
        prelude: str = "",
    ) -> None:
        self.journal = journal
        self._fault = fault
        self._callback = "file body"
        self.runtime: Any = importlib.import_module(f"lupa.{lua}").LuaRuntime(
            unpack_returned_tuples=True, encoding="latin-1", register_eval=False, register_builtins=False
        )
        self._globals = self.runtime.globals()
        self._globals.server_time = clock
        self._globals.server_date = lambda form, at: datetime.fromtimestamp(at, zone).strftime(form)
        self.runtime.execute(_WIPE)
        table = dict(CONSTANTS) | {name: self._exposed(name, work) for name, work in functions.items()}
        self._globals.et = self.runtime.table_from(table)
        self.runtime.execute(prelude)
        self.runtime.execute(SCRIPT.read_text(encoding="latin-1"))

    def _exposed(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def called(*arguments: Any) -> Any:
            if self._fault is not None and self._fault(self._callback, name, arguments):
                raise RuntimeError(f"{name} fails")
            try:
                return work(*arguments)
            except Fatal as fatal:
                self.journal.fatal.append(f"{name}: {fatal}")
                raise

        return called

    def call(self, callback: str, *arguments: Any) -> Any:
        """Call it if the script has it; an error is printed and forgotten, as the engine does."""
        function = self._globals[callback]
        if function is None:
            return None
        outer, self._callback = self._callback, callback
        try:
            result = function(*arguments)
        except Exception as error:
            self.journal.errors.append(f"{callback}: {error}")
            return None
        finally:
            self._callback = outer
        if result is not None:
            self.journal.returned.append((callback, result))
        return result
