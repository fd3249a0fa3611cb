"""Where values end up, and what may not end up there.

A personal field of the payload takes digests only; personal data and secrets go nowhere else. What
the payload schema can never accept, or requires and may not get, is found before any event is seen.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from functools import partial
from typing import Any

from mapping_engine.core.absence import Absence, absence_of, absent_field, present_under
from mapping_engine.core.clear import (
    clear_places,
    copies_in_clear,
    exposed,
    exposed_name,
    path_steps,
)
from mapping_engine.core.conform import null_mismatch
from mapping_engine.core.conforming import conforms, single_place
from mapping_engine.core.inference import Inference, extent_of
from mapping_engine.core.nodes import (
    Copy,
    Entries,
    Field,
    FirstOf,
    ForEach,
    Guard,
    Items,
    Name,
    Node,
    Object,
    Template,
    children,
    fields_of,
    walk,
)
from mapping_engine.core.origins import described, what
from mapping_engine.core.schema_places import declared_at
from mapping_engine.diagnostics import Fix, Label, Span, did_you_mean, listed, report_unknown
from mapping_engine.file.json_types import (
    additional_schema,
    is_closed,
    items_schema,
    property_names,
    property_schema,
)
from mapping_engine.file.value_blocks import FieldBlock
from mapping_engine.frozen import Frozen
from mapping_engine.types.type import IDENTIFYING, PSEUDONYM, SECRET, UNDECLARED, Type

Schema = Mapping[str, Any]
Known = list[frozenset[str]]
PERSONAL_KEYWORD = "x-personal"
SECRET_KEYWORD = "x-secret"


_HELP_IN_URL = (
    "leave it out, or write the definition under `personal: clear` as a `url`, if the receiver may "
    "know it"
)


def is_personal(root: Schema, schema: Schema) -> bool:
    """Whether a payload field takes hashed personal data, itself or as the items of a list."""
    return any(mark is not None and not isinstance(mark, list) for mark in _marks(root, schema))


def clear_kinds(root: Schema, schema: Schema) -> frozenset[str]:
    """The kinds of personal data that a payload field takes as they are: the receiver wants it."""
    lists = (mark for mark in _marks(root, schema) if isinstance(mark, list))
    return frozenset(kind for mark in lists for kind in mark)


def _marks(root: Schema, schema: Schema) -> tuple[Any, Any]:
    return schema.get(PERSONAL_KEYWORD), items_schema(root, schema).get(PERSONAL_KEYWORD)


# Messages and URLs


def check_shown(node: Node, place: str, found: Inference) -> None:
    """Report what must not be read in ``place``: a message or a URL (PI02, PI06)."""
    made, code, help = found.facts.type_of(node), "PI02", None
    if SECRET in made.spreading:
        code, flows = "PI06", "a secret"
    elif made.personal_kinds or made.tags & {IDENTIFYING, PSEUDONYM}:
        flows = what(made)
        help = _HELP_IN_URL if place == "a URL" else None
    elif UNDECLARED in made.tags:
        flows = "a value that the vocabulary does not declare"
        help = "declare the path in the vocabulary, if it never holds personal data"
    else:
        return
    message = f"{flows} flows into {place}"
    _report(code, message, node, place, lambda each: not each.may_be_shown, found, help=help)


def check_in_url(node: Node, found: Inference) -> None:
    """Report what must not stand in a URL, unless the mapping says that it may."""
    if isinstance(node, Template):
        for part in children(node):
            check_in_url(part, found)
        return
    allowed, made = exposed(found.model).get(exposed_name(node)), found.facts.type_of(node)
    if allowed is None or allowed.is_secret is not (SECRET in made.spreading):
        check_shown(node, "a URL", found)
    elif not made.may_be_shown:
        found.facts.needed.add(id(allowed.said))


def check_beside_payload(node: Node, found: Inference) -> None:
    """Report personal data in the request beside the payload (PI02)."""
    made = found.facts.type_of(node)
    if made.personal_kinds or PSEUDONYM in made.tags:
        message = f"{what(made)} flows into the request beside the payload"
        help = "send it as a field of the payload, normalised and hashed"
        _report("PI02", message, node, "the request", _personal, found, help=help)


def _personal(found: Type) -> bool:
    return bool(found.personal_kinds)


def _report(
    code: str,
    message: str,
    part: Node | Field,
    sink: str,
    wanted: Callable[[Type], bool],
    found: Inference,
    *,
    span: Span | None = None,
    help: str | None = None,
    note: str | None = None,
    fix: Fix | None = None,
    other: tuple[Label, ...] = (),
) -> None:
    """Report what flows into a ``sink``, with the way that the ``wanted`` values take."""
    labels, notes = described(part, sink, found.model, found.facts, wanted)
    labels, notes = (*labels, *other), notes if note is None else (*notes, note)
    at = span or part.span
    found.diagnostics.report(code, message, at, help=help, labels=labels, notes=notes, fix=fix)


# The payload


class _PayloadSinks(Frozen):
    """The schema of the payload, and what is known of the values that go into it."""

    root: Schema
    found: Inference
    absence: Absence
    holding: frozenset[str]
    """The definitions that hold objects."""


def check_payload(found: Inference) -> None:
    """Hold every field of the payload against its schema; their types are known already."""
    model = found.model
    absence = absence_of(model, found.facts)
    holding: set[str] = set()
    for name, node in model.definitions.items():  # each stands behind those that it uses
        holding |= {name} if _holds_objects(node, holding) else set()
    sinks = _PayloadSinks(model.payload_schema, found, absence, frozenset(holding))
    _fields(model.fields.fields, model.payload_schema, "", [], sinks, whole=True)


def _fields(
    fields: tuple[Field, ...],
    schema: Schema,
    prefix: str,
    known: Known,
    sinks: _PayloadSinks,
    *,
    whole: bool,
) -> None:
    """Check the fields of an object; ``whole`` unless they are added to another one."""
    for field in fields:
        if field.spread:
            path = prefix.removesuffix(".")
            _needed(field, path, sinks.found)
            _inside(field, field.value, schema, path, known, sinks, opened=set(), whole=False)
            continue
        path = f"{prefix}{field.name}"
        _needed(field, path, sinks.found)
        below = property_schema(sinks.root, schema, field.name)
        clear = schema.get(PERSONAL_KEYWORD)
        if isinstance(clear, list):  # it is said of all that the object holds
            below = {PERSONAL_KEYWORD: clear, **below} if below is not None else None
        if below is None and is_closed(sinks.root, schema):
            names = property_names(sinks.root, schema)
            report_unknown(
                sinks.found.diagnostics,
                "OU01",
                f"the payload schema has no field `{path}`",
                field.key.span,
                field.name,
                names,
                f"accepted: {listed(names)}",
            )
            continue
        _field(field, below or additional_schema(sinks.root, schema), path, sinks)
    if whole:
        _required(fields, schema, prefix, known, sinks)


def _needed(field: Field, path: str, found: Inference) -> None:
    """Keep what lets a copy hold personal data."""
    if copies_in_clear(field.value):
        found.facts.needed.add(id(clear_places(found.model).of_copy(path_steps(path))))


def _required(
    fields: tuple[Field, ...], schema: Schema, prefix: str, known: Known, sinks: _PayloadSinks
) -> None:
    written = {field.name: field for field in fields}
    spread = any(field.spread for field in fields)
    for name in schema.get("required", ()):
        path, field = f"{prefix}{name}", written.get(name)
        if field is not None:
            _may_be_absent(path, field, known, sinks)
        elif fields and not spread and not _is_misspelled(name, fields, schema, sinks):
            sinks.found.diagnostics.report(
                "OU05",
                f"the payload schema requires `{path}`, which no rule writes",
                fields[0].key.span,
                labels=declared_at(path, sinks.found.model),
            )


def _is_misspelled(
    name: str, fields: tuple[Field, ...], schema: Schema, sinks: _PayloadSinks
) -> bool:
    """Whether a field that is reported already was meant for ``name``."""
    if not is_closed(sinks.root, schema):
        return False
    names = property_names(sinks.root, schema)
    return did_you_mean(name, [f.name for f in fields if f.name not in names]) is not None


def _may_be_absent(path: str, field: Field, known: Known, sinks: _PayloadSinks) -> None:
    absent = absent_field(field, sinks.absence, known)
    if absent is None or not sinks.found.facts.type_of(field).kinds:
        return
    together = listed(absent)
    when = f"it is absent without {together}" if absent else "it is always absent"
    if len(absent) > 1:
        when = f"it is absent when these are missing together: {together}"
    sinks.found.diagnostics.report(
        "OU05",
        f"the payload schema requires `{path}`, which may be absent",
        field.key.span,
        labels=declared_at(path, sinks.found.model),
        notes=(when,),
        help="give it a `default`, or write `required: true` to refuse such an event",
    )


def _field(field: Field, schema: Schema, path: str, sinks: _PayloadSinks) -> None:
    if field.null:
        _null(field, schema, path, sinks)
    known = [] if field.when is None else present_under(field.when, sinks.absence)
    if _holds_objects(field.value, sinks.holding):
        _inside(field, field.value, schema, path, known, sinks, opened=set())
    else:
        _leaf(field, field.value, schema, path, sinks)


def _holds_objects(value: Node, holding: Container[str]) -> bool:
    """Whether objects are written in a value, or stand in it under a name."""
    return any(
        fields_of(part) or isinstance(part, Entries) or _is_name_of(part, holding)
        for part in walk(value)
    )


def _is_name_of(part: Node, holding: Container[str]) -> bool:
    return isinstance(part, Name) and part.tail is None and part.name in holding


def _null(field: Field, schema: Schema, path: str, sinks: _PayloadSinks) -> None:
    problem = null_mismatch(sinks.root, schema, f"`{path}`")
    if problem is not None:
        labels = declared_at(path, sinks.found.model)
        help = 'add `"null"` to the types there, if the receiver takes it'
        span = field.key.span
        sinks.found.diagnostics.report("OU02", problem.message, span, help=help, labels=labels)


def _inside(
    field: Field,
    node: Node,
    schema: Schema,
    path: str,
    known: Known,
    sinks: _PayloadSinks,
    *,
    opened: set[tuple[str, str]],
    whole: bool = True,
) -> None:
    """Check what is written inside a value: objects in lists, in tables, in objects.

    A name is ``opened`` once at each path: what many share is looked at once.
    """
    go = partial(_inside, field, sinks=sinks, opened=opened, whole=whole)
    match node:
        case FirstOf(alternatives=arms):
            for arm in arms:
                go(arm.value, schema, path, known)
        case Guard(when=when, value=value):
            go(value, schema, path, [*known, *present_under(when, sinks.absence)])
        case Items(items=items, fill=None):
            below = items_schema(sinks.root, schema)
            for item in items:
                go(item, below, f"{path}[]", known)
        case ForEach(body=body, keep=keep):
            kept = [] if keep is None else present_under(keep, sinks.absence)
            go(body, items_schema(sinks.root, schema), f"{path}[]", [*known, *kept])
        case Object(fields=fields):
            _fields(fields, schema, f"{path}." if path else "", known, sinks, whole=whole)
        case Copy(added=Object(fields=fields)):
            _fields(fields, schema, f"{path}." if path else "", known, sinks, whole=False)
        case Entries(value=value, keep=keep):
            before = len(sinks.found.diagnostics.found)
            _leaf(field, node, schema, path, sinks)
            if before == len(sinks.found.diagnostics.found) and not property_names(
                sinks.root, schema
            ):
                kept = [] if keep is None else present_under(keep, sinks.absence)
                below = additional_schema(sinks.root, schema)
                go(value, below, f"{path}.*", [*known, *kept])
        case Name(name=name) if _is_name_of(node, sinks.holding):
            if (name, path) not in opened:
                opened.add((name, path))
                go(sinks.found.model.definitions[name], schema, path, known)
        case _:
            _leaf(field, node, schema, path, sinks)


def _leaf(field: Field, node: Node, schema: Schema, path: str, sinks: _PayloadSinks) -> None:
    found, root = sinks.found, sinks.root
    made = found.facts.type_of(field if node is field.value else node)
    path = path or "payload"
    if isinstance(node, Copy):
        conforms(field, node, schema, made, path, sinks.root, sinks.found)
        return
    if SECRET in made.spreading and schema.get(SECRET_KEYWORD) is not True:
        _secret(path, field, found)
    clear = clear_places(found.model).of(path_steps(path))
    if clear is not None and made.personal_kinds:
        found.facts.needed.add(id(clear))
    if is_personal(root, schema):
        if made.kinds and not made.is_digest:
            _unhashed(path, field, f"`{path}` takes hashed personal data only", sinks)
            return
    elif clear is not None:
        pass
    elif made.personal_kinds - clear_kinds(root, schema):
        _unhashed(path, field, f"{what(made)} flows into `{path}`", sinks)
        return
    elif PSEUDONYM in made.tags and not any(_marks(root, schema)):
        _unmarked(path, field, made, sinks)
        return
    conforms(field, node, schema, made, path, sinks.root, sinks.found)


def _secret(path: str, field: Field, found: Inference) -> None:
    message, span = f"a secret flows into the payload field `{path}`", field.key.span
    note = f'a field that the receiver reads a secret from has `"{SECRET_KEYWORD}": true`'
    _report("PI06", message, field, f"`{path}`", _holds_secret, found, span=span, note=note)


def _holds_secret(made: Type) -> bool:
    return SECRET in made.spreading


# Personal data


def _unhashed(path: str, field: Field, message: str, sinks: _PayloadSinks) -> None:
    found, fix, block = sinks.found, _hash(field, sinks), field.at
    help, other = "normalise it and append `|> hashed`", tuple[Label, ...]()
    if found.model.clear and "flows" in message:
        help += f", or add `{path}` under `personal: clear`, if the receiver may have it"
        other = (Label(found.model.clear[0].span, "this is where personal data may stand"),)
    note = f"fields for hashed personal data have `{PERSONAL_KEYWORD}` in the schema"
    span = block.place("as") if isinstance(block, FieldBlock) and block.as_ else None
    said = partial(_report, "PI02", message, field, f"`{path}`", _personal, found)
    said(span=span, help=help, note=note, fix=fix, other=other)


def _unmarked(path: str, field: Field, made: Type, sinks: _PayloadSinks) -> None:
    message = f"{what(made)} flows into `{path}`, which the payload schema does not mark"
    help = f'add `"{PERSONAL_KEYWORD}": "hashed"` there, if the receiver asks for it'
    other = declared_at(path, sinks.found.model)
    _report("PI02", message, field, f"`{path}`", _personal, sinks.found, help=help, other=other)


def _hash(field: Field, sinks: _PayloadSinks) -> Fix | None:
    """The fix that hashes a value which is in normal form already."""
    made, extent = sinks.found.facts.type_of(field), extent_of(field.value)
    if not made.normalised_kinds or extent is None or single_place(field) is not field.value:
        return None
    span = extent.scalar.span_at(extent.end, extent.end)
    return Fix(span, " |> hashed", "append `|> hashed`", safe=False, old="")
