"""One rule file with everything that mistakes are planted in: nodes, blocks and expressions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from mapping_engine.core.nodes import Place
from mapping_engine.diagnostics import Diagnostics, Span
from mapping_engine.expression import CallExpression, Expression, Literal, PipeExpression, children
from mapping_engine.file.blocks import Block, keys_of
from mapping_engine.file.documents import Document
from mapping_engine.file.shapes import Named
from mapping_engine.frozen import Frozen
from mapping_engine.mutants.children import Child, children_of
from mapping_engine.mutants.edit import Edit, Edits
from mapping_engine.source.node import ListNode, MappingNode, ScalarNode, Source, YamlNode
from mapping_engine.source.yaml_text import read_yaml

E = TypeVar("E", bound=Expression)


class Steps(Frozen):
    """Transforms in a row; ``source`` is what they are applied to, where it stands before them."""

    calls: tuple[CallExpression, ...]
    source: Expression | None = None
    block: Block | None = None
    key: str = ""


class Page(Frozen):
    """One file; a table file has no ``document``."""

    file: str
    path: Path
    text: str = field(repr=False)
    document: Document | None = field(repr=False)
    packs: tuple[str, ...]

    @cached_property
    def root(self) -> YamlNode:
        """The tree of the file."""
        root = read_yaml(Source(self.file, self.text), Diagnostics())
        assert root is not None
        return root

    @cached_property
    def nodes(self) -> tuple[YamlNode, ...]:
        """Every node, in the order of the file."""
        return tuple(_nodes(self.root))

    @cached_property
    def _by_key(self) -> dict[int, Child]:
        mappings = (node for node in self.nodes if isinstance(node, MappingNode))
        children = (each for node in mappings for each in children_of(node, self.text))
        return {child.start: child for child in children}

    @cached_property
    def _by_span(self) -> dict[tuple[int, int], YamlNode]:
        return {self.at(node): node for node in reversed(self.nodes)}

    @cached_property
    def _parts(self) -> tuple[object, ...]:
        return tuple(_parts(self.document))

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Every block of the format."""
        return tuple(p for p in self._parts if isinstance(p, Block) and self._has(p.span))

    @cached_property
    def expressions(self) -> tuple[Expression, ...]:
        """Every node of every expression; data that stands for itself is left out."""
        return tuple(p for p in self._parts if isinstance(p, Expression) and self._has(p.span))

    @cached_property
    def steps(self) -> tuple[Steps, ...]:
        """Every row of transforms."""
        found = (part for part in self._parts if isinstance(part, Steps))
        return tuple(each for each in found if all(self._has(call.span) for call in each.calls))

    def _has(self, place: Span) -> bool:
        """Whether a part stands in this file, and not in one over which it is laid."""
        return self.document is not None and place.file == self.document.span.file

    def of(self, kind: type[E]) -> Iterator[E]:
        """The nodes of one kind in all expressions."""
        return (node for node in self.expressions if isinstance(node, kind))

    def texts(self) -> Iterator[Literal]:
        """The texts in single quotes of all expressions."""
        for node in self.of(Literal):
            if isinstance(node.value, str) and self.text[node.span.offset] == "'":
                yield node

    def at(self, part: Place) -> tuple[int, int]:
        """The offsets of an expression, or of a node of the file."""
        span = part.span
        return span.offset, span.end_offset

    def written(self, node: Expression) -> str:
        """An expression as it is written."""
        start, end = self.at(node)
        return self.text[start:end]

    def grouped(self, node: Expression) -> tuple[int, int]:
        """The offsets of an expression with the parentheses around it alone."""
        start, end = self.at(node)
        while True:
            left, right = start, end
            while left > 0 and self.text[left - 1] == " ":
                left -= 1
            while right < len(self.text) and self.text[right] == " ":
                right += 1
            if self.text[left - 1 : left] != "(" or self.text[right : right + 1] != ")":
                return start, end
            if left > 1 and (self.text[left - 2].isalnum() or self.text[left - 2] == "_"):
                return start, end
            start, end = left - 1, right + 1

    def between(self, parts: Sequence[Expression]) -> Iterator[tuple[int, int]]:
        """The offsets of what stands between each two neighbours."""
        return ((self.grouped(one)[1], self.grouped(other)[0]) for one, other in pairwise(parts))

    def without_one(self, parts: Sequence[Expression]) -> Edits:
        """Without one of two or more neighbours, and without what joins it to another."""
        for one, other in pairwise(parts):
            yield Edit(self.grouped(one)[0], self.grouped(other)[0], "")
        *_, last = self.between(parts)
        yield Edit(last[0], self.grouped(parts[-1])[1], "")

    def entry(self, block: Block, key: str) -> Child | None:
        """The entry under ``key`` of a block; none where the block is a short form."""
        place = block.places.get(key)
        return self._by_key.get(place.offset) if place and self._has(place) else None

    def entries(self, *keys: str) -> Iterator[Child]:
        """The entries under any of ``keys``, of all blocks."""
        for block in self.blocks:
            found = (self.entry(block, key) for key in keys)
            yield from (child for child in found if child is not None)

    def held(self, key: str) -> Iterator[Child]:
        """The rows, arms or items under a key of all blocks; those of the short form, too."""
        for block in self.blocks:
            child = self.entry(block, key)
            node = child.value if child else self._by_span.get(self.at(block))
            wanted = isinstance(node, ListNode) or (child and isinstance(node, MappingNode))
            if node is not None and wanted and getattr(block, key, None) is not None:
                yield from children_of(node, self.text)

    def leaves_in(self, child: Child) -> Iterator[ScalarNode]:
        """Every scalar under an entry but the names of its own entries; the value itself, too."""
        if isinstance(child.value, ScalarNode):
            yield child.value
        for each in child.inside:
            yield from (n for n in _nodes(each.value) if isinstance(n, ScalarNode))


