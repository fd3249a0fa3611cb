"""A YAML document as a tree in which every node knows its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from mapping_engine.diagnostics import Span

Constant: TypeAlias = str | int | float | bool | None


class Style(StrEnum):
    """How a scalar is written; it decides how offsets inside it map back to the file."""

    PLAIN = "plain"
    SINGLE = "single-quoted"
    DOUBLE = "double-quoted"
    LITERAL = "literal block"
    FOLDED = "folded block"


@dataclass(frozen=True, slots=True)
class Source:
    """The decoded text of one file, under the name that diagnostics show."""

    file: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A scalar: ``text`` as YAML decodes it, ``value`` typed by the YAML 1.2 core schema."""

    span: Span
    text: str
    value: Constant
    style: Style
    source: Source = field(repr=False, compare=False)

    def span_at(self, start: int, end: int) -> Span:
        """The place in the file of ``text[start:end]``; the whole scalar where that is unknown."""
        from mapping_engine.source.offsets import span_inside

        return span_inside(self, start, end)


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list of nodes."""

    span: Span
    items: tuple[Node, ...]

    def __iter__(self) -> Iterator[Node]:
        return iter(self.items)


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a mapping and its value."""

    key: Scalar
    value: Node


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping; keys are scalars, unique, in the order of the file."""

    span: Span
    entries: tuple[Entry, ...]

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def get(self, key: str) -> Node | None:
        """The value under ``key``, or None."""
        return next((entry.value for entry in self.entries if entry.key.text == key), None)


Node: TypeAlias = Scalar | Sequence | Mapping


def to_data(node: Node) -> object:
    """The node as plain data (dicts, lists, constants)."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [to_data(item) for item in node.items]
    return {entry.key.text: to_data(entry.value) for entry in node.entries}
