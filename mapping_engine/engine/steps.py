"""Transforms and named pipelines to closures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mapping_engine.core.calls import Bound, bind, find
from mapping_engine.core.infer import Scope
from mapping_engine.core.model import Model
from mapping_engine.diagnostics import Span
from mapping_engine.engine.lower import ExpressionLowering, Names, first_present
from mapping_engine.engine.run import Evaluate, Note, Run, Step, present
from mapping_engine.expression import Call, Expression, Items, Literal, Reference
from mapping_engine.file.values import ArmBlock, PipelineBlock
from mapping_engine.selectors import lower as read_selector
from mapping_engine.transforms.declare import Parameter, Rejected, Transform
from mapping_engine.transforms.hashing import OF_NOTHING, digest, is_digest
from mapping_engine.types import kind_of
from mapping_engine.types.type import UNKNOWN

VALUE = "value"


class StepLowering(ExpressionLowering):
    """Lowers calls: each becomes a step on a value, or a value of its own."""

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self._pipelines = dict(model.pipelines)
        self._ready: dict[tuple[object, ...], tuple[Callable[[Any], Any], list[Any]]] = {}
        """Functions of transforms by their names and arguments, which are kept as long."""

    def step(self, call: Call, names: Names, label: str) -> Step:
        """One transform of a pipeline; ``label`` names the source in notes."""
        bound = self._bound(call, piped=True)
        if isinstance(bound.target, PipelineBlock):
            return self._named(call, bound, bound.target, names, label)
        return self._transform(bound, bound.target, names, label, call.span)

    def function(self, call: Call, names: Names) -> Evaluate:
        """A transform written as a call: its first argument is the piped value."""
        bound = self._bound(call, piped=False)
        label = names.label or self.spelled(bound.input or call)
        if isinstance(bound.target, Transform) and bound.target.reads_event:
            return self._on_event(bound, bound.target, names)
        assert bound.input is not None
        source = self.lower(bound.input, names)
        if isinstance(bound.target, PipelineBlock):
            step = self._named(call, bound, bound.target, names, label)
        else:
            step = self._transform(bound, bound.target, names, label, call.span)

        def evaluate(run: Run) -> Any:
            value = source(run)
            return None if value is None else step(run, value)

        return evaluate

    def _bound(self, call: Call, *, piped: bool) -> Bound:
        target = find(call.name, self._pipelines)
        assert target is not None
        bound = bind(call, target, piped)
        assert isinstance(bound, Bound)
        return bound

    # Transforms

    def _transform(
        self, bound: Bound, target: Transform, names: Names, label: str, span: Span
    ) -> Step:
        convert = self._prepared(bound, target, names)
        accepted = target.accepts.names
        switched = target.honours_hashing_switch
        emptied = f"has nothing left after `{target.name}`"

        def step(run: Run, value: Any) -> Any:
            if switched and (run.already_hashed or not run.hashing):
                return value
            kind = kind_of(value)
            if kind not in accepted:
                run.notes.append(Note(label, wrong_kind(kind, str(target.accepts)), span))
                return None
            result = convert(run, value)
            if type(result) is Rejected:
                run.notes.append(Note(label, result.reason, span))
                return None
            found = present(result)
            if found is None and result is not None:
                run.notes.append(Note(label, emptied, span))
            return found

        return step

    def _prepared(self, bound: Bound, target: Transform, names: Names) -> Step:
        """The function of a transform with its arguments; constants are prepared once."""
        values = [self._argument(a, names) for a in bound.arguments]
        if all(constant for constant, _ in values):
            fixed = [
                p.default if value is None else value
                for p, (_, value) in zip(target.parameters, values, strict=True)
            ]
            convert = self._fixed(target, fixed)
            return lambda run, value: convert(value)
        return self._variable(bound, target, names)

    def _fixed(self, target: Transform, arguments: list[Any]) -> Callable[[Any], Any]:
        """The function of a transform for these arguments; it is made ready once for each table."""
        key = (target.name, *map(id, arguments))
        if key not in self._ready:
            self._ready[key] = target.bound(*arguments), arguments
        return self._ready[key][0]

    def _variable(self, bound: Bound, target: Transform, names: Names) -> Step:
        arguments = [self._given(a, names) for a in bound.arguments]
        function = target.function

        def convert(run: Run, value: Any) -> Any:
            given = arguments_of(target.parameters, arguments, run)
            return None if given is None else function(value, *given)

        return convert

    def _given(self, node: Expression | None, names: Names) -> Evaluate | None:
        """What evaluates an argument; a blank text that is written out is given as it stands."""
        if isinstance(node, Literal):
            value = node.value
            return lambda run: value
        return self.lower(node, names) if node else None

    def _argument(self, node: Expression | None, names: Names) -> tuple[bool, Any]:
        """Whether an argument is known now, and its value."""
        if node is None:
            return True, None
        if isinstance(node, Literal):
            return True, node.value
        if isinstance(node, Items):
            items = [self._argument(item, names) for item in node.items]
            return all(known for known, _ in items), [value for _, value in items]
        if isinstance(node, Reference) and node.name == "tables" and node.tail is not None:
            return True, read_selector(node.tail)(self.model.tables)
        return False, None

    def _on_event(self, bound: Bound, target: Transform, names: Names) -> Evaluate:
        convert = self._variable(bound, target, names)
        return lambda run: present(convert(run, run.event))

    # Named pipelines

    def _named(
        self, call: Call, bound: Bound, block: PipelineBlock, names: Names, label: str
    ) -> Step:
        arguments = [self.lower(a, names) if a else None for a in bound.arguments]
        inside = Names({}, Scope({}, only=True), label)
        slots: list[int] = []
        for parameter in (VALUE, *(name.text for name in block.parameters or ())):
            slots.append(self.new_slot())
            scope = inside.scope.having(parameter, UNKNOWN)
            inside = inside.having(parameter, slots[-1], scope)
        body = self._body(block, inside, label)

        def step(run: Run, value: Any) -> Any:
            given = [argument(run) if argument else None for argument in arguments]
            for slot, found in zip(slots, (value, *given), strict=True):
                run.names[slot] = found
            return body(run)

        if block.normalises is None:
            return step
        return _passing_digests(step, block, label, call.span)

    def _body(self, block: PipelineBlock, inside: Names, label: str) -> Evaluate:
        slot = inside.slots[VALUE]
        if block.steps is not None:
            return self.then(lambda run: run.names[slot], block.steps, inside, label)
        return first_present([self._pipeline_arm(a, inside, label) for a in block.first_of or ()])

    def _pipeline_arm(self, arm: ArmBlock, inside: Names, label: str) -> Evaluate:
        node = arm.value or arm.template or arm.constant
        assert node is not None
        evaluate = self.lower(node, inside)
        if arm.as_:
            evaluate = self.then(evaluate, arm.as_, inside, label)
        return self.guarded(arm, evaluate, inside)

    def guarded(self, arm: ArmBlock, evaluate: Evaluate, names: Names) -> Evaluate:
        """``evaluate`` where the alternative's condition holds, and nothing elsewhere."""
        if arm.when is None:
            return evaluate
        condition = self.condition(arm.when, names)
        return lambda run: evaluate(run) if condition(run) else None


