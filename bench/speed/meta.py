"""What both handwritten destinations do alike: switches, rows of settings, and parts of events."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from bench.speed.values import currency, integer, is_missing, text
from mapping_engine.errors import ErrorCode, InstrumentationError

Object = dict[str, Any]

Encoded = tuple[str, bytes]
"""The URL of a request and its encoded body."""

Validate = Callable[[Object], object]
"""Refuses a payload by raising PayloadError."""

Quoted = Callable[[Any], str]
"""Encodes a value of a form; the standard library's `quote_plus`, or a faster one."""

NOTHING: Object = {}
"""What an absent object is read as; nobody writes to it."""

ACTION_SOURCES = frozenset((
    "email", "website", "phone_call", "chat", "app", "physical_store", "system_generated",
    "business_messaging", "other",
))  # fmt: skip


def as_object(value: Any) -> Object:
    """An object as it is; anything else as one without keys."""
    return value if type(value) is dict else NOTHING


def checked_event(event: Any) -> Object:
    """The event, if it is an object."""
    if type(event) is not dict:
        raise InstrumentationError(
            ErrorCode.EVENT_NOT_OBJECT, f"an event is a JSON object, not a {type(event)}"
        )
    return event


def options_of(event: Object, names: Iterable[str]) -> Object | None:
    """What the event says to the destination of these names; None where it switches it off."""
    switches = event.get("integrations")
    if type(switches) is not dict:
        return NOTHING
    own = next((switches[name] for name in names if switches.get(name) is not None), None)
    if own is False or (own is None and switches.get("All") is False):
        return None
    return as_object(own)


def rows(table: Iterable[Any], fold: Callable[[str], str] = str) -> dict[str, list[str]]:
    """The rows of a setting by what they are looked up with, without repeats."""
    found: dict[str, list[str]] = {}
    for row in table:
        source, target = text(row.get("from")), text(row.get("to"))
        if source is not None and target is not None:
            targets = found.setdefault(fold(source), [])
            if target.strip() not in targets:
                targets.append(target.strip())
    return found


def products_of(value: Any) -> list[Object]:
    """The objects of a list; one object counts as a list of one."""
    if type(value) is str and value.lstrip()[:1] in ("[", "{"):
        try:
            value = json.loads(value)
        except ValueError:
            return []
    if type(value) is dict:
        return [value] if value else []
    return [each for each in value if type(each) is dict] if type(value) is list else []


def checked_currency(value: Any) -> str:
    """The code of a currency; USD where there is none."""
    if is_missing(value):
        return "USD"
    found = currency(value)
    if found is None:
        raise InstrumentationError(
            ErrorCode.FIELD_INVALID, "properties.currency does not match the pattern"
        )
    return found


def checked_seconds(moment: int | None, present: bool, now: float) -> int:
    """When it happened, in seconds since 1970: a time that cannot be read is an error."""
    if moment is not None:
        return moment // 1000
    if present:
        raise InstrumentationError(
            ErrorCode.FIELD_INVALID, "originalTimestamp or timestamp is not a date and time"
        )
    return int(now)


def category_of(properties: Object, products: list[Object]) -> Any:
    """The category of the properties, or that of the first product."""
    category = properties.get("category")
    return products[0].get("category") if is_missing(category) and products else category


def options_of_processing(limited: bool, options: Any) -> Object:
    """The data-processing options of the payload, where data usage is limited."""
    if not limited or is_missing(options):
        return NOTHING
    given = _three(options)
    if given is None:
        raise InstrumentationError(ErrorCode.EVENT_REFUSED, "the options cannot be read")
    words, *numbers = given
    items = words if type(words) is list else [words]
    texts = list(dict.fromkeys(t for each in items if (t := text(each)) is not None))
    wrong = [each for each in items if each is not None and each not in texts]
    if wrong or not (texts or words == []):
        raise InstrumentationError(ErrorCode.EVENT_REFUSED, "the options cannot be read")
    found: Object = {"data_processing_options": texts}
    for name, value in zip(("country", "state"), numbers, strict=True):
        if is_missing(value):
            continue
        whole = integer(value)
        if whole is None:
            raise InstrumentationError(ErrorCode.EVENT_REFUSED, "the options cannot be read")
        found[f"data_processing_options_{name}"] = whole
    return found


def _three(options: Any) -> list[Any] | None:
    if type(options) is dict:
        return [options.get(key) for key in ("options", "country", "state")]
    if type(options) is list:
        return [*options, None, None, None][:3]
    return None


META_EVENTS = {
    name.lower(): name
    for name in (
        "AddPaymentInfo", "AddToCart", "AddToWishlist", "CompleteRegistration", "Contact",
        "CustomizeProduct", "Donate", "FindLocation", "InitiateCheckout", "Lead", "PageView",
        "Purchase", "Schedule", "Search", "StartTrial", "SubmitApplication", "Subscribe",
        "ViewContent",
    )
}  # fmt: skip


def standard_name(name: str) -> str:
    """A standard event as Meta writes it; any other name as it is."""
    return META_EVENTS.get("".join(filter(str.isalnum, name.lower())), name)
