"""What a word of a rule file means, as Markdown."""

from __future__ import annotations

import json
from textwrap import dedent
from typing import Any

from mapping_engine.core.load import Examined
from mapping_engine.core.model import BUILTINS, PIPED
from mapping_engine.file.blocks import Key
from mapping_engine.file.shapes import Named
from mapping_engine.lsp import declared
from mapping_engine.lsp.cursor import Cursor, Role
from mapping_engine.lsp.scope import CursorScope, type_of_table, type_words
from mapping_engine.lsp.tokens import Token, Word, is_expression, steps_of, tokens
from mapping_engine.transforms.listing import listing

_LONGEST = 24
_SHOWN_KEYS = 6


def word_at(place: Cursor, offset: int) -> Token | None:
    """The word of an expression at a place."""
    if place.role is not Role.VALUE or not is_expression(place.shape):
        return None
    touching = [t for t in tokens(place.scalar, place.shape) if t.start <= offset <= t.end]
    known = [t for t in touching if t.word in (Word.CALL, Word.REFERENCE, Word.PATH)]
    return known[-1] if known else None


def explained(place: Cursor, offset: int, examined: Examined | None) -> tuple[str, int, int] | None:
    """What stands at a place, and the stretch of the text that is meant."""
    span = place.scalar.span
    if place.role is Role.KEY:
        text = _key(place.key) if place.key else None
    elif place.role is Role.NAME:
        text = _name(place, examined)
    else:
        word = word_at(place, offset)
        if word is not None:
            return _word(word, offset, CursorScope(place, examined), examined)
        text = None if is_expression(place.shape) or not place.key else _key(place.key)
    return (text, span.offset, span.end_offset) if text else None


def _word(
    word: Token, offset: int, scope: CursorScope, examined: Examined | None
) -> tuple[str, int, int] | None:
    if word.word is Word.CALL:
        text = transform(word.text) or (pipeline(word.text, examined) if examined else None)
        return (text, word.start, word.end) if text else None
    written = word.until(offset).rstrip(".")
    end = word.start + len(written)
    if word.word is Word.PATH:
        text = _event_path(written, scope, examined)
    else:
        text = _reference(written, scope, examined)
    return (text, word.start, end) if text else None


def _key(key: Key) -> str:
    required = " (required)" if key.required else ""
    return f"**{key.name}**{required} — {key.shape.wanted}\n\n{key.doc}"


def _name(place: Cursor, examined: Examined | None) -> str | None:
    name = place.scalar.text
    parts = [f"**{name}**"]
    schema = CursorScope(place, examined).payload()
    field = schema.get("properties", {}).get(name) if schema else None
    if isinstance(field, dict):
        parts += _schema_words(field)
    elif place.key is None:
        return None
    if place.key is not None:
        parts.append(f"*{place.key.name}*: {place.key.doc}")
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


def pipeline(name: str, examined: Examined) -> str | None:
    """What a named pipeline does."""
    entry = declared.pipeline(examined, name)
    if entry is None:
        return None
    doc = declared.doc_of(entry) or "A pipeline of transforms."
    return f"{doc}\n\n{_written(entry, examined)}"


def _event_path(written: str, scope: CursorScope, examined: Examined | None) -> str | None:
    if examined is None:
        return None
    vocabulary = examined.model.vocabulary
    if not vocabulary.is_known(steps_of(written)):
        return f"`{written}` — not declared in the vocabulary `{vocabulary.name}`"
    found = scope.type_of(written)
    words = type_words(found) if found else "any"
    return f"`{written}` — {words}\n\nof the event, vocabulary `{vocabulary.name}`"


def _reference(written: str, scope: CursorScope, examined: Examined | None) -> str | None:
    name, *rest = steps_of(written[1:]) or ("",)
    if name == PIPED and scope.in_pipeline:
        return "`$value` — the value that is piped in"
    if name in scope.parameters:
        return f"`${name}` — a parameter of this pipeline"
    found = scope.type_of(written)
    head = f"`{written}`" + (f" — {type_words(found)}" if found else "")
    if name in scope.items:
        return f"{head}\n\nthe item of the list `{scope.items[name].text}`"
    if examined is None:
        return f"{head} — {BUILTINS[name]}" if name in BUILTINS else None
    if name == "settings" and rest:
        schema = scope.setting(tuple(rest))
        return "\n\n".join([head, *_schema_words(dict(schema))]) if schema else None
    if name in ("tables", "api") and rest:
        return _member(name, rest[0], examined)
    if name in BUILTINS:
        return f"{head} — {BUILTINS[name]}"
    entry = declared.variable(examined, name) or declared.definition(examined, name)
    if entry is None:
        return None
    return "\n\n".join(filter(None, (head, declared.doc_of(entry), _written(entry, examined))))


def _member(name: str, member: str, examined: Examined) -> str | None:
    model = examined.model
    if name == "api":
        value = model.api.get(member)
        return f"`$api.{member}` — `{value}`" if value is not None else None
    if member not in model.tables:
        return None
    table = model.tables[member]
    if not isinstance(table, dict | list):
        return f"`$tables.{member}` — `{json.dumps(table, ensure_ascii=False)}`"
    entries = list(table)
    shown = ", ".join(f"`{each}`" for each in entries[:_SHOWN_KEYS])
    more = ", …" if len(entries) > _SHOWN_KEYS else ""
    words = type_words(type_of_table(examined, member))
    return f"`$tables.{member}` — {words} with {len(entries)} entries: {shown}{more}"


def _schema_words(schema: dict[str, Any]) -> list[str]:
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
