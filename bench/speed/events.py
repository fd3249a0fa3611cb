"""Made-up track events, the same ones for the same seed.

They look like what a shop sends: nought to five products, who the customer is in `traits`, in
`context.traits` or in both, names of many scripts, numbers as text, forms that people fill in
badly; and one event in ten that has to be refused.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import orjson

from bench.speed.people import Event, address, context, identify, times, token
from bench.speed.words import BRANDS, CATEGORIES, COUPONS, CURRENCIES, EVENTS, NOTES

BAD = 0.1
"""The share of events that are to be refused."""


def events(seed: int, count: int) -> list[bytes]:
    """So many events, as the bytes of their JSON."""
    rng = Random(seed)
    return [orjson.dumps(_event(rng)) for _ in range(count)]


def _event(rng: Random) -> Any:
    names, weights = zip(*EVENTS.items(), strict=True)
    name = rng.choices(names, weights)[0]
    event: Event = {
        "messageId": token(rng, 32),
        "type": rng.choice(["track", "track", "track", "TRACK"]),
        "channel": rng.choice(["web", "mobile", "server"]),
        "event": name,
        "anonymousId": token(rng, 32),
        "context": context(rng),
        "properties": _properties(rng, name),
        **times(rng),
    }
    if rng.random() < 0.7:
        event["userId"] = rng.choice([f"user-{rng.randrange(10**6)}", rng.randrange(10**6)])
    identify(rng, event)
    if rng.random() < 0.3:
        event["integrations"] = _integrations(rng)
    return rng.choice(_SPOILERS)(rng, event) if rng.random() < BAD else event


# What it was about


def _properties(rng: Random, name: str) -> Event:
    products = [_product(rng, place) for place in range(rng.choice([0, 0, 1, 1, 2, 3, 4, 5]))]
    found: Event = {"currency": rng.choice(CURRENCIES), "affiliation": "Web Store"}
    if products:
        found["products"] = products
    elif rng.random() < 0.5:
        found |= {"products": [], "category": rng.choice(CATEGORIES)}
    if name in ("Order Completed", "Checkout Started"):
        found |= {
            rng.choice(["order_id", "orderId"]): rng.choice([token(rng, 10), rng.randrange(10**8)]),
            "total": rng.choice([rng.randrange(10**5) / 100, f"{rng.randrange(10**5) / 100}"]),
            "shipping": 4.9,
            "tax": round(rng.random() * 20, 2),
            "coupon": rng.choice(COUPONS),
            "upload_tag": rng.choice(["summer sale", None, 24]),
        }
    elif rng.random() < 0.6:
        found["price"] = rng.choice([rng.randrange(10**5) / 100, "18.99", " 1e2 ", "12,50", 0])
    else:
        found["revenue"] = rng.choice([99, "n/a", 12.5])
    if rng.random() < 0.3:
        found["delivery"] = {
            "method": "parcel",
            "slot": {"from": 9, "to": 12, "days": ["mon", None, "thu"]},
            "address": address(rng),
        }
    if rng.random() < 0.3:
        found |= {"note": rng.choice(NOTES), "First-Name": "Ann", "tags": ["new", "größe m", ""]}
    if rng.random() < 0.2:
        found |= {"url": "https://shop.example.com/p", "item_number": rng.randrange(10**4)}
    if rng.random() < 0.2:
        found["action_source"] = rng.choice(["website", "app", "Shop"])
    return found


def _product(rng: Random, place: int) -> Any:
    found: Event = {
        rng.choice(["product_id", "id", "sku"]): rng.choice([token(rng, 8), rng.randrange(10**6)]),
        "name": f"Käsemesser Nº {place}",
        "brand": rng.choice(BRANDS),
        "category": rng.choice(CATEGORIES),
        "quantity": rng.choice([1, 2, "3", "4.0", None, "many"]),
        "price": rng.choice([rng.randrange(10**5) / 100, "18.99", "free", 20]),
        "variant": "blau",
        "position": place + 1,
    }
    return rng.choice([{}, {"name": "no id"}, "no product"]) if rng.random() < 0.03 else found


def _integrations(rng: Random) -> Event:
    return rng.choice(
        [
            {"All": True},
            {"All": True, "Slack": False},
            {"All": False, "FacebookOfflineConversions": True},
            {"All": False},
            {"FacebookOfflineConversions": {"contentType": "hotel"}},
            {"Facebook Offline Conversions": {"contentType": " ", "other": 1}},
        ]
    )


# What has to be refused


def _of_another_type(rng: Random, event: Event) -> Any:
    return {**event, "type": rng.choice(["identify", "page", None, 5])}


def _without_name(rng: Random, event: Event) -> Any:
    return {**event, "event": rng.choice([None, " ", 7])}


def _of_nobody(rng: Random, event: Event) -> Any:
    bare = {key: value for key, value in event.items() if key not in ("userId", "anonymousId")}
    for place in (bare, bare["context"]):
        if "traits" in place:
            place["traits"] = {k: v for k, v in place["traits"].items() if k != "id"}
    return bare


def _without_destination(rng: Random, event: Event) -> Any:
    return {**event, "event": "Store Visited"}


def _in_no_currency(rng: Random, event: Event) -> Any:
    wrong = rng.choice(["Us Dollar", "€", 840, ["EUR"]])
    return {**event, "properties": {**event["properties"], "currency": wrong}}


def _at_no_time(rng: Random, event: Event) -> Any:
    wrong = rng.choice(["yesterday", "2024-02-30T10:00:00Z", "24:00", True])
    return {**event, "originalTimestamp": wrong}


def _with_wrong_options(rng: Random, event: Event) -> Any:
    options = [["LDU"], rng.choice(["one", 1.5]), 1000]
    return {**event, "context": {**event["context"], "dataProcessingOptions": options}}


def _with_an_odd_product(rng: Random, event: Event) -> Any:
    odd = [{"product_id": [1], "quantity": 1}]
    return {**event, "properties": {**event["properties"], "products": odd}}


def _in_a_list(rng: Random, event: Event) -> Any:
    return [event]


_SPOILERS: tuple[Callable[[Random, Event], Any], ...] = (
    _of_another_type,
    _without_name,
    _of_nobody,
    _without_destination,
    _in_no_currency,
    _at_no_time,
    _with_wrong_options,
    _with_an_odd_product,
    _in_a_list,
)
