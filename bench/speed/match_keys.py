"""The match keys of the handwritten Offline Conversions: who the event is about."""

from __future__ import annotations

from collections.abc import Callable
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
    ZIPS,
    countries,
    dated_click,
    external_address,
    first_birthday,
    first_state,
    first_zip,
    lead,
    names,
)
from bench.speed.values import birth, text
from mapping_engine.errors import ErrorCode, InstrumentationError


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
        day = first_birthday(birth, traits, context, person)
        if day is not None:
            keys["doby"], keys["dobm"], keys["dobd"] = map(self._hashed, day)
        first, last = names(traits, person, name)
        if first is not None:
            keys["fn"] = self._hashed(first)
        if last is not None:
            keys["ln"] = self._hashed(last)
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

    def _add_places(self, keys: Object, traits: Object, person: Object) -> None:
        address, other = as_object(traits.get("address")), as_object(person.get("address"))
        sources = (traits, person, address, other)
        found = city(address.get("city")) or city(other.get("city"))
        if found is not None:
            keys["ct"] = self._hashed(found)
        found = first_state(sources, state)
        if found is not None:
            keys["st"] = [self._hashed(found)]
        where, known = countries(sources, country)
        found = (
            first_zip(traits, ZIPS, zip_code, where)
            or first_zip(address, ADDRESS_ZIPS, zip_code, where)
            or first_zip(other, ZIPS, zip_code, where)
        )
        if found is not None:
            keys["zip"] = [self._hashed(found)]
        if known is not None:
            keys["country"] = self._hashed(known)

    def _add_browser(self, keys: Object, context: Object, occurred: Any) -> None:
        agent = text(context.get("userAgent"))
        if agent is not None:
            keys["client_user_agent"] = agent
        click = text(context.get("fbc"))
        if click is None:
            url = as_object(context.get("page")).get("url")
            click = dated_click(url, occurred, self._clock)
        if click is not None:
            keys["fbc"] = click
        browser = text(context.get("fbp"))
        if browser is not None:
            keys["fbp"] = browser


def _as_it_is(normal: str) -> str:
    return normal


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
