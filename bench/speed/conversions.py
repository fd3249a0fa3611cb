"""The destination Facebook Conversions as a Python class, written by hand.

Like `handwritten`, which serves the older API: what a good engineer writes who has only this
destination to serve, with the requests and errors of the engine, and without its explanations and
warnings.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus

import orjson

from bench.speed.app_data import app_data, platform
from bench.speed.custom_data import CustomData
from bench.speed.meta import (
    ACTION_SOURCES,
    Encoded,
    Object,
    Quoted,
    Validate,
    as_object,
    checked_event,
    checked_seconds,
    options_of,
    options_of_processing,
    rows,
    standard_name,
)
from bench.speed.person import occurred
from bench.speed.user_data import UserData, is_too_little
from bench.speed.values import boolean, clean_url, is_missing, text
from mapping_engine.errors import ConfigurationError, ErrorCode, InstrumentationError

DESTINATIONS = (
    "FacebookConversions",
    "facebook_conversions",
    "FACEBOOK_CONVERSIONS",
    "Facebook Conversions",
)
STANDARD_EVENTS = {
    "product list viewed": "ViewContent",
    "product viewed": "ViewContent",
    "product added": "AddToCart",
    "order completed": "Purchase",
    "products searched": "Search",
    "checkout started": "InitiateCheckout",
    "payment info entered": "AddPaymentInfo",
    "product added to wishlist": "AddToWishlist",
}
_WISHES = {"yes": True, "no": False}
_CHANNEL = "messaging_channel"
_DAY = 86_400


class Conversions:
    """The destination under some settings; called with the bytes of an event."""

    def __init__(
        self,
        settings: Object,
        validate: Validate,
        clock: Callable[[], float] = time.time,
        quoted: Quoted = quote_plus,
    ) -> None:
        self._validate = validate
        self._quoted = quoted
        self._clock = clock
        self._user_data = UserData(settings.get("removeExternalId") is not True)
        self._custom_data = CustomData(settings)
        self._source = settings.get("actionSource")
        self._limited = settings.get("limitedDataUSage")
        self._own_names = _own_names(settings.get("eventsToEvents", ()))
        id = quote(str(settings["datasetId"]), safe="")
        self._url = f"https://graph.facebook.com/v25.0/{id}/events"
        self._end = f"&access_token={quoted(settings['accessToken'])}"
        code = settings.get("testEventCode")
        if settings.get("testDestination") is True and not is_missing(code):
            self._end += f"&test_event_code={quoted(code)}"

    def __call__(self, raw: bytes) -> list[Encoded]:
        """The requests of one event; raises MappingError like the engine."""
        event = checked_event(orjson.loads(raw))
        options = options_of(event, DESTINATIONS)
        if options is None:
            return []
        payload = self._payload(event, options)
        self._validate(payload)
        body = f"data={self._quoted(orjson.dumps([payload]))}{self._end}"
        return [(self._url, body.encode())]

    def _payload(self, event: Object, options: Object) -> Object:
        call = _accepted(event)
        context, traits = as_object(event.get("context")), as_object(event.get("traits"))
        properties = as_object(event.get("properties"))
        places = (traits, as_object(context.get("traits")), properties)
        processing = options_of_processing(
            bool(self._limited), context.get("dataProcessingOptions")
        )
        source = self._source_of(places, context)
        moment, present = occurred((event.get("timestamp"), event.get("originalTimestamp")))
        event_time = self._event_time(moment, present, source)
        at = moment if moment is not None or present else int(self._clock() * 1000)
        key = event["event"].strip().lower() if call == "track" else None
        name = self._name(event, key)
        digests = options.get("hashed") is True
        payload: Object = {"event_name": name, "event_time": event_time}
        _add_id_and_page(payload, event, context, places)
        payload["action_source"] = _known(source)
        channel = next((c for p in (context, properties) if (c := text(p.get(_CHANNEL)))), None)
        if channel is not None:
            payload["messaging_channel"] = channel
        _add_opt_out(payload, places)
        payload |= processing
        user = self._user_data(event, context, properties, at, digests)
        payload["user_data"] = user
        custom = self._custom_data(properties, name, key, options, digests)
        if custom:
            payload["custom_data"] = custom
        if source == "app":
            payload["app_data"] = app_data(context, properties)
        if is_too_little(user):
            raise InstrumentationError(ErrorCode.EVENT_REFUSED, "too little is known of the person")
        if name == "Purchase" and is_missing(custom.get("value")):
            raise InstrumentationError(ErrorCode.EVENT_REFUSED, "a Purchase needs a value")
        return payload

    def _source_of(self, places: tuple[Object, ...], context: Object) -> Any:
        """Where the event happened; an app has to tell on which device."""
        named = (place.get("action_source") for place in places)
        source = next((each for each in named if not is_missing(each)), self._source)
        if is_missing(source):
            raise ConfigurationError(ErrorCode.NO_DESTINATION, "no action_source is known")
        if source == "app":
            if platform(context) is None:
                raise InstrumentationError(ErrorCode.EVENT_REFUSED, "an app needs a known device")
            if is_missing(as_object(context.get("os")).get("version")):
                raise InstrumentationError(ErrorCode.EVENT_REFUSED, "an app needs a version")
        return source

    def _event_time(self, moment: int | None, present: bool, source: Any) -> int:
        """When it happened, in seconds since 1970; Meta takes no event from long ago."""
        now = int(self._clock())
        found = checked_seconds(moment, present, now)
        if now - found > (62 if source == "physical_store" else 7) * _DAY:
            raise InstrumentationError(ErrorCode.EVENT_REFUSED, "the event is too old")
        if found - now > 60:
            raise InstrumentationError(ErrorCode.EVENT_REFUSED, "the event lies in the future")
        return found

    def _name(self, event: Object, key: str | None) -> str:
        if key is None:
            return "PageView"
        own: str = event["event"]
        return self._own_names.get(own.casefold()) or STANDARD_EVENTS.get(key) or own


def _own_names(table: Any) -> dict[str, str]:
    """What the settings call events, by their names in any case."""
    found: dict[str, str] = {}
    for name, targets in rows(table).items():
        found.setdefault(name.casefold(), standard_name(targets[0]))
    return found


def _accepted(event: Object) -> str:
    """The kind of call, if it is one of three, and has a name if it is a track call."""
    type_ = event.get("type")
    call = type_.lower() if type(type_) is str else ""
    if call not in ("track", "page", "screen"):
        raise InstrumentationError(
            ErrorCode.EVENT_REFUSED, f"message type {type_} is not supported"
        )
    name = event.get("event")
    if call == "track" and (type(name) is not str or is_missing(name)):
        raise InstrumentationError(ErrorCode.EVENT_REFUSED, "a track call needs a name")
    return call


def _known(source: Any) -> str:
    if type(source) is str and source in ACTION_SOURCES:
        return source
    raise InstrumentationError(ErrorCode.FIELD_INVALID, "the action_source is not one of Meta's")


def _add_opt_out(payload: Object, places: tuple[Object, ...]) -> None:
    wish = next((v for place in places if not is_missing(v := place.get("opt_out"))), None)
    if wish is None:
        return
    found = _WISHES.get(wish.strip().lower()) if type(wish) is str else None
    found = boolean(wish) if found is None else found
    if found is None:
        raise InstrumentationError(ErrorCode.FIELD_INVALID, "opt_out is neither true nor false")
    payload["opt_out"] = found


def _add_id_and_page(
    payload: Object, event: Object, context: Object, places: tuple[Object, ...]
) -> None:
    traits, person, properties = places
    id = (
        text(traits.get("event_id"))
        or text(person.get("event_id"))
        or text(properties.get("event_id"))
        or text(event.get("messageId"))
    )
    if id is not None:
        payload["event_id"] = id
    url = clean_url(as_object(context.get("page")).get("url"))
    url = url or clean_url(properties.get("url"))
    if url is not None:
        payload["event_source_url"] = url
