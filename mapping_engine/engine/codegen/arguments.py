"""Transforms whose arguments are known only with the settings, or the event."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from mapping_engine.core.inference import constant
from mapping_engine.core.nodes import Call, Node
from mapping_engine.engine.codegen.found import Found, Then, among, classes_of, value_of
from mapping_engine.engine.codegen.judging import Step, put_accepted, put_judged
from mapping_engine.engine.codegen.writing import Here, fixed, is_settled
from mapping_engine.engine.interpreter import Interpreter
from mapping_engine.engine.run import Issue, Run
from mapping_engine.engine.values import argument, is_wrong, wrong_argument
from mapping_engine.transforms.declare import Parameter, Transform
from mapping_engine.types.kinds import Json


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
    put_unready(step.node, step.target, here)


def readied(node: Call, target: Transform, here: Here) -> str:
    """The function of the value alone; None where a required argument is missing or invalid."""
    model = here.model

    def ready(run: Run) -> Json:
        given = given_arguments(node, target, Interpreter(model, run), [])
        return None if given is None else target.bound(*given)

    return fixed(here, id(node), "ready", ready)


def put_unready(node: Call, target: Transform, here: Here) -> None:
    """Tell which argument was invalid, where nothing was readied."""
    model = here.model

    def tell(run: Run, issues: list[Issue]) -> None:
        given_arguments(node, target, Interpreter(model, run), issues)

    if here.issues is not None:
        with here.code.block("else"):
            here.code.line(f"{here.constant(tell)}(run, {here.issues})")


def given_arguments(
    node: Call, target: Transform, it: Interpreter, issues: list[Issue]
) -> list[Json] | None:
    """The arguments that settings give; None where one is invalid, or a required one missing."""
    given: list[Json] = []
    for parameter, each in zip(target.parameters, node.arguments, strict=True):
        known, value = (True, None) if each is None else constant(it.model, each)
        if not known and each is not None:
            value = it.value(each, [])
            if is_wrong(parameter, value, each, issues):
                return None
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

    def go_on(name: str) -> None:
        after = here if node is None else here.after(node)
        put_arguments(step, tuple(more), (*given, name), after, then, found)

    put_argument(parameter, node, here, go_on)


def put_argument(
    parameter: Parameter, node: Node | None, here: Here, then: Callable[[str], None]
) -> None:
    """Go on with an argument, or its default; one of a wrong kind is told, and all is lost."""
    code = here.code
    known, value = (True, None) if node is None else constant(here.model, node)
    if known or node is None:
        name, wrong = here.constant(argument(parameter, value)), None
    else:
        found = value_of(code, partial(here.put, node))
        name, wrong = found.name, _is_other(parameter, found, here)
    if wrong is not None and node is not None and here.issues is not None:
        tell = here.constant(partial(is_wrong, parameter, node=node))
        with code.block(f"if {wrong}"):
            code.line(f"{tell}({name}, issues={here.issues})")
    head = None if wrong is None else "else" if here.issues is not None else f"if not ({wrong})"
    with code.block(head or ""):
        if not known and parameter.default is not None:
            with code.block(f"if {name} is None"):
                code.line(f"{name} = {here.constant(parameter.default)}")
        with code.when(f"{name} is not None" if parameter.required else None):
            then(name)


def _is_other(parameter: Parameter, found: Found, here: Here) -> str | None:
    """Whether an argument is one that the parameter does not take; None where it surely is."""
    name, classes = found.name, classes_of(parameter.kinds.names)
    if parameter.problem is not None:
        return f"{here.constant(partial(wrong_argument, parameter))}({name}) is not None"
    if found.classes <= classes:
        return None
    return f"{name} is not None and not {among(name, classes, here.code)}"
