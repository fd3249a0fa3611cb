"""What could be written at a place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lsprotocol.types import CompletionItemKind

from mapping_engine.core.load import Examined
from mapping_engine.file.blocks import keys_of
from mapping_engine.file.expression_shapes import STEPS
from mapping_engine.file.shapes import Shape
from mapping_engine.lsp import declared
from mapping_engine.lsp.cursor import FILES, KEY_LINE, MARK, Cursor, Level, Role
from mapping_engine.lsp.scope import CursorScope, type_words
from mapping_engine.lsp.tokens import Token, Word, steps_of, takes_expression, tokens
from mapping_engine.transforms.listing import listing
from mapping_engine.types.type import Type


@dataclass(frozen=True)
class Proposal:
    """One word, to be written from ``start`` on in place of what is typed already."""

    text: str
    label: str
    kind: CompletionItemKind
    start: int
    detail: str = ""
    doc: str = ""


def proposals(place: Cursor, offset: int, examined: Examined | None) -> list[Proposal]:
    """Everything that could stand at ``offset``."""
    start = place.scalar.span.offset
    scope = CursorScope(place, examined)
    if place.role is Role.NAME:
        return _fields(scope, place, start)
    found = _keys(place, start) if _may_be_key(place, offset) else []
    if place.role is Role.VALUE:
        found += _words(place.shape, start)
    if takes_expression(place.scalar, place.shape, offset):
        found += _in_expression(place, offset, scope, examined)
    return found


def _may_be_key(place: Cursor, offset: int) -> bool:
    if place.block is None:
        return False
    if place.role is Role.KEY:
        return True
    text, start = place.scalar.source.text, place.scalar.span.offset
    line = text[text.rfind("\n", 0, start) + 1 : offset]
    return KEY_LINE.fullmatch(line) is not None


def _keys(place: Cursor, start: int) -> list[Proposal]:
    """The keys of the block that do not stand there already, nor exclude one that does."""
    assert place.block is not None
    above: Level | None = place.levels[-1] if place.role is Role.KEY else None
    present = {
        entry.key.text
        for entry in (above.node.entries if above else ())
        if entry.key is not place.scalar
    }
    excluded = set(place.block.exclusive) if present & set(place.block.exclusive) else set()
    accepted = keys_of(place.block)
    after = "" if place.role is Role.KEY and not place.scalar.text.endswith(MARK) else ": "
    if place.block in FILES.values() and not present:
        documents = (name for name in FILES if name not in accepted)
        others = [_key(name, "The version of the format: 1.", start, "1") for name in documents]
    else:
        others = []
    return [
        *(
            _key(key.name, key.doc, start, key.shape.wanted, after)
            for key in accepted.values()
            if key.name not in present | excluded
        ),
        *others,
    ]


def _key(name: str, doc: str, start: int, wanted: str, after: str = ": ") -> Proposal:
    return Proposal(f"{name}{after}", name, CompletionItemKind.Property, start, wanted, doc)


def _words(shape: Shape[object] | None, start: int) -> list[Proposal]:
    schema = shape.schema({}) if shape else {}
    words = ("true", "false") if schema.get("type") == "boolean" else schema.get("enum", ())
    return [Proposal(word, word, CompletionItemKind.EnumMember, start) for word in words]


def _fields(scope: CursorScope, place: Cursor, start: int) -> list[Proposal]:
    """The fields of the payload that are not written yet."""
    schema = scope.payload()
    properties = schema.get("properties") if schema else None
    if not isinstance(properties, dict):
        return []
    present = {entry.key.text for entry in place.levels[-1].node}
    return [
        _key(name, _description(field), start, "a field of the payload")
        for name, field in properties.items()
        if name not in present
    ]


def _in_expression(
    place: Cursor, offset: int, scope: CursorScope, examined: Examined | None
) -> list[Proposal]:
    before = tokens(place.scalar, place.shape, offset)
    last = before[-1] if before else None
    typed = last if last is not None and last.end == offset else None
    if typed is not None and typed.word is Word.TEXT and not _is_closed(typed):
        return []
    if typed is not None and typed.word is Word.REFERENCE:
        return _after_dollar(typed, scope, examined)
    if typed is not None and typed.word is Word.CALL:
        return _transforms(typed.start, examined)
    if typed is not None and typed.word is Word.PATH:
        return _paths(typed, scope, examined)
    if typed is not None and typed.word in (Word.NUMBER, Word.TEXT):
        return []
    if (last is not None and last.word is Word.PIPE) or (not before and place.shape is STEPS):
        return _transforms(offset, examined)
    return _paths(Token(Word.PATH, "", offset, offset), scope, examined)


def _is_closed(text: Token) -> bool:
    return len(text.text) > 1 and text.text.endswith("'")


def _transforms(start: int, examined: Examined | None) -> list[Proposal]:
    kind = CompletionItemKind.Function
    found = [
        Proposal(row.name, row.name, kind, start, row.signature, row.summary)
        for row in listing()
        if "|>" in row.signature
    ]
    for name, doc in declared.pipeline_docs(examined).items() if examined else ():
        found.append(Proposal(name, name, CompletionItemKind.Method, start, "pipeline", doc))
    return found


def _after_dollar(typed: Token, scope: CursorScope, examined: Examined | None) -> list[Proposal]:
    path, dot, last = typed.text.rpartition(".")
    if not dot:
        kind = CompletionItemKind.Variable
        start = typed.start + 1
        return [Proposal(n, f"${n}", kind, start, doc) for n, doc in scope.names().items()]
    start = typed.end - len(last)
    name, *rest = steps_of(path[1:]) or ("",)
    match name:
        case "settings":
            return _settings(scope.setting(tuple(rest)), start)
        case "tables" if not rest and examined:
            return _members(examined.model.tables, "table", start)
        case "api" if not rest and examined:
            return _members(examined.model.api, "constant of the API", start)
        case _:
            return _below(scope.type_of(path), start, examined)


def _settings(schema: Mapping[str, Any] | None, start: int) -> list[Proposal]:
    properties = schema.get("properties") if schema else None
    kind = CompletionItemKind.Field
    return [
        Proposal(name, name, kind, start, "setting", _description(each))
        for name, each in (properties if isinstance(properties, dict) else {}).items()
    ]


def _members(names: Iterable[str], what: str, start: int) -> list[Proposal]:
    return [Proposal(name, name, CompletionItemKind.Constant, start, what) for name in names]


def _paths(typed: Token, scope: CursorScope, examined: Examined | None) -> list[Proposal]:
    """The next step of a path of the event; at its beginning, transforms of the event, too."""
    if examined is None:
        return []
    path, dot, last = typed.text.rpartition(".")
    root = examined.model.vocabulary.root
    found = _below(scope.type_of(path) if dot else root, typed.end - len(last), examined)
    if not dot:
        kind = CompletionItemKind.Function
        found += [
            Proposal(row.name, row.name, kind, typed.start, row.signature, row.summary)
            for row in listing()
            if "|>" not in row.signature
        ]
    return found


def _below(start_type: Type | None, start: int, examined: Examined | None) -> list[Proposal]:
    described = start_type.described if start_type else None
    if described is None or examined is None:
        return []
    vocabulary = examined.model.vocabulary
    fields = vocabulary.objects.get(described.object or "", {})
    kind = CompletionItemKind.Field
    return [
        Proposal(
            name,
            name,
            kind,
            start,
            type_words(Type(fields[name].kinds, missing=False, tags=fields[name].tags)),
        )
        for name in vocabulary.fields_of(described)
    ]


def _description(schema: object) -> str:
    text = schema.get("description") if isinstance(schema, dict) else None
    return text if isinstance(text, str) else ""
