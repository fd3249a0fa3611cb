"""Paths of the event, and names, as generated code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mapping_engine.core.model import PAYLOAD, PAYLOADS
from mapping_engine.core.nodes import Name, Read
from mapping_engine.core.spell import spell
from mapping_engine.diagnostics import Span
from mapping_engine.engine.codegen.code import Code
from mapping_engine.engine.codegen.found import (
    LISTS,
    OBJECTS,
    WHOLE,
    Found,
    Tail,
    Then,
    all_of,
    is_class,
    one_of,
    put_filled,
    put_present,
)
from mapping_engine.engine.codegen.writing import LONGEST_PATH, Here, Steps, Writing
from mapping_engine.engine.run import UNSET, Issue
from mapping_engine.engine.values import CLOCKS
from mapping_engine.selectors import Selector, SelectorError, search
from mapping_engine.selectors import steps as path_steps
from mapping_engine.types.kinds import Json


def put_read(node: Read, here: Here, then: Then, raw: bool) -> None:
    """Read a path of the event."""
    steps = path_steps(node.selector)
    is_plain = steps and isinstance(steps[0], str) and len(steps) <= LONGEST_PATH
    if not steps or not is_plain:
        event = here.code.part("event")
        _put_selected(node.selector, event, spell(node), node.span, here, then, raw=raw)
        return
    fields = leading_fields(steps)
    holder = object_at(fields[:-1], here)
    _put_field_of(holder, fields[-1], steps[len(fields) :], here, then, raw=raw)


def holder_of(node: object, here: Here) -> str | None:
    """The object of the event that a path reads a field of; None for any other node."""
    steps = path_steps(node.selector) if isinstance(node, Read) else None
    if not steps or len(steps) > LONGEST_PATH:
        return None
    fields = leading_fields(steps)
    return object_at(fields[:-1], here) if len(fields) > 1 else None


def leading_fields(steps: Steps) -> tuple[str, ...]:
    """The names before the first index."""
    fields: list[str] = []
    for step in steps:
        if not isinstance(step, str):
            break
        fields.append(step)
    return tuple(fields)


def object_at(path: tuple[str, ...], here: Here) -> str:
    """The object at a path of the event, or one without keys."""
    if not path:
        return here.code.part("event")
    return here.code.object(_slot(path, here.writing.objects))


def _slot(path: tuple[str, ...], objects: dict[tuple[str, ...], int]) -> int:
    if path not in objects:
        if path[:-1]:
            _slot(path[:-1], objects)
        objects[path] = len(objects)
    return objects[path]


def write_objects(here: Here) -> None:
    """A function of the event that looks up the objects which the others read."""
    code, made = here.code, here.writing.objects
    names: dict[tuple[str, ...], str] = {(): "event"}
    for path, slot in made.items():
        names[path] = name = f"o{slot}"
        code.line(f"{name} = {names[path[:-1]]}.get({here.held(path[-1])})")
        with code.block(f"if {name}.__class__ is not dict"):
            code.line(f"{name} = {here.constant(NO_KEYS)}")
    code.line(f"return [{', '.join(names[path] for path in made)}]")


NO_KEYS: dict[str, Json] = {}
"""What fields of values that are no objects are read from; nobody writes to it."""


def _put_selected(
    selector: Selector,
    start: str,
    text: str,
    span: Span,
    here: Here,
    then: Then,
    *,
    raw: bool,
) -> None:
    """What a selector finds that is more than a path of fields and indexes."""
    read = here.constant(selected(selector, text, span))
    issues = here.issues or "None"
    made = Found(here.code.let(f"{read}({start}, {issues})"), raw=True, solid=False)
    if raw:
        then(made)
    else:
        put_filled(here.code, made, then)


def selected(
    selector: Selector, text: str, span: Span
) -> Callable[[Json, list[Issue] | None], Json]:
    """A function that finds what a selector selects, and tells what cannot be read."""

    def find(start: Json, issues: list[Issue] | None) -> Json:
        try:
            return search(selector, start)
        except SelectorError:
            if issues is not None:
                issues.append(Issue(text, "cannot be read as written", span))
            return None

    return find


def _put_field_of(
    holder: str, key: str, deeper: Steps, here: Here, then: Then, *, raw: bool
) -> None:
    """Read a field of an object, and go down from there. Most fields are not there."""
    held = here.held(key)
    with here.code.block(f"if {held} in {holder}"):
        start = here.code.let(f"{holder}[{held}]")
        _put_steps_down(start, deeper, here.code, here, then, raw=raw)


def _put_steps_down(
    name: str, steps: Steps, code: Code, here: Here, then: Then, *, raw: bool
) -> None:
    """Go down from field to field, and to items; what is no object or list has none."""
    if not steps:
        found = Found(name, raw=True, solid=False)
        if raw:
            then(found)
        else:
            put_filled(code, found, then)
        return
    step = steps[0]
    if isinstance(step, str):
        test: str | None = is_class(name, dict)
        inner = f"{name}.get({here.held(step)})"
    else:
        least = step + 1 if step >= 0 else -step
        test = all_of(is_class(name, list), f"len({name}) >= {least}")
        inner = f"{name}[{step}]"
    with code.when(test):
        _put_steps_down(code.let(inner), steps[1:], code, here, then, raw=raw)


# Names


def put_name(node: Name, here: Here, then: Then, raw: bool) -> None:
    """A name, and what lies below it."""
    steps = path_steps(node.tail) if node.tail is not None else ()
    is_path = steps is not None and len(steps) <= LONGEST_PATH

    def below(found: Found) -> None:
        if node.tail is None:
            then(found)
        elif steps is None or not is_path:
            text = spell(node)
            _put_selected(node.tail, found.name, text, node.span, here, then, raw=raw)
        else:
            code = here.code
            _put_steps_down(found.name, steps, code, here, then, raw=raw)

    after = then if node.tail is None else below
    name = node.name
    if name in here.names:
        _put_variable(node, steps if is_path else None, here, then, after, raw)
    elif name in here.model.definitions:
        _put_definition(name, here, after)
    elif name in here.model.fan_out_names:
        place = here.model.fan_out_names.index(name)
        value = here.code.let(f"{here.code.part('variables')}[{place}]")
        _put_whole(Found(value, raw=True, solid=False), node, here, after, raw)
    elif name in CLOCKS:
        after(Found(here.code.let(f"{here.constant(CLOCKS[name])}(run)"), WHOLE))
    else:
        _put_whole(_builtin(name, here), node, here, after, raw)


def _put_whole(found: Found, node: Name, here: Here, after: Then, raw: bool) -> None:
    """What a name stands for; what lies below it is judged there."""
    if raw or node.tail is not None or not found.raw:
        put_present(here.code, found, after)
    else:
        put_filled(here.code, found, after)


def _put_variable(
    node: Name, steps: Steps | None, here: Here, then: Then, after: Then, raw: bool
) -> None:
    name = node.name
    found = here.names[name]
    if steps and isinstance(steps[0], str) and name in here.holders:
        holder = here.holders[name]
        _put_field_of(holder, steps[0], steps[1:], here, then, raw=raw)
    elif name == "value":  # what is piped into a pipeline is never missing
        after(found)
    else:
        _put_whole(found, node, here, after, raw)


def _builtin(name: str, here: Here) -> Found:
    if name in ("api", "tables"):
        value = here.model.api if name == "api" else here.model.tables
        return Found(here.constant(dict(value)), OBJECTS, raw=True, solid=False)
    if name == PAYLOADS:
        return Found(here.code.part(name), LISTS, raw=True, solid=False, made=True)
    is_payload = name == PAYLOAD
    return Found(here.code.part(name), OBJECTS, raw=not is_payload, solid=False, made=is_payload)


# Definitions


def _put_definition(name: str, here: Here, then: Then) -> None:
    writing = here.writing
    if name in writing.inlined and not here.repeats:
        inside = replace(here, names={}, holders={}, path=f"${name}")
        inside.put(writing.model.definitions[name], then)
    else:
        put_present(here.code, _remembered(name, here), then)


def write_definitions(writing: Writing) -> None:
    """The functions of all definitions that need one, each after those it uses."""
    for name in writing.model.definitions:
        if writing.uses[name] and name not in writing.inlined | writing.settled:
            _maker(name, writing)


def _remembered(name: str, here: Here) -> Found:
    """A definition that was made before, or is made now."""
    writing, code = here.writing, here.code
    maker = _maker(name, writing)
    slot, answer = writing.slots[name], writing.answers[name]
    known = code.at_hand.get(slot)
    if known is None:
        stays = code.depth == 1 and code.keeps
        known = f"m{slot}" if stays else code.new()
        code.line(f"{known} = {code.part('memo')}[{slot}]")
        with code.block(f"if {known} is {here.constant(UNSET)}"):
            code.line(f"{known} = {maker}(run)")
        if stays:
            code.at_hand[slot] = known
    if here.issues is not None and writing.named[name]:
        with code.block(f"if {slot} in {code.part('told')}"):
            code.line(f"{here.issues} += told[{slot}]")
    return replace(answer, name=known)


def _maker(name: str, writing: Writing) -> str:
    """The function that makes a definition, and remembers it with what could not be used."""
    if name in writing.makers:
        return writing.makers[name]
    code = writing.module.function("definition_", "run")
    writing.makers[name] = code.name
    writing.slots[name] = slot = len(writing.slots)
    writing.answers[name] = Found(name, solid=False)
    told = name in writing.asked and writing.named[name]
    inside = Here(writing, code, issues="issues" if told else None, path=f"${name}")
    node = writing.model.definitions[name]
    answers: list[Found] = []

    def give(found: Found) -> None:
        answers.append(found)
        code.line(f"{code.part('memo')}[{slot}] = {found.name}")
        if told:
            _tell(code, slot)
        code.line(f"return {found.name}")

    with code.at(node.at):
        if told:
            code.line("issues = []")
        inside.put(node, Tail(give, ends=True))
        code.line(f"{code.part('memo')}[{slot}] = None")
        if told:
            _tell(code, slot)
        code.line("return None")
    if answers:
        writing.answers[name] = replace(one_of(name, answers), made=False)
    return code.name


def _tell(code: Code, slot: int) -> None:
    with code.block("if issues"):
        code.line(f"{code.part('told')}[{slot}] = issues")
