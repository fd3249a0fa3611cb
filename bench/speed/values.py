"""Values as one converts them by hand: each conversion yields None for what it cannot convert.

They say what the rules say, without the engine's transforms and without what only an engine needs:
reasons, and bounds on hostile texts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from ipaddress import ip_address as parsed_address
from math import isfinite
from typing import Any
from urllib.parse import unquote

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEARS = range(1900, 2101)

_MARKS = r'\t\n\f\r @/?&=:;,<>()"'
_ADDRESS = re.compile(rf"[^{_MARKS}]+@[^{_MARKS}]+[.][^{_MARKS}]+").search
_NUMBER = re.compile(r"[+][1-9](?:[ ().-]{0,2}[0-9]){7,14}").search
_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[^\W\d_A-Za-z]+").findall
_INTEGER = re.compile(r"[+-]?[0-9]+").fullmatch
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?").fullmatch
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_CURRENCY = re.compile(r"[A-Z]{3}").fullmatch
_USUAL_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?"
    r"(?:Z|[+-][0-9]{2}:[0-5][0-9])"
).fullmatch
_TIME = re.compile(
    r"([0-9]{4})(-?)([0-9]{2})\2([0-9]{2})"
    r"(?:[Tt ]([0-9]{2})(?::?([0-9]{2})(?::?([0-9]{2})(?:[.,]([0-9]+))?)?)?"
    r" ?([Zz]|([+-])([0-9]{2})(?::?([0-9]{2}))?)?)?"
).fullmatch
_EPOCH_TEXT = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,18})?").fullmatch
_WITH_PORT = re.compile(r"\[([0-9A-Fa-f:.]+)\](?::[0-9]{1,5})?|([0-9.]+):[0-9]{1,5}").fullmatch
_MONTH_FIRST = re.compile(r"[0-9]{1,2}\s*/\s*(?:1[3-9]|2[0-9]|3[01])\s*/.*").fullmatch
_BETWEEN_DATE_PARTS = re.compile(r"\s*[,/.-]\s*|\s+").split


def is_missing(value: Any) -> bool:
    """Whether a value is absent: null, blank, an empty list or an empty object."""
    if type(value) is str:
        return not value or value.isspace()
    return value is None or ((type(value) is list or type(value) is dict) and not value)


def text(value: Any) -> str | None:
    """A text that is not blank, or a number in plain digits."""
    if type(value) is str:
        return value if value and not value.isspace() else None
    if type(value) is int:
        return str(value)
    if type(value) is float:
        return str(int(value)) if value.is_integer() and abs(value) < 1e21 else repr(value)
    return None


def number(value: Any) -> int | float | None:
    """A number, or a text that is one."""
    if type(value) is int or type(value) is float:
        return value
    if type(value) is not str:
        return None
    written = value.strip()
    if len(written) > 400:
        return None
    if _INTEGER(written):
        return int(written)
    found = float(written) if _DECIMAL(written) else None
    return found if found is not None and isfinite(found) else None


def integer(value: Any) -> int | None:
    """A whole number."""
    found = number(value)
    if type(found) is float:
        return int(found) if found.is_integer() else None
    return found if type(found) is int else None


def boolean(value: Any) -> bool | None:
    """True or false, also as text in any case, or as 1 and 0."""
    if type(value) is str:
        return _BOOLEANS.get(value.strip().lower())
    return bool(value) if value in (0, 1) and value is not None else None


def ip_address(value: Any) -> str | None:
    """The first address of a chain of proxies, without a port."""
    for part in value.split(",") if type(value) is str else ():
        address = part.strip()
        port = _WITH_PORT(address)
        address = (port[1] or port[2]) if port else address
        try:
            parsed_address(address)
        except ValueError:
            continue
        if "%" not in address:
            return address
    return None


def currency(value: Any) -> str | None:
    """Three letters, in upper case."""
    written = text(value)
    if written is None:
        return None
    code = written.strip().upper()
    return code if _CURRENCY(code) else None


# Times


def birth(value: Any) -> tuple[str, str, str] | None:
    """Year, month and day of a birthday."""
    written = text(value)
    if written is None or len(written) > 64:
        return None
    written = written.strip()
    iso = _TIME(written)
    if iso:
        return _date(iso[1], iso[3], iso[4])
    parts = _BETWEEN_DATE_PARTS(written)
    if len(parts) != 3:
        return None
    if _MONTH_FIRST(written) and (found := _date(parts[2], parts[0], parts[1])):
        return found
    return _date(*parts) if len(parts[0]) == 4 else _date(parts[2], parts[1], parts[0])


def _date(year: str, month: str, day: str) -> tuple[str, str, str] | None:
    if not (year + month + day).isascii() or len(year) != 4 or len(month) > 2 or len(day) > 2:
        return None
    if not (year.isdigit() and month.isdigit() and day.isdigit() and int(year) in _YEARS):
        return None
    return (year, month.zfill(2), day.zfill(2)) if _is_day(year, month, day) else None


def _is_day(year: str, month: str, day: str) -> bool:
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def milliseconds(value: Any) -> int | None:
    """Milliseconds since 1970, from an ISO time or from seconds or milliseconds since 1970."""
    if type(value) is str:
        written = value.strip()
        if not _USUAL_TIME(written):
            return _unusual(written)
        try:
            passed = datetime.fromisoformat(written) - _EPOCH
        except ValueError:
            return _unusual(written)
        return (passed.days * 86_400 + passed.seconds) * 1000 + passed.microseconds // 1000
    if type(value) is int:
        return value if abs(value) >= 10**11 else value * 1000
    return _unusual(repr(value)) if type(value) is float else None


def _unusual(written: str) -> int | None:
    """Every other form of time: basic dates, leap seconds, numbers as text."""
    if len(written) > 64:
        return None
    iso = _TIME(written)
    found = _read(*iso.group(1, 3, 4, 5, 6, 7, 8, 10, 11, 12)) if iso else None
    if found is None and _EPOCH_TEXT(written):
        whole, _, rest = written.partition(".")
        if abs(int(whole)) >= 10**11:
            return int(whole)
        found = int(whole + (rest + "000")[:3])
    return found


def _read(year: str, month: str, day: str, *clock: str | None) -> int | None:
    if not _is_day(year, month, day):
        return None
    hours, minutes, seconds = (int(part or 0) for part in clock[:3])
    thousandths = int((clock[3] or "")[:3].ljust(3, "0"))
    shift = int(clock[5] or 0) * 60 + int(clock[6] or 0)
    midnight = (hours, minutes, seconds, thousandths) == (24, 0, 0, 0)
    if not midnight and (hours > 23 or minutes > 59 or seconds > 60):
        return None
    if int(clock[5] or 0) > 23 or int(clock[6] or 0) > 59:
        return None
    days = date(int(year), int(month), int(day)).toordinal() - date(1970, 1, 1).toordinal()
    passed = (hours * 60 + minutes + (shift if clock[4] == "-" else -shift)) * 60 + seconds
    return (days * 86_400 + passed) * 1000 + thousandths


# What is left of the properties

_CONTACTS = frozenset((
    "email", "emailaddress", "mail", "phone", "phonenumber", "mobile", "mobilenumber", "telephone",
    "birthday", "birthdate", "dateofbirth", "dob", "ssn", "socialsecuritynumber", "passport",
    "passportnumber",
))  # fmt: skip
"""Names of personal data behind any word."""
_PERSONAL = _CONTACTS | frozenset((
    "namefirst", "firstname", "lastname", "fullname", "surname", "gender", "address", "addressline",
    "street", "streetaddress", "city", "state", "country", "zip", "zipcode", "postalcode",
    "postcode", "advertisingid", "idfa", "gaid", "ip", "ipaddress", "useragent",
))  # fmt: skip
_PERSONS = frozenset((
    "customer", "user", "buyer", "shopper", "recipient", "subscriber", "guest", "patient",
    "cardholder", "payer", "person", "contact",
))  # fmt: skip
_BEFORE = _PERSONS | frozenset((
    "billing", "shipping", "delivery", "invoice", "home", "work", "private", "personal", "client",
    "member", "owner", "receiver", "sender",
))  # fmt: skip
_OF_PERSONS = _PERSONAL | {"name"}
"""Names of personal data behind a word for a person."""


def rest(properties: Mapping[str, Any], mapped: frozenset[str]) -> dict[str, Any]:
    """A copy of the properties without mapped keys and without personal data."""
    return _copied({key: value for key, value in properties.items() if key not in mapped})


def copied(value: Any) -> Any:
    """A copy of all of a value, personal data included; nothing for null."""
    if type(value) is dict:
        found = {key: kept for key, each in value.items() if (kept := copied(each)) is not None}
        return found if found or not value else None
    if type(value) is list:
        return [kept for each in value if (kept := copied(each)) is not None]
    return value


def _copied(source: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in source.items():
        if _is_personal_key(key):
            continue
        if (type(value) is dict or type(value) is list) and _is_person(key) and _has_object(value):
            continue
        if (kept := _kept(value)) is not None:
            found[key] = kept
    return found


def _kept(value: Any) -> Any:
    if type(value) is str:
        return None if looks_personal(value) else value
    if type(value) is dict:
        return (_copied(value) or None) if value else value
    if type(value) is list:
        return [kept for each in value if (kept := _kept(each)) is not None]
    return value


def looks_personal(written: str) -> bool:
    """Whether a text holds an address or a phone number, also percent-encoded."""
    if "@" in written and _ADDRESS(written):
        return True
    if "+" in written and _NUMBER(written):
        return True
    if "%" not in written or (plain := unquote(written)) == written:
        return False
    return looks_personal(plain)


def business_text(value: Any) -> str | None:
    """A text in which nothing looks personal."""
    written = text(value)
    return None if written is None or looks_personal(written) else written


def clean_url(value: Any) -> str | None:
    """A URL without personal parameters; nothing for one that is personal elsewhere."""
    written = text(value)
    if written is None or not ("?" in written or looks_personal(written)):
        return written
    whole, _, fragment = written.partition("#")
    head, _, query = whole.partition("?")
    if looks_personal(head):
        return None
    parts = [
        each
        for each in (query.split("&") if query else ())
        if not _is_personal_key(key := unquote(each.partition("=")[0].replace("+", " ")))
        and not _is_person(key)
        and not looks_personal(each)
    ]
    fragment = "" if looks_personal(fragment) else fragment
    return head + ("?" + "&".join(parts) if parts else "") + ("#" + fragment if fragment else "")


def _has_object(value: Any) -> bool:
    return type(value) is dict or (type(value) is list and any(map(_has_object, value)))


@lru_cache(4096)
def _is_person(key: str) -> bool:
    folded = _folded(key)
    return folded in _PERSONS or folded.removesuffix("s") in _PERSONS


@lru_cache(4096)
def _is_personal_key(key: str) -> bool:
    folded = _folded(key)
    if folded in _PERSONAL or looks_personal(key):
        return True
    words = [word.casefold() for word in _WORDS(key)]
    for place in range(1, len(words)):
        name = "".join(words[place:])
        if name in _CONTACTS or (name in _OF_PERSONS and words[place - 1] in _BEFORE):
            return True
    return any(folded.startswith(word) and folded[len(word) :] in _OF_PERSONS for word in _BEFORE)


def _folded(key: str) -> str:
    return key.casefold().replace("_", "").replace("-", "").replace(" ", "")
