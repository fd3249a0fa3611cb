"""The time that rules see."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from math import nan

from mapping_engine.errors import ConfigurationError, ErrorCode

Clock = Callable[[], float]
"""Yields the time as seconds since 1970."""
EARLIEST, LATEST = -62_135_596_800, 253_402_300_799
"""The years 1 to 9999, which a calendar can name."""


def is_time(now: object) -> bool:
    """Whether a clock may say so: a number of seconds, and no NaN or infinity."""
    return isinstance(now, float | int) and type(now) is not bool and EARLIEST <= now <= LATEST


def read_clock(clock: Clock) -> float:
    """What the clock says; raises ConfigurationError (CF04) where that is no time."""
    now = clock()
    if is_time(now):
        return now
    raise ConfigurationError(
        ErrorCode.CLOCK_INVALID,
        "the clock does not give a time",
        help="`clock` is a function that gives seconds since 1970, as time.time does",
    )


def seconds_of(text: str) -> float:
    """The time that a text says, in seconds since 1970; NaN where it is no time."""
    with suppress(ValueError):
        return float(text)
    with suppress(ValueError, OverflowError):
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    return nan
