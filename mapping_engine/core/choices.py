"""What a value is chosen from, and what it is made from, by way of names."""

from __future__ import annotations

from collections.abc import Mapping

from mapping_engine.core.nodes import Alternative, Call, FirstOf, Guard, Name, Node

Definitions = Mapping[str, Node]


def is_choice(node: Node | None) -> bool:
    """Whether a value does nothing but choose: then its alternatives can stand for it.

    This is the one answer to the question, for conversions, messages, checks and pages alike.
    """
    return isinstance(node, FirstOf) or (isinstance(node, Guard) and is_choice(node.value))


def alternatives(node: Node) -> tuple[Alternative, ...]:
    """The alternatives of a value that does nothing but choose; none of any other."""
    match node:
        case FirstOf(alternatives=found):
            return found
        case Guard(value=inner):
            return alternatives(inner)
        case _:
            return ()


def choices(definitions: Definitions, node: Node) -> list[Node]:
    """What a value is chosen from: the alternatives of a chain, and those of the chains in it.

    Chains are opened where they stand under a name, too, each once. Any other value is its own and
    only choice.
    """
    found: list[Node] = []
    opened: set[str] = set()
    waiting = [node]
    while waiting:
        part = waiting.pop()
        named = definitions.get(_whole_name(part))
        if is_choice(part):
            waiting.extend(arm.value for arm in reversed(alternatives(part)))
        elif named is not None and is_choice(named):
            assert isinstance(part, Name)
            waiting.extend([named] if part.name not in opened else [])
            opened.add(part.name)
        else:
            found.append(part)
    return found


def sources(definitions: Definitions, node: Node) -> list[Node | str]:
    """What a value is made from in the end, conversions aside; of a decision table, its rows."""
    found: list[Node | str] = []
    opened: set[str] = set()
    waiting: list[Node | str] = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            found.append(part)
        elif is_choice(part):
            waiting.extend(arm.name or arm.value for arm in reversed(alternatives(part)))
        elif isinstance(part, Call) and part.input is not None:
            waiting.append(part.input)
        elif isinstance(part, Name) and part.name in definitions:
            waiting.extend([definitions[part.name]] if part.name not in opened else [])
            opened.add(part.name)
        else:
            found.append(part)
    return found


def _whole_name(node: Node) -> str:
    return node.name if isinstance(node, Name) and node.tail is None else ""
