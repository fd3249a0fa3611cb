"""Where events hold what is known of a person: the same places for both handwritten destinations.

What brings a value to its normal form is given, since a destination may want digests only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

from bench.speed.meta import Object, as_object
from bench.speed.normal_forms import is_digest
from bench.speed.values import is_missing, milliseconds, text

Found = TypeVar("Found")
Form = Callable[[Any], str | None]
"""Brings a value to its normal form; None for what has none."""

ZIPS = ("zip", "zipcode", "zip_code", "zipCode", "postalcode", "postal_code", "postalCode")
ADDRESS_ZIPS = ("zipcode", "zip_code", "zip", "zipCode", "postalcode", "postal_code", "postalCode")
OTHER_ZIPS = ("zip", "postalCode", "postal_code", "zipcode")
PHONES = ("phone_number", "phoneNumber")
_FIRST, _LAST = ("firstName", "firstname", "first_name"), ("lastName", "lastname", "last_name")
_BIRTHDAYS = ("birthday", "dateOfBirth", "dateofbirth", "dob", "DOB")
_CLICK = re.compile(r"fb[.][0-9]+[.][0-9]+[.][^\t\n\f\r ]+").fullmatch
_CLICK_ID = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")


def names(traits: Object, person: Object, form: Form) -> tuple[str | None, str | None]:
    """The first and the last name, which may be parts of one."""
    first = _first(form, traits, _FIRST) or _first(form, person, _FIRST)
    last = _first(form, traits, _LAST) or _first(form, person, _LAST)
    if first is None or last is None:
        full = next((v for p in (traits, person) if _is_name(v := p.get("name"))), None)
        first = (
            first
            or part_of_name(full, form, last=False)
            or form(traits.get("FirstName"))
            or form(person.get("FirstName"))
        )
        last = (
            last
            or part_of_name(full, form, last=True)
            or _first(form, traits, ("LastName", "surname"))
            or _first(form, person, ("LastName", "surname"))
        )
    return first, last


def _is_name(value: Any) -> bool:
    """Whether a value is a text with a letter in it, and no digest."""
    return type(value) is str and any(map(str.isalpha, value)) and not is_digest(value)


def several(values: Iterable[Any], form: Callable[[Any], Found | None]) -> list[Found]:
    """The forms of the first value that has one, or of the items of the first such list."""
    for value in values:
        if type(value) is list:
            found = dict.fromkeys(made for each in value if (made := form(each)) is not None)
            if found:
                return list(found)
        elif value is not None and (made := form(value)) is not None:
            return [made]
    return []


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


def first_state(
    sources: Iterable[Object], form: Callable[[Any, str | None], str | None], where: str | None
) -> str | None:
    """The state of the first source that has one, in a country."""
    for source in sources:
        if "state" in source and (found := form(source["state"], where)) is not None:
            return found
    return None


def first_city(traits: Object, person: Object, form: Form) -> str | None:
    """The first city of an address, or beside it."""
    address, other = as_object(traits.get("address")), as_object(person.get("address"))
    for source in (address, other, traits, person):
        if "city" in source and (found := form(source["city"])) is not None:
            return found
    return None


def first_country(sources: Iterable[Object], form: Form) -> str | None:
    """The first country that is a known one."""
    for source in sources:
        if "country" in source and (found := form(source["country"])) is not None:
            return found
    return None


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


def ids_of(event: Object, traits: Object, person: Object) -> list[Any]:
    """The ids of the user, in order."""
    return [
        event.get("userId"),
        traits.get("userId"),
        traits.get("id"),
        person.get("userId"),
        person.get("id"),
        event.get("anonymousId"),
    ]


def external_address(ids: Any) -> str | None:
    """The first external id, where it looks like an address."""
    first = ids[0] if type(ids) is list and ids else None
    found = text(first.get("id")) if type(first) is dict else None
    return found if found is not None and "@" in found else None


def lead(context: Object, event: Object) -> str | None:
    """The first external id that is a lead's, or the lead id of the context."""
    id = _lead(context.get("externalId")) or _lead(event.get("externalId"))
    written = id or text(context.get("lead_id"))
    if written is None:
        return None
    written = written.strip()
    return written[2:] if written[:2] in ("l:", "L:") and len(written) > 2 else written


def _lead(ids: Any) -> str | None:
    for each in ids if type(ids) is list else [ids]:
        if type(each) is dict and (kind := text(each.get("type"))) is not None:
            found = text(each.get("id")) if kind.casefold() == "leadid" else None
            if found is not None:
                return found.strip()
    return None


def click(value: Any) -> str | None:
    """An id in the form of Meta's own cookies."""
    written = text(value)
    if written is None:
        return None
    written = written.strip()
    return written if _CLICK(written) else None


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


def dated_click(urls: Iterable[Any], moment: Callable[[], int | None]) -> str | None:
    """The click id in a URL as the browser would keep it, with the time of the event."""
    found = next((id for url in urls if (id := click_id(url)) is not None), None)
    if found is None:
        return None
    at = moment()
    return None if at is None else f"fb.1.{at}.{found}"


def occurred(values: Iterable[Any]) -> tuple[int | None, bool]:
    """The first time that can be read, in milliseconds, and whether one is present at all."""
    present = False
    for value in values:
        if not is_missing(value):
            present = True
            if (found := milliseconds(value)) is not None:
                return found, True
    return None, present
