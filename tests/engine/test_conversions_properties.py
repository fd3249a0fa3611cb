"""What holds for every event that Facebook Conversions can get, under all sorts of settings."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mapping_engine import Destination, Mapping, MappingError, load
from tests.engine.test_properties import NOW, VALUES, declared, put, same_text

MAPPING = load("facebook_conversions")
VOCABULARY = MAPPING.model.vocabulary
PATHS = declared(VOCABULARY)
CLEAR = {("context", "device", "advertisingId")}
"""What Meta wants as it is."""
PERSONAL = [p for p in PATHS if VOCABULARY.type_of(p).personal_kinds and p not in CLEAR]
NAMES = ["E", "Product List Viewed", "Product Viewed", "Order Completed", "Products Searched",
         "Payment Info Entered", "Product Added to Wishlist"]  # fmt: skip
SETTINGS: dict[str, Any] = {"datasetId": "7", "accessToken": "TOKEN-4711", "actionSource": "app"}
CHOICES = st.fixed_dictionaries(
    {},
    optional={
        "actionSource": st.sampled_from(["", "website", "app", "physical_store"]),
        "limitedDataUSage": st.booleans(),
        "removeExternalId": st.booleans(),
        "testDestination": st.booleans(),
        "testEventCode": st.just("T1"),
        "eventsToEvents": st.just([{"from": "e", "to": "ViewContent"}, {"from": None}]),
        "categoryToContent": st.just([{"from": "c", "to": "hotel"}, {}]),
        "blacklistPiiProperties": st.lists(
            st.fixed_dictionaries(
                {},
                optional={
                    "blacklistPiiProperties": st.sampled_from(["email", "a", "", None]),
                    "blacklistPiiHash": st.sampled_from([True, False, None]),
                },
            ),
            max_size=2,
        ),
    },
)


def bound(mapping: Mapping, given: dict[str, Any]) -> Destination:
    return mapping.bind({**SETTINGS, **given}, clock=lambda: NOW)


@st.composite
def events(draw: st.DrawFn) -> dict[str, Any]:
    event: dict[str, Any] = {"type": draw(st.sampled_from(["track", "page"])), "userId": "u"}
    event["event"] = draw(st.sampled_from(NAMES))
    put(event, ("context", "device", "type"), "ios")
    put(event, ("context", "device", "adTrackingEnabled"), True)
    put(event, ("context", "os", "version"), "17")
    put(event, ("properties", "application_tracking_enabled"), True)
    put(event, ("properties", "revenue"), 3)
    for path in draw(st.lists(st.sampled_from(PATHS), max_size=8)):
        put(event, path, draw(VALUES))
    if draw(st.booleans()):
        product = st.dictionaries(st.sampled_from(["id", "sku", "price", "quantity"]), VALUES)
        put(event, ("properties", "products"), draw(st.lists(product | VALUES, max_size=3)))
    if draw(st.booleans()):
        event["integrations"] = {
            "FacebookConversions": {"hashed": draw(VALUES), "contentType": "x"}
        }
    return event


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(events(), CHOICES)
def test_any_event_gives_requests_or_a_mapping_error(
    event: dict[str, Any], chosen: dict[str, Any]
) -> None:
    destination = bound(MAPPING, chosen)
    before = same_text(event)
    outcome = destination.outcome(event)
    if outcome.error is not None:
        with pytest.raises(MappingError):
            destination.apply(event)
    for request in outcome.requests:
        assert request.encode()
    explanation = destination.explain(event)
    assert explanation.sent == len(outcome.requests)
    assert str(explanation.error) == str(outcome.error)
    assert same_text(event) == before


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(PERSONAL), min_size=1, max_size=6, unique=True), CHOICES, st.data())
def test_no_personal_value_and_no_token_is_shown(
    paths: list[tuple[str, ...]], chosen: dict[str, Any], data: st.DataObject
) -> None:
    event: dict[str, Any] = {"type": "track", "event": data.draw(st.sampled_from(NAMES))}
    put(event, ("properties", "revenue"), 3)
    put(event, ("request_ip",), "192.0.2.1")
    event["integrations"] = {"FacebookConversions": {"hashed": data.draw(st.booleans())}}
    secrets: list[str] = []
    forms = ["Zq{}x@Mail.example", "Zq{}x", "zq{} 12 1990", "+4712{}5555", "{}, 5, 1987"]
    for number, path in enumerate(paths):
        secret = data.draw(st.sampled_from(forms)).format(7301 + number)
        put(event, path, secret)
        secrets.append(secret)
    put(event, ("properties", "extra"), {"list": [{"first_name": "Hiddenname"}]})
    secrets.append("Hiddenname")
    destination = bound(MAPPING, {"actionSource": "website", **chosen})
    outcome, explanation = destination.outcome(event), destination.explain(event)
    told = [
        *(str(warning) for warning in outcome.warnings),
        json.dumps(outcome.error.to_dict() if outcome.error else None),
        explanation.text(),
        json.dumps(explanation.to_dict()),
    ]
    sent = [json.dumps(request.body, ensure_ascii=False) for request in outcome.requests]
    for text in (part.casefold() for part in (*told, *sent)):
        assert not any(secret.casefold() in text for secret in secrets)
    assert not any("TOKEN-4711" in text for text in told)
    assert not any("TOKEN-4711" in request.url for request in outcome.requests)
