"""`python -m tools.doctor`: is everything set up so that the evening will go well? Reads only."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Annotated

import typer

from bot.app import SERVER, ssh_source
from bot.client import invite
from bot.deliver.access import DiscordAccess, look_with
from bot.errors import SettingsError
from bot.ingest.source.sftp import SftpSource
from bot.logs import RedactingFormatter
from bot.settings import BOT_NEEDS, SSH_NEEDS, Settings, looked_through
from bot.watch.doctor.check import Check, CheckState, as_json
from bot.watch.doctor.checkup import Asked, everything
from tools.kit.shell import ATTENTION, CLOCK, DONE, app, put, run

cli = app("Look at the whole set-up.")

_MARKS = {CheckState.OK: "ok     ", CheckState.WARNING: "warning", CheckState.WRONG: "WRONG  "}


@cli.command()
def main(
    *,
    as_json_: Annotated[bool, typer.Option("--json", help='print {"checks": [{name, state, text, fix}]}')] = False,
) -> None:
    """Look at settings, database, game server and Discord, in ten seconds at most; each finding has its fix.

    Works beside the bot and before its first start, and writes nothing. Exit code: 0 all is well, 1 something is not.
    """
    run(_look(as_json_=as_json_), with_remarks=False)  # they are checks of its own


async def _look(*, as_json_: bool) -> int:
    checks, redacted = await examined()
    put(redacted(json.dumps(as_json(checks), ensure_ascii=False, indent=1) + "\n" if as_json_ else lines(checks)))
    return DONE if all(check.state is CheckState.OK for check in checks) else ATTENTION


async def examined() -> tuple[list[Check], Callable[[str], str]]:
    """Look at everything; the checks, and what takes each secret out of a text that tells of them."""
    try:
        settings, mistakes = looked_through(*BOT_NEEDS)
    except SettingsError as error:
        settings, mistakes = Settings(), [str(error)]
    source = _source(settings, mistakes)
    try:
        checks = await everything(_asked(settings, source), mistakes)
    finally:
        if source is not None:
            await source.close()
    return checks, RedactingFormatter(settings.secrets()).redacted


def _source(settings: Settings, mistakes: Sequence[str]) -> SftpSource | None:
    """The game server's folder, where every setting that leads there is right."""
    leads = (*SSH_NEEDS, "ssh_port", "ssh_known_hosts")
    if any(mistake.startswith(name.upper()) for mistake in mistakes for name in leads):
        return None
    return ssh_source(settings) if settings.ssh_host and settings.ssh_user and settings.remote_stats_path else None


def _asked(settings: Settings, source: SftpSource | None) -> Asked:
    token = settings.discord_token

    async def access(channels: Sequence[int]) -> DiscordAccess:
        assert token is not None
        return await look_with(token.get_secret_value(), channels, clock=CLOCK)

    return Asked(
        settings=settings,
        clock=CLOCK,
        server=SERVER,
        source=source,
        may_write=source.may_write if source is not None else None,
        access=access if token is not None else None,
        invite=invite,
    )


def lines(checks: Sequence[Check]) -> str:
    """The checks as a person reads them."""
    told = []
    for check in checks:
        told.append(f"{_MARKS[check.state]} {check.name}: {check.text}")
        if check.fix:
            told.append(f"        → {check.fix}")
    bad = sum(check.state is not CheckState.OK for check in checks)
    told.append("")
    told.append(f"{len(checks)} checks, {bad} to look at" if bad else f"{len(checks)} checks, and all is well")
    return "\n".join(told) + "\n"


if __name__ == "__main__":
    cli()
