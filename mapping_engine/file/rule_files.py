"""The files of a mapping: which they are, where they lie, and their reading."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from mapping_engine.diagnostics import Diagnostic, Diagnostics, Span, listed, report_unknown
from mapping_engine.file.blocks import Block, BlockOf, read_block
from mapping_engine.file.documents import Document, FragmentFile
from mapping_engine.file.json_types import JsonSchema
from mapping_engine.file.schema_file import read_schema
from mapping_engine.file.shapes import describe
from mapping_engine.file.vocabulary_file import VocabularyFile, build_vocabulary, extended
from mapping_engine.frozen import Frozen
from mapping_engine.source.folder import Folder
from mapping_engine.source.json_text import JsonProblem, is_sound, read_json
from mapping_engine.source.node import MappingNode, ScalarNode, Source, Style
from mapping_engine.source.yaml_text import KEPT, decode, read_yaml
from mapping_engine.vocabulary import Vocabulary

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

B = TypeVar("B", bound=Block)

ENTRY = "rules.yaml"
FRAGMENTS = "fragments"
VOCABULARIES = "vocabularies"


class ReadFile(Frozen):
    """A shared file as it was read once, for all packs that use it."""

    block: Block | None
    diagnostics: tuple[Diagnostic, ...]
    text: str | None


class Shared(Frozen):
    """A folder with what packs share, and where in it fragments and vocabularies lie."""

    folder: Folder
    kinds: Mapping[str, str] = field(
        default_factory=lambda: {FRAGMENTS: FRAGMENTS, VOCABULARIES: VOCABULARIES}
    )

    def location(self, kind: str, name: str) -> Location | None:
        """The file of this name; None where there is none."""
        file = f"{self.kinds[kind]}/{name}.yaml" if kind in self.kinds else ""
        return Location(self.folder, file) if self.folder.exists(file) else None

    def names(self, kind: str) -> Iterator[str]:
        """The names of what lies there."""
        above = self.kinds.get(kind)
        for file in self.folder.names(above, ".yaml") if above else ():
            yield file.removeprefix(f"{above}/").removesuffix(".yaml")


class Reading(Frozen):
    """The folders that files are read from, what is wrong with them, and their texts.

    ``rules`` are the folders of what packs share, ``packs`` those of packs that may be extended,
    each the nearest first; ``shared`` holds files of ``rules`` that were read before: readings may
    have it in common.
    """

    pack: Folder
    rules: tuple[Shared, ...]
    packs: tuple[Folder, ...] = ()
    diagnostics: Diagnostics = field(default_factory=Diagnostics)
    texts: dict[str, str] = field(default_factory=dict)
    shared: dict[str, ReadFile] = field(default_factory=dict)


class Location(Frozen):
    """A file: the folder that it is in, and its name there."""

    folder: Folder
    name: str

    @property
    def shown(self) -> str:
        """The name that diagnostics show."""
        return self.folder.shown(self.name)

    @property
    def real(self) -> Traversable | Path:
        """The file itself, whatever the folder is by which it is reached."""
        place = self.folder.root.joinpath(self.name)
        return place.resolve() if isinstance(place, Path) else place

    @property
    def beneath(self) -> str:
        """What the names that diagnostics show of files beside and below it begin with."""
        return self.shown.removesuffix(self.name.rpartition("/")[2])

    def beside(self, name: str) -> Location:
        """Another file by its name beside this one; the folder refuses what leads outside."""
        above, slash, _ = self.name.rpartition("/")
        return Location(self.folder, f"{above}{slash}{name}")


class LoadedDocument(Frozen):
    """A document, where it lies, and the fragments it names with the files they lie in.

    With ``extends``, it is the rule file of a pack that extends another one, laid over what stands
    before it.
    """

    document: Document
    location: Location
    uses: tuple[tuple[ScalarNode, str], ...] = ()
    extends: bool = False

    @property
    def folder(self) -> Folder:
        """The folder that its relative names start from."""
        return self.location.folder

    @property
    def file(self) -> str:
        """The name that diagnostics show."""
        return self.location.shown


def read_file(kind: type[B], location: Location, used: Span | None, reading: Reading) -> B | None:
    """The block in a file, or None with the mistakes reported; ``used`` is where it is named."""
    if not _is_shared(location, reading) or not location.folder.exists(location.name):
        return _read_file(kind, location, used, reading)
    name = location.shown
    if name not in reading.shared:
        apart = replace(reading, diagnostics=Diagnostics())
        block = _read_file(kind, location, used, apart)
        found = tuple(apart.diagnostics.found)
        reading.shared[name] = ReadFile(block, found, reading.texts.get(name))
    known = reading.shared[name]
    reading.diagnostics.found.extend(known.diagnostics)
    if known.text is not None:
        reading.texts[name] = known.text
    return known.block if isinstance(known.block, kind) else None


def _read_file(kind: type[B], location: Location, used: Span | None, reading: Reading) -> B | None:
    source = read_source(location, used, reading)
    block, found = _block(BlockOf(kind), source) if source else (None, ())
    reading.diagnostics.found.extend(found)
    return block if isinstance(block, kind) else None


@lru_cache(maxsize=KEPT)
def _block(shape: BlockOf[Block], source: Source) -> tuple[Block | None, tuple[Diagnostic, ...]]:
    diagnostics, kind = Diagnostics(), shape.block
    node = read_yaml(source, diagnostics)
    if node is not None and not isinstance(node, MappingNode):
        message = f"expected {kind.what}, found {describe(node)}"
        diagnostics.report("SH03", message, node.span)
    block = read_block(kind, node, diagnostics) if isinstance(node, MappingNode) else None
    return block, tuple(diagnostics.found)


def read_node(
    kind: type[Block], location: Location, used: Span | None, reading: Reading
) -> MappingNode | None:
    """The mapping in a file that is to be read as one kind of block."""
    source = read_source(location, used, reading)
    node = read_yaml(source, reading.diagnostics) if source else None
    if node is None or isinstance(node, MappingNode):
        return node
    message = f"expected {kind.what}, found {describe(node)}"
    reading.diagnostics.report("SH03", message, node.span)
    return None


def read_source(location: Location, used: Span | None, reading: Reading) -> Source | None:
    """The text of a file."""
    data = location.folder.read(location.name, used, reading.diagnostics)
    source = None if data is None else decode(location.shown, data, reading.diagnostics)
    if source is not None:
        reading.texts[source.file] = source.text
    return source


def read_schema_file(location: Location, used: Span, reading: Reading) -> JsonSchema | None:
    """The JSON Schema in a file."""
    source = read_source(location, used, reading)
    return read_schema(source, used, reading.diagnostics) if source else None


def read_table(location: Location, name: ScalarNode, reading: Reading) -> object:
    """The table in a JSON file; an empty one where it cannot be read."""
    source = read_source(location, name.span, reading)
    if source is None:
        return {}
    place = name.span
    try:
        table = read_json(source.text)
        problem = "" if isinstance(table, dict | list) else "neither an object nor a list"
        if not is_sound((table,)):
            problem = "no table: it holds a number of over 64 bits, or a text that is no Unicode"
    except JsonProblem as wrong:
        table, problem = {}, str(wrong)
        if wrong.place is not None:
            line, column = wrong.place
            place = Span(source.file, line, column, line, column + 1)
    if problem:
        reading.diagnostics.report("SH03", f"`{name.text}` is {problem}", place)
        return {}
    return table


def used_file(name: ScalarNode, kind: str, user: Location, reading: Reading) -> Location:
    """The file that ``user`` names: ``./file.yaml`` lies beside it, others in a `rules` folder."""
    if name.text.startswith("./"):
        return user.beside(name.text[2:])
    having = (shared.location(kind, name.text) for shared in reading.rules)
    bundled = Location(reading.rules[-1].folder, f"{kind}/{name.text}.yaml")
    return next(filter(None, having), bundled)


def _is_shared(location: Location, reading: Reading) -> bool:
    return any(location.folder is shared.folder for shared in reading.rules)


# Vocabularies


def read_vocabulary(
    name: ScalarNode,
    user: Location,
    reading: Reading,
    under: Iterable[tuple[ScalarNode, Location]] = (),
) -> Vocabulary | None:
    """The vocabulary that ``user`` names, with what it extends: by itself, those ``under`` it."""
    file = _vocabulary_file(name, user, (), reading)
    for each, at in under:
        if file is not None and file.extends is None:
            base = _vocabulary_file(each, at, (), reading)
            file = None if base is None else replace(extended(base, file), extends=base.extends)
    apart = Diagnostics()
    found = build_vocabulary(name.text, file, apart) if file else None
    reading.diagnostics.found.extend(apart.found)
    return None if apart.has_errors else found


def check_vocabulary(relative: str, reading: Reading) -> None:
    """Read a vocabulary of the pack's folder that no mapping names."""
    shown, name = reading.pack.shown(relative), f"./{relative}"
    scalar = ScalarNode(Span(shown, 1, 1, 1, 1), name, name, Style.PLAIN, Source(shown, ""))
    read_vocabulary(scalar, Location(reading.pack, ""), reading)


