"""When a value is absent: the sources that have to be missing together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from mapping_engine.core.facts import Facts
from mapping_engine.core.model import Model
from mapping_engine.core.walk import arms_of, copied, is_sent
from mapping_engine.expression import (
    Both,
    Call,
    Chain,
    Compare,
    Expression,
    Items,
    Literal,
    Not,
    Pipeline,
    Reference,
    Select,
    Template,
    Test,
    print_expression,
)
from mapping_engine.file.values import ArmBlock, FieldBlock, ValueBlock
from mapping_engine.transforms import REGISTRY

Absent: TypeAlias = frozenset[str] | None
"""What is missing together when the value is; None for a value that is never absent."""

_ALWAYS: Absent = frozenset()
_DEEPEST = 64


class Absence:
    """Finds, over one model, which sources have to be missing for a value to be absent.

    Only absence counts, and tables without a row: a source that is there and cannot be converted
    is bad data, for which the engine has warnings and errors of its own.
    """

    def __init__(self, model: Model, facts: Facts) -> None:
        self._model = model
        self._facts = facts
        self._depth = 0
        self._known: list[frozenset[str]] = []
        for rule in model.file.accept or ():
            if rule.require is not None:
                self._known += self.present_under(rule.require)

    def of_field(self, block: FieldBlock, known: Iterable[frozenset[str]] = ()) -> Absent:
        """What is missing when the field is left out of the payload.

        ``known`` are sets of sources that cannot all be missing there.
        """
        if block.required:
            return self._conditional(block.when, None)
        found = self._block(block)
        possible = found is None or not any(k <= found for k in (*self._known, *known) if k)
        return found if possible else None

    def present_under(self, condition: Expression) -> list[frozenset[str]]:
        """Sets of sources that cannot all be missing where ``condition`` holds."""
        match condition:
            case Both():
                return [found for part in condition.operands for found in self.present_under(part)]
            case Compare() if condition.operator != "!=":
                return self._operand(condition.left)
            case Test() if condition.test != "missing":
                return self._operand(condition.operand)
            case Not(operand=Test(test="missing") as inner):
                return self._operand(inner.operand)
            case Select() | Reference() | Chain() | Pipeline() | Call():
                return self._operand(condition)
            case _:
                return []

    def _operand(self, node: Expression) -> list[frozenset[str]]:
        found = self._expression(node)
        return [found] if found else []

    # Blocks

    def _fields(self, block: ValueBlock) -> Absent:
        """An object is absent when all of its fields are."""
        children = [f.value for f in block.fields or () if f.value is not None]
        return self._all([self.of_field(child) for child in children])

    def _block(self, block: ValueBlock) -> Absent:
        found = self._value(block)
        if block.default is not None and found is not None:
            sent = is_sent(block, block.default)
            default = None if sent else self._expression(block.default)
            found = None if default is None else found | default
        return self._conditional(block.when, found)

    def _value(self, block: ValueBlock) -> Absent:
        if block.each is not None:
            found = self._expression(block.each)
        elif block.first_of is not None or block.decide is not None:
            found = self._all([self._arm(arm) for arm in arms_of(block)])
        elif block.positions is not None:
            found = self._all([self._arm(arm) for arm in block.positions])
        elif (copy := copied(block)) is not None:
            found = self._all([self._expression(copy), self._fields(block)])
        elif block.fields is not None:
            return self._fields(block)
        else:
            found = self._single(block)
        if found is None:
            found = self._steps((*(block.as_ or ()), *(block.then or ())))
        return found

    def _arm(self, arm: ArmBlock) -> Absent:
        found = self._single(arm)
        if found is None:
            found = self._steps(arm.as_ or ())
        return self._conditional(arm.when, found)

    def _single(self, block: ValueBlock | ArmBlock) -> Absent:
        node = block.value or block.template or block.constant
        return None if node is None else self._expression(node)

    def _conditional(self, when: Expression | None, found: Absent) -> Absent:
        if when is None or found is not None:
            return found
        return frozenset({f"not ({print_expression(when)})"})

    def _all(self, parts: list[Absent]) -> Absent:
        found: frozenset[str] = frozenset()
        for part in parts:
            if part is None:
                return None
            found |= part
        return found

    # Expressions

    def _expression(self, node: Expression) -> Absent:
        match node:
            case Literal():
                return _ALWAYS if self._facts.type_of(node).missing else None
            case Select():
                return frozenset({print_expression(node)})
            case Reference():
                return self._reference(node)
            case Items():
                return self._all([self._expression(item) for item in node.items])
            case Chain():
                return self._all([self._expression(arm) for arm in node.arms])
            case Pipeline():
                found = self._expression(node.source)
                return self._steps(node.steps) if found is None else found
            case Call():
                given = [*node.arguments, *(value for _, value in node.named)]
                return self._first(given[:1]) or self._steps((node,))
            case Template():
                return self._first([part for part in node.parts if isinstance(part, Expression)])
            case _:
                return None

    def _first(self, nodes: list[Expression]) -> Absent:
        """What is missing for one of several needed values to be absent."""
        found = (self._expression(node) for node in nodes)
        return next((absent for absent in found if absent is not None), None)

    def _steps(self, steps: tuple[Call, ...]) -> Absent:
        for call in steps:
            target = REGISTRY.get(call.name)
            if target is not None and target.finds and call.name not in self._model.pipelines:
                found = self._facts.type_of(call)
                if found.missing:
                    return frozenset({f"a result of {call.name}"})
        return None

    def _reference(self, node: Reference) -> Absent:
        block = self._model.definitions.get(node.name)
        spelled = print_expression(node)
        if block is not None and node.tail is None and self._depth < _DEEPEST:
            self._depth += 1
            try:
                return self._block(block)
            finally:
                self._depth -= 1
        if node.name in ("now", "now_ms", "api", "tables", *self._model.fan_out_names):
            return None if node.tail is None or node.name == "api" else frozenset({spelled})
        return frozenset({spelled}) if self._facts.type_of(node).missing else None
