"""Single transforms as generated code."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from mapping_engine.diagnostics import Span
from mapping_engine.engine.generated.expressions import LABEL, GeneratedExpressions
from mapping_engine.engine.generated.found import (
    EMPTIES,
    FLOATS,
    LISTS,
    TEXT,
    Found,
    Then,
    classes_of,
    filled,
)
from mapping_engine.engine.generated.nodes import (
    NONE,
    among,
    attribute,
    both,
    call,
    compare,
    either,
    listing,
    load,
    method,
    minus,
    missing,
    negated,
    number,
    of_class,
    present,
)
from mapping_engine.engine.lower import Names
from mapping_engine.engine.run import Note, Run, note
from mapping_engine.engine.run import present as checked
from mapping_engine.engine.steps import arguments_of, wrong_kind
from mapping_engine.expression import Call, Expression, Literal
from mapping_engine.transforms.declare import Parameter, Rejected, Transform
from mapping_engine.types import kind_of

_ODD = frozenset((Rejected, str, list, dict))
"""Results that are not values as they stand, or may be empty."""
_MOST_LIKELY = 1024


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
        if found.solid and target.wraps and not found.classes & LISTS:
            made = found.made or not found.classes & (EMPTIES | FLOATS)
            then(Found(self.code.let(listing(found.name)), LISTS, made=made))
        elif found.solid and target.unchanged is not None:
            self._put_unless_unchanged(applied, fixed, found, then)
        else:
            write = partial(self._put_converted, applied, fixed, then)
            self._put_accepted(applied, found, write)

    def _put_converted(self, applied: Applied, fixed: list[Any], then: Then, found: Found) -> None:
        """Convert a value of an accepted kind."""
        target = applied.target
        if found.solid and target.method and found.classes == TEXT:
            then(Found(self.code.let(method(found.name, target.method)), TEXT))
            return
        values = target.yields(*fixed) if target.yields is not None else None
        likely = _texts(values)
        table = target.table(*fixed) if target.table and found.classes == TEXT else None
        if table is not None:
            rows, otherwise = table
            made = call(self.constant(rows.get), found.name, self.constant(otherwise))
        elif found.likely and target.costly:
            self._put_remembered(applied, fixed, found, then)
            return
        else:
            made = self._conversion_call(target, fixed, found)
        self._put_judged(applied, found, made, then, likely)

    def _put_remembered(self, applied: Applied, fixed: list[Any], found: Found, then: Then) -> None:
        """A conversion of what was converted beforehand, if it is one of these."""
        target = applied.target
        convert = self._fixed(target, fixed)
        known = {text: made for text in found.likely if type(made := convert(text)) is str}
        result = self.code.let(method(self.constant(known), "get", found.name))
        with self.code.when(missing(result)):
            self.code.assign(result, self._conversion_call(target, fixed, found))
        self._put_judged(applied, found, load(result), then)

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
            self.code.assign(result, self.told(applied, convert, result))
        classes = classes_of(target.returns.names)
        self.put_present(Found(result, classes, made=not classes & EMPTIES), then)

    def _changes(self, target: Transform, found: Found) -> ast.expr:
        """Whether the transform may change the value."""
        name, same = found.name, target.unchanged
        assert same is not None
        names = [each for each in same if isinstance(each, str)]
        if not names:
            kinds = [self._is_finite(name, each) for each in same if isinstance(each, type)]
            return negated(either(*kinds))
        other = negated(either(*(method(name, each) for each in names)))
        if found.classes == TEXT:
            return other
        return either(negated(of_class(name, self.constant(str))), other)

    def _is_finite(self, name: str, kind: type) -> ast.expr:
        """Whether a value is of a class, and a number that JSON can hold, if it is a float."""
        test = of_class(name, self.constant(kind))
        if kind is not float:
            return test
        finite = both(test, compare(minus(name, name), ast.Eq(), number(0)))
        assert finite is not None
        return finite

    def told(
        self, applied: Applied, function: Callable[[list[Note], Any, str], Any], name: str
    ) -> ast.expr:
        """A call of what notes what became of a value."""
        notes, label = self.code.state("notes"), self.labelled(applied.label)
        return call(self.constant(function), notes, name, label)

    # What goes in

    def _put_accepted(self, applied: Applied, found: Found, write: Then) -> None:
        """Values of other kinds are noted, and lost."""
        test = self._is_accepted(applied.target, found)
        accepted = classes_of(applied.target.accepts.names)
        with self.code.when(test):
            write(replace(found, classes=found.classes & accepted or accepted))
        if test is not None:
            with self.code.otherwise():
                wrong = wrong_told(applied.target, applied.call.span)
                self.code.do(self.told(applied, wrong, found.name))

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
        usual = str if str in accepted & found.classes else int
        return either(of_class(name, self.constant(usual)), finite)

    # What comes out

    def _put_judged(
        self,
        applied: Applied,
        found: Found,
        made: ast.expr,
        then: Then,
        likely: frozenset[str] | None = None,
    ) -> None:
        """Go on with a result that is a value; what is lost is noted.

        Where ``likely`` is given, the result is one of these texts if it is any.
        """
        target = applied.target
        classes = TEXT if likely else classes_of(target.returns.names)
        result = self.code.let(made)
        answer = Found(result, classes, made=not classes & EMPTIES, likely=likely or frozenset())
        if target.total and found.solid:
            then(answer)
            return
        lost = self.told(applied, _lost(target, applied.call.span), result)
        if len(classes) == 1 or len(target.returns.names) == 1:
            solid = likely or (target.solid and found.solid)
            full = None if solid else filled(result, classes, self.code)
            with self.code.when(both(self._of_classes(result, classes), full)):
                then(answer)
            with self.code.otherwise():
                self.code.do(lost)
            return
        with self.code.when(among(result, self.constant(_ODD))):
            self.code.assign(result, lost)
        self.put_present(replace(answer, made=False), then)

    def _of_classes(self, name: str, classes: frozenset[type]) -> ast.expr:
        kinds = sorted(classes, key=lambda kind: kind.__name__)
        return either(*(of_class(name, self.constant(kind)) for kind in kinds))

    # Arguments

    def _put_variable(self, applied: Applied, found: Found, then: Then) -> None:
        """A transform with arguments that are known only with the settings, or the event."""
        names = applied.names
        if all(self.is_settled(argument, names) for argument in applied.arguments):
            convert = self.code.let(self.readied(applied))
            write: Then = partial(self._put_prepared, applied, convert, then)
        else:
            write = partial(self._put_with, applied, then)
        self._put_accepted(applied, found, write)

    def is_settled(self, argument: Expression | None, names: Names) -> bool:
        """Whether an argument is the same for all events under the same settings."""
        return argument is None or self.is_settled_by(argument, names)

    def _put_prepared(self, applied: Applied, convert: str, then: Then, found: Found) -> None:
        with self.code.when(present(convert)):
            self._put_judged(applied, found, call(convert, found.name), then)

    def readied(self, applied: Applied) -> ast.expr:
        """The function of the value alone; None where a required argument is missing."""
        target = applied.target
        arguments = [self._given(each, applied.names) for each in applied.arguments]

        def ready(run: Run) -> Any:
            given = arguments_of(target.parameters, arguments, run)
            return None if given is None else target.bound(*given)

        return self.fixed_value(ready)

    def _put_with(self, applied: Applied, then: Then, found: Found) -> None:
        parameters = applied.target.parameters
        given = [
            self.argument_of(parameter, argument, applied.names)
            for parameter, argument in zip(parameters, applied.arguments, strict=True)
        ]
        needed = [present(g) for p, g in zip(parameters, given, strict=True) if p.required]
        with self.code.when(both(*needed)):
            made = call(self.constant(applied.target.function), found.name, *given)
            self._put_judged(applied, found, made, then)

    def argument_of(self, parameter: Parameter, node: Expression | None, names: Names) -> str:
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
            other = compare(kind, ast.NotIn(), self.constant(parameter.kinds.names))
            if "text" in parameter.kinds.names:
                other = both(negated(of_class(found.name, self.constant(str))), other) or other
            with self.code.when(other):
                self.code.assign(found.name, self.constant(default))
        return found.name


def wrong_told(target: Transform, span: Span) -> Callable[[list[Note], Any, str], None]:
    """What notes that a value is of a kind which a transform does not take."""
    accepted = str(target.accepts)

    def tell(notes: list[Note], value: Any, label: str) -> None:
        notes.append(note((label, wrong_kind(kind_of(value), accepted), span)))

    return tell


def _lost(target: Transform, span: Span) -> Callable[[list[Note], Any, str], Any]:
    """What judges a result that may be none: rejected, empty, or a list or object after all."""
    emptied = f"has nothing left after `{target.name}`"

    def tell(notes: list[Note], result: Any, label: str) -> Any:
        if type(result) is Rejected:
            notes.append(note((label, result.reason, span)))
            return None
        if result is None:
            return None
        found = checked(result)
        if found is None:
            notes.append(note((label, emptied, span)))
        return found

    return tell


def _whole(
    target: Transform, convert: Callable[[Any], Any], span: Span
) -> Callable[[list[Note], Any, str], Any]:
    """The whole of a transform: what it takes, what it makes of it, and what is left of that."""
    accepted = target.accepts.names
    wrong, lost = wrong_told(target, span), _lost(target, span)

    usual = classes_of(accepted) - FLOATS

    def converted(notes: list[Note], value: Any, label: str) -> Any:
        if value.__class__ not in usual and kind_of(value) not in accepted:
            wrong(notes, value, label)
            return None
        result = convert(value)
        kind = result.__class__
        if kind is str and result and not result.isspace():
            return result
        if kind is int or kind is float:
            return result
        return lost(notes, result, label)

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


def _texts(values: tuple[Any, ...] | None) -> frozenset[str] | None:
    """Values that all are texts, and not blank; None for others, and for many."""
    if not values or len(values) > _MOST_LIKELY:
        return None
    full = all(type(value) is str and value and not value.isspace() for value in values)
    return frozenset(values) if full else None
