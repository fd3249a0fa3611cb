"""Times as seconds or milliseconds since 1970, and calendar dates as they are written."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from datetime import date as calendar_date
from math import isfinite

from mapping_engine.transforms.declare import (
    Example,
    Json,
    Parameter,
    Prepared,
    Rejected,
    always_whole,
    transform,
)
from mapping_engine.types.kinds import NUMBER, OBJECT, TEXT

_DAY = 86_400
_EPOCH = calendar_date(1970, 1, 1).toordinal()
_FIRST = (1 - _EPOCH) * _DAY * 1000
_LAST = (calendar_date.max.toordinal() + 1 - _EPOCH) * _DAY * 1000
_MILLISECONDS_FROM = 10**11
_YEARS = range(1900, 2101)
_LONGEST = 64

_ISO = re.compile(
    r"([0-9]{4})(-?)([0-9]{2})\2([0-9]{2})"
    r"(?:[Tt ]([0-9]{2})(?::?([0-9]{2})(?::?([0-9]{2})(?:[.,]([0-9]+))?)?)?"
    r" ?([Zz]|([+-])([0-9]{2})(?::?([0-9]{2}))?)?)?"
)
_USUAL = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
    r"(?:Z|\.[0-9]{3}(?:[0-9]{3})?Z|[+-][0-9]{2}:[0-5][0-9])"
).fullmatch
"""The form that nearly all times have."""
START = datetime(1970, 1, 1, tzinfo=UTC)
_DIGITS = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,18})?")
_SEPARATORS = re.compile(r"\s*[,/.-]\s*|\s+")
NO_TIME = Rejected("is not a date and time")
_NO_DATE = Rejected("is not a real date")


@transform(
    unit="epoch_s",
    accepts=TEXT | NUMBER,
    returns=NUMBER,
    whole=always_whole,
    examples=(
        Example("2024-01-02T03:04:05.678Z", 1704164645),
        Example("2024-01-02T03:04:05+05:30", 1704144845),
        Example("2024-01-02", 1704153600),
        Example(1704164645678, 1704164645),
        Example("1704164645", 1704164645),
        Example("1969-12-31T23:59:59.5Z", -1),
        Example("yesterday", NO_TIME),
        Example("2023-02-29T00:00:00Z", NO_TIME),
    ),
)
def epoch_seconds(value: Json) -> Json:
    """Seconds since 1970, from an ISO 8601 time or from seconds or milliseconds since 1970.

    A time without an offset is UTC. A number of 100000000000 or more counts as milliseconds; eight
    digits that are a calendar date count as one. Fractions are dropped.
    """
    found = milliseconds(value)
    return NO_TIME if found is None else found // 1000


@transform(
    unit="epoch_ms",
    accepts=TEXT | NUMBER,
    returns=NUMBER,
    whole=always_whole,
    examples=(
        Example("2024-01-02T03:04:05.6789Z", 1704164645678),
        Example(1704164645, 1704164645000),
        Example(1704164645.123, 1704164645123),
        Example("2024-13-02", NO_TIME),
    ),
)
def epoch_milliseconds(value: Json) -> Json:
    """Milliseconds since 1970; see `epoch_seconds` for what it reads."""
    found = milliseconds(value)
    return NO_TIME if found is None else found


_MOST_DAYS = 2**53
"""Larger floats are whole anyway, and need not fit into 64 bits."""


@transform(
    unit="days",
    wants="epoch_s",
    accepts=NUMBER,
    returns=NUMBER,
    parameters=(Parameter("now", NUMBER, doc="A time, in seconds since 1970."),),
    examples=(Example(0, 2, (172_800,)), Example(0, 0.5, (43_200,)), Example(86_400, -1, (0,))),
)
def days_before(value: int | float, now: int | float) -> Json:
    """How many days a time (in seconds since 1970) lies before another; below 0 when after."""
    try:
        days = (now - value) / _DAY
    except OverflowError:
        return NO_TIME
    if not isfinite(days):
        return NO_TIME
    return int(days) if abs(days) < _MOST_DAYS and days.is_integer() else days


def _order_problem(order: Json) -> str | None:
    return None if order in ("DMY", "MDY", "YMD") else "expected `DMY`, `MDY` or `YMD`"


@transform(
    accepts=TEXT,
    returns=OBJECT,
    fields=("year", "month", "day"),
    parameters=(
        Parameter(
            "order",
            TEXT,
            required=False,
            default="DMY",
            constant=True,
            doc="The order of day, month and year: DMY, MDY or YMD.",
            problem=_order_problem,
        ),
    ),
    examples=(
        Example("09, 05, 1990", {"year": "1990", "month": "05", "day": "09"}, ("DMY",)),
        Example("5/9/1990", {"year": "1990", "month": "05", "day": "09"}, ("MDY",)),
        Example("1990-05-09", {"year": "1990", "month": "05", "day": "09"}, ("DMY",)),
        Example(
            "1990-05-09T23:30:00-08:00", {"year": "1990", "month": "05", "day": "09"}, ("DMY",)
        ),
        Example("29.02.1900", Rejected("is not a real date"), ("DMY",)),
        Example("31/12/90", Rejected("is not a real date"), ("DMY",)),
    ),
)
@Prepared
def date(order: str) -> Callable[[Json], Json]:
    """The year, month and day of a date, as text: `1990`, `05`, `09`.

    Reads ISO dates and times (the date as it is written, whatever the offset) and day, month and
    year with commas, slashes, dashes, points or spaces between them, in the given order; a year
    that stands first is always followed by month and day. The year is one of 1900 to 2100.
    """
    day, month, year = (order.index(letter) for letter in "DMY")

    def read(value: Json) -> Json:
        if type(value) is not str or len(value) > _LONGEST:
            return _NO_DATE
        text = value.strip()
        iso = _ISO.fullmatch(text)
        if iso:
            return _date(iso[1], iso[3], iso[4])
        parts = _SEPARATORS.split(text)
        if len(parts) != len(order):
            return _NO_DATE
        if len(parts[0]) == len("YYYY"):
            return _date(parts[0], parts[1], parts[2])
        return _date(parts[year], parts[month], parts[day])

    return read


def _date(year: str, month: str, day: str) -> Json:
    """The parts as an object, when they are the digits of a real date."""
    written = year + month + day
    if not (written.isascii() and year.isdigit() and month.isdigit() and day.isdigit()):
        return _NO_DATE
    if len(year) != len("YYYY") or len(month) > len("MM") or len(day) > len("DD"):
        return _NO_DATE
    if int(year) not in _YEARS or _ordinal(int(year), int(month), int(day)) is None:
        return _NO_DATE
    return {"year": year, "month": month.zfill(2), "day": day.zfill(2)}


def _ordinal(year: int, month: int, day: int) -> int | None:
    try:
        return calendar_date(year, month, day).toordinal()
    except ValueError:
        return None


def milliseconds(value: Json) -> int | None:
    """Milliseconds since 1970, rounded down; None for what is no time between years 1 and 9999."""
    found = None
    if type(value) is str and len(value) <= _LONGEST:
        text = value.strip()
        found = _from_usual(text)
        iso = _ISO.fullmatch(text) if found is None else None
        if iso:
            found = _from_iso(iso)
        if found is None and _DIGITS.fullmatch(text):
            found = _from_decimal(text)
    elif type(value) is int:
        found = value if abs(value) >= _MILLISECONDS_FROM else value * 1000
    elif type(value) is float:
        found = _from_decimal(repr(value)) if isfinite(value) else None
    return found if found is not None and _FIRST <= found < _LAST else None


def _from_usual(text: str) -> int | None:
    """A time of the usual form, which the standard library reads fast.

    It would also read week dates, parts that are not separated, and odd offsets.
    """
    if _USUAL(text) is None:
        return None
    try:
        passed = datetime.fromisoformat(text) - START
    except (ValueError, OverflowError):
        return None
    return (passed.days * _DAY + passed.seconds) * 1000 + passed.microseconds // 1000


def _from_decimal(text: str) -> int:
    from fractions import Fraction  # for start-up time

    exact = Fraction(text)
    return (exact if abs(exact) >= _MILLISECONDS_FROM else exact * 1000).__floor__()


def _from_iso(iso: re.Match[str]) -> int | None:
    ordinal = _ordinal(int(iso[1]), int(iso[3]), int(iso[4]))
    hours, minutes, seconds = (int(iso[group] or 0) for group in (5, 6, 7))
    fraction = (iso[8] or "")[:3].ljust(3, "0")
    offset_hours, offset_minutes = int(iso[11] or 0), int(iso[12] or 0)
    if ordinal is None or not _is_clock(hours, minutes, seconds, int(fraction)):
        return None
    if offset_hours > 23 or offset_minutes > 59:
        return None
    offset = (offset_hours * 3600 + offset_minutes * 60) * (-1 if iso[10] == "-" else 1)
    second = (ordinal - _EPOCH) * _DAY + hours * 3600 + minutes * 60 + seconds - offset
    return second * 1000 + int(fraction)


def _is_clock(hours: int, minutes: int, seconds: int, fraction: int) -> bool:
    """Whether a clock can show this: up to 23:59:60 for leap seconds, and 24:00:00."""
    midnight = (hours, minutes, seconds, fraction) == (24, 0, 0, 0)
    return midnight or (hours < 24 and minutes < 60 and seconds <= 60)
