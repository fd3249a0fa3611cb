"""What stands at a place: what it means, as Markdown, and where it is declared."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent
from typing import Any, NamedTuple, TypeAlias

from mapping_engine.core.load import Examined
from mapping_engine.core.model import BUILTINS, PAYLOAD, PIPED
from mapping_engine.diagnostics import Span
from mapping_engine.expression import print_expression
from mapping_engine.file.blocks import Key
from mapping_engine.file.rule_files import FRAGMENTS, VOCABULARIES
from mapping_engine.file.shapes import Named
from mapping_engine.lsp import declared
from mapping_engine.lsp.cursor import Cursor, Role
from mapping_engine.lsp.scope import CursorScope, Schema, type_words
from mapping_engine.lsp.tokens import Word, is_expression, steps_of, tokens
from mapping_engine.lsp.workspace import place_of, used_file
from mapping_engine.transforms.listing import listing
from mapping_engine.types.type import type_of_constant

_LONGEST = 24
_SHOWN_KEYS = 6
_WORDS = (Word.CALL, Word.REFERENCE, Word.PATH)
Said: TypeAlias = tuple[str | None, Span | None]
"""What a word means, and where it is declared; a place in no file is one in the same text."""


class Meaning(NamedTuple):
    """What is said of a stretch of the text, and where it is declared: None for a whole file."""

    text: str | None
    start: int
    end: int
    file: Path | None = None
    span: Span | None = None


def meaning(place: Cursor, offset: int, path: Path, examined: Examined | None) -> Meaning | None:
    """What stands at a place of the file ``path``."""
    scope, span = CursorScope(place, examined), place.scalar.span
    if place.role is Role.VALUE and is_expression(place.shape):
        return _word(offset, path, scope)
    text = _key(place.key) if place.key else None
    target = None
    if place.role is Role.NAME:
        text, target = _name(place, scope), _field(scope)
    file = _file(place, path, examined) if place.role is Role.VALUE else None
    file = place_of(target.file) if target else file
    return Meaning(text, span.offset, span.end_offset, file, target)


def _word(offset: int, path: Path, scope: CursorScope) -> Meaning | None:
    """What the word of an expression means."""
    words = tokens(scope.place.scalar, scope.place.shape)
    found = [t for t in words if t.word in _WORDS and t.start <= offset <= t.end]
    if not found:
        return None
    word = found[-1]
    written = word.text if word.word is Word.CALL else word.until(offset).rstrip(".")
    if word.word is Word.CALL:
        text, span = _call(word.text, scope.examined)
    elif word.word is Word.PATH:
        text, span = _event_path(written, scope), None
    else:
        text, span = _reference(written, steps_of(word.text[1:])[1:2], scope)
    if word.word is not Word.CALL:
        span = _step(written, scope) or span
    file = None if span is None else place_of(span.file) if span.file else path
    return Meaning(text, word.start, word.start + len(written), file, span)


def _field(scope: CursorScope) -> Span | None:
    """Where the schema declares a field of the payload."""
    model, way = scope.request(), scope.payload_way()
    if scope.examined is None or model is None or way is None:
        return None
    return declared.payload_field(scope.examined, model, (*way, scope.place.scalar.text))


def _step(written: str, scope: CursorScope) -> Span | None:
    """Where the last step of a path is declared: of the event, of an item, or of the payload."""
    model, (above, _, last) = scope.request(), written.rpartition(".")
    if scope.examined is None or model is None:
        return None
    if above.partition(".")[0] == f"${PAYLOAD}":
        return declared.payload_field(scope.examined, model, steps_of(written)[1:])
    if not above and written.startswith("$"):
        return None
    start = scope.type_of(above) if above else scope.vocabulary(scope.examined).root
    described = start.described if start else None
    key = next(iter(steps_of(last)), "")
    name = (described.object if described else None) or ""
    return declared.event_key(scope.examined, name, key)


def _file(place: Cursor, path: Path, examined: Examined | None) -> Path | None:
    """The file that is named: a fragment, a vocabulary, a schema, a table or another pack."""
    name = place.scalar.text
    match [level.key for level in place.levels]:
        case ["use"]:
            return used_file(name, path, FRAGMENTS)
        case ["event"] if not place.levels[0].node.get("tests"):
            return used_file(name, path, VOCABULARIES)
        case ["extends"] if examined is not None and examined.extended:
            return place_of(examined.extended[-1].shown)
        case ["settings"] | ["payload"] | ["table_files", _, *_]:
            return path.parent / name
        case _:
            return None


def _key(key: Key) -> str:
    required = " (required)" if key.required else ""
    return f"**{key.name}**{required} — {key.shape.wanted}\n\n{key.doc}"


def _name(place: Cursor, scope: CursorScope) -> str | None:
    name = place.scalar.text
    parts = [f"**{name}**"]
    schema = scope.payload()
    field = schema.get("properties", {}).get(name) if schema else None
    if isinstance(field, dict):
        parts += _schema_words(field)
    elif place.key is None:
        return None
    if place.key is not None:
        parts.append(f"*{place.key.name}*: {place.key.doc}")
    return "\n\n".join(parts)


def _call(name: str, examined: Examined | None) -> Said:
    """A transform with its documentation and examples, or a named pipeline."""
    row = next((row for row in listing() if row.name == name), None)
    entry = declared.named(name, *declared.entries(examined, "pipelines")) if examined else None
    span = entry.span if entry else None
    if row is not None:
        parts = [f"```\n{row.signature}\n```", row.doc]
        if row.parameters:
            parts.append("\n".join(f"- `{name}`: {doc}" for name, doc in row.parameters))
        if row.examples:
            parts.append("\n".join(("```", *row.examples, "```")))
        return "\n\n".join(parts), span
    if entry is None or examined is None:
        return None, None
    doc = declared.doc_of(entry) or "A pipeline of transforms."
    return f"{doc}\n\n{_written(entry, examined)}", span


def _event_path(written: str, scope: CursorScope) -> str | None:
    if scope.examined is None:
        return None
    vocabulary = scope.vocabulary(scope.examined)
    if not vocabulary.is_known(steps_of(written)):
        return f"`{written}` — not declared in the vocabulary `{vocabulary.name}`"
    found = scope.type_of(written)
    words = type_words(found) if found else "any"
    if vocabulary is not scope.examined.model.vocabulary:
        return f"`{written}` — {words}\n\nof {vocabulary.name}"
    return f"`{written}` — {words}\n\nof the event, vocabulary `{vocabulary.name}`"


def _reference(written: str, member: tuple[str, ...], scope: CursorScope) -> Said:
    """What `$name` and its steps as far as the place mean; ``member`` is the first step of all."""
    name, *rest = steps_of(written[1:]) or ("",)
    examined = scope.examined
    if name == PIPED and scope.in_pipeline:
        return "`$value` — the value that is piped in", None
    if name in scope.parameters:
        return f"`${name}` — a parameter of this pipeline", scope.parameters[name].span
    found = scope.type_of(written)
    head = f"`{written}`" + (f" — {type_words(found)}" if found else "")
    if name in scope.items:
        each = scope.items[name]
        return f"{head}\n\nthe item of the list `{each.text}`", each.span
    text = f"{head} — {BUILTINS[name]}" if name in BUILTINS else None
    if examined is None:
        return text, None
    if name == "settings":
        if rest:
            schema = scope.setting(tuple(rest))
            text = "\n\n".join([head, *_schema_words(schema)]) if schema else None
        return text, declared.setting(examined, tuple(rest) or member)
    if name == "secrets" and member:
        entry = declared.named(member[0], *declared.entries(examined, "secrets"))
        return (_secret(entry) if rest else text), entry.span if entry else None
    if name in ("tables", "api") and member:
        member_text, span = _member(name, member[0], examined)
        return member_text if rest else text, span
    entry = declared.variable_or_definition(examined, name)
    if text is None and entry is not None:
        parts = (head, declared.doc_of(entry), _written(entry, examined))
        text = "\n\n".join(filter(None, parts))
    return text, entry.span if entry else None


def _member(name: str, member: str, examined: Examined) -> Said:
    """A constant of the API, or a table."""
    model = examined.model
    if name == "api":
        value, api = model.api.get(member), model.file.api
        span = api.places.get(member) if api else None
        return (f"`$api.{member}` — `{value}`" if value is not None else None), span
    entry = declared.named(member, *declared.entries(examined, "tables", "table_files"))
    span = entry.span if entry else None
    if member not in model.tables:
        return None, span
    table = model.tables[member]
    if not isinstance(table, dict | list):
        return f"`$tables.{member}` — `{json.dumps(table, ensure_ascii=False)}`", span
    keys = list(table)
    shown = ", ".join(f"`{each}`" for each in keys[:_SHOWN_KEYS])
    more = ", …" if len(keys) > _SHOWN_KEYS else ""
    words = type_words(type_of_constant(table))
    return f"`$tables.{member}` — {words} with {len(keys)} entries: {shown}{more}", span


def _secret(entry: Named[Any] | None) -> str | None:
    """A secret: what it is, and where it lies; its value is known to no one here."""
    if entry is None or entry.value is None:
        return None
    description, path = entry.value.description, entry.value.from_
    lies = f"lies in `{print_expression(path)}`" if path else "is given when settings are bound"
    words = [description.text] if description else []
    return "\n\n".join([f"`$secrets.{entry.name}` — a secret, which {lies}", *words])


def _schema_words(schema: Schema) -> list[str]:
    words = [schema["description"]] if isinstance(schema.get("description"), str) else []
    facts = [
        f"{label}: `{json.dumps(schema[key], ensure_ascii=False)}`"
        for key, label in (("type", "type"), ("enum", "one of"), ("default", "default"))
        if key in schema
    ]
    return [*words, *([", ".join(facts)] if facts else [])]


def _written(entry: Named[Any], examined: Examined) -> str:
    """The declaration as it stands in its file."""
    end = entry.value.span.end_line if entry.value is not None else entry.span.end_line
    text = examined.model.texts.get(entry.span.file, "")
    lines = text.splitlines()[entry.span.line - 1 : max(end, entry.span.line)]
    more = ["…"] if len(lines) > _LONGEST else []
    shown = dedent("\n".join(lines[:_LONGEST] + more))
    return f"```yaml\n{shown}\n```\n\n{entry.span.file}, line {entry.span.line}"
