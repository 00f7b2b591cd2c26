"""What Discord's own description, and our table of its limits, say against a request body.

The description is the file `discord/openapi.json` of a folder `shared` beside the project. It is not part of the
project: without it `document()` is None, `schema_errors` finds nothing, and tests that need it skip with `MISSING`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from jsonschema.validators import extend
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

DOCUMENT = Path(__file__).parents[1].parent / "shared" / "discord" / "openapi.json"
MISSING = "Discord's openapi.json is not there (shared/discord beside the project)"
_URI = "urn:discord:openapi"

Unit = Literal["characters", "items"]
LIMITS: list[tuple[str, int, Unit]] = [
    ("content", 2_000, "characters"),
    ("nonce", 25, "characters"),
    ("embeds", 10, "items"),
    ("embeds[].title", 256, "characters"),
    ("embeds[].description", 4_096, "characters"),
    ("embeds[].fields", 25, "items"),
    ("embeds[].fields[].name", 256, "characters"),
    ("embeds[].fields[].value", 1_024, "characters"),
    ("embeds[].footer.text", 2_048, "characters"),
    ("embeds[].author.name", 256, "characters"),
    ("components", 5, "items"),
    ("components[].components", 5, "items"),
    ("components[].components[].custom_id", 100, "characters"),
    ("components[].components[].label", 80, "characters"),
    ("components[].components[].options", 25, "items"),
    ("components[].components[].options[].label", 100, "characters"),
    ("components[].components[].options[].value", 100, "characters"),
    ("attachments", 10, "items"),
    ("attachments[].description", 1_024, "characters"),
    ("choices", 25, "items"),
    ("choices[].name", 100, "characters"),
    ("choices[].value", 100, "characters"),
]
COMMAND_OR_OPTION: list[tuple[str, int, Unit]] = [
    ("name", 32, "characters"),
    ("description", 100, "characters"),
    ("options", 25, "items"),
    ("choices", 25, "items"),
    ("choices[].name", 100, "characters"),
    ("choices[].value", 100, "characters"),
]
COMMAND_LIMITS = [
    (depth * "options[]." + path, largest, unit) for depth in range(4) for path, largest, unit in COMMAND_OR_OPTION
]
COMMANDS = 100
EMBED_CHARACTERS = 6_000
EMBED_TEXTS = ("title", "description", "fields[].name", "fields[].value", "footer.text", "author.name")
NEVER_EMPTY = ("embeds[].fields[].name", "embeds[].fields[].value")
DEFERRED, DEFERRED_UPDATE, CHOICES, MODAL = 5, 6, 8, 9
COMPONENTS_V2 = 1 << 15


def limits(body: Any) -> list[str]:
    """Every limit that is broken by a message, an interaction callback or a list of commands."""
    if isinstance(body, list):
        found = [f"{len(body)} commands, {COMMANDS} allowed"] if len(body) > COMMANDS else []
        return found + [f"/{command['name']} {line}" for command in body for line in _too_long(command, COMMAND_LIMITS)]
    if set(body) <= {"type", "data"} and "type" in body:
        data = body.get("data") or {}
        silent = body["type"] in (DEFERRED, DEFERRED_UPDATE, CHOICES, MODAL)
        return _too_long(data, LIMITS) if silent else limits(data)
    return [*_too_long(body, LIMITS), *_embeds(body), *_components(body), *_mentions(body)]


def schema_errors(method: str, path: str, body: Any) -> list[str] | None:
    """What Discord's description says against the JSON body; None when there is no description to ask.

    Raises LookupError when the description has no such request.
    """
    if document() is None:
        return None
    error = best_match(_validator(_pointer(method, path)).iter_errors(body))
    return [] if error is None else [f"{error.json_path}: {error.message[:300]}"]


def violations(method: str, path: str, body: Any) -> list[str]:
    """Both together, for whatever body there is; each line names the request."""
    if body is None or method == "GET":
        return []
    found = limits(body) + (schema_errors(method, path, body) or [])
    return [f"{method} {path}: {line}" for line in found]


@cache
def document() -> Mapping[str, Any] | None:
    """The parsed description, or None."""
    if not DOCUMENT.is_file():
        return None
    parsed: Mapping[str, Any] = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    return parsed


@cache
def _pointer(method: str, path: str) -> str:
    """The JSON pointer of the request's schema; of several paths the one with the fewest parameters."""
    known = document() or {}
    fitting = [
        template
        for template, operations in known["paths"].items()
        if method.lower() in operations and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path)
    ]
    if not fitting:
        raise LookupError(f"{method} {path} is not described")
    template = min(fitting, key=lambda text: text.count("{"))
    escaped = template.replace("~", "~0").replace("/", "~1")
    return f"/paths/{escaped}/{method.lower()}/requestBody/content/application~1json/schema"


@cache
def _validator(pointer: str) -> Draft202012Validator:
    resource: Resource[Any] = Resource.from_contents(document() or {}, default_specification=DRAFT202012)
    registry: Registry[Any] = Registry().with_resource(_URI, resource)
    validator: Draft202012Validator = _Lenient({"$ref": f"{_URI}#{quote(pointer)}"}, registry=registry)
    return validator


def _type(validator: Any, types: Any, instance: Any, schema: Mapping[str, Any]) -> Iterator[Any]:
    # discord.py sends ids as numbers in a few places, and Discord takes them
    if schema.get("format") != "snowflake" or not isinstance(instance, int):
        yield from Draft202012Validator.VALIDATORS["type"](validator, types, instance, schema)


_Lenient = extend(Draft202012Validator, {"type": _type})  # type: ignore[no-untyped-call]


def _walk(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every value at a path such as `embeds[].fields[].name`, with its true place."""
    head, _, rest = path.partition(".")
    key = head.removesuffix("[]")
    inner = value.get(key) if isinstance(value, Mapping) else None
    if inner is None:
        return
    for place, item in [(f"{key}[{n}]", item) for n, item in enumerate(inner)] if head != key else [(key, inner)]:
        if not rest:
            yield place, item
        else:
            yield from ((f"{place}.{deeper}", found) for deeper, found in _walk(item, rest))


def _too_long(body: Any, table: Sequence[tuple[str, int, Unit]]) -> list[str]:
    newer = bool((body.get("flags") or 0) & COMPONENTS_V2)
    return [
        f"{place}: {len(value)} {unit}, {largest} allowed"
        for path, largest, unit in table
        if not (newer and path.startswith("components"))
        for place, value in _walk(body, path)
        if isinstance(value, str | list) and len(value) > largest
    ]


def _embeds(body: Any) -> list[str]:
    total = sum(
        len(text) for embed in body.get("embeds") or [] for path in EMBED_TEXTS for _, text in _walk(embed, path)
    )
    found = [f"embeds: {total} characters in sum, {EMBED_CHARACTERS} allowed"] if total > EMBED_CHARACTERS else []
    return found + [f"{place}: empty" for path in NEVER_EMPTY for place, text in _walk(body, path) if not text.strip()]


def _components(body: Any) -> list[str]:
    ids = [custom_id for _, custom_id in _walk(body, "components[].components[].custom_id")]
    return [f"components: custom_id {name!r} twice" for name in sorted({name for name in ids if ids.count(name) > 1})]


def _mentions(body: Any) -> list[str]:
    allowed = body.get("allowed_mentions")
    if allowed is None:
        return ["allowed_mentions: absent, so that everything may be mentioned"]
    awake = sorted(key for key, value in allowed.items() if value)
    return [f"allowed_mentions: {', '.join(awake)} may be mentioned"] if awake else []
