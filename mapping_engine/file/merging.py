"""What documents declare, together: an entry replaces or changes that of a fragment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from mapping_engine.diagnostics import Diagnostics, Label, Span, did_you_mean
from mapping_engine.expression import Literal
from mapping_engine.file.amend import amend, is_of_fields
from mapping_engine.file.documents import Document, FragmentFile
from mapping_engine.file.rule_files import LoadedDocument, Reading, read_table
from mapping_engine.file.shapes import Named, literal
from mapping_engine.file.value_blocks import PipelineBlock, ValueBlock
from mapping_engine.source.node import MappingNode, YamlNode

T = TypeVar("T")
Section = Callable[[Document], Iterable[Named[T]] | None]


def definitions_of(
    documents: Sequence[LoadedDocument], found: Diagnostics
) -> dict[str, Named[ValueBlock]]:
    """The definitions by name, with what later documents replace (`override`) and change."""
    merged = _merged(documents, lambda document: document.define, "definition", found)
    for loaded in documents:
        document = loaded.document
        for entry in document.override or ():
            if entry.name not in merged:
                found.report(
                    "PR01",
                    f"there is no definition `{entry.name}` to replace",
                    entry.span,
                    help=did_you_mean(entry.name, merged) or "write it under `define`",
                )
            if entry.value is not None:
                merged[entry.name] = entry
        own = {entry.name for entry in (*(document.define or ()), *(document.override or ()))}
        of_fields = not isinstance(document, FragmentFile)
        changes = (e for e in document.amend or () if not (of_fields and is_of_fields(e.name)))
        amend(changes, own, merged, found)
    return merged


def pipelines_of(
    documents: Sequence[LoadedDocument], found: Diagnostics
) -> dict[str, Named[PipelineBlock]]:
    """The named pipelines by name."""
    return _merged(documents, lambda document: document.pipelines, "pipeline", found, _instead)


def tables_of(documents: Sequence[LoadedDocument], reading: Reading) -> dict[str, object]:
    """The tables by name: those of the documents, and those in files of their own."""
    merged = _tables(documents, reading.diagnostics)
    found = {name: entry.value.value if entry.value else {} for name, entry in merged.items()}
    for place, loaded in enumerate(documents):
        for entry in loaded.document.table_files or ():
            if entry.name in found and not loaded.extends:
                other = merged.get(entry.name, entry)
                later = {each.file for each in documents[place + 1 :]}
                own, first = (other, entry) if other.span.file in later else (entry, other)
                _declared_twice(own, first.span, "table", reading.diagnostics)
            elif entry.value is not None:
                location = loaded.location.beside(entry.value.text)
                found[entry.name] = read_table(location, entry.value, reading)
    return found


def written_tables(documents: Iterable[LoadedDocument]) -> dict[str, YamlNode]:
    """The tables that stand in the documents themselves, as they are written."""
    tables = _tables(documents, Diagnostics())
    nodes = {name: entry.value.node for name, entry in tables.items() if entry.value is not None}
    return {name: node for name, node in nodes.items() if node is not None}


def _tables(documents: Iterable[LoadedDocument], found: Diagnostics) -> dict[str, Named[Literal]]:
    return _merged(documents, lambda document: document.tables, "table", found, _rows_over)


def _rows_over(base: Named[Literal], own: Named[Literal]) -> Named[Literal]:
    """A table whose rows are added to those of another one, or take their places."""
    under = base.value.node if base.value else None
    over = own.value.node if own.value else None
    if not isinstance(under, MappingNode) or not isinstance(over, MappingNode):
        return own
    rows = {entry.key.text: entry for entry in (*under, *over)}
    return replace(own, value=literal(MappingNode(over.span, tuple(rows.values()))))


def _instead(_base: Named[T], own: Named[T]) -> Named[T]:
    return own


def _merged(
    documents: Iterable[LoadedDocument],
    section: Section[T],
    what: str,
    found: Diagnostics,
    laid_over: Callable[[Named[T], Named[T]], Named[T]] | None = None,
) -> dict[str, Named[T]]:
    """The entries of all documents; a name declared twice is reported.

    With ``laid_over``, an entry of a pack that extends another one is laid over that of its name.
    """
    merged: dict[str, Named[T]] = {}
    for loaded in documents:
        for entry in section(loaded.document) or ():
            first = merged.setdefault(entry.name, entry)
            if first is not entry and laid_over is not None and loaded.extends:
                merged[entry.name] = laid_over(first, entry)
            elif first is not entry:
                _declared_twice(entry, first.span, what, found)
    return merged


def _declared_twice(entry: Named[T], first: Span, what: str, found: Diagnostics) -> None:
    help = "rename one"
    if what == "definition":
        help += ", or replace the definition of a fragment under `override`"
    found.report(
        "PR02",
        f"{what} `{entry.name}` hides another of the same name",
        entry.span,
        labels=(Label(first, "the other is here"),),
        help=help,
    )
