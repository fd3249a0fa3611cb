"""Values and conditions as generated code; objects and transforms have files of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from itertools import groupby

from mapping_engine.core.inference import constant
from mapping_engine.core.nodes import (
    CONDITIONS,
    Alternative,
    Call,
    Compare,
    Const,
    Copy,
    Entries,
    FirstOf,
    ForEach,
    Guard,
    Items,
    Logic,
    Name,
    Node,
    Object,
    Read,
    Template,
    Test,
)
from mapping_engine.core.spell import steps_of
from mapping_engine.engine.codegen.calls import put_call
from mapping_engine.engine.codegen.code import Code
from mapping_engine.engine.codegen.found import (
    BOOLEANS,
    CLASSES,
    LISTS,
    NUMBERS,
    TEXT,
    Found,
    Tail,
    Then,
    all_of,
    among,
    filled,
    is_class,
    put_present,
    shares_nothing,
    value_of,
)
from mapping_engine.engine.codegen.objects import put_copy, put_each, put_entries, put_object
from mapping_engine.engine.codegen.reading import holder_of, put_name, put_read
from mapping_engine.engine.codegen.writing import Here, fixed_flag, fixed_value, is_fixed
from mapping_engine.engine.run import present
from mapping_engine.engine.texts import as_text
from mapping_engine.engine.values import COMPARISONS, in_template
from mapping_engine.types.kinds import Json

_FEW = 6
"""So many parts of a condition are nested; more of them are tried one after the other."""
_ORDERS = frozenset(("<", "<=", ">", ">="))


def put(node: Node, here: Here, then: Then, raw: bool = False) -> None:
    """Write a node, and go on where it has a value."""
    with here.code.at(node.at):
        if here.code.is_deep and not isinstance(node, Const):
            put_present(here.code, _outlined(node, here), then)
        elif not isinstance(node, CONDITIONS) and is_fixed(node, here):
            put_present(here.code, Found(here.code.let(fixed_value(node, here))), then)
        else:
            _put(node, here, then, raw)


def _put(node: Node, here: Here, then: Then, raw: bool) -> None:
    match node:
        case Const(value=value):
            _put_const(present(value), here, then)
        case Read():
            put_read(node, here, then, raw)
        case Name():
            put_name(node, here, then, raw)
        case Call():
            put_call(node, here, then, raw)
        case FirstOf(alternatives=alternatives):
            _put_first(alternatives, here, then)
        case Guard(when=when, value=value):
            here.met(when, lambda: here.put(value, then, raw=raw))
        case Items():
            _put_items(node, here, then)
        case Template():
            _put_template(node, here, then)
        case Object():
            put_object(node, here, then)
        case Copy():
            put_copy(node, here, then)
        case ForEach():
            put_each(node, here, then)
        case Entries():
            put_entries(node, here, then)
        case _:
            then(Found(_flag(node, here.silent()), BOOLEANS))


def _put_const(value: Json, here: Here, then: Then) -> None:
    if value is not None:
        then(Found(here.constant(value), frozenset((type(value),))))


def _outlined(node: Node, here: Here) -> Found:
    """A node that is nested too deep, as a function of its own."""
    outside = here.code
    names = {name: f"n{place}" for place, name in enumerate(here.names)}
    issues = ["issues"] if here.issues is not None else []
    labels = ["label"] if here.label is not None else []
    code = here.writing.module.function("part_", "run", *names.values(), *issues, *labels)
    inside = replace(
        here,
        code=code,
        names={n: replace(here.names[n], name=new) for n, new in names.items()},
        holders={},
        issues="issues" if issues else None,
        clean=False,
        label="label" if labels else None,
        repeats=True,
    )
    inside.put(node, Tail(lambda found: code.line(f"return {found.name}"), ends=True))
    code.line("return None")
    given = [here.names[name].name for name in names]
    given += [each for each in (here.issues, here.label) if each is not None]
    return Found(outside.let(f"{code.name}({', '.join(('run', *given))})"), solid=False)


# Chains


def _put_first(alternatives: tuple[Alternative, ...], here: Here, then: Then) -> None:
    """The first of the alternatives that has a value; a tail stands behind each."""
    if len(alternatives) == 1:
        here.put(alternatives[0].value, then)
    elif isinstance(then, Tail):
        _put_alternatives(alternatives, here, then)
    else:
        put_present(here.code, value_of(here.code, partial(_put_first, alternatives, here)), then)


def _put_alternatives(alternatives: tuple[Alternative, ...], here: Here, tail: Tail) -> None:
    code, writing = here.code, here.writing
    issuing = [here.issues is not None and writing.may_issue(a.value) for a in alternatives]
    mark = "" if here.clean or not any(issuing) else code.let(f"len({here.issues})")
    puts: list[tuple[str | None, Callable[[Tail], None]]] = []
    for place, each in enumerate(alternatives):
        forgets = any(issuing[:place])
        inside = replace(here, clean=False) if forgets else here
        put_one = partial(_put_alternative, each.value, inside, mark if forgets else None)
        start, _ = steps_of(each.value)
        puts.append((holder_of(start, here), put_one))
    with nullcontext() if tail.ends else code.block("while True"):
        for holder, group in groupby(puts, lambda pair: pair[0]):
            several = [each for _, each in group]
            with code.when(holder if len(several) > 1 else None):
                for write in several:
                    write(tail)
        if not tail.ends:
            code.line("break")


def _put_alternative(node: Node, here: Here, forgets: str | None, tail: Tail) -> None:
    """An alternative, and the tail behind it: issues of those before it do not matter then."""
    code, issues = here.code, here.issues
    start = ""
    if forgets is not None and here.writing.may_leave(node):
        start = code.let(f"len({issues})")

    def end(found: Found) -> None:
        if forgets is not None:
            with code.block(f"if {issues}"):
                code.line(f"del {issues}[{forgets}:{start}]")
        tail(found)
        if not tail.ends:
            code.line("break")

    here.put(node, Tail(end, ends=True))


def _put_items(node: Items, here: Here, then: Then) -> None:
    """A list; what is missing in it is left out, or filled in."""
    code = here.code
    made = code.let("[]")
    fill = None if node.fill is None else here.constant(node.fill.value)
    empty = code.let("True") if fill is not None else ""
    items: list[Found] = []

    def keep(found: Found) -> None:
        items.append(found)
        code.line(f"{made}.append({found.name})")

    for each in node.items:
        if fill is None:
            here.put(each, keep)
        else:
            found = value_of(code, partial(here.put, each))
            with code.block(f"if {found.name} is None"):
                code.line(f"{found.name} = {fill}")
            with code.block("else"):
                code.line(f"{empty} = False")
            keep(found)
        here = here.after(each)
    with code.block(f"if not {empty}" if fill is not None else f"if {made}"):
        then(Found(made, LISTS, made=fill is None and all(map(shares_nothing, items))))


def _put_template(node: Template, here: Here, then: Then) -> None:
    """Text with values filled in; missing when one of them is."""
    code = here.code
    result = code.let("None")
    parts: list[str] = []
    with code.block("while True"):
        for part in node.parts:
            if isinstance(part, str):
                parts.append(here.constant(part))
                continue
            text = code.let("None")
            parts.append(text)
            here.put(part, partial(_keep_text, part, here, text))
            with code.block(f"if {text} is None"):
                code.line("break")
            here = here.after(part)
        inner = "".join(f"{{{name}}}" for name in parts)
        code.line(f"{result} = f'{inner}'")
        code.line("break")
    full = filled(result, TEXT, code)
    with code.block(f"if {result} is not None and {full}"):
        then(Found(result, TEXT))


def _keep_text(node: Node, here: Here, name: str, found: Found) -> None:
    text = found.name
    if found.classes != TEXT and here.issues is None:
        text = f"{here.constant(as_text)}({text})"
    elif found.classes != TEXT:
        text = f"{here.constant(partial(in_template, node))}({text}, {here.issues})"
    here.code.line(f"{name} = {text}")


# Conditions


def put_met(node: Node, here: Here, then: Callable[[], None]) -> None:
    """Go on where a condition is met; what cannot be used in it makes nothing missing."""
    silent = here.silent()
    with here.code.at(node.at):
        if is_fixed(node, silent):
            with here.code.block(f"if {fixed_flag(node, silent)}"):
                then()
        elif here.code.is_deep:
            put_present(here.code, _outlined(node, silent), partial(_put_holds, here.code, then))
        else:
            _put_met(node, silent, then)


def _put_met(node: Node, here: Here, then: Callable[[], None]) -> None:
    match node:
        case Compare():
            _put_comparison(node, here, then)
        case Test():
            _put_test(node, here, then)
        case Logic(word="not", operands=(only,)):
            with here.code.block(f"if not {_flag(only, here)}"):
                then()
        case Logic(word="and", operands=parts) if len(parts) <= _FEW:
            _put_all(parts, here, then)
        case Logic():
            with here.code.block(f"if {_flag(node, here)}"):
                then()
        case _:
            here.put(node, partial(_put_holds, here.code, then))


def _put_holds(code: Code, then: Callable[[], None], found: Found) -> None:
    with code.when(f"{found.name} is not False" if bool in found.classes else None):
        then()


def _put_all(parts: Sequence[Node], here: Here, then: Callable[[], None]) -> None:
    first, *rest = parts
    put_met(first, here, partial(_put_all, rest, here, then) if rest else then)


def _flag(node: Node, here: Here) -> str:
    """The name of whether a condition is met."""
    code = here.code
    result = code.let("False")

    def met() -> None:
        code.line(f"{result} = True")

    def leave() -> None:
        met()
        code.line("break")

    match node:
        case Logic(word="or", operands=parts):
            with code.block("while True"):
                for part in parts:
                    put_met(part, here, leave)
                code.line("break")
        case Logic(word="and", operands=parts) if len(parts) > _FEW:
            with code.block("while True"):
                for part in parts:
                    with code.block(f"if not {_flag(part, here)}"):
                        code.line("break")
                leave()
        case _:
            put_met(node, here, met)
    return result


def _put_test(node: Test, here: Here, then: Callable[[], None]) -> None:
    code = here.code
    if node.word == "missing":
        found = value_of(code, partial(here.put, node.operand))
        with code.block(f"if {found.name} is None"):
            then()
        return

    def judge(found: Found) -> None:
        test: str | None = None
        if node.word != "present":
            test = among(found.name, frozenset(CLASSES[node.word]), code)
        with code.when(test):
            then()

    here.put(node.operand, judge)


def _put_comparison(node: Compare, here: Here, then: Callable[[], None]) -> None:
    code = here.code
    right = present(node.right.value) if isinstance(node.right, Const) else None
    if isinstance(right, str) and node.operator == "==":
        here.put(node.left, partial(_put_where, code, f"== {here.held(right)}", then), raw=True)
        return
    if isinstance(right, str) and node.operator == "!=":
        left = value_of(code, lambda keep: here.put(node.left, keep, raw=True))
        with code.block(f"if {left.name} != {here.held(right)}"):
            then()
        return
    if type(right) in NUMBERS and node.operator == "==":
        here.put(node.left, partial(_put_same, here, right, then))
        return
    left = value_of(code, partial(here.put, node.left))
    if node.operator in _ORDERS and left.classes <= NUMBERS and type(right) in NUMBERS:
        order = f"{left.name} {node.operator} {here.constant(right)}"
        test = f"{left.name} is not None and {order}"
    else:
        test = _compared(node, left, here)
    with code.block(f"if {test}"):
        then()


def _put_where(code: Code, test: str, then: Callable[[], None], found: Found) -> None:
    with code.block(f"if {found.name} {test}"):
        then()


def _put_same(here: Here, wanted: Json, then: Callable[[], None], found: Found) -> None:
    """A number that is equal; `true` is not 1."""
    other = f"{found.name}.__class__ is not bool" if bool in found.classes else None
    test = all_of(f"{found.name} == {here.constant(wanted)}", other)
    with here.code.when(test):
        then()


def _compared(node: Compare, left: Found, here: Here) -> str:
    _, listed = constant(here.model, node.right)
    has_texts = isinstance(listed, list | dict) and all(type(each) is str for each in listed)
    if node.operator == "in" and isinstance(listed, list | dict) and has_texts:
        among_texts = f"{left.name} in {here.code.shared.held_set(frozenset(listed))}"
        return f"{is_class(left.name, str)} and {among_texts}"
    right = value_of(here.code, partial(here.put, node.right))
    return f"{here.constant(COMPARISONS[node.operator])}({left.name}, {right.name})"