def _vocabulary_file(
    name: ScalarNode, user: Location, way: tuple[str, ...], reading: Reading
) -> VocabularyFile | None:
    location = used_file(name, VOCABULARIES, user, reading)
    if report_circle(location, way, name, reading):
        return None
    file = read_file(VocabularyFile, location, name.span, reading)
    if file is None or file.extends is None:
        return file
    base = _vocabulary_file(file.extends, location, (*way, location.shown), reading)
    return None if base is None else extended(base, file)


def report_circle(
    location: Location, way: tuple[str, ...], name: ScalarNode, reading: Reading
) -> bool:
    """Whether the way to a file leads back to it, which is reported (PR04)."""
    if location.shown not in way:
        return False
    circle = (*way[way.index(location.shown) :], location.shown)
    shown = " -> ".join(f"`{step}`" for step in circle)
    reading.diagnostics.report("PR04", f"files that use themselves: {shown}", name.span)
    return True


# Fragments


def read_documents(
    layers: Sequence[tuple[Document, Location]], reading: Reading
) -> tuple[LoadedDocument, ...]:
    """The fragments in the order of use, each once, before the document that uses them.

    ``layers`` are documents of which each is laid over those before it.
    """
    found: dict[str, LoadedDocument] = {}
    for place, (document, location) in enumerate(layers):
        _use(document, location, (location.shown,), found, reading)
        loaded = _loaded(document, location, reading)
        found[location.shown] = replace(loaded, extends=place > 0)
    return tuple(found.values())


