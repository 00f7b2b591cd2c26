"""`python -m tools.why FILE`: where one file stands, and what each layer of the gate says about it."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.app import SERVER
from bot.ingest.gate import Gate
from bot.ingest.mirror import Mirror
from bot.present.audit.gate import answers
from bot.present.words.rounds.history import history_lines
from bot.settings import load
from bot.store import facts
from bot.store.file.database import reading
from bot.store.questions.rounds import history
from tools.kit.shell import ATTENTION, CLOCK, DONE, app, put, run

cli = app("Explain where one file stands.")


@cli.command()
def main(file: Annotated[str, typer.Argument(help="the file's name, as the server lists it")]) -> None:
    """Explain where one file stands: each layer's answer, its round, its notes, its post."""
    run(_why(file.replace("\\", "/").rpartition("/")[2]))


async def _why(name: str) -> int:
    settings = load()
    async with reading(settings.database_path) as db:
        server = await facts.server_id(db, SERVER)
        gate = Gate(db, server=server, mirror=Mirror(settings.local_stats_dir), clock=CLOCK)
        await gate.load()
        prepared = await gate.prepare([name])
        story = history_lines(await history.of_file(db, server, name))
    put(f"{name}\n")
    verdict = prepared.should_process_file(prepared.last_seen(name))
    for layer, answer in answers(verdict, now=int(CLOCK.now()), memory="(as a restart loads it) "):
        put(f"  {layer:<16} {answer}\n")
    for line in story:
        put(f"  {line}\n")
    return DONE if story else ATTENTION


if __name__ == "__main__":
    cli()
