"""Files to a model: the rule file, its fragments, vocabulary, schemas and tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from mapping_engine.core.build import core_of
from mapping_engine.core.examine import examine
from mapping_engine.core.facts import Facts
from mapping_engine.core.migration_file import (
    MigrationFile,
    as_mapping,
    as_model,
    report_forgotten,
)
from mapping_engine.core.model import BUILTINS, Model
from mapping_engine.diagnostics import (
    Diagnostic,
    Diagnostics,
    Label,
    Span,
    did_you_mean,
    listed,
    rename,
)
from mapping_engine.expression import Extent, Literal
from mapping_engine.file.amend import amend
from mapping_engine.file.blocks import Block, read_block
from mapping_engine.file.documents import Document, FragmentFile, MappingFile
from mapping_engine.file.schema_file import read_schema
from mapping_engine.file.shapes import Named, describe
from mapping_engine.file.values import PipelineBlock, ValueBlock
from mapping_engine.file.vocabulary_file import VocabularyFile, build_vocabulary, extended
from mapping_engine.source.folder import Folder
from mapping_engine.source.json_text import JsonProblem, read_json
from mapping_engine.source.node import Mapping as MappingNode
from mapping_engine.source.node import Scalar, Source, Style
from mapping_engine.source.yaml_text import decode, read_yaml
from mapping_engine.transforms import REGISTRY
from mapping_engine.vocabulary import Vocabulary

B = TypeVar("B", bound=Block)
V = TypeVar("V")

_NOWHERE = Span("", 1, 1, 1, 1)
_BROKEN: dict[str, Any] = {
    "definition": ValueBlock(span=_NOWHERE),
    "pipeline": PipelineBlock(span=_NOWHERE),
    "table": Literal(Extent(Scalar(_NOWHERE, "", "", Style.PLAIN, Source("", "")), 0, 0), {}),
}
"""What stands for an entry whose reading failed: its name is known, nothing else is."""

FRAGMENTS = "fragments"
VOCABULARIES = "vocabularies"


@dataclass(frozen=True)
class LoadedDocument:
    """A document and the folder that its relative names start from."""

    document: Document
    folder: Folder
    base: str
    uses: tuple[tuple[Scalar, str], ...] = ()
    """The fragments it names, and the files they lie in."""

    @property
    def file(self) -> str:
        """The name that diagnostics show."""
        return self.folder.shown(self.base)


@dataclass(frozen=True)
class Examined:
    """A model with all that is known of it, also where it has mistakes.

    ``documents`` are the fragments in the order of use, and the mapping itself at the end.
    """

    model: Model
    facts: Facts
    documents: tuple[LoadedDocument, ...]
    settings: Source


@dataclass(frozen=True)
class ReadFile:
    """A bundled file as it was read once, for all packs that use it."""

    block: Block | None
    diagnostics: tuple[Diagnostic, ...]
    text: str | None


@dataclass
class Loader:
    """Reads one mapping; what cannot be read is reported, and reading goes on.

    ``examined`` is what the last mapping that could be examined gave. ``shared`` holds the
    bundled files that were read before: loaders of one run may have it in common.
    """

    pack: Folder
    bundled: Folder
    diagnostics: Diagnostics = field(default_factory=Diagnostics)
    texts: dict[str, str] = field(default_factory=dict)
    examined: Examined | None = None
    shared: dict[str, ReadFile] = field(default_factory=dict)

    def load(self, name: str, entry: str) -> Model | None:
        """The model of the rule file ``entry``, or None; ``diagnostics`` says why."""
        file = self._block(MappingFile, self.pack, entry, None)
        if file is None:
            return None
        documents = self._fragments(file, entry)
        vocabulary = self._vocabulary(file.event)
        settings = self._schema(file.settings, entry)
        payload = self._schema(file.payload, entry)
        model = self._model(name, file, documents)
        if model is None:
            return None
        if vocabulary is not None:
            model = replace(model, vocabulary=vocabulary)
        model = replace(model, settings_schema=settings or {}, payload_schema=payload or {})
        if vocabulary is not None and settings is not None and payload is not None:
            facts = examine(model, self.diagnostics)
            source = Source(self.pack.shown(_beside(entry, file.settings.text)), "")
            source = Source(source.file, self.texts.get(source.file, ""))
            self.examined = Examined(model, facts, tuple(documents), source)
        return None if self.diagnostics.has_errors else model

    def _model(self, name: str, file: MappingFile, documents: list[LoadedDocument]) -> Model | None:
        """The mapping in the core language; None where its names go in circles."""
        blocks = self._definitions(documents)
        pipelines = self._merged(documents, lambda d: d.pipelines, "pipeline")
        self._reserved(blocks, pipelines)
        tables = self._tables(documents)
        return core_of(name, file, blocks, pipelines, tables, self.texts, self.diagnostics)

    def migration(
        self, entry: str, old: Model, new: Model
    ) -> tuple[MigrationFile | None, Model | None]:
        """A migration of settings and its model; None where it has mistakes."""
        file = self._block(MigrationFile, self.pack, entry, None)
        if file is None:
            return None, None
        mapping = as_mapping(file)
        documents = self._fragments(mapping, entry)
        parts = self._model(f"{old.name} to {new.name}", mapping, documents)
        if parts is None:
            return file, None
        model = as_model(file, parts, old, new)
        examine(model, self.diagnostics)
        report_forgotten(file, model, old, new, self.diagnostics)
        return file, (None if self.diagnostics.has_errors else model)

    # Files

    def _source(self, folder: Folder, relative: str, span: Span | None) -> Source | None:
        data = folder.read(relative, span, self.diagnostics)
        if data is None:
            return None
        source = decode(folder.shown(relative), data, self.diagnostics)
        if source is not None:
            self.texts[source.file] = source.text
        return source

    def _block(self, block: type[B], folder: Folder, relative: str, span: Span | None) -> B | None:
        if folder is not self.bundled or not folder.exists(relative):
            return self._fresh(block, folder, relative, span)
        name = folder.shown(relative)
        if name not in self.shared:
            outside, self.diagnostics = self.diagnostics, Diagnostics()
            read = self._fresh(block, folder, relative, span)
            found = tuple(self.diagnostics.found)
            self.shared[name] = ReadFile(read, found, self.texts.get(name))
            self.diagnostics = outside
        known = self.shared[name]
        self.diagnostics.found.extend(known.diagnostics)
        if known.text is not None:
            self.texts[name] = known.text
        return known.block if isinstance(known.block, block) else None

    def _fresh(self, block: type[B], folder: Folder, relative: str, span: Span | None) -> B | None:
        source = self._source(folder, relative, span)
        node = read_yaml(source, self.diagnostics) if source else None
        if node is None:
            return None
        if not isinstance(node, MappingNode):
            self.diagnostics.report(
                "SH03", f"expected {block.what}, found {describe(node)}", node.span
            )
            return None
        return read_block(block, node, self.diagnostics)

    def _schema(self, name: Scalar, entry: str) -> dict[str, Any] | None:
        relative = _beside(entry, name.text)
        source = self._source(self.pack, relative, name.span)
        return read_schema(source, name.span, self.diagnostics) if source else None

    def vocabulary(self, relative: str) -> Vocabulary | None:
        """A vocabulary by its file in the pack's folder, for checking it alone."""
        place = Span(self.pack.shown(relative), 1, 1, 1, 1)
        return self._vocabulary(_name(f"./{relative}", place))

    def _vocabulary(self, name: Scalar) -> Vocabulary | None:
        file = self._vocabulary_file(name, "", self.pack, ())
        return build_vocabulary(name.text, file, self.diagnostics) if file else None

    def _vocabulary_file(
        self, name: Scalar, base: str, home: Folder, way: tuple[str, ...]
    ) -> VocabularyFile | None:
        """The file of a vocabulary, with what it extends."""
        folder, relative = self._place(name.text, base, VOCABULARIES, home)
        shown = folder.shown(relative)
        if shown in way:
            circle = " -> ".join(f"`{step}`" for step in (*way[way.index(shown) :], shown))
            self.diagnostics.report("PR04", f"files that use themselves: {circle}", name.span)
            return None
        file = self._block(VocabularyFile, folder, relative, name.span)
        if file is None or file.extends is None:
            return file
        extends = self._vocabulary_file(file.extends, relative, folder, (*way, shown))
        return extended(extends, file) if extends is not None else None

    def _place(self, name: str, base: str, kind: str, folder: Folder) -> tuple[Folder, str]:
        """Where a used file lies: ``./file.yaml`` beside the user, other names bundled."""
        if name.startswith("./"):
            return folder, _beside(base, name[2:])
        return self.bundled, f"{kind}/{name}.yaml"

    # Fragments

    def _fragments(self, file: MappingFile, entry: str) -> list[LoadedDocument]:
        """The fragments in the order of use, each once, and the mapping itself at the end."""
        found: dict[str, LoadedDocument] = {}
        self._use(file, self.pack, entry, (self.pack.shown(entry),), found)
        return [*found.values(), LoadedDocument(file, self.pack, entry, self._uses(file, entry))]

    def _uses(
        self, document: Document, base: str, folder: Folder | None = None
    ) -> tuple[tuple[Scalar, str], ...]:
        found = []
        for name in document.use or ():
            place, relative = self._place(name.text, base, FRAGMENTS, folder or self.pack)
            found.append((name, place.shown(relative)))
        return tuple(found)

    def _use(
        self,
        document: Document,
        folder: Folder,
        base: str,
        way: tuple[str, ...],
        found: dict[str, LoadedDocument],
    ) -> None:
        for name in document.use or ():
            place, relative = self._place(name.text, base, FRAGMENTS, folder)
            shown = place.shown(relative)
            if shown in way:
                circle = " -> ".join(f"`{step}`" for step in (*way[way.index(shown) :], shown))
                self.diagnostics.report("PR04", f"files that use themselves: {circle}", name.span)
            elif shown not in found:
                fragment = self._fragment(place, relative, name)
                if fragment is not None:
                    self._use(fragment, place, relative, (*way, shown), found)
                    uses = self._uses(fragment, relative, place)
                    found[shown] = LoadedDocument(fragment, place, relative, uses)

    def _fragment(self, folder: Folder, relative: str, name: Scalar) -> FragmentFile | None:
        if folder is self.bundled and not folder.exists(relative):
            prefix = f"{FRAGMENTS}/"
            known = [n[len(prefix) : -5] for n in folder.names(FRAGMENTS, ".yaml")]
            self.diagnostics.report(
                "PR01",
                f"there is no bundled fragment `{name.text}`",
                name.span,
                help=did_you_mean(name.text, known) or f"bundled: {listed(known)}",
                fix=rename(name.span, name.text, known),
            )
            return None
        return self._block(FragmentFile, folder, relative, name.span)

    # Names

    def _definitions(self, documents: list[LoadedDocument]) -> dict[str, ValueBlock]:
        merged = self._merged(documents, lambda d: d.define, "definition")
        for loaded in documents:
            for entry in loaded.document.override or ():
                if entry.name not in merged:
                    self.diagnostics.report(
                        "PR01",
                        f"there is no definition `{entry.name}` to replace",
                        entry.span,
                        help=did_you_mean(entry.name, merged) or "write it under `define`",
                    )
                if entry.value is not None:
                    merged[entry.name] = entry.value
            document = loaded.document
            own = {entry.name for entry in (*(document.define or ()), *(document.override or ()))}
            amend(document.amend or (), own, merged, self.diagnostics)
        return merged

    def _merged(self, documents: list[LoadedDocument], section: Any, what: str) -> dict[str, Any]:
        """The entries of all documents; a name declared twice is reported."""
        found: dict[str, Any] = {}
        spans: dict[str, Span] = {}
        for loaded in documents:
            for entry in section(loaded.document) or ():
                if entry.name in spans:
                    self._declared_twice(entry, spans[entry.name], what)
                    continue
                spans[entry.name] = entry.span
                found[entry.name] = entry.value if entry.value is not None else _BROKEN[what]
        return found

    def _declared_twice(self, entry: Named[Any], first: Span, what: str) -> None:
        self.diagnostics.report(
            "PR02",
            f"{what} `{entry.name}` hides another of the same name",
            entry.span,
            labels=(Label(first, "the other is here"),),
            help="rename one, or replace the definition of a fragment under `override`"
            if what == "definition"
            else "rename one",
        )

    def _reserved(
        self, definitions: Mapping[str, ValueBlock], pipelines: Mapping[str, PipelineBlock]
    ) -> None:
        for name in definitions.keys() & BUILTINS.keys():
            self.diagnostics.report("PR02", f"`${name}` is a built-in name", definitions[name].span)
        for name in pipelines.keys() & REGISTRY.keys():
            self.diagnostics.report(
                "PR02", f"`{name}` is a built-in transform", pipelines[name].span
            )

    # Tables

    def _tables(self, documents: list[LoadedDocument]) -> dict[str, object]:
        merged = self._merged(documents, lambda d: d.tables, "table")
        found = {name: literal.value for name, literal in merged.items()}
        for loaded in documents:
            for entry in loaded.document.table_files or ():
                if entry.name in found:
                    self.diagnostics.report(
                        "PR02", f"table `{entry.name}` hides another of the same name", entry.span
                    )
                elif entry.value is not None:
                    found[entry.name] = self._table(loaded, entry.value)
        return found

    def _table(self, loaded: LoadedDocument, name: Scalar) -> object:
        relative = _beside(loaded.base, name.text)
        data = loaded.folder.read(relative, name.span, self.diagnostics)
        if data is None:
            return {}
        try:
            table = read_json(data)
        except JsonProblem as problem:
            self.diagnostics.report("SH03", f"`{name.text}` is {problem}", name.span)
            return {}
        if not isinstance(table, dict | list):
            self.diagnostics.report(
                "SH03", f"`{name.text}` is neither an object nor a list", name.span
            )
            return {}
        return table


def _name(text: str, span: Span) -> Scalar:
    return Scalar(span, text, text, Style.PLAIN, Source(span.file, ""))


def _beside(base: str, name: str) -> str:
    """``name`` in the folder of ``base``; what leads outside is refused by the folder."""
    folder, slash, _ = base.rpartition("/")
    return f"{folder}{slash}{name}"
