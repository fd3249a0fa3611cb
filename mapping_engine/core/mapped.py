"""Which paths of the event the rules map to fields of their own."""

from __future__ import annotations

from collections.abc import Iterator

from mapping_engine.core.everything import request_expressions
from mapping_engine.core.model import Model
from mapping_engine.core.walk import copied, reachable, selects, walk
from mapping_engine.expression import Select
from mapping_engine.file.values import ValueBlock
from mapping_engine.selectors import prefixes


def mapped_paths(model: Model) -> frozenset[tuple[str, ...]]:
    """The field paths that any field, fan-out variable or part of the request reads.

    A path ends before its first index, filter or projection. An object that is copied as a whole
    (``rest_of``, ``copy_of``) does not count as mapped.
    """
    found: set[tuple[str, ...]] = set()
    for select in _selects(model):
        found |= prefixes(select.selector)
    return frozenset(found)


def _selects(model: Model) -> Iterator[Select]:
    request = [ValueBlock(span=e.span, value=e) for e in request_expressions(model)]
    starts = [*_blocks(model), *request]
    for block in reachable(iter(starts), model.definitions):
        copy = copied(block)
        whole = {id(node) for node in walk(copy)} if copy is not None else set()
        yield from (select for select in selects(block) if id(select) not in whole)


def _blocks(model: Model) -> Iterator[ValueBlock]:
    fields = [field.value for field in model.file.fields]
    fan_out = [variable.value for variable in model.file.fan_out.each] if model.file.fan_out else []
    yield from (block for block in (*fields, *fan_out) if block is not None)
