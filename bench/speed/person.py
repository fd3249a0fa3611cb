"""The match keys of the handwritten destination: who the event is about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from bench.speed.normal_forms import (
    city,
    country,
    device,
    email,
    gender,
    hashed,
    name,
    part_of_name,
    phone,
    state,
    zip_code,
)
from bench.speed.values import birth, is_missing, milliseconds, text
from mapping_engine.errors import ErrorCode, InstrumentationError

Object = dict[str, Any]

NOTHING: Object = {}
"""What an absent object is read as; nobody writes to it."""

_FIRST, _LAST = ("firstName", "firstname", "first_name"), ("lastName", "lastname", "last_name")
_BIRTHDAYS = ("birthday", "dateOfBirth", "dateofbirth", "dob", "DOB")
_ZIPS = ("zip", "zipcode", "zip_code", "zipCode", "postalcode", "postal_code", "postalCode")
_ADDRESS_ZIPS = ("zipcode", "zip_code", "zip", "zipCode", "postalcode", "postal_code", "postalCode")
_CLICK_ID = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")


def as_object(value: Any) -> Object:
    """An object as it is; anything else as one without keys."""
    return value if type(value) is dict else NOTHING


class MatchKeys:
    """Makes the match keys of an event, with or without hashing."""

    def __init__(self, hashing: bool, clock: Callable[[], float]) -> None:
        self._hashed = hashed if hashing else _as_it_is
        self._clock = clock

    def __call__(
        self, event: Object, traits: Object, context: Object, properties: Object, occurred: Any
    ) -> Object:
        """The match keys; `occurred` is when the event says that it happened."""
        person = as_object(context.get("traits"))
        keys: Object = {"extern_id": _extern_id(event, traits, person)}
        self._add_contacts(keys, (traits, person, properties), context)
        found = gender(traits.get("gender")) or gender(person.get("gender"))
        if found is not None:
            keys["gen"] = self._hashed(found)
        self._add_birthday(keys, traits, context, person)
        self._add_names(keys, traits, person)
        self._add_places(keys, traits, person)
        found = lead(context.get("externalId")) or lead(event.get("externalId"))
        if found is not None:
            keys["lead_id"] = found
        found = device(as_object(context.get("device")).get("advertisingId"))
        if found is not None:
            keys["madid"] = self._hashed(found)
        self._add_browser(keys, context, occurred)
        return keys

    def _add_contacts(self, keys: Object, sources: tuple[Object, ...], context: Object) -> None:
        traits, person, properties = sources
        found = (
            email(traits.get("email"))
            or email(person.get("email"))
            or email(properties.get("email"))
            or email(external_address(context.get("externalId")))
        )
        if found is not None:
            keys["email"] = [self._hashed(found)]
        found = (
            phone(traits.get("phone"))
            or phone(person.get("phone"))
            or phone(properties.get("phone"))
        )
        if found is not None:
            keys["phone"] = [self._hashed(found)]

    def _add_birthday(self, keys: Object, traits: Object, context: Object, person: Object) -> None:
        for key in _BIRTHDAYS:
            for source in (traits, context if key == "dateofbirth" else person):
                if key in source and (found := birth(source[key])) is not None:
                    keys["doby"], keys["dobm"], keys["dobd"] = map(self._hashed, found)
                    return

    def _add_names(self, keys: Object, traits: Object, person: Object) -> None:
        first = _first(name, traits, _FIRST) or _first(name, person, _FIRST)
        last = _first(name, traits, _LAST) or _first(name, person, _LAST)
        if first is None or last is None:
            full = traits.get("name")
            full = person.get("name") if is_missing(full) else full
            first = first or part_of_name(full, last=False)
            last = last or part_of_name(full, last=True)
        if first is not None:
            keys["fn"] = self._hashed(first)
        if last is not None:
            keys["ln"] = self._hashed(last)

    def _add_places(self, keys: Object, traits: Object, person: Object) -> None:
        address, other = as_object(traits.get("address")), as_object(person.get("address"))
        sources = (traits, person, address, other)
        found = city(address.get("city")) or city(other.get("city"))
        if found is not None:
            keys["ct"] = self._hashed(found)
        for source in sources:
            if "state" in source and (found := state(source["state"])) is not None:
                keys["st"] = [self._hashed(found)]
                break
        # The zip goes with the country that stands first, whether or not it is a known one.
        countries = [v for source in sources if not is_missing(v := source.get("country"))]
        where = country(countries[0]) if countries else None
        found = (
            _first_zip(traits, _ZIPS, where)
            or _first_zip(address, _ADDRESS_ZIPS, where)
            or _first_zip(other, _ZIPS, where)
        )
        if found is not None:
            keys["zip"] = [self._hashed(found)]
        found = where or next((code for v in countries[1:] if (code := country(v))), None)
        if found is not None:
            keys["country"] = self._hashed(found)

    def _add_browser(self, keys: Object, context: Object, occurred: Any) -> None:
        agent = text(context.get("userAgent"))
        if agent is not None:
            keys["client_user_agent"] = agent
        click = text(context.get("fbc"))
        if click is None:
            found = click_id(as_object(context.get("page")).get("url"))
            if found is not None:
                now = int(self._clock() * 1000)
                moment = now if is_missing(occurred) else milliseconds(occurred)
                click = None if moment is None else f"fb.1.{moment}.{found}"
        if click is not None:
            keys["fbc"] = click
        browser = text(context.get("fbp"))
        if browser is not None:
            keys["fbp"] = browser


def _as_it_is(normal: str) -> str:
    return normal


def _first(
    convert: Callable[[Any], str | None], source: Object, keys: tuple[str, ...]
) -> str | None:
    """The first value under these keys that can be converted."""
    if source:
        for key in keys:
            if key in source and (found := convert(source[key])) is not None:
                return found
    return None


def _first_zip(source: Object, keys: tuple[str, ...], where: str | None) -> str | None:
    if source:
        for key in keys:
            if key in source and (found := zip_code(source[key], where)) is not None:
                return found
    return None


def _extern_id(event: Object, traits: Object, person: Object) -> str:
    found = (
        text(event.get("userId"))
        or text(traits.get("userId"))
        or text(traits.get("id"))
        or text(person.get("userId"))
        or text(person.get("id"))
        or text(event.get("anonymousId"))
    )
    if found is None:
        raise InstrumentationError(ErrorCode.FIELD_REQUIRED, "there is no userId or anonymousId")
    return found


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
