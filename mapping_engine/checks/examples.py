"""Events that show what a condition means: made from what it claims, where that can be done."""

from __future__ import annotations

import json
from typing import TypeAlias

from mapping_engine.checks.atoms import Claims, Conjunction, claims
from mapping_engine.checks.condition_logic import Conditions
from mapping_engine.core.model import Model
from mapping_engine.core.nodes import Call, FirstOf, Name, Node, Read
from mapping_engine.selectors import search, steps
from mapping_engine.transforms import REGISTRY
from mapping_engine.types.kinds import is_missing, kind_of

Event: TypeAlias = dict[str, object]

_SAMPLES = {"text": "x", "number": 1, "boolean": True, "list": ["x"], "object": {"x": 1}}
_SPELLING = frozenset({"lower", "upper", "trim", "text"})
_DEEPEST = 8


class NoExample(Exception):
    """There is no simple event for these claims."""


def event_for(conjunction: Conjunction, conditions: Conditions, model: Model) -> str | None:
    """An event, as JSON, of which all these claims are true; None where none is found.

    Values are those the rules name, or plain samples: never data of a person.
    """
    event: Event = {}
    known = conditions.subjects
    try:
        said = claims(conjunction, known)
        for name, each in said.items():
            if each.present or each.truth:
                _write(event, known[name].node, _value(each), model)
        read = ((each, _read(known[name].node, event, model)) for name, each in said.items())
        if not all(each.allows(value) for each, value in read):
            return None
    except (NoExample, KeyError):
        return None
    return json.dumps(event, ensure_ascii=False)


def _read(node: Node, event: Event, model: Model, depth: int = 0) -> object:
    """What ``node`` yields for the event; NoExample where that takes more than a look."""
    if depth > _DEEPEST:
        raise NoExample
    match node:
        case Read(selector=selector):
            found = search(selector, event)
        case FirstOf(alternatives=arms):
            values = (_read(arm.value, event, model, depth + 1) for arm in arms)
            return next((value for value in values if value is not None), None)
        case Name(name=name, tail=None) if name in model.definitions:
            return _read(model.definitions[name], event, model, depth + 1)
        case Call(name=step, input=Node() as source) if step in _SPELLING:
            value = _read(source, event, model, depth + 1)
            fits = value is not None and kind_of(value) in REGISTRY[step].accepts
            found = REGISTRY[step].function(value) if fits else None
        case _:
            raise NoExample
    return None if is_missing(found) else found


def _value(found: Claims) -> object:
    if found.allowed is not None:
        left = sorted(found.allowed - found.refused)
        if not left:
            raise NoExample
        return json.loads(left[0])
    if found.number:
        (low, _), (high, _) = found.low, found.high
        return int(low) + 1 if low > float("-inf") else int(high) - 1
    kinds = sorted(found.kinds) or [k for k in _SAMPLES if k in found.type.kinds and k != "object"]
    left = [kind for kind in kinds if kind not in found.excluded] or ["object"]
    sample = _SAMPLES[left[0]]
    if json.dumps(sample) in found.refused:
        raise NoExample
    return sample


def _write(event: Event, node: Node, value: object, model: Model) -> None:
    """Make ``node`` yield ``value`` by writing into the event."""
    for _ in range(_DEEPEST):
        match node:
            case Read(selector=selector):
                path = steps(selector)
                if path is None:
                    raise NoExample
                return _place(event, path, value)
            case FirstOf(alternatives=arms):
                node = arms[0].value
            case Name(name=name, tail=None) if name in model.definitions:
                node = model.definitions[name]
            case Call(name=step, input=Node() as source) if step in _SPELLING:
                node = source
            case _:
                raise NoExample
    raise NoExample


def _place(event: Event, path: tuple[str | int, ...], value: object) -> None:
    here: object = event
    for step, following in zip(path, (*path[1:], None), strict=True):
        below: object = value if following is None else [] if isinstance(following, int) else {}
        if isinstance(here, list) and step == 0:
            here[:] = here or [below]
            here = here[0]
        elif isinstance(here, dict) and isinstance(step, str):
            here = here.setdefault(step, below)
            if following is None and here != value:
                raise NoExample
        else:
            raise NoExample
