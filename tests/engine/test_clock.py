"""A clock that gives no time is the caller's mistake, and no event's."""

from __future__ import annotations

from typing import Any

import pytest

from mapping_engine import ConfigurationError
from tests.loaded import loaded

EVENT = {"type": "track", "event": "Order Completed", "userId": "u"}
SETTINGS = {"accessToken": "t", "eventsToIds": [{"from": "Purchase", "to": "1"}]}


@pytest.mark.parametrize(
    "now", [float("nan"), float("inf"), -float("inf"), None, "1700000000", True, 1e18, [], 10**400]
)
def test_what_is_no_time_is_a_configuration_error(now: Any) -> None:
    destination = loaded("facebook_offline_conversions").bind(SETTINGS, clock=lambda: now)
    for use in (destination.apply, destination.payloads):
        with pytest.raises(ConfigurationError, match=r"CF04.*seconds since 1970"):
            use(EVENT)
    for told in (destination.outcome, destination.interpreted, destination.explain):
        error = told(EVENT).error
        assert error is not None
        assert error.code == "CF04"


@pytest.mark.parametrize("now", [0, -5, 1_700_000_000, 1.5])
def test_whole_seconds_are_a_time(now: float) -> None:
    destination = loaded("facebook_offline_conversions").bind(SETTINGS, clock=lambda: now)
    assert len(destination.apply(EVENT)) == 1
