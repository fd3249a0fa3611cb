"""The expressions that stand in blocks, as they are written."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

from mapping_engine.expression import Expression, Reference, children
from mapping_engine.file.blocks import Block
from mapping_engine.file.shapes import Named


def expressions(part: object) -> Iterator[Expression]:
    """Every expression in a tree of blocks, each as a whole, in the order of the keys."""
    waiting = [part]
    while waiting:
        found = waiting.pop()
        if isinstance(found, Expression):
            yield found
        elif isinstance(found, Block):
            keys = (key.name for key in dataclasses.fields(found) if key.metadata)
            own = [part for name in keys if (part := getattr(found, name)) is not None]
            waiting.extend(reversed(own))
        elif isinstance(found, Named):
            waiting.append(found.value)
        elif isinstance(found, tuple | list):
            waiting.extend(reversed(found))
        elif isinstance(found, Mapping):
            waiting.extend(reversed(list(found.values())))


def parts(node: Expression) -> Iterator[Expression]:
    """The expression and everything inside it."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        yield found
        waiting.extend(reversed(children(found)))


def names_in(part: object) -> set[str]:
    """The ``$names`` that are written anywhere in a block."""
    written = (node for expression in expressions(part) for node in parts(expression))
    return {node.name for node in written if isinstance(node, Reference)}
