"""`tools.rebuild`: every number again, from the stored bytes or from a folder."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest

from rigs.builders import a_session, an_r1
from tests.tools.conftest import Tools
from tools.demo.session import SampleFile


def test_a_rebuild_in_place_gives_the_same_numbers(tools: Tools) -> None:
    files = a_session(2)
    tools.fill(*files)
    before = tools.export()
    done = tools("rebuild", "--yes")
    assert (done.exit_code, done.stdout) == (0, f"{len(files)} rounds derived anew, 0 of them changed\n")
    assert tools.export() == before


def test_a_rebuild_mends_numbers_that_an_older_version_stored(tools: Tools) -> None:
    tools.fill(*a_session(1))
    before = tools.export()
    con = sqlite3.connect(tools.home / "stats.db")
    con.execute("UPDATE player_rounds SET kills = 999")
    con.execute("UPDATE rounds SET digest = 'older'")
    con.commit()
    con.close()
    assert tools.export() != before
    assert tools("rebuild", "--yes").stdout == "2 rounds derived anew, 2 of them changed\n"
    assert tools.export() == before


def test_the_database_can_be_made_again_from_local_stats(tools: Tools) -> None:
    tools.fill(*a_session(2))
    before = tools.export()
    (tools.home / "stats.db").unlink()
    done = tools("rebuild", "--from", tools.home / "local_stats", "--yes")
    assert (done.exit_code, done.stdout) == (0, "4 counted\n")
    assert tools.export() == before


def test_what_else_lies_in_local_stats_is_no_file_of_the_server_and_a_rejected_one_stays_so(tools: Tools) -> None:
    torn = an_r1(map="torn")
    tools.fill(*a_session(1), SampleFile(torn.name, torn.data[:300]))
    (tools.home / "local_stats" / ".gitkeep").touch()
    before = tools.export()
    assert [file["state"] for file in before["files"]].count("rejected") == 1
    (tools.home / "stats.db").unlink()
    done = tools("rebuild", "--from", tools.home / "local_stats", "--yes")
    assert (done.exit_code, done.stdout) == (1, "2 counted, 1 rejected\n")
    assert tools.export() == before


def test_nothing_happens_without_a_yes(tools: Tools) -> None:
    tools.fill(*a_session(1))
    with closing(sqlite3.connect(tools.home / "stats.db")) as con:
        con.execute("UPDATE player_rounds SET kills = 999 WHERE round_id = 1")
        con.commit()
    before = tools.export()
    asked, looked = tools("rebuild"), tools("rebuild", "--dry-run")
    assert (asked.exit_code, looked.exit_code) == (3, 0)
    for told in (asked, looked):
        assert "1 round would change" in told.stderr
        assert "says something else: 2026" in told.stderr
        assert "nothing was changed" in told.stderr
    assert tools.export() == before
    (tools.home / "stats.db").unlink()
    asked = tools("rebuild", "--from", tools.home / "local_stats")
    assert asked.exit_code == 3
    assert "2 round files" in asked.stderr
    assert "handover    none" in asked.stderr
    assert not (tools.home / "stats.db").exists()


def everything_beyond_files(tools: Tools) -> dict[str, list[tuple[object, ...]]]:
    """What people did, with rounds by the names of their files."""
    questions = {
        "posts": """
            SELECT o.kind, r.filename, o.session, d.message_id, o.state, o.message_id, o.channel_id, o.nonce,
                   o.revision, o.sent_revision, o.not_before FROM outbox AS o
              LEFT JOIN rounds AS r ON r.id = o.round_id LEFT JOIN outbox AS d ON d.id = o.digest_id
             ORDER BY o.nonce""",
        "links": "SELECT * FROM links",
        "requests": "SELECT * FROM link_requests",
        "preferences": "SELECT * FROM preferences ORDER BY key",
        "ignored": "SELECT filename, reason, decided_by, decided_at FROM ignored_files",
        "log": "SELECT at, who, command, outcome FROM admin_log ORDER BY id",
    }
    with closing(sqlite3.connect(tools.home / "stats.db")) as con:
        return {name: con.execute(sql).fetchall() for name, sql in questions.items()}


def lived_in(tools: Tools, files: list[SampleFile]) -> None:
    """Members, admins and posts leave their traces in a database of these files."""
    tools.fill(*files)
    assert tools("sync_stats", "--ignore", files[2].name, "--reason", "a test", "--yes").exit_code == 0
    with closing(sqlite3.connect(tools.home / "stats.db")) as con:
        con.execute("INSERT INTO links VALUES (77, 'AAAAAAAA', 'an admin', 5)")
        con.execute("INSERT INTO link_requests VALUES (78, 'BBBBBBBB', 6, 1, 1004)")
        con.execute("INSERT INTO preferences VALUES ('recaps', 'off') ON CONFLICT DO UPDATE SET value = 'off'")
        numbers = dict(con.execute("SELECT filename, id FROM rounds"))
        ends = dict(con.execute("SELECT filename, ended_at FROM rounds"))
        post = """INSERT INTO outbox (id, kind, round_id, session, digest_id, state, message_id, channel_id, nonce,
                  sent_revision, not_before, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, 1, 9, 9)"""
        con.execute(post, (31, "match", numbers[files[1].name], None, None, "sent", 1001, "one"))
        con.execute(post, (32, "recap", None, ends[files[0].name], None, "sent", 1002, "two"))
        con.execute(post, (40, "digest", None, None, None, "sent", 1003, "three"))
        con.execute(post, (33, "match", numbers[files[3].name], None, 40, "gathered", None, "four"))
        con.commit()


def test_what_no_file_tells_outlives_the_database(tools: Tools) -> None:
    files = a_session(3)
    lived_in(tools, files)
    before, exported = everything_beyond_files(tools), tools.export()
    assert tools("backup").exit_code == 0
    for damaged in (tools.home / "backups").glob("*.db"):
        damaged.write_bytes(b"not a database any more")
    (tools.home / "stats.db").unlink()
    done = tools("rebuild", "--from", tools.home / "local_stats", "--yes")
    assert done.exit_code == 0, done.stderr
    assert "posts: 4, links: 1, link_requests: 1" in done.stderr
    assert everything_beyond_files(tools) == before
    assert tools.export() == exported
    again = tools("rebuild", "--from", tools.home / "local_stats", "--yes")
    assert again.exit_code == 0, again.stderr
    assert everything_beyond_files(tools)["posts"] == before["posts"]


def test_a_handover_keeps_what_is_there_and_leaves_out_what_is_not(tools: Tools) -> None:
    files = a_session(3)
    lived_in(tools, files)
    before = everything_beyond_files(tools)
    assert tools("backup").exit_code == 0
    (tools.home / "stats.db").unlink()
    (tools.home / "local_stats" / files[1].name).unlink()
    done = tools("rebuild", "--from", tools.home / "local_stats", "--yes")
    assert "1 post left out" in done.stderr
    after = everything_beyond_files(tools)
    assert [row for row in before["posts"] if row[1] != files[1].name] == after["posts"]


def test_a_handover_of_before_has_no_requests_for_a_link(tools: Tools) -> None:
    lived_in(tools, a_session(3))
    assert tools("backup").exit_code == 0
    (handover,) = (tools.home / "backups").glob("*.json")
    told = json.loads(handover.read_text())
    del told["link_requests"]
    handover.write_text(json.dumps(told))
    (tools.home / "stats.db").unlink()
    assert tools("rebuild", "--from", tools.home / "local_stats", "--yes").exit_code == 0
    after = everything_beyond_files(tools)
    assert (len(after["links"]), after["requests"]) == (1, [])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is no handover"),
        ('{"handover": 2}', "newer version"),
        ('{"handover": 1}', "is no handover"),
        ("[1]", "is no handover"),
    ],
)
def test_a_file_that_is_no_handover_changes_nothing(tools: Tools, text: str, words: str) -> None:
    tools.serve(an_r1())
    (tools.home / "odd.json").write_text(text)
    done = tools("rebuild", "--from", tools.server, "--handover", tools.home / "odd.json", "--yes")
    assert (done.exit_code, done.stdout) == (3, "")
    assert words in done.stderr
    assert not (tools.home / "stats.db").exists()


def test_a_bad_file_in_the_folder_ends_with_1(tools: Tools) -> None:
    done = tools("rebuild", "--from", tools.serve(an_r1().sample._replace(data=b"no round\n")), "--yes")
    assert done.exit_code == 1


def test_without_a_database_and_a_folder_there_is_nothing_to_rebuild(tools: Tools) -> None:
    done = tools("rebuild")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "--from" in done.stderr
    assert list(tools.home.iterdir()) == []
