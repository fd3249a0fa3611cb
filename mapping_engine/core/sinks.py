"""Where values end up, and what may not end up there.

A personal field of the payload takes digests only; personal data and secrets go nowhere else. What
the payload schema can never accept, or requires and may not get, is found before any event is seen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
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
from mapping_engine.diagnostics import Fix, Severity, Span, did_you_mean, listed, report_unknown
from mapping_engine.file.documents import WarnBlock
from mapping_engine.file.json_types import is_closed, items_schema, property_names, property_schema
from mapping_engine.frozen import Frozen
from mapping_engine.source.node import ScalarNode
from mapping_engine.types.type import IDENTIFYING, PSEUDONYM, SECRET, UNDECLARED, Type

Schema = Mapping[str, Any]
Known = list[frozenset[str]]
PERSONAL_KEYWORD = "x-personal"
SECRET_KEYWORD = "x-secret"


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
) -> None:
    """Report what flows into a ``sink``, with the way that the ``wanted`` values take."""
    labels, notes = described(part, sink, found.model, found.facts, wanted)
    notes = notes if note is None else (*notes, note)
    at = span or part.span
    found.diagnostics.report(code, message, at, help=help, labels=labels, notes=notes, fix=fix)


# The payload


class _PayloadSinks(Frozen):
    """The schema of the payload, and what is known of the values that go into it."""

    root: Schema
    found: Inference
    absence: Absence


def check_payload(found: Inference) -> None:
    """Hold every field of the payload against its schema; their types are known already."""
    model = found.model
    sinks = _PayloadSinks(model.payload_schema, found, absence_of(model, found.facts))
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
            _inside(field, field.value, schema, path, known, sinks, whole=False)
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
        _field(field, below or {}, path, sinks)
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
    value = _listed(field.value, sinks)
    if any(map(fields_of, walk(value))):
        _inside(field, value, schema, path, known, sinks)
    else:
        _leaf(field, field.value, schema, path, sinks)


def _listed(value: Node, sinks: _PayloadSinks) -> Node:
    """A list of objects in the place of its name."""
    named = sinks.found.model.definitions.get(value.name) if isinstance(value, Name) else None
    is_list = isinstance(named, Items) and isinstance(value, Name) and value.tail is None
    return named if named is not None and is_list else value


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
    whole: bool = True,
) -> None:
    """Check what is written inside a value: objects in lists, in tables, in objects."""
    go = partial(_inside, field, sinks=sinks, whole=whole)
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


# What is said for nothing


def check_needed(found: Inference) -> None:
    """Report what lets personal data stand where none does (PI11), and names that are none."""
    model = found.model
    for block in model.clear:
        for name in block.url or ():
            if name.text not in model.definitions:
                help = did_you_mean(name.text, model.definitions)
                message = f"there is no definition `{name.text}`"
                found.diagnostics.report("PR01", message, name.span, help=help)
                found.facts.needed.add(id(name))
        for pattern in block.fields or ():
            _needless(pattern, f"no personal data flows into a field `{pattern.text}`", found)
    for spelled, allowed in exposed(model).items():
        _needless(allowed.said, f"`{spelled}` in the URL shows nobody anything", found)


def _needless(said: ScalarNode, message: str, found: Inference) -> None:
    if id(said) not in found.facts.needed:
        help = "remove it, or correct the name"
        found.diagnostics.report("PI11", message, said.span, help=help)


def check_warned(found: Inference) -> None:
    """Report warnings about fields that neither the payload nor the body around it has (OU01)."""
    model = found.model
    for rule in model.warn:
        written = rule.at.field if isinstance(rule.at, WarnBlock) else None
        if written is None:
            continue
        schema: Schema = model.payload_schema
        fields = (*model.fields.fields, *fields_of(model.request.body))
        for step in re.split(r"\[[0-9]*\]\.?|\.", written.text):
            names = {*property_names(model.payload_schema, schema), *(f.name for f in fields)}
            spread = any(f.spread for f in fields)
            if step and names and step not in names and not spread:
                message = f"the payload has no field `{step}`"
                help = did_you_mean(step, names) or f"it has {listed(names)}"
                found.diagnostics.report(
                    "OU01", message, written.span, help=help, lighter=Severity.WARNING
                )
                break
            schema = property_schema(model.payload_schema, schema, step) or {}
            schema = items_schema(model.payload_schema, schema) or schema
            fields = next((fields_of(f.value) for f in fields if f.name == step), ())


# Personal data


def _unhashed(path: str, field: Field, message: str, sinks: _PayloadSinks) -> None:
    help = "normalise it and append `|> hashed`"
    note = f"fields for hashed personal data have `{PERSONAL_KEYWORD}` in the schema"
    found, fix = sinks.found, _hash(field, sinks)
    _report("PI02", message, field, f"`{path}`", _personal, found, help=help, note=note, fix=fix)


def _unmarked(path: str, field: Field, made: Type, sinks: _PayloadSinks) -> None:
    message = f"{what(made)} flows into `{path}`, which the payload schema does not mark"
    help = f'add `"{PERSONAL_KEYWORD}": "hashed"` there, if the receiver asks for it'
    _report("PI02", message, field, f"`{path}`", _personal, sinks.found, help=help)


def _hash(field: Field, sinks: _PayloadSinks) -> Fix | None:
    """The fix that hashes a value which is in normal form already."""
    made, extent = sinks.found.facts.type_of(field), extent_of(field.value)
    if not made.normalised_kinds or extent is None or single_place(field) is not field.value:
        return None
    span = extent.scalar.span_at(extent.end, extent.end)
    return Fix(span, " |> hashed", "append `|> hashed`", safe=False, old="")
