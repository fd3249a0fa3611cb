"""What was found out about a mapping while it was examined: the types of its parts."""

from __future__ import annotations

from dataclasses import field

from mapping_engine.core.nodes import Field, Node
from mapping_engine.frozen import Frozen
from mapping_engine.types.type import UNKNOWN, Type


class Facts(Frozen):
    """Types by the identity of the parts of a model, which lives as long as this does.

    A part that is seen under several types (inside a pipeline) keeps the first. ``names`` are the
    types of definitions and of the values of fan-out variables. ``needed`` are the places (by
    identity) that let personal data stand somewhere where some does.
    """

    names: dict[str, Type] = field(default_factory=dict)
    needed: set[int] = field(default_factory=set)
    _types: dict[int, Type] = field(default_factory=dict)

    def record(self, part: Node | Field, found: Type) -> Type:
        """Keep the type of a part; answers it."""
        self._types.setdefault(id(part), found)
        return found

    def type_of(self, part: Node | Field) -> Type:
        """The type of a part: a node, or a field with its default."""
        return self._types.get(id(part), UNKNOWN)

    def add(self, other: Facts) -> None:
        """Add what was found out for another kind of request; what is known already counts."""
        self.names.update({name: t for name, t in other.names.items() if name not in self.names})
        self.needed.update(other.needed)
        self._types.update({part: t for part, t in other._types.items() if part not in self._types})
