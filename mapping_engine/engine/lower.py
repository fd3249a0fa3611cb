"""Expressions to closures.

A closure yields a value that is present, or None: the one rule of absence is applied where values
come in (selectors, names, results of transforms) and nowhere else.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from mapping_engine.core.infer import Scope
from mapping_engine.core.model import Model
from mapping_engine.core.walk import spelled
from mapping_engine.engine.run import UNSET, Evaluate, Note, Run, Step, holds, present, same
from mapping_engine.expression import (
    Both,
    Call,
    Chain,
    Compare,
    Either,
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
from mapping_engine.selectors import SelectorError, lower
from mapping_engine.types import kind_of


@dataclass(frozen=True)
class Names:
    """Where the ``$names`` of a place are kept: a slot of ``Run.names`` each.

    ``scope`` holds the same names with their types.
    """

    slots: Mapping[str, int]
    scope: Scope
    label: str | None = None
    """What notes call the source, inside a pipeline; elsewhere sources are shown as written."""

    def having(self, name: str, slot: int, scope: Scope) -> Names:
        """These names and one more."""
        return replace(self, slots={**self.slots, name: slot}, scope=scope)


class ExpressionLowering:
    """Lowers expressions of one model; a subclass may observe every evaluation."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.slot_count = 0
        self.memo_slots: dict[str, int] = {}
        self.fixed: list[Evaluate] = []
        """What is evaluated once for all events under the same settings."""
        self._definitions: dict[str, Evaluate] = {}

    # Hooks

    def observed(
        self, kind: str, node: Expression, names: Names, evaluate: Evaluate, label: str = ""
    ) -> Evaluate:
        """``evaluate`` itself; tracing wraps it."""
        return evaluate

    def alternatives(self, labels: list[tuple[str, Expression]], evaluate: Evaluate) -> Evaluate:
        """``evaluate`` itself, which tries these alternatives in order; tracing wraps it."""
        return evaluate

    def observed_step(self, call: Call, names: Names, step: Step) -> Step:
        """``step`` itself; tracing wraps it."""
        return step

    def definition(self, name: str) -> Evaluate:
        """The value of a definition, before it is remembered."""
        raise NotImplementedError

    def step(self, call: Call, names: Names, label: str) -> Step:
        """One transform of a pipeline; ``label`` names the source in notes."""
        raise NotImplementedError

    def function(self, call: Call, names: Names) -> Evaluate:
        """A transform written as a call of its own."""
        raise NotImplementedError

    def evaluator(self, node: Expression, names: Names) -> Evaluate:
        """What evaluates an expression that stands alone."""
        return self.lower(node, names)

    def objects(self) -> Callable[[dict[str, Any]], list[Any]]:
        """What looks up the objects of an event which rules read most; none, if not generated."""
        return lambda event: []

    # Names

    def new_slot(self) -> int:
        """A place for one variable."""
        self.slot_count += 1
        return self.slot_count - 1

    # Expressions

    def lower(self, node: Expression, names: Names) -> Evaluate:
        """The closure of any expression."""
        match node:
            case Literal():
                return _constant(present(node.value))
            case Select():
                return self.observed("path", node, names, self._select(node))
            case Reference():
                return self._reference(node, names)
            case Items():
                return self._items(node, names)
            case Chain():
                return self._chain(node, names)
            case Pipeline():
                return self._pipeline(node, names)
            case Call():
                return self.observed("call", node, names, self.function(node, names))
            case Template():
                return self.template(node, names)
            case _:
                return self._condition(node, names)

    def _select(self, node: Select) -> Evaluate:
        read = lower(node.selector)

        def evaluate(run: Run) -> Any:
            try:
                return present(read(run.event))
            except SelectorError:
                run.notes.append(Note(node.selector.text, "cannot be read as written", node.span))
                return None

        return evaluate

    def _items(self, node: Items, names: Names) -> Evaluate:
        parts = [self.lower(item, names) for item in node.items]

        def evaluate(run: Run) -> Any:
            found = [part(run) for part in parts]
            return present([value for value in found if value is not None])

        return evaluate

    def _chain(self, node: Chain, names: Names) -> Evaluate:
        arms = [
            self.observed("arm", arm, names, self.lower(arm, names), print_expression(arm))
            for arm in node.arms
        ]
        labels = [(print_expression(arm), arm) for arm in node.arms]
        return self.alternatives(labels, first_present(arms))

    def _pipeline(self, node: Pipeline, names: Names) -> Evaluate:
        source = self.lower(node.source, names)
        return self.then(source, node.steps, names, names.label or self.spelled(node.source))

    def spelled(self, node: Expression) -> str:
        """What notes call a source."""
        return spelled(node, self.model.definitions)

    def then(self, source: Evaluate, calls: tuple[Call, ...], names: Names, label: str) -> Evaluate:
        """``source`` followed by transforms; ``label`` names the source in notes."""
        convert = in_turn([self.observed_step(c, names, self.step(c, names, label)) for c in calls])
        return lambda run: convert(run, source(run))

    def template(
        self, node: Template, names: Names, encode: Callable[[Expression, str], str] | None = None
    ) -> Evaluate:
        """Text with values filled in; ``encode`` is given each value as text."""
        parts = [
            part if isinstance(part, str) else (part, self.lower(part, names))
            for part in node.parts
        ]

        def evaluate(run: Run) -> Any:
            filled: list[str] = []
            for part in parts:
                if isinstance(part, str):
                    filled.append(part)
                    continue
                text = as_text(part[1](run))
                if text is None:
                    return None
                filled.append(encode(part[0], text) if encode else text)
            return present("".join(filled))

        return evaluate

    # References

    def _reference(self, node: Reference, names: Names) -> Evaluate:
        whole = self._whole(node, names)
        if node.tail is None:
            return self.observed("name", node, names, whole)
        read = lower(node.tail)

        def evaluate(run: Run) -> Any:
            try:
                return present(read(whole(run)))
            except SelectorError:
                run.notes.append(
                    Note(print_expression(node), "cannot be read as written", node.span)
                )
                return None

        return self.observed("name", node, names, evaluate)

    def _whole(self, node: Reference, names: Names) -> Evaluate:
        name = node.name
        if name in names.slots:
            slot = names.slots[name]
            return lambda run: run.names[slot]
        if name in self.model.definitions:
            return self.remembered(name)
        constants: dict[str, Any] = {"api": self.model.api, "tables": self.model.tables}
        if name in constants:
            return _constant(constants[name])
        readers: dict[str, Evaluate] = {
            "settings": lambda run: run.settings,
            **CLOCKS,
            "integration": lambda run: present(run.integration),
            "payload": lambda run: run.payload,
        }
        return readers[name]

    def remembered(self, name: str) -> Evaluate:
        """A definition, evaluated once an event (once a request, if it depends on the fan-out)."""
        if name not in self._definitions:
            self.memo_slots[name] = slot = len(self.memo_slots)
            self._definitions[name] = memoised(slot, self.definition(name))
        return self._definitions[name]

    # Conditions

    def condition(self, node: Expression, names: Names) -> Callable[[Run], bool]:
        """The closure of a condition; what cannot be converted in it makes nothing missing."""
        evaluate = self.observed("condition", node, names, self.lower(node, names))

        def met(run: Run) -> bool:
            mark = len(run.notes)
            found = holds(evaluate(run))
            del run.notes[mark:]
            return found

        return met

    def _condition(self, node: Expression, names: Names) -> Evaluate:
        match node:
            case Compare():
                return self._compare(node, names)
            case Test():
                return self._test(node, names)
            case Not():
                operand = self.lower(node.operand, names)
                return lambda run: not holds(operand(run))
            case Both():
                parts = [self.lower(part, names) for part in node.operands]
                return lambda run: all(holds(part(run)) for part in parts)
            case Either():
                parts = [self.lower(part, names) for part in node.operands]
                return lambda run: any(holds(part(run)) for part in parts)
            case _:
                raise TypeError(f"no lowering for {type(node).__name__}")

    def _compare(self, node: Compare, names: Names) -> Evaluate:
        left, right = self.lower(node.left, names), self.lower(node.right, names)
        compare = COMPARISONS[node.operator]
        return lambda run: compare(left(run), right(run))

    def _test(self, node: Test, names: Names) -> Evaluate:
        operand, test = self.lower(node.operand, names), node.test
        if test == "present":
            return lambda run: operand(run) is not None
        if test == "missing":
            return lambda run: operand(run) is None
        return lambda run: kind_of(operand(run)) == test


