"""`tools.rebuild`: every number again, from the stored bytes or from a folder."""

from __future__ import annotations

import sqlite3

from rigs.builders import an_evening, an_r1
from tests.tools.conftest import Tools


def test_a_rebuild_in_place_gives_the_same_numbers(tools: Tools) -> None:
    files = an_evening(2)
    tools.fill(*files)
    before = tools.export()
    done = tools("rebuild")
    assert (done.exit_code, done.stdout) == (0, f"{len(files)} rounds derived anew, 0 of them changed\n")
    assert tools.export() == before


def test_a_rebuild_mends_numbers_that_an_older_version_stored(tools: Tools) -> None:
    tools.fill(*an_evening(1))
    before = tools.export()
    con = sqlite3.connect(tools.home / "stats.db")
    con.execute("UPDATE player_rounds SET kills = 999")
    con.execute("UPDATE rounds SET digest = 'older'")
    con.commit()
    con.close()
    assert tools.export() != before
    assert tools("rebuild").stdout == "2 rounds derived anew, 2 of them changed\n"
    assert tools.export() == before


def test_the_database_can_be_made_again_from_local_stats(tools: Tools) -> None:
    tools.fill(*an_evening(2))
    before = tools.export()
    (tools.home / "stats.db").unlink()
    done = tools("rebuild", "--from", tools.home / "local_stats")
    assert (done.exit_code, done.stdout) == (0, "4 counted\n")
    assert tools.export() == before


def test_a_bad_file_in_the_folder_ends_with_1(tools: Tools) -> None:
    done = tools("rebuild", "--from", tools.serve(an_r1().sample._replace(data=b"no round\n")))
    assert done.exit_code == 1


def test_without_a_database_and_a_folder_there_is_nothing_to_rebuild(tools: Tools) -> None:
    done = tools("rebuild")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "--from" in done.stderr
    assert list(tools.home.iterdir()) == []
