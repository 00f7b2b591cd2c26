"""The functions of `et` that a stats script may need, and no other: a call of anything else is an error."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rigs.gameserver.clients import FIELDS, NO_CELL
from rigs.gameserver.disk import Fatal

if TYPE_CHECKING:
    from rigs.gameserver.engine import GameServer

ENTITIES, CONFIGSTRINGS, WEAPONS = 1024, 1024, 28


def functions(server: GameServer) -> dict[str, Callable[..., Any]]:
    """By their names in `et`."""
    disk = server.disk

    def gentity_get(slot: int, field: str, index: Any = None) -> Any:
        if not 0 <= slot < ENTITIES:
            raise Fatal(f"entity {slot}")
        read = FIELDS.get(field.lower())
        if slot >= len(server.clients) or (read is None and field != "sess.aWeaponStats"):
            raise ValueError(f"tried to get invalid gentity field {field}")
        client = server.clients[slot]
        if read is None:
            return _cell(server, client.session.cells.get(index, NO_CELL), index)
        if server.in_play and field.startswith("sess.time_"):
            client.settle(server.moment)
        return read(client, index)

    def configstring(index: int) -> str:
        if not 0 <= index < CONFIGSTRINGS:
            raise Fatal(f"configstring {index}")
        return server.configstrings.get(index, "")[:1023]

    def userinfo(slot: int) -> str:
        if not 0 <= slot < len(server.clients):
            raise Fatal(f"userinfo of slot {slot}")
        return server.clients[slot].userinfo

    return {
        "gentity_get": gentity_get,
        "trap_Cvar_Get": lambda name: server.cvars.get(name, "")[:255],
        "trap_GetConfigstring": configstring,
        "trap_GetUserinfo": userinfo,
        "Info_ValueForKey": value_for_key,
        "trap_FS_FOpenFile": disk.open,
        "trap_FS_Write": disk.write,
        "trap_FS_Read": disk.read,
        "trap_FS_FCloseFile": disk.close,
        "trap_FS_Rename": disk.rename,
        "RegisterModname": lambda _: None,
        "G_Print": server.journal.console.append,
        "G_LogPrint": server.print,
    }


def _cell(server: GameServer, cell: Any, weapon: int) -> Any:
    if not 0 <= weapon < WEAPONS:
        raise Fatal(f"weapon {weapon}")
    assert server.machine is not None
    return server.machine.runtime.table_from([number % (1 << 32) for number in cell])


def value_for_key(info: str, key: str) -> str:
    r"""From `\\key\\value\\key\\value`; empty where there is none."""
    parts = info.removeprefix("\\").split("\\")
    values = {name.lower(): value for name, value in zip(parts[::2], parts[1::2], strict=False)}
    return values.get(key.lower(), "")
