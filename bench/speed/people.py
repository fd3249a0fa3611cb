"""Who made-up events are about, and when and where they happened."""

from __future__ import annotations

from hashlib import sha256
from random import Random
from typing import Any

from bench.speed.words import (
    AGENTS,
    BIRTHDAYS,
    CITIES,
    COUNTRIES,
    FIRST_NAMES,
    LAST_NAMES,
    PHONES,
    STATES,
    ZIPS,
)

Event = dict[str, Any]


def times(rng: Random, days: tuple[int, int] = (1, 28), epoch: int = 1718000000) -> Event:
    """When it happened: on one of these days of June 2024, or at these seconds since 1970."""
    day, hour, minute = rng.randint(*days), rng.randint(0, 23), rng.randint(0, 59)
    at = f"2024-06-{day:02}T{hour:02}:{minute:02}:{rng.randint(0, 59):02}.{rng.randint(0, 999):03}"
    found: Event = {"sentAt": f"{at}Z", "receivedAt": f"{at}Z"}
    form = rng.random()
    if form < 0.8:
        found["originalTimestamp"] = f"{at}Z"
    elif form < 0.9:
        found["originalTimestamp"] = f"{at[:-4]}+05:30"
    elif form < 0.95:
        found["timestamp"] = rng.choice([epoch, epoch * 1000 + 123, str(epoch)])
    else:
        found["originalTimestamp"] = rng.choice([None, "", f"{at[:10]} {at[11:16]}"])
        found["timestamp"] = f"{at}Z"
    return found


# Who it was


def identify(rng: Random, event: Event) -> None:
    """The person in one of two places, or spread over both."""
    known, place = _person(rng), rng.random()
    if place < 0.4:
        event["traits"] = known
    elif place < 0.75:
        event["context"]["traits"] = known
    elif place < 0.95:
        keys = set(rng.sample(sorted(known), len(known) // 2))
        event["traits"] = {key: value for key, value in known.items() if key in keys}
        event["context"]["traits"] = {k: v for k, v in known.items() if k not in keys}
        event["traits"]["email"] = rng.choice(["not given", "", None])


def _person(rng: Random) -> Event:
    first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
    mail = f"{token(rng, 6)}.{rng.choice(['shopper', 'Käufer', 'buyer'])}@example.{_top(rng)}"
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
        found["address"] = address(rng)
    elif rng.random() < 0.5:
        found |= {"state": rng.choice(STATES), "country": rng.choice(COUNTRIES)}
        found[rng.choice(["zip", "zipcode", "postalCode"])] = rng.choice(ZIPS)
    return found


def address(rng: Random) -> Event:
    """Where someone lives, or where something is to go."""
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


def context(rng: Random) -> Event:
    """What the sender adds of its own: the page, the browser, the device."""
    page = f"https://shop.example.com/{token(rng, 8)}?utm_source=news&utm_campaign=s%C3%BCmmer"
    found: Event = {
        "library": {"name": "RudderLabs JavaScript SDK", "version": "2.9.1"},
        "locale": rng.choice(["en-US", "de-DE", "ja-JP"]),
        "ip": f"203.0.113.{rng.randint(1, 254)}",
        "userAgent": rng.choice(AGENTS),
        "screen": {"width": 1920, "height": 1080, "density": rng.choice([1, 1.5, 2])},
    }
    if rng.random() < 0.8:
        click = f"&fbclid=IwAR{token(rng, 24)}" if rng.random() < 0.3 else ""
        found["page"] = {"url": page + click, "path": "/", "title": "Shop — Größe & Farbe"}
    if rng.random() < 0.3:
        found["fbp"] = f"fb.1.1718000000000.{rng.randrange(10**10)}"
    if rng.random() < 0.15:
        found["fbc"] = f"fb.1.1718000000000.{token(rng, 20)}"
    if rng.random() < 0.3:
        found["device"] = {"advertisingId": token(rng, 32).upper(), "model": "Pixel 8"}
    if rng.random() < 0.2:
        found["externalId"] = [
            {"type": "customerId", "id": rng.choice(["77", "a.b@example.com"])},
            {"type": rng.choice(["LeadId", "leadid", "x"]), "id": rng.randrange(10**6)},
        ]
    if rng.random() < 0.3:
        given = [[["LDU"], 1, 1000], [[], 0, 0], ["LDU", 1, 1000]]
        found["dataProcessingOptions"] = rng.choice(given)
    return found


def token(rng: Random, length: int) -> str:
    """So many random hexadecimal digits."""
    return f"{rng.getrandbits(4 * length):0{length}x}"


def _top(rng: Random) -> str:
    return rng.choice(["com", "co.uk", "de"])
