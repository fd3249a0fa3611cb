"""Where names are declared: definitions, tables, settings, fields of payloads, keys of events."""

from __future__ import annotations

from typing import Any

from mapping_engine.core.load import Examined
from mapping_engine.core.model import Model
from mapping_engine.core.schema_places import property_place
from mapping_engine.diagnostics import Diagnostics, Span
from mapping_engine.file.shapes import Named
from mapping_engine.lsp.cursor import kind_of
from mapping_engine.source.node import MappingNode, Source
from mapping_engine.source.yaml_text import read_yaml
from mapping_engine.vocabulary.vocabulary import EVENT


def entries(examined: Examined, *keys: str) -> list[Named[Any]]:
    """What the files of a pack declare under some keys, in the order in which they are read."""
    documents = [loaded.document for loaded in examined.documents]
    return [entry for key in keys for each in documents for entry in getattr(each, key, ()) or ()]


def named(name: str, *found: Named[Any]) -> Named[Any] | None:
    """The first entry of this name."""
    return next((entry for entry in found if entry.name == name), None)


def variable_or_definition(examined: Examined, name: str) -> Named[Any] | None:
    """What `$name` is: a variable of the fan-out, or the definition that counts.

    That is the last `override`, or the one under `define`.
    """
    file = examined.model.file
    blocks = (file.fan_out, *(e.value.fan_out for e in file.requests or () if e.value))
    variables = [entry for each in blocks if each is not None for entry in each.each]
    overrides = reversed(entries(examined, "override"))
    return named(name, *variables, *overrides, *entries(examined, "define"))


def definition_docs(examined: Examined) -> dict[str, str]:
    """What the definitions are, in the words of the rules: a later file has the last word."""
    found = {entry.name: doc_of(entry) for entry in entries(examined, "define", "override")}
    for change in entries(examined, "amend"):
        found[change.name] = doc_of(change) or found.get(change.name, "")
    return found


def doc_of(entry: Named[Any] | None) -> str:
    """The `doc` of an entry, if it has one."""
    block = entry.value if entry else None
    return block.doc.text if block is not None and block.doc else ""


def setting(examined: Examined, steps: tuple[str, ...]) -> Span:
    """Where the schema of the settings declares a setting, or the step nearest to it."""
    sources = examined.settings
    found = [property_place(read_yaml(each, Diagnostics()), steps) for each in sources]
    places = [place for place, _ in sorted(found, key=lambda each: not each[1]) if place]
    return next(iter(places), Span(sources[0].file, 1, 1, 1, 1))


def payload_field(examined: Examined, model: Model, steps: tuple[str, ...]) -> Span | None:
    """Where the schema of a payload declares a field, or the step nearest to it."""
    if model.payload is None:
        return None
    file = examined.documents[-1].location.beside(model.payload.text).shown
    source = Source(file, examined.model.texts.get(file, ""))
    return property_place(read_yaml(source, Diagnostics()), steps)[0]


def event_key(examined: Examined, name: str, key: str) -> Span | None:
    """Where a vocabulary declares a key of one of its objects, or of the event itself."""
    for file, text in examined.model.texts.items():  # a vocabulary before what it extends
        is_vocabulary = kind_of(text) == "vocabulary"
        root = read_yaml(Source(file, text), Diagnostics()) if is_vocabulary else None
        for step in (EVENT,) if name == EVENT else ("objects", name):
            root = root.get(step) if isinstance(root, MappingNode) else None
        for entry in root if isinstance(root, MappingNode) else ():
            if entry.key.text == key:
                return entry.key.span
    return None
