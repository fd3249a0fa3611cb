"""jsonschema, with patterns of one dialect that match in linear time, and exact decimals."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any

from mapping_engine.transforms.patterns import searcher
from mapping_engine.types.kinds import kind_of

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

    Found = Iterator[ValidationError]


@cache
def validator_class() -> type[Draft202012Validator]:
    """The validator of JSON Schema 2020-12 that has the last word on payloads and settings."""
    from jsonschema import Draft202012Validator, validators  # for start-up time

    keywords = {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "multipleOf": _multiple_of,
    }
    extend: Any = validators.extend
    made: type[Draft202012Validator] = extend(Draft202012Validator, keywords)
    return made


def _error(message: str) -> ValidationError:
    from jsonschema.exceptions import ValidationError  # for start-up time

    return ValidationError(message)


def _pattern(_: Any, pattern: str, value: object, __: Any) -> Found:
    if isinstance(value, str) and not searcher(pattern)(value):
        yield _error("does not match the pattern")


def _pattern_properties(validator: Any, patterns: dict[str, Any], value: object, _: Any) -> Found:
    if not isinstance(value, dict):
        return
    for pattern, schema in patterns.items():
        finds = searcher(pattern)
        for key, item in value.items():
            if finds(key):
                yield from validator.descend(item, schema, path=key, schema_path=pattern)


def _multiple_of(_: Any, unit: float, value: object, __: Any) -> Found:
    """A number as it is written: 300.52 is a multiple of 0.01."""
    if kind_of(value) == "number" and _exact(value) % _exact(unit):
        yield _error("is not a multiple")


def _exact(number: object) -> Fraction:
    return Fraction(repr(number))
