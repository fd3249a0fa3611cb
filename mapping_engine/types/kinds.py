"""The kinds of JSON value, and what counts as missing."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite
from typing import Any, TypeAlias

from mapping_engine.frozen import Frozen

Json: TypeAlias = Any
"""A JSON value: str, int, float, bool, None, list or dict with str keys. `Any`, since who reads one
knows what it is only at run time."""

NAMES = ("text", "number", "boolean", "list", "object")


class Kinds(Frozen):
    """A set of kinds of JSON value; printed as ``text or number``."""

    names: frozenset[str]

    def __str__(self) -> str:
        if self == ANY:
            return "any"
        return " or ".join(name for name in NAMES if name in self.names) or "nothing"

    def __or__(self, other: Kinds) -> Kinds:
        return Kinds(self.names | other.names)

    def __and__(self, other: Kinds) -> Kinds:
        return Kinds(self.names & other.names)

    def __contains__(self, kind: str) -> bool:
        return kind in self.names

    def __bool__(self) -> bool:
        return bool(self.names)


def kinds(names: Iterable[str]) -> Kinds:
    """The set of these kinds; each must be one of :data:`NAMES`."""
    chosen = frozenset(names)
    unknown = chosen - frozenset(NAMES)
    if unknown:
        raise ValueError(f"no such kind: {sorted(unknown)}")
    return Kinds(chosen)


TEXT = kinds(["text"])
NUMBER = kinds(["number"])
BOOLEAN = kinds(["boolean"])
LIST = kinds(["list"])
OBJECT = kinds(["object"])
NOTHING = kinds([])
ANY = kinds(NAMES)

_KIND_OF: dict[type, str] = {
    str: "text",
    bool: "boolean",
    int: "number",
    float: "number",
    list: "list",
    dict: "object",
}


def kind_of(value: object) -> str:
    """The kind of a JSON value; ``nothing`` for null, NaN, infinities and what is not JSON."""
    if type(value) is float and not isfinite(value):
        return "nothing"
    return _KIND_OF.get(type(value), "nothing")


def is_missing(value: object) -> bool:
    """The one rule of absence: null, blank text, an empty list or object.

    ``0`` and ``false`` are values.
    """
    if value is None:
        return True
    if type(value) is str:
        return not value or value.isspace()
    return (type(value) is list or type(value) is dict) and not value
