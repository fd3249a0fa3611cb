"""Numbers, exact where decimal arithmetic is: `19.99 |> times(100)` is 1999."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, partial
from math import isfinite
from typing import SupportsFloat

from mapping_engine.source.json_text import LEAST, MOST
from mapping_engine.transforms.declare import (
    Example,
    Flow,
    Json,
    Parameter,
    Rejected,
    Speed,
    always_whole,
    transform,
)
from mapping_engine.transforms.scalars import limits_clash, number_text, whole, whole_number
from mapping_engine.types.kinds import LIST, NUMBER, TEXT

_MAX_DIGITS = 400
_SHORT = 32
"""Nearly all numbers are as short as this, and plain digits."""
_MAX_PLACES = 15
_PRECISION = 40
_INTEGER = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def _rounds_to_whole(digits: Json) -> bool:
    return digits == 0


_of_number = partial(transform, accepts=NUMBER, returns=NUMBER)
_NOT_A_NUMBER = Rejected("is not a number")
_TOO_LARGE = Rejected("is too large a number")
_TOO_LONG = Rejected("has too many digits")
_NOT_WHOLE = Rejected("is not a whole number")


@transform(
    accepts=TEXT | NUMBER,
    returns=NUMBER,
    speed=Speed(unchanged=(int, float)),
    examples=(
        Example("18.99", 18.99),
        Example(" 1e2 ", 100.0),
        Example("007", 7),
        Example(5, 5),
        Example("1_000", Rejected("is not a number")),
        Example("0x1f", Rejected("is not a number")),
        Example("NaN", Rejected("is not a number")),
        Example("1e999", Rejected("is too large a number")),
    ),
)
def number(value: Json) -> Json:
    """The value as a number; text may be an integer or a decimal, also with an exponent."""
    return _number(value)


@transform(
    accepts=TEXT | NUMBER,
    returns=NUMBER,
    whole=always_whole,
    speed=Speed(unchanged=(int,)),
    examples=(
        Example("12", 12),
        Example(12.0, 12),
        Example("12.50", Rejected("is not a whole number")),
        Example("twelve", Rejected("is not a number")),
    ),
)
def integer(value: Json) -> Json:
    """The value as a whole number; it must be one."""
    found = _number(value)
    if type(found) is int or isinstance(found, Rejected):
        return found
    exact = whole(found)
    return _NOT_WHOLE if exact is None else bounded(exact)


@_of_number(
    parameters=(Parameter("factor", NUMBER, doc="What to multiply by."),),
    examples=(
        Example(19.99, 1999.0, (100,)),
        Example(3, 6, (2,)),
        Example(1e308, Rejected("is too large a number"), (10,)),
    ),
)
def times(value: int | float, factor: int | float) -> Json:
    """The number multiplied, as one would on paper: 19.99 times 100 is 1999."""
    if type(value) is int and type(factor) is int:
        return bounded(value * factor)
    return _exactly("multiply", value, factor)


@_of_number(
    parameters=(Parameter("other", NUMBER, doc="What to add."),),
    examples=(
        Example(0.1, 0.3, (0.2,)),
        Example(3, 5, (2,)),
        Example(1e308, Rejected("is too large a number"), (1e308,)),
    ),
)
def plus(value: int | float, other: int | float) -> Json:
    """The sum of two numbers, as one would add them on paper."""
    if type(value) is int and type(other) is int:
        return bounded(value + other)
    return _exactly("add", value, other)


@_of_number(
    parameters=(Parameter("other", NUMBER, doc="What to take away."),),
    examples=(Example(0.3, 0.1, (0.2,)), Example(3, 5, (-2,))),
)
def minus(value: int | float, other: int | float) -> Json:
    """The number less another one, as one would subtract on paper."""
    if type(value) is int and type(other) is int:
        return bounded(value - other)
    return _exactly("subtract", value, other)


@_of_number(
    parameters=(Parameter("divisor", NUMBER, doc="What to divide by."),),
    examples=(
        Example(1999, 19.99, (100,)),
        Example(6, 3, (2,)),
        Example(1, Rejected("is divided by zero"), (0,)),
    ),
)
def divided_by(value: int | float, divisor: int | float) -> Json:
    """The number divided; of whole numbers it is a whole one where nothing is left over."""
    if not divisor:
        return Rejected("is divided by zero")
    if type(value) is int and type(divisor) is int and value % divisor == 0:
        return bounded(value // divisor)
    return _exactly("divide", value, divisor)


@transform(
    accepts=LIST,
    returns=NUMBER,
    examples=(
        Example([19.9, 0.1, 1], 21.0),
        Example([1, None, 2], 3),
        Example([None], None),
        Example(["1"], Rejected("has an item that is not a number")),
    ),
)
def sum_(value: list[Json]) -> Json:
    """The sum of the numbers in a list, as one would add them on paper; null counts for nothing."""
    numbers: list[Json] = [each for each in value if each is not None]
    if not all(type(each) is int or type(each) is float for each in numbers):
        return Rejected("has an item that is not a number")
    if not numbers:
        return None
    found: Json = 0
    for each in numbers:
        found = plus.function(found, each)
        if isinstance(found, Rejected):
            return found
    return found


def _exactly(operation: str, one: int | float, other: int | float) -> float | Rejected:
    from decimal import Decimal  # for start-up time

    first = Decimal(one if type(one) is int else repr(one))
    second = Decimal(other if type(other) is int else repr(other))
    found = float(_decimal(operation)(first, second))
    return found if isfinite(found) else _TOO_LARGE


@cache
def _decimal(operation: str) -> Callable[[object, object], SupportsFloat]:
    from decimal import Context  # for start-up time

    found: Callable[[object, object], SupportsFloat]
    found = getattr(Context(prec=_PRECISION, traps=[]), operation)
    return found


@_of_number(
    whole=_rounds_to_whole,
    parameters=(
        Parameter(
            "digits",
            NUMBER,
            required=False,
            default=0,
            doc="Digits after the point; 0 gives a whole number.",
            problem=whole_number,
        ),
    ),
    examples=(
        Example(2.675, 2.68, (2,)),
        Example(2.5, 3, (0,)),
        Example(-2.5, -3, (0,)),
        Example(7, 7, (2,)),
        Example(1e308, Rejected("is too large a number"), (0,)),
    ),
)
def round_(value: int | float, digits: int | float) -> Json:
    """The number rounded to so many digits after the point, halves away from zero."""
    if type(value) is int or digits > _MAX_PLACES:
        return value
    from decimal import ROUND_HALF_UP, Context, Decimal  # for start-up time

    places = max(0, int(digits))
    context = Context(prec=_MAX_DIGITS, rounding=ROUND_HALF_UP)
    rounded = Decimal(repr(value)).quantize(Decimal(1).scaleb(-places), context=context)
    return float(rounded) if places else bounded(int(rounded))


@_of_number(
    clash=limits_clash,
    parameters=(
        Parameter("minimum", NUMBER, required=False, constant=True, doc="The least number."),
        Parameter("maximum", NUMBER, required=False, constant=True, doc="The greatest number."),
    ),
    flow=Flow.KEEP,
    examples=(
        Example(5, 5, (1, 10)),
        Example(0, Rejected("is less than 1"), (1, 10)),
        Example(10.5, Rejected("is more than 10"), (None, 10)),
    ),
)
def between(value: int | float, minimum: int | float | None, maximum: int | float | None) -> Json:
    """The number as it is, when it is within the limits."""
    if minimum is not None and value < minimum:
        return Rejected(f"is less than {number_text(minimum)}")
    if maximum is not None and value > maximum:
        return Rejected(f"is more than {number_text(maximum)}")
    return value


def bounded(number: int) -> int | Rejected:
    """A whole number of up to 64 bits, which receivers of JSON can be expected to read."""
    return number if LEAST <= number <= MOST else _TOO_LARGE


def _number(value: Json) -> int | float | Rejected:
    if type(value) is str:
        if len(value) <= _SHORT and value.isascii() and value.replace(".", "", 1).isdecimal():
            return float(value) if "." in value else bounded(int(value))
        return _read(value.strip())
    if type(value) is int:
        return value
    return value if type(value) is float and isfinite(value) else _NOT_A_NUMBER


def _read(text: str) -> int | float | Rejected:
    if len(text) > _MAX_DIGITS:
        return _TOO_LONG
    if not _DECIMAL.fullmatch(text):
        return _NOT_A_NUMBER
    if _INTEGER.fullmatch(text):
        return bounded(int(text))
    number = float(text)
    return number if isfinite(number) else _TOO_LARGE
