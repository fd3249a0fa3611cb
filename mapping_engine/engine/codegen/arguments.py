"""Transforms whose arguments are known only with the settings, or the event."""

from __future__ import annotations

from functools import partial

from mapping_engine.core.inference import constant
from mapping_engine.core.nodes import Call, Node
from mapping_engine.engine.codegen.found import (
    Found,
    Then,
    among,
    classes_of,
    value_of,
)
from mapping_engine.engine.codegen.judging import Step, put_accepted, put_judged
from mapping_engine.engine.codegen.writing import Here, fixed, is_settled
from mapping_engine.engine.interpreter import Interpreter
from mapping_engine.engine.run import Run
from mapping_engine.engine.values import (
    argument,
)
from mapping_engine.transforms.declare import Parameter, Transform
from mapping_engine.types.kinds import Json, kind_of


def put_with_arguments(step: Step, here: Here, then: Then, found: Found) -> None:
    """Convert a value by arguments of which at least one is not known beforehand."""
    if all(is_prepared(each, here) for each in step.node.arguments):
        write: Then = partial(_put_prepared, step, here, then)
    else:
        pairs = tuple(zip(step.target.parameters, step.node.arguments, strict=True))
        write = partial(put_arguments, step, pairs, (), here, then)
    put_accepted(step, here, write, found)


def is_prepared(node: Node | None, here: Here) -> bool:
    """Whether an argument is the same for all events under the same settings."""
    return node is None or is_settled(node, here.writing, frozenset(here.names))


def _put_prepared(step: Step, here: Here, then: Then, found: Found) -> None:
    convert = here.code.let(readied(step.node, step.target, here))
    with here.code.block(f"if {convert} is not None"):
        put_judged(step, f"{convert}({found.name})", here, then, found)


def readied(node: Call, target: Transform, here: Here) -> str:
    """The function of the value alone; None where a required argument is missing."""
    model = here.model

    def ready(run: Run) -> Json:
        given = given_arguments(node, target, Interpreter(model, run))
        return None if given is None else target.bound(*given)

    return fixed(here, id(node), "ready", ready)


def given_arguments(node: Call, target: Transform, it: Interpreter) -> list[Json] | None:
    """The arguments that the settings give; None where a required one is missing."""
    given: list[Json] = []
    for parameter, each in zip(target.parameters, node.arguments, strict=True):
        known, value = (True, None) if each is None else constant(it.model, each)
        value = value if known or each is None else it.value(each, [])
        given.append(argument(parameter, value))
        if parameter.required and given[-1] is None:
            return None
    return given


def put_arguments(
    step: Step,
    arguments: tuple[tuple[Parameter, Node | None], ...],
    given: tuple[str, ...],
    here: Here,
    then: Then,
    found: Found,
) -> None:
    """The arguments one after the other; behind one that is missing, none is looked at."""
    if not arguments:
        function = here.constant(step.target.function)
        made = f"{function}({', '.join((found.name, *given))})"
        put_judged(step, made, here, then, found)
        return
    (parameter, node), *more = arguments
    name = put_argument(parameter, node, here)
    with here.code.when(f"{name} is not None" if parameter.required else None):
        after = here if node is None else here.after(node)
        put_arguments(step, tuple(more), (*given, name), after, then, found)


def put_argument(parameter: Parameter, node: Node | None, here: Here) -> str:
    """An argument of an accepted kind, else the default; None where one is required."""
    known, value = (True, None) if node is None else constant(here.model, node)
    if known or node is None:
        return here.constant(argument(parameter, value))
    found = value_of(here.code, partial(here.put, node))
    default = None if parameter.required else parameter.default
    if default is not None or not found.classes <= classes_of(parameter.kinds.names):
        with here.code.block(f"if {_is_other(parameter, found, here)}"):
            here.code.line(f"{found.name} = {here.constant(default)}")
    return found.name


def _is_other(parameter: Parameter, found: Found, here: Here) -> str:
    """Whether an argument is missing, or of a kind that the parameter does not take."""
    if found.sound:
        return f"not {among(found.name, classes_of(parameter.kinds.names), here.code)}"
    kinds = here.code.shared.held_set(parameter.kinds.names)
    other = f"{here.constant(kind_of)}({found.name}) not in {kinds}"
    text = f"{found.name}.__class__ is not str and " if "text" in parameter.kinds.names else ""
    return f"{text}{other}"
