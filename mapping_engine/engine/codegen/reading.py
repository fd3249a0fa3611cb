"""What is read of the event, the settings and the names of a run, as generated code."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import partial
from itertools import groupby, repeat
from typing import Any

from mapping_engine.core.model import Model
from mapping_engine.core.walk import walk
from mapping_engine.engine.codegen.code import Code
from mapping_engine.engine.codegen.found import Found, Put, Tail, Then, filled, one_of, settled
from mapping_engine.engine.codegen.nodes import (
    NONE,
    Operand,
    both,
    call,
    compare,
    entry,
    item,
    listing,
    load,
    method,
    negated,
    number,
    of_class,
    present,
)
from mapping_engine.engine.codegen.notes import Noting
from mapping_engine.engine.lower import ExpressionLowering, Names
from mapping_engine.engine.program import Lowering
from mapping_engine.engine.run import Evaluate, Run, holds
from mapping_engine.expression import (
    Both,
    Chain,
    Compare,
    Either,
    Expression,
    Items,
    Literal,
    Not,
    Reference,
    Select,
    Template,
    Test,
)
from mapping_engine.selectors import steps as path_steps

_FIXED = (Literal, Compare, Test, Not, Both, Either, Chain, Items, Template)
"""What depends on the settings alone, where all that it reads does."""

LONGEST_PATH = 16
"""Longer paths are left to closures: each step is a test inside the last one."""

Steps = tuple[str | int, ...]


class GeneratedReading(Lowering):
    """Writes what reads into the function that is being built.

    A method that puts something writes code and calls ``then``, where the code has a value: what is
    written there runs when there is one. Where it has none, the code goes on behind. ``then`` is
    called once, or if it is a :class:`Tail`, for each alternative.
    """

    code: Code
    """The function that is being built."""

    def __init__(self, model: Model, *, silent: bool = False) -> None:
        super().__init__(model)
        self.silent = silent
        """Whether nobody will ask for warnings, and events are what JSON text can hold."""
        self.tells = not silent
        """Whether what is being written notes what it cannot use."""
        self.alone = False
        """Whether nobody asks for the notes that were made before in this function."""
        self.locals: dict[int, Found] = {}
        """The variables that the function has at hand, by their slots."""
        self.holders: dict[int, str] = {}
        """What fields of some of them are read from: the value, or an object without keys."""
        self.certain: frozenset[int] = frozenset()
        """Those of them that surely are not None."""
        self.common: dict[tuple[str, int], Found] = {}
        """The pipelines whose values it has at hand, as written, and the names they are read by."""
        self.noting = Noting(model, silent=silent)
        self._places: dict[tuple[str, ...], int] = {}

    # Functions

    def built(self, write: Callable[[], None], *parameters: str) -> Callable[..., Any]:
        """A function made of what ``write`` writes."""
        outside = getattr(self, "code", None)
        at_hand = self.locals, self.holders, self.common, self.alone
        self.code, self.locals, self.holders, self.common = Code(), {}, {}, {}
        self.alone = False
        try:
            write()
            return self.code.function(*(parameters or ("run",)))
        finally:
            self.locals, self.holders, self.common, self.alone = at_hand
            if outside is not None:
                self.code = outside
            else:
                del self.code

    @contextmanager
    def telling(self, tells: bool) -> Iterator[None]:
        """What is written inside notes what it cannot use, or does not."""
        outside, self.tells = self.tells, tells
        try:
            yield
        finally:
            self.tells = outside

    def giving(self, answers: list[Found]) -> Tail:
        """What answers a value; what is known of it is added to ``answers``."""

        def give(found: Found) -> None:
            answers.append(found)
            self.code.give(found.name)

        return Tail(give, ends=True)

    def constant(self, value: object) -> str:
        """A constant of the function."""
        return self.code.constant(value)

    def called(self, function: Callable[..., Any], *arguments: Operand) -> str:
        """What a closure answers; the variables that are at hand here, it finds in the run."""
        self.flush()
        return self.code.let(call(self.constant(function), "run", *arguments))

    def flush(self) -> None:
        """Let closures find the variables that are at hand here."""
        for slot, found in self.locals.items():
            self.code.put_key(self.code.state("names"), number(slot), found.name)

    # Values

    def put_present(self, found: Found, then: Then) -> None:
        """Go on where a value is not None."""
        with self.code.when(present(found.name)):
            then(found)

    def put_filled(self, found: Found, then: Then) -> None:
        """Go on where a raw value is neither blank nor empty."""
        if not found.raw:
            then(found)
            return
        full = filled(found.name, found.classes, self.code)
        with self.code.when(full or present(found.name)):
            then(settled(found))

    def value_of(self, put: Callable[[Tail], None], otherwise: Operand = NONE) -> Found:
        """A value under a name of its own, which is None where there is no value."""
        result = self.code.let(otherwise)
        kinds: list[Found] = []

        def keep(found: Found) -> None:
            self.code.assign(result, found.name)
            kinds.append(found)

        put(Tail(keep))
        return one_of(result, kinds or [Found(result)])

    def put_first(
        self, arms: Sequence[Put], then: Then, holders: Sequence[str | None] = ()
    ) -> None:
        """The first of the alternatives that has a value.

        ``holders`` names for each the object that it reads; those of one without keys have none.
        """
        if len(arms) == 1:
            arms[0](then)
            return
        self.put_either(partial(self._put_alternatives, arms, holders), then)

    def put_either(self, put: Callable[[Tail], None], then: Then) -> None:
        """What ``put`` writes with a tail in several places; all else is done once behind them."""
        if isinstance(then, Tail):
            put(then)
        else:
            self.put_present(self.value_of(put), then)

    def _put_alternatives(
        self, arms: Sequence[Put], holders: Sequence[str | None], tail: Tail
    ) -> None:
        """The tail behind each alternative; the first that comes to it is the last one tried."""

        def leave(found: Found) -> None:
            assert not found.raw
            tail(found)
            self.code.leave()

        end = tail if tail.ends else Tail(leave, ends=True)
        with nullcontext() if tail.ends else self.code.once():
            pairs = zip(holders or repeat(None), arms, strict=False)
            for holder, group in groupby(pairs, lambda pair: pair[0]):
                several = [arm for _, arm in group]
                guarded = holder is not None and len(several) > 1
                with self.code.when(load(holder) if holder and guarded else None):
                    for arm in several:
                        arm(end)

    # Paths of the event

    def put_select(self, node: Select, then: Then, *, raw: bool = False) -> bool:
        """Read a path of fields and indexes; False for another selector, which is not written."""
        steps = path_steps(node.selector)
        if not steps or not isinstance(steps[0], str) or len(steps) > LONGEST_PATH:
            return False
        fields = _leading_fields(steps)
        holder = self._object(fields[:-1])
        key, deeper = self.code.held(fields[-1]), steps[len(fields) :]
        self.put_field_of(holder, key, deeper, then, raw=raw, sound=self.silent)
        return True

    def put_field_of(
        self, holder: str, key: Operand, deeper: Steps, then: Then, *, raw: bool, sound: bool
    ) -> None:
        """Read a field of an object, and go down from there. Most fields are not there."""
        with self.code.when(compare(key, ast.In(), holder)):
            start = self.code.let(entry(holder, key))
            self.put_steps_down(start, deeper, then, raw=raw, sound=sound)

    def put_steps_down(
        self, name: str, steps: Steps, then: Then, *, raw: bool = False, sound: bool = False
    ) -> None:
        """Go down from field to field, and to items; what is no object or list has none."""
        if not steps:
            found = Found(name, raw=True, solid=False, sound=sound)
            if raw:
                then(found)
            else:
                self.put_filled(found, then)
            return
        step = steps[0]
        if isinstance(step, str):
            test: ast.expr | None = of_class(name, self.constant(dict))
            inner = method(name, "get", self.code.held(step))
        else:
            least = number(step + 1 if step >= 0 else -step)
            long = compare(call("len", name), ast.GtE(), least)
            test = both(of_class(name, self.constant(list)), long)
            inner = item(name, step)
        with self.code.when(test):
            self.put_steps_down(self.code.let(inner), steps[1:], then, raw=raw, sound=sound)

    def holder_of(self, node: Expression | None) -> str | None:
        """The object of the event that a path reads a field of; None for another expression."""
        steps = path_steps(node.selector) if isinstance(node, Select) else None
        if not steps or len(steps) > LONGEST_PATH:
            return None
        fields = _leading_fields(steps)
        return self._object(fields[:-1]) if len(fields) > 1 else None

    def _object(self, path: tuple[str, ...]) -> str:
        """The object at a path of the event, or one without keys."""
        if not path:
            return self.code.state("event")
        return self.code.object(self._place(path))

    def _place(self, path: tuple[str, ...]) -> int:
        if path not in self._places:
            if path[:-1]:
                self._place(path[:-1])
            self._places[path] = len(self._places)
        return self._places[path]

    def objects(self) -> Callable[[dict[str, Any]], list[Any]]:
        """What looks up the objects of an event which the functions read."""
        code = Code()
        empty, kind = code.constant({}), code.constant(dict)
        names: dict[tuple[str, ...], str] = {(): "event"}
        for path in self._places:
            names[path] = name = code.new("o")
            holder = names[path[:-1]]
            code.assign(name, method(holder, "get", code.held(path[-1])))
            with code.when(negated(of_class(name, kind))):
                code.assign(name, load(empty))
        code.give(listing(*(names[path] for path in self._places)))
        return code.function("event")

    # What the settings alone decide

    def is_fixed(self, node: Expression, names: Names) -> bool:
        """Whether the settings decide the value, and the same one for all events."""
        reads = any(isinstance(part, Reference) for part in walk(node))
        return reads and self.is_settled_by(node, names)

    def is_settled_by(self, node: Expression, names: Names) -> bool:
        """Whether the value is the same for all events under the same settings."""
        return all(
            isinstance(part, _FIXED)
            or (isinstance(part, Reference) and self._is_setting(part, names))
            for part in walk(node)
        )

    def _is_setting(self, node: Reference, names: Names) -> bool:
        shadowed = node.name in names.slots or node.name in self.model.definitions
        known = node.name in ("settings", "api", "tables") and not shadowed
        return known and node.tail is not None and bool(path_steps(node.tail))

    def put_fixed(self, node: Expression, names: Names, then: Then) -> None:
        """A value that the settings alone decide."""
        evaluate = ExpressionLowering.lower(self, node, names)
        self.put_present(Found(self.code.let(self.fixed_value(evaluate))), then)

    def fixed_value(self, evaluate: Evaluate) -> ast.expr:
        """What ``evaluate`` answers under the settings; it is asked once for all events."""
        self.fixed.append(evaluate)
        return item(self.code.state("fixed"), len(self.fixed) - 1)

    def fixed_flag(self, node: Expression, names: Names) -> ast.expr:
        """Whether a condition is met under the settings."""
        evaluate = ExpressionLowering.lower(self, node, names)

        def met(run: Run) -> bool:
            return holds(evaluate(run))

        return self.fixed_value(met)

    # Names

    def put_variable(self, slot: int, steps: Steps, then: Then, *, raw: bool = False) -> None:
        """A variable, or what lies below it."""
        found = self.locals.get(slot)
        if steps and isinstance(steps[0], str) and slot in self.holders:
            key, sound = self.code.held(steps[0]), found is not None and found.sound
            holder, deeper = self.holders[slot], steps[1:]
            self.put_field_of(holder, key, deeper, then, raw=raw, sound=sound)
            return
        if found is None:
            name = self.code.let(item(self.code.state("names"), slot))
            found = Found(name, solid=False)
        if steps:
            self.put_steps_down(found.name, steps, then, raw=raw, sound=found.sound)
        elif slot in self.certain:
            then(found)
        else:
            self.put_present(found, then)


def _leading_fields(steps: Steps) -> tuple[str, ...]:
    fields: list[str] = []
    for step in steps:
        if not isinstance(step, str):
            break
        fields.append(step)
    return tuple(fields)
