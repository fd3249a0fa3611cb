"""Nothing personal leaves but as the payload schema says: searched for, wherever it could hide.

Sentinels stand at every path that the vocabulary calls personal, and under every name that does:
texts, numbers, lists, objects and parts of URLs; secrets in the settings. Then all that comes out
is searched for them.
"""

from __future__ import annotations

import json
import logging
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from mapping_engine import Destination, Mapping, Request, load
from mapping_engine.cli.main import main
from mapping_engine.engine.outcome import Outcome
from mapping_engine.errors import MappingError
from mapping_engine.types.type import Described

WORD = "zqxjkvwp"
"""No word, no name of a key, and nothing that a digest could hold."""
NUMBER = 4917099887766
MAIL = f"{WORD}@{WORD}.example"
LINK = f"https://shop.example/{WORD}?email={MAIL}&q=1"
MARKS = (WORD, str(NUMBER), str(NUMBER)[2:])
NOW = 1_717_240_000.0
SECRET = "s3cr3t-zqxtoken"


class Pack(NamedTuple):
    """What a pack is tried with, and where its requests may hold personal data in clear.

    ``clear`` are keys of its payload that take what they hold as it is, `*` is any; ``unhashed``
    are settings that switch hashing off, and the keys that hold clear data then. With ``url``,
    the pack says that a person may stand in a URL.
    """

    settings: dict[str, Any]
    clear: frozenset[str] = frozenset()
    unhashed: tuple[dict[str, Any], frozenset[str]] | None = None
    types: tuple[str, ...] = ("track",)
    variants: tuple[dict[str, Any], ...] = ({},)
    url: bool = False


