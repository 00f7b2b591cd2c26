"""Each sentence that TROUBLESHOOTING quotes is one that the program can say."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
_QUOTED = re.compile(r'^\| "(.+?)" \|', re.MULTILINE)
_FIELD = re.compile(r"\{[^{}]*\}")


def quoted() -> list[str]:
    return _QUOTED.findall((ROOT / "docs" / "TROUBLESHOOTING.md").read_text(encoding="utf-8"))


@cache
def sentences() -> tuple[str, ...]:
    """Every text in the code, `…` in place of what is filled in."""
    trees = (
        ast.parse(path.read_text(encoding="utf-8"))
        for top in ("bot", "cogs", "tools")
        for path in ROOT.glob(f"{top}/**/*.py")
    )
    return tuple(text for tree in trees for node in ast.walk(tree) if (text := _text(node)))


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) if isinstance(part, ast.Constant) else "…" for part in node.values)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.sub(r"%(?:\.\d)?[sdf]", "…", _FIELD.sub("…", node.value))
    return ""


def is_said(sentence: str) -> bool:
    """Some text of the code has all its parts, in this order."""
    parts = [re.escape(part) for part in sentence.split("…") if part.strip()]
    pattern = re.compile(".*".join(parts), re.DOTALL)
    return any(pattern.search(text) for text in sentences())


def test_the_document_quotes_sentences() -> None:
    assert len(quoted()) >= 40


@pytest.mark.parametrize("sentence", quoted())
def test_what_it_quotes_can_be_said(sentence: str) -> None:
    assert is_said(sentence)


def test_a_sentence_that_nobody_says_is_noticed() -> None:
    assert not is_said("the game server has gone fishing: …")
    assert not is_said("stop it first … is in use by")
