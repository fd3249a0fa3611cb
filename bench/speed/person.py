"""Where events hold what is known of a person: the same places for both handwritten destinations.

What brings a value to its normal form is given, since a destination may want digests only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

from bench.speed.meta import Object
from bench.speed.normal_forms import is_digest
from bench.speed.values import is_missing, milliseconds, text

Found = TypeVar("Found")
Form = Callable[[Any], str | None]
"""Brings a value to its normal form; None for what has none."""

ZIPS = ("zip", "zipcode", "zip_code", "zipCode", "postalcode", "postal_code", "postalCode")
ADDRESS_ZIPS = ("zipcode", "zip_code", "zip", "zipCode", "postalcode", "postal_code", "postalCode")
_FIRST, _LAST = ("firstName", "firstname", "first_name"), ("lastName", "lastname", "last_name")
_BIRTHDAYS = ("birthday", "dateOfBirth", "dateofbirth", "dob", "DOB")
_CLICK_ID = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")


def names(traits: Object, person: Object, form: Form) -> tuple[str | None, str | None]:
    """The first and the last name, which may be parts of one."""
    first = _first(form, traits, _FIRST) or _first(form, person, _FIRST)
    last = _first(form, traits, _LAST) or _first(form, person, _LAST)
    if first is None or last is None:
        full = traits.get("name")
        full = person.get("name") if is_missing(full) else full
        first = first or part_of_name(full, form, last=False)
        last = last or part_of_name(full, form, last=True)
    return first, last


def _first(form: Form, source: Object, keys: Iterable[str]) -> str | None:
    """The first value under these keys that has a normal form."""
    if source:
        for key in keys:
            if key in source and (found := form(source[key])) is not None:
                return found
    return None


def part_of_name(full: Any, form: Form, *, last: bool) -> str | None:
    """The first word of a name, or the last one where there are more."""
    if type(full) is not str or is_digest(full):
        return None
    words = full.split()
    return form(words[-1 if last else 0]) if len(words) > last else None


def first_birthday(
    form: Callable[[Any], Found | None], traits: Object, context: Object, person: Object
) -> Found | None:
    """The first birthday that has a normal form."""
    for key in _BIRTHDAYS:
        for source in (traits, context if key == "dateofbirth" else person):
            if key in source and (found := form(source[key])) is not None:
                return found
    return None


def first_state(sources: Iterable[Object], form: Form) -> str | None:
    """The state of the first source that has one."""
    for source in sources:
        if "state" in source and (found := form(source["state"])) is not None:
            return found
    return None


def countries(sources: Iterable[Object], form: Form) -> tuple[str | None, str | None]:
    """The country that stands first, if it is a known one, and the first known one.

    A zip goes with the country that stands first.
    """
    found = [value for source in sources if not is_missing(value := source.get("country"))]
    where = form(found[0]) if found else None
    return where, where or next((code for value in found[1:] if (code := form(value))), None)


def first_zip(
    source: Object,
    keys: Iterable[str],
    form: Callable[[Any, str | None], str | None],
    where: str | None,
) -> str | None:
    """The first zip under these keys, in a country."""
    if source:
        for key in keys:
            if key in source and (found := form(source[key], where)) is not None:
                return found
    return None


def external_address(ids: Any) -> str | None:
    """The first external id, where it looks like an address."""
    first = ids[0] if type(ids) is list and ids else None
    found = text(first.get("id")) if type(first) is dict else None
    return found if found is not None and "@" in found else None


def lead(ids: Any) -> str | None:
    """The first external id that is a lead's."""
    for each in ids if type(ids) is list else ():
        if type(each) is dict and (kind := text(each.get("type"))) is not None:
            found = text(each.get("id")) if kind.casefold() == "leadid" else None
            if found is not None:
                return found.strip()
    return None


def click_id(url: Any) -> str | None:
    """The click id in the page's URL."""
    if type(url) is not str or "fbclid=" not in url:
        return None
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    if not (parts.scheme and parts.netloc):
        return None
    found = next((value for key, value in parse_qsl(parts.query) if key == "fbclid"), None)
    return found if found and _CLICK_ID.issuperset(found) else None


def dated_click(url: Any, occurred: Any, clock: Callable[[], float]) -> str | None:
    """The click id in the page's URL as the browser would keep it, with the time of the event."""
    found = click_id(url)
    if found is None:
        return None
    moment = int(clock() * 1000) if is_missing(occurred) else milliseconds(occurred)
    return None if moment is None else f"fb.1.{moment}.{found}"
