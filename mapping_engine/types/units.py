"""Units of numbers: a tag of types, which values that are made otherwise do not have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

UNITS = {
    "epoch_s": "seconds since 1970",
    "epoch_ms": "milliseconds since 1970",
    "days": "days",
}
"""The units that are known, in words."""
_CONVERSIONS = {"epoch_s": "epoch_seconds", "epoch_ms": "epoch_milliseconds"}
"""The transforms that make a time of a unit."""
UNIT = "unit:"
_PLAUSIBLE = {"epoch_s": (10**8, 10**11), "epoch_ms": (10**11, 10**14), "days": (0, 36_500)}


def unit_tag(unit: str) -> str:
    """The tag of a number in this unit."""
    return UNIT + unit


def unit_of(tags: Iterable[str]) -> str | None:
    """The unit that tags name, if they name one."""
    found = {tag.removeprefix(UNIT) for tag in tags if tag.startswith(UNIT)}
    return found.pop() if len(found) == 1 else None


def conversion_help(unit: str) -> str | None:
    """How a number of another unit becomes one of this."""
    return f"convert it with `|> {_CONVERSIONS[unit]}`" if unit in _CONVERSIONS else None


def declared_unit(schema: Mapping[str, object]) -> str | None:
    """The unit that a JSON Schema names: by `x-unit`, or in the words of its description."""
    marked = schema.get("x-unit")
    if isinstance(marked, str):
        return marked
    words = str(schema.get("description", "")).casefold()
    if not any(word in words for word in ("1970", "unix", "epoch")):
        return None
    if "millisecond" in words:
        return None if " seconds" in words else "epoch_ms"
    return "epoch_s" if "second" in words else None


def is_plausible(number: float, unit: str) -> bool:
    """Whether a number of this unit may be meant: 0, and what lies within some decades."""
    low, high = _PLAUSIBLE[unit]
    return number == 0 or low <= abs(number) <= high
