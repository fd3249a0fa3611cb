"""The destination as a table of selectors that is interpreted anew for every event, for scale.

What one has after an afternoon: each source of each field goes through `jmespath.search`, for each
request, and the jsonschema package has the last word. The conversions are the handwritten ones.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from functools import partial
from typing import Any
from urllib.parse import urlencode

import jmespath
import orjson
from jsonschema import Draft202012Validator

from bench.speed import normal_forms as forms
from bench.speed import person, values
from bench.speed.handwritten import DESTINATIONS, MAPPED, STANDARD_EVENTS
from bench.speed.meta import ACTION_SOURCES, Encoded, options_of_processing
from mapping_engine.errors import (
    ConfigurationError,
    ErrorCode,
    InstrumentationError,
    PayloadError,
)

Object = dict[str, Any]
Convert = Callable[[Any], Any]

_TRAITS = ("traits", "context.traits")
_ADDRESSES = ("traits.address", "context.traits.address")


def _below(places: tuple[str, ...], *names: str) -> tuple[str, ...]:
    """The selectors of these names in each of the places, place by place."""
    return tuple(f"{place}.{name}" for place in places for name in names)


def _birth(value: Any) -> tuple[str | None, ...]:
    return values.birth(value) or (None, None, None)


_ZIPS = ("zip", "zipcode", "zip_code", "zipCode", "postalcode", "postal_code", "postalCode")
_ADDRESS_ZIPS = ("zipcode", "zip_code", "zip", "zipCode", "postalcode", "postal_code", "postalCode")
_USER = ("userId", *_below(_TRAITS, "userId", "id"), "anonymousId")
_COUNTRY = (*_below(_TRAITS, "country"), *_below(_ADDRESSES, "country"))
_BIRTHDAYS = (
    "traits.birthday", "context.traits.birthday", "traits.dateOfBirth",
    "context.traits.dateOfBirth", "traits.dateofbirth", "context.dateofbirth", "traits.dob",
    "context.traits.dob", "traits.DOB", "context.traits.DOB",
)  # fmt: skip
_PEOPLE: dict[str, tuple[tuple[str, ...], Convert]] = {
    "email": ((*_below(_TRAITS, "email"), "properties.email"), forms.email),
    "phone": (
        (*_below(_TRAITS, "phone"), "properties.phone",
         *_below(_TRAITS, "phone_number", "phoneNumber")),
        values.text,
    ),
    "gen": (_below(_TRAITS, "gender"), forms.gender),
    "doby": (_BIRTHDAYS, lambda value: _birth(value)[0]),
    "dobm": (_BIRTHDAYS, lambda value: _birth(value)[1]),
    "dobd": (_BIRTHDAYS, lambda value: _birth(value)[2]),
    "fn": (_below(_TRAITS, "firstName", "firstname", "first_name"), forms.name),
    "ln": (_below(_TRAITS, "lastName", "lastname", "last_name"), forms.name),
    "ct": ((*_below(_ADDRESSES, "city"), *_below(_TRAITS, "city")), forms.city),
    "st": ((*_below(_TRAITS, "state"), *_below(_ADDRESSES, "state")), values.text),
    "zip": (
        (*_below(_TRAITS[:1], *_ZIPS), *_below(_ADDRESSES[:1], *_ADDRESS_ZIPS),
         *_below(_ADDRESSES[1:], *_ZIPS), *_below(_TRAITS[1:], *person.OTHER_ZIPS)),
        values.text,
    ),
    "country": (_COUNTRY, forms.country),
    "lead_id": (("@",), lambda event: person.lead(event.get("context") or {}, event)),
    "madid": (("context.device.advertisingId",), forms.device),
    "client_user_agent": (("context.userAgent",), values.text),
    "fbc": (("context.fbc",), person.click),
    "fbp": (("context.fbp",), person.click),
}  # fmt: skip
_PLACED: dict[str, Callable[..., str | None]] = {
    "phone": forms.phone,
    "st": forms.state,
    "zip": forms.zip_code,
}
"""What is read in the light of a country."""
_CLEAR = ("lead_id", "client_user_agent", "fbc", "fbp")
_LISTS = ("email", "phone", "st", "zip")


class Naive:
    """The destination under some settings; called with the bytes of an event."""

    def __init__(self, settings: Object, schema: Object, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._clock = clock
        self._hashing = settings.get("isHashRequired", True)
        self._validator = Draft202012Validator(_strict(schema) if self._hashing else schema)

    def __call__(self, raw: bytes) -> list[Encoded]:
        """The requests of one event; raises MappingError like the engine."""
        event = orjson.loads(raw)
        if type(event) is not dict:
            raise InstrumentationError(ErrorCode.EVENT_NOT_OBJECT, "an event is a JSON object")
        if self._is_switched_off(event):
            return []
        type_, name = jmespath.search("type", event), _find(event, "event")
        if type(type_) is not str or type_.lower() != "track" or type(name) is not str:
            raise InstrumentationError(ErrorCode.EVENT_REFUSED, "this is no track call with a name")
        self._options(event)
        standards = self._rows("eventsToStandard", name) or [STANDARD_EVENTS.get(name, "Other")]
        requests = [
            self._request(event, standard, id)
            for standard in standards
            for id in self._rows("eventsToIds", standard)
        ]
        if not requests:
            raise ConfigurationError(ErrorCode.NO_DESTINATION, "there is no event set id")
        return requests

    def _is_switched_off(self, event: Object) -> bool:
        paths = [f'integrations."{name}"' for name in DESTINATIONS]
        own = next((v for path in paths if (v := jmespath.search(path, event)) is not None), None)
        return own is False or (own is None and jmespath.search("integrations.All", event) is False)

    def _rows(self, setting: str, key: Any) -> list[str]:
        """The targets of a setting's rows for a key, each once."""
        rows = jmespath.search(f"{setting}[].[from, to]", self._settings) or []
        cells = [(values.text(source), values.text(target)) for source, target in rows]
        found = [
            target.strip() for source, target in cells if target and source == values.text(key)
        ]
        return list(dict.fromkeys(found)) if values.text(key) else []

    def _request(self, event: Object, standard: str, id: str) -> Encoded:
        payload = self._payload(event, standard)
        if next(self._validator.iter_errors(payload), None) is not None:
            raise PayloadError(ErrorCode.PAYLOAD_REFUSED, "the schema refuses the payload")
        body = {
            "upload_tag": _first(event, ("properties.upload_tag",), values.business_text)
            or "RudderStack",
            "data": orjson.dumps([payload]),
            "access_token": self._settings["accessToken"],
        }
        return f"https://graph.facebook.com/v16.0/{id}/events", urlencode(body).encode()

    def _payload(self, event: Object, standard: str) -> Object:
        field = self._settings.get("valueFieldIdentifier")
        sources = [field if "." in field else f"properties.{field}"] if field else []
        sources += _below(("properties",), "total", "price", "value", "revenue")
        value = _first(event, sources, values.number)
        orders = ("properties.order_id", "properties.orderId")
        properties = jmespath.search("properties", event)
        payload = {
            "match_keys": self._match_keys(event),
            "event_time": self._milliseconds(event) // 1000,
            "event_name": standard,
            "currency": _currency(event),
            "value": 0 if value is None else value,
            "order_id": _first(event, orders, values.business_text),
            "item_number": _first(event, ("properties.item_number",), values.business_text),
            "contents": [c for each in _products(event) if (c := _content(each))] or None,
            "custom_data": values.rest(properties, MAPPED) or None if properties else None,
            "action_source": _first(
                event, (*_below(_TRAITS, "action_source"), "properties.action_source"),
                lambda value: value if value in ACTION_SOURCES else None,
            ),
            "event_source_url": _first(
                event, ("context.page.url", "properties.url"), values.clean_url
            ),
            **self._options(event),
            "content_type": self._content_type(event, standard),
        }  # fmt: skip
        return {key: value for key, value in payload.items() if value is not None}

    def _match_keys(self, event: Object) -> Object:
        extern_id = _first(event, _USER, values.text)
        if extern_id is None:
            raise InstrumentationError(ErrorCode.FIELD_REQUIRED, "there is no id of the user")
        keys: Object = {"extern_id": extern_id}
        country = _first(event, _COUNTRY, forms.country)
        for key, (sources, convert) in _PEOPLE.items():
            placed = _PLACED.get(key)
            convert = partial(placed, where=country) if placed is not None else convert
            found = _first(event, sources, convert)
            found = self._otherwise(event, key) if found is None else found
            if found is not None:
                found = forms.hashed(found) if self._hashing and key not in _CLEAR else found
                keys[key] = [found] if key in _LISTS else found
        return keys

    def _otherwise(self, event: Object, key: str) -> str | None:
        """What stands in for a key that has no value of its own."""
        if key == "email":
            return forms.email(
                person.external_address(jmespath.search("context.externalId", event))
            )
        if key in ("fn", "ln"):
            traits, other = (jmespath.search(place, event) or {} for place in _TRAITS)
            return person.names(traits, other, forms.name)[key == "ln"]
        if key == "fbc":
            urls = [jmespath.search(path, event) for path in ("context.page.url", "properties.url")]
            return person.dated_click(urls, lambda: self._milliseconds(event))
        return None

    def _milliseconds(self, event: Object) -> int:
        times = [jmespath.search(path, event) for path in ("originalTimestamp", "timestamp")]
        found, present = person.occurred(times)
        if found is None and present:
            raise InstrumentationError(ErrorCode.FIELD_INVALID, "this is not a date and time")
        return int(self._clock() * 1000) if found is None else found

    def _options(self, event: Object) -> Object:
        limited = _find(self._settings, "limitedDataUSage", "limitedDataUsage")
        given = jmespath.search("context.dataProcessingOptions", event)
        return options_of_processing(bool(limited), given)

    def _content_type(self, event: Object, standard: str) -> str:
        name, products = jmespath.search("event", event), _products(event)
        own = [_find(event, f'integrations."{name}".contentType') for name in DESTINATIONS]
        wanted = next((value for value in own if type(value) is str), None)
        if wanted is not None:
            return wanted
        category = _find(event, "properties.category") or _find(products, "[0].category")
        rows = self._rows("categoryToContent", category)
        if rows:
            return rows[0]
        if name == "Product Viewed" and self._rows("eventsToStandard", name):
            return "product"
        is_list = name == "Product List Viewed" or standard == "ViewContent"
        return "product_group" if is_list and not products else "product"


