"""What documents declare, together: an entry replaces or changes that of a fragment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from mapping_engine.diagnostics import Diagnostics, Label, Span, did_you_mean
from mapping_engine.file.amend import amend
from mapping_engine.file.documents import Document
from mapping_engine.file.rule_files import LoadedDocument, Reading, read_table
from mapping_engine.file.shapes import Named
from mapping_engine.file.value_blocks import PipelineBlock, ValueBlock
from mapping_engine.source.node import YamlNode

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
        amend(document.amend or (), own, merged, found)
    return merged


def pipelines_of(
    documents: Sequence[LoadedDocument], found: Diagnostics
) -> dict[str, Named[PipelineBlock]]:
    """The named pipelines by name."""
    return _merged(documents, lambda document: document.pipelines, "pipeline", found)


def tables_of(documents: Sequence[LoadedDocument], reading: Reading) -> dict[str, object]:
    """The tables by name: those of the documents, and those in files of their own."""
    merged = _merged(documents, lambda document: document.tables, "table", reading.diagnostics)
    found = {name: entry.value.value if entry.value else {} for name, entry in merged.items()}
    for loaded in documents:
        for entry in loaded.document.table_files or ():
            if entry.name in found:
                message = f"table `{entry.name}` hides another of the same name"
                reading.diagnostics.report("PR02", message, entry.span)
            elif entry.value is not None:
                location = loaded.location.beside(entry.value.text)
                found[entry.name] = read_table(location, entry.value, reading)
    return found


def written_tables(documents: Iterable[LoadedDocument]) -> dict[str, YamlNode]:
    """The tables that stand in the documents themselves, as they are written."""
    return {
        entry.name: entry.value.node
        for loaded in documents
        for entry in loaded.document.tables or ()
        if entry.value is not None and entry.value.node is not None
    }


def _merged(
    documents: Iterable[LoadedDocument], section: Section[T], what: str, found: Diagnostics
) -> dict[str, Named[T]]:
    """The entries of all documents; a name declared twice is reported."""
    merged: dict[str, Named[T]] = {}
    for loaded in documents:
        for entry in section(loaded.document) or ():
            first = merged.setdefault(entry.name, entry)
            if first is not entry:
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
