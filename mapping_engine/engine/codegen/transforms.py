"""Transforms as generated code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from mapping_engine.core.inference import constant
from mapping_engine.core.nodes import Call
from mapping_engine.engine.codegen.arguments import put_with_arguments
from mapping_engine.engine.codegen.found import (
    EMPTIES,
    FLOATS,
    LISTS,
    TEXT,
    Found,
    Then,
    all_of,
    classes_of,
    filled,
    is_class,
    put_present,
)
from mapping_engine.engine.codegen.judging import Step, put_accepted, put_judged
from mapping_engine.engine.codegen.writing import Here
from mapping_engine.engine.run import Issue
from mapping_engine.engine.values import accepted, argument, left_of
from mapping_engine.transforms.declare import Transform
from mapping_engine.types.kinds import Json, is_missing

_MOST_LIKELY = 1024


def put_transform(step: Step, here: Here, then: Then, found: Found) -> None:
    """Convert a value by a transform."""
    target = step.target
    known = [(True, None) if a is None else constant(here.model, a) for a in step.node.arguments]
    if not all(is_known for is_known, _ in known):
        put_with_arguments(step, here, then, found)
        return
    pairs = zip(target.parameters, known, strict=True)
    given = [argument(parameter, value) for parameter, (_, value) in pairs]
    if any(p.required and a is None for p, a in zip(target.parameters, given, strict=True)):
        put_accepted(step, here, lambda found: None, found)
    elif target.speed.wraps and found.solid and not found.classes & LISTS:
        made = found.made or not found.classes & (EMPTIES | FLOATS)
        then(Found(here.code.let(f"[{found.name}]"), LISTS, made=made))
    elif target.speed.unchanged and (found.solid or found.raw):
        _put_unless_unchanged(step, given, here, then, found)
    else:
        put_accepted(step, here, partial(_put_converted, step, given, here, then), found)


def _put_converted(step: Step, given: list[Json], here: Here, then: Then, found: Found) -> None:
    """Convert a value of an accepted kind."""
    target = step.target
    likely = _texts(target.yields(*given) if target.yields is not None else None)
    put_judged(step, conversion(step, given, found, here), here, then, found, likely)


def conversion(step: Step, given: list[Json], found: Found, here: Here) -> str:
    """The call that converts a value; what is likely is converted beforehand."""
    target = step.target
    convert = _bound(target, given, here)
    if target.prepare is not None:
        made = f"{here.constant(convert)}({found.name})"
    else:
        held = (here.held(value) if value is not None else "None" for value in given)
        made = f"{here.constant(target.function)}({', '.join((found.name, *held))})"
    if not (found.likely and target.speed.costly):
        return made
    known = {text: made for text in found.likely if type(made := convert(text)) is str}
    result = here.code.let(f"{here.constant(known.get)}({found.name})")
    with here.code.block(f"if {result} is None"):
        code = conversion(step, given, replace(found, likely=frozenset()), here)
        here.code.line(f"{result} = {code}")
    return result


def _bound(target: Transform, given: list[Json], here: Here) -> Callable[[Json], Json]:
    """The function of a transform for these arguments; it is made ready once for each table."""
    ready = here.writing.ready
    key = (target.name, *map(id, given))
    if key not in ready:
        ready[key] = target.bound(*given), given
    return ready[key][0]


def _texts(values: tuple[Json, ...] | None) -> frozenset[str]:
    """Values that all are texts, and not blank; none where there are others, or many."""
    if not values or len(values) > _MOST_LIKELY:
        return frozenset()
    full = all(type(value) is str and not is_missing(value) for value in values)
    return frozenset(values) if full else frozenset()


def _put_unless_unchanged(
    step: Step, given: list[Json], here: Here, then: Then, found: Found
) -> None:
    """Convert what the transform does not pass on as it is."""
    target, code = step.target, here.code
    changes = _changes(step, here, found)
    if changes is None:
        then(found)
        return
    result = code.let(found.name)
    with code.block(f"if {changes}"):
        code.line(f"{result} = {_wholly(step, given, result, here, found)}")
    classes = classes_of(target.returns.names)
    made = Found(result, classes, made=not classes & EMPTIES)
    put_present(code, made, then)


def _wholly(step: Step, given: list[Json], name: str, here: Here, found: Found) -> str:
    """A call of the whole of a transform; the most frequent class has a way of its own."""
    whole = wholly(step.target, _bound(step.target, given, here), step.node)
    made = f"{here.constant(whole)}({name}, {step.label}, {here.issues})"
    simply = step.target.speed.simply
    if simply is not None and found.classes & {simply[0]}:
        made = f"{here.constant(simply[1])}({name}) if {is_class(name, simply[0])} else {made}"
    return made


def _changes(step: Step, here: Here, found: Found) -> str | None:
    """Whether the transform may change a value, or there is none; None if it surely stays."""
    tests = [_is_plain(found, kind, here) for kind in step.target.speed.unchanged]
    plain = [f"({test})" for test in tests if test is not None]
    return f"not ({' or '.join(plain)})" if len(plain) == len(tests) else None


def _is_plain(found: Found, kind: type, here: Here) -> str | None:
    """Whether a value is of a class, and no blank text; None where it surely is."""
    name, full = found.name, None
    if kind is str and not found.solid:
        full = filled(name, TEXT, here.code)
    known = found.classes == TEXT and kind is str
    return all_of(None if known else is_class(name, kind), full)


def wholly(
    target: Transform, convert: Callable[[Json], Json], node: Call
) -> Callable[[Json, str, list[Issue] | None], Json]:
    """The whole of a transform: what it takes, what it makes of it, and what is left of that."""
    usual, span = classes_of(target.accepts.names), node.step.span

    def converted(value: Json, label: str, issues: list[Issue] | None) -> Json:
        if is_missing(value):
            return None
        told = [] if issues is None else issues
        if value.__class__ not in usual and not accepted(target, value, label, span, told):
            return None
        result = convert(value)
        kind = result.__class__
        if kind is str and result and not result.isspace():
            return result
        if kind is int or kind is float:
            return result
        return left_of(target, result, label, span, told)

    return converted
