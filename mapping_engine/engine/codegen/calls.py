"""A value and the steps it goes through, as generated code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from types import FunctionType

from mapping_engine.core.inference import constant
from mapping_engine.core.nodes import Call, Node
from mapping_engine.core.spell import source_label, spell, steps_of
from mapping_engine.engine.codegen.arguments import (
    given_arguments,
    put_argument,
    put_unready,
    readied,
)
from mapping_engine.engine.codegen.found import (
    TEXT,
    Found,
    Tail,
    Then,
    all_of,
    classes_of,
    filled,
    is_class,
    put_filled,
    put_present,
    settled,
    value_of,
)
from mapping_engine.engine.codegen.judging import Step, put_wrong
from mapping_engine.engine.codegen.pipelines import put_pipeline
from mapping_engine.engine.codegen.transforms import conversion, put_transform
from mapping_engine.engine.codegen.writing import Here, fixed, is_fixed
from mapping_engine.engine.interpreter import Interpreter
from mapping_engine.engine.run import Run
from mapping_engine.transforms import REGISTRY
from mapping_engine.transforms.declare import Transform
from mapping_engine.types.kinds import Json, kind_of

_LONGEST = 8
"""So many steps are written one inside the other."""


def put_call(node: Call, here: Here, then: Then, raw: bool) -> None:
    """A value, and the transforms it goes through."""
    start, steps = steps_of(node)
    if start is None:
        label = here.label or here.constant(spell(steps[0]))
        first = partial(_put_on_event, steps[0], here)
    else:
        label = here.label or here.constant(source_label(here.model.definitions, start))
        if _put_indexed(node, here, label, then):
            return
        first = partial(_put_start, start, here)
    rest = steps if start is not None else steps[1:]
    _put_steps(rest, here.after(node), label, then, first)


def _put_start(start: Node, here: Here, then: Then) -> None:
    here.put(start, then, raw=True)


def _put_steps(
    steps: tuple[Call, ...], here: Here, label: str, then: Then, first: Callable[[Then], None]
) -> None:
    """Transforms one after the other, the next one where the last one left a value."""
    if len(steps) > _LONGEST:
        early = partial(_put_steps, steps[:-_LONGEST], here, label, first=first)
        some = value_of(here.code, lambda keep: early(then=keep))
        put_present(here.code, some, partial(_put_next, steps[-_LONGEST:], here, label, then))
    else:
        first(partial(_put_next, steps, here, label, then))


def _put_next(steps: tuple[Call, ...], here: Here, label: str, then: Then, found: Found) -> None:
    if not steps:
        put_filled(here.code, found, then)
        return
    step, *rest = steps
    after = partial(_put_next, tuple(rest), here, label, then) if rest else then
    with here.code.at(step.step):
        _put_taken(step, here, partial(_put_step, step, here, label, after), found)


def _put_taken(node: Call, here: Here, then: Then, found: Found) -> None:
    """Go on with a step, where the value is not missing or the step does not mind."""
    is_pipeline = node.name in here.model.pipelines
    if not found.raw or (is_pipeline and not node.arguments):
        then(found)
        return
    target = None if is_pipeline else REGISTRY[node.name]
    if target is not None and _takes_raw(target):
        then(found)
    elif target is not None and here.issues is None and classes_of(target.accepts.names) == TEXT:
        text = all_of(is_class(found.name, str), filled(found.name, TEXT, here.code))
        with here.code.when(text):
            then(replace(settled(found), classes=TEXT))
    else:
        put_filled(here.code, found, then)


def _takes_raw(target: Transform) -> bool:
    """Whether a transform can be given a value which may be missing."""
    return bool(target.speed.unchanged) and not target.parameters


def _forgetting(node: Call, here: Here, then: Then) -> Then:
    """The same behind a transform: issues of its arguments do not matter where it has a value."""
    code, issues = here.code, here.issues
    given = (each for each in node.arguments if each is not None)
    if issues is None or not any(map(here.writing.may_issue, given)):
        return then
    mark = code.let(f"len({issues})")

    def forget(found: Found) -> None:
        with code.block(f"if {issues}"):
            code.line(f"del {issues}[{mark}:]")
        then(found)

    return Tail(forget, then.ends) if isinstance(then, Tail) else forget


def _put_step(node: Call, here: Here, label: str, then: Then, found: Found) -> None:
    pipeline = here.model.pipelines.get(node.name)
    if pipeline is not None:
        put_pipeline(node, pipeline, here, label, then, found)
        return
    then = _forgetting(node, here, then)
    step = Step(node, REGISTRY[node.name], label)
    if step.target.honours_hashing_switch:
        _put_hashed(step, here, then, found)
    else:
        put_transform(step, here, then, found)


def _put_hashed(step: Step, here: Here, then: Then, found: Found) -> None:
    code = here.code
    hashing = code.part("hashing")
    if here.model.already_hashed is not None:
        hashing = f"{hashing} and not {code.part('already_hashed')}"
    result = code.let(found.name)
    classes = set(found.classes)

    def keep(made: Found) -> None:
        code.line(f"{result} = {made.name}")
        classes.update(made.classes)

    is_plain = found.classes == TEXT and found.solid and here.issues is None
    with code.block(f"if {hashing}"):
        if is_plain and step.target.speed.solid and not step.target.parameters:
            code.line(f"{result} = {conversion(step, [], found, here)}")
        else:
            code.line(f"{result} = None")
            put_transform(step, here, keep, found)
    if is_plain:
        with code.block(f"if {is_class(result, str)}"):
            then(Found(result, TEXT))
    else:
        put_present(code, Found(result, frozenset(classes), solid=found.solid), then)


def _put_on_event(node: Call, here: Here, then: Then) -> None:
    """A read of the event at a path that the rules or the settings give."""
    target, code = REGISTRY[node.name], here.code
    read = code.let(readied(node, target, here))
    with code.block(f"if {read} is not None"):
        value = code.let(f"{read}({code.part('event')})")
        put_filled(code, Found(value, raw=True, solid=False), then)
    put_unready(node, target, here)


def _put_indexed(node: Call, here: Here, label: str, then: Then) -> bool:
    """A look into a table of the settings, which is brought into order once; False if not."""
    start, steps = steps_of(node)
    first = steps[0]
    target = REGISTRY.get(first.name) if first.name not in here.model.pipelines else None
    if target is None or target.speed.indexed is None or start is None:
        return False
    key, *others = first.arguments
    if key is None or not is_fixed(start, here):
        return False
    if not all(other is None or constant(here.model, other)[0] for other in others):
        return False
    index = here.code.let(_index(start, first, target, here))
    rest = partial(_put_next, steps[1:], here, label, then) if steps[1:] else then

    def look(wanted: str) -> None:
        result = here.code.let(f"{index}({wanted})")
        put_present(here.code, Found(result, classes_of(target.returns.names)), rest)

    with here.code.block(f"if {index}.__class__ is {here.constant(FunctionType)}"):
        put_argument(target.parameters[0], key, here, look)
    if here.issues is not None:
        with here.code.block(f"elif {index} is not None"):
            put_wrong(Step(first, target, label), here, index)
    return True


def _index(start: Node, node: Call, target: Transform, here: Here) -> str:
    """The table as a function of the key; a value of a wrong kind as it is."""
    model, make = here.model, target.speed.indexed
    assert make is not None
    rest = replace(node, arguments=node.arguments[1:])
    others = replace(target, parameters=target.parameters[1:])

    def index(run: Run) -> Json:
        it = Interpreter(model, run)
        table = it.value(start, [])
        if kind_of(table) not in target.accepts.names:
            return table
        given = given_arguments(rest, others, it, [])
        return None if given is None else make(table, *given)

    return fixed(here, id(node), "index", index)
