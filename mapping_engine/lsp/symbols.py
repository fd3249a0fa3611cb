"""What a file declares: definitions, pipelines, tables, requests, fields, and cases of tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lsprotocol.types import SymbolKind

from mapping_engine.diagnostics import Diagnostics, Span
from mapping_engine.frozen import Frozen
from mapping_engine.lsp.cursor import kind_of
from mapping_engine.source.node import ListNode, MappingNode, ScalarNode, Source, YamlNode
from mapping_engine.source.yaml_text import read_yaml

_SECTIONS: Mapping[str, SymbolKind] = {
    "tables": SymbolKind.Array,
    "table_files": SymbolKind.Array,
    "pipelines": SymbolKind.Function,
    "define": SymbolKind.Variable,
    "override": SymbolKind.Variable,
    "amend": SymbolKind.Variable,
    "fields": SymbolKind.Field,
    "requests": SymbolKind.Interface,
    "cases": SymbolKind.Method,
}
_INNER = frozenset(("fields",))
"""Sections whose entries have such sections in them, which are shown."""


class Symbol(Frozen):
    """Something that has a name: the name, all of it, and what is in it."""

    name: str
    kind: SymbolKind
    span: Span
    whole: Span
    section: str
    inner: tuple[Symbol, ...] = ()


def symbols(text: str) -> tuple[Symbol, ...]:
    """What a rule file or a file of tests declares, in its order."""
    root = read_yaml(Source("", text), Diagnostics()) if kind_of(text) else None
    return tuple(_sections(root, frozenset(_SECTIONS))) if isinstance(root, MappingNode) else ()


def flat(found: tuple[Symbol, ...]) -> Iterator[Symbol]:
    """All symbols, those inside of others as well."""
    for each in found:
        yield each
        yield from flat(each.inner)


def _sections(node: MappingNode, wanted: frozenset[str]) -> Iterator[Symbol]:
    for section in node:
        if section.key.text in wanted:
            yield from _entries(section.key.text, section.value)


def _entries(section: str, node: YamlNode) -> Iterator[Symbol]:
    kind = _SECTIONS[section]
    if isinstance(node, MappingNode):
        for entry in node:
            whole = entry.key.span.to(entry.value.span)
            inner = tuple(_inner(entry.value))
            yield Symbol(entry.key.text, kind, entry.key.span, whole, section, inner)
    elif isinstance(node, ListNode):
        for item in node:
            name = item.get("name") if isinstance(item, MappingNode) else None
            if isinstance(name, ScalarNode):
                yield Symbol(name.text, kind, name.span, item.span, section)


def _inner(node: YamlNode) -> Iterator[Symbol]:
    if isinstance(node, MappingNode):
        yield from _sections(node, _INNER)
