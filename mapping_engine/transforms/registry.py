"""All transforms, by name and by family."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType, ModuleType

from mapping_engine.transforms import (
    at,
    cases,
    clean,
    encoding,
    finding,
    hashing,
    impersonal,
    lists,
    logic,
    network,
    number,
    objects,
    parts,
    phone,
    table,
    text,
    time,
    urls,
    written_time,
)
from mapping_engine.transforms.declare import Transform

_MODULES = (
    text,
    clean,
    cases,
    parts,
    finding,
    number,
    logic,
    time,
    written_time,
    table,
    lists,
    objects,
    phone,
    network,
    urls,
    impersonal,
    hashing,
    encoding,
    at,
)


def _declared_in(module: ModuleType) -> tuple[Transform, ...]:
    return tuple(value for value in vars(module).values() if isinstance(value, Transform))


FAMILIES: Mapping[str, tuple[Transform, ...]] = MappingProxyType(
    {module.__name__.rpartition(".")[2]: _declared_in(module) for module in _MODULES}
)
"""The transforms of each family, in the order they are declared."""

REGISTRY: Mapping[str, Transform] = MappingProxyType(
    {transform.name: transform for family in FAMILIES.values() for transform in family}
)
"""Every transform by its name."""
