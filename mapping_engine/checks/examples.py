"""Events that show what a condition means: made from what it claims, where that can be done."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from mapping_engine.checks.atoms import Claims, Conjunction, claims
from mapping_engine.checks.logic import Conditions
from mapping_engine.core.model import Model
from mapping_engine.expression import Call, Chain, Expression, Pipeline, Reference, Select
from mapping_engine.file.values import ValueBlock
from mapping_engine.selectors import lower, steps
from mapping_engine.transforms import REGISTRY
from mapping_engine.types.kinds import is_missing, kind_of
from mapping_engine.types.type import Type

_SAMPLES: dict[str, Any] = {
    "text": "x",
    "number": 1,
    "boolean": True,
    "list": ["x"],
    "object": {"x": 1},
}
_SPELLING = frozenset({"lower", "upper", "trim", "text"})
_DEEPEST = 8


class NoExample(Exception):
    """There is no simple event for these claims."""


def event_for(conjunction: Conjunction, conditions: Conditions, model: Model) -> str | None:
    """An event, as JSON, of which all these claims are true; None where none is found.

    Values are those the rules name, or plain samples: never data of a person.
    """
    event: dict[str, Any] = {}
    known = conditions.subjects
    try:
        said = claims(conjunction, known)
        for name, each in said.items():
            if each.present or each.truth:
                _write(event, known.nodes[name], _value(each, known.types[name]), model, 0)
        read = ((each, _read(known.nodes[name], event, model)) for name, each in said.items())
        if not all(each.allows(value) for each, value in read):
            return None
    except (NoExample, KeyError):
        return None
    return json.dumps(event, ensure_ascii=False)


def _read(node: Expression, event: dict[str, Any], model: Model) -> Any:
    """What ``node`` yields for the event; NoExample where that takes more than a look."""
    match node:
        case Select():
            found = lower(node.selector)(event)
        case Chain():
            found = _first(node.arms, event, model)
        case Reference() if node.tail is None and node.name in model.definitions:
            found = _first(_plain_sources(model.definitions[node.name]), event, model)
        case Pipeline():
            found = _converted(_read(node.source, event, model), node.steps)
        case Call() if len(node.arguments) == 1:
            found = _converted(_read(node.arguments[0], event, model), (node,))
        case _:
            raise NoExample
    return None if is_missing(found) else found


def _first(arms: Iterable[Expression], event: dict[str, Any], model: Model) -> Any:
    values = (_read(arm, event, model) for arm in arms)
    return next((value for value in values if value is not None), None)


def _plain_sources(block: ValueBlock) -> list[Expression]:
    """The alternatives of a definition that does nothing but choose."""
    arms = block.first_of or ()
    changed = (block.when, block.each, block.as_, block.then, block.default, block.one_of)
    found = [arm.value for arm in arms] if arms else [block.value]
    plain = [node for node in found if node is not None]
    if any(changed) or any(arm.when or arm.as_ for arm in arms) or len(plain) < len(found):
        raise NoExample
    return plain


def _converted(value: Any, steps_: tuple[Call, ...]) -> Any:
    for step in steps_:
        if step.name not in _SPELLING:
            raise NoExample
        fits = value is not None and kind_of(value) in REGISTRY[step.name].accepts
        value = REGISTRY[step.name].function(value) if fits else None
    return value


def _value(found: Claims, type: Type) -> Any:
    if found.allowed is not None:
        left = sorted(value for value in found.allowed if value not in found.refused)
        if not left:
            raise NoExample
        return json.loads(left[0])
    if found.number:
        (low, _), (high, _) = found.low, found.high
        return int(low) + 1 if low > float("-inf") else int(high) - 1
    kinds = sorted(found.kinds) or [k for k in _SAMPLES if k in type.kinds and k != "object"]
    left = [kind for kind in kinds if kind not in found.excluded] or ["object"]
    sample = _SAMPLES[left[0]]
    if json.dumps(sample) in found.refused:
        raise NoExample
    return sample


def _write(event: dict[str, Any], node: Expression, value: Any, model: Model, depth: int) -> None:
    """Make ``node`` yield ``value`` by writing into the event."""
    if depth > _DEEPEST:
        raise NoExample
    match node:
        case Select():
            path = steps(node.selector)
            if path is None:
                raise NoExample
            _place(event, path, value)
        case Chain():
            _write(event, node.arms[0], value, model, depth + 1)
        case Pipeline() if all(step.name in _SPELLING for step in node.steps):
            _write(event, node.source, value, model, depth + 1)
        case Call() if node.name in _SPELLING and len(node.arguments) == 1:
            _write(event, node.arguments[0], value, model, depth + 1)
        case Reference() if node.tail is None and node.name in model.definitions:
            first = _plain_sources(model.definitions[node.name])[0]
            _write(event, first, value, model, depth + 1)
        case _:
            raise NoExample


def _place(event: dict[str, Any], path: tuple[str | int, ...], value: Any) -> None:
    here: Any = event
    for step, following in zip(path, (*path[1:], None), strict=True):
        below: Any = value if following is None else [] if isinstance(following, int) else {}
        if isinstance(step, int):
            if step != 0 or not isinstance(here, list):
                raise NoExample
            if not here:
                here.append(below)
            here = here[0]
        else:
            if not isinstance(here, dict):
                raise NoExample
            if following is None and here.get(step, value) != value:
                raise NoExample
            here = here.setdefault(step, below)
