"""The types of lists and of their items."""

from __future__ import annotations

from dataclasses import replace

from mapping_engine.types.kinds import LIST, OBJECT, TEXT
from mapping_engine.types.type import Described, Type

_BLANK = TEXT | LIST | OBJECT
"""Kinds that a projection keeps although they may be empty, and so missing."""


def item_of(found: Type) -> Type | None:
    """The type of the items of a list, from what is known of it."""
    if found.item is not None:
        return found.item
    item = found.described.item if found.described else None
    return None if item is None else Type(item.kinds, True, item.tags | found.own, item)


def collected(found: Type, lists: int) -> Type:
    """The type of a list of such values, as a projection makes it; of lists of lists, and so on."""
    for _ in range(lists):
        inner = found.described
        box = Described(LIST, found.own, None, inner, inner.contained) if inner else None
        item = found if found.kinds & _BLANK else replace(found, missing=False)
        found = Type(LIST, True, found.tags, box, item=item)
    return found
