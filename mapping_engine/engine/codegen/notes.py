"""Which expressions and blocks may note something: what surely does not needs no forgetting."""

from __future__ import annotations

from mapping_engine.core.everything import value_blocks
from mapping_engine.core.model import Model
from mapping_engine.core.walk import (
    behind,
    block_nodes,
    copied,
    names_in,
    own_expressions,
    refuses,
    walk,
)
from mapping_engine.expression import Call, Expression, Reference, Select
from mapping_engine.file.values import ValueBlock
from mapping_engine.selectors import steps as path_steps


class Noting:
    """Judges the expressions of one model."""

    def __init__(self, model: Model, *, silent: bool = False) -> None:
        self._asked = _named_by_errors(model) if silent else frozenset(model.definitions)
        self._definitions = model.definitions
        self._known: dict[str, bool] = {}
        self._blocks: dict[int, bool] = {}

    def of_expression(self, node: Expression) -> bool:
        """Whether evaluating it may note anything: transforms, odd paths and definitions may."""
        return any(self._of_node(part) for part in walk(node))

    def of_block(self, block: ValueBlock) -> bool:
        """Whether making its value may note anything."""
        if id(block) not in self._blocks:
            self._blocks[id(block)] = self._of_block(block)
        return self._blocks[id(block)]

    def _of_block(self, block: ValueBlock) -> bool:
        if copied(block) is not None or block.one_of is not None or block.each is not None:
            return True
        return any(self._of_node(node) for node in block_nodes(block))

    def is_asked(self, name: str) -> bool:
        """Whether anybody asks for what the value of a definition may note."""
        return name in self._asked

    def is_told(self, name: str) -> bool:
        """Whether anybody asks for it, and it may note something."""
        return self.is_asked(name) and self.of_definition(name)

    def of_definition(self, name: str) -> bool:
        """Whether making the value of a definition may note anything."""
        if name not in self._known:
            self._known[name] = True  # what uses itself is not judged
            self._known[name] = self.of_block(self._definitions[name])
        return self._known[name]

    def _of_node(self, node: Expression) -> bool:
        if isinstance(node, Select):
            return path_steps(node.selector) is None
        if not isinstance(node, Reference):
            return isinstance(node, Call)
        if node.tail is not None and path_steps(node.tail) is None:
            return True
        return node.name in self._definitions and self.of_definition(node.name)


def _named_by_errors(model: Model) -> frozenset[str]:
    """The definitions behind fields for want of which events are refused."""
    own = (
        expression
        for block in value_blocks(model)
        if refuses(block)
        for expression, _ in own_expressions(block)
    )
    return frozenset(behind(names_in(own), model.definitions))
