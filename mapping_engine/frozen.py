"""Frozen dataclasses that are made quickly: the package has too many for six functions each."""

from __future__ import annotations

from dataclasses import Field, dataclass, field, fields
from operator import attrgetter
from typing import Any, ClassVar, dataclass_transform


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class Frozen:
    """What inherits from this is a dataclass, and frozen: the type checker sees to that.

    ``@dataclass(frozen=True)`` compiles six functions for every class, which is a third of the time
    that the package takes to start. Here only ``__init__`` is made for each, and serves all the
    quicker since nothing has to be set in spite of being frozen.
    """

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
    _compared: ClassVar[attrgetter[Any]]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.__doc__ = cls.__doc__ or cls.__name__  # which takes long to find out otherwise
        dataclass(repr=False, eq=False)(cls)
        compared = [each.name for each in fields(cls) if each.compare]
        cls._compared = attrgetter(*compared or ["__class__"])

    def __eq__(self, other: object) -> bool:
        if self.__class__ is not other.__class__:
            return NotImplemented
        return bool(self._compared(self) == self._compared(other))

    def __hash__(self) -> int:
        return hash(self._compared(self))

    def __repr__(self) -> str:
        shown = (each.name for each in fields(self) if each.repr)
        inside = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
        return f"{type(self).__qualname__}({inside})"
