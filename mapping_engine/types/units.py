"""Units of numbers: a tag of types, which values that are made otherwise do not have."""

from __future__ import annotations

from collections.abc import Iterable

UNITS = {
    "epoch_s": "seconds since 1970",
    "epoch_ms": "milliseconds since 1970",
    "days": "days",
}
"""The units that are known, in words."""
_UNIT = "unit:"


def unit_tag(unit: str) -> str:
    """The tag of a number in this unit."""
    return _UNIT + unit


def unit_of(tags: Iterable[str]) -> str | None:
    """The unit that tags name, if they name one."""
    found = {tag.removeprefix(_UNIT) for tag in tags if tag.startswith(_UNIT)}
    return found.pop() if len(found) == 1 else None
