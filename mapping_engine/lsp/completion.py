"""What could be written at a place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

from lsprotocol.types import CompletionItemKind as Kind

from mapping_engine.core.load import Examined
from mapping_engine.core.model import PAYLOAD
from mapping_engine.file.blocks import excludes, keys_of
from mapping_engine.file.expression_shapes import STEPS
from mapping_engine.file.shapes import TEXT
from mapping_engine.file.vocabulary_file import VocabularyFile
from mapping_engine.lsp import declared
from mapping_engine.lsp.cursor import FILES, KEY_LINE, MARK, Cursor, Role
from mapping_engine.lsp.elsewhere import named_elsewhere
from mapping_engine.lsp.scope import CursorScope, Schema, type_words
from mapping_engine.lsp.tokens import Token, Word, steps_of, takes_expression, tokens
from mapping_engine.transforms.listing import listing
from mapping_engine.types.type import Type

_MEMBERS = {"tables": "table", "api": "constant of the API", "secrets": "secret"}
"""What lies below built-in names that hold what the rules declare."""


class Proposal(NamedTuple):
    """One word, to be written from ``start`` on in place of what is typed already."""

    text: str
    label: str
    kind: Kind
    start: int
    detail: str = ""
    doc: str = ""


def proposals(place: Cursor, offset: int, examined: Examined | None) -> Iterator[Proposal]:
    """Everything that could stand at ``offset``."""
    start = place.scalar.span.offset
    scope = CursorScope(place, examined)
    typed = place.scalar.source.text[start:offset]
    several = place.levels[0].block is VocabularyFile  # words, which describe a key of an event
    begin = offset - len(typed.rpartition(" ")[2]) if several else start
    is_new = place.role is Role.NAME and place.scalar.text.endswith(MARK)
    after = ": " if is_new and place.shape is not TEXT else ""
    for name, doc in named_elsewhere(place, examined):
        yield Proposal(f"{name}{after}", name, Kind.Reference, begin, doc)
    if place.role is Role.NAME:
        written = {entry.key.text for entry in place.levels[-1].node}
        for name, doc in _described(scope.payload()):
            if name not in written:
                yield _key(name, doc, start, "a field of the payload")
        return
    if _may_be_key(place, offset):
        yield from _keys(place, start)
    if place.role is Role.VALUE:
        schema = place.shape.schema({}) if place.shape else {}
        is_boolean = schema.get("type") == "boolean"
        for word in ("true", "false") if is_boolean else schema.get("enum", ()):
            yield Proposal(word, word, Kind.EnumMember, start)
    if takes_expression(place.scalar, place.shape, offset):
        yield from _in_expression(place, offset, scope)


def _may_be_key(place: Cursor, offset: int) -> bool:
    if place.block is None or place.role is Role.KEY:
        return place.block is not None
    text, start = place.scalar.source.text, place.scalar.span.offset
    line = text[text.rfind("\n", 0, start) + 1 : offset]
    return KEY_LINE.fullmatch(line) is not None


def _keys(place: Cursor, start: int) -> Iterator[Proposal]:
    """The keys of the block that do not stand there already, nor exclude one that does."""
    assert place.block is not None
    is_key = place.role is Role.KEY
    around = place.levels[-1].node.entries if is_key else ()
    present = {entry.key.text for entry in around if entry.key is not place.scalar}
    accepted = keys_of(place.block)
    after = "" if is_key and not place.scalar.text.endswith(MARK) else ": "
    for key in accepted.values():
        if key.name not in present and not excludes(place.block, key.name, present):
            yield _key(key.name, key.doc, start, key.shape.wanted, after)
    if place.block in FILES.values() and not present:
        for name in FILES:
            if name not in accepted:
                yield _key(name, "The version of the format: 1.", start, "1")


def _key(name: str, doc: str, start: int, wanted: str, after: str = ": ") -> Proposal:
    return Proposal(f"{name}{after}", name, Kind.Property, start, wanted, doc)


def _in_expression(place: Cursor, offset: int, scope: CursorScope) -> Iterator[Proposal]:
    before = tokens(place.scalar, place.shape, offset)
    last = before[-1] if before else Token(Word.OTHER, "", -1, -1)
    match last.word if last.end == offset else None:
        case Word.REFERENCE:
            return _after_dollar(last, scope)
        case Word.CALL:
            return _transforms(last.start, scope.examined)
        case Word.PATH:
            return _paths(last, scope)
        case Word.NUMBER | Word.TEXT:
            return iter(())
    if last.word is Word.PIPE or (not before and place.shape is STEPS):
        return _transforms(offset, scope.examined)
    return _paths(Token(Word.PATH, "", offset, offset), scope)


def _transforms(start: int, examined: Examined | None) -> Iterator[Proposal]:
    yield from _functions(start, piped=True)
    for entry in declared.entries(examined, "pipelines") if examined else ():
        doc = declared.doc_of(entry)
        yield Proposal(entry.name, entry.name, Kind.Method, start, "pipeline", doc)


def _functions(start: int, *, piped: bool) -> Iterator[Proposal]:
    """The transforms that take a value, or those that read the event."""
    for row in listing():
        if ("|>" in row.signature) is piped:
            yield Proposal(row.name, row.name, Kind.Function, start, row.signature, row.summary)


def _after_dollar(typed: Token, scope: CursorScope) -> Iterator[Proposal]:
    path, dot, last = typed.text.rpartition(".")
    start = typed.end - len(last)
    name, *rest = steps_of(path[1:]) or ("",)
    model = scope.examined.model if scope.examined else None
    if not dot:
        for each, doc in scope.names().items():
            yield Proposal(each, f"${each}", Kind.Variable, typed.start + 1, doc)
    elif name == "settings":
        for each, doc in _described(scope.setting(tuple(rest))):
            yield Proposal(each, each, Kind.Field, start, "setting", doc)
    elif name == PAYLOAD:
        for each, doc in _described(scope.in_payload(tuple(rest))):
            yield Proposal(each, each, Kind.Field, start, "a field of the payload", doc)
    elif name == "tables" and len(rest) == 1 and model:
        table = model.tables.get(rest[0])
        for entry, value in table.items() if isinstance(table, dict) else ():
            written = entry if entry.isidentifier() else _as_json(entry)
            yield Proposal(written, entry, Kind.Constant, start, _as_json(value))
    elif name in _MEMBERS and not rest and model:
        for each in model.members(name):
            yield Proposal(each, each, Kind.Constant, start, _MEMBERS[name])
    else:
        yield from _below(scope.type_of(path), start, scope)


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _paths(typed: Token, scope: CursorScope) -> Iterator[Proposal]:
    """The next step of a path of the event; at its beginning, transforms of the event, too."""
    if scope.examined is None:
        return
    path, dot, last = typed.text.rpartition(".")
    above = scope.type_of(path) if dot else scope.vocabulary(scope.examined).root
    yield from _below(above, typed.end - len(last), scope)
    if not dot:
        yield from _functions(typed.start, piped=False)


def _below(above: Type | None, start: int, scope: CursorScope) -> Iterator[Proposal]:
    """The fields that the vocabulary declares of an object."""
    described = above.described if above else None
    if described is None or scope.examined is None:
        return
    vocabulary = scope.vocabulary(scope.examined)
    fields = vocabulary.objects.get(described.object or "", {})
    for name in vocabulary.fields_of(described):
        words = type_words(Type(fields[name].kinds, missing=False, tags=fields[name].tags))
        yield Proposal(name, name, Kind.Field, start, words)


def _described(schema: Schema | None) -> Iterator[tuple[str, str]]:
    """The properties of a schema, and what it says of them."""
    properties = schema.get("properties") if schema else None
    for name, declaration in properties.items() if isinstance(properties, dict) else ():
        text = declaration.get("description") if isinstance(declaration, dict) else None
        yield name, text if isinstance(text, str) else ""
