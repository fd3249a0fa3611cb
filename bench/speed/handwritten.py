"""The destination Facebook Offline Conversions as a Python class, written by hand.

What a good engineer writes who has only this destination to serve: settings are brought into
tables once, nothing is looked up by a name that is known, nothing is copied that is not changed.
Its requests and its errors are those of the engine; explanations and warnings it has none.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import orjson

from bench.speed.match_keys import MatchKeys
from bench.speed.meta import (
    ACTION_SOURCES,
    Encoded,
    Object,
    Quoted,
    Validate,
    as_object,
    category_of,
    checked_currency,
    checked_event,
    checked_seconds,
    options_of,
    options_of_processing,
    products_of,
    rows,
    standard_name,
)
from bench.speed.person import occurred
from bench.speed.values import business_text, clean_url, integer, is_missing, number, rest, text
from mapping_engine.errors import ConfigurationError, ErrorCode, InstrumentationError

DESTINATIONS = (
    "FacebookOfflineConversions",
    "FACEBOOK_OFFLINE_CONVERSIONS",
    "Facebook Offline Conversions",
)
STANDARD_EVENTS = {
    "Products Searched": "Search",
    "Product Viewed": "ViewContent",
    "Product List Viewed": "ViewContent",
    "Product Added to Wishlist": "AddToWishlist",
    "Product Added": "AddToCart",
    "Checkout Started": "InitiateCheckout",
    "Payment Info Entered": "AddPaymentInfo",
    "Order Completed": "Purchase",
}
MAPPED = frozenset((
    "action_source", "category", "currency", "email", "item_number", "orderId", "order_id", "phone",
    "price", "products", "revenue", "total", "upload_tag", "url", "value",
))  # fmt: skip
_VALUES = ("total", "price", "value", "revenue")


class OfflineConversions:
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
        self._match_keys = MatchKeys(settings.get("isHashRequired", True))
        self._limited = settings.get("limitedDataUSage") or settings.get("limitedDataUsage")
        field = settings.get("valueFieldIdentifier", "").strip().removeprefix("properties.")
        self._values = (field, *_VALUES) if field else _VALUES
        self._mapped = MAPPED | {field} if field else MAPPED
        self._token = f"&access_token={quoted(settings['accessToken'])}"
        self._content_types = {
            key: targets[0] for key, targets in rows(settings.get("categoryToContent", ())).items()
        }
        self._of_dashboard = {
            name: list(dict.fromkeys(map(standard_name, targets)))
            for name, targets in rows(settings.get("eventsToStandard", ())).items()
        }
        self._routes = self._routed(rows(settings.get("eventsToIds", ()), str.casefold))
        self._other = self._routes.pop("")

    def _routed(self, ids: dict[str, list[str]]) -> dict[str, list[tuple[str, str]]]:
        """The standard event and the URL of each request, by the name of the event."""
        own = {name: [standard] for name, standard in STANDARD_EVENTS.items()}
        base = "https://graph.facebook.com/v16.0"
        return {
            name: [
                (standard, f"{base}/{quote(id, safe='')}/events")
                for standard in standards
                for id in ids.get(standard.casefold(), ())
            ]
            for name, standards in {**own, **self._of_dashboard, "": ["Other"]}.items()
        }

    def __call__(self, raw: bytes) -> list[Encoded]:
        """The requests of one event; raises MappingError like the engine."""
        event = checked_event(orjson.loads(raw))
        options = options_of(event, DESTINATIONS)
        if options is None:
            return []
        name = _accepted(event)
        given = as_object(event.get("context")).get("dataProcessingOptions")
        processing = options_of_processing(bool(self._limited), given)
        routes = self._routes.get(name, self._other)
        if not routes:
            raise ConfigurationError(
                ErrorCode.NO_DESTINATION, f"no event set id for what the event {name} maps to"
            )
        return self._requests(event, name, options, routes, processing)

    def _requests(
        self,
        event: Object,
        name: str,
        options: Object,
        routes: list[tuple[str, str]],
        processing: Object,
    ) -> list[Encoded]:
        properties = as_object(event.get("properties"))
        products = products_of(properties.get("products"))
        payload = self._payload(event, properties, products, processing)
        content_type = self._content_type(name, options, properties, products)
        tag = business_text(properties.get("upload_tag")) or "RudderStack"
        head = f"upload_tag={self._quoted(tag)}&data="
        encoded: list[Encoded] = []
        for standard_event, url in routes:
            payload["event_name"] = standard_event
            payload["content_type"] = content_type or (
                "product_group" if standard_event == "ViewContent" and not products else "product"
            )
            self._validate(payload)
            body = f"{head}{self._quoted(orjson.dumps([payload]))}{self._token}"
            encoded.append((url, body.encode()))
        return encoded

    def _payload(
        self, event: Object, properties: Object, products: list[Object], processing: Object
    ) -> Object:
        """The payload, but for what each request has of its own."""
        context, traits = as_object(event.get("context")), as_object(event.get("traits"))
        moment, present = occurred((event.get("originalTimestamp"), event.get("timestamp")))
        now = self._clock()
        at = moment if moment is not None or present else int(now * 1000)
        payload: Object = {
            "match_keys": self._match_keys(event, traits, context, properties, at),
            "event_time": checked_seconds(moment, present, now),
            "event_name": None,  # each request has its own
            "currency": checked_currency(properties.get("currency")),
            "value": self._value(properties),
        }
        order = business_text(properties.get("order_id")) or business_text(
            properties.get("orderId")
        )
        if order is not None:
            payload["order_id"] = order
        item = business_text(properties.get("item_number"))
        if item is not None:
            payload["item_number"] = item
        contents = [content for each in products if (content := _content(each))]
        if contents:
            payload["contents"] = contents
        custom = rest(properties, self._mapped)
        if custom:
            payload["custom_data"] = custom
        for place in (traits, as_object(context.get("traits")), properties):
            source = place.get("action_source")
            if type(source) is str and source in ACTION_SOURCES:
                payload["action_source"] = source
                break
        url = clean_url(as_object(context.get("page")).get("url"))
        url = url or clean_url(properties.get("url"))
        if url is not None:
            payload["event_source_url"] = url
        payload |= processing
        return payload

    def _value(self, properties: Object) -> int | float:
        for key in self._values:
            if key in properties and (found := number(properties[key])) is not None:
                return found
        return 0

    def _content_type(
        self, name: str, options: Object, properties: Object, products: list[Object]
    ) -> str | None:
        """The content type of every request; None where each has its own."""
        wanted = options.get("contentType")
        if type(wanted) is str and not is_missing(wanted):
            return wanted
        written = text(category_of(properties, products))
        if written is not None and written in self._content_types:
            return self._content_types[written]
        if name == "Product List Viewed":
            return "product" if products else "product_group"
        if name == "Product Viewed" and name in self._of_dashboard:
            return "product"
        return None


def _accepted(event: Object) -> str:
    """The name of the event, if this is a track call with a name."""
    type_, name = event.get("type"), event.get("event")
    if type(type_) is not str or type_.lower() != "track":
        raise InstrumentationError(
            ErrorCode.EVENT_REFUSED, f"message type {type_} is not supported, only track is"
        )
    if type(name) is not str or is_missing(name):
        raise InstrumentationError(ErrorCode.EVENT_REFUSED, "a track call needs a name")
    return name


def _content(product: Object) -> Object | None:
    """One product; nothing for one without an id."""
    ids = [v for key in ("product_id", "id", "sku") if not is_missing(v := product.get(key))]
    if not ids or ids[0] is False:
        return None
    found: Object = {}
    id = next((written for v in ids if (written := business_text(v)) is not None), None)
    if id is not None:
        found["id"] = id
    quantity = integer(product.get("quantity"))
    found["quantity"] = 1 if quantity is None else quantity
    for key in ("brand", "category"):
        written = business_text(product.get(key))
        if written is not None:
            found[key] = written
    price = number(product.get("price"))
    if price is not None:
        found["price"] = price
    return found
