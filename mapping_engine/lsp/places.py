"""What stands at a place as a word that rules use, and where all packs use it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from mapping_engine.checks.users import FOREIGN, YAML, kind_of_text, packs_around, packs_below
from mapping_engine.core.load import Examined
from mapping_engine.diagnostics import Span
from mapping_engine.engine.loading import read_pack
from mapping_engine.errors import RuleError
from mapping_engine.file.amend import INSIDE
from mapping_engine.file.rule_files import ReadFile
from mapping_engine.lsp.cursor import Cursor, Role
from mapping_engine.lsp.declared import entries
from mapping_engine.lsp.scope import CursorScope
from mapping_engine.lsp.tokens import Word, is_expression, tokens
from mapping_engine.lsp.workspace import place_of
from mapping_engine.reference.uses import uses
from mapping_engine.source.folder import Overlay

DEFINITIONS = ("define", "override", "amend")
_LISTS = ("[", "*")


def word_at(place: Cursor, offset: int) -> str | None:
    """The path, name, transform or pipeline at a place: `traits.email`, `$email`, `lower`.

    Names that mean something at this place alone, such as `$item`, are none.
    """
    if place.role is Role.NAME:
        return _declared(place)
    if place.role is not Role.VALUE or not is_expression(place.shape):
        return None
    words = tokens(place.scalar, place.shape)
    found = [each for each in words if each.start <= offset <= each.end]
    word = next((w for w in reversed(found) if w.word in (Word.CALL, Word.REFERENCE)), None)
    word = word or next((each for each in found if each.word is Word.PATH), None)
    if word is None or word.word is Word.CALL:
        return word.text if word else None
    written = word.until(offset).rstrip(".")
    for mark in _LISTS:
        written = written.partition(mark)[0].rstrip(".")
    scope = CursorScope(place, None)
    name = written.removeprefix("$").partition(".")[0]
    is_local = scope.in_pipeline and name != "tables"
    if word.word is Word.REFERENCE and (is_local or name in scope.items):
        return None
    return written or None


def _declared(place: Cursor) -> str | None:
    """The word for a name where it is declared."""
    match [level.key for level in place.levels]:
        case [section, name] if section in DEFINITIONS:
            return f"${name.partition('.')[0]}"
        case ["pipelines", name]:
            return name
        case ["tables" | "table_files", name]:
            return f"$tables.{name}"
        case _:
            return None


def packs_for(path: Path, folders: Iterable[Path], units: Iterable[Path]) -> list[Path]:
    """The packs that may use what a file declares: open, around it, or in the workspace."""
    found = [*units, *packs_around(path, {})]
    found += [pack for folder in folders for pack in packs_below(folder)]
    return list(dict.fromkeys(each.resolve() for each in found))


def readings(packs: Iterable[Path], overlay: Overlay) -> Iterator[tuple[Path, Examined]]:
    """What is known of each pack that can be read."""
    shared: dict[str, ReadFile] = {}
    for pack in packs:
        try:
            examined = read_pack(pack, overlay, shared).examined
        except RuleError:
            continue
        if examined is not None:
            yield pack, examined


def used_in(examined: Examined, word: str) -> set[tuple[Path, Span]]:
    """Where a pack and its fragments use a word; of a call, its name alone."""
    return {(place_of(span.file), _name_of(span, word)) for span in uses(examined, word).places}


def declared_in(examined: Examined, word: str) -> set[tuple[Path, Span]]:
    """Where a pack and its fragments declare a definition, a pipeline or a table."""
    sections, name = _sections_of(word)
    found = [each.span for each in entries(examined, *sections) if _names(each.name, name)]
    return {(place_of(span.file), span) for span in found}


def _names(written: str, name: str) -> bool:
    """Whether an entry is of this name: `amend` names a field of a definition, too."""
    return written == name or written.startswith(f"{name}{INSIDE}")


def _sections_of(word: str) -> tuple[tuple[str, ...], str]:
    """The sections that may declare a word, and its name there."""
    if word.startswith("$tables."):
        return ("tables", "table_files"), word.removeprefix("$tables.")
    return (DEFINITIONS, word[1:]) if word.startswith("$") else (("pipelines",), word)


def rule_texts(folders: Iterable[Path], overlay: Overlay) -> Iterator[tuple[Path, str]]:
    """The rule files below some folders and their texts, those of the editor first."""
    for folder in folders:
        for place, below, files in os.walk(folder):
            below[:] = sorted(n for n in below if not n.startswith(".") and n not in FOREIGN)
            for file in (Path(place, name) for name in sorted(files) if name.endswith(YAML)):
                with suppress(OSError):
                    text = overlay[file] if file in overlay else file.read_text("utf-8", "replace")
                    if kind_of_text(text):
                        yield file, text


def _name_of(span: Span, word: str) -> Span:
    """The name of a call, of which the span may be all of it."""
    offset, column = span.offset + len(word), span.column + len(word)
    if word.startswith("$") or offset >= span.end_offset:
        return span
    return Span(span.file, span.line, span.column, span.line, column, span.offset, offset)
