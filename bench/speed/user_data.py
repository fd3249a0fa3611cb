"""The user data of the handwritten Conversions API: who the event is about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from bench.speed import normal_forms
from bench.speed.meta import Object, as_object
from bench.speed.normal_forms import digest, digest_of_gender, hashed, user_id
from bench.speed.person import (
    ADDRESS_ZIPS,
    OTHER_ZIPS,
    PHONES,
    ZIPS,
    Form,
    click,
    dated_click,
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
from bench.speed.values import ip_address, text
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
    phone: Callable[[Any, str | None], str | None]
    gender: Form
    birth_date: Form
    name: Form
    city: Form
    state: Callable[[Any, str | None], str | None]
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
    phone=lambda value, where: digest(value),
    gender=digest_of_gender,
    birth_date=digest,
    name=digest,
    city=digest,
    state=lambda value, where: digest(value),
    country=digest,
    zip_code=lambda value, where: digest(value),
    device=digest,
    hashed=str,
)
"""For events that say that they are hashed: nothing is hashed, and all but digests is left out."""


class UserData:
    """Makes the user data of an event, with or without the id of the user."""

    def __init__(self, with_id: bool) -> None:
        self._with_id = with_id

    def __call__(
        self,
        event: Object,
        context: Object,
        properties: Object,
        moment: int | None,
        digests: bool,
    ) -> Object:
        """The user data; `digests` where the event says that it holds nothing else."""
        traits, person = as_object(event.get("traits")), as_object(context.get("traits"))
        forms = _DIGESTS if digests else _HASHED
        found: Object = {}
        if self._with_id:
            ids = several(ids_of(event, traits, person), text if digests else _hashed)
            if ids:
                found["external_id"] = _alone(ids)
        address, other = as_object(traits.get("address")), as_object(person.get("address"))
        where = first_country((address, other, traits, person), forms.country)
        _add_contacts(found, forms, (traits, person, properties), where)
        _add_person(found, forms, traits, person, context)
        _add_places(found, forms, traits, person, where)
        _add_browser(found, event, context, properties, moment)
        _add_device(found, forms, context, properties)
        if not found:
            raise InstrumentationError(ErrorCode.FIELD_REQUIRED, "nothing is known of the person")
        return found


def _alone(values: list[str]) -> Any:
    """The only one, or all of them."""
    return values[0] if len(values) == 1 else values


def _add_browser(
    found: Object, event: Object, context: Object, properties: Object, moment: int | None
) -> None:
    address = ip_address(context.get("ip")) or ip_address(event.get("request_ip"))
    if address is not None:
        found["client_ip_address"] = address
    agent = text(context.get("userAgent"))
    if agent is not None:
        found["client_user_agent"] = agent
    urls = (as_object(context.get("page")).get("url"), properties.get("url"))
    id = (
        click(context.get("fbc"))
        or click(properties.get("fbc"))
        or dated_click(urls, lambda: moment)
    )
    if id is not None:
        found["fbc"] = id
    browser = click(context.get("fbp")) or click(properties.get("fbp"))
    if browser is not None:
        found["fbp"] = browser
    written = text(context.get("subscription_id"))
    if written is not None:
        found["subscription_id"] = written
    id = lead(context, event)
    if id is not None:
        found["lead_id"] = id
    written = text(context.get("fb_login_id"))
    if written is not None:
        found["fb_login_id"] = written
    for key in ("ctwa_clid", "page_id", "whatsapp_business_account_id"):
        written = text(context.get(key)) or text(properties.get(key))
        if written is not None:
            found[key] = written


def is_too_little(found: Object) -> bool:
    """Whether Meta would find nobody by this user data."""
    keys = found.keys()
    return any(keys <= few for few in _TOO_LITTLE)


def _hashed(id: Any) -> str | None:
    normal = user_id(id)
    return None if normal is None else hashed(normal)


def _add_contacts(
    found: Object, forms: Forms, sources: tuple[Object, ...], where: str | None
) -> None:
    traits, person, _ = sources

    def mail(value: Any) -> str | None:
        normal = forms.email(value)
        return None if normal is None else forms.hashed(normal)

    def number(value: Any) -> str | None:
        normal = forms.phone(value, where)
        return None if normal is None else forms.hashed(normal)

    given = [*(source.get("email") for source in sources), traits.get("Email"), person.get("Email")]
    mails = several(given, mail)
    if mails:
        found["em"] = _alone(mails)
    given = [source.get("phone") for source in sources]
    given += [place.get(key) for place in (traits, person) for key in PHONES]
    numbers = several(given, number)
    if numbers:
        found["ph"] = _alone(numbers)


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


def _add_places(
    found: Object, forms: Forms, traits: Object, person: Object, where: str | None
) -> None:
    address, other = as_object(traits.get("address")), as_object(person.get("address"))
    city = first_city(traits, person, forms.city)
    if city is not None:
        found["ct"] = forms.hashed(city)
    state = first_state((address, other, traits, person), forms.state, where)
    if state is not None:
        found["st"] = forms.hashed(state)
    code = (
        first_zip(address, ADDRESS_ZIPS, forms.zip_code, where)
        or first_zip(other, ZIPS, forms.zip_code, where)
        or first_zip(traits, ZIPS, forms.zip_code, where)
        or first_zip(person, OTHER_ZIPS, forms.zip_code, where)
    )
    if code is not None:
        found["zp"] = forms.hashed(code)
    if where is not None:
        found["country"] = forms.hashed(where)


def _add_device(found: Object, forms: Forms, context: Object, properties: Object) -> None:
    advertising = as_object(context.get("device")).get("advertisingId")
    device = forms.device(advertising)
    if device is not None:
        found["madid"] = device
    ids = (text(properties.get("anon_id")), text(advertising))
    id = next((each for each in ids if each is not None and each.strip("0-")), None)
    if id is not None:
        found["anon_id"] = id
