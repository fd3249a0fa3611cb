"""What can be named at a place because it is declared elsewhere: files, definitions, kinds."""

from __future__ import annotations

from collections.abc import Iterator

from mapping_engine.checks.users import YAML
from mapping_engine.core.load import Examined
from mapping_engine.diagnostics import Diagnostics
from mapping_engine.engine.loading import reading_of
from mapping_engine.expression import Expression, print_expression
from mapping_engine.file.documents import Document, MappingFile
from mapping_engine.file.extending import packs_in
from mapping_engine.file.rule_files import FRAGMENTS, VOCABULARIES
from mapping_engine.file.vocabulary_file import VocabularyFile
from mapping_engine.lsp.cursor import Cursor, Role, kind_of
from mapping_engine.lsp.declared import doc_of, entries, named
from mapping_engine.lsp.symbols import symbols
from mapping_engine.source.folder import Folder
from mapping_engine.source.node import MappingNode
from mapping_engine.source.yaml_text import decode
from mapping_engine.types.kinds import NAMES
from mapping_engine.vocabulary.words import LIST_OF, PERSONAL, TAGGED

_FOLDERS = {FRAGMENTS: "fragment", VOCABULARIES: "vocabulary"}
_EXPORTED = ("define", "pipelines", "tables", "table_files")
_MOST = 6
"""So many names say what is in a fragment."""


def named_elsewhere(place: Cursor, examined: Examined | None) -> Iterator[tuple[str, str]]:
    """The names that may stand here, each with what it is."""
    keys = [level.key for level in place.levels]
    way, block = (keys[:-1] if place.role is Role.NAME else keys), place.levels[0].block
    is_vocabulary = block is VocabularyFile
    match way:
        case ["use"] if examined and block is not None and issubclass(block, Document):
            yield from _files(FRAGMENTS, examined)
        case ["event"] if examined and block is MappingFile:
            yield from _files(VOCABULARIES, examined)
        case ["extends"] if examined and block is MappingFile:
            for folder in reading_of(examined.documents[-1].folder).packs:
                yield from dict.fromkeys(packs_in(folder), f"a pack in {folder.display}").items()
        case ["amend" | "override"] if examined and place.role is Role.NAME:
            yield from _definitions(examined, place.levels[-1].node)
        case ["amend", name, "drop" | "replace"] if examined:
            yield from _alternatives(name, examined)
        case ["pipelines", _, "normalises"] if examined:
            kinds = examined.model.vocabulary.personal.names.values()
            yield from dict.fromkeys(kinds, "personal data").items()
        case ["event", _] | ["objects", _, _] if is_vocabulary and place.role is Role.VALUE:
            yield from _descriptions(place, examined)


def _files(kind: str, examined: Examined) -> Iterator[tuple[str, str]]:
    """The files beside the rules, by `./file.yaml`, and those of the `rules` folders."""
    main = examined.documents[-1].folder
    found = {}
    for name in main.names("", YAML):
        text = _text(main, name)
        if kind_of(text) == _FOLDERS[kind]:
            found[f"./{name}"] = text
    for shared in reading_of(main).rules:
        for name in shared.names(kind):
            at = shared.location(kind, name)
            found.setdefault(name, _text(at.folder, at.name) if at else "")
    return ((name, _exported(text)) for name, text in found.items())


def _text(folder: Folder, name: str) -> str:
    data = folder.bytes_of(name)
    source = decode(name, data, Diagnostics()) if data is not None else None
    return source.text if source else ""


def _exported(text: str) -> str:
    found = [each.name for each in symbols(text) if each.section in _EXPORTED]
    return ", ".join([*found[:_MOST], *(["…"] if len(found) > _MOST else [])])


def _definitions(examined: Examined, around: MappingNode) -> Iterator[tuple[str, str]]:
    """What other files define, and is not changed here yet."""
    written = {entry.key.text for entry in around}
    main = examined.documents[-1].document.define or ()
    gone = written | {entry.name for entry in main}
    for entry in entries(examined, "define"):
        if entry.name not in gone:
            yield entry.name, doc_of(entry) or f"a definition of {entry.span.file}"


def _alternatives(name: str, examined: Examined) -> Iterator[tuple[str, str]]:
    """What a definition is made of, as `amend` names it."""
    entry = named(name, *entries(examined, "define"))
    block = entry.value if entry else None
    for alternative in (block.first_of if block else None) or ():
        if isinstance(alternative.value, Expression):
            yield print_expression(alternative.value), "an alternative"
    for row in (block.decide if block else None) or ():
        yield row.name, "a row"
    for field in (block.fields if block else None) or ():
        yield field.name, "a field"


def _descriptions(place: Cursor, examined: Examined | None) -> Iterator[tuple[str, str]]:
    """The words that describe a key of an event."""
    root = place.levels[0].node
    personal, objects = root.get("personal"), root.get("objects")
    names = personal.get("names") if isinstance(personal, MappingNode) else None
    known = examined.model.vocabulary if examined else None
    kinds = {*_keys(names), *(known.personal.names.values() if known else ())}
    if place.scalar.text.startswith(PERSONAL):
        yield from dict.fromkeys(sorted(kinds), "a kind of personal data").items()
        return
    yield from dict.fromkeys((*NAMES, "any"), "a kind of value").items()
    yield from dict.fromkeys((LIST_OF, PERSONAL, *TAGGED), "goes on").items()
    named_objects = {*_keys(objects), *(known.objects if known else ())}
    yield from dict.fromkeys(sorted(named_objects), "an object").items()


def _keys(node: object) -> list[str]:
    return [entry.key.text for entry in node] if isinstance(node, MappingNode) else []
