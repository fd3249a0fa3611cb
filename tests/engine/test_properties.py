"""What holds for every event there can be."""

from __future__ import annotations

import copy
import json
import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mapping_engine import Destination, MappingError, Request, load
from mapping_engine.vocabulary.vocabulary import EVENT, Vocabulary

SETTINGS = {
    "accessToken": "TOKEN-4711",
    "eventsToStandard": [{"from": "E", "to": "ViewContent"}, {"from": "E", "to": "Purchase"}],
    "eventsToIds": [
        {"from": "ViewContent", "to": "1"},
        {"from": "Purchase", "to": "2"},
        {"from": "Purchase", "to": "3"},
        {"from": "Other", "to": "4"},
    ],
    "categoryToContent": [{"from": "c", "to": "hotel"}],
    "limitedDataUSage": True,
    "valueFieldIdentifier": "cost",
}
NOW = 1704110400.0


def clock() -> float:
    return NOW


@pytest.fixture(scope="module")
def destination() -> Destination:
    return load("facebook_offline_conversions").bind(SETTINGS, clock=clock)


ODD = st.sampled_from(
    [math.nan, math.inf, 10**30, -(2**70), "\ud800", "a\0b", "", "  ", "x" * 70_000, "́" * 200]
)
TEXTS = st.text(max_size=8) | st.sampled_from(["a@b.co", "1990-05-09", "USD", "track", "12", "f"])
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | ODD
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


def declared(vocabulary: Vocabulary, name: str = EVENT, depth: int = 0) -> list[tuple[str, ...]]:
    """All paths of a vocabulary, without steps into lists."""
    found: list[tuple[str, ...]] = []
    for key, described in vocabulary.objects[name].items():
        found.append((key,))
        if described.object and depth < 4:
            below = declared(vocabulary, described.object, depth + 1)
            found += [(key, *path) for path in below]
    return found


VOCABULARY = load("facebook_offline_conversions").model.vocabulary
PATHS = declared(VOCABULARY)
PERSONAL = [path for path in PATHS if VOCABULARY.type_of(path).personal_kinds]


def put(event: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    node = event
    for step in path[:-1]:
        below = node.get(step)
        if not isinstance(below, dict):
            below = node[step] = {}
        node = below
    node[path[-1]] = value


@st.composite
def events(draw: st.DrawFn) -> dict[str, Any]:
    event: dict[str, Any] = {"type": "track", "event": "E", "userId": "u"}
    for path in draw(st.lists(st.sampled_from(PATHS), max_size=8)):
        put(event, path, draw(VALUES))
    product = st.dictionaries(st.sampled_from(["id", "sku", "price", "quantity"]), VALUES)
    if draw(st.booleans()):
        put(event, ("properties", "products"), draw(st.lists(product | VALUES, max_size=3)))
    return event


def same_text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(VALUES | events())
def test_any_json_value_gives_requests_or_a_mapping_error(
    destination: Destination, event: Any
) -> None:
    before = same_text(event)
    outcome = destination.outcome(event)
    if outcome.error is not None:
        with pytest.raises(MappingError) as caught:
            destination.apply(event)
        assert caught.value.to_dict() == outcome.error.to_dict()
    for request in outcome.requests:
        assert isinstance(request, Request)
        assert request.encode()
    assert destination.outcome(event) == outcome or outcome.error is not None
    assert same_text(event) == before


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(events())
def test_explaining_an_event_agrees_with_applying_it(
    destination: Destination, event: dict[str, Any]
) -> None:
    outcome = destination.outcome(event)
    explanation = destination.explain(event)
    assert explanation.sent == len(outcome.requests)
    assert str(explanation.error) == str(outcome.error)
    assert explanation.warnings == outcome.warnings
    assert same_text(explanation.to_dict())
    assert explanation.text()


@settings(max_examples=30)
@given(st.lists(st.sampled_from(PERSONAL), min_size=1, max_size=6, unique=True), st.data())
def test_no_personal_value_leaves_as_text(
    destination: Destination, paths: list[tuple[str, ...]], data: st.DataObject
) -> None:
    event: dict[str, Any] = {"type": "track", "event": "E", "userId": "u"}
    secrets: list[str] = []
    forms = ["Zq{}x@Mail.example", "Zq{}x", "zq{} 12 1990", "+4712{}5555", "{}, 5, 1987"]
    for number, path in enumerate(paths):
        secret = data.draw(st.sampled_from(forms)).format(7301 + number)
        put(event, path, secret)
        secrets.append(secret)
    deep = {"email": "hidden@mail.example", "first_name": "Hiddenname", "note": "x@y.example"}
    put(event, ("properties", "extra"), {"list": [deep], **deep})
    secrets += list(deep.values())
    shown = _everything(destination, event)
    for secret in secrets:
        assert secret.casefold() not in shown


def _everything(destination: Destination, event: dict[str, Any]) -> str:
    outcome = destination.outcome(event)
    explanation = destination.explain(event)
    parts = [
        *(json.dumps(request.to_dict(), ensure_ascii=False) for request in outcome.requests),
        *(request.encode().decode() for request in outcome.requests),
        *(str(warning) for warning in outcome.warnings),
        json.dumps(outcome.error.to_dict() if outcome.error else None, ensure_ascii=False),
        explanation.text(),
        json.dumps(explanation.to_dict(), ensure_ascii=False),
    ]
    return "\n".join(parts).casefold()


@settings(max_examples=30)
@given(events())
def test_no_request_of_a_fan_out_depends_on_another(
    destination: Destination, event: dict[str, Any]
) -> None:
    outcome = destination.outcome(event)
    kept = copy.deepcopy([request.to_dict() for request in outcome.requests])
    for number, request in enumerate(outcome.requests):
        _spoil(request.body)
        others = [r.to_dict() for n, r in enumerate(outcome.requests) if n > number]
        assert others == kept[number + 1 :]
    assert [r.to_dict() for r in destination.outcome(event).requests] == kept


def _spoil(node: Any) -> None:
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for child in children:
        _spoil(child)
    if isinstance(node, dict | list):
        node.clear()


def test_the_token_is_in_the_body_and_nowhere_else(destination: Destination) -> None:
    event = {"type": "track", "event": "E", "userId": "u"}
    explanation = destination.explain(event)
    assert "TOKEN-4711" not in explanation.text()
    assert "TOKEN-4711" not in same_text(explanation.to_dict())
    for request in destination.apply(event):
        assert request.body["access_token"] == "TOKEN-4711"
        assert "TOKEN-4711" not in request.url
        assert "TOKEN-4711" not in repr(request)
    assert "TOKEN-4711" not in repr(destination)


@pytest.mark.parametrize("depth", [101, 1_000, 100_000])
def test_deep_nesting_is_an_error_of_the_event(destination: Destination, depth: int) -> None:
    event: dict[str, Any] = {"type": "track"}
    node: Any = event
    for _ in range(depth):
        node["a"] = {}
        node = node["a"]
    outcome = destination.outcome(event)
    assert outcome.error is not None
    assert outcome.error.code == "EV03"
    while event:  # taken apart from the top, so that freeing it needs no deep recursion
        event = event.pop("a", {})


@pytest.mark.parametrize("path", [("event",), ("properties", "note"), ("traits", "email")])
def test_ten_megabytes_of_text_are_no_trouble(
    destination: Destination, path: tuple[str, ...]
) -> None:
    event: dict[str, Any] = {"type": "track", "event": "E", "userId": "u"}
    put(event, path, "x" * 10_000_000)
    outcome = destination.outcome(event)
    assert outcome.error is None or outcome.error.code in ("PL02", "CF02")
