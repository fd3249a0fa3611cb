"""A YAML document as a tree in which every node knows its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from mapping_engine.diagnostics import Span
from mapping_engine.frozen import Frozen
from mapping_engine.source.scalar import Constant, ScalarNode, Source, Style

__all__ = [
    "Constant",
    "ListNode",
    "MappingEntry",
    "MappingNode",
    "ScalarNode",
    "Source",
    "Style",
    "YamlNode",
    "scalars",
    "to_data",
]


class ListNode(Frozen):
    """A list of nodes."""

    span: Span
    items: tuple[YamlNode, ...]

    def __iter__(self) -> Iterator[YamlNode]:
        return iter(self.items)


class MappingEntry(Frozen):
    """One key of a mapping and its value."""

    key: ScalarNode
    value: YamlNode


class MappingNode(Frozen):
    """A mapping; keys are scalars, unique, in the order of the file."""

    span: Span
    entries: tuple[MappingEntry, ...]

    def __iter__(self) -> Iterator[MappingEntry]:
        return iter(self.entries)

    def get(self, key: str) -> YamlNode | None:
        """The value under ``key``, or None."""
        return next((entry.value for entry in self.entries if entry.key.text == key), None)


YamlNode: TypeAlias = ScalarNode | ListNode | MappingNode


def scalars(root: YamlNode | None) -> Iterator[ScalarNode]:
    """Every scalar below a node, keys as well."""
    waiting = [root] if root is not None else []
    while waiting:
        match waiting.pop():
            case ListNode(items=items):
                waiting.extend(items)
            case MappingNode(entries=entries):
                for entry in entries:
                    waiting += [entry.key, entry.value]
            case scalar:
                yield scalar


def to_data(node: YamlNode) -> object:
    """The node as plain data (dicts, lists, constants)."""
    if isinstance(node, ScalarNode):
        return node.value
    if isinstance(node, ListNode):
        return [to_data(item) for item in node.items]
    return {entry.key.text: to_data(entry.value) for entry in node.entries}
