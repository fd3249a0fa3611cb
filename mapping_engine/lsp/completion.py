"""What could be written at a place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lsprotocol.types import CompletionItemKind as Kind

from mapping_engine.lsp.cursor import FILES, KEY_LINE, MARK, Place, Role
from mapping_engine.lsp.scope import Schema, Scope, type_words
from mapping_engine.lsp.tokens import Form, Token, Word, steps_of, takes_expression, tokens
from mapping_engine.transforms.listing import listing
from mapping_engine.types.type import Type


@dataclass(frozen=True)
class Proposal:
    """One word, to be written from ``start`` on in place of what is typed already."""

    text: str
    kind: Kind
    start: int
    detail: str = ""
    doc: str = ""
    label: str = ""
    """What is shown, where that is not the text."""


def proposals(scope: Scope, offset: int) -> list[Proposal]:
    """Everything that could stand at ``offset``."""
    place = scope.place
    start = place.scalar.span.offset
    if place.role is Role.NAME:
        return _fields(scope, start)
    found = _keys(place, start) if _may_be_key(place, offset) else []
    if place.role is Role.VALUE:
        found += [Proposal(word, Kind.EnumMember, start) for word in place.words]
    if takes_expression(place.scalar, place.form, offset):
        found += _in_expression(scope, offset)
    return found


def _may_be_key(place: Place, offset: int) -> bool:
    if place.block is None:
        return False
    if place.role is Role.KEY:
        return True
    text, start = place.scalar.source.text, place.scalar.span.offset
    line = text[text.rfind("\n", 0, start) + 1 : offset]
    return KEY_LINE.fullmatch(line) is not None


def _keys(place: Place, start: int) -> list[Proposal]:
    """The keys that the block can still have; in an empty file, those that say what it is."""
    keys = place.free_keys
    after = "" if place.role is Role.KEY and not place.scalar.text.endswith(MARK) else ": "
    found = [_key(key.name, key.doc, start, key.shape.wanted, after) for key in keys]
    if place.block in FILES.values() and not place.present_keys:
        others = FILES.keys() - {key.name for key in keys}
        found += [_key(name, "The version of the format: 1.", start, "1") for name in others]
    return found


def _key(name: str, doc: str, start: int, wanted: str, after: str = ": ") -> Proposal:
    return Proposal(f"{name}{after}", Kind.Property, start, wanted, doc, name)


def _fields(scope: Scope, start: int) -> list[Proposal]:
    """The fields of the payload that are not written yet."""
    present = scope.place.present_keys
    return [
        _key(name, _description(field), start, "a field of the payload")
        for name, field in _properties(scope.payload()).items()
        if name not in present
    ]


def _in_expression(scope: Scope, offset: int) -> list[Proposal]:
    place = scope.place
    before = tokens(place.scalar, place.form, offset)
    last = before[-1] if before else None
    if last is not None and last.end == offset:
        match last.word:
            case Word.TEXT | Word.NUMBER:
                return []
            case Word.REFERENCE:
                return _after_dollar(scope, last)
            case Word.CALL:
                return _transforms(scope, last.start)
            case Word.PATH:
                return _paths(scope, last)
    if last.word is Word.PIPE if last else place.form is Form.STEPS:
        return _transforms(scope, offset)
    return _paths(scope, Token(Word.PATH, "", offset, offset))


def _transforms(scope: Scope, start: int) -> list[Proposal]:
    """What a value can be piped into."""
    found = _listed(start, piped=True)
    for name, block in (scope.model.pipelines if scope.model else {}).items():
        doc = block.doc.text if block.doc else ""
        found.append(Proposal(name, Kind.Method, start, "pipeline", doc))
    return found


def _listed(start: int, *, piped: bool) -> list[Proposal]:
    return [
        Proposal(row.name, Kind.Function, start, row.signature, row.summary)
        for row in listing()
        if ("|>" in row.signature) is piped
    ]


def _after_dollar(scope: Scope, typed: Token) -> list[Proposal]:
    path, dot, last = typed.text.rpartition(".")
    if not dot:
        names = scope.names().items()
        return [Proposal(n, Kind.Variable, typed.start + 1, doc, "", f"${n}") for n, doc in names]
    start = typed.end - len(last)
    name, *rest = steps_of(path[1:]) or ("",)
    match name:
        case "settings":
            settings = _properties(scope.setting(tuple(rest))).items()
            return [Proposal(n, Kind.Field, start, "setting", _description(s)) for n, s in settings]
        case "tables" if not rest and scope.model:
            return _members(scope.model.tables, "table", start)
        case "api" if not rest and scope.model:
            return _members(scope.model.api, "constant of the API", start)
        case _:
            return _below(scope, scope.type_of(path), start)


def _members(names: Iterable[str], what: str, start: int) -> list[Proposal]:
    return [Proposal(name, Kind.Constant, start, what) for name in names]


def _paths(scope: Scope, typed: Token) -> list[Proposal]:
    """The next step of a path of the event; at its beginning, transforms of the event, too."""
    if scope.model is None:
        return []
    path, dot, last = typed.text.rpartition(".")
    found = _below(scope, scope.type_of(path), typed.end - len(last))
    return found if dot else [*found, *_listed(typed.start, piped=False)]


def _below(scope: Scope, above: Type | None, start: int) -> list[Proposal]:
    if scope.model is None or above is None:
        return []
    return [
        Proposal(name, Kind.Field, start, type_words(scope.below(above, (name,))))
        for name in scope.model.vocabulary.fields_of(above.described)
    ]


def _properties(schema: Schema | None) -> Schema:
    found = schema.get("properties") if schema else None
    return found if isinstance(found, dict) else {}


def _description(schema: object) -> str:
    text = schema.get("description") if isinstance(schema, dict) else None
    return text if isinstance(text, str) else ""