def arguments_of(
    parameters: tuple[Parameter, ...], arguments: list[Evaluate | None], run: Run
) -> list[Any] | None:
    """The arguments of a transform; None where a required one is missing or of a wrong kind."""
    given: list[Any] = []
    for parameter, argument in zip(parameters, arguments, strict=True):
        found = argument(run) if argument else None
        if found is None or kind_of(found) not in parameter.kinds.names:
            if parameter.required:
                return None
            found = parameter.default
        given.append(found)
    return given


def _passing_digests(step: Step, block: PipelineBlock, label: str, span: Span) -> Step:
    """A value that is a digest already passes, unless it is a digest of nothing accepted."""
    closed = closed_digests(block)

    def passing(run: Run, value: Any) -> Any:
        if run.already_hashed or (type(value) is str and is_digest(value.strip())):
            return passed_digest(run, value, closed, label, span)
        return step(run, value)

    return passing


def closed_digests(block: PipelineBlock) -> frozenset[str]:
    """The digests of all values that a pipeline can yield, where these are few."""
    return frozenset(digest(str(value.value)) for value in block.values or ())


def passed_digest(run: Run, value: Any, closed: frozenset[str], label: str, span: Span) -> Any:
    """A digest as it is sent; None, with the reason, for what may not be sent as one."""
    found = value.strip().lower() if type(value) is str else ""
    if not is_digest(found):
        run.notes.append(Note(label, "is no digest, though it is said to be", span))
        return None
    if found == OF_NOTHING:
        run.notes.append(Note(label, "is the digest of an empty text", span))
        return None
    if closed and found not in closed:
        run.notes.append(Note(label, "is a digest of none of the accepted values", span))
        return None
    return found


def wrong_kind(kind: str, accepted: str) -> str:
    """Why a value of this kind was not converted."""
    article = "an" if kind == "object" else "a"
    found = "is no JSON value" if kind == "nothing" else f"is {article} {kind}"
    return f"{found}, not {accepted}"
