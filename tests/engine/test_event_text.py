"""An event is a dict, or the JSON text of one: what becomes of it is the same."""

from __future__ import annotations

from functools import cache
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_engine import Destination, Outcome
from mapping_engine.engine.inspect import NoJson
from tests.loaded import loaded

EVENT: dict[str, Any] = {
    "type": "track",
    "userId": "user-1",
    "event": "Order Completed",
    "originalTimestamp": "2024-06-01T00:00:00Z",
    "properties": {"products": [{"id": 1}], "total": 12.5},
    "traits": {"email": "ann@example.com", "firstName": "Åse"},
}
SETTINGS = {"accessToken": "t", "eventsToIds": [{"from": "Purchase", "to": "5"}]}


@cache
def bound() -> Destination:
    return loaded("facebook_offline_conversions").bind(SETTINGS, clock=lambda: 1_717_300_000.0)


@pytest.fixture
def destination() -> Destination:
    return bound()


def shown(outcome: Outcome) -> dict[str, object]:
    return outcome.to_dict()


def test_text_in_any_box_is_read(destination: Destination) -> None:
    wanted = shown(destination.outcome(EVENT))
    text = orjson.dumps(EVENT)
    for event in (text, bytearray(text), memoryview(text)):
        assert shown(destination.outcome(event)) == wanted
    assert [request.to_dict() for request in destination.apply(text)] == wanted["requests"]
    assert destination.explain(text).to_dict() == destination.explain(EVENT).to_dict()
    assert destination.payloads(text) == destination.payloads(EVENT)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(sorted(EVENT)), JSON))
def test_a_text_becomes_what_its_object_becomes(changed: dict[str, Any]) -> None:
    destination = bound()
    event = {**EVENT, **changed}
    assert shown(destination.outcome(orjson.dumps(event))) == shown(destination.outcome(event))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "EV02"),
        (b'{"traits": {"email": "ann@example.com"}', "EV02"),
        (b'{"type": NaN}', "EV02"),
        (b"\xff", "EV02"),
        (b"[1]", "EV01"),
        (b"null", "EV01"),
    ],
)
def test_what_is_no_object_is_an_error_without_its_text(
    destination: Destination, text: bytes, code: str
) -> None:
    error = destination.outcome(text).error
    assert error is not None
    assert error.code == code
    assert "ann" not in str(error)


@pytest.mark.parametrize(
    ("levels", "code"), [(100, None), (101, "EV03"), (5_000, "EV03"), (200_000, "EV03")]
)
def test_depth_is_bounded_in_texts_as_elsewhere(
    destination: Destination, levels: int, code: str | None
) -> None:
    below = b"[" * (levels - 1) + b"]" * (levels - 1)
    text = orjson.dumps(EVENT)[:-1] + b',"deep":' + below + b"}"
    error = destination.outcome(text).error
    assert (error and error.code) == code


def test_many_brackets_are_no_depth(destination: Destination) -> None:
    event = {**EVENT, "properties": {"products": [{"id": n} for n in range(300)]}}
    outcome = destination.outcome(orjson.dumps(event))
    assert outcome.error is None
    assert len(outcome.requests[0].body["data"][0]["contents"]) == 300


def test_a_text_among_parsed_events_is_no_event(destination: Destination) -> None:
    """What a JSON array of events holds besides objects is not read a second time."""
    error = destination.outcome(orjson.dumps(EVENT).decode()).error
    assert error is not None
    assert error.code == "EV01"


def test_what_stands_for_a_value_that_could_not_be_read_refuses_the_event(
    destination: Destination,
) -> None:
    event = {**EVENT, "properties": {"total": NoJson("is no JSON document")}}
    error = destination.outcome(event).error
    assert error is not None
    assert (error.code, error.path) == ("EV02", "properties.total")
    assert error.message == "a part of the event is no JSON document"
