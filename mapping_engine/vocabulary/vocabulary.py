"""The vocabulary of a source, and what it says of a path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from mapping_engine.frozen import Frozen
from mapping_engine.types.kinds import OBJECT
from mapping_engine.types.personal import Personal, fold_name
from mapping_engine.types.type import UNKNOWN, Described, Type, personal

EVENT = "event"
ITEM = "[]"


class Switches(Frozen):
    """Where an event switches destinations on and off.

    ``path`` is the object that holds one key a destination (its options, or false), and ``all``
    the key that stands for all destinations.
    """

    path: str
    all: str


class Vocabulary(Frozen):
    """What is known of the events of one source."""

    name: str
    objects: Mapping[str, Mapping[str, Described]]
    open: frozenset[str]
    personal: Personal
    switches: Switches | None = None
    extends: str | None = None

    def type_of(self, path: tuple[str, ...]) -> Type:
        """The type at ``path``: field names, and ``[]`` for a step into a list."""
        return self.below(self.root, path)

    @cached_property
    def root(self) -> Type:
        """The event itself."""
        every = frozenset[str]().union(
            *(d.tags for fields in self.objects.values() for d in fields.values())
        )
        return Type(OBJECT, False, frozenset(), Described(OBJECT, object=EVENT, contained=every))

    def below(self, start: Type, path: tuple[str, ...]) -> Type:
        """The type ``path`` below a value of type ``start``."""
        described, tags = start.described, start.own
        for step in path:
            described = self.step(described, step)
            tags |= described.tags if described else self._by_name(step)
        if described is None:
            return Type(UNKNOWN.kinds, True, UNKNOWN.tags | tags)
        return Type(described.kinds, True, tags, described)

    def _by_name(self, step: str) -> frozenset[str]:
        """What an undeclared key says by its name alone: `properties.buyer.email` is personal."""
        kind = self.personal.names.get(fold_name(step))
        return frozenset({personal(kind)}) if kind else frozenset()

    def is_known(self, path: tuple[str, ...]) -> bool:
        """Whether ``path`` is declared, or lies below something open."""
        described: Described | None = self.root.described
        for step in path:
            if described is None:
                return True
            below = self.step(described, step)
            if below is None and described.object and described.object not in self.open:
                return False
            described = below
        return True

    def fields_of(self, described: Described | None) -> Mapping[str, Described]:
        """The declared keys of an object; none of anything else."""
        return self.objects.get((described and described.object) or "", {})

    def step(self, described: Described | None, step: str) -> Described | None:
        """What is declared one step below."""
        has_items = described is not None and described.item is not None
        if step == ITEM or (has_items and step.isdecimal()):
            return described and described.item
        return self.fields_of(described).get(step)

    def paths(self, deepest: int) -> Iterator[tuple[str, ...]]:
        """Every declared path, down to some depth, those of few steps first."""
        waiting: list[tuple[tuple[str, ...], Described | None]] = [((), self.root.described)]
        for path, described in waiting:  # which grows while it is worked off
            for name, below in self.fields_of(described).items() if len(path) < deepest else ():
                yield (*path, name)
                waiting.append(((*path, name), below))
                waiting.append(((*path, name, ITEM), below.item))

    def as_list(self, start: Type) -> Type:
        """The type of one item of a value of type ``start``."""
        item = start.described.item if start.described else None
        if item is None:
            return Type(UNKNOWN.kinds, True, UNKNOWN.tags | start.spreading)
        return Type(item.kinds, False, item.tags | start.own, item)


__all__ = ["EVENT", "ITEM", "Personal", "Switches", "Vocabulary", "fold_name"]
