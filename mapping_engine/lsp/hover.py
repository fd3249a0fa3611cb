"""What a word of a rule file means, as Markdown."""

from __future__ import annotations

import json
from textwrap import dedent

from mapping_engine.lsp import declared
from mapping_engine.lsp.cursor import Place, Role
from mapping_engine.lsp.scope import PIPED, Schema, Scope, type_words
from mapping_engine.lsp.tokens import Token, Word, steps_of, tokens
from mapping_engine.model.model import BUILTINS
from mapping_engine.transforms.listing import listing
from mapping_engine.types.type import type_of_constant

_LONGEST = 24
_SHOWN_KEYS = 6


def word_at(place: Place, offset: int) -> Token | None:
    """The word of an expression at a place."""
    if place.role is not Role.VALUE or place.form is None:
        return None
    touching = [t for t in tokens(place.scalar, place.form) if t.start <= offset <= t.end]
    known = [t for t in touching if t.word in (Word.CALL, Word.REFERENCE, Word.PATH)]
    return known[-1] if known else None


def explained(scope: Scope, offset: int) -> tuple[str, int, int] | None:
    """What stands at a place, and the stretch of the text that is meant."""
    place = scope.place
    word = word_at(place, offset)
    if word is not None:
        return _word(word, offset, scope)
    if place.role is Role.NAME:
        text = _name(scope)
    else:
        text = _key(place) if place.role is Role.KEY or place.form is None else None
    span = place.scalar.span
    return (text, span.offset, span.end_offset) if text else None


def _word(word: Token, offset: int, scope: Scope) -> tuple[str, int, int] | None:
    written, end = word.text, word.end
    if word.word is Word.CALL:
        text = transform(written) or pipeline(written, scope)
    else:
        written = word.until(offset).rstrip(".")
        end = word.start + len(written)
        shown = _event_path if word.word is Word.PATH else _reference
        text = shown(written, scope)
    return (text, word.start, end) if text else None


def _key(place: Place) -> str | None:
    key = place.key
    if key is None:
        return None
    required = " (required)" if key.required else ""
    return f"**{key.name}**{required} — {key.shape.wanted}\n\n{key.doc}"


def _name(scope: Scope) -> str | None:
    name, key = scope.place.scalar.text, scope.place.key
    parts = [f"**{name}**"]
    schema = scope.payload()
    field = schema.get("properties", {}).get(name) if schema else None
    if isinstance(field, dict):
        parts += _schema_words(field)
    elif key is None:
        return None
    if key is not None:
        parts.append(f"*{key.name}*: {key.doc}")
    return "\n\n".join(parts)


def transform(name: str) -> str | None:
    """The signature, the documentation and the examples of a transform."""
    row = next((row for row in listing() if row.name == name), None)
    if row is None:
        return None
    parts = [f"```\n{row.signature}\n```", row.doc]
    if row.parameters:
        parts.append("\n".join(f"- `{name}`: {doc}" for name, doc in row.parameters))
    if row.examples:
        parts.append("```\n" + "\n".join(row.examples) + "\n```")
    return "\n\n".join(parts)


def pipeline(name: str, scope: Scope) -> str | None:
    """What a named pipeline does."""
    found = declared.pipeline(scope.examined, name) if scope.examined else None
    if found is None:
        return None
    return f"{found.doc or 'A pipeline of transforms.'}\n\n{_written(found, scope)}"


def _event_path(written: str, scope: Scope) -> str | None:
    if scope.model is None:
        return None
    vocabulary = scope.model.vocabulary
    if not vocabulary.is_known(steps_of(written)):
        return f"`{written}` — not declared in the vocabulary `{vocabulary.name}`"
    found = scope.type_of(written)
    words = type_words(found) if found else "any"
    return f"`{written}` — {words}\n\nof the event, vocabulary `{vocabulary.name}`"


def _reference(written: str, scope: Scope) -> str | None:
    name, *rest = steps_of(written[1:]) or ("",)
    if name == PIPED and scope.in_pipeline:
        return "`$value` — the value that is piped in"
    if name in scope.parameters:
        return f"`${name}` — a parameter of this pipeline"
    found = scope.type_of(written)
    head = f"`{written}`" + (f" — {type_words(found)}" if found else "")
    if name in scope.items:
        return f"{head}\n\nthe item of the list `{scope.items[name].text}`"
    if scope.model is not None and rest:
        if name == "settings":
            schema = scope.setting(tuple(rest))
            return "\n\n".join([head, *_schema_words(schema)]) if schema else None
        if name in ("tables", "api"):
            return _member(name, rest[0], scope)
    if name in BUILTINS:
        return f"{head} — {BUILTINS[name]}"
    return _definition(head, name, scope)


def _definition(head: str, name: str, scope: Scope) -> str | None:
    if scope.examined is None:
        return None
    found = declared.variable(scope.examined, name) or declared.definition(scope.examined, name)
    if found is None:
        return None
    doc = [found.doc] if found.doc else []
    return "\n\n".join([head, *doc, _written(found, scope)])


def _member(name: str, member: str, scope: Scope) -> str | None:
    model = scope.model
    if model is None or member not in (model.api if name == "api" else model.tables):
        return None
    if name == "api":
        return f"`$api.{member}` — `{model.api[member]}`"
    table = model.tables[member]
    entries = list(table) if isinstance(table, dict | list) else []
    shown = ", ".join(f"`{each}`" for each in entries[:_SHOWN_KEYS])
    more = ", …" if len(entries) > _SHOWN_KEYS else ""
    words = type_words(type_of_constant(table))
    return f"`$tables.{member}` — {words} with {len(entries)} entries: {shown}{more}"


def _schema_words(schema: Schema) -> list[str]:
    words = [schema["description"]] if isinstance(schema.get("description"), str) else []
    facts = [
        f"{label}: `{json.dumps(schema[key], ensure_ascii=False)}`"
        for key, label in (("type", "type"), ("enum", "one of"), ("default", "default"))
        if key in schema
    ]
    return [*words, *([", ".join(facts)] if facts else [])]


def _written(found: declared.Declaration, scope: Scope) -> str:
    """The declaration as it stands in its file."""
    file, line = found.span.file, found.span.line
    text = scope.model.texts.get(file, "") if scope.model else ""
    lines = text.splitlines()[line - 1 : found.last_line]
    more = ["…"] if len(lines) > _LONGEST else []
    shown = dedent("\n".join(lines[:_LONGEST] + more))
    return f"```yaml\n{shown}\n```\n\n{file}, line {line}"
