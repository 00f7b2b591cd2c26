"""What Discord's own machine-readable description says against a request body: a check beside `rigs.discord_rules`.

The description is the file `discord/openapi.json` of a folder `shared` beside the project. It is not part of the
project: without it `document()` is None, `schema_errors` finds nothing, and tests that need it skip with `MISSING`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from jsonschema.validators import extend
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

DOCUMENT = Path(__file__).parents[2].parent / "shared" / "discord" / "openapi.json"
MISSING = "Discord's openapi.json is not there (shared/discord beside the project)"
_URI = "urn:discord:openapi"


def schema_errors(method: str, path: str, body: Any) -> list[str] | None:
    """What Discord's description says against the JSON body; None when there is no description to ask.

    Raises LookupError when the description has no such request.
    """
    if document() is None:
        return None
    error = best_match(_validator(_pointer(method, path)).iter_errors(body))
    return [] if error is None else [f"{error.json_path}: {error.message[:300]}"]


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
