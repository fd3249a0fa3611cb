"""Made-up track events, the same ones for the same seed.

They look like what a shop sends: nought to five products, who the customer is in `traits`, in
`context.traits` or in both, names of many scripts, numbers as text, forms that people fill in
badly; and one event in ten that has to be refused.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from random import Random
from typing import Any

import orjson

from bench.speed.words import (
    AGENTS,
    BIRTHDAYS,
    BRANDS,
    CATEGORIES,
    CITIES,
    COUNTRIES,
    COUPONS,
    CURRENCIES,
    EVENTS,
    FIRST_NAMES,
    LAST_NAMES,
    NOTES,
    PHONES,
    STATES,
    ZIPS,
)

Event = dict[str, Any]
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
        "messageId": _hex(rng, 32),
        "type": rng.choice(["track", "track", "track", "TRACK"]),
        "channel": rng.choice(["web", "mobile", "server"]),
        "event": name,
        "anonymousId": _hex(rng, 32),
        "context": _context(rng),
        "properties": _properties(rng, name),
        **_times(rng),
    }
    if rng.random() < 0.7:
        event["userId"] = rng.choice([f"user-{rng.randrange(10**6)}", rng.randrange(10**6)])
    _identify(rng, event)
    if rng.random() < 0.3:
        event["integrations"] = _integrations(rng)
    return rng.choice(_SPOILERS)(rng, event) if rng.random() < BAD else event


def _times(rng: Random) -> Event:
    day, hour, minute = rng.randint(1, 28), rng.randint(0, 23), rng.randint(0, 59)
    at = f"2024-06-{day:02}T{hour:02}:{minute:02}:{rng.randint(0, 59):02}.{rng.randint(0, 999):03}"
    found: Event = {"sentAt": f"{at}Z", "receivedAt": f"{at}Z"}
    form = rng.random()
    if form < 0.8:
        found["originalTimestamp"] = f"{at}Z"
    elif form < 0.9:
        found["originalTimestamp"] = f"{at[:-4]}+05:30"
    elif form < 0.95:
        found["timestamp"] = rng.choice([1718000000, 1718000000123, "1718000000"])
    else:
        found["originalTimestamp"] = rng.choice([None, "", f"{at[:10]} {at[11:16]}"])
        found["timestamp"] = f"{at}Z"
    return found


# Who it was


def _identify(rng: Random, event: Event) -> None:
    """The person in one of two places, or spread over both."""
    person, place = _person(rng), rng.random()
    if place < 0.4:
        event["traits"] = person
    elif place < 0.75:
        event["context"]["traits"] = person
    elif place < 0.95:
        keys = set(rng.sample(sorted(person), len(person) // 2))
        event["traits"] = {key: value for key, value in person.items() if key in keys}
        event["context"]["traits"] = {k: v for k, v in person.items() if k not in keys}
        event["traits"]["email"] = rng.choice(["not given", "", None])


def _person(rng: Random) -> Event:
    first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
    mail = f"{_hex(rng, 6)}.{rng.choice(['shopper', 'Käufer', 'buyer'])}@example.{_top(rng)}"
    found: Event = {
        "id": f"c-{rng.randrange(10**6)}",
        "email": _or_digest(rng, rng.choice([mail, mail, mail.upper(), f" {mail} "])),
        "phone": _or_digest(rng, rng.choice(PHONES)),
        "plan": rng.choice(["free", "gold"]),
    }
    if rng.random() < 0.6:
        spelling = rng.choice([("firstName", "lastName"), ("first_name", "last_name")])
        found |= {spelling[0]: _or_digest(rng, first), spelling[1]: last}
    elif rng.random() < 0.8:
        found["name"] = f"{first} {last}"
    if rng.random() < 0.4:
        found["gender"] = rng.choice(["male", "Female", "f", " M ", "divers", "unknown"])
    if rng.random() < 0.4:
        key = rng.choice(["birthday", "birthday", "dateOfBirth", "dob", "DOB"])
        found[key] = rng.choice(BIRTHDAYS)
    if rng.random() < 0.6:
        found["address"] = _address(rng)
    elif rng.random() < 0.5:
        found |= {"state": rng.choice(STATES), "country": rng.choice(COUNTRIES)}
        found[rng.choice(["zip", "zipcode", "postalCode"])] = rng.choice(ZIPS)
    return found


def _address(rng: Random) -> Event:
    return {
        "street": f"{rng.randint(1, 99)} Long Street",
        "city": rng.choice(CITIES),
        "state": rng.choice(STATES),
        rng.choice(["zip", "postalCode", "postal_code"]): rng.choice(ZIPS),
        "country": rng.choice(COUNTRIES),
    }


def _or_digest(rng: Random, value: Any) -> Any:
    """Some senders hash by themselves."""
    if rng.random() >= 0.05:
        return value
    digest = sha256(str(value).strip().lower().encode()).hexdigest()
    return rng.choice([digest, digest.upper(), sha256(b"").hexdigest()])


def _context(rng: Random) -> Event:
    page = f"https://shop.example.com/{_hex(rng, 8)}?utm_source=news&utm_campaign=s%C3%BCmmer"
    found: Event = {
        "library": {"name": "RudderLabs JavaScript SDK", "version": "2.9.1"},
        "locale": rng.choice(["en-US", "de-DE", "ja-JP"]),
        "ip": f"203.0.113.{rng.randint(1, 254)}",
        "userAgent": rng.choice(AGENTS),
        "screen": {"width": 1920, "height": 1080, "density": rng.choice([1, 1.5, 2])},
    }
    if rng.random() < 0.8:
        click = f"&fbclid=IwAR{_hex(rng, 24)}" if rng.random() < 0.3 else ""
        found["page"] = {"url": page + click, "path": "/", "title": "Shop — Größe & Farbe"}
    if rng.random() < 0.3:
        found["fbp"] = f"fb.1.1718000000000.{rng.randrange(10**10)}"
    if rng.random() < 0.15:
        found["fbc"] = f"fb.1.1718000000000.{_hex(rng, 20)}"
    if rng.random() < 0.3:
        found["device"] = {"advertisingId": _hex(rng, 32).upper(), "model": "Pixel 8"}
    if rng.random() < 0.2:
        found["externalId"] = [
            {"type": "customerId", "id": rng.choice(["77", "a.b@example.com"])},
            {"type": rng.choice(["LeadId", "leadid", "x"]), "id": rng.randrange(10**6)},
        ]
    if rng.random() < 0.3:
        found["dataProcessingOptions"] = rng.choice([[["LDU"], 1, 1000], [[], 0, 0], "LDU"])
    return found


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
            rng.choice(["order_id", "orderId"]): rng.choice([_hex(rng, 10), rng.randrange(10**8)]),
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
            "address": _address(rng),
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
        rng.choice(["product_id", "id", "sku"]): rng.choice([_hex(rng, 8), rng.randrange(10**6)]),
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


def _hex(rng: Random, length: int) -> str:
    return f"{rng.getrandbits(4 * length):0{length}x}"


def _top(rng: Random) -> str:
    return rng.choice(["com", "co.uk", "de"])