DATA = frozenset(("constant", "default", "tables", "values"))


def _nodes(node: YamlNode) -> Iterator[YamlNode]:
    yield node
    if isinstance(node, ListNode):
        for item in node.items:
            yield from _nodes(item)
    elif isinstance(node, MappingNode):
        for entry in node.entries:
            yield from _nodes(entry.key)
            yield from _nodes(entry.value)


def _parts(value: object) -> Iterator[object]:
    """The blocks, rows of transforms and expressions in a value."""
    match value:
        case Block():
            yield value
            for key in keys_of(type(value)):
                yield from _attribute(value, key)
        case Named():
            yield from _parts(value.value)
        case Expression():
            yield value
            if isinstance(value, PipeExpression):
                yield Steps(value.steps, value.source)
            for child in children(value):
                yield from _parts(child)
        case tuple() | list():
            for item in value:
                yield from _parts(item)
        case dict():
            for item in value.values():
                yield from _parts(item)


def _attribute(block: Block, key: str) -> Iterator[object]:
    value = getattr(block, key, None)
    if value is None:
        value = getattr(block, f"{key}_", None)
    if key in DATA and not (key == "default" and not isinstance(value, Literal)):
        return
    if isinstance(value, tuple) and value and isinstance(value[0], CallExpression):
        yield Steps(value, None, block, key)
    yield from _parts(value)


LONG = 20


def short_nodes(page: Page) -> Iterator[YamlNode]:
    """The nodes of a rule file, keys included, without lists of many items."""
    waiting = [page.root] if page.document is not None else []
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ListNode) and len(node.items) > LONG:
            continue
        yield node
        if isinstance(node, ListNode):
            waiting += node.items
        elif isinstance(node, MappingNode):
            waiting += [each for entry in node.entries for each in (entry.key, entry.value)]


def scalars(page: Page) -> Iterator[ScalarNode]:
    """Every scalar of a rule file, keys included, but for those in long lists."""
    return (node for node in short_nodes(page) if isinstance(node, ScalarNode))
