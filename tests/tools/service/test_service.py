"""The service: a unit that lets out little, and everything where its user can read it."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.lock import instance_lock
from rigs.builders import an_r1
from tests.tools.conftest import Tools
from tools.kit.env_text import values_in
from tools.service.__main__ import _moved, hindrance
from tools.service.install import Machine, elsewhere, install, out_of_reach, python_for_all
from tools.service.unit import folder_of, name_of, unit

PROGRAM = Path("/usr/bin/true")


class Root:
    """A machine in a folder: what is run there is only written down."""

    def __init__(self, root: Path, *, has_user: bool = False, has_systemd: bool = True) -> None:
        self.ran: list[str] = []
        self.owned: list[Path] = []
        self.machine = Machine(
            run=self._run, own=self.owned.append, has_user=lambda: has_user, has_systemd=has_systemd, root=root
        )

    def _run(self, words: Sequence[str]) -> None:
        self.ran.append(" ".join(words))


@pytest.mark.parametrize("is_template", [False, True])
def test_systemd_understands_it_and_finds_little_exposed(tmp_path: Path, is_template: bool) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not here")
    file = tmp_path / ("etstats-bot@one.service" if is_template else "etstats-bot.service")
    file.write_text(unit(PROGRAM, is_template=is_template, writable=[Path("/srv/etstats data")]))
    verified = subprocess.run(["systemd-analyze", "verify", file], capture_output=True, text=True, check=False)
    assert (verified.returncode, verified.stderr) == (0, "")
    words = ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(file)]
    judged = subprocess.run(words, capture_output=True, text=True, check=False)
    exposure = re.search(r"exposure level for \S+: ([\d.]+)", judged.stdout)
    assert exposure is not None, judged.stdout + judged.stderr
    assert float(exposure[1]) <= 2.0


def test_exit_codes_that_no_restart_mends_stop_it() -> None:
    assert "RestartPreventExitStatus=75 78\n" in unit(PROGRAM, is_template=False)


@pytest.fixture
def at_home(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> Tools:
    """A bot that ran here for a while, with its own key."""
    for name in ("DATABASE_PATH", "LOCAL_STATS_DIR"):
        monkeypatch.delenv(name)
    key = tools.home.parent / "keys" / "old_key"
    key.parent.mkdir()
    key.write_text("a key")
    (tools.home / "known_hosts").write_text("a host\n")
    (tools.home / ".env").write_text(f"# mine\nSSH_KEY_PATH={key}\nDATABASE_PATH=data/stats.db\nOTHER=1\n")
    (tools.home / ".env").chmod(0o600)
    (tools.home / "data").mkdir()
    tools.fill(an_r1())
    return tools


def test_all_that_the_bot_needs_is_in_the_services_own_folder(at_home: Tools, tmp_path: Path) -> None:
    rounds = at_home.export()
    root = Root(tmp_path / "root")
    install(PROGRAM, instance=None, machine=root.machine)
    home = tmp_path / "root/var/lib/etstats-bot"
    assert values_in((home / ".env").read_text()) == {
        "SSH_KEY_PATH": "old_key", "DATABASE_PATH": "data/stats.db", "OTHER": "1",
    }  # fmt: skip
    for name in (".env", "old_key", "known_hosts", "data/stats.db"):
        assert stat.S_IMODE((home / name).stat().st_mode) == 0o600, name
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert [path.name for path in (home / "data").iterdir() if path.is_file()] == ["stats.db"]
    assert {home, *home.rglob("*")} <= {*root.owned}
    assert root.ran == [
        "useradd --system --user-group --home-dir /var/lib/etstats-bot --shell /usr/sbin/nologin etstats-bot",
        "systemctl daemon-reload",
        "systemctl enable --now etstats-bot.service",
    ]
    shutil.copytree(home, at_home.home, dirs_exist_ok=True)
    assert at_home.export() == rounds


def test_a_second_time_what_is_there_stays(at_home: Tools, tmp_path: Path) -> None:
    install(PROGRAM, instance="wolf", machine=Root(tmp_path / "root").machine)
    home = tmp_path / "root" / folder_of("wolf").relative_to("/")
    (home / ".env").write_text("MINE=1\n")
    again = Root(tmp_path / "root", has_user=True, has_systemd=False)
    install(PROGRAM, instance="wolf", machine=again.machine)
    assert (home / ".env").read_text() == "MINE=1\n"
    assert again.ran == []
    assert (tmp_path / "root/etc/systemd/system/etstats-bot@.service").exists()
    assert name_of("wolf") == "etstats-bot@wolf.service"


def test_two_communities_with_one_token_are_not_started(
    at_home: Tools, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (at_home.home / ".env").open("a") as env:
        env.write("DISCORD_TOKEN=canary-token\n")
    install(PROGRAM, instance=None, machine=Root(tmp_path / "root").machine)
    assert "both would post" not in capsys.readouterr().err
    wolf = Root(tmp_path / "root", has_user=True)
    install(PROGRAM, instance="wolf", machine=wolf.machine)
    said = " ".join(capsys.readouterr().err.split())
    assert "both would post everything" in said
    assert "var/lib/etstats-bot/.env too" in said
    assert "canary" not in said
    assert wolf.ran == [], "nothing is started"
    home = tmp_path / "root" / folder_of("wolf").relative_to("/")
    (home / ".env").write_text((home / ".env").read_text().replace("canary-token", "its-own"))
    own = Root(tmp_path / "root", has_user=True)
    install(PROGRAM, instance="wolf", machine=own.machine)
    assert own.ran[-1] == "systemctl enable --now etstats-bot@wolf.service"


def test_a_bot_that_still_runs_is_stopped_first(at_home: Tools, tmp_path: Path) -> None:
    with (
        instance_lock(at_home.home / "data/stats.db", program="the bot"),
        pytest.raises(SettingsError, match="stop it first"),
    ):
        install(PROGRAM, instance=None, machine=Root(tmp_path / "root").machine)
    assert not (tmp_path / "root").exists()


def test_without_settings_it_says_which_come_first(tools: Tools, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="run etstats setup first"):
        install(PROGRAM, instance=None, machine=Root(tmp_path / "root").machine)


def test_folders_of_other_places_may_be_written() -> None:
    text = "DATABASE_PATH=/srv/et/stats.db\nBACKUP_DIR=/mnt/copies\nLOCAL_STATS_DIR=local_stats\n"
    assert elsewhere(text) == [Path("/srv/et"), Path("/mnt/copies")]
    assert "ReadWritePaths=/srv/et\n" in unit(PROGRAM, is_template=False, writable=elsewhere(text))


def test_a_program_that_its_user_cannot_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert out_of_reach([PROGRAM]) is None
    assert "which the service cannot see" in (out_of_reach([tmp_path]) or "")
    monkeypatch.setattr("tools.service.install._HIDDEN", ())
    (tmp_path / "closed").mkdir(mode=0o700)
    (tmp_path / "closed" / "etstats").touch()
    assert "is closed to other users (mode 0" in (out_of_reach([tmp_path / "closed" / "etstats"]) or "")


def test_what_is_to_be_typed_for_a_program_in_a_home_works_for_every_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.service.install._HIDDEN", ())
    closed, open_ = tmp_path / "closed", Path("/usr/bin")
    closed.mkdir(mode=0o700)
    (closed / "python3").symlink_to(sys.executable)
    assert python_for_all([closed]) is None, "the service's user cannot read it"
    found = python_for_all([closed, open_])
    assert found is None or found.parent == open_
    monkeypatch.setattr("tools.service.__main__._PLACES", (closed,))
    lines = _moved("it is below /root", None).splitlines()
    assert "apt install python3 python3-venv" in lines[1]
    monkeypatch.setattr("tools.service.__main__._PLACES", (open_,))
    if found is not None:
        assert f"  {found} -m venv /opt/etstats-bot" in _moved("it is below /root", None).splitlines()
    assert lines[-2].startswith("  /opt/etstats-bot/bin/python -m pip install -c ")
    assert Path(lines[-2].split()[-2]).exists()


def test_printing_does_nothing(tools: Tools) -> None:
    done = tools("service.__main__", "--print", "--name", "wolf")
    if done.exit_code == 2:
        assert "install the program first" in done.stderr
    else:
        assert "StateDirectory=etstats-bot/%i\n" in done.stdout
        unreachable = out_of_reach([Path(sys.executable)]) is not None
        assert ("could not run the program" in done.stderr) >= unreachable
    assert tools("service.__main__", "--print", "--name", "../etc").exit_code == 2


@pytest.mark.skipif(os.name != "posix", reason="systemd")
def test_what_hinders_it_is_said_before_anything_is_asked_with_the_lines_that_do_it(
    tools: Tools, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "etstats").touch(mode=0o755)
    monkeypatch.setattr("tools.service.__main__._program", lambda: tmp_path / "etstats")
    monkeypatch.setattr("shutil.which", lambda _name: "/usr/bin/systemctl")
    done = tools("service.__main__", "--name", "wolf")  # in a home, as README has it: nobody types a yes
    assert done.exit_code == 2
    assert "[y/N]" not in done.stdout + done.stderr
    lines = done.stderr.splitlines()
    assert "which the service cannot see" in lines[0]
    assert lines[-1].startswith("  /opt/etstats-bot/bin/etstats --dir ")
    assert lines[-1].endswith(" service --name wolf")
    monkeypatch.setattr("tools.service.__main__._out_of_reach", lambda _program: None)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    words = f"this needs root: sudo {tmp_path}/etstats --dir {Path.cwd()} service"
    assert (hindrance(), hindrance("wolf")) == (words, f"{words} --name wolf")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert hindrance() == ""