def _find(source: Any, *selectors: str) -> Any:
    """The first value that is not missing."""
    for selector in selectors:
        value = jmespath.search(selector, source)
        if not values.is_missing(value):
            return value
    return None


def _first(event: Object, selectors: Any, convert: Convert) -> Any:
    """The first value that can be converted."""
    for selector in selectors:
        found = convert(jmespath.search(selector, event))
        if found is not None:
            return found
    return None


def _currency(event: Object) -> str:
    given = _find(event, "properties.currency")
    found = "USD" if given is None else values.currency(given)
    if found is None:
        raise InstrumentationError(ErrorCode.FIELD_INVALID, "properties.currency is no currency")
    return found


def _products(event: Object) -> list[Object]:
    found = _find(event, "properties.products")
    found = [found] if type(found) is dict else found
    return [each for each in found if type(each) is dict] if type(found) is list else []


def _content(product: Object) -> Object | None:
    names = ("product_id", "id", "sku")
    if _find(product, *names) in (None, False):
        return None
    quantity = values.integer(jmespath.search("quantity", product))
    content = {
        "id": _first(product, names, values.business_text),
        "quantity": 1 if quantity is None else quantity,
        "brand": values.business_text(jmespath.search("brand", product)),
        "category": values.business_text(jmespath.search("category", product)),
        "price": values.number(jmespath.search("price", product)),
    }
    found = {key: value for key, value in content.items() if value is not None}
    return found if "id" in found else None


def _strict(schema: Object) -> Object:
    """The schema with digests where personal data is hashed."""
    strict = deepcopy(schema)
    for part in strict["$defs"].values():
        if part.get("x-personal") == "hashed":
            part["pattern"] = "^[0-9a-f]{64}$"
    return strict
