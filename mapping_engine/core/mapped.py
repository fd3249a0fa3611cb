"""Which paths of the event the rules map to fields of their own."""

from __future__ import annotations

from collections.abc import Iterator

from mapping_engine.core.model import Model, reachable, request_parts
from mapping_engine.core.nodes import Copy, Node, Read, walk
from mapping_engine.selectors import prefixes


def mapped_paths(model: Model) -> frozenset[tuple[str, ...]]:
    """The field paths that any field, fan-out variable or part of the request reads.

    A path ends before its first index, filter or projection. An object that is copied as a whole
    (``rest_of``, ``copy_of``) does not count as mapped.
    """
    found: set[tuple[str, ...]] = set()
    copied: set[int] = set()
    for node in reachable(model, mapped_parts(model)):
        if isinstance(node, Copy):
            copied |= {id(part) for part in walk(node.source)}
        elif isinstance(node, Read) and id(node) not in copied:
            found |= prefixes(node.selector)
    return frozenset(found)


def mapped_parts(model: Model) -> Iterator[Node]:
    """The nodes that make the payload, the fan-out and the request."""
    yield model.fields
    yield from (variable.values for variable in model.fan_out)
    yield from request_parts(model.request)
