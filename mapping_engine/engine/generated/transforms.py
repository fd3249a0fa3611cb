"""Single transforms as generated code."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from types import FunctionType
from typing import Any

from mapping_engine.diagnostics import Span
from mapping_engine.engine.generated.expressions import LABEL, GeneratedExpressions
from mapping_engine.engine.generated.found import TEXT, Found, Then, classes_of, filled
from mapping_engine.engine.generated.nodes import (
    NONE,
    among,
    attribute,
    both,
    call,
    compare,
    either,
    load,
    method,
    negated,
    of_class,
    present,
)
from mapping_engine.engine.lower import Names
from mapping_engine.engine.run import Note, Run
from mapping_engine.engine.run import present as checked
from mapping_engine.engine.steps import arguments_of, wrong_kind
from mapping_engine.expression import Call, Expression, Literal
from mapping_engine.transforms.declare import Parameter, Rejected, Transform
from mapping_engine.types import kind_of

_ODD = frozenset((Rejected, str, list, dict))
"""Results that are not values as they stand, or may be empty."""


@dataclass(frozen=True)
class Applied:
    """A transform at its place in the rules; ``label`` is what notes call the source."""

    call: Call
    target: Transform
    arguments: tuple[Expression | None, ...]
    names: Names
    label: str


class GeneratedTransforms(GeneratedExpressions):
    """Writes transforms: each goes on where something is left of the value."""

    def labelled(self, label: str) -> str:
        """The name under which the code finds what notes call the source."""
        return LABEL if label is LABEL else self.constant(label)

    def put_transform(self, applied: Applied, found: Found, then: Then) -> None:
        """Convert a value, unless hashing is off and this is only done to hash."""
        if not applied.target.honours_hashing_switch:
            self._put_either_way(applied, found, then)
            return
        result = self.code.let(found.name)
        classes = set(found.classes)

        def keep(made: Found) -> None:
            self.code.assign(result, made.name)
            classes.update(made.classes)

        with self.code.when(self._is_hashing()):
            self.code.assign(result, NONE)
            self._put_either_way(applied, found, keep)
        self.put_present(Found(result, frozenset(classes), solid=found.solid), then)

    def _is_hashing(self) -> ast.expr | None:
        hashing = load(self.code.state("hashing"))
        if self.model.file.already_hashed is None:
            return hashing
        return both(hashing, negated(attribute("run", "already_hashed")))

    def _put_either_way(self, applied: Applied, found: Found, then: Then) -> None:
        known = [self._argument(each, applied.names) for each in applied.arguments]
        if not all(constant for constant, _ in known):
            self._put_variable(applied, found, then)
            return
        target = applied.target
        fixed = [
            parameter.default if given is None else given
            for parameter, (_, given) in zip(target.parameters, known, strict=True)
        ]
        if found.solid and target.unchanged is not None:
            self._put_unless_unchanged(applied, fixed, found, then)
        elif found.solid and target.method and found.classes == TEXT:
            then(Found(self.code.let(method(found.name, target.method)), TEXT))
        else:
            made = self._conversion_call(target, fixed, found)
            self._put_accepted(
                applied, found, partial(self._put_judged, applied, found, made, then)
            )

    def _conversion_call(self, target: Transform, fixed: list[Any], found: Found) -> ast.expr:
        if target.prepare is not None:
            return call(self.constant(self._fixed(target, fixed)), found.name)
        arguments = [self.constant(value) for value in fixed]
        return call(self.constant(target.function), found.name, *arguments)

    def _put_unless_unchanged(
        self, applied: Applied, fixed: list[Any], found: Found, then: Then
    ) -> None:
        """Convert what the transform does not pass on as it is."""
        target = applied.target
        convert = _whole(target, self._fixed(target, fixed), applied.call.span)
        result = self.code.let(found.name)
        with self.code.when(self._changes(target, found)):
            self.code.assign(result, self._told(applied, convert, result))
        self.put_present(Found(result, classes_of(target.returns.names)), then)

    def _changes(self, target: Transform, found: Found) -> ast.expr:
        """Whether the transform may change the value."""
        name, same = found.name, target.unchanged
        kind = attribute(name, "__class__")
        if isinstance(same, type):
            return compare(kind, ast.IsNot(), self.constant(same))
        assert same is not None
        other = negated(method(name, same))
        if found.classes == TEXT:
            return other
        return either(compare(kind, ast.IsNot(), self.constant(str)), other)

    def _told(
        self, applied: Applied, function: Callable[[list[Note], Any, str], Any], name: str
    ) -> ast.expr:
        """A call of what notes what became of a value."""
        notes, label = self.code.state("notes"), self.labelled(applied.label)
        return call(self.constant(function), notes, name, label)

    # What goes in

    def _put_accepted(self, applied: Applied, found: Found, write: Callable[[], None]) -> None:
        """Values of other kinds are noted, and lost."""
        test = self._is_accepted(applied.target, found)
        with self.code.when(test):
            write()
        if test is not None:
            with self.code.otherwise():
                wrong = _wrong(applied.target, applied.call.span)
                self.code.do(self._told(applied, wrong, found.name))

    def _is_accepted(self, target: Transform, found: Found) -> ast.expr | None:
        """Whether the transform takes the value; None where it surely does."""
        name, accepted = found.name, classes_of(target.accepts.names)
        if found.classes <= accepted and float not in found.classes:
            return None
        if len(accepted) == 1:
            (only,) = accepted
            return of_class(name, self.constant(only))
        if float not in accepted:
            return among(name, self.constant(accepted))
        kind = call(self.constant(kind_of), name)
        finite = compare(kind, ast.In(), self.constant(target.accepts.names))
        if str in accepted and str in found.classes:
            return either(of_class(name, self.constant(str)), finite)
        return finite

    # What comes out

    def _put_judged(self, applied: Applied, found: Found, made: ast.expr, then: Then) -> None:
        """Go on with a result that is a value; what is lost is noted."""
        target = applied.target
        classes = classes_of(target.returns.names)
        result = self.code.let(made)
        if target.total and found.solid:
            then(Found(result, classes))
            return
        lost = self._told(applied, _lost(target, applied.call.span), result)
        if len(target.returns.names) == 1:
            solid = target.solid and found.solid
            full = None if solid else filled(result, classes, self.code)
            with self.code.when(both(self._of_classes(result, classes), full)):
                then(Found(result, classes))
            with self.code.otherwise():
                self.code.do(lost)
            return
        with self.code.when(among(result, self.constant(_ODD))):
            self.code.assign(result, lost)
        self.put_present(Found(result, classes), then)

    def _of_classes(self, name: str, classes: frozenset[type]) -> ast.expr:
        kinds = sorted(classes, key=lambda kind: kind.__name__)
        return either(*(of_class(name, self.constant(kind)) for kind in kinds))

    # Arguments

    def _put_variable(self, applied: Applied, found: Found, then: Then) -> None:
        """A transform with arguments that are known only with the settings, or the event."""
        names = applied.names
        if all(self.is_settled(argument, names) for argument in applied.arguments):
            convert = self.code.let(self._readied(applied))
            write = partial(self._put_prepared, applied, found, convert, then)
        else:
            write = partial(self._put_with, applied, found, then)
        self._put_accepted(applied, found, write)

    def is_settled(self, argument: Expression | None, names: Names) -> bool:
        """Whether an argument is the same for all events under the same settings."""
        return argument is None or self.is_settled_by(argument, names)

    def _put_prepared(self, applied: Applied, found: Found, convert: str, then: Then) -> None:
        with self.code.when(present(convert)):
            self._put_judged(applied, found, call(convert, found.name), then)

    def _readied(self, applied: Applied) -> ast.expr:
        """The function of the value alone; None where a required argument is missing."""
        target = applied.target
        arguments = [self._given(each, applied.names) for each in applied.arguments]

        def ready(run: Run) -> Any:
            given = arguments_of(target.parameters, arguments, run)
            return None if given is None else target.bound(*given)

        return self.fixed_value(ready)

    def _put_with(self, applied: Applied, found: Found, then: Then) -> None:
        parameters = applied.target.parameters
        given = [
            self._argument_of(parameter, argument, applied.names)
            for parameter, argument in zip(parameters, applied.arguments, strict=True)
        ]
        needed = [present(g) for p, g in zip(parameters, given, strict=True) if p.required]
        with self.code.when(both(*needed)):
            made = call(self.constant(applied.target.function), found.name, *given)
            self._put_judged(applied, found, made, then)

    def _argument_of(self, parameter: Parameter, node: Expression | None, names: Names) -> str:
        """An argument of an accepted kind, else the default; None where one is required."""
        default = None if parameter.required else parameter.default
        if node is None:
            return self.constant(default)
        if isinstance(node, Literal):
            accepted = kind_of(node.value) in parameter.kinds.names
            return self.constant(node.value if accepted else default)
        found = self.value_of(partial(self.put, node, names))
        if default is not None or not found.classes <= classes_of(parameter.kinds.names):
            kind = call(self.constant(kind_of), found.name)
            with self.code.when(compare(kind, ast.NotIn(), self.constant(parameter.kinds.names))):
                self.code.assign(found.name, self.constant(default))
        return found.name

    # What the settings make ready

    def put_on_event(self, applied: Applied, then: Then) -> None:
        """A transform of the event itself."""
        if not all(self.is_settled(each, applied.names) for each in applied.arguments):
            self.put_lowered(applied.call, applied.names, then)
            return
        read = self.code.let(self._readied(applied))
        with self.code.when(present(read)):
            made = self.code.let(call(read, self.code.state("event")))
            raw = Found(made, raw=True, solid=False)
            self.put_present(raw, partial(self.put_filled, then=then))

    def put_indexed(self, applied: Applied, source: Expression, then: Then) -> bool:
        """A look into a table of the settings, which is brought into order once; False if not."""
        target, names = applied.target, applied.names
        if target.indexed is None or not self.is_fixed(source, names):
            return False
        key, *others = applied.arguments
        if key is None or not all(self.is_settled(each, names) for each in others):
            return False
        index = self.code.let(self._index(applied, source))
        with self.code.when(of_class(index, self.constant(FunctionType))):
            wanted = self._argument_of(target.parameters[0], key, names)
            with self.code.when(present(wanted)):
                result = self.code.let(call(index, wanted))
                self.put_present(Found(result, classes_of(target.returns.names)), then)
        with self.code.otherwise(), self.code.when(present(index)):
            self.code.do(self._told(applied, _wrong(target, applied.call.span), index))
        return True

    def _index(self, applied: Applied, source: Expression) -> ast.expr:
        """The table as a function of the key; a value of a wrong kind as it is."""
        target = applied.target
        read = self.lower(source, applied.names)
        others = [self._given(each, applied.names) for each in applied.arguments[1:]]
        make = target.indexed
        assert make is not None

        def index(run: Run) -> Any:
            table = read(run)
            if kind_of(table) not in target.accepts.names:
                return table
            given = arguments_of(target.parameters[1:], others, run)
            return None if given is None else make(table, *given)

        return self.fixed_value(index)


def _wrong(target: Transform, span: Span) -> Callable[[list[Note], Any, str], None]:
    """What notes that a value is of a kind which a transform does not take."""
    accepted = str(target.accepts)

    def note(notes: list[Note], value: Any, label: str) -> None:
        notes.append(Note(label, wrong_kind(kind_of(value), accepted), span))

    return note


def _lost(target: Transform, span: Span) -> Callable[[list[Note], Any, str], Any]:
    """What judges a result that may be none: rejected, empty, or a list or object after all."""
    emptied = f"has nothing left after `{target.name}`"

    def note(notes: list[Note], result: Any, label: str) -> Any:
        if type(result) is Rejected:
            notes.append(Note(label, result.reason, span))
            return None
        found = checked(result)
        if found is None and result is not None:
            notes.append(Note(label, emptied, span))
        return found

    return note


def _whole(
    target: Transform, convert: Callable[[Any], Any], span: Span
) -> Callable[[list[Note], Any, str], Any]:
    """The whole of a transform: what it takes, what it makes of it, and what is left of that."""
    accepted = target.accepts.names
    wrong, lost = _wrong(target, span), _lost(target, span)

    def converted(notes: list[Note], value: Any, label: str) -> Any:
        if kind_of(value) not in accepted:
            wrong(notes, value, label)
            return None
        return lost(notes, convert(value), label)

    return converted


def evaluated(steps: list[Callable[[Run, Any], Any]]) -> Callable[[Run, Any], Any]:
    """Closures of transforms, one after the other."""

    def convert(run: Run, value: Any) -> Any:
        for step in steps:
            if value is None:
                return None
            value = step(run, value)
        return value

    return convert
