"""The rooms of the cogs: all that is in them is loaded, and only the kit speaks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

from bot.client import COG_ROOMS, cogs
from cogs.kit.buttons import Button, Component, add
from rigs.guild import GuildWorld

ROOT = Path(__file__).resolve().parents[3]
SPEAKS = re.compile(
    r"allowed_mentions|followup|\.send_message\(|edit_original_response|\.edit_message\(|DynamicItem|discord\.ui\.button"
)


def without_setup(room: str) -> list[str]:
    """Modules that would never be loaded."""
    names = {f"{room}.{module.name}" for module in iter_modules(import_module(room).__path__) if not module.ispkg}
    return sorted(names - {module.__name__ for module in cogs(room)})


@pytest.mark.parametrize("room", [room for room in COG_ROOMS if room != "cogs.kit"])
def test_every_module_of_the_cogs_has_a_setup(room: str) -> None:
    assert without_setup(room) == [], "give it a setup, or move it to where it belongs: it is no cog"


def test_a_module_without_setup_would_be_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = tmp_path / "some_room"
    room.mkdir()
    (room / "__init__.py").touch()
    (room / "good.py").write_text("async def setup(bot): ...\n", encoding="utf-8")
    (room / "forgotten.py").write_text("class Cog: ...\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    assert [module.__name__ for module in cogs("some_room")] == ["some_room.good"]
    assert without_setup("some_room") == ["some_room.forgotten"]


def test_the_rooms_are_those_that_there_are() -> None:
    folders = {".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "cogs").glob("*/**/__init__.py")}
    assert set(COG_ROOMS) == folders


def components() -> Iterator[type[Component]]:
    """Every button and menu that the cogs define."""
    kinds = [Component]
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        if kind.begins and kind.__module__.startswith("cogs."):
            yield kind


async def test_every_button_and_menu_is_added_by_its_setup(world: GuildWorld) -> None:
    known = [*world.bot.components.values()]
    assert [kind for kind in components() if kind not in known] == []
    assert len(known) > 20


async def test_two_buttons_cannot_begin_alike(world: GuildWorld) -> None:
    class Mine(Button, begins="weapons"):
        """One too many."""

    with pytest.raises(TypeError, match="'weapons'"):
        await add(world.bot, Mine)


@pytest.mark.parametrize(
    "path",
    [path for path in sorted((ROOT / "cogs").rglob("*.py")) if path.parent.name != "kit"],
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_only_the_kit_speaks_so_that_nobody_is_ever_mentioned(path: Path) -> None:
    assert SPEAKS.findall(path.read_text(encoding="utf-8")) == []
