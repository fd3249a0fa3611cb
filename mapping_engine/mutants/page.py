"""One rule file with everything that mistakes are planted in: nodes, blocks and expressions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from functools import cached_property
from pathlib import Path

from mapping_engine.diagnostics import Diagnostics, Span
from mapping_engine.expression import CallExpression, Expression, Literal, PipeExpression, children
from mapping_engine.file.blocks import Block, keys_of
from mapping_engine.file.documents import Document
from mapping_engine.file.shapes import Named
from mapping_engine.frozen import Frozen
from mapping_engine.mutants.children import Child, children_of
from mapping_engine.source.node import ListNode, MappingNode, ScalarNode, Source, YamlNode
from mapping_engine.source.yaml_text import read_yaml


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
    def children(self) -> tuple[Child, ...]:
        """Every entry of a mapping and every item of a list."""
        return tuple(child for node in self.nodes for child in children_of(node, self.text))

    @cached_property
    def _by_key(self) -> dict[int, Child]:
        return {child.start: child for child in self.children if child.key is not None}

    @cached_property
    def _by_span(self) -> dict[tuple[int, int], YamlNode]:
        return {(n.span.offset, n.span.end_offset): n for n in reversed(self.nodes)}

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

    def at(self, node: Expression) -> tuple[int, int]:
        """The offsets of an expression."""
        span = node.span
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

    def entry(self, block: Block, key: str) -> Child | None:
        """The entry under ``key`` of a block; none where the block is a short form."""
        place = block.places.get(key)
        return self._by_key.get(place.offset) if place and self._has(place) else None

    def entries(self, *keys: str) -> Iterator[tuple[Block, Child]]:
        """The entries under any of ``keys``, of all blocks."""
        for block in self.blocks:
            for key in keys:
                child = self.entry(block, key)
                if child is not None:
                    yield block, child

    def held(self, block: Block, key: str) -> tuple[Child, ...]:
        """The rows, arms or items under a key; those of the short form, too."""
        child = self.entry(block, key)
        span = block.span
        node = child.value if child else self._by_span.get((span.offset, span.end_offset))
        wanted = isinstance(node, ListNode) or (child is not None and isinstance(node, MappingNode))
        if node is None or not wanted or getattr(block, key, None) is None:
            return ()
        return tuple(children_of(node, self.text))

    def names_in(self, child: Child) -> Iterator[ScalarNode]:
        """The keys of the mapping under an entry."""
        if isinstance(child.value, MappingNode):
            yield from (entry.key for entry in child.value.entries)

    def values_in(self, child: Child) -> Iterator[ScalarNode]:
        """The scalars directly under an entry."""
        for each in children_of(child.value, self.text):
            if isinstance(each.value, ScalarNode):
                yield each.value

    def leaves_in(self, child: Child) -> Iterator[ScalarNode]:
        """Every scalar under an entry but the names of its own entries; the value itself, too."""
        if isinstance(child.value, ScalarNode):
            yield child.value
        for each in children_of(child.value, self.text):
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
