"""Times as text: ISO 8601 and the forms that receivers ask for, in any time zone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache

from mapping_engine.transforms.declare import Example, Json, Parameter, Rejected, transform
from mapping_engine.transforms.time import NO_TIME, START, milliseconds
from mapping_engine.types.kinds import NUMBER, TEXT

_NO_ZONE = Rejected("has no known time zone")
_LONGEST = 200
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


@transform(
    accepts=TEXT | NUMBER,
    examples=(
        Example(1763632800, "2025-11-20T10:00:00.000Z"),
        Example("2024-05-01T12:00:00.5+02:00", "2024-05-01T10:00:00.500Z"),
        Example("yesterday", NO_TIME),
    ),
)
def iso_time(value: Json) -> Json:
    """The time in ISO 8601, in UTC with milliseconds; see `epoch_seconds` for what it reads."""
    found = milliseconds(value)
    if found is None:
        return NO_TIME
    moment = START + timedelta(milliseconds=found)
    return f"{moment:%H:%M:%S}".join((f"{_day(moment)}T", f".{found % 1000:03}Z"))


def _day(moment: datetime) -> str:
    return f"{moment.year:04}-{moment.month:02}-{moment.day:02}"


def _offset(moment: datetime, colon: str) -> str:
    minutes = round((moment.utcoffset() or timedelta()).total_seconds() / 60)
    sign, minutes = "-" if minutes < 0 else "+", abs(minutes)
    return f"{sign}{minutes // 60:02}{colon}{minutes % 60:02}"


_WORDS: dict[str, Callable[[datetime], str]] = {
    "%Y": lambda at: f"{at.year:04}",
    "%y": lambda at: f"{at.year % 100:02}",
    "%m": lambda at: f"{at.month:02}",
    "%d": lambda at: f"{at.day:02}",
    "%e": lambda at: f"{at.day}",
    "%j": lambda at: f"{at.timetuple().tm_yday:03}",
    "%H": lambda at: f"{at.hour:02}",
    "%I": lambda at: f"{at.hour % 12 or 12:02}",
    "%p": lambda at: "AM" if at.hour < 12 else "PM",
    "%M": lambda at: f"{at.minute:02}",
    "%S": lambda at: f"{at.second:02}",
    "%L": lambda at: f"{at.microsecond // 1000:03}",
    "%A": lambda at: _DAYS[at.weekday()],
    "%a": lambda at: _DAYS[at.weekday()][:3],
    "%B": lambda at: _MONTHS[at.month - 1],
    "%b": lambda at: _MONTHS[at.month - 1][:3],
    "%z": lambda at: _offset(at, ""),
    "%:z": lambda at: _offset(at, ":"),
    "%Z": lambda at: at.tzname() or "",
    "%%": lambda _: "%",
}


@lru_cache(256)
def _parts(format: str) -> tuple[str | Callable[[datetime], str], ...]:
    """A format in its parts; raises ValueError for a word that it does not know."""
    parts: list[str | Callable[[datetime], str]] = []
    place = 0
    while place < len(format):
        length = 1 if format[place] != "%" else 3 if format[place + 1 : place + 2] == ":" else 2
        word = format[place : place + length]
        if length > 1 and word not in _WORDS:
            raise ValueError(word)
        parts.append(_WORDS.get(word, word))
        place += length
    return tuple(parts)


def _format_problem(format: Json) -> str | None:
    if type(format) is not str or len(format) > _LONGEST:
        return f"expected a text of up to {_LONGEST} characters"
    try:
        _parts(format)
    except ValueError as problem:
        return f"has an unknown word `{problem}`; known: {' '.join(_WORDS)}"
    return None


@lru_cache(256)
def _zone(name: str) -> tzinfo | None:
    from zoneinfo import ZoneInfo  # for start-up time

    if name in ("UTC", "Z"):
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def _zone_problem(name: Json) -> str | None:
    if type(name) is str and _zone(name) is not None:
        return None
    return "expected a time zone such as `Europe/Berlin`"


@transform(
    accepts=TEXT | NUMBER,
    parameters=(
        Parameter(
            "format",
            TEXT,
            constant=True,
            doc="The form, as `strftime` has it: `%Y-%m-%d %H:%M:%S`, `%L` for milliseconds.",
            problem=_format_problem,
        ),
        Parameter(
            "zone",
            TEXT,
            required=False,
            default="UTC",
            doc="The time zone, such as `Europe/Berlin`.",
            problem=_zone_problem,
        ),
    ),
    examples=(
        Example(1714557600, "01.05.2024 10:00", ("%d.%m.%Y %H:%M", "UTC")),
        Example("2024-05-01T10:00:00Z", "12:00 CEST +02:00", ("%H:%M %Z %:z", "Europe/Berlin")),
        Example(0, "Thu, 1 Jan 1970 12 AM", ("%a, %e %b %Y %I %p", "UTC")),
        Example("soon", NO_TIME, ("%Y", "UTC")),
        Example(0, Rejected("has no known time zone"), ("%Y", "Mars/Base")),
    ),
)
def format_time(value: Json, format: str, zone: str) -> Json:
    """The time written in a form and a time zone; see `epoch_seconds` for what it reads.

    Names of days and months are English: `%A` `%a` `%B` `%b`. `%j` is the day of the year, `%e` the
    day without a zero before it, `%I` and `%p` the hours of 12 hour clocks, `%Z` the abbreviation
    of the zone, `%z` and `%:z` its offset.
    """
    found, place = milliseconds(value), _zone(zone)
    if found is None:
        return NO_TIME
    if place is None:
        return _NO_ZONE
    try:
        moment = (START + timedelta(milliseconds=found)).astimezone(place)
    except OverflowError:
        return NO_TIME
    parts = _parts(format)
    return "".join(part if isinstance(part, str) else part(moment) for part in parts)