ANYWHERE = frozenset("*")
CALLS = ("track", "page", "screen", "identify", "group", "alias")
PACKS: dict[str, Pack] = {
    "customerio": Pack({"siteID": "s", "apiKey": SECRET}, ANYWHERE, types=CALLS, url=True),
    "facebook_conversions": Pack(
        {"accessToken": SECRET, "datasetId": "12345", "actionSource": "website"},
        frozenset(
            ("client_ip_address", "client_user_agent", "fbc", "fbp", "madid", "anon_id", "lead_id")
        ),
        types=("track", "page", "screen"),
        variants=({}, {"actionSource": "app"}),
    ),
    "facebook_offline_conversions": Pack(
        {
            "accessToken": SECRET,
            "eventsToIds": [{"from": "Purchase", "to": "6789"}],
            "eventsToStandard": [{"from": "Order Completed", "to": "Purchase"}],
        },
        frozenset(("client_user_agent", "fbc", "fbp", "lead_id")),
        ({"isHashRequired": False}, frozenset(("match_keys",))),
        variants=({}, {"valueFieldIdentifier": "traits.phone"}),
    ),
    "linkedin_conversions": Pack(
        {"accessToken": SECRET, "conversionMapping": [{"from": "Order Completed", "to": "7"}]},
        frozenset(("userInfo",)),
        ({"hashData": False}, frozenset()),
        variants=({}, {"deduplicationKey": "traits.email"}),
    ),
    "pinterest_conversions": Pack(
        {"conversionToken": SECRET, "adAccountId": 1, "advertiserId": 2, "apiVersion": "newApi"},
        frozenset(("click_id", "partner_id", "client_ip_address", "client_user_agent")),
        ({"sendingUnHashedData": False}, frozenset()),
        types=("track", "page", "screen"),
        variants=({}, {"apiVersion": "legacyApi"}, {"deduplicationKey": "traits.email"}),
    ),
    "posthog": Pack(
        {"teamApiKey": SECRET},
        frozenset(("$set", "traits", "properties")),
        types=CALLS,
        variants=({}, {"useV2Group": True}),
    ),
    "reddit_conversions": Pack(
        {"accountId": "a2_x", "accessToken": SECRET},
        frozenset(("user_agent", "uuid", "click_id")),
        ({"hashData": False}, frozenset(("user",))),
        variants=({}, {"version": "v3"}),
    ),
    "snapchat_conversions": Pack(
        {"apiKey": SECRET, "pixelId": "p", "snapAppId": "1", "appId": "2"},
        frozenset(("madid", "idfv", "sc_click_id", "sc_cookie1", "client_ip_address")),
        types=("track", "page"),
        variants=({}, {"enableDeduplication": True, "deduplicationKey": "traits.email"}),
    ),
    "tiktok_ads": Pack(
        {"accessToken": SECRET, "pixelCode": "p", "sendCustomEvents": True},
        frozenset(("city", "state", "country")),
        ({"hashUserProperties": False}, frozenset(("user",))),
        variants=({}, {"version": "v1"}),
    ),
    "webhook": Pack(
        {"webhookUrl": "https://in.example/e", "headers": [{"from": "X-Key", "to": SECRET}]},
        ANYWHERE,
        types=CALLS,
        variants=({}, {"webhookMethod": "GET"}),
        url=True,
    ),
}
MAPPINGS = {name: load(name) for name in PACKS}
BASE: dict[str, Any] = {
    "type": "track",
    "event": "Order Completed",
    "messageId": "m1",
    "userId": "u1",
    "groupId": "g1",
    "previousId": "u0",
    "name": "Start",
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


def body_of(request: Request) -> Any:
    """The body as the receiver reads it; a form has JSON in its field `data`."""
    text = request.encode().decode()
    if not text or text[0] in "{[":
        return json.loads(text or "null")
    form = parse_qs(text)
    assert set(form) <= {"data", "access_token", "test_event_code", "upload_tag"}
    return {**form, "data": [json.loads(each) for each in form["data"]]}


def told(destination: Destination, event: Any, outcome: Outcome) -> str:
    """All that is said of an event, beside its requests."""
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


class Heard(logging.Handler):
    """Keeps all that is logged."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(self.format(record))


@contextmanager
def heard() -> Iterator[list[str]]:
    handler, root = Heard(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield handler.texts
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


@cache
def bound(pack: str, given: str) -> Destination:
    return MAPPINGS[pack].bind(json.loads(given), clock=lambda: NOW)


def planted(pack: str, data: st.DataObject) -> dict[str, Any]:
    """An event with sentinels at some places."""
    event: dict[str, Any] = json.loads(json.dumps(BASE))
    event["type"] = data.draw(st.sampled_from(PACKS[pack].types))
    for path in data.draw(st.lists(st.sampled_from(PLACES[pack]), min_size=1, max_size=6)):
        put(event, path, json.loads(json.dumps(data.draw(st.sampled_from(VALUES)))))
    if data.draw(st.booleans()):
        event["integrations"] = {"All": True, "FacebookConversions": {"hashed": True}}
    return event


@pytest.mark.parametrize("pack", PACKS)
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_nothing_personal_is_sent_or_said(pack: str, data: st.DataObject) -> None:
    own, event = PACKS[pack], planted(pack, data)
    chosen, allowed = data.draw(st.sampled_from(own.variants)), own.clear
    if own.unhashed is not None and data.draw(st.booleans()):
        chosen, allowed = {**chosen, **own.unhashed[0]}, allowed | own.unhashed[1]
    requests: tuple[Request, ...] = ()
    with heard() as logged:
        try:
            destination = bound(pack, json.dumps({**own.settings, **chosen}))
        except MappingError as error:
            said = f"{error} {error!r} {json.dumps(error.to_dict())}"
        else:
            outcome = destination.outcome(event)
            said, requests = told(destination, event, outcome), outcome.requests
    assert not marked(said)
    assert SECRET not in said
    assert not marked(logged)
    assert SECRET not in str(logged)
    for request in requests:
        assert own.url or not marked(unquote(request.url))
        assert not marked(str(request.headers))
        assert SECRET not in request.url or pack == "snapchat_conversions"
        wrong = {path for path in leaked(body_of(request)) if not allowed & {*path.split("."), "*"}}
        assert not wrong


@pytest.mark.parametrize("pack", PACKS)
def test_a_mapping_and_its_pickle_hold_no_setting_and_no_event(pack: str) -> None:
    mapping = load(pack)
    destination = mapping.bind(PACKS[pack].settings, clock=lambda: NOW)
    for kind in PACKS[pack].types:
        event = {**BASE, "type": kind, "traits": {"email": MAIL, "name": WORD, "phone": NUMBER}}
        destination.outcome(event)
        destination.explain(event)
    kept = pickle.dumps(mapping)
    assert SECRET.encode() not in kept
    assert not marked(kept.decode("latin-1"))
    assert SECRET not in repr(mapping) + repr(destination)
    assert not marked(repr(mapping) + repr(destination))


@pytest.mark.parametrize("pack", PACKS)
def test_the_sentinels_would_be_found(pack: str) -> None:
    """What the search relies on: events are sent, and clear data shows where it may."""
    own = PACKS[pack]
    requests: list[Request] = []
    for unhashed in ({}, own.unhashed[0] if own.unhashed else {}):
        destination = bound(pack, json.dumps({**own.settings, **unhashed}))
        for kind in own.types:
            event = {**BASE, "type": kind, "traits": {**PERSON, "email": MAIL}}
            requests += destination.outcome(event).requests
    assert len(requests) >= len(own.types)
    shown = {path for request in requests for path in leaked(body_of(request))}
    assert bool(shown) is (pack in SHOWN)


PERSON = {"firstName": WORD, "lastName": WORD, "city": WORD, "phone": NUMBER}
SHOWN = (
    "customerio", "facebook_offline_conversions", "linkedin_conversions", "posthog",
    "reddit_conversions", "tiktok_ads", "webhook",
)  # fmt: skip
"""The packs that send something in clear where hashing is off, or always."""


@pytest.mark.parametrize("pack", PACKS)
def test_commands_say_nothing_personal(pack: str, tmp_path: Path) -> None:
    """What a terminal shows, and the files of errors and warnings, beside the requests."""
    lines = []
    for number, path in enumerate(PLACES[pack][:: len(PLACES[pack]) // 12]):
        event = json.loads(json.dumps(BASE))
        put(event, path, VALUES[number % len(VALUES)])
        lines.append(json.dumps(event))
    (tmp_path / "events.ndjson").write_text("\n".join(lines) + "\nno json " + MAIL + "\n")
    (tmp_path / "settings.json").write_text(json.dumps(PACKS[pack].settings))
    given = [pack, str(tmp_path / "events.ndjson"), "--settings", str(tmp_path / "settings.json")]
    runner = CliRunner()
    files = [f"--{name}={tmp_path / name}.ndjson" for name in ("errors", "warnings")]
    applied = runner.invoke(main, ["apply", *given, *files, "--now", str(int(NOW))])
    explained = runner.invoke(main, ["explain", *given, "--now", str(int(NOW))])
    written = [(tmp_path / f"{name}.ndjson").read_text() for name in ("errors", "warnings")]
    for said in (applied.stderr, explained.output, *written):
        assert not marked(said)
        assert SECRET not in said
    assert applied.stdout.count("\n") > len(lines) / 2
