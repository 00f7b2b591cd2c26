"""Shapes of JSON values: each is asked about a value and says what is wrong with it, and where."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Shape = Callable[[Any, str], Iterator[str]]
"""A value and its place, such as `embeds[0].title` → a line for each thing that is wrong."""


def text(most: int, *, least: int = 0, pattern: str = "") -> Shape:
    """A string of so many characters; `pattern`, where there is one, fits the whole of it."""

    def shape(value: Any, place: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield f"{place}: {type(value).__name__}, text is wanted"
        elif len(value) > most:
            yield f"{place}: {len(value)} characters, {most} allowed"
        elif least and not value.strip():
            yield f"{place}: empty"
        elif pattern and not re.fullmatch(pattern, value):
            yield f"{place}: {value!r} is not written as it has to be"

    return shape


def whole(least: int, most: int) -> Shape:
    """A whole number within these bounds."""

    def shape(value: Any, place: str) -> Iterator[str]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield f"{place}: {type(value).__name__}, a whole number is wanted"
        elif not least <= value <= most:
            yield f"{place}: {value}, {least} to {most} allowed"

    return shape


def number(value: Any, place: str) -> Iterator[str]:
    """A number that a double holds without loss."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        yield f"{place}: {type(value).__name__}, a number is wanted"
    elif abs(value) > 2**53:
        yield f"{place}: {value} is beyond 2^53"


def flag(value: Any, place: str) -> Iterator[str]:
    """True or false."""
    if not isinstance(value, bool):
        yield f"{place}: {type(value).__name__}, true or false is wanted"


def snowflake(value: Any, place: str) -> Iterator[str]:
    """An id: Discord writes them as strings, and takes numbers as well."""
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,20}", str(value)):
        yield f"{place}: {value!r} is no id"


def one_of(*allowed: Any) -> Shape:
    """One of these constants."""

    def shape(value: Any, place: str) -> Iterator[str]:
        if isinstance(value, bool) or value not in allowed:
            yield f"{place}: {value!r}, one of {', '.join(map(str, allowed))} is wanted"

    return shape


def bits(allowed: int) -> Shape:
    """Flags in one number, none but these."""

    def shape(value: Any, place: str) -> Iterator[str]:
        if not isinstance(value, int) or isinstance(value, bool) or value & ~allowed:
            yield f"{place}: {value!r}, only the bits of {allowed} are allowed"

    return shape


def either(first: Shape, second: Shape) -> Shape:
    """Whatever fits one of the two; else what the second says."""

    def shape(value: Any, place: str) -> Iterator[str]:
        if any(first(value, place)):
            yield from second(value, place)

    return shape


def items(of: Shape, most: int, *, least: int = 0) -> Shape:
    """A list of so many values."""

    def shape(value: Any, place: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"{place}: {type(value).__name__}, a list is wanted"
            return
        if len(value) > most:
            yield f"{place}: {len(value)} items, {most} allowed"
        elif len(value) < least:
            yield f"{place}: {len(value)} items, {least} needed"
        for at, item in enumerate(value):
            yield from of(item, f"{place}[{at}]")

    return shape


def fields(needed: Mapping[str, Shape] | None = None, /, **known: Shape) -> Shape:
    """An object with all that is `needed`, and nothing that is not known; what is not needed may be null."""
    wanted = needed or {}

    def shape(value: Any, place: str) -> Iterator[str]:
        if not isinstance(value, Mapping):
            yield f"{place or 'body'}: {type(value).__name__}, an object is wanted"
            return
        at = f"{place}." if place else ""
        for name in wanted:
            if value.get(name) is None:
                yield f"{at}{name}: missing"
        for name, inner in value.items():
            if name not in wanted and name not in known:
                yield f"{at}{name}: no such field"
            elif inner is not None:
                yield from (wanted.get(name) or known[name])(inner, f"{at}{name}")

    return shape


def by_type(shapes: Mapping[int, Shape]) -> Shape:
    """An object whose `type` says which of these it is."""

    def shape(value: Any, place: str) -> Iterator[str]:
        kind = value.get("type") if isinstance(value, Mapping) else None
        fitting = shapes.get(kind) if isinstance(kind, int) else None
        if fitting is None:
            yield f"{place}.type: {kind!r}, one of {', '.join(map(str, shapes))} is wanted"
        else:
            yield from fitting(value, place)

    return shape


def twice(values: list[Any], place: str, what: str) -> Iterator[str]:
    """A line for each value that is there more than once."""
    for value in dict.fromkeys(value for value in values if values.count(value) > 1):
        yield f"{place}: {what} {value!r} twice"
