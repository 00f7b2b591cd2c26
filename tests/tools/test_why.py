"""`tools.why`: where one file stands, layer by layer."""

from __future__ import annotations

from rigs.builders import an_r1, an_r2
from tests.tools.conftest import Tools

R1 = an_r1()
R2 = an_r2(R1)


def test_an_imported_file_has_a_story_of_every_layer(tools: Tools) -> None:
    tools.fill(R1, R2)
    before = tools.trace()
    done = tools("why", R2.name)
    assert done.exit_code == 0
    for words in (
        "memory",
        "local_stats",
        "processed_files",
        "round 2 was made from it",
        f"its round 1 is {R1.name}",
        "(as a restart loads it) settled: imported",
        "when listed      nothing to do (processed_files: imported)",
    ):
        assert words in done.stdout
    assert tools.trace() == before


def test_a_rejected_file_shows_its_reason(tools: Tools) -> None:
    tools.fill(R1.sample._replace(data=b"no round\n"))
    assert "rejected: line 1" in tools("why", R1.name).stdout


def test_a_path_is_taken_for_its_name(tools: Tools) -> None:
    tools.fill(R1)
    for path in (f"local_stats/{R1.name}", f"C:\\stats\\{R1.name}"):
        assert tools("why", path).exit_code == 0


def test_a_file_never_seen_ends_with_1(tools: Tools) -> None:
    tools.fill(R1)
    for name in (R2.name, "../../etc/passwd", "no\x1b[31mround"):
        done = tools("why", name)
        assert done.exit_code == 1
        assert "no row" in done.stdout


def test_without_a_database_it_ends_with_3(tools: Tools) -> None:
    assert tools("why", R1.name).exit_code == 3
