"""Core nodes as text, in the words of the rule language: for messages, labels and pages."""

from __future__ import annotations

import json

from mapping_engine.core.choices import Definitions, choices
from mapping_engine.core.nodes import (
    Alternative,
    Call,
    Compare,
    Const,
    Copy,
    FirstOf,
    ForEach,
    Guard,
    Items,
    Logic,
    Name,
    Node,
    Object,
    Read,
    Template,
    Test,
)
from mapping_engine.expression.printer import print_literal
from mapping_engine.transforms import REGISTRY

_DERIVED = " |> "
"""Between a definition and the conversion of its alternatives, in the names of what is derived."""


def derived_name(name: str, conversion: str) -> str:
    """The name of a definition whose alternatives are converted; no rule can write it."""
    return f"{name}{_DERIVED}{conversion}"


def written_name(name: str) -> str:
    """The name that stands in the rules: that of the definition from which one is derived."""
    return name.partition(_DERIVED)[0]


def is_written(name: str) -> bool:
    """Whether a definition stands in the rules under this name."""
    return _DERIVED not in name


def spell(node: Node) -> str:
    """The node in one line."""
    match node:
        case Const(value=value):
            return print_literal(value) if not isinstance(value, list | dict) else _data(value)
        case Read(selector=selector, explicit=explicit):
            return f"jmespath({selector.text})" if explicit else selector.text
        case Name(name=name, tail=tail):
            below = "" if tail is None else f".{tail.text}".replace(".@", "", 1)
            return f"${written_name(name)}{below}"
        case Items(items=items):
            return f"[{', '.join(map(spell, items))}]"
        case Template(parts=parts):
            return "".join(_doubled(p) if isinstance(p, str) else f"{{{spell(p)}}}" for p in parts)
        case Call():
            step = spell_step(node)
            return step if node.input is None else f"{_inside(node.input)} |> {step}"
        case FirstOf(alternatives=arms):
            return " ?? ".join(_inside(arm.value) for arm in arms)
        case Guard(value=value):
            return spell(value)
        case Compare(operator=operator, left=left, right=right):
            return f"{_inside(left)} {operator} {_inside(right)}"
        case Test(operand=operand, word=word):
            return f"{_inside(operand)} is {word}"
        case Logic(word="not", operands=(only,)):
            return f"not {_inside(only)}"
        case Logic(word=word, operands=parts):
            return f" {word} ".join(
                _inside(part) if word == "and" else spell(part) for part in parts
            )
        case ForEach(source=source):
            return f"each of {spell(source)}"
        case Copy(source=source, rest=rest):
            return f"{'the rest' if rest else 'a copy'} of {spell(source)}"
        case Object():
            return "the object"
        case _:
            return "the value"


def spell_step(node: Call) -> str:
    """A transform with its arguments, as it stands behind a ``|>``."""
    target = REGISTRY.get(node.name)
    optional = {
        n: p.name for n, p in enumerate(target.parameters if target else ()) if not p.required
    }
    given = [
        f"{optional[place]}={spell(each)}" if place in optional else spell(each)
        for place, each in enumerate(node.arguments)
        if each is not None
    ]
    return f"{node.name}({', '.join(given)})" if given else node.name


def steps_of(node: Node) -> tuple[Node | None, tuple[Call, ...]]:
    """What a pipeline starts from, and its steps in order; None for one that reads the event."""
    found: list[Call] = []
    start: Node | None = node
    while isinstance(start, Call):
        found.append(start)
        start = start.input
    return start, tuple(reversed(found))


def source_label(definitions: Definitions, node: Node) -> str:
    """What issues call the source of a converted value: the alternatives of a plain chain."""
    start, steps = steps_of(node)
    if start is None:
        return spell(steps[0])
    parts = choices(definitions, start)
    return " ?? ".join(spell(part) for part in parts)


def label(arm: Alternative) -> str:
    """What explanations call an alternative: the name of its row, or its source."""
    if arm.name is not None:
        return arm.name
    value = arm.value.value if isinstance(arm.value, Guard) else arm.value
    return spell(value)


def _inside(node: Node) -> str:
    loose = isinstance(node, Logic | Compare | Test)
    return f"({spell(node)})" if loose else spell(node)


def _data(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _doubled(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
