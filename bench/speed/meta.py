"""What both handwritten destinations do alike: switches, rows of settings, and parts of events."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from bench.speed.values import currency, is_missing, milliseconds, text
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


def rows(table: Iterable[Any]) -> dict[str, list[str]]:
    """The rows of a setting by what they are looked up with, without repeats."""
    found: dict[str, list[str]] = {}
    for row in table:
        source, target = text(row.get("from")), text(row.get("to"))
        if source is not None and target is not None:
            targets = found.setdefault(source, [])
            if target.strip() not in targets:
                targets.append(target.strip())
    return found


def products_of(value: Any) -> list[Object]:
    """The objects of a list; one object counts as a list of one."""
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


def checked_seconds(occurred: Any) -> int:
    """When it happened, in seconds since 1970."""
    found = milliseconds(occurred)
    if found is None:
        raise InstrumentationError(
            ErrorCode.FIELD_INVALID, "originalTimestamp or timestamp is not a date and time"
        )
    return found // 1000


def category_of(properties: Object, products: list[Object]) -> Any:
    """The category of the properties, or that of the first product."""
    category = properties.get("category")
    return products[0].get("category") if is_missing(category) and products else category


def add_options(payload: Object, options: Any) -> None:
    """Add the data-processing options and what goes with them."""
    if type(options) is not list:
        return
    names = ("", "_country", "_state")
    for name, value in zip(names, options, strict=False):
        if type(value) is list:
            value = [each for each in value if each is not None]
        if not is_missing(value):
            payload[f"data_processing_options{name}"] = value
