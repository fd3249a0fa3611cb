"""Rows of settings that can never match are told when settings are bound."""

from __future__ import annotations

from typing import Any

import pytest

from mapping_engine import Destination
from tests.loaded import loaded

OFFLINE: dict[str, Any] = {"accessToken": "t", "eventsToIds": [{"from": "Purchase", "to": 1}]}
CONVERSIONS: dict[str, Any] = {"accessToken": "t", "datasetId": "7", "actionSource": "email"}
SOLD = {"type": "track", "event": "Sold", "userId": "u", "timestamp": 1_717_200_000}


def offline(**settings: Any) -> Destination:
    pack = loaded("facebook_offline_conversions")
    return pack.bind({**OFFLINE, **settings}, clock=lambda: 1_717_300_000.0)


def conversions(**settings: Any) -> Destination:
    pack = loaded("facebook_conversions")
    return pack.bind({**CONVERSIONS, **settings}, clock=lambda: 1_717_300_000.0)


def test_usual_settings_have_no_warnings() -> None:
    rows = [{"from": "Sold", "to": "Purchase"}, {"from": "", "to": ""}]
    assert offline(eventsToStandard=rows).warnings == ()
    assert offline(eventsToIds=[{"from": "other", "to": 1}]).warnings == ()
    assert conversions(eventsToEvents=rows).warnings == ()


def test_a_standard_event_in_another_case_is_corrected_with_a_warning() -> None:
    bound = offline(eventsToStandard=[{"from": "Sold", "to": "purchase"}])
    (warning,) = bound.warnings
    assert (warning.code, "purchase" in warning.message) == ("WA04", True)
    (payload,) = bound.payloads(SOLD)
    assert payload["event_name"] == "Purchase"


def test_also_where_it_has_an_id() -> None:
    bound = offline(
        eventsToStandard=[{"from": "Sold", "to": "Purchase"}],
        eventsToIds=[{"from": "PURCHASE", "to": 1}],
    )
    (warning,) = bound.warnings
    assert "PURCHASE" in warning.message
    assert bound.apply(SOLD)[0].url.endswith("/1/events")


def test_an_unknown_standard_event_is_told() -> None:
    (warning,) = offline(eventsToStandard=[{"from": "Sold", "to": "Purchased"}]).warnings
    assert "no standard events of Meta" in warning.message
    assert "Purchased" in warning.message


def test_the_successor_corrects_them_too_and_takes_names_of_its_own() -> None:
    bound = conversions(
        eventsToEvents=[{"from": "Sold", "to": "addtocart"}, {"from": "x", "to": "Quiz Finished"}]
    )
    (warning,) = bound.warnings
    assert "addtocart" in warning.message
    assert bound.payloads(SOLD)[0]["event_name"] == "AddToCart"


@pytest.mark.parametrize("name", ["properties.phone", "traits.email", "a..b", ".a", "a.", " a"])
def test_a_black_list_row_that_can_match_nothing_is_told(name: str) -> None:
    (warning,) = conversions(blacklistPiiProperties=[{"blacklistPiiProperties": name}]).warnings
    assert warning.code == "WA04"
    assert name.strip() in warning.message


@pytest.mark.parametrize("name", ["phone", "trip.city", "", None])
def test_other_rows_are_not(name: str | None) -> None:
    rows = [{"blacklistPiiProperties": name}]
    assert conversions(blacklistPiiProperties=rows).warnings == ()


def test_the_old_version_of_reddits_api_is_told() -> None:
    settings = {"accountId": "a2", "accessToken": "t"}
    for given in ({}, {"version": ""}, {"version": "v2"}):
        (warning,) = loaded("reddit_conversions").bind({**settings, **given}).warnings
        assert "deprecated" in warning.message
    assert loaded("reddit_conversions").bind({**settings, "version": "v3"}).warnings == ()
