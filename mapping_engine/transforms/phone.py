"""Phone numbers, with the numbering plans of the `phonenumbers` package.

Its plans are read when the first number is completed, since that takes time.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from mapping_engine.transforms import clean
from mapping_engine.transforms.declare import Example, Flow, Json, Parameter, transform
from mapping_engine.types.kinds import TEXT

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

_INTERNATIONAL = re.compile(r"[\s(]*(?:[+\uff0b]|00)")
_REGION = re.compile(r"[A-Za-z]{2}")
_LONGEST = 20
"""No number has more digits, whatever stands before it."""
_REMEMBERED = 1024

_COUNTRY = Parameter(
    "country",
    TEXT,
    required=False,
    doc="The ISO 3166-1 code of the country, such as `DE`, of numbers without a country code.",
)


@transform(
    parameters=(_COUNTRY,),
    examples=(
        Example("0171 1234567", "491711234567", ("DE",)),
        Example("11987654321", "5511987654321", ("br",)),
        Example("491711234567", "491711234567", ("DE",)),
        Example("+1 (616) 954-78 88", "16169547888", ("DE",)),
        Example("0033 1 23 45 67 89", "33123456789", ("DE",)),
        Example("0171 1234567", "1711234567", (None,)),
        Example("06 698 12345", "390669812345", ("IT",)),
        Example("none", None, ("DE",)),
    ),
)
def phone_digits(value: str, country: str | None) -> Json:
    """The digits of a phone number, from its country code on.

    A number that begins with `+` or `00` has one. Another one gets the code of its country, where
    that is known; otherwise its digits stay as they are, without zeros before them.
    """
    number = str(clean.digits.function(value))
    if _INTERNATIONAL.match(value):
        return number.lstrip("0")
    return _completed(number, country) or number.lstrip("0")


@transform(
    flow=Flow.CLEAR,
    finds=True,
    parameters=(_COUNTRY,),
    examples=(
        Example("0171 1234567", "49", ("DE",)),
        Example("+1 (616) 954-78 88", "1", ("DE",)),
        Example("0033 1 23 45 67 89", "33", (None,)),
        Example("0171 1234567", None, (None,)),
        Example("+999 1234567", None, (None,)),
    ),
)
def calling_code(value: str, country: str | None) -> Json:
    """The country code of a phone number, as `phone_digits` knows it; missing where it does not."""
    number = str(clean.digits.function(value))
    if not _INTERNATIONAL.match(value):
        completed = _completed(number, country)
        return str(_code_of(country)) if completed is not None else None
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE  # for start-up time

    found = number.lstrip("0")
    codes = (found[:length] for length in (1, 2, 3))
    return next((code for code in codes if int(code or 0) in COUNTRY_CODE_TO_REGION_CODE), None)


def _code_of(country: str | None) -> int:
    """The country code of a country; 0 where there is none."""
    from phonenumbers import country_code_for_region  # for start-up time

    known = country is not None and _REGION.fullmatch(country)
    return country_code_for_region(country.upper()) if country and known else 0


def _completed(number: str, country: str | None) -> str | None:
    """A number of a country with its country code; None where neither is understood."""
    if country is None or not number or len(number) > _LONGEST:
        return None
    return _complete(number, country.upper())


@lru_cache(_REMEMBERED)
def _complete(number: str, country: str) -> str | None:
    """The number as the country's plan reads it; one that is valid with its code has it already.

    What the plan does not hold for valid, but for possible, is taken as it is.
    """
    code = _code_of(country)
    if not code:
        return None
    from phonenumbers import is_possible_number, is_valid_number  # for start-up time

    national = _parsed(number, country)
    whole = number.lstrip("0")
    there = _parsed(f"+{whole}", None) if whole.startswith(str(code)) else None
    if there is not None and whole == number and is_valid_number(there):
        return whole
    if national is not None and is_valid_number(national):
        return _international(national)
    if there is not None and is_possible_number(there):
        return whole
    if national is not None and is_possible_number(national):
        return _international(national)
    return None


def _parsed(number: str, country: str | None) -> PhoneNumber | None:
    from phonenumbers import NumberParseException, parse  # for start-up time

    try:
        return parse(number, country)
    except NumberParseException:
        return None


def _international(number: PhoneNumber) -> str:
    from phonenumbers import PhoneNumberFormat, format_number  # for start-up time

    return format_number(number, PhoneNumberFormat.E164).lstrip("+")
