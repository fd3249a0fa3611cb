"""What a selector reads, known before any event is seen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

from mapping_engine.selectors.parse import Selector
from mapping_engine.selectors.tree import Tree, stages

Fields: TypeAlias = tuple[str, ...]
ELEMENT = "[]"

_PROJECTIONS = frozenset({"projection", "filter_projection"})


class _Path(NamedTuple):
    """Fields from the root; ``ended`` once a step was taken that is no field."""

    fields: Fields
    ended: bool


_Paths: TypeAlias = frozenset[_Path]
_NONE: _Paths = frozenset()


class _Reading(NamedTuple):
    """The paths a value may come from, and the paths read on the way to it."""

    value: _Paths
    read: _Paths = _NONE

    @property
    def all(self) -> _Paths:
        return self.value | self.read


class _Listed(NamedTuple):
    """A vocabulary path, and in how many lists the values at its end are collected."""

    path: Fields
    lists: int = 0


def steps(selector: Selector) -> tuple[str | int, ...] | None:
    """The fields and indexes of a pure path, in order; None for any other selector."""
    parts = stages(selector.tree)
    if any(part["type"] not in ("field", "index") for part in parts):
        return None
    return tuple(part["value"] for part in parts)


def prefixes(selector: Selector) -> frozenset[Fields]:
    """Every field path from the root that is read, cut before the first other step.

    The empty path means that the root is read as a whole, as ``@`` and ``keys(@)`` do.
    """
    root = frozenset({_Path((), ended=False)})
    return frozenset(path.fields for path in _read(selector.tree, root).all)


def vocabulary_path(selector: Selector) -> Fields | None:
    """The place of a path in the vocabulary of a source, with ``[]`` for "any element".

    None when the selector is more than fields, indexes, slices, filters and projections of lists.
    """
    found = _located(selector.tree, _Listed(()))
    return found.path if found else None


def projections(selector: Selector) -> int:
    """In how many lists the values at the end of a vocabulary path are collected."""
    found = _located(selector.tree, _Listed(()))
    return found.lists if found else 0


def _read(tree: Tree, current: _Paths) -> _Reading:
    reading = _Reading(current)
    for stage in stages(tree):
        value, read = _read_stage(stage, reading.value)
        reading = _Reading(value, reading.read | read)
    return reading


def _read_stage(tree: Tree, current: _Paths) -> _Reading:
    kind, children = tree["type"], tree["children"]
    match kind:
        case "field":
            reading = _Reading(frozenset(_below(path, tree["value"]) for path in current))
        case "index" | "slice":
            reading = _Reading(_ended(current))
        case "flatten":
            value, read = _read(children[0], current)
            reading = _Reading(_ended(value), read)
        case "projection" | "value_projection" | "filter_projection":
            reading = _read_projection(children, current)
        case "or_expression" | "and_expression":
            reading = _read_choice(children, current)
        case "multi_select_list" | "multi_select_dict":
            read = _read_parts(children, current)
            reading = _Reading(_NONE, read or frozenset(path for path in current if path.fields))
        case _:
            reading = _Reading(_NONE, _read_parts(children, current))
    return reading


def _read_projection(children: list[Tree], current: _Paths) -> _Reading:
    """A condition, and what is taken of each element, read nothing beyond the elements."""
    base, read = _read(children[0], current)
    elements = _ended(base)
    return _Reading(_read(children[1], elements).value, read | elements)


def _read_choice(children: list[Tree], current: _Paths) -> _Reading:
    left, right = (_read(child, current) for child in children)
    return _Reading(left.value | right.value, left.all | right.read)


def _read_parts(children: list[Tree], current: _Paths) -> _Paths:
    """What goes into a new value: a comparison, the result of a call, a multi-select.

    An expression reference is applied to elements of another argument, which is read anyway.
    """
    parts = (child for child in children if child["type"] != "expref")
    return _NONE.union(*(_read(part, current).all for part in parts))


def _below(path: _Path, name: str) -> _Path:
    return path if path.ended else _Path((*path.fields, name), ended=False)


def _ended(paths: Iterable[_Path]) -> _Paths:
    return frozenset(_Path(path.fields, ended=True) for path in paths)


def _located(tree: Tree, place: _Listed) -> _Listed | None:
    for stage in stages(tree):
        found = _located_stage(stage, place)
        if found is None:
            return None
        place = found
    return place


def _located_stage(tree: Tree, place: _Listed) -> _Listed | None:
    kind = tree["type"]
    if kind == "field":
        return None if place.lists else _Listed((*place.path, tree["value"]))
    if kind == "index":
        return _element(place)
    if kind == "slice":
        return place if place.lists else _Listed((*place.path, ELEMENT), 1)
    if kind == "flatten":
        base = _located(tree["children"][0], place)
        return base and _flattened(base)
    return _projected(tree, place) if kind in _PROJECTIONS else None


def _element(place: _Listed) -> _Listed:
    if place.lists:
        return _Listed(place.path, place.lists - 1)
    return _Listed((*place.path, ELEMENT))


def _flattened(place: _Listed) -> _Listed:
    if place.lists > 1:
        return _Listed(place.path, place.lists - 1)
    return _Listed((*place.path, ELEMENT), 1)


def _projected(tree: Tree, place: _Listed) -> _Listed | None:
    base = _located(tree["children"][0], place)
    each = base and _located(tree["children"][1], _element(base))
    return each and _Listed(each.path, each.lists + 1)