CLOCKS: Mapping[str, Evaluate] = {
    "now": lambda run: int(run.now),
    "now_ms": lambda run: int(run.now * 1000),
}


def first_present(arms: list[Evaluate]) -> Evaluate:
    """The fallback chain: the first value that is not missing."""

    def evaluate(run: Run) -> Any:
        for arm in arms:
            value = arm(run)
            if value is not None:
                return value
        return None

    return evaluate


def in_turn(steps: list[Step]) -> Step:
    """Steps one after the other, as long as something is left of the value."""

    def convert(run: Run, value: Any) -> Any:
        for step in steps:
            if value is None:
                return None
            value = step(run, value)
        return value

    return convert


def as_text(value: Any) -> str | None:
    """How a value reads inside a template; lists are joined by commas."""
    match kind_of(value):
        case "text":
            return str(value)
        case "boolean":
            return "true" if value else "false"
        case "number":
            whole = type(value) is float and value.is_integer()
            return str(int(value)) if whole else str(value)
        case "list":
            texts = [as_text(item) for item in value]
            return ", ".join(text for text in texts if text is not None)
        case _:
            return None


def _constant(value: Any) -> Evaluate:
    return lambda run: value


def memoised(slot: int, evaluate: Evaluate) -> Evaluate:
    """A definition that is evaluated once, and notes the same each time it is asked for."""

    def remembered(run: Run) -> Any:
        known = run.memo[slot]
        if known is not UNSET:
            value, notes = known
            run.notes.extend(notes)
            return value
        notes = run.notes
        mark = len(notes)
        value = evaluate(run)
        run.memo[slot] = (value, tuple(notes[mark:]) if len(notes) > mark else ())
        return value

    return remembered


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def ordered(left: Any, right: Any) -> bool:
        return kind_of(left) == kind_of(right) == "number" and compare(left, right)

    return ordered


def _within(left: Any, right: Any) -> bool:
    if left is None:
        return False
    if type(right) is list:
        if type(left) is str:
            return left in right
        return any(same(left, item) for item in right)
    return type(right) is dict and type(left) is str and left in right


COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": lambda left, right: left is not None and right is not None and same(left, right),
    "!=": lambda left, right: left is None or right is None or not same(left, right),
    "<": _ordered(operator.lt),
    "<=": _ordered(operator.le),
    ">": _ordered(operator.gt),
    ">=": _ordered(operator.ge),
    "in": _within,
}
