"""Where what stands at a place is declared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mapping_engine.core.load import Examined
from mapping_engine.diagnostics import Span
from mapping_engine.file.shapes import Named
from mapping_engine.lsp import declared
from mapping_engine.lsp.cursor import Cursor, Role
from mapping_engine.lsp.hover import word_at
from mapping_engine.lsp.scope import CursorScope
from mapping_engine.lsp.tokens import Token, Word, steps_of
from mapping_engine.lsp.workspace import fragment_path_of, place_of, vocabulary_path_of

Target = tuple[Path, Span | None]
"""A file, and the place in it; None for its beginning."""


def declaration(place: Cursor, offset: int, path: Path, examined: Examined | None) -> Target | None:
    """Where the name, the file or the entry at a place is declared."""
    if place.role is not Role.VALUE:
        return None
    file = _file(place, path)
    if file is not None:
        return file, None
    word = word_at(place, offset)
    if word is None:
        return None
    scope = CursorScope(place, examined)
    own = _own(word, scope)
    if own is not None:
        return path, own
    span = _span(word, offset, examined) if examined else None
    return (place_of(span.file), span) if span else None


def _file(place: Cursor, path: Path) -> Path | None:
    """The file that is named: a fragment, a vocabulary, a schema or a table."""
    name = place.scalar.text
    keys = [level.key for level in place.levels]
    if keys == ["use"]:
        return fragment_path_of(name, path)
    if keys == ["event"] and place.under("event") and not place.levels[0].node.get("tests"):
        return vocabulary_path_of(name, path)
    is_schema = keys in (["settings"], ["payload"])
    if is_schema or (len(keys) > 1 and keys[0] == "table_files"):
        return path.parent / name
    return None


def _own(word: Token, scope: CursorScope) -> Span | None:
    """Where a parameter or the item of a list is declared, in the same file."""
    if word.word is not Word.REFERENCE:
        return None
    name = (steps_of(word.text[1:]) or ("",))[0]
    found = scope.parameters.get(name) or scope.items.get(name)
    return found.span if found else None


def _span(word: Token, offset: int, examined: Examined) -> Span | None:
    if word.word is Word.CALL:
        return _of_entry(declared.pipeline(examined, word.text))
    if word.word is not Word.REFERENCE:
        return None
    name, *rest = steps_of(word.until(offset)[1:]) or ("",)
    whole = steps_of(word.text[1:])
    match name:
        case "settings":
            return declared.setting(examined, tuple(rest) or whole[1:2])
        case "tables":
            return _of_entry(declared.table(examined, whole[1])) if whole[1:] else None
        case "api":
            return declared.constant(examined, whole[1]) if whole[1:] else None
        case _:
            entry = declared.variable(examined, name) or declared.definition(examined, name)
            return _of_entry(entry)


def _of_entry(entry: Named[Any] | None) -> Span | None:
    return entry.span if entry else None
