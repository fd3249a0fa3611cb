"""The body of a request: a YAML tree of expressions and blocks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from mapping_engine.diagnostics import Diagnostics
from mapping_engine.expression import Expression
from mapping_engine.file.blocks import keys_of, read_block
from mapping_engine.file.expression_shapes import EXPRESSION
from mapping_engine.file.shapes import SimpleShape
from mapping_engine.file.value_blocks import SOURCES, ValueBlock
from mapping_engine.source.node import ListNode, MappingNode, YamlNode

BodyTree: TypeAlias = (
    "Expression | ValueBlock | tuple[BodyTree | None, ...] | Mapping[str, BodyTree | None]"
)
"""A YAML tree whose scalars are expressions; None in the place of bad ones."""


def _tree(node: YamlNode, diagnostics: Diagnostics) -> BodyTree | None:
    if isinstance(node, MappingNode):
        if is_block(node):
            return read_block(ValueBlock, node, diagnostics)
        return {entry.key.text: _tree(entry.value, diagnostics) for entry in node}
    if isinstance(node, ListNode):
        return tuple(_tree(item, diagnostics) for item in node)
    return EXPRESSION.read(node, diagnostics)


def is_block(node: MappingNode) -> bool:
    """Whether a mapping in a body says where a value comes from: it has keys of a block alone.

    An object with such keys is written as a block with `fields`.
    """
    names = {entry.key.text for entry in node}
    return names <= keys_of(ValueBlock).keys() and not names.isdisjoint(SOURCES)


EXPRESSION_TREE: SimpleShape[BodyTree] = SimpleShape("expressions", {}, _tree)
"""The body of a request."""
