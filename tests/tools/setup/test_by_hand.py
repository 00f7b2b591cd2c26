"""A person at a terminal: each question in its turn, what is there as its proposal, and no secret on the screen."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pty
import signal
import sys
from collections.abc import AsyncIterator

import pytest

from bot.errors import SettingsError
from rigs.process import ROOT, TOKEN
from rigs.servers.sshd import Sshd
from tests.tools.setup.conftest import Desk, played
from tools.setup.asking import Choice, Script, chosen


class Terminal:
    """A run of it, and somebody who reads and types."""

    def __init__(self, ours: int, process: asyncio.subprocess.Process) -> None:
        self._ours = ours
        self.process = process
        self.shown = ""
        self._read = 0

    def hear(self) -> None:
        """What it shows just now."""
        with contextlib.suppress(OSError):  # it ended
            self.shown += os.read(self._ours, 65536).decode("utf-8", "replace")

    async def shows(self, text: str) -> None:
        """Wait until this was shown, behind what was waited for before."""
        for _ in range(1000):
            if (at := self.shown.find(text, self._read)) >= 0:
                self._read = at + len(text)
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"{text!r} was not shown: {self.shown[self._read :]}")

    async def asks(self, question: str, answer: str = "") -> None:
        """Wait for the question, and type the answer."""
        await self.shows(question)
        await asyncio.sleep(0.1)  # a secret's question drops what was typed before it
        self.types(answer)

    def types(self, answer: str) -> None:
        """With Enter behind it."""
        os.write(self._ours, f"{answer}\n".encode())


def _heard() -> None:
    """Ctrl-C is heard, also where the tests themselves run in the background of a shell, which ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextlib.asynccontextmanager
async def terminal(desk: Desk, *options: str) -> AsyncIterator[Terminal]:
    ours, theirs = pty.openpty()
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "rigs.launch", "tools.setup", *options,
        env={**inherited, **desk.standin.environment, "PYTHONPATH": str(ROOT), "TERM": "dumb"}, cwd=desk.home,
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True, preexec_fn=_heard,
    )  # fmt: skip
    os.close(theirs)
    run = Terminal(ours, process)
    asyncio.get_running_loop().add_reader(ours, run.hear)
    try:
        yield run
        await asyncio.wait_for(process.wait(), 30)
        run.hear()
    finally:
        asyncio.get_running_loop().remove_reader(ours)
        if process.returncode is None:
            process.kill()
            await process.wait()
        os.close(ours)
    assert TOKEN not in run.shown
    assert "Traceback" not in run.shown


async def test_a_person_is_led_through_it_and_the_next_time_enter_is_enough(desk: Desk, sshd: Sshd) -> None:
    played(sshd.folder, 3, 4)
    async with terminal(desk) as first:
        await first.asks("The bot's token (is not shown): ", "no.such.token")
        await first.asks("press Enter to try again")
        await first.asks("The bot's token (is not shown): ", TOKEN)
        await first.asks("Where are finished rounds posted: ", "7")
        await first.asks("type one of the numbers\r\nWhere are finished rounds posted: ", "1")
        await first.asks("Where are admins told when something is wrong: ", "2")
        await first.asks("name or address: ", f"stats@{sshd.host}")
        await first.shows("this is more than a host: write SSH_HOST=127.0.0.1")
        await first.asks("name or address: ", sshd.host)
        await first.asks("Its SSH port [22]: ", str(sshd.port))
        await first.asks("Do both agree?", "yes")
        await first.asks("The account that reads the files [statsreader]: ", sshd.user)
        await first.asks("Log in with a key? It is better than a password [Y/n]: ")
        await first.asks("The file of its private key [etstats_key]: ")
        await first.shows("press Enter to try again")
        line = (desk.home / "etstats_key.pub").read_text()
        assert line.strip() in first.shown
        with (sshd.home / "authorized_keys").open("a") as authorized:
            authorized.write(line)
        first.types("")
        await first.asks("Which folder has the round files [1]: ")
        await first.asks("The time zone of the game server's clock", "UTC")
    assert first.process.returncode == 0, first.shown
    before = desk.env.read_text()
    async with terminal(desk) as second:
        for question in (
            "Where are finished rounds posted [1]: ", "Where are admins told when something is wrong [2]: ",
            f"name or address [{sshd.host}]: ", f"Its SSH port [{sshd.port}]: ", f"reads the files [{sshd.user}]: ",
            "private key [etstats_key]: ", "Which folder has the round files [1]: ", "[UTC]: ",
        ):  # fmt: skip
            await second.asks(question)
    assert (second.process.returncode, desk.env.read_text()) == (0, before), second.shown


async def test_ctrl_c_stops_at_once_and_keeps_what_was_answered(desk: Desk) -> None:
    async with terminal(desk) as run:
        await run.asks("The bot's token (is not shown): ", TOKEN)
        await run.asks("Where are finished rounds posted: ", "what?")
        await run.shows("type one of the numbers\r\nWhere are finished rounds posted: ")
        await asyncio.sleep(0.3)  # Python does not hear a signal that comes in the moment before it begins to read
        run.process.send_signal(signal.SIGINT)
    assert (run.process.returncode, "run it again to go on" in run.shown) == (130, True), run.shown
    assert desk.settings == {"DISCORD_TOKEN": TOKEN, "LINKS_NEED_ADMIN": "false"}


CHOICES = [Choice("200000000000000011", "#stats"), Choice("200000000000000012", "#admin"), Choice("3", "#Admin")]


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ("stats", "200000000000000011"),
        ("#STATS ", "200000000000000011"),
        ("<#200000000000000012>", "200000000000000012"),
        ("https://discord.com/channels/1/200000000000000011", "200000000000000011"),
        ("admin", None),
        ("", None),
        ("nothing", None),
    ],
)
def test_a_choice_is_meant_by_its_name_where_that_is_one_alone(answer: str, value: str | None) -> None:
    assert chosen(answer, CHOICES) == value


def test_a_script_takes_proposals_and_names_the_option_of_all_else() -> None:
    script = Script()
    assert script.choice("Which", CHOICES, option="--which", proposal="3") == "3"
    with pytest.raises(SettingsError, match="Which: no answer; give --which: one of #stats \\(2"):
        script.choice("Which", CHOICES, option="--which", proposal=None)
    with pytest.raises(SettingsError, match="Port: too high; give --port"):
        script.text("Port", option="--port", proposal="99999", mistake=lambda _: "too high")