def _used_by(
    document: Document, location: Location, reading: Reading
) -> Iterator[tuple[ScalarNode, Location]]:
    for name in document.use or ():
        yield name, used_file(name, FRAGMENTS, location, reading)


def _loaded(document: Document, location: Location, reading: Reading) -> LoadedDocument:
    uses = ((name, used.shown) for name, used in _used_by(document, location, reading))
    return LoadedDocument(document, location, tuple(uses))


def _use(
    document: Document,
    location: Location,
    way: tuple[str, ...],
    found: dict[str, LoadedDocument],
    reading: Reading,
) -> None:
    for name, used in _used_by(document, location, reading):
        if not report_circle(used, way, name, reading) and used.shown not in found:
            fragment = _fragment(used, name, reading)
            if fragment is not None:
                _use(fragment, used, (*way, used.shown), found, reading)
                found[used.shown] = _loaded(fragment, used, reading)


def _fragment(location: Location, name: ScalarNode, reading: Reading) -> FragmentFile | None:
    if not _is_shared(location, reading) or location.folder.exists(location.name):
        return read_file(FragmentFile, location, name.span, reading)
    known = sorted({name for shared in reading.rules for name in shared.names(FRAGMENTS)})
    message, otherwise = f"there is no bundled fragment `{name.text}`", f"bundled: {listed(known)}"
    report_unknown(reading.diagnostics, "PR01", message, name.span, name.text, known, otherwise)
    return None
