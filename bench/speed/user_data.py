"""The user data of the handwritten Conversions API: who the event is about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from bench.speed import normal_forms
from bench.speed.meta import Object, as_object
from bench.speed.normal_forms import digest, digest_of_gender, hashed, user_id
from bench.speed.person import (
    ADDRESS_ZIPS,
    ZIPS,
    Form,
    countries,
    dated_click,
    first_birthday,
    first_state,
    first_zip,
    names,
)
from bench.speed.values import is_missing, text
from mapping_engine.errors import ErrorCode, InstrumentationError

_TOO_LITTLE = tuple(map(frozenset, (
    ("ct", "st", "zp", "country", "ge", "client_user_agent"),
    ("db", "client_user_agent"),
    ("fn", "ge"),
    ("ln", "ge"),
)))  # fmt: skip
"""Keys that are too few for Meta where an event has no other one."""


class Forms(NamedTuple):
    """What brings values to the form in which they are sent."""

    email: Form
    phone: Form
    gender: Form
    birth_date: Form
    name: Form
    city: Form
    state: Form
    country: Form
    zip_code: Callable[[Any, str | None], str | None]
    device: Form
    hashed: Callable[[str], str]


_HASHED = Forms(
    normal_forms.email,
    normal_forms.phone,
    normal_forms.gender,
    normal_forms.birth_date,
    normal_forms.name,
    normal_forms.city,
    normal_forms.state,
    normal_forms.country,
    normal_forms.zip_code,
    normal_forms.device,
    hashed,
)
_DIGESTS = Forms(
    email=digest,
    phone=digest,
    gender=digest_of_gender,
    birth_date=digest,
    name=digest,
    city=digest,
    state=digest,
    country=digest,
    zip_code=lambda value, where: digest(value),
    device=digest,
    hashed=str,
)
"""For events that say that they are hashed: nothing is hashed, and all but digests is left out."""


class UserData:
    """Makes the user data of an event, with or without the id of the user."""

    def __init__(self, with_id: bool, clock: Callable[[], float]) -> None:
        self._with_id = with_id
        self._clock = clock

    def __call__(
        self, event: Object, context: Object, properties: Object, occurred: Any, digests: bool
    ) -> Object:
        """The user data; `digests` where the event says that it holds nothing else."""
        traits, person = as_object(event.get("traits")), as_object(context.get("traits"))
        forms = _DIGESTS if digests else _HASHED
        found: Object = {}
        if self._with_id:
            id = _user_id(event, traits, person)
            id = text(id) if digests else _hashed(id)
            if id is not None:
                found["external_id"] = id
        _add_contacts(found, forms, traits, person, properties)
        _add_person(found, forms, traits, person, context)
        _add_places(found, forms, traits, person)
        self._add_browser(found, event, context, properties, occurred)
        _add_device(found, forms, context, properties)
        if not found:
            raise InstrumentationError(ErrorCode.FIELD_REQUIRED, "nothing is known of the person")
        return found

    def _add_browser(
        self, found: Object, event: Object, context: Object, properties: Object, occurred: Any
    ) -> None:
        address = text(context.get("ip")) or text(event.get("request_ip"))
        if address is not None:
            found["client_ip_address"] = address
        agent = text(context.get("userAgent"))
        if agent is not None:
            found["client_user_agent"] = agent
        click = text(context.get("fbc")) or text(properties.get("fbc"))
        if click is None:
            click = dated_click(as_object(context.get("page")).get("url"), occurred, self._clock)
        if click is not None:
            found["fbc"] = click
        browser = text(context.get("fbp")) or text(properties.get("fbp"))
        if browser is not None:
            found["fbp"] = browser
        for key in ("subscription_id", "lead_id", "fb_login_id"):
            if key in context and (written := text(context[key])) is not None:
                found[key] = written


def is_too_little(found: Object) -> bool:
    """Whether Meta would find nobody by this user data."""
    keys = found.keys()
    return any(keys <= few for few in _TOO_LITTLE)


def _user_id(event: Object, traits: Object, person: Object) -> Any:
    """The first of the ids that is not missing, whatever it is."""
    for value in (
        event.get("userId"),
        traits.get("userId"),
        traits.get("id"),
        person.get("userId"),
        person.get("id"),
        event.get("anonymousId"),
    ):
        if not is_missing(value):
            return value
    return None


def _hashed(id: Any) -> str | None:
    normal = user_id(id)
    return None if normal is None else hashed(normal)


def _add_contacts(
    found: Object, forms: Forms, traits: Object, person: Object, properties: Object
) -> None:
    email = forms.email(traits.get("email")) or forms.email(person.get("email"))
    if email is not None:
        found["em"] = forms.hashed(email)
    phone = (
        forms.phone(traits.get("phone"))
        or forms.phone(person.get("phone"))
        or forms.phone(properties.get("phone"))
    )
    if phone is not None:
        found["ph"] = forms.hashed(phone)


def _add_person(
    found: Object, forms: Forms, traits: Object, person: Object, context: Object
) -> None:
    gender = forms.gender(traits.get("gender")) or forms.gender(person.get("gender"))
    if gender is not None:
        found["ge"] = forms.hashed(gender)
    day = first_birthday(forms.birth_date, traits, context, person)
    if day is not None:
        found["db"] = forms.hashed(day)
    first, last = names(traits, person, forms.name)
    if first is not None:
        found["fn"] = forms.hashed(first)
    if last is not None:
        found["ln"] = forms.hashed(last)


def _add_places(found: Object, forms: Forms, traits: Object, person: Object) -> None:
    address, other = as_object(traits.get("address")), as_object(person.get("address"))
    sources = (address, other, traits, person)
    city = forms.city(address.get("city")) or forms.city(other.get("city"))
    if city is not None:
        found["ct"] = forms.hashed(city)
    state = first_state(sources, forms.state)
    if state is not None:
        found["st"] = forms.hashed(state)
    where, country = countries(sources, forms.country)
    code = (
        first_zip(address, ADDRESS_ZIPS, forms.zip_code, where)
        or first_zip(other, ZIPS, forms.zip_code, where)
        or first_zip(traits, ZIPS, forms.zip_code, where)
    )
    if code is not None:
        found["zp"] = forms.hashed(code)
    if country is not None:
        found["country"] = forms.hashed(country)


def _add_device(found: Object, forms: Forms, context: Object, properties: Object) -> None:
    advertising = as_object(context.get("device")).get("advertisingId")
    device = forms.device(advertising)
    if device is not None:
        found["madid"] = device
    id = text(properties.get("anon_id")) or text(advertising)
    if id is not None:
        found["anon_id"] = id
