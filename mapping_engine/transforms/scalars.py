"""Text and numbers read as one another, the same way by every transform."""

from __future__ import annotations

from decimal import Decimal

from mapping_engine.transforms.declare import Json, Rejected

NOT_UNICODE = Rejected("is not valid unicode text")
TOO_LONG = Rejected("becomes too long")
MAX_LENGTH = 16 * 1024 * 1024
"""The longest text a transform that makes text longer may yield, in characters."""

_EXACT_BELOW = 1e21


def number_text(value: int | float) -> str | None:
    """The number in plain digits (`12`, not `12.0`); None for one too long to write."""
    if type(value) is float:
        if value.is_integer() and abs(value) < _EXACT_BELOW:
            return str(int(value))
        text = repr(value)
        return f"{Decimal(text):f}" if "e" in text else text
    try:
        return str(value)
    except ValueError:
        return None


def scalar_text(value: Json) -> str | None:
    """A text as it is, a number in plain digits; None for everything else."""
    if type(value) is str:
        return value
    if type(value) is int or type(value) is float:
        return number_text(value)
    return None


def whole(value: Json) -> int | None:
    """The number when it is a whole one."""
    if type(value) is int:
        return value
    if type(value) is float and value.is_integer():
        return int(value)
    return None


def limits_clash(minimum: Json, maximum: Json) -> str | None:
    """Why nothing lies within these limits."""
    if not isinstance(minimum, int | float) or not isinstance(maximum, int | float):
        return None
    return "`minimum` is larger than `maximum`: nothing passes" if minimum > maximum else None


def whole_number(value: Json) -> str | None:
    """What is wrong with an argument that has to be a whole number, 0 or more."""
    number = whole(value)
    return None if number is not None and number >= 0 else "expected a whole number, 0 or more"
