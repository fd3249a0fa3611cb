"""Files to a model: the rule file, its fragments, vocabulary, schemas and tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property

from mapping_engine.core.assemble import core_of
from mapping_engine.core.examine import examine
from mapping_engine.core.facts import Facts
from mapping_engine.core.migration_model import PackSettings, as_model, report_forgotten
from mapping_engine.core.model import BUILTINS, Model
from mapping_engine.core.secrets import located_secrets
from mapping_engine.diagnostics import Diagnostics, Span
from mapping_engine.file.blocks import Block
from mapping_engine.file.documents import AcceptBlock, Document, FragmentFile, MappingFile
from mapping_engine.file.extending import Rules, read_laid_schema, read_rules
from mapping_engine.file.forgotten_use import report_forgotten_use
from mapping_engine.file.json_types import JsonSchema
from mapping_engine.file.merging import definitions_of, pipelines_of, tables_of, written_tables
from mapping_engine.file.migration_file import MigrationFile, as_mapping
from mapping_engine.file.rule_files import (
    LoadedDocument,
    Location,
    Reading,
    read_documents,
    read_file,
    read_vocabulary,
)
from mapping_engine.file.shapes import Named
from mapping_engine.frozen import Frozen
from mapping_engine.source.node import ScalarNode, Source
from mapping_engine.transforms import REGISTRY

PERSONAL_TABLE = "personal"
"""The table of what the vocabulary says is personal, unless a file has one of that name."""


class Examined(Frozen):
    """A model with all that is known of it, also where it has mistakes.

    ``documents`` are the fragments and extended packs in the order of use, and the mapping itself
    at the end; ``settings`` the schemas of the settings, the own one before those it is laid over;
    ``extended`` the rule files of extended packs.
    """

    model: Model
    facts: Facts
    documents: tuple[LoadedDocument, ...]
    settings: tuple[Source, ...]
    extended: tuple[Location, ...]

    @cached_property
    def inherited(self) -> frozenset[str]:
        """The rule files of extended packs, and the fragments that these use."""
        rules = {at.shown for at in self.extended}
        files = [loaded.file for loaded in self.documents]
        last = max((place for place, file in enumerate(files, 1) if file in rules), default=0)
        return frozenset(files[:last])


class Loaded(Frozen):
    """A model, unless there are mistakes; and what was examined, if it came to that."""

    model: Model | None = None
    examined: Examined | None = None


def read_mapping(name: str, entry: str, reading: Reading) -> Loaded:
    """The model of the rule file ``entry``; the diagnostics of ``reading`` say what is wrong."""
    rules = read_rules(Location(reading.pack, entry), reading)
    if rules is None:
        return Loaded()
    loaded = _loaded(name, rules, reading)
    found = reading.diagnostics.found
    for place, each in enumerate(found):
        if any(each.span.file.startswith(at.beneath) for at in rules.extended):
            help = f"see what {rules.file.span.file} drops or changes of what is needed here"
            help = f"{each.help}; {help}" if each.help else help
            found[place] = replace(each, help=help, fix=None)  # it is corrected in the own file
    return loaded


def _loaded(name: str, rules: Rules, reading: Reading) -> Loaded:
    documents = read_documents(rules.layers, reading)
    shared = (rule for each in documents for rule in _shared_rules(each.document))
    file = replace(rules.file, accept=(*shared, *(rules.file.accept or ())))
    event, *under = ((each, rules.user(each)) for each in rules.laid(file.event))
    vocabulary = read_vocabulary(*event, reading, under)
    settings = read_laid_schema(file.settings, rules, reading)
    if not _is_complete(documents):
        return Loaded()
    model = _model(name, file, documents, reading)
    if model is None:
        return Loaded()
    payloads = _payload_schemas(model, rules, reading)
    if vocabulary is None or settings is None or payloads is None:
        return Loaded()
    model = replace(
        model,
        tables={PERSONAL_TABLE: vocabulary.personal.as_table(), **model.tables},
        vocabulary=vocabulary,
        settings_schema=settings,
        payload_schema=_schema(model.payload, payloads),
        kinds=tuple(replace(k, payload_schema=_schema(k.payload, payloads)) for k in model.kinds),
    )
    facts = examine(model, reading.diagnostics, tables=written_tables(documents))
    if report_forgotten_use(documents, reading):
        return Loaded()
    files = [rules.beside(each).shown for each in rules.laid(file.settings)]
    sources = tuple(Source(each, reading.texts.get(each, "")) for each in files)
    examined = Examined(model, facts, documents, sources, rules.extended)
    return Loaded(None if reading.diagnostics.has_errors else model, examined)


def _shared_rules(document: Document) -> tuple[AcceptBlock, ...]:
    """What a fragment says of the events of all packs that use it."""
    return (document.accept or ()) if isinstance(document, FragmentFile) else ()


def _payload_schemas(model: Model, rules: Rules, reading: Reading) -> dict[Span, JsonSchema] | None:
    """The schemas of all payloads by where they are named; None where one cannot be read."""
    named = {each.payload.span: each.payload for each in model.requests if each.payload}
    found = {place: read_laid_schema(node, rules, reading) for place, node in named.items()}
    read = {place: schema for place, schema in found.items() if schema is not None}
    return read if len(read) == len(found) else None


def _schema(named: ScalarNode | None, schemas: Mapping[Span, JsonSchema]) -> JsonSchema:
    return {} if named is None else schemas[named.span]


def _is_complete(documents: tuple[LoadedDocument, ...]) -> bool:
    """Whether all files that are used could be read: else every name in them would be missed."""
    read = {loaded.file for loaded in documents}
    return all(file in read for loaded in documents for _, file in loaded.uses)


def read_settings(name: str, entry: str, reading: Reading) -> PackSettings | None:
    """The settings of the pack whose rule file is ``entry``; None where they cannot be read."""
    rules = read_rules(Location(reading.pack, entry), reading)
    schema = read_laid_schema(rules.file.settings, rules, reading) if rules else None
    return None if schema is None else PackSettings(name, schema)


def read_migration(
    entry: str, old: PackSettings, new: PackSettings, reading: Reading
) -> tuple[MigrationFile | None, Model | None]:
    """A migration of settings and its model; None where it has mistakes."""
    location = Location(reading.pack, entry)
    file = read_file(MigrationFile, location, None, reading)
    if file is None:
        return None, None
    mapping = as_mapping(file)
    documents = read_documents([(mapping, location)], reading)
    parts = _model(f"{old.name} to {new.name}", mapping, documents, reading)
    if parts is None:
        return file, None
    model = as_model(parts, old, new)
    examine(model, reading.diagnostics)
    report_forgotten(file, model, old, new, reading.diagnostics)
    return file, (None if reading.diagnostics.has_errors else model)


def _model(
    name: str, file: MappingFile, documents: tuple[LoadedDocument, ...], reading: Reading
) -> Model | None:
    """The mapping in the core language; None where its names go in circles."""
    found = reading.diagnostics
    blocks = definitions_of(documents, found) | located_secrets(file)
    pipelines = pipelines_of(documents, found)
    _reserved("`${}` is a built-in name", blocks, BUILTINS, found)
    _reserved("`{}` is a built-in transform", pipelines, REGISTRY, found)
    tables = tables_of(documents, reading)
    return core_of(name, file, blocks, pipelines, tables, reading.texts, found)


def _reserved(
    message: str,
    entries: Mapping[str, Named[Block]],
    taken: Mapping[str, object],
    found: Diagnostics,
) -> None:
    for name in entries.keys() & taken.keys():
        entry = entries[name]
        found.report("PR02", message.format(name), (entry.value or entry).span)
