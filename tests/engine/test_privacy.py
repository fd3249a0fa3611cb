"""Nothing personal leaves but as the payload schema says: searched for, wherever it could hide.

Sentinels stand at every path that the vocabulary calls personal, and under every name that does:
texts, numbers, lists, objects and parts of URLs; secrets in the settings. Then all that comes out
is searched for them.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapping_engine import Destination, Mapping, Request, load
from mapping_engine.types.type import Described

WORD = "zqxjkvwp"
"""No word, no name of a key, and nothing that a digest could hold."""
NUMBER = 4917099887766
MAIL = f"{WORD}@{WORD}.example"
LINK = f"https://shop.example/{WORD}?email={MAIL}&q=1"
MARKS = (WORD, str(NUMBER), str(NUMBER)[2:])
NOW = 1_717_240_000.0
SECRET = "s3cr3t-zqxtoken"
PACKS: dict[str, dict[str, Any]] = {
    "facebook_conversions": {
        "accessToken": SECRET,
        "datasetId": "12345",
        "actionSource": "website",
    },
    "facebook_offline_conversions": {
        "accessToken": SECRET,
        "eventsToIds": [{"from": "Purchase", "to": "6789"}],
        "eventsToStandard": [{"from": "Order Completed", "to": "Purchase"}],
    },
}
MAPPINGS = {name: load(name) for name in PACKS}
BASE: dict[str, Any] = {
    "type": "track",
    "event": "Order Completed",
    "messageId": "m1",
    "userId": "u1",
    "timestamp": "2024-06-01T10:00:00Z",
    "channel": "web",
    "context": {"ip": "203.0.113.7", "userAgent": "UA", "page": {"url": "https://shop.example/"}},
    "traits": {"email": "kept@example.com"},
    "properties": {
        "revenue": 12.5,
        "currency": "EUR",
        "order_id": "o1",
        "products": [{"product_id": "p1", "quantity": 1, "price": 12.5}],
    },
}
CLEAR = {"client_ip_address", "client_user_agent", "fbc", "fbp", "madid", "anon_id", "lead_id"}
"""Keys of the receiver that take what they hold as it is."""


def personal_paths(mapping: Mapping) -> list[tuple[str, ...]]:
    """The paths that the vocabulary calls personal; through lists their first item."""
    found: list[tuple[str, ...]] = []
    objects = mapping.model.vocabulary.objects

    def walk(name: str, way: tuple[str, ...], depth: int) -> None:
        for key, below in objects.get(name, {}).items():
            here = (*way, key)
            if any(tag.startswith("personal:") for tag in below.tags):
                found.append(here)
            inner: Described | None = below
            while inner is not None and inner.object is None:
                inner = inner.item
            if inner is not None and inner.object is not None and depth:
                walk(inner.object, here, depth - 1)

    walk("event", (), 4)
    return found


def named_paths(mapping: Mapping) -> Iterator[tuple[str, ...]]:
    """Undeclared places under names that say what they hold."""
    for name in sorted(mapping.model.vocabulary.personal.names):
        for spelled in {name, name.upper(), name.title(), f"{name[:3]}_{name[3:]}"}:
            for way in (
                ("properties",),
                ("traits",),
                ("context", "extra"),
                ("properties", "buyer"),
            ):
                yield (*way, spelled)


PLACES = {
    name: sorted({*personal_paths(mapping), *named_paths(mapping)})
    for name, mapping in MAPPINGS.items()
}
VALUES: list[Any] = [
    WORD, WORD.title(), MAIL, NUMBER, f"+{NUMBER}", LINK, float(NUMBER), [WORD, MAIL, NUMBER],
    {"value": WORD, "of": [MAIL]}, [[MAIL]], f" {MAIL} ", f"{WORD} {WORD}", {MAIL: 1}, f"x {MAIL}",
]  # fmt: skip


def put(event: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for step in path[:-1]:
        below = event.get(step)
        if not isinstance(below, dict):
            below = event[step] = {}
        event = below
    event[path[-1]] = value


def marked(value: object) -> list[str]:
    """The sentinels in a text, or in the text of anything."""
    text = (value if isinstance(value, str) else str(value)).casefold()
    return [mark for mark in MARKS if mark in text]


def leaked(node: Any, path: str = "") -> Iterator[str]:
    """The paths in a payload below which a sentinel stands."""
    if isinstance(node, dict):
        for key, value in node.items():
            if marked(key):
                yield f"{path}.*"
            yield from leaked(value, f"{path}.{key}")
    elif isinstance(node, list):
        for item in node:
            yield from leaked(item, path)
    elif marked(node):
        yield path


def payloads(request: Request) -> list[Any]:
    form = parse_qs(request.encode().decode())
    assert set(form) <= {"data", "access_token", "test_event_code", "upload_tag"}
    assert not [each for name in form if name != "data" for each in form[name] if marked(each)]
    return [json.loads(text) for text in form["data"]]


def told(destination: Destination, event: Any) -> str:
    """All that is said of an event, beside its requests."""
    outcome = destination.outcome(event)
    explanation = destination.explain(event)
    return "\n".join(
        [
            str(outcome.error), repr(outcome.error), *map(str, outcome.warnings), repr(outcome),
            *(json.dumps(each.to_dict()) for each in outcome.warnings),
            json.dumps(outcome.error.to_dict()) if outcome.error else "",
            str(explanation), json.dumps(explanation.to_dict()), repr(destination),
            *(repr(each) for each in outcome.requests),
        ]
    )  # fmt: skip


@pytest.mark.parametrize("pack", PACKS)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_nothing_personal_is_sent_or_said(pack: str, data: st.DataObject) -> None:
    mapping, event = MAPPINGS[pack], json.loads(json.dumps(BASE))
    for path in data.draw(st.lists(st.sampled_from(PLACES[pack]), min_size=1, max_size=6)):
        put(event, path, json.loads(json.dumps(data.draw(st.sampled_from(VALUES)))))
    hashing = data.draw(st.sampled_from([{}, {"isHashRequired": False}, {"isHashRequired": True}]))
    destination = mapping.bind({**PACKS[pack], **hashing}, clock=lambda: NOW)
    said = told(destination, event)
    assert not marked(said)
    assert SECRET not in said
    for request in destination.outcome(event).requests:
        assert not marked(request.url)
        assert not marked(str(request.headers))
        assert SECRET not in request.url
        for payload in payloads(request):
            allowed = CLEAR if hashing.get("isHashRequired", True) else CLEAR | IDENTITY[pack]
            wrong = {path for path in leaked(payload) if not allowed & set(path.split("."))}
            assert not wrong


IDENTITY = {"facebook_conversions": {"user_data"}, "facebook_offline_conversions": {"match_keys"}}
"""Where the personal data is that a customer may send without hashing."""


@pytest.mark.parametrize("pack", PACKS)
def test_a_mapping_and_its_pickle_hold_no_setting(pack: str) -> None:
    mapping = load(pack)
    destination = mapping.bind(PACKS[pack])
    destination.outcome(BASE)
    assert SECRET.encode() not in pickle.dumps(mapping)
    assert SECRET not in repr(mapping) + repr(destination)


def test_the_sentinels_would_be_found() -> None:
    """What the search relies on: the event is sent, and clear data shows where it may."""
    event = json.loads(json.dumps(BASE))
    put(event, ("traits", "email"), MAIL)
    for pack, own in PACKS.items():
        bound = MAPPINGS[pack].bind({**own, "isHashRequired": False}, clock=lambda: NOW)
        [request, *_] = bound.outcome(event).requests
        shown = [path for payload in payloads(request) for path in leaked(payload)]
        assert shown == ([".match_keys.email"] if pack == "facebook_offline_conversions" else [])
