"""The match keys of the handwritten Offline Conversions: who the event is about."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from bench.speed.meta import Object, as_object
from bench.speed.normal_forms import (
    city,
    country,
    device,
    email,
    gender,
    hashed,
    name,
    phone,
    state,
    zip_code,
)
from bench.speed.person import (
    ADDRESS_ZIPS,
    OTHER_ZIPS,
    PHONES,
    ZIPS,
    click,
    dated_click,
    external_address,
    first_birthday,
    first_city,
    first_country,
    first_state,
    first_zip,
    ids_of,
    lead,
    names,
    several,
)
from bench.speed.values import birth, text
from mapping_engine.errors import ErrorCode, InstrumentationError


class MatchKeys:
    """Makes the match keys of an event, with or without hashing."""

    def __init__(self, hashing: bool) -> None:
        self._hashed = hashed if hashing else _as_it_is

    def __call__(
        self, event: Object, traits: Object, context: Object, properties: Object, moment: int | None
    ) -> Object:
        """The match keys; `moment` is when the event happened, in milliseconds."""
        person = as_object(context.get("traits"))
        address, other = as_object(traits.get("address")), as_object(person.get("address"))
        where = first_country((traits, person, address, other), country)
        keys: Object = {"extern_id": _extern_id(event, traits, person)}
        self._add_contacts(keys, (traits, person, properties), context, where)
        found = gender(traits.get("gender")) or gender(person.get("gender"))
        if found is not None:
            keys["gen"] = self._hashed(found)
        day = first_birthday(birth, traits, context, person)
        if day is not None:
            keys["doby"], keys["dobm"], keys["dobd"] = map(self._hashed, day)
        first, last = names(traits, person, name)
        if first is not None:
            keys["fn"] = self._hashed(first)
        if last is not None:
            keys["ln"] = self._hashed(last)
        self._add_places(keys, traits, person, where)
        found = lead(context, event)
        if found is not None:
            keys["lead_id"] = found
        found = device(as_object(context.get("device")).get("advertisingId"))
        if found is not None:
            keys["madid"] = self._hashed(found)
        _add_browser(keys, context, properties, moment)
        return keys

    def _add_contacts(
        self, keys: Object, sources: tuple[Object, ...], context: Object, where: str | None
    ) -> None:
        traits, person, _ = sources
        given = [source.get("email") for source in sources]
        given += [external_address(context.get("externalId"))]
        given += [traits.get("Email"), person.get("Email")]
        found = several(given, partial(self._made, email))
        if found:
            keys["email"] = found
        numbers = [source.get("phone") for source in sources]
        numbers += [place.get(key) for place in (traits, person) for key in PHONES]
        found = several(numbers, partial(self._made, lambda value: phone(value, where)))
        if found:
            keys["phone"] = found

    def _made(self, form: Callable[[Any], str | None], value: Any) -> str | None:
        normal = form(value)
        return None if normal is None else self._hashed(normal)

    def _add_places(self, keys: Object, traits: Object, person: Object, where: str | None) -> None:
        address, other = as_object(traits.get("address")), as_object(person.get("address"))
        found = first_city(traits, person, city)
        if found is not None:
            keys["ct"] = self._hashed(found)
        found = first_state((traits, person, address, other), state, where)
        if found is not None:
            keys["st"] = [self._hashed(found)]
        found = (
            first_zip(traits, ZIPS, zip_code, where)
            or first_zip(address, ADDRESS_ZIPS, zip_code, where)
            or first_zip(other, ZIPS, zip_code, where)
            or first_zip(person, OTHER_ZIPS, zip_code, where)
        )
        if found is not None:
            keys["zip"] = [self._hashed(found)]
        if where is not None:
            keys["country"] = self._hashed(where)


def _add_browser(keys: Object, context: Object, properties: Object, moment: int | None) -> None:
    agent = text(context.get("userAgent"))
    if agent is not None:
        keys["client_user_agent"] = agent
    urls = (as_object(context.get("page")).get("url"), properties.get("url"))
    found = click(context.get("fbc")) or dated_click(urls, lambda: moment)
    if found is not None:
        keys["fbc"] = found
    browser = click(context.get("fbp"))
    if browser is not None:
        keys["fbp"] = browser


def _as_it_is(normal: str) -> str:
    return normal


def _extern_id(event: Object, traits: Object, person: Object) -> Any:
    found = several(ids_of(event, traits, person), text)
    if not found:
        raise InstrumentationError(ErrorCode.FIELD_REQUIRED, "there is no userId or anonymousId")
    return found[0] if len(found) == 1 else found
