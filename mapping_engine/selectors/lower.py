"""Selectors to closures: what the jmespath package would answer, without walking a tree.

Inputs are JSON data. Functions are left to the package's own interpreter.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import Any, TypeAlias

from mapping_engine.selectors.fields import fields_closure
from mapping_engine.selectors.parse import Selector
from mapping_engine.selectors.semantics import ORDERINGS, equal, is_false, ordered
from mapping_engine.selectors.tree import Tree, copied, stages

Lowered: TypeAlias = Callable[[Any], Any]
"""From an event to what the selector finds there; None when it finds nothing."""


def lower(selector: Selector) -> Lowered:
    """A function that finds what ``selector`` selects; may raise ``SelectorError``.

    It cannot be pickled: pickle the selector and lower it again.
    """
    return _lowered(selector.tree)


def _lowered(tree: Tree) -> Lowered:
    parts: list[Lowered] = []
    for is_field, group in groupby(stages(tree), key=lambda stage: stage["type"] == "field"):
        if is_field:
            parts.append(fields_closure(tuple(stage["value"] for stage in group)))
        else:
            parts.extend(_LOWERINGS[stage["type"]](stage) for stage in group)
    return _composed(parts)


def _composed(parts: list[Lowered]) -> Lowered:
    match parts:
        case []:
            return _identity
        case [only]:
            return only
        case [first, second]:
            return lambda value: second(first(value))
    every = tuple(parts)

    def run(value: Any) -> Any:
        for part in every:
            value = part(value)
        return value

    return run


def _identity(value: Any) -> Any:
    return value


def _index(tree: Tree) -> Lowered:
    position: int = tree["value"]
    needed = position + 1 if position >= 0 else -position

    def run(value: Any) -> Any:
        if isinstance(value, list) and len(value) >= needed:
            return value[position]
        return None

    return run


def _slice(tree: Tree) -> Lowered:
    bounds = slice(*tree["children"])
    return lambda value: value[bounds] if isinstance(value, list) else None


def _flatten(tree: Tree) -> Lowered:
    base = _lowered(tree["children"][0])

    def run(value: Any) -> Any:
        found = base(value)
        if not isinstance(found, list):
            return None
        merged: list[Any] = []
        for element in found:
            if isinstance(element, list):
                merged.extend(element)
            else:
                merged.append(element)
        return merged

    return run


def _projection(tree: Tree) -> Lowered:
    base, each = map(_lowered, tree["children"])

    def run(value: Any) -> Any:
        found = base(value)
        if not isinstance(found, list):
            return None
        return [kept for element in found if (kept := each(element)) is not None]

    return run


def _value_projection(tree: Tree) -> Lowered:
    base, each = map(_lowered, tree["children"])

    def run(value: Any) -> Any:
        found = base(value)
        try:
            values = found.values()
        except AttributeError:
            return None
        return [kept for element in values if (kept := each(element)) is not None]

    return run


def _filter_projection(tree: Tree) -> Lowered:
    base, each, condition = map(_lowered, tree["children"])

    def run(value: Any) -> Any:
        found = base(value)
        if not isinstance(found, list):
            return None
        return [
            kept
            for element in found
            if not is_false(condition(element)) and (kept := each(element)) is not None
        ]

    return run


def _comparator(tree: Tree) -> Lowered:
    left, right = map(_operand, tree["children"])
    operator: str = tree["value"]
    if operator == "eq":
        return lambda value: equal(left(value), right(value))
    if operator == "ne":
        return lambda value: not equal(left(value), right(value))
    symbol, compare = ORDERINGS[operator]
    return lambda value: ordered(symbol, compare, left(value), right(value))


def _operand(tree: Tree) -> Lowered:
    """Compared literals are never handed out, so they need no copies."""
    if tree["type"] != "literal":
        return _lowered(tree)
    constant = tree["value"]
    return lambda value: constant


def _or(tree: Tree) -> Lowered:
    left, right = map(_lowered, tree["children"])

    def run(value: Any) -> Any:
        found = left(value)
        return right(value) if is_false(found) else found

    return run


def _and(tree: Tree) -> Lowered:
    left, right = map(_lowered, tree["children"])

    def run(value: Any) -> Any:
        found = left(value)
        return found if is_false(found) else right(value)

    return run


def _not(tree: Tree) -> Lowered:
    operand = _lowered(tree["children"][0])

    def run(value: Any) -> Any:
        found = operand(value)
        return not found and (isinstance(found, bool) or found != 0)

    return run


def _literal(tree: Tree) -> Lowered:
    constant = tree["value"]
    if isinstance(constant, dict | list):
        return lambda value: copied(constant)
    return lambda value: constant


def _multi_select_list(tree: Tree) -> Lowered:
    parts = tuple(map(_lowered, tree["children"]))
    return lambda value: None if value is None else [part(value) for part in parts]


def _multi_select_dict(tree: Tree) -> Lowered:
    parts = tuple((pair["value"], _lowered(pair)) for pair in tree["children"])
    return lambda value: None if value is None else {key: part(value) for key, part in parts}


def _function(tree: Tree) -> Lowered:
    from mapping_engine.selectors.interpret import interpreted  # for start-up time: it needs more

    return interpreted(tree)


_LOWERINGS: dict[str, Callable[[Tree], Lowered]] = {
    "index": _index,
    "slice": _slice,
    "flatten": _flatten,
    "projection": _projection,
    "value_projection": _value_projection,
    "filter_projection": _filter_projection,
    "comparator": _comparator,
    "or_expression": _or,
    "and_expression": _and,
    "not_expression": _not,
    "literal": _literal,
    "multi_select_list": _multi_select_list,
    "multi_select_dict": _multi_select_dict,
    "function_expression": _function,
}
