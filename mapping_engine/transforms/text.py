"""Values as text, and texts that are accepted only when they look right."""

from __future__ import annotations

from collections.abc import Callable

from mapping_engine.source.json_text import is_unicode
from mapping_engine.transforms.declare import (
    Example,
    Flow,
    Json,
    Parameter,
    Prepared,
    Rejected,
    Speed,
    transform,
)
from mapping_engine.transforms.hashing import is_digest
from mapping_engine.transforms.patterns import compiled, matcher
from mapping_engine.transforms.scalars import NOT_UNICODE, limits_clash, number_text, whole_number
from mapping_engine.types.kinds import NUMBER, TEXT

MAX_MATCHED = 64 * 1024
"""The longest text a pattern is tried on, in bytes of UTF-8."""
_TOO_LONG = Rejected("is too long to match")


@transform(
    accepts=TEXT | NUMBER,
    returns=TEXT,
    flow=Flow.KEEP,
    speed=Speed(unchanged=(str,), simply=(int, str)),
    examples=(
        Example("a", "a"),
        Example(12, "12"),
        Example(12.0, "12"),
        Example(0.5, "0.5"),
        Example(12345678901234567890, "12345678901234567890"),
        Example("\ud800", NOT_UNICODE),
    ),
)
def text(value: Json) -> Json:
    """The value as text: a number is written in plain digits, `12.0` as `12`."""
    if type(value) is str:
        return value if is_unicode(value) else NOT_UNICODE
    if type(value) is int or type(value) is float:
        written = number_text(value)
        return Rejected("has too many digits") if written is None else written
    return Rejected("is not text or a number")


@transform(
    clash=limits_clash,
    parameters=(
        Parameter(
            "minimum", NUMBER, constant=True, doc="The fewest characters.", problem=whole_number
        ),
        Parameter(
            "maximum",
            NUMBER,
            required=False,
            constant=True,
            doc="The most characters.",
            problem=whole_number,
        ),
    ),
    flow=Flow.KEEP,
    speed=Speed(solid=True),
    examples=(
        Example("16505551212", "16505551212", (7, 15)),
        Example("911", Rejected("is shorter than 7 characters"), (7, 15)),
        Example("1234", Rejected("is longer than 3 characters"), (1, 3)),
        Example("1234", "1234", (2, None)),
    ),
)
def length_between(value: str, minimum: int | float, maximum: int | float | None) -> Json:
    """The text as it is, when its number of characters is within the limits."""
    if len(value) < minimum:
        return Rejected(f"is shorter than {number_text(minimum)} characters")
    if maximum is not None and len(value) > maximum:
        return Rejected(f"is longer than {number_text(maximum)} characters")
    return value


def pattern_problem(pattern: Json, read: Callable[[str], object] = compiled) -> str | None:
    """What is wrong with a regular expression, or None; ``read`` raises ValueError for it."""
    if type(pattern) is not str:
        return "expected text"
    try:
        read(pattern)
    except ValueError as error:
        return str(error)
    return None


_PATTERN = Parameter(
    "pattern",
    TEXT,
    constant=True,
    blank=True,
    doc="A regular expression (RE2 syntax) for all of the text.",
    problem=pattern_problem,
)


@transform(
    parameters=(_PATTERN,),
    flow=Flow.KEEP,
    speed=Speed(solid=True),
    examples=(
        Example("a@b.c", "a@b.c", ("[^@ ]+@[^@ ]+[.][^@ ]+",)),
        Example("to a@b.c", Rejected("does not match the pattern"), ("[^ ]+",)),
        Example("é", "é", (".",)),
        Example("a\n", Rejected("does not match the pattern"), (".",)),
        Example("\ud800", NOT_UNICODE, (".",)),
    ),
)
@Prepared
def matching(pattern: str) -> Callable[[Json], Json]:
    """The text as it is, when all of it matches the pattern."""
    return _matcher(pattern, Rejected("does not match the pattern"))


@transform(
    finds=True,
    parameters=(_PATTERN,),
    flow=Flow.KEEP,
    speed=Speed(solid=True),
    examples=(
        Example("98121", "98121", ("[0-9]{5}",)),
        Example("9812", None, ("[0-9]{5}",)),
        Example("\ud800", None, (".",)),
    ),
)
@Prepared
def only_matching(pattern: str) -> Callable[[Json], Json]:
    """The text as it is if all of it matches the pattern; otherwise missing, without a warning."""
    return _matcher(pattern, None)


@transform(
    finds=True,
    flow=Flow.KEEP,
    speed=Speed(solid=True),
    examples=(Example("Ann", "Ann"), Example("6F" * 32, None), Example("6f" * 33, "6f" * 33)),
)
def unhashed(value: str) -> Json:
    """The text as it is; if it is already a SHA-256 digest, missing, without a warning."""
    return None if is_digest(value) else value


def _matcher(pattern: str, otherwise: Rejected | None) -> Callable[[Json], Json]:
    matches = matcher(pattern)

    def check(value: Json) -> Json:
        try:
            encoded = str(value).encode()
        except UnicodeEncodeError:
            return NOT_UNICODE if otherwise else None
        if len(encoded) > MAX_MATCHED:
            return _TOO_LONG
        return value if matches(encoded) else otherwise

    return check
