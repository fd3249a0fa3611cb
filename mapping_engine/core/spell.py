"""Core nodes as text, in the words of the rule language: for messages, labels and pages."""

from __future__ import annotations

import json

from mapping_engine.core import nodes
from mapping_engine.core.choices import Definitions, choices
from mapping_engine.core.nodes import Alternative, Call, Guard, Node
from mapping_engine.expression import Extent
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


_LOOSE, _AND, _NOT, _COMPARE, _PIPE, _CHAIN, _TIGHT = range(7)
"""How tightly parts of an expression hold together: what is looser stands in parentheses."""
_LEVELS = {"or": _LOOSE, "and": _AND, "not": _NOT}


def spell(node: Node) -> str:
    """The node in one line."""
    return _spelled(node)[0]


def _within(node: Node, around: int) -> str:
    text, level = _spelled(node)
    return f"({text})" if level < around else text


def _spelled(node: Node) -> tuple[str, int]:
    """The node in one line, and how tightly that holds together."""
    match node:
        case nodes.Logic(word="not", operands=(only,)):
            return f"not {_within(only, _NOT)}", _NOT
        case nodes.Logic(word=word, operands=parts):
            return f" {word} ".join(_within(p, _LEVELS[word] + 1) for p in parts), _LEVELS[word]
        case nodes.Compare(operator=operator, left=left, right=right):
            return f"{_within(left, _PIPE)} {operator} {_within(right, _PIPE)}", _COMPARE
        case nodes.Test(operand=operand, word=word):
            return f"{_within(operand, _PIPE)} is {word}", _COMPARE
        case Call(input=Node() as source) if not is_around(node):
            return f"{_within(source, _PIPE)} |> {spell_step(node)}", _PIPE
        case nodes.FirstOf(alternatives=arms):
            return " ?? ".join(_within(arm.value, _TIGHT) for arm in arms), _CHAIN
        case Guard(value=value):
            return _spelled(value)
        case _:
            return _operand(node), _TIGHT


def _operand(node: Node) -> str:
    match node:
        case nodes.Const(value=value):
            is_data = isinstance(value, list | dict)
            return json.dumps(value, ensure_ascii=False) if is_data else print_literal(value)
        case nodes.Read(selector=selector, explicit=explicit):
            return f"jmespath({selector.text})" if explicit else selector.text
        case nodes.Name(name=name, tail=tail):
            below = "" if tail is None else f".{tail.text}".replace(".@", "", 1)
            return f"${written_name(name)}{below}"
        case nodes.Items(items=items):
            return f"[{', '.join(map(spell, items))}]"
        case nodes.Template(parts=parts):
            return "".join(_doubled(p) if isinstance(p, str) else f"{{{spell(p)}}}" for p in parts)
        case Call(input=source):
            return _called(node, [] if source is None else [spell(source)])
        case nodes.ForEach(source=source):
            return f"each of {spell(source)}"
        case nodes.Entries(source=Node() as source):
            return f"entries of {spell(source)}"
        case nodes.Entries(key=key, value=value):
            return f"{spell(value)} under {spell(key)}"
        case nodes.Copy(source=source, rest=rest):
            return f"{'the rest' if rest else 'a copy'} of {spell(source)}"
        case _:
            return "the object" if isinstance(node, nodes.Object) else "the value"


def is_around(call: Call) -> bool:
    """Whether a transform is written around its value, as in ``lower(type)``."""
    at, inner = call.step, call.input.at if call.input is not None else None
    if not isinstance(at, Extent) or not isinstance(inner, Extent):
        return False
    return inner.scalar is at.scalar and at.start <= inner.start and inner.end <= at.end


def spell_step(node: Call) -> str:
    """A transform with its arguments, as it stands behind a ``|>``."""
    has_arguments = any(each is not None for each in node.arguments)
    return _called(node, []) if has_arguments else node.name


def _called(node: Call, given: list[str]) -> str:
    """A call, with some arguments before its own."""
    target = REGISTRY.get(node.name)
    names = [parameter.name for parameter in target.parameters] if target else []
    is_named = False
    for place, each in enumerate(node.arguments):
        is_named = is_named or each is None or _is_named(each)
        if each is not None:
            named = is_named and place < len(names)
            given.append(f"{names[place]}={spell(each)}" if named else spell(each))
    return f"{node.name}({', '.join(given)})"


def _is_named(argument: Node) -> bool:
    """Whether the name of an argument is written before it."""
    at = argument.at
    return isinstance(at, Extent) and at.scalar.text[: at.start].rstrip().endswith("=")


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


def _doubled(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
