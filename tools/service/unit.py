"""The systemd unit: one service, or a template of which each community is an instance."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

USER = "etstats-bot"
HOME = Path("/var/lib/etstats-bot")
UNITS = Path("/etc/systemd/system")
NO_RESTART = "75 78"
"""Another instance runs; a mistake in the settings, or a Python package that is missing: no restart mends those."""
_UNIT = """\
[Unit]
Description=ET:Legacy stats bot{of_whom}
After=network-online.target
Wants=network-online.target
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=main
ExecStart={program} run
User={user}
WorkingDirectory=%S/{folder}
StateDirectory={folder}
StateDirectoryMode=0700
CacheDirectory={folder}
CacheDirectoryMode=0700
Environment=MPLCONFIGDIR=%C/{folder}
Restart=always
RestartSec=10
RestartPreventExitStatus={no_restart}
TimeoutStartSec=1h
WatchdogSec=10min
UMask=0077

NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
PrivateDevices=yes
PrivateTmp=yes
PrivateUsers=yes
ProtectSystem=strict
ProtectHome=yes
ProtectProc=invisible
ProcSubset=pid
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
RemoveIPC=yes
KeyringMode=private
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
{more}
[Install]
WantedBy=multi-user.target
"""


def file_name(*, is_template: bool) -> str:
    """What the unit is called."""
    return f"{USER}@.service" if is_template else f"{USER}.service"


def name_of(instance: str | None) -> str:
    """What systemctl calls the service of this community."""
    return f"{USER}.service" if instance is None else f"{USER}@{instance}.service"


def folder_of(instance: str | None) -> Path:
    """Where its `.env`, key, database and files lie."""
    return HOME if instance is None else HOME / instance


def unit(program: Path, *, is_template: bool, writable: Sequence[Path] = ()) -> str:
    """The whole file; `writable`: folders outside of its own that its settings name."""
    more = "".join(f"ReadWritePaths={_escaped(path)}\n" for path in writable)
    return _UNIT.format(
        of_whom=" of %i" if is_template else "",
        program=_escaped(program),
        user=USER,
        folder=f"{USER}/%i" if is_template else USER,
        no_restart=NO_RESTART,
        more=more,
    )


def _escaped(path: Path) -> str:
    """As systemd reads it: % begins a specifier, a blank ends a word."""
    text = str(path).replace("\\", "\\\\").replace("%", "%%").replace('"', '\\"')
    return f'"{text}"' if " " in text else text
