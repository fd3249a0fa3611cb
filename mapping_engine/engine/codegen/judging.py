"""What a transform takes, and what is left of its results, as generated code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mapping_engine.core.nodes import Call
from mapping_engine.engine.codegen.found import (
    EMPTIES,
    TEXT,
    Found,
    Then,
    all_of,
    among,
    classes_of,
    filled,
    is_class,
    put_present,
)
from mapping_engine.engine.codegen.writing import Here
from mapping_engine.engine.run import Issue, present
from mapping_engine.engine.values import left_of, wrong_kind
from mapping_engine.frozen import Frozen
from mapping_engine.transforms.declare import Rejected, Transform
from mapping_engine.types.kinds import Json, kind_of

_ODD = frozenset((Rejected, str, list, dict))
"""Results that are not values as they stand, or may be empty."""


class Step(Frozen):
    """A transform at its place; ``label`` is the name of what issues call the source."""

    node: Call
    target: Transform
    label: str


def put_accepted(step: Step, here: Here, write: Then, found: Found) -> None:
    """Go on with values of accepted kinds; others are told, and lost."""
    test = _is_accepted(step.target, here, found)
    classes = classes_of(step.target.accepts.names)
    with here.code.when(test):
        write(replace(found, classes=found.classes & classes or classes))
    if test is not None and here.issues is not None:
        with here.code.block("else"):
            put_wrong(step, here, found.name)


def put_wrong(step: Step, here: Here, name: str) -> None:
    """Tell that a value is of a kind which the transform does not take."""
    tell = here.constant(_wrong(step.target, step.node))
    here.code.line(f"{tell}({name}, {step.label}, {here.issues})")


def _wrong(target: Transform, node: Call) -> Callable[[Json, str, list[Issue]], None]:
    """What tells that a value is of a kind which a transform does not take."""
    accepts, span = str(target.accepts), node.step.span

    def tell(value: Json, label: str, issues: list[Issue]) -> None:
        issues.append(Issue(label, wrong_kind(kind_of(value), accepts), span))

    return tell


def _is_accepted(target: Transform, here: Here, found: Found) -> str | None:
    """Whether the transform takes the value; None where it surely does."""
    name, classes = found.name, classes_of(target.accepts.names)
    return None if found.classes <= classes else among(name, classes, here.code)


def put_judged(
    step: Step,
    made: str,
    here: Here,
    then: Then,
    found: Found,
    likely: frozenset[str] = frozenset(),
) -> None:
    """Go on with a result that is a value; what is lost is told.

    Where some are ``likely``, the result is one of these texts if it is any.
    """
    target, code = step.target, here.code
    classes = TEXT if likely else classes_of(target.returns.names)
    result = code.let(made)
    answer = Found(
        result,
        classes,
        made=not classes & EMPTIES,
        likely=likely,
    )
    if target.total and found.solid:
        then(answer)
    elif len(classes) == 1 or len(target.returns.names) == 1:
        is_solid = likely or (target.speed.solid and found.solid)
        full = None if is_solid else filled(result, classes, code)
        with code.when(all_of(_of_classes(result, classes), full)):
            then(answer)
        if here.issues is not None:
            with code.block("else"):
                code.line(_left(step, here, result))
    else:
        with code.block(f"if {among(result, _ODD, code)}"):
            code.line(f"{result} = {_left(step, here, result)}")
        put_present(code, replace(answer, made=False), then)


def _left(step: Step, here: Here, result: str) -> str:
    """A call of what says what is left of a result."""
    if here.issues is None:
        return f"{here.constant(_what_is_left)}({result})"
    span, target = step.node.step.span, step.target

    def tell(result: Json, label: str, issues: list[Issue]) -> Json:
        return left_of(target, result, label, span, issues)

    return f"{here.constant(tell)}({result}, {step.label}, {here.issues})"


def _what_is_left(result: Json) -> Json:
    return None if type(result) is Rejected else present(result)


def _of_classes(name: str, classes: frozenset[type]) -> str:
    kinds = sorted(classes, key=lambda kind: kind.__name__)
    tests = " or ".join(is_class(name, kind) for kind in kinds)
    return f"({tests})" if len(kinds) > 1 else tests
