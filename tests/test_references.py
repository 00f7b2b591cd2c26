"""Whatever code and documents refer to is here: documents, headings, anchors, files, modules."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from bot.domain.game.file.columns import COLUMNS

ROOT = Path(__file__).resolve().parent.parent
OURS = ("bot", "cogs", "tools", "rigs", "tests", "bench")
CODE = sorted(p for top in OURS for kind in ("*.py", "*.sql") for p in (ROOT / top).rglob(kind) if p != Path(__file__))
DOCUMENTS = sorted(p for p in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob(".github/**/*.md")))
BY_NAME = {path.stem: path for path in DOCUMENTS}

# how code cites: docs/dev/FORMAT.md, "Round 2" and "Pairing"; of docs/dev also by the name alone, FORMAT, "Round 2"
# (RELIABILITY and LESSONS are papers that the first code cited, and that are not here)
_SHORT = "|".join(["RELIABILITY", "LESSONS", *(path.stem for path in DOCUMENTS if path.parent.name == "dev")])
_DOCUMENT = rf"(?<![\w./-])((?:[\w.]+/)*[A-Z_]{{4,}}\.md|(?:{_SHORT})(?![\w.-]))"
_CITED = re.compile(_DOCUMENT + r'((?:(?:,| and) "[^"\n]+")*)')
_NUMBERED = re.compile(rf"(?<![\w./-])(?:{_SHORT})(?:\.md)?,? \d[\d.]*")  # headings have names, not numbers
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)|<img src=\"([^\"]+)\"")
_PATH = re.compile(rf"`((?:{'|'.join((*OURS, 'docs'))})/[\w./-]*|[\w/-]+\.(?:py|sql|toml))`")
_SYMBOL = re.compile(r"`([\w/]+\.py)`(?: \(|: )`(\w+)`")
_MODULE = re.compile(r"`?python -m ((?:bot|tools|bench|rigs)(?:\.\w+)*)")
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)


def _named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _unwrapped(text: str) -> str:
    """Without line breaks and comment signs, so that a reference may be broken over lines."""
    return re.sub(r"\s*\n\s*(?:#|--)?\s*", " ", text)


def _headings(path: Path) -> list[str]:
    lines = _FENCE.sub("", _text(path)).splitlines()
    return [re.sub(r"[`*]", "", line.lstrip("#").strip()) for line in lines if re.match(r"#{1,6} ", line)]


def _anchors(path: Path) -> set[str]:
    """As GitHub makes them of headings."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in _headings(path)}


def unresolved(text: str) -> list[str]:
    """References to a document or a heading that is not here."""
    found = ["§"] if "§" in text else []
    found += [match[0] for match in _NUMBERED.finditer(_unwrapped(text))]
    for match in _CITED.finditer(_unwrapped(text)):
        document = BY_NAME.get(Path(match[1]).stem)
        if document is None or (match[1].startswith("docs/") and not (ROOT / match[1]).exists()):
            found.append(match[1])
            continue
        headings = _headings(document)
        found += [f"{match[1]}: {cited}" for cited in re.findall(r'"([^"]+)"', match[2]) if cited not in headings]
    return found


@pytest.mark.parametrize("path", [*CODE, *DOCUMENTS], ids=_named)
def test_what_is_cited_is_here(path: Path) -> None:
    assert unresolved(_text(path)) == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=_named)
def test_links_lead_somewhere(path: Path) -> None:
    broken = []
    for link in (next(filter(None, match.groups())) for match in _LINK.finditer(_FENCE.sub("", _text(path)))):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=_named)
def test_files_and_commands_that_a_document_names_are_here(path: Path) -> None:
    text = _text(path)
    files = [name for name in _PATH.findall(text) if not _places(name)]
    modules = [name for name in _MODULE.findall(text) if not _is_module(name)]
    assert (files, modules) == ([], [])


@pytest.mark.parametrize("path", DOCUMENTS, ids=_named)
def test_what_a_document_says_to_be_in_a_file_is_in_it(path: Path) -> None:
    """Of the form `file.py` (`name`), or `file.py`: `name`."""
    said = _SYMBOL.findall(_unwrapped(_text(path)))
    gone = [(name, word) for name, word in said if not any(word in _text(place) for place in _places(name))]
    assert gone == []


def _places(name: str) -> list[Path]:
    """Where a file may be that a document names, by its path or the end of that."""
    if (ROOT / name).exists():
        return [ROOT / name]
    return [path for path in CODE if str(path).endswith(f"/{name}")]


def _is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").exists() or (path / "__main__.py").exists()


def test_code_cites_documents_at_all() -> None:
    cited = {match[1] for path in CODE for match in _CITED.finditer(_unwrapped(_text(path)))}
    assert {"FORMAT", "POSTING", "ARCHITECTURE"} <= cited


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ('see FORMAT, "Round 2"', []),
        ('# see docs/dev/FORMAT.md, "Round 2"\n#  and "Pairing"', []),
        ('FORMAT, "Round 3"', ["FORMAT: Round 3"]),
        ('POSTING, "States" and "Stats"', ["POSTING: Stats"]),
        ("FORMAT §4.3", ["§"]),
        ("(LESSONS 1)", ["LESSONS 1", "LESSONS"]),
        ("FORMAT 4.4 and 5.3", ["FORMAT 4.4"]),
        ("# FORMAT,\n# 5.3: the syringe's hits", ["FORMAT, 5.3"]),
        ("see docs/NOWHERE.md", ["docs/NOWHERE.md"]),
        ("FORMATS = 1", []),
    ],
)
def test_a_reference_to_nowhere_is_noticed(text: str, wrong: list[str]) -> None:
    assert unresolved(text) == wrong


def test_the_words_of_the_glossary_are_in_order() -> None:
    words = re.findall(r"^\* \*\*(.+?)\*\*", _text(BY_NAME["GLOSSARY"]), re.MULTILINE)
    assert len(words) >= 30
    assert words == sorted(words, key=str.casefold)


def test_the_document_of_the_format_has_the_codes_tab_fields() -> None:
    rows = re.findall(
        r"^\| ([\d, ]+) \| ([\w, ]+) \|[^|]*\| (running|round|peak|derived) \|", _text(BY_NAME["FORMAT"]), re.M
    )
    told = [
        (int(position), name, counting)
        for positions, names, counting in rows
        for position, name in zip(positions.split(", "), names.split(", "), strict=True)
    ]
    assert told == [(column.position, column.name, column.counting.name.lower()) for column in COLUMNS]


def test_the_document_of_the_architecture_has_the_contracts_layers() -> None:
    settings = tomllib.loads(_text(ROOT / "pyproject.toml"))
    river = settings["tool"]["importlinter"]["contracts"][0]
    drawn = re.findall(r"^    (bot\.\S+(?: \| \S+)*|cogs \| tools)", _text(BY_NAME["ARCHITECTURE"]), re.MULTILINE)
    assert drawn == river["layers"]
