"""`local_stats/` holds round files whole or not at all, and nothing is ever written beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.game.file.files import NotARound, RoundName, round_name
from bot.errors import StatsBotError
from bot.ingest.mirror import Mirror
from rigs.builders import an_r1, an_r2

R1 = an_r1()
HOSTILE = [
    "../evil.txt", "/etc/evil", "a/b", "..\\evil", "x\0y", "x\ny", "x" * 300, "CON", "nul.txt", "a:b", "", ".", "..",
    f"../{R1.name}", f"{R1.name}.", f"{R1.name} ", f"{R1.name}\n", R1.name.upper(), f"sub/{R1.name}",
    "2026-03-01-210000-../../x-round-1.txt", "2026-03-01-210000-a\u202eb-round-1.txt",
    "２026-03-01-210000-a-round-1.txt",
    "2026-03-01-210000-" + "m" * 65 + "-round-1.txt", "2026-03-01-210000-C:x-round-1.txt",
]  # fmt: skip
names = st.one_of(
    st.text(max_size=60),
    st.builds(
        "{}-{}-round-{}.txt".format,
        st.sampled_from(["2026-03-01-210000", "0000-00-00-000000", "2026-03-01-21"]),
        st.text(alphabet="ab/\\.:_-+ \0\n~%$CONnul", max_size=30),
        st.sampled_from("123"),
    ),
)


@pytest.fixture
def mirror(tmp_path: Path) -> Mirror:
    mirror = Mirror(tmp_path / "deep" / "local_stats")
    mirror.prepare()
    return mirror


def test_a_file_is_kept_with_the_servers_time(mirror: Mirror) -> None:
    mirror.write(R1.round_name, R1.data, 1_700_000_000)
    assert mirror.read(R1.round_name) == R1.data
    assert mirror.look(R1.round_name) == (len(R1.data), 1_700_000_000)
    assert [*mirror.files()] == [(R1.round_name, (len(R1.data), 1_700_000_000))]


def test_a_file_that_is_kept_again_is_replaced(mirror: Mirror) -> None:
    mirror.write(R1.round_name, b"old", 1)
    mirror.write(R1.round_name, b"new", None)
    assert mirror.read(R1.round_name) == b"new"
    assert [path.name for path in mirror.folder.iterdir()] == [R1.name]


def test_what_an_interrupted_download_left_is_swept_away_and_nothing_else(mirror: Mirror) -> None:
    (mirror.folder / f"{R1.name}.part").write_bytes(b"half")
    (mirror.folder / "notes.txt").write_bytes(b"mine")
    (mirror.folder / "film.part").write_bytes(b"mine too")
    mirror.write(an_r2(R1).round_name, b"whole", 1)
    mirror.prepare()
    assert sorted(path.name for path in mirror.folder.iterdir()) == sorted([an_r2(R1).name, "film.part", "notes.txt"])


def test_a_file_that_is_not_there_has_no_size(mirror: Mirror) -> None:
    assert mirror.look(R1.round_name) is None


def test_a_folder_that_cannot_be_made_is_named_with_its_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StatsBotError, match="LOCAL_STATS_DIR"):
        Mirror(tmp_path / "file" / "local_stats").prepare()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_none_of_the_grammar_and_the_mirror_takes_no_other(name: str) -> None:
    assert isinstance(round_name(name), NotARound)


@settings(max_examples=300, deadline=None)
@given(name=names)
def test_no_name_whatsoever_writes_outside_the_folder(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    mirror = Mirror(tmp_path_factory.getbasetemp() / "fence" / "local_stats")
    mirror.prepare()
    parsed = round_name(name)
    if isinstance(parsed, RoundName):
        mirror.write(parsed, b"x", 1)
        assert _everything(mirror) == [mirror.folder / name]
        (mirror.folder / name).unlink()
    assert [path.name for path in mirror.folder.parent.iterdir()] == ["local_stats"]


def test_a_write_that_fails_leaves_no_part(mirror: Mirror) -> None:
    (mirror.folder / R1.name).mkdir()
    with pytest.raises(OSError, match="directory"):
        mirror.write(R1.round_name, R1.data, 1)
    assert [path.name for path in mirror.folder.iterdir()] == [R1.name]


class BusyPath(type(Path())):  # type: ignore[misc]
    """Windows while a virus scanner holds the target: the first renames fail."""

    busy = 0
    code = 32

    def replace(self, target: Path) -> Path:
        if BusyPath.busy:
            BusyPath.busy -= 1
            error = PermissionError(13, "used by another process")
            error.winerror = BusyPath.code  # type: ignore[attr-defined]
            raise error
        return Path(self).replace(target)


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[Mirror]:
    mirror = Mirror(BusyPath(tmp_path / "local_stats"))
    mirror.prepare()
    yield mirror
    BusyPath.busy, BusyPath.code = 0, 32


@pytest.mark.parametrize("code", [5, 32, 33])
def test_a_target_that_is_busy_for_a_moment_is_waited_for(busy: Mirror, code: int) -> None:
    BusyPath.busy, BusyPath.code = 3, code
    busy.write(R1.round_name, R1.data, 1)
    assert busy.read(R1.round_name) == R1.data


def test_a_target_that_stays_busy_is_an_error_and_no_part_is_left(busy: Mirror) -> None:
    BusyPath.busy = 1000
    with pytest.raises(PermissionError):
        busy.write(R1.round_name, R1.data, 1)
    assert list(busy.folder.iterdir()) == []


def test_a_permission_that_is_missing_for_good_is_not_waited_for(busy: Mirror) -> None:
    BusyPath.busy, BusyPath.code = 2, 1314
    with pytest.raises(PermissionError):
        busy.write(R1.round_name, R1.data, 1)
    assert BusyPath.busy == 1


def _everything(mirror: Mirror) -> list[Path]:
    return [path for path in mirror.folder.parent.rglob("*") if path.is_file()]
