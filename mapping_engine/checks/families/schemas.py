"""PI08: what the schemas and the vocabulary should mark, and name otherwise than the rules."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mapping_engine.checks.subject import Subject
from mapping_engine.core.inference import constant
from mapping_engine.core.model import Model
from mapping_engine.core.nodes import Call, Name
from mapping_engine.core.schema_places import file_beside
from mapping_engine.diagnostics import Check, Label, Severity, Span, did_you_mean, listed, nearest
from mapping_engine.file.json_types import JsonSchema, kinds_of
from mapping_engine.file.schema_words import Path, parts_of, place_in, place_in_any
from mapping_engine.selectors import vocabulary_path
from mapping_engine.source.node import Source
from mapping_engine.types.type import personal

PI08 = Check(
    "PI08 unmarked-secret: a setting is called like a secret and not marked as one",
    Severity.WARNING,
    why="Only what is marked with `x-secret` is kept out of errors, logs, explanations and URLs.",
    fix='Write `"x-secret": true` beside its type, or `false` where it is no secret.',
    ignore='Never: `"x-secret": false` says that it is no secret.',
    wrong='{"type": "object", "properties": {"password": {"type": "string"}}}\n',
    right='{"type": "object", "properties": {"password": {"type": "string", "x-secret": true}}}\n',
    file="settings.schema.json",
)
CHECKS = (PI08,)

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_SECRET = frozenset(
    ("token", "secret", "password", "passphrase", "passwd", "pwd", "credential", "credentials")
)
_KEYS = frozenset(("api", "access", "secret", "private", "auth", "signing", "write", "license"))
"""What stands before the word key where it is a secret."""


def find(subject: Subject) -> None:
    """Look at the marks of the schemas, and at the kinds of personal data."""
    _secrets(subject)
    _kinds(subject)
    for node in subject.nodes:
        if isinstance(node, Call) and node.name == "rows":
            _rows(node, subject)


# PI08


def _secrets(subject: Subject) -> None:
    schema = subject.model.settings_schema
    for part, path in parts_of(schema):
        properties = part.get("properties")
        for name, declared in properties.items() if isinstance(properties, dict) else ():
            if isinstance(declared, dict) and _is_secret(name, declared):
                message = f"`{name}` is called like a secret, and is not marked as one"
                place = place_in_any(subject.examined.settings, (*path, "properties", name))
                at = place or subject.model.file.settings.span
                subject.diagnostics.report(PI08, message, at)


def _is_secret(name: str, declared: JsonSchema) -> bool:
    words = [word.casefold() for word in _WORD.findall(name)]
    named = words[-1:] and (words[-1] in _SECRET or (words[-1] == "key" and _KEYS & {*words}))
    is_text = "text" in kinds_of(declared) and "enum" not in declared and "$ref" not in declared
    return bool(named) and is_text and "x-secret" not in declared


# PI09


def _kinds(subject: Subject) -> None:
    """Kinds of personal data that nothing else is of: most often misspelt."""
    known = set(_declared_kinds(subject))
    for loaded in subject.examined.documents:
        for entry in loaded.document.pipelines or ():
            normalised = entry.value.normalises if entry.value is not None else None
            if normalised is not None:
                _kind(normalised.text, normalised.span, known, subject)
    for model in subject.model.requests:
        source = payload_source(model, subject)
        for part, path in parts_of(model.payload_schema):
            mark = part.get("x-personal")
            for kind in mark if isinstance(mark, list) else ():
                span = place_in(source, (*path, "x-personal"))
                _kind(kind, span or model.file.event.span, known, subject)


def _declared_kinds(subject: Subject) -> Iterator[str]:
    vocabulary = subject.model.vocabulary
    yield from vocabulary.personal.names.values()
    for fields in vocabulary.objects.values():
        for described in fields.values():
            tags = described.tags | (described.item.tags if described.item else frozenset())
            yield from (tag.removeprefix(personal("")) for tag in tags if personal("") in tag)


def _kind(kind: str, span: Span, known: set[str], subject: Subject) -> None:
    near = nearest(kind, known) if kind not in known else None
    if near is not None:
        message = f"no personal data of the kind `{kind}` is known"
        help = f"did you mean `{near}`?"
        subject.diagnostics.report("PI09", message, span, help=help)


# Rows


def _rows(node: Call, subject: Subject) -> None:
    """`rows` of a setting, or of a list of the event, whose items lack the keys that it reads."""
    if not isinstance(node.input, Name) or node.input.name != "settings" or not node.input.tail:
        described = subject.facts.type_of(node.input).described if node.input else None
        declared = subject.model.vocabulary.fields_of(described and described.item)
        for written in node.arguments[1:3]:
            known, value = constant(subject.model, written) if written else (False, None)
            near = nearest(value, declared) if isinstance(value, str) else None
            if known and written and near is not None and value not in declared:
                message = f"the items of this list have no `{value}`, which `rows` reads"
                help = f"did you mean `{near}`?"
                subject.diagnostics.report(
                    "SE08", message, written.span, help=help, lighter=Severity.WARNING
                )
        return
    steps = vocabulary_path(node.input.tail)
    if steps is None:
        return
    found = _items(subject.model.settings_schema, steps)
    properties = found[0].get("properties") if found else None
    if found is None or not isinstance(properties, dict):
        return
    given = dict(zip(("key", "from", "to"), node.arguments, strict=False))
    for name in ("from", "to"):
        written = given.get(name)
        known, value = constant(subject.model, written) if written else (True, name)
        if not known or not isinstance(value, str) or value in properties:
            continue
        message = f"the rows of this setting have no `{value}`, which `rows` reads"
        help = did_you_mean(value, properties) or f"declared: {listed(properties)}"
        near = nearest(value, properties)
        path = (*found[1], "properties", *((near,) if near else ()))
        known_at = place_in_any(subject.examined.settings, path, key=True)
        span = (written.span if written else known_at) or node.step.span
        labels = (Label(known_at, "it is declared here"),) if written and known_at else ()
        subject.diagnostics.report("FO03", message, span, help=help, labels=labels)


def _items(root: JsonSchema, steps: tuple[str, ...]) -> tuple[JsonSchema, Path] | None:
    """The schema of the items of a setting, and where it is written."""
    part, path = root, Path()
    for step in (*(("properties", step) for step in steps), ("items",)):
        part, path = _behind(root, part, path)
        for key in step:
            part, path = part.get(key, {}), (*path, key)
            if not isinstance(part, dict):
                return None
    return _behind(root, part, path)


def _behind(root: JsonSchema, part: JsonSchema, path: Path) -> tuple[JsonSchema, Path]:
    reference = part.get("$ref")
    if not isinstance(reference, str) or not reference.startswith("#/"):
        return part, path
    target, way = root, tuple(reference[2:].split("/"))
    for step in way:
        target = target.get(step, {})
    return target, way


def payload_source(model: Model, subject: Subject) -> Source:
    """The text of the payload schema of a kind of request."""
    shown = file_beside(model.payload) if model.payload is not None else ""
    return Source(shown, subject.texts.get(shown, ""))
