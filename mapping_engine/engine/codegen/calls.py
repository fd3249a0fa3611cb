"""Transforms and named pipelines as generated code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from types import FunctionType

from mapping_engine.core.inference import constant
from mapping_engine.core.model import PIPED, Pipeline
from mapping_engine.core.nodes import Call, Node
from mapping_engine.core.spell import source_label, spell, steps_of
from mapping_engine.engine.codegen.found import (
    EMPTIES,
    FLOATS,
    LISTS,
    TEXT,
    Found,
    Tail,
    Then,
    all_of,
    among,
    classes_of,
    filled,
    is_class,
    one_of,
    put_filled,
    put_present,
    settled,
    value_of,
)
from mapping_engine.engine.codegen.writing import Here, fixed, is_fixed, is_settled
from mapping_engine.engine.interpreter import Interpreter
from mapping_engine.engine.run import Issue, Run, present
from mapping_engine.engine.values import (
    accepted,
    argument,
    closed_digests,
    left_of,
    passed_digest,
    wrong_kind,
)
from mapping_engine.transforms import REGISTRY
from mapping_engine.transforms.declare import Flow, Parameter, Rejected, Transform
from mapping_engine.transforms.hashing import is_digest
from mapping_engine.types.kinds import Json, is_missing, kind_of

_LONGEST = 8
"""So many steps are written one inside the other."""
_SHORTEST_DIGEST = 64
_MOST_LIKELY = 1024
_ODD = frozenset((Rejected, str, list, dict))
"""Results that are not values as they stand, or may be empty."""
_SCALARS = frozenset((str, int, float))


@dataclass(frozen=True)
class _Step:
    """A transform at its place; ``label`` is the name of what issues call the source."""

    node: Call
    target: Transform
    label: str


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
    target = None if node.name in here.model.pipelines else REGISTRY[node.name]
    if not found.raw or (target is not None and _takes_raw(target)):
        then(found)
    elif target is not None and here.issues is None and classes_of(target.accepts.names) == TEXT:
        text = all_of(is_class(found.name, str), filled(found.name, TEXT, here.code))
        with here.code.when(text):
            then(replace(settled(found), classes=TEXT))
    else:
        put_filled(here.code, found, then)


def _takes_raw(target: Transform) -> bool:
    """Whether a transform can be given a value which may be missing."""
    unchanged = target.speed.unchanged
    return unchanged is not None and not target.parameters and _SCALARS.issuperset(unchanged)


def _forgetting(node: Call, here: Here, then: Then) -> Then:
    """The same behind a step: issues of its arguments do not matter where it has a value."""
    code, issues = here.code, here.issues
    given = (each for each in node.arguments if each is not None)
    pipeline = here.model.pipelines.get(node.name)
    leaves = pipeline is not None and here.writing.may_leave(pipeline.body)
    if issues is None or not (leaves or any(map(here.writing.may_issue, given))):
        return then
    mark = code.let(f"len({issues})")

    def forget(found: Found) -> None:
        with code.block(f"if {issues}"):
            code.line(f"del {issues}[{mark}:]")
        then(found)

    return Tail(forget, then.ends) if isinstance(then, Tail) else forget


def _put_step(node: Call, here: Here, label: str, then: Then, found: Found) -> None:
    then = _forgetting(node, here, then)
    pipeline = here.model.pipelines.get(node.name)
    if pipeline is not None:
        _put_pipeline(node, pipeline, here, label, then, found)
        return
    step = _Step(node, REGISTRY[node.name], label)
    if step.target.honours_hashing_switch:
        _put_hashed(step, here, then, found)
    else:
        _put_transform(step, here, then, found)


# Hashing, which may be off


def _put_hashed(step: _Step, here: Here, then: Then, found: Found) -> None:
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
            code.line(f"{result} = {_conversion(step, [], found, here)}")
        else:
            code.line(f"{result} = None")
            _put_transform(step, here, keep, found)
    if is_plain:
        with code.block(f"if {is_class(result, str)}"):
            then(Found(result, TEXT, sound=found.sound))
    else:
        put_present(code, Found(result, frozenset(classes), solid=found.solid), then)


# Transforms


def _put_transform(step: _Step, here: Here, then: Then, found: Found) -> None:
    target = step.target
    known = [(True, None) if a is None else constant(here.model, a) for a in step.node.arguments]
    if not all(is_known for is_known, _ in known):
        _put_with_arguments(step, here, then, found)
        return
    pairs = zip(target.parameters, known, strict=True)
    given = [argument(parameter, value) for parameter, (_, value) in pairs]
    if any(p.required and a is None for p, a in zip(target.parameters, given, strict=True)):
        _put_accepted(step, here, lambda found: None, found)
    elif target.speed.wraps and found.solid and not found.classes & LISTS:
        made = found.made or not found.classes & (EMPTIES | FLOATS)
        then(Found(here.code.let(f"[{found.name}]"), LISTS, made=made))
    elif target.speed.unchanged is not None and (found.solid or found.raw):
        _put_unless_unchanged(step, given, here, then, found)
    else:
        _put_accepted(step, here, partial(_put_converted, step, given, here, then), found)


def _put_converted(step: _Step, given: list[Json], here: Here, then: Then, found: Found) -> None:
    """Convert a value of an accepted kind."""
    target, code, speed = step.target, here.code, step.target.speed
    if speed.method and found.solid and found.classes == TEXT:
        then(Found(code.let(f"{found.name}.{speed.method}()"), TEXT, sound=found.sound))
        return
    likely = _texts(target.yields(*given) if target.yields is not None else None)
    table = speed.table(*given) if speed.table and found.classes == TEXT else None
    if table is not None:
        rows, otherwise = table
        made = f"{here.constant(rows.get)}({found.name}, {here.constant(otherwise)})"
    else:
        made = _conversion(step, given, found, here)
    _put_judged(step, made, here, then, found, likely)


def _conversion(step: _Step, given: list[Json], found: Found, here: Here) -> str:
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
        code = _conversion(step, given, replace(found, likely=frozenset()), here)
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
    step: _Step, given: list[Json], here: Here, then: Then, found: Found
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
    made = Found(result, classes, made=not classes & EMPTIES, sound=found.sound)
    put_present(code, made, then)


def _wholly(step: _Step, given: list[Json], name: str, here: Here, found: Found) -> str:
    """A call of the whole of a transform; the most frequent class has a way of its own."""
    whole = wholly(step.target, _bound(step.target, given, here), step.node)
    made = f"{here.constant(whole)}({name}, {step.label}, {here.issues})"
    simply = step.target.speed.simply
    if simply is not None and found.sound and found.classes & {simply[0]}:
        made = f"{here.constant(simply[1])}({name}) if {is_class(name, simply[0])} else {made}"
    return made


def _changes(step: _Step, here: Here, found: Found) -> str | None:
    """Whether the transform may change a value, or there is none; None if it surely stays."""
    name, same = found.name, step.target.speed.unchanged or ()
    methods = [each for each in same if isinstance(each, str)]
    if methods:
        asked = " or ".join(f"{name}.{method}()" for method in methods)
        other = f"not ({asked})"
        return other if found.classes == TEXT else f"{name}.__class__ is not str or {other}"
    tests = [_is_plain(found, each, here) for each in same if isinstance(each, type)]
    if any(test is None for test in tests):
        return None
    return f"not ({' or '.join(f'({test})' for test in tests)})"


def _is_plain(found: Found, kind: type, here: Here) -> str | None:
    """Whether a value is of a class, and what JSON text can hold; a text is not blank, too.

    None where it surely is.
    """
    name, full, valid = found.name, None, None
    if kind is str and not found.solid:
        full = filled(name, TEXT, here.code)
    if kind is str and not found.sound:
        valid = f"({name}.isascii() or {name}.isprintable())"
    elif kind is float and not found.sound:
        valid = f"{name} - {name} == 0"
    known = found.classes == TEXT and kind is str
    return all_of(None if known else is_class(name, kind), full, valid)


def wholly(
    target: Transform, convert: Callable[[Json], Json], node: Call
) -> Callable[[Json, str, list[Issue] | None], Json]:
    """The whole of a transform: what it takes, what it makes of it, and what is left of that."""
    usual, span = classes_of(target.accepts.names) - FLOATS, node.step.span

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


# What goes in


def _put_accepted(step: _Step, here: Here, write: Then, found: Found) -> None:
    """Go on with values of accepted kinds; others are told, and lost."""
    test = _is_accepted(step.target, here, found)
    classes = classes_of(step.target.accepts.names)
    with here.code.when(test):
        write(replace(found, classes=found.classes & classes or classes))
    if test is not None and here.issues is not None:
        with here.code.block("else"):
            _put_wrong(step, here, found.name)


def _put_wrong(step: _Step, here: Here, name: str) -> None:
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
    is_finite = found.sound or float not in found.classes
    if found.classes <= classes and is_finite:
        return None
    if len(classes) == 1 or is_finite or float not in classes:
        return among(name, classes, here.code)
    kinds = here.code.shared.held_set(target.accepts.names)
    other = f"{here.constant(kind_of)}({name}) in {kinds}"
    return f"{is_class(name, str if str in classes & found.classes else int)} or {other}"


# What comes out


def _put_judged(
    step: _Step,
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
        sound=found.sound and keeps_sound(target),
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


def keeps_sound(target: Transform) -> bool:
    """Whether a transform makes nothing that JSON text cannot hold, of what it can hold."""
    return target.flow is Flow.KEEP and not target.parameters


def _left(step: _Step, here: Here, result: str) -> str:
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


# Arguments that are known only with the settings, or the event


def _put_with_arguments(step: _Step, here: Here, then: Then, found: Found) -> None:
    if all(_is_settled(each, here) for each in step.node.arguments):
        write: Then = partial(_put_prepared, step, here, then)
    else:
        pairs = tuple(zip(step.target.parameters, step.node.arguments, strict=True))
        write = partial(_put_arguments, step, pairs, (), here, then)
    _put_accepted(step, here, write, found)


def _is_settled(node: Node | None, here: Here) -> bool:
    """Whether an argument is the same for all events under the same settings."""
    return node is None or is_settled(node, here.writing, frozenset(here.names))


def _put_prepared(step: _Step, here: Here, then: Then, found: Found) -> None:
    convert = here.code.let(_readied(step.node, step.target, here))
    with here.code.block(f"if {convert} is not None"):
        _put_judged(step, f"{convert}({found.name})", here, then, found)


def _readied(node: Call, target: Transform, here: Here) -> str:
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


def _put_arguments(
    step: _Step,
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
        _put_judged(step, made, here, then, found)
        return
    (parameter, node), *more = arguments
    name = _argument(parameter, node, here)
    with here.code.when(f"{name} is not None" if parameter.required else None):
        after = here if node is None else here.after(node)
        _put_arguments(step, tuple(more), (*given, name), after, then, found)


def _argument(parameter: Parameter, node: Node | None, here: Here) -> str:
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


# Transforms of the event, and of tables in the settings


def _put_on_event(node: Call, here: Here, then: Then) -> None:
    target, code = REGISTRY[node.name], here.code
    event = code.part("event")
    if all(_is_settled(each, here) for each in node.arguments):
        read = code.let(_readied(node, target, here))
        with code.block(f"if {read} is not None"):
            made = Found(code.let(f"{read}({event})"), raw=True, sound=not here.writing.tells)
            put_filled(code, replace(made, solid=False), then)
        return
    pairs = tuple(zip(target.parameters, node.arguments, strict=True))
    step = _Step(node, target, here.constant(""))
    whole = replace(step, target=replace(target, total=False))
    _put_arguments(whole, pairs, (), here.silent(), then, Found(event, solid=False))


def _put_indexed(node: Call, here: Here, label: str, then: Then) -> bool:
    """A look into a table of the settings, which is brought into order once; False if not."""
    start, steps = steps_of(node)
    first = steps[0]
    target = REGISTRY.get(first.name) if first.name not in here.model.pipelines else None
    if target is None or target.speed.indexed is None or start is None:
        return False
    key, *others = first.arguments
    if key is None or not is_fixed(start, here) or not all(_is_settled(o, here) for o in others):
        return False
    index = here.code.let(_index(start, first, target, here))
    rest = partial(_put_next, steps[1:], here, label, then) if steps[1:] else then
    with here.code.block(f"if {index}.__class__ is {here.constant(FunctionType)}"):
        wanted = _argument(target.parameters[0], key, here)
        with here.code.block(f"if {wanted} is not None"):
            result = here.code.let(f"{index}({wanted})")
            put_present(here.code, Found(result, classes_of(target.returns.names)), rest)
    if here.issues is not None:
        with here.code.block(f"elif {index} is not None"):
            _put_wrong(_Step(first, target, label), here, index)
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
        given = given_arguments(rest, others, it)
        return None if given is None else make(table, *given)

    return fixed(here, id(node), "index", index)


# Named pipelines


def _put_pipeline(
    node: Call, pipeline: Pipeline, here: Here, label: str, then: Then, found: Found
) -> None:
    """A named pipeline: a function for texts, which are most values, and one for others."""
    code = here.code
    given = [
        value_of(code, partial(here.put, a)).name if a is not None else "None"
        for a in node.arguments
    ]
    function, answer = _pipe(node, pipeline, given, here, found)
    told = [label, here.issues] if here.issues is not None else []
    result = code.let(f"{function}({', '.join(('run', found.name, *given, *told))})")
    put_present(code, replace(answer, name=result), then)


def _pipe(
    node: Call, pipeline: Pipeline, given: list[str], here: Here, found: Found
) -> tuple[str, Found]:
    """The function of a pipeline, which is written once, and what is known of its answers."""
    is_text = found.classes == TEXT and found.solid
    told = here.issues is not None
    key = (pipeline.name, is_text, found.sound, told)
    pipes = here.writing.pipes
    if key not in pipes:
        names = [f"n{place}" for place in range(len(given))]
        told_names = ["label", "issues"] if told else []
        code = here.writing.module.function("pipeline_", "run", "value", *names, *told_names)
        known = {n: Found(v, solid=False) for n, v in zip(pipeline.parameters, names, strict=True)}
        value = Found("value", TEXT if is_text else _EVERY, solid=is_text, sound=found.sound)
        inside = Here(
            here.writing,
            code,
            {**known, PIPED: value},
            issues="issues" if told else None,
            clean=False,
            label="label" if told else here.constant(""),
            repeats=True,
        )
        pipes[key] = code.name, Found("")
        pipes[key] = code.name, _write_pipe(pipeline, inside, value)
    return pipes[key]


_EVERY = Found("").classes


def _write_pipe(pipeline: Pipeline, here: Here, value: Found) -> Found:
    code, answers = here.code, list[Found]()

    def give(found: Found) -> None:
        likely = frozenset(str(each) for each in pipeline.values or ())
        answers.append(replace(found, likely=found.likely or likely))
        code.line(f"return {found.name}")

    with code.at(pipeline.at):
        if pipeline.normalises is not None:
            _put_passing(pipeline, here, value)
            answers.append(Found("value", TEXT, sound=value.sound))
        here.put(pipeline.body, Tail(give, ends=True))
        code.line("return None")
    return one_of("value", answers or [Found("value")])


def _put_passing(pipeline: Pipeline, here: Here, value: Found) -> None:
    """What is a digest already, or is said to be, passes a pipeline that normalises."""
    text = None if value.classes == TEXT else is_class(value.name, str)
    test = all_of(
        text,
        f"len({value.name}) >= {_SHORTEST_DIGEST}",
        f"{here.constant(is_digest)}({value.name}.strip())",
    )
    if here.model.already_hashed is not None:
        test = f"{here.code.part('already_hashed')} or ({test})"
    closed, span = closed_digests(pipeline.values), pipeline.span

    def passing(value: Json, label: str, issues: list[Issue] | None) -> Json:
        return passed_digest(value, closed, label, span, [] if issues is None else issues)

    with here.code.block(f"if {test}"):
        call = f"{here.constant(passing)}({value.name}, {here.label}, {here.issues})"
        here.code.line(f"return {call}")
