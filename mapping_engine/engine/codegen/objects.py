"""Objects, their fields with their policies, copies, and lists of these, as generated code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from mapping_engine.core.mapped import mapped_paths
from mapping_engine.core.nodes import (
    KEY,
    Const,
    Copy,
    Entries,
    Field,
    ForEach,
    Name,
    Node,
    Object,
    Read,
)
from mapping_engine.core.nulls import keeps_nulls
from mapping_engine.core.spell import spell
from mapping_engine.engine.codegen.arguments import given_arguments
from mapping_engine.engine.codegen.found import (
    EMPTIES,
    LISTS,
    OBJECTS,
    Found,
    Tail,
    Then,
    among,
    is_class,
    put_present,
    shares_nothing,
    value_of,
)
from mapping_engine.engine.codegen.reading import NO_KEYS, put_name, put_read
from mapping_engine.engine.codegen.writing import Here, fixed, is_settled
from mapping_engine.engine.copying import (
    CopyPlan,
    copy_base,
    copy_plan,
    copying_of,
    exclusions,
    keys_given,
    located,
    moved_paths,
)
from mapping_engine.engine.interpreter import Interpreter
from mapping_engine.engine.policy import Policy, refuses
from mapping_engine.engine.run import Issue, Run, fresh, own
from mapping_engine.engine.values import Pairs, key_text, pairs_of, wrong_kind
from mapping_engine.transforms import REGISTRY
from mapping_engine.types.kinds import Json, is_missing, kind_of


def put_object(node: Object, here: Here, then: Then) -> None:
    """The object that fields make; none when it would be empty."""
    made = here.code.let("{}")
    put_fields(node.fields, here, made)
    with here.code.block(f"if {made}"):
        then(Found(made, OBJECTS, made=True))


def put_fields(fields: tuple[Field, ...], here: Here, made: str) -> None:
    """Put fields into an object; each has issues of its own."""
    for each in fields:
        step = f".{each.name}" if here.path else each.name
        put_field(each, replace(here, path=here.path + step), _keeping(each, here, made))


def _keeping(field: Field, here: Here, made: str) -> Tail:
    if field.spread:
        return Tail(lambda found: here.code.line(f"{made}.update({found.name})"))
    key = here.held(field.name)
    return Tail(lambda found: here.code.line(f"{made}[{key}] = {found.name}"))


def put_field(field: Field, here: Here, then: Tail) -> None:
    """A field where its condition holds, with its policy: what is left out, refused, or told."""
    with here.code.at(field.at):
        if field.when is not None:
            here.met(field.when, partial(_put_settled, field, here, then))
        else:
            _put_settled(field, here, then)


def _put_settled(field: Field, here: Here, then: Tail) -> None:
    writing = here.writing
    issues = writing.may_issue(field.value) and (writing.tells or refuses(field))
    if not issues and not field.required:
        _put_plain(field, replace(here, issues=None), then)
        return
    code = here.code
    name = code.let("[]") if issues else None
    inside = replace(here, issues=name, clean=True)
    found = _owned(value_of(code, partial(inside.put, field.value)), field, here)
    policy = here.constant(Policy(here.model, field, here.path).settled)
    told = name or "[]"
    with code.block(f"if {found.name} is None"):
        default = _default(field, replace(here, issues=None))
        call = f"{policy}(run, None, {told}, {default.name})"
        always = field.required and field.default is None
        tests = [f"{default.name} is None"] if field.required else []
        tests += [name] if name is not None else []
        with code.when(None if always else " or ".join(tests)):
            code.line(call)
        if field.default is not None:
            put_present(code, default, _default_kept(field, here, then))
        if field.null:
            then(_NULL)
    with code.block("else"):
        if name is not None and writing.tells and writing.may_leave(field.value):
            with code.block(f"if {name}"):
                code.line(f"{policy}(run, {found.name}, {name}, None)")
        then(found)


def _put_plain(field: Field, here: Here, then: Tail) -> None:
    """A field for whose want nothing is refused, and nobody is told."""
    if field.default is None and not field.null:
        nulls = keeps_nulls(here.model, field.value)
        here.put(field.value, Tail(partial(put_fresh, here, then, nulls=nulls), then.ends))
        return
    found = _owned(value_of(here.code, partial(here.put, field.value)), field, here)
    with here.code.block(f"if {found.name} is not None"):
        then(found)
    with here.code.block("else"):
        if field.null:
            then(_NULL)
        else:
            put_present(here.code, _default(field, here), _default_kept(field, here, then))


def _default(field: Field, here: Here) -> Found:
    """The default, None where there is none; one that is written out is sent as it stands."""
    if field.default is None:
        return Found("None")
    if isinstance(field.default, Const):
        value = field.default.value
        return Found(here.constant(value), frozenset((type(value),)), solid=False)
    return value_of(here.code, partial(here.put, field.default))


_NULL = Found("None", frozenset())
"""Null, where a field sends it for want of a value."""


def _default_kept(field: Field, here: Here, then: Tail) -> Then:
    """A default is sent though it be empty."""
    copy = _fresh_with_nulls if keeps_nulls(here.model, field.value) else fresh
    return lambda found: then(_copied(found, here, copy))


def _owned(found: Found, field: Field, here: Here) -> Found:
    """The value of a field as it is sent, None where there is none."""
    return _copied(found, here, _fresh_with_nulls if keeps_nulls(here.model, field.value) else own)


def _copied(found: Found, here: Here, copy: Callable[[Json], Json]) -> Found:
    """A value that shares no container with the event."""
    if shares_nothing(found):
        return found
    name = here.code.let(found.name)
    with here.code.block(f"if {among(name, EMPTIES, here.code)}"):
        here.code.line(f"{name} = {here.constant(copy)}({name})")
    return replace(found, name=name, made=True)


def put_fresh(here: Here, then: Then, found: Found, *, nulls: bool = False) -> None:
    """Share no container with the event; hold no nulls, unless these are wanted."""
    if shares_nothing(found):
        then(found)
    else:
        put_present(here.code, _copied(found, here, _fresh_with_nulls if nulls else own), then)


_fresh_with_nulls = partial(fresh, nulls=True)
"""With nulls, nothing becomes empty."""


# Lists


def put_each(node: ForEach, here: Here, then: Then) -> None:
    """The body once for each item of a list."""
    here.put(node.source, partial(_put_loop, node, here.after(node.source), then))


def _put_loop(node: ForEach, here: Here, then: Then, found: Found) -> None:
    code = here.code
    surely = found.classes == LISTS
    with code.when(None if surely else is_class(found.name, list)):
        made = code.let("[]")
        item, holder = code.new("i"), code.new("d")
        inside = replace(
            here,
            names={**here.names, node.item: Found(item, raw=True, solid=False)},
            holders={**here.holders, node.item: holder},
            path=f"{here.path}[]",
            clean=False,
            repeats=True,
        )
        body: list[Found] = []
        with code.block(f"for {item} in {found.name}"):
            keys = here.constant(NO_KEYS)
            code.line(f"{holder} = {item} if {is_class(item, dict)} else {keys}")
            write = partial(_put_body, node, inside, made, body)
            if node.keep is not None:
                inside.met(node.keep, write)
            else:
                write()
        with code.block(f"if {made}"):
            then(Found(made, LISTS, made=bool(body) and all(each.made for each in body)))
    if not surely and here.issues is not None:
        with code.block("else"):
            tell = here.constant(_no_list(node))
            code.line(f"{tell}({found.name}, {here.issues})")


def _put_body(node: ForEach, here: Here, made: str, body: list[Found]) -> None:
    def keep(found: Found) -> None:
        body.append(found)
        here.code.line(f"{made}.append({found.name})")

    here.put(node.body, Tail(keep))


def _no_list(node: ForEach) -> Callable[[Json, list[Issue]], None]:
    text, span = spell(node.source), node.source.span

    def tell(value: Json, issues: list[Issue]) -> None:
        issues.append(Issue(text, wrong_kind(kind_of(value), "list"), span))

    return tell


# Objects from entries


def put_entries(node: Entries, here: Here, then: Then) -> None:
    """An object made from the entries of an object, or from the items of a list."""
    made = here.code.let("{}")
    if node.source is None:
        _put_entry(node, here, made)
        _put_made(made, here, then)
        return
    found = value_of(here.code, partial(here.put, node.source))
    here = here.after(node.source)
    code, issues = here.code, here.issues or "[]"
    key, item, holder = code.new("j"), code.new("i"), code.new("d")
    inside = replace(
        here,
        names={
            **here.names,
            node.item: Found(item, raw=True, solid=False),
            KEY: Found(key, raw=True, solid=False),
        },
        holders={
            **{name: held for name, held in here.holders.items() if name != KEY},
            node.item: holder,
        },
        clean=False,
        repeats=True,
    )
    pairs = here.constant(partial(_pairs, node.source))
    with code.block(f"for {key}, {item} in {pairs}({found.name}, {issues})"):
        code.line(f"{holder} = {item} if {is_class(item, dict)} else {here.constant(NO_KEYS)}")
        if node.keep is not None:
            inside.met(node.keep, partial(_put_entry, node, inside, made, item))
        else:
            _put_entry(node, inside, made, item)
    _put_made(made, here, then)


def _put_made(made: str, here: Here, then: Then) -> None:
    with here.code.block(f"if {made}"):
        then(Found(made, OBJECTS))


def _put_entry(node: Entries, here: Here, made: str, item: str = "None") -> None:
    code = here.code
    name = code.let("None")
    as_key = here.constant(partial(_key, node.key))

    def keep_key(found: Found) -> None:
        code.line(f"{name} = {as_key}({found.name}, {here.issues or '[]'})")

    here.put(node.key, keep_key)
    with code.block(f"if {name} is not None"):
        inside = here.after(node.key)
        if node.empty:
            with code.block(f"if {here.constant(is_missing)}({item})"):
                code.line(f"{made}[{name}] = {item}")
        inside.put(node.value, Tail(lambda found: code.line(f"{made}[{name}] = {found.name}")))


def _pairs(node: Node, value: Json, issues: list[Issue]) -> Pairs:
    return pairs_of(value, node, issues)


def _key(node: Node, value: Json, issues: list[Issue]) -> str | None:
    return key_text(value, node, issues)


# Copies


def put_copy(node: Copy, here: Here, then: Then) -> None:
    """A copy of an object without personal data, and the fields that are added to it."""
    if node.empty:
        _put_full_copy(node, here, then)
        return
    if node.added is None:
        here.put(node.source, partial(_put_copied, node, here, then), raw=True)
        return
    code = here.code
    made = code.let("{}")

    def keep(found: Found) -> None:
        code.line(f"{made} = {found.name}")

    here.put(node.source, partial(_put_copied, node, here, keep), raw=True)
    put_fields(node.added.fields, here, made)
    with code.block(f"if {made}"):
        then(Found(made, OBJECTS, made=True))


def _put_full_copy(node: Copy, here: Here, then: Then) -> None:
    """A copy with nulls, which may be that of an empty object."""
    code = here.code
    made, empty = code.let("{}"), code.let("False")

    def look(found: Found) -> None:
        code.line(f"{empty} = {found.name} == {{}}")
        _put_copied(node, here, keep, found)

    def keep(found: Found) -> None:
        code.line(f"{made} = {found.name}")

    source = node.source
    if isinstance(source, Read):
        put_read(source, here, look, raw=True)
    elif isinstance(source, Name):
        put_name(source, here, look, raw=True)
    else:
        here.put(source, look, raw=True)
    if node.added is not None:
        put_fields(node.added.fields, here, made)
    with code.block(f"if {made} or {empty}"):
        then(Found(made, OBJECTS, made=True))


def _put_copied(node: Copy, here: Here, then: Then, found: Found) -> None:
    code = here.code
    copying = copying_of(here.model, node)
    surely = found.classes == OBJECTS
    with code.when(None if surely else is_class(found.name, dict)):
        plan = _plan(node, here)
        issues = here.issues or "[]"
        hashed = code.part("already_hashed") if here.model.already_hashed is not None else "False"
        copied = f"{here.constant(copying.of)}({found.name}, {plan}, {issues}, {hashed})"
        made = code.let(copied)
        with code.block(f"if {made}"):
            then(Found(made, OBJECTS, made=True))
    if not surely and here.issues is not None:
        with code.block("else"):
            code.line(f"{here.constant(copying.no_object)}({found.name}, {here.issues})")


def _plan(node: Copy, here: Here) -> str:
    """What a copy leaves out; it is made once, where the settings decide it."""
    model = here.model
    mapped = mapped_paths(model) if node.rest else frozenset()
    moved = moved_paths(model) if node.rest else []
    parts = [*node.keys, *(argument for call in moved for argument in call.arguments)]
    base = copy_base(node.source)

    def plan(run: Run) -> CopyPlan | None:
        it = Interpreter(model, run)
        paths = set(mapped)
        for call in moved:
            given = given_arguments(call, REGISTRY[call.name], it, [])
            path = None if given is None else located(call, given)
            paths |= set() if path is None else {path}
        keys = [
            None if key is None else keys_given(key, it.value(key, []), run.settings)
            for key in node.keys
        ]
        return copy_plan(node, exclusions(base, paths), keys)

    if all(part is None or is_settled(part, here.writing, frozenset()) for part in parts):
        return fixed(here, id(node), "plan", plan)
    return f"{here.constant(plan)}(run)"
