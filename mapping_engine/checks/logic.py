"""Conditions in a normal form: which can never hold, which always do, which hide others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from mapping_engine.checks.atoms import Atom, Conjunction, Subjects, contradiction, spelled
from mapping_engine.core.facts import Facts
from mapping_engine.core.model import Model
from mapping_engine.expression import (
    Both,
    Call,
    Compare,
    Either,
    Expression,
    Items,
    Literal,
    Not,
    Pipeline,
    Reference,
    Test,
    print_expression,
)
from mapping_engine.selectors import vocabulary_path
from mapping_engine.types.type import Type

Normal: TypeAlias = list[Conjunction] | None
"""Alternatives, one of which must hold; None for a condition too large to be looked at."""

MOST = 64
_DEEPEST = 16
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Conditions:
    """Reads conditions over one model."""

    def __init__(self, model: Model, facts: Facts) -> None:
        self._model = model
        self._facts = facts
        self._nodes: dict[str, Expression] = {}
        self._types: dict[str, Type] = {}
        self._cased: dict[str, str] = {}
        self._depth = 0

    @property
    def subjects(self) -> Subjects:
        """What is known of all subjects met so far."""
        return Subjects(self._nodes, self._types, self._cased)

    def never(self, node: Expression) -> str | None:
        """Why a condition can never hold; None where it can."""
        return self.unsatisfiable(self.normal(node, True))

    def always(self, node: Expression) -> str | None:
        """Why a condition always holds; None where it may not."""
        return self.unsatisfiable(self.normal(node, False))

    def unsatisfiable(self, normal: Normal) -> str | None:
        """Why no alternative can hold; None where one can."""
        if normal is None:
            return None
        reasons = [contradiction(each, self.subjects) for each in normal]
        if any(reason is None for reason in reasons):
            return None
        return next((reason for reason in reasons if reason), "it is a constant")

    def possible(self, normal: Normal) -> list[Conjunction]:
        """The alternatives that are not known to be impossible."""
        return [c for c in normal or [] if contradiction(c, self.subjects) is None]

    def together(self, parts: Iterable[tuple[Expression, bool]]) -> Normal:
        """All of these conditions at once, each holding or not."""
        found: Normal = [frozenset()]
        for node, holds in parts:
            found = _product(found, self.normal(node, holds))
        return found

    def normal(self, node: Expression, holds: bool) -> Normal:
        """The normal form of a condition that holds, or does not."""
        match node:
            case Not():
                return self.normal(node.operand, not holds)
            case Both() | Either():
                parts = [self.normal(part, holds) for part in node.operands]
                return _all(parts) if isinstance(node, Both) is holds else _any(parts)
            case Literal():
                return [frozenset()] if _is_true(node.value) is holds else []
            case Reference() if self._expands(node) is not None:
                self._depth += 1
                inner = self._expands(node)
                assert inner is not None
                found = self.normal(inner, holds)
                self._depth -= 1
                return found
            case _:
                atom = self._atom(node)
                return [frozenset({atom if holds else atom.negated})]

    def _expands(self, node: Reference) -> Expression | None:
        """The condition that a plain definition stands for."""
        block = self._model.definitions.get(node.name)
        if block is None or node.tail is not None or self._depth > _DEEPEST:
            return None
        changed = block.as_ or block.then or block.when or block.default or block.one_of
        value = block.value if block.each is None and not changed else None
        return value if isinstance(value, Both | Either | Not | Compare | Test) else None

    # Atoms

    def _atom(self, node: Expression) -> Atom:
        match node:
            case Compare():
                return self._compare(node)
            case Test():
                return Atom(self._subject(node.operand), "is", node.test)
            case _:
                return Atom(self._subject(node), "holds", "")

    def _compare(self, node: Compare) -> Atom:
        left, operator, right = node.left, node.operator, node.right
        if isinstance(left, Literal) and operator != "in":
            left, right = right, left
            operator = _FLIPPED.get(operator, operator)
        if operator in ("==", "!=") and isinstance(right, Literal):
            return Atom(self._subject(left), "==", spelled(right.value), operator == "==")
        if operator == "in":
            values = self._listed(right)
            if values is not None:
                return Atom(self._subject(left), "in", values)
        number = right.value if isinstance(right, Literal) else None
        if operator in _FLIPPED and type(number) in (int, float):
            assert isinstance(number, int | float)
            return Atom(self._subject(left), operator, float(number))
        positive = Compare(node.extent, "==" if operator == "!=" else operator, left, right)
        return Atom(print_expression(positive), "holds", "", operator != "!=")

    def _listed(self, node: Expression) -> tuple[str, ...] | None:
        if isinstance(node, Items) and all(isinstance(i, Literal) for i in node.items):
            return tuple(sorted(spelled(i.value) for i in node.items if isinstance(i, Literal)))
        if not isinstance(node, Reference) or node.name != "tables" or node.tail is None:
            return None
        path = vocabulary_path(node.tail)
        table = self._model.tables.get(path[0]) if path and len(path) == 1 else None
        if isinstance(table, dict | list):
            return tuple(sorted(spelled(each) for each in table))
        return None

    def _subject(self, node: Expression) -> str:
        name = print_expression(node)
        if name not in self._nodes:
            self._nodes[name] = node
            self._types[name] = self._facts.type_of(node)
            ends = _last_call(node)
            if ends is not None and ends not in self._model.pipelines:
                self._cased[name] = ends
        return name


def _last_call(node: Expression) -> str | None:
    if isinstance(node, Pipeline):
        return node.steps[-1].name
    return node.name if isinstance(node, Call) else None


def _is_true(value: object) -> bool:
    from mapping_engine.types.kinds import is_missing

    return not is_missing(value) and value is not False


def _all(parts: list[Normal]) -> Normal:
    found: Normal = [frozenset()]
    for part in parts:
        found = _product(found, part)
    return found


def _any(parts: list[Normal]) -> Normal:
    found: list[Conjunction] = []
    for part in parts:
        if part is None:
            return None
        found += part
    return found if len(found) <= MOST else None


def _product(one: Normal, other: Normal) -> Normal:
    if one is None or other is None or len(one) * len(other) > MOST:
        return None
    return [left | right for left in one for right in other]
