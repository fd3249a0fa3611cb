"""Where what stands at a place is declared."""

from __future__ import annotations

from pathlib import Path

from mapping_engine.diagnostics import Span
from mapping_engine.lsp import declared
from mapping_engine.lsp.cursor import Place, Role
from mapping_engine.lsp.hover import word_at
from mapping_engine.lsp.scope import Scope
from mapping_engine.lsp.tokens import Token, Word, steps_of
from mapping_engine.lsp.workspace import place_of, used_path

Target = tuple[Path, Span | None]
"""A file, and the place in it; None for its beginning."""


def declaration(scope: Scope, offset: int, path: Path) -> Target | None:
    """Where the name, the file or the entry at a place is declared."""
    if scope.place.role is not Role.VALUE:
        return None
    file = _file(scope.place, path)
    if file is not None:
        return file, None
    word = word_at(scope.place, offset)
    if word is None:
        return None
    own = _own(word, scope)
    if own is not None:
        return path, own
    span = _span(word, offset, scope)
    return (place_of(span.file), span) if span else None


def _file(place: Place, path: Path) -> Path | None:
    """The file that is named: a fragment, a vocabulary, a schema or a table."""
    name = place.scalar.text
    match [level.key for level in place.levels]:
        case ["event"] if place.levels[0].node.get("tests"):
            return None
        case ["use" | "event" as key]:
            return used_path(key, name, path)
        case ["settings" | "payload"] | ["table_files", _, *_]:
            return path.parent / name
    return None


def _own(word: Token, scope: Scope) -> Span | None:
    """Where a parameter or the item of a list is declared, in the same file."""
    if word.word is not Word.REFERENCE:
        return None
    name = (steps_of(word.text[1:]) or ("",))[0]
    found = scope.parameters.get(name) or scope.items.get(name)
    return found.span if found else None


def _span(word: Token, offset: int, scope: Scope) -> Span | None:
    examined = scope.examined
    if examined is None or word.word not in (Word.CALL, Word.REFERENCE):
        return None
    if word.word is Word.CALL:
        return _of(declared.pipeline(examined, word.text))
    name, *rest = steps_of(word.until(offset)[1:]) or ("",)
    whole = steps_of(word.text[1:])
    match name:
        case "settings":
            return declared.setting(examined, tuple(rest) or whole[1:2])
        case "tables":
            return _of(declared.table(examined, whole[1])) if whole[1:] else None
        case "api":
            return declared.constant(examined, whole[1]) if whole[1:] else None
        case _:
            return _of(declared.variable(examined, name) or declared.definition(examined, name))


def _of(found: declared.Declaration | None) -> Span | None:
    return found.span if found else None
