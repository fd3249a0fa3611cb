"""Single transforms as generated code."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from mapping_engine.engine.codegen.conversions import (
    lost_told,
    silently,
    what_is_left,
    wholly,
    wrong_told,
)
from mapping_engine.engine.codegen.expressions import LABEL, GeneratedExpressions
from mapping_engine.engine.codegen.found import (
    EMPTIES,
    FLOATS,
    LISTS,
    TEXT,
    Found,
    Then,
    classes_of,
    filled,
)
from mapping_engine.engine.codegen.nodes import (
    NONE,
    among,
    attribute,
    both,
    call,
    choice,
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
from mapping_engine.engine.run import Note, Run
from mapping_engine.engine.steps import arguments_of
from mapping_engine.expression import Call, Expression, Literal
from mapping_engine.transforms.declare import Flow, Parameter, Rejected, Transform
from mapping_engine.types import kind_of

_ODD = frozenset((Rejected, str, list, dict))
"""Results that are not values as they stand, or may be empty."""
_SCALARS = frozenset((str, int, float))
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
        if not self.tells:
            return self.constant("")  # nobody will see it
        return LABEL if label is LABEL else self.constant(label)

    def put_transform(self, applied: Applied, found: Found, then: Then) -> None:
        """Convert a value, unless hashing is off and this is only done to hash."""
        if not applied.target.honours_hashing_switch:
            self._put_either_way(applied, found, then)
            return
        plain = applied.target.speed.solid and not applied.target.parameters
        if not self.tells and plain and found.solid and found.classes == TEXT:
            self._put_hashed(applied, found, then)
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

    def _put_hashed(self, applied: Applied, found: Found, then: Then) -> None:
        """Hash a text where hashing is on; what becomes of it is a text, or lost."""
        result = self.code.let(found.name)
        with self.code.when(self._is_hashing()):
            self.code.assign(result, self._hash_of(applied, found))
        with self.code.when(of_class(result, self.constant(str))):
            then(Found(result, TEXT, sound=found.sound))

    def _hash_of(self, applied: Applied, found: Found) -> ast.expr:
        if found.likely and applied.target.speed.costly:
            return load(self._remembered_or_made(applied, [], found))
        return self._conversion_call(applied.target, [], found)

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
        if found.solid and target.speed.wraps and not found.classes & LISTS:
            made = found.made or not found.classes & (EMPTIES | FLOATS)
            then(Found(self.code.let(listing(found.name)), LISTS, made=made))
        elif target.speed.unchanged is not None and (found.solid or found.raw):
            self._put_unless_unchanged(applied, fixed, found, then)
        else:
            write = partial(self._put_converted, applied, fixed, then)
            self._put_accepted(applied, found, write)

    def _put_converted(self, applied: Applied, fixed: list[Any], then: Then, found: Found) -> None:
        """Convert a value of an accepted kind."""
        target = applied.target
        if found.solid and target.speed.method and found.classes == TEXT:
            result = self.code.let(method(found.name, target.speed.method))
            then(Found(result, TEXT, sound=found.sound))
            return
        values = target.yields(*fixed) if target.yields is not None else None
        likely = _texts(values)
        table = target.speed.table(*fixed) if target.speed.table and found.classes == TEXT else None
        if table is not None:
            rows, otherwise = table
            made = call(self.constant(rows.get), found.name, self.code.held(otherwise))
        elif found.likely and target.speed.costly:
            made = load(self._remembered_or_made(applied, fixed, found))
        else:
            made = self._conversion_call(target, fixed, found)
        self._put_judged(applied, found, made, then, likely)

    def _remembered_or_made(self, applied: Applied, fixed: list[Any], found: Found) -> str:
        """A conversion of what was converted beforehand, if it is one of these."""
        target = applied.target
        convert = self._fixed(target, fixed)
        known = {text: made for text in found.likely if type(made := convert(text)) is str}
        result = self.code.let(method(self.constant(known), "get", found.name))
        with self.code.when(missing(result)):
            self.code.assign(result, self._conversion_call(target, fixed, found))
        return result

    def _conversion_call(self, target: Transform, fixed: list[Any], found: Found) -> ast.expr:
        if target.prepare is not None:
            return call(self.constant(self._fixed(target, fixed)), found.name)
        arguments = [self.code.held(value) for value in fixed]
        return call(self.constant(target.function), found.name, *arguments)

    def _put_unless_unchanged(
        self, applied: Applied, fixed: list[Any], found: Found, then: Then
    ) -> None:
        """Convert what the transform does not pass on as it is."""
        target = applied.target
        changes = self._changes(target, found)
        if changes is None:
            then(found)
            return
        convert = self._fixed(target, fixed)
        result = self.code.let(found.name)
        with self.code.when(changes):
            self._put_changed(applied, convert, found, result)
        classes = classes_of(target.returns.names)
        made = not classes & EMPTIES
        self.put_present(Found(result, classes, made=made, sound=found.sound), then)

    def _put_changed(
        self, applied: Applied, convert: Callable[[Any], Any], found: Found, result: str
    ) -> None:
        """Assign what becomes of a value that the transform does not pass on."""
        target = applied.target
        whole = self._wholly(applied, convert, replace(found, name=result))
        simply = target.speed.simply
        if simply is not None and found.sound and found.classes & {simply[0]}:
            kind, make = simply
            whole = choice(
                of_class(result, self.constant(kind)), call(self.constant(make), result), whole
            )
        if self.tells or found.classes != TEXT or classes_of(target.returns.names) != TEXT:
            self.code.assign(result, whole)
            return
        self.code.assign(result, call(self.constant(convert), result))
        full = None if target.speed.solid and found.solid else filled(result, TEXT, self.code)
        left = both(of_class(result, self.constant(str)), full)
        assert left is not None
        with self.code.when(negated(left)):
            self.code.assign(result, NONE)

    def _wholly(self, applied: Applied, convert: Callable[[Any], Any], found: Found) -> ast.expr:
        """A call of the whole of a transform."""
        target = applied.target
        if not self.tells:
            quiet = silently(target, convert, sound=found.sound)
            return call(self.constant(quiet), found.name)
        return self.told(applied, wholly(target, convert, applied.call.span), found.name)

    def _changes(self, target: Transform, found: Found) -> ast.expr | None:
        """Whether the transform may change the value, or there is none; None if it surely stays."""
        name, same = found.name, target.speed.unchanged
        assert same is not None
        names = [each for each in same if isinstance(each, str)]
        if not names:
            kinds = [self._is_plain(found, each) for each in same if isinstance(each, type)]
            tests = [test for test in kinds if test is not None]
            return negated(either(*tests)) if len(tests) == len(kinds) else None
        other = negated(either(*(method(name, each) for each in names)))
        if found.classes == TEXT:
            return other
        return either(negated(of_class(name, self.constant(str))), other)

    def _is_plain(self, found: Found, kind: type) -> ast.expr | None:
        """Whether a value is of a class, and what JSON text can hold; a text is not blank, too.

        None where it surely is.
        """
        name = found.name
        full = valid = None
        if kind is str and not found.solid:
            full = filled(name, TEXT, self.code)
        if kind is str and not found.sound:
            valid = either(method(name, "isascii"), method(name, "isprintable"))
        elif kind is float and not found.sound:
            valid = compare(minus(name, name), ast.Eq(), number(0))
        known = found.classes == TEXT and kind is str
        test = None if known else of_class(name, self.constant(kind))
        return both(test, full, valid)

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
        if test is not None and self.tells:
            with self.code.otherwise():
                wrong = wrong_told(applied.target, applied.call.span)
                self.code.do(self.told(applied, wrong, found.name))

    def _is_accepted(self, target: Transform, found: Found) -> ast.expr | None:
        """Whether the transform takes the value; None where it surely does."""
        name, accepted = found.name, classes_of(target.accepts.names)
        finite = found.sound or float not in found.classes
        if found.classes <= accepted and finite:
            return None
        if len(accepted) == 1:
            (only,) = accepted
            return of_class(name, self.constant(only))
        if finite or float not in accepted:
            return among(name, self.code.held(accepted))
        kind = call(self.constant(kind_of), name)
        other = compare(kind, ast.In(), self.code.held(target.accepts.names))
        usual = str if str in accepted & found.classes else int
        return either(of_class(name, self.constant(usual)), other)

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
        answer = Found(
            result,
            classes,
            sound=found.sound and keeps_sound(target),
            made=not classes & EMPTIES,
            likely=likely or frozenset(),
        )
        if target.total and found.solid:
            then(answer)
            return
        if len(classes) == 1 or len(target.returns.names) == 1:
            solid = likely or (target.speed.solid and found.solid)
            full = None if solid else filled(result, classes, self.code)
            with self.code.when(both(self._of_classes(result, classes), full)):
                then(answer)
            if self.tells:
                with self.code.otherwise():
                    self.code.do(self._left_of(applied, result))
            return
        with self.code.when(among(result, self.code.held(_ODD))):
            self.code.assign(result, self._left_of(applied, result))
        self.put_present(replace(answer, made=False), then)

    def _left_of(self, applied: Applied, result: str) -> ast.expr:
        """A call of what says what is left of a result."""
        if not self.tells:
            return call(self.constant(what_is_left), result)
        return self.told(applied, lost_told(applied.target, applied.call.span), result)

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
        arguments = zip(applied.target.parameters, applied.arguments, strict=True)
        self._put_arguments(applied, list(arguments), [], then, found)

    def _put_arguments(
        self,
        applied: Applied,
        arguments: list[tuple[Parameter, Expression | None]],
        given: list[str],
        then: Then,
        found: Found,
    ) -> None:
        """The arguments one after the other; behind one that is missing, none is looked at."""
        if not arguments:
            made = call(self.constant(applied.target.function), found.name, *given)
            self._put_judged(applied, found, made, then)
            return
        (parameter, argument), *more = arguments
        name = self.argument_of(parameter, argument, applied.names)
        with self.code.when(present(name) if parameter.required else None):
            self._put_arguments(applied, more, [*given, name], then, found)

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
            other = self._is_other(parameter, found)
            with self.code.when(other):
                self.code.assign(found.name, self.constant(default))
        return found.name

    def _is_other(self, parameter: Parameter, found: Found) -> ast.expr:
        """Whether an argument is missing, or of a kind that the parameter does not take."""
        if found.sound:
            return negated(among(found.name, self.code.held(classes_of(parameter.kinds.names))))
        kind = call(self.constant(kind_of), found.name)
        other = compare(kind, ast.NotIn(), self.code.held(parameter.kinds.names))
        if "text" in parameter.kinds.names:
            other = both(negated(of_class(found.name, self.constant(str))), other) or other
        return other


def takes_texts(target: object) -> bool:
    """Whether this is a transform that takes nothing but texts."""
    return isinstance(target, Transform) and classes_of(target.accepts.names) == TEXT


def takes_raw(target: object) -> bool:
    """Whether this is a transform that can be given a value which may be missing."""
    if not isinstance(target, Transform) or target.speed.unchanged is None or target.parameters:
        return False
    return _SCALARS.issuperset(target.speed.unchanged)


def keeps_sound(target: Transform) -> bool:
    """Whether a transform makes nothing that JSON text cannot hold, of what it can hold."""
    return target.flow is Flow.KEEP and not target.parameters


def _texts(values: tuple[Any, ...] | None) -> frozenset[str] | None:
    """Values that all are texts, and not blank; None for others, and for many."""
    if not values or len(values) > _MOST_LIKELY:
        return None
    full = all(type(value) is str and value and not value.isspace() for value in values)
    return frozenset(values) if full else None
