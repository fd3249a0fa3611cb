"""When a value is absent: the sources that have to be missing together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from typing import TypeAlias

from mapping_engine.core import nodes
from mapping_engine.core.facts import Facts
from mapping_engine.core.model import Model
from mapping_engine.core.nodes import Call, Const, Field, Guard, Name, Node, children
from mapping_engine.core.spell import spell
from mapping_engine.frozen import Frozen
from mapping_engine.transforms import REGISTRY
from mapping_engine.types.type import FILLED

Absent: TypeAlias = frozenset[str] | None
"""What is missing together when the value is; None for a value that is never absent."""

_ALWAYS: Absent = frozenset()


class Absence(Frozen):
    """A mapping, and what is known of its definitions.

    Only absence counts, and tables without a row: a source that is there and cannot be converted
    is bad data, for which the engine has warnings and errors of its own.
    """

    model: Model
    facts: Facts
    names: dict[str, Absent] = field(default_factory=dict)
    """When definitions are absent."""
    known: list[frozenset[str]] = field(default_factory=list)
    """Sources that cannot all be missing in an event that is accepted."""


def absence_of(model: Model, facts: Facts) -> Absence:
    """What is known of absence in a mapping: definition by definition, in their order."""
    found = Absence(model, facts)
    for name, node in model.definitions.items():
        found.names[name] = absent(node, found)
    for rule in model.accept:
        if rule.negated:
            found.known.extend(present_under(rule.condition, found))
        else:
            found.known.extend(_present_without(rule.condition, found))
    return found


def absent_field(field: Field, found: Absence, known: Iterable[frozenset[str]] = ()) -> Absent:
    """What is missing when a field is left out of its object.

    ``known`` are sets of sources that cannot all be missing there.
    """
    if field.required or field.null:
        return _unless(field.when, None)
    made = absent(field.value, found)
    if field.default is not None and made is not None:
        sent = isinstance(field.default, Const)
        default = None if sent else absent(field.default, found)
        made = None if default is None else made | default
    made = _unless(field.when, made)
    possible = made is None or not any(each <= made for each in (*found.known, *known) if each)
    return made if possible else None


def present_under(condition: Node, found: Absence) -> list[frozenset[str]]:
    """Sets of sources that cannot all be missing where ``condition`` holds."""
    match condition:
        case nodes.Logic(word="and", operands=parts):
            return [each for part in parts for each in present_under(part, found)]
        case nodes.Compare(operator=operator, left=left) if operator != "!=":
            return _operand(left, found)
        case nodes.Test(operand=operand, word=word) if word != "missing":
            return _operand(operand, found)
        case nodes.Logic(word="not", operands=(nodes.Test(operand=operand, word="missing"),)):
            return _operand(operand, found)
        case nodes.Read() | Name() | nodes.FirstOf() | Call():
            return _operand(condition, found)
        case _:
            return []


def _present_without(condition: Node, found: Absence) -> list[frozenset[str]]:
    """Sets of sources that cannot all be missing where ``condition`` does not hold."""
    match condition:
        case nodes.Logic(word="or", operands=parts):
            return [each for part in parts for each in _present_without(part, found)]
        case nodes.Logic(word="not", operands=(inner,)):
            return present_under(inner, found)
        case (
            nodes.Compare(operator="!=", left=operand) | nodes.Test(operand=operand, word="missing")
        ):
            return _operand(operand, found)
        case _:
            return []


def _operand(node: Node, found: Absence) -> list[frozenset[str]]:
    made = absent(node, found)
    return [made] if made else []


def absent(node: Node, found: Absence) -> Absent:
    """What is missing when a value is."""
    match node:
        case Const():
            return _ALWAYS if found.facts.type_of(node).missing else None
        case nodes.Read():
            return frozenset({spell(node)})
        case Name():
            return _name(node, found)
        case nodes.Items() | nodes.FirstOf():
            return _all([absent(part, found) for part in children(node)])
        case nodes.Template():
            parts = (absent(part, found) for part in children(node))
            return next((part for part in parts if part is not None), None)
        case Call(input=Node() as source):
            made = absent(source, found)
            return _result(node, found) if made is None else made
        case Call():
            given = node.arguments[0] if node.arguments else None
            return (absent(given, found) if given is not None else None) or _result(node, found)
        case Guard(when=when, value=value):
            return _unless(when, absent(value, found))
        case nodes.Object(fields=fields):
            return _all([absent_field(each, found) for each in fields])
        case nodes.Copy(source=source, added=None):
            return absent(source, found)
        case nodes.Copy(source=source, added=nodes.Object() as added):
            return _all([absent(source, found), absent(added, found)])
        case nodes.ForEach(source=source):
            return absent(source, found)
        case nodes.Entries(source=Node() as source):
            return absent(source, found)
        case nodes.Entries(value=value):
            return absent(value, found)
        case _:
            return None


def _unless(when: Node | None, made: Absent) -> Absent:
    if when is None or made is not None:
        return made
    return frozenset({f"not ({spell(when)})"})


def _all(parts: list[Absent]) -> Absent:
    """What is missing for all of several values to be absent."""
    made: frozenset[str] = frozenset()
    for part in parts:
        if part is None:
            return None
        made |= part
    return made


def _result(node: Call, found: Absence) -> Absent:
    """A transform may look for something, and find nothing in a value that is as it should be."""
    target = REGISTRY.get(node.name)
    if target is None or not target.finds or node.name in found.model.pipelines:
        return None
    missing = found.facts.type_of(node).missing
    return frozenset({f"a result of {node.name}"}) if missing else None


def _name(node: Name, found: Absence) -> Absent:
    if node.tail is None and node.name in found.names:
        return found.names[node.name]
    made = found.facts.type_of(node)
    return frozenset({spell(node)}) if made.missing and FILLED not in made.tags else None
