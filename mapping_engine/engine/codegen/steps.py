"""Pipelines of transforms, shared conversions and named pipelines as generated code."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from mapping_engine.core.calls import Bound
from mapping_engine.core.infer import Scope
from mapping_engine.core.model import Model
from mapping_engine.core.walk import names_in
from mapping_engine.diagnostics import Span
from mapping_engine.engine.codegen.expressions import LABEL, TooDeep, refuse_deep
from mapping_engine.engine.codegen.found import (
    TEXT,
    Found,
    Tail,
    Then,
    filled,
    one_of,
    settled,
)
from mapping_engine.engine.codegen.nodes import (
    attribute,
    both,
    call,
    compare,
    either,
    method,
    negated,
    number,
    of_class,
)
from mapping_engine.engine.codegen.tables import GeneratedTables
from mapping_engine.engine.codegen.transforms import Applied, takes_raw, takes_texts
from mapping_engine.engine.lower import Names, in_turn
from mapping_engine.engine.run import Run
from mapping_engine.engine.steps import VALUE, closed_digests, passed_digest
from mapping_engine.expression import Call, Pipeline
from mapping_engine.file.values import ArmBlock, PipelineBlock
from mapping_engine.transforms.declare import Transform
from mapping_engine.transforms.hashing import is_digest
from mapping_engine.types.type import UNKNOWN

_SHORTEST_DIGEST = 64
_LONGEST_PIPELINE = 12
"""Longer ones are left to closures: each step is written inside the last one."""

Conversion = tuple[tuple[Call, ...], Names]


class GeneratedSteps(GeneratedTables):
    """Writes calls, one after the other and under their names."""

    def __init__(self, model: Model, *, silent: bool = False) -> None:
        super().__init__(model, silent=silent)
        self._shared: dict[tuple[Any, ...], tuple[Callable[..., Any], Found] | None] = {}
        self.repeats = 0
        """How many loops and shared conversions are being written, which run more than once."""

    # Pipelines

    def put_pipeline(self, node: Pipeline, names: Names, then: Then) -> None:
        """A value and the transforms it goes through."""
        label = names.label or self.spelled(node.source)
        first, *rest = node.steps
        bound = self._bound(first, piped=True)
        if isinstance(bound.target, Transform):
            applied = Applied(first, bound.target, bound.arguments, names, label)
            after = partial(self.put_steps, tuple(rest), names, label, then)
            if self.put_indexed(applied, node.source, after):
                return
        convert = partial(self.put_steps, node.steps, names, label, then)
        self.put(node.source, names, convert, raw=True)

    def put_steps(
        self, calls: tuple[Call, ...], names: Names, label: str, then: Then, found: Found
    ) -> None:
        """Transforms one after the other, the next one where the last one left a value."""
        if not calls:
            self.put_filled(found, then)
        elif len(calls) > _LONGEST_PIPELINE:
            refuse_deep(label)
            steps = in_turn([self.step(each, names, label) for each in calls])
            self.put_filled(found, lambda value: self._put_closure(steps, value, then))
        else:
            more = calls[1:]
            rest = partial(self.put_steps, more, names, label, then) if more else then
            self._put_taken(calls[0], partial(self._put_step, calls[0], names, label, rest), found)

    def _put_taken(self, node: Call, step: Then, found: Found) -> None:
        """Go on with a step, where the value is not missing or the step does not mind."""
        target = self._bound(node, piped=True).target
        if not found.raw or takes_raw(target):
            step(found)
        elif takes_texts(target) and not self.tells:
            self.put_text(found, step)
        else:
            self.put_filled(found, step)

    def put_text(self, found: Found, then: Then) -> None:
        """Go on where a raw value is a text that is not blank."""
        kind, full = of_class(found.name, self.constant(str)), filled(found.name, TEXT, self.code)
        with self.code.when(both(kind, full)):
            then(replace(settled(found), classes=TEXT))

    def _put_closure(self, steps: Callable[[Run, Any], Any], value: Found, then: Then) -> None:
        self.put_present(Found(self.called(steps, value.name)), then)

    def _put_step(self, node: Call, names: Names, label: str, then: Then, found: Found) -> None:
        self._put_bound(node, self._bound(node, piped=True), names, label, then, found)

    def _put_bound(
        self, node: Call, bound: Bound, names: Names, label: str, then: Then, found: Found
    ) -> None:
        target = bound.target
        if isinstance(target, PipelineBlock):
            body = partial(self._put_body, bound, target, names, label)
            self._put_named(target, node.span, label, body, then, found)
        else:
            applied = Applied(node, target, bound.arguments, names, label)
            self.put_transform(applied, found, then)

    def put_call(self, node: Call, names: Names, then: Then) -> None:
        """A transform written as a call: its first argument is the value."""
        bound = self._bound(node, piped=False)
        label = names.label or self.spelled(bound.input or node)
        if isinstance(bound.target, Transform):
            applied = Applied(node, bound.target, bound.arguments, names, label)
            if bound.target.reads_event:
                self.put_on_event(applied, then)
                return
            assert bound.input is not None
            if self.put_indexed(applied, bound.input, then):
                return
        assert bound.input is not None
        self.put(bound.input, names, partial(self._put_bound, node, bound, names, label, then))

    # Conversions that several alternatives share

    def put_shared(
        self, calls: tuple[Call, ...], names: Names, label: str, then: Then, found: Found
    ) -> None:
        """Transforms that are used in many places: a function of the value and its label."""
        if self._is_short(calls):
            self.put_steps(calls, names, label, then, found)
            return
        usable = found.solid or found.raw
        shared = self._conversion(calls, names, sound=found.sound) if usable else None
        if shared is None:
            self.put_steps(calls, names, label, then, found)
            return
        convert, answer = shared
        if _reads_names(calls, names):
            self.flush()
        labels = [self.labelled(label)] if self.tells else []
        made = call(self.constant(convert), "run", found.name, *labels)
        result = self.code.let(made)
        self.put_present(replace(answer, name=result), then)

    def _is_short(self, calls: tuple[Call, ...]) -> bool:
        """Whether the code of some transforms is about as long as the call of a function."""
        target = self._bound(calls[0], piped=True).target if len(calls) == 1 else None
        return isinstance(target, Transform) and target.speed.unchanged is not None

    def _conversion(
        self, calls: tuple[Call, ...], names: Names, *, sound: bool
    ) -> tuple[Callable[..., Any], Found] | None:
        """The function of some transforms, and what it answers; None where it cannot be written."""
        key = (id(calls), tuple(sorted(names.slots.items())), self.tells, sound)
        if key not in self._shared:
            self.repeats += 1
            try:
                self._shared[key] = self._built_conversion(calls, names, sound=sound)
            except TooDeep:
                self._shared[key] = None
            finally:
                self.repeats -= 1
        return self._shared[key]

    def _built_conversion(
        self, calls: tuple[Call, ...], names: Names, *, sound: bool
    ) -> tuple[Callable[..., Any], Found]:
        """A function for texts, which are most values, and one for others, which it calls."""
        answers: list[Found] = []
        tail = self.giving(answers)
        any_value = Found(VALUE, raw=True, solid=False, sound=sound)
        parameters = ["run", VALUE, LABEL] if self.tells else ["run", VALUE]
        write = partial(self.put_steps, calls, names, LABEL, tail, any_value)
        others = self.built(write, *parameters)

        def write_both() -> None:
            text = of_class(VALUE, self.constant(str))
            with self.code.when(negated(text)):
                self.code.give(call(self.constant(others), *parameters))
            with self.code.when(filled(VALUE, TEXT, self.code)):
                self.put_steps(calls, names, LABEL, tail, Found(VALUE, TEXT, sound=sound))

        return self.built(write_both, *parameters), one_of(VALUE, answers or [Found(VALUE)])

    # Named pipelines

    def _put_named(
        self,
        block: PipelineBlock,
        span: Span,
        label: str,
        body: Callable[[Then, Found], None],
        then: Then,
        found: Found,
    ) -> None:
        """The body of a pipeline; where it normalises, for values that are no digests yet."""
        if block.normalises is None:
            body(then, found)
            return
        self.put_either(partial(self._put_normal, block, span, label, body, found), then)

    def _put_normal(
        self,
        block: PipelineBlock,
        span: Span,
        label: str,
        body: Callable[[Then, Found], None],
        found: Found,
        tail: Tail,
    ) -> None:
        with self.code.when(self._passes(found)):
            passing = self.constant(_passing(block, span))
            passed = self.code.let(call(passing, "run", found.name, self.labelled(label)))
            self.put_present(_likely(block, Found(passed, TEXT, sound=found.sound)), tail)
        with self.code.otherwise():
            body(tail.after(partial(_likely, block)), found)

    def _passes(self, found: Found) -> ast.expr:
        """Whether a value is a digest already, or all are said to be."""
        text = None if found.classes == TEXT else of_class(found.name, self.constant(str))
        long = compare(call("len", found.name), ast.GtE(), number(_SHORTEST_DIGEST))
        digest = call(self.constant(is_digest), method(found.name, "strip"))
        test = both(text, long, digest)
        assert test is not None
        if self.model.file.already_hashed is None:
            return test
        return either(attribute("run", "already_hashed"), test)

    def _put_body(
        self,
        bound: Bound,
        block: PipelineBlock,
        names: Names,
        label: str,
        then: Then,
        found: Found,
    ) -> None:
        given = [
            self.value_of(partial(self.put, argument, names) if argument else _nothing)
            for argument in bound.arguments
        ]
        inside = Names({}, Scope({}, only=True), label)
        outside, within = self.locals, dict(self.locals)
        parameters = (VALUE, *(name.text for name in block.parameters or ()))
        certain = self.certain | {self.slot_count}
        for parameter, value in zip(parameters, (found, *given), strict=True):
            slot = self.new_slot()
            inside = inside.having(parameter, slot, inside.scope.having(parameter, UNKNOWN))
            within[slot] = value

        def resume(made: Found) -> None:
            self.locals = outside
            then(made)
            self.locals = within

        after = then if isinstance(then, Tail) else resume
        self.locals = within
        before, self.certain = self.certain, certain
        try:
            if block.steps is not None:
                self.put_steps(block.steps, inside, label, after, found)
            else:
                arms = [partial(self._put_arm, a, inside, label) for a in block.first_of or ()]
                self.put_first(arms, after)
        finally:
            self.locals, self.certain = outside, before

    def _put_arm(self, arm: ArmBlock, inside: Names, label: str, then: Then) -> None:
        node = arm.value or arm.template or arm.constant
        assert node is not None
        steps = partial(self.put_steps, arm.as_ or (), inside, label, then)
        self.put_guarded(arm, inside, partial(self.put, node, inside, steps))

    def put_guarded(self, arm: ArmBlock, names: Names, write: Callable[[], None]) -> None:
        """What ``write`` writes, where the condition of the alternative holds."""
        if arm.when is None:
            write()
        else:
            self.put_met(arm.when, names, write)


def _likely(block: PipelineBlock, found: Found) -> Found:
    """The value of a named pipeline, which may list its values."""
    listed = frozenset(str(value.value) for value in block.values or ())
    return replace(found, likely=found.likely or listed)


def _nothing(then: Then) -> None:
    """An argument that is not given."""


def _reads_names(calls: tuple[Call, ...], names: Names) -> bool:
    """Whether the arguments of transforms read variables."""
    return not names_in(calls).isdisjoint(names.slots)


def _passing(block: PipelineBlock, span: Span) -> Callable[[Run, Any, str], Any]:
    """What lets digests pass, and keeps out what is said to be one and is not."""
    closed = closed_digests(block)

    def passing(run: Run, value: Any, label: str) -> Any:
        return passed_digest(run, value, closed, label, span)

    return passing
