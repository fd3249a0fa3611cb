"""Made-up events of a shop for the Conversions API, the same ones for the same seed.

Most are purchases of three products. The people, their devices and their ways to fill in forms are
those of the other events; one event in twenty has to be refused.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from random import Random
from typing import Any

import orjson

from bench.speed.people import Event, address, context, identify, times, token
from bench.speed.words import (
    BRANDS,
    CATEGORIES,
    COUNTRIES,
    COUPONS,
    CURRENCIES,
    NOTES,
    STATES,
    ZIPS,
)

EVENTS = {
    "Order Completed": 78,
    "order completed": 2,
    "Checkout Started": 4,
    "Payment Info Entered": 2,
    "Product Added to Wishlist": 2,
    "Product Added": 3,
    "Product Viewed": 3,
    "Product List Viewed": 2,
    "Products Searched": 1,
    "Newsletter Joined": 1,
    "Quiz Finished": 2,
}
"""The names of events, and how often each comes."""

BAD = 0.05
"""The share of events that are to be refused."""

_DAYS = (27, 30)
"""The days of June 2024 that are no older than a week by the clock of the benchmark."""
_EPOCH = 1_719_800_000


def purchases(seed: int, count: int) -> list[bytes]:
    """So many events, as the bytes of their JSON."""
    rng = Random(seed)
    return [orjson.dumps(_event(rng)) for _ in range(count)]


def _event(rng: Random) -> Any:
    names, weights = zip(*EVENTS.items(), strict=True)
    name = rng.choices(names, weights)[0]
    event: Event = {
        "messageId": token(rng, 32),
        "type": "track",
        "channel": rng.choice(["web", "mobile", "server"]),
        "event": name,
        "anonymousId": token(rng, 32),
        "context": context(rng),
        "properties": _properties(rng, name),
        **times(rng, _DAYS, _EPOCH),
    }
    if rng.random() < 0.7:
        event["userId"] = rng.choice([f"user-{rng.randrange(10**6)}", rng.randrange(10**6)])
    identify(rng, event)
    if rng.random() < 0.04:
        event = {**event, "type": rng.choice(["page", "Screen"])}
    if rng.random() < 0.08:
        _move_into_app(rng, event)
    if rng.random() < 0.15:
        rng.choice(_RARITIES)(rng, event)
    if rng.random() < 0.1:
        event["integrations"] = _integrations(rng)
    return rng.choice(_SPOILERS)(rng, event) if rng.random() < BAD else event


# What it was about


def _properties(rng: Random, name: str) -> Event:
    found: Event = {
        rng.choice(["order_id", "orderId"]): rng.choice([token(rng, 10), rng.randrange(10**8)]),
        "affiliation": "Web Store",
        "revenue": _amount(rng),
        "shipping": 4.9,
        "tax": round(rng.random() * 20, 2),
        "coupon": rng.choice(COUPONS),
        "currency": rng.choice(CURRENCIES) or None,
        "products": [_product(rng, place) for place in range(3)],
    }
    if "order" not in name.lower():
        _speak_of_one(rng, found)
    if rng.random() < 0.3:
        found |= {"email": "ann@example.com", "nickname": rng.choice(["Ann", "", 7, None])}
    if rng.random() < 0.2:
        found["delivery"] = {"method": "parcel", "address": address(rng), "days": ["mon", None]}
    if rng.random() < 0.2:
        found |= {"note": rng.choice(NOTES), "city": "Łódź", "tags": ["new", "größe m", ""]}
    if rng.random() < 0.1:
        found["delivery_category"] = rng.choice(["home_delivery", "curbside", "by drone"])
    if rng.random() < 0.1:
        found |= {"opt_out": rng.choice([True, "false", 0]), "event_id": token(rng, 8)}
    if rng.random() < 0.1:
        found["action_source"] = rng.choice(["website", "chat", "physical_store"])
    if rng.random() < 0.1:
        found["category"] = rng.choice([*CATEGORIES, ["Games", 7]])
    return found


def _product(rng: Random, place: int) -> Event:
    found: Event = {
        rng.choice(["product_id", "product_id", "sku"]): rng.choice(
            [token(rng, 8), rng.randrange(10**6)]
        ),
        "name": f"Käsemesser Nº {place}",
        "brand": rng.choice(BRANDS),
        "category": rng.choice(CATEGORIES),
        "quantity": rng.choice([1, 1, 2, "3", None]),
        "price": _amount(rng),
        "variant": "blau",
        "position": place + 1,
    }
    if rng.random() < 0.1:
        found["delivery_category"] = rng.choice(["in_store", "home_delivery", "unknown"])
    return {"name": "no id"} if rng.random() < 0.02 else found


def _amount(rng: Random) -> Any:
    amount = rng.randrange(10**5) / 100
    return rng.choice([amount, amount, f"{amount}", 20])


def _speak_of_one(rng: Random, properties: Event) -> None:
    """Events other than orders may be about one product, about a category, or about nothing."""
    form = rng.random()
    if form < 0.6:
        del properties["products"]
    if form < 0.3:
        properties |= _product(rng, 0)
    elif form < 0.5:
        properties["category"] = rng.choice(CATEGORIES)
    if rng.random() < 0.3:
        properties |= {"query": rng.choice(["knife", 42, True]), "contentName": "Küche"}
    if rng.random() < 0.2:
        properties["content_type"] = rng.choice(["vehicle", None])


def _move_into_app(rng: Random, event: Event) -> None:
    """Let an event happen in an app."""
    event["properties"] |= {
        "action_source": "app",
        "application_tracking_enabled": rng.choice([True, 0, "TRUE"]),
        "install_referrer": rng.choice(["news", None]),
        "url_schemes": rng.choice([["shop"], "shop", None]),
    }
    event["context"] |= {
        "device": {
            "type": rng.choice(["Android", "iOS", " ipados "]),
            "adTrackingEnabled": rng.choice([True, "false"]),
            "advertisingId": token(rng, 32).upper(),
            "model": "Pixel 8",
        },
        "os": {"name": "OS", "version": rng.choice([14, "17.5"])},
        "app": {"namespace": "com.example.shop", "build": 7, "version": "7.1"},
        "network": {"carrier": "Example Mobile"},
        "campaign": {"name": "summer"},
        "timezone": "Europe/Berlin",
    }


def _integrations(rng: Random) -> Event:
    return rng.choice(
        [
            {"All": True},
            {"All": False, "FacebookConversions": True},
            {"All": False},
            {"facebook_conversions": {"contentType": "hotel"}},
            {"Facebook Conversions": {"contentType": " ", "hashed": False}},
            {"FACEBOOK_CONVERSIONS": {"hashed": True}},
        ]
    )


# What few events have


def _of_an_old_sale(rng: Random, event: Event) -> None:
    event["properties"]["action_source"] = "physical_store"
    event["timestamp"] = f"2024-06-{rng.randint(1, 20):02}T10:00:00Z"


def _with_another_value(rng: Random, event: Event) -> None:
    key = rng.choice(["value", "value", "price", "total"])
    event["properties"] |= {key: _amount(rng), "revenue": rng.choice(["n/a", 9.5, None])}


def _of_a_moved_person(rng: Random, event: Event) -> None:
    event["traits"] = {
        **event.get("traits", {}),
        "state": rng.choice(STATES),
        "country": rng.choice(COUNTRIES),
        "zip": rng.choice(ZIPS),
        "address": address(rng),
    }


def _of_a_child(rng: Random, event: Event) -> None:
    event["traits"] = {**event.get("traits", {}), "birthday": "24.12.2012"}


def _with_hashed_genders(rng: Random, event: Event) -> None:
    digests = [sha256(gender).hexdigest() for gender in (b"f", b"female")]
    event["traits"] = {**event.get("traits", {}), "gender": rng.choice(digests)}
    event["integrations"] = {"FacebookConversions": {"hashed": rng.choice([True, False])}}


def _from_a_server(rng: Random, event: Event) -> None:
    event["request_ip"] = event["context"].pop("ip")
    event["context"] |= {"fbc": "", "lead_id": rng.randrange(10**6)}
    event["properties"] |= {"fbc": "fb.1.1718000000000.Abc", "fbp": "fb.1.1718000000000.7"}


_RARITIES: tuple[Callable[[Random, Event], None], ...] = (
    _of_an_old_sale,
    _with_another_value,
    _of_a_moved_person,
    _of_a_child,
    _with_hashed_genders,
    _from_a_server,
)


# What has to be refused


def _of_another_type(rng: Random, event: Event) -> Any:
    return {**event, "type": rng.choice(["identify", "group", None, 5])}


def _without_name(rng: Random, event: Event) -> Any:
    return {**event, "type": "track", "event": rng.choice([None, " ", 7])}


def _long_ago(rng: Random, event: Event) -> Any:
    return {**event, "timestamp": rng.choice(["2024-03-01T10:00:00Z", 1_700_000_000])}


def _in_the_future(rng: Random, event: Event) -> Any:
    return {**event, "timestamp": rng.choice(["2024-07-04T10:00:00Z", 1_720_000_061])}


def _at_no_time(rng: Random, event: Event) -> Any:
    return {**event, "timestamp": rng.choice(["yesterday", "2024-02-30T10:00:00Z", True])}


def _from_nowhere(rng: Random, event: Event) -> Any:
    return _having(event, action_source=rng.choice(["Shop", "Website", 7]))


def _of_nobody(rng: Random, event: Event) -> Any:
    bare = {key: value for key, value in event.items() if key not in ("userId", "anonymousId")}
    known = rng.choice(
        [
            {},
            {"gender": "f", "address": {"city": "Reno"}},
            {"firstName": "Ann"},
            {"lastName": "Lee", "gender": "f"},
            {"birthday": "1990-05-09"},
        ]
    )
    return {**bare, "traits": known, "context": rng.choice([{}, {"userAgent": "Browser 1.0"}])}


def _for_nothing(rng: Random, event: Event) -> Any:
    order = _having(event, revenue=rng.choice([None, "free"]))
    return {**order, "type": "track", "event": "Order Completed"}


def _in_no_currency(rng: Random, event: Event) -> Any:
    return _having(event, currency=rng.choice(["Us Dollar", "€", 840, ["EUR"]]))


def _of_an_odd_category(rng: Random, event: Event) -> Any:
    return _having(event, category=rng.choice([{"name": "Games"}, True, [["Games"]]]))


def _with_an_odd_product(rng: Random, event: Event) -> Any:
    odd = _having(event, products=[{"product_id": [1], "quantity": 1}])
    return {**odd, "type": "track", "event": "Checkout Started"}


def _on_an_unknown_device(rng: Random, event: Event) -> Any:
    app = _having(event, action_source="app")
    device = rng.choice([{}, {"type": "Windows"}, {"type": "ios"}])
    return {**app, "context": {**event["context"], "device": device}}


def _in_an_app_that_tells_nothing(rng: Random, event: Event) -> Any:
    app = _having(event, action_source="app", application_tracking_enabled=None)
    told = {"device": {"type": "ios", "adTrackingEnabled": rng.choice([True, "?"])}}
    return {**app, "context": {**event["context"], **told, "os": {"version": 17}}}


def _with_wrong_options(rng: Random, event: Event) -> Any:
    options = [["LDU"], rng.choice(["one", 1.5]), 1000]
    return {**event, "context": {**event["context"], "dataProcessingOptions": options}}


def _in_a_list(rng: Random, event: Event) -> Any:
    return [event]


def _having(event: Event, **properties: Any) -> Event:
    return {**event, "properties": {**event["properties"], **properties}}


_SPOILERS: tuple[Callable[[Random, Event], Any], ...] = (
    _of_another_type,
    _without_name,
    _long_ago,
    _in_the_future,
    _at_no_time,
    _from_nowhere,
    _of_nobody,
    _for_nothing,
    _in_no_currency,
    _of_an_odd_category,
    _with_an_odd_product,
    _on_an_unknown_device,
    _in_an_app_that_tells_nothing,
    _with_wrong_options,
    _in_a_list,
)
