"""Objects under a name: a field that is nothing but ``$name`` stands for the fields of that object.

So a payload can be written in several files, and each of its fields is held against the payload's
schema, explained and documented under its own path.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mapping_engine.expression import Both, Expression, Reference
from mapping_engine.file.shapes import Named
from mapping_engine.file.values import FieldBlock, ValueBlock

Fields = tuple[Named[FieldBlock], ...]
Definitions = Mapping[str, ValueBlock]


def spliced(fields: Fields, definitions: Definitions, way: tuple[str, ...] = ()) -> Fields:
    """The fields, with those of named objects in place of their ``$names``."""
    return tuple(
        field if field.value is None else Named(field.key, _field(field.value, definitions, way))
        for field in fields
    )


def _field(block: FieldBlock, definitions: Definitions, way: tuple[str, ...]) -> FieldBlock:
    if block.fields is not None:
        return replace(block, fields=spliced(block.fields, definitions, way))
    node = block.value
    if not isinstance(node, Reference) or node.tail is not None or node.name in way:
        return block
    found = definitions.get(node.name)
    if found is None or found.fields is None or _is_changed(found) or found.default is not None:
        return block
    if _is_changed(block) or block.each is not None:
        return block
    return replace(
        block,
        fields=spliced(found.fields, definitions, (*way, node.name)),
        when=_both(block.when, found.when),
        each=found.each,
        item=found.item,
        keep_when=found.keep_when,
        rest_of=found.rest_of,
        copy_of=found.copy_of,
        without=found.without,
        keep=found.keep,
        hash=found.hash,
    )


def _is_changed(block: ValueBlock) -> bool:
    """Whether more is done with an object than making it."""
    return any(part is not None for part in (block.as_, block.then, block.one_of))


def _both(outer: Expression | None, inner: Expression | None) -> Expression | None:
    if outer is None or inner is None:
        return outer if inner is None else inner
    return Both(outer.extent, (outer, inner))
