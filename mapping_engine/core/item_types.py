"""The types of lists and of their items."""

from __future__ import annotations

from mapping_engine.types.kinds import LIST
from mapping_engine.types.type import Described, Type


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
        found = Type(LIST, True, found.tags, box, item=found)
    return found
