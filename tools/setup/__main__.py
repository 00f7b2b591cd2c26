"""`python -m tools.setup`, which is `etstats setup`: asks for what the bot needs, tries it, and writes `.env`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.errors import SettingsError
from bot.invocation import command
from bot.settings import env_file
from bot.watch.doctor.check import CheckState
from tools import doctor
from tools.kit.shell import ATTENTION, DONE, app, leave
from tools.service.__main__ import hindrance, is_possible, make_service
from tools.setup.asking import Answers, AtTerminal, Script, say
from tools.setup.community import community
from tools.setup.draft import Draft
from tools.setup.game_server import Access, rounds_folder, way_in, zone

cli = app("Set the bot up.")


@cli.command()
def main(
    *,
    yes: Annotated[
        bool, typer.Option("--yes", help="ask nothing: what no option, .env or environment says is an error")
    ] = False,
    token_file: Annotated[Path | None, typer.Option(help="a file with the bot's token; else DISCORD_TOKEN")] = None,
    guild: Annotated[str | None, typer.Option(help="the Discord server, by id or name")] = None,
    stats_channel: Annotated[str | None, typer.Option(help="channel for finished rounds, by id, link or name")] = None,
    admin_channel: Annotated[str | None, typer.Option(help="channel for alerts, by id, link or name")] = None,
    host: Annotated[str | None, typer.Option(help="the game server's name or address")] = None,
    port: Annotated[str | None, typer.Option(help="its SSH port")] = None,
    user: Annotated[str | None, typer.Option(help="the account that reads the files")] = None,
    key: Annotated[str | None, typer.Option(help="its private key; made where there is none")] = None,
    password: Annotated[bool, typer.Option("--password", help="log in with SSH_PASSWORD of the environment")] = False,
    fingerprint: Annotated[str | None, typer.Option(help="the host key's SHA256:…, as that machine shows it")] = None,
    trust_first: Annotated[
        bool, typer.Option("--trust-first", help="believe the key that a server shows which was never met")
    ] = False,
    folder: Annotated[str | None, typer.Option(help="folder of the round files; else it is searched")] = None,
    timezone: Annotated[str | None, typer.Option(help="zone of the game server's clock, such as Europe/Berlin")] = None,
    as_service: Annotated[bool, typer.Option("--service", help="install the service as well; as root")] = False,
) -> None:
    """Ask for all that the bot needs, look at each answer where it leads, and write it into .env.

    Run it again at any time: what is there is proposed, and stays unless a line says what replaces it, and why.
    Secrets are no options, since others may see those: DISCORD_TOKEN, SSH_PASSWORD and SSH_KEY_PASSPHRASE are taken
    from the environment, or asked for. Exit code: 0 the bot can start, 1 the doctor found something wrong, 2 an answer
    is missing or no good, 3 something does not answer.
    """
    access = Access(host, port, user, key, password, fingerprint, trust_first)

    def work() -> int:
        draft = Draft(_who_answers(yes=yes))
        say(f"The settings are written into {env_file().absolute()}; Enter keeps what stands in brackets.")
        community(draft, token_file=token_file, guild=guild, stats_channel=stats_channel, admin_channel=admin_channel)
        if code := way_in(draft, access):
            return code
        zone(draft, rounds_folder(draft, given=folder), given=timezone)
        return _verdict(draft.answers, as_service=as_service)

    leave(work)


def _who_answers(*, yes: bool) -> Answers:
    if yes:
        return Script()
    if not sys.stdin.isatty():
        raise SettingsError("nobody is there to answer: run it on a terminal, or give --yes and every answer")
    return AtTerminal()


def _verdict(answers: Answers, *, as_service: bool) -> int:
    """The doctor's, and what comes next."""
    say("")
    checks, redacted = asyncio.run(doctor.examined())
    say(redacted(doctor.lines(checks)))  # beside the questions: what is piped on is the key's line alone
    if any(check.state is CheckState.WRONG for check in checks):
        say(f"Mend what is WRONG above, then look again: {command('doctor')}", style="yellow")
        return ATTENTION
    say(f"All is set. Start the bot: {command('kit.run')}")
    hindered = hindrance()
    how = f".\n{hindered}" if hindered else f": {command('service')}"
    say(f"Or let this machine run it, hardened and after every start{how}")
    if as_service or (is_possible() and answers.agrees("Do that now?", option="--service", proposal=False)):
        make_service(None)
    return DONE


if __name__ == "__main__":
    cli()
