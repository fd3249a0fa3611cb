"""What conditions say of the values that they are about: `when: $x is list, value: $x`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mapping_engine.core.inference import Inference, constant
from mapping_engine.core.nodes import Compare, Logic, Node, Test
from mapping_engine.types.kinds import NAMES, kinds
from mapping_engine.types.type import Type, type_of_values


def narrowed(node: Node, made: Type, conditions: Iterable[Node], found: Inference) -> Type:
    """The type of a node where these conditions hold; of what they never let through, as it is."""
    for condition in conditions:
        made = _narrowed(node, made, condition, True, found)
    return made


def _narrowed(node: Node, made: Type, condition: Node, holds: bool, found: Inference) -> Type:
    match condition:
        case Logic(word="not", operands=(inner,)):
            return _narrowed(node, made, inner, not holds, found)
        case Logic(word=word, operands=parts) if word == ("and" if holds else "or"):
            for part in parts:
                made = _narrowed(node, made, part, holds, found)
            return made
        case Test(operand=operand, word=word) if operand == node:
            return _tested(made, word, holds)
        case Compare(operator="==" | "!=" | "in" as operator, left=left, right=right) if (
            left == node
        ):
            is_equal = operator in ("==", "in") if holds else operator == "!="
            known, value = constant(found.model, right)
            return _one_of(made, value, operator) if is_equal and known else made
        case Compare(operator="<" | "<=" | ">" | ">=", left=left, right=right) if holds and (
            node in (left, right)
        ):
            return _tested(made, "number", holds)
        case _ if holds and condition == node:
            return replace(made, missing=False)
        case _:
            return made


def _tested(made: Type, word: str, holds: bool) -> Type:
    if word in ("present", "missing"):
        return replace(made, missing=False) if holds == (word == "present") else made
    left = made.kinds & kinds([word] if holds else set(NAMES) - {word})
    return replace(made, kinds=left, missing=made.missing and not holds) if left else made


def _one_of(made: Type, value: object, operator: str) -> Type:
    """The type of a value that is equal to a constant, or in a constant list or table."""
    values = list(value) if operator == "in" and isinstance(value, list | dict) else [value]
    if made.values is not None:
        values = [each for each in values if each in made.values]
    known = type_of_values(values)
    left = made.kinds & known.kinds
    return replace(made, kinds=left, missing=False, values=known.values) if left else made
