"""Requests that are combined: nothing is lost, order is kept, limits hold, and items lead back."""

from __future__ import annotations

import json
import pickle
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapping_engine import Batch, Destination, Outcome, Part, Unsent, load
from mapping_engine.core.sending import BatchRule, Joining
from mapping_engine.engine.batch import OPEN_GROUPS, batches
from mapping_engine.engine.request import Request
from tests.engine.mini import HEAD

RULES = """
request:
  url: "{$api.base}/{p.place}"
  headers: {X-Kind: p.kind}
  json: {data: p.items, token: p.token}
fields: {x: p.place}
"""
VOCABULARY = """
vocabulary: 1
event: {p: part}
objects:
  part: {place: text, kind: text, token: text, items: list of any}
personal: {names: {email: [email]}}
"""


def made(
    folder: Path,
    batch: str,
    rules: str = RULES,
    settings: dict[str, Any] | None = None,
    *,
    secret: bool = True,
) -> Destination:
    (folder / "rules.yaml").write_text(f"{HEAD}{rules}{batch}\n")
    (folder / "vocabulary.yaml").write_text(VOCABULARY)
    (folder / "payload.schema.json").write_text("{}")
    declared = {name: {"type": "string", "x-secret": secret} for name in settings or {}}
    (folder / "settings.schema.json").write_text(json.dumps({"properties": declared}))
    return load(folder).bind(settings or {})


def event(*items: Any, place: str = "a", **more: str) -> dict[str, Any]:
    return {"p": {"items": list(items), "place": place, **more}}


def shown(found: Iterable[Batch | Unsent]) -> list[Any]:
    return [each.event if isinstance(each, Unsent) else list(each.events) for each in found]


def only(found: Iterable[Batch | Unsent]) -> Batch:
    [batch] = found
    assert isinstance(batch, Batch)
    return batch


def test_lists_are_joined_in_the_order_of_the_events(tmp_path: Path) -> None:
    destination = made(tmp_path, "batch: {into: data, at_most: 10}")
    batch = only(destination.batches([event(1), event(2, 3), event(4)]))
    assert batch.request.body == {"data": [1, 2, 3, 4]}
    assert batch.events == (0, 1, 2)
    found = [batch.part_of(item) for item in range(-1, 5)]
    assert [part and part.event for part in found] == [None, 0, 1, 1, 2, None]


def test_the_items_of_one_event_stay_together(tmp_path: Path) -> None:
    destination = made(tmp_path, "batch: {into: data, at_most: 3}")
    assert shown(destination.batches([event(1, 2), event(3, 4), event(5)])) == [[0], [1, 2]]


def test_what_is_not_equal_goes_apart(tmp_path: Path) -> None:
    destination = made(tmp_path, "batch: {into: data, at_most: 10}")
    for other in (event(2, place="b"), event(2, kind="other"), event(2, token="other")):
        assert shown(destination.batches([event(1), other, event(3)])) == [[0, 2], [1]]


def test_more_can_have_to_be_equal(tmp_path: Path) -> None:
    destination = made(tmp_path, "batch: {into: data, at_most: 10, by: ['body.data[0]']}")
    assert shown(destination.batches([event(1), event(2), event(1)])) == [[0, 2], [1]]


def test_what_goes_alone_is_sent_at_once(tmp_path: Path) -> None:
    batch = "batch: {into: data, at_most: 10, alone: headers.x_kind == 'test'}"
    found = made(tmp_path, batch).batches([event(1), event(2, kind="test"), event(3)])
    assert shown(found) == [[1], [0, 2]]


def test_bodies_are_items_but_for_what_stands_beside(tmp_path: Path) -> None:
    destination = made(tmp_path, "batch: {into: batch, beside: [token], at_most: 10}")
    one, two = event(1, token="t"), event(2, token="t")
    joined = only(destination.batches([one, two])).request
    assert joined.body == {"token": "t", "batch": [{"data": [1]}, {"data": [2]}]}
    assert only(destination.batches([one])).request.body == {"data": [1], "token": "t"}


def test_whole_bodies_become_a_list(tmp_path: Path) -> None:
    destination = made(tmp_path, "batch: {into: '@', beside: [], at_most: 10}")
    batch = only(destination.batches([event(1), event(2)]))
    assert batch.request.encode() == b'[{"data":[1]},{"data":[2]}]'


def test_what_is_too_large_alone_is_said(tmp_path: Path) -> None:
    destination = made(tmp_path, "batch: {into: data, at_most: 2, bytes: 60}")
    found = list(destination.batches([event(1), event(1, 2, 3), event("x" * 60), event(2)]))
    assert shown(found) == [1, 2, [0, 3]]
    messages = [str(each.error) for each in found if isinstance(each, Unsent)]
    assert "3 items, more than the 2 of one request [PL03 payload]" in messages[0]
    assert "bytes, more than the 60 that the receiver takes" in messages[1]
    assert "xxx" not in messages[1]


def test_events_that_failed_are_said(tmp_path: Path) -> None:
    destination = made(tmp_path, "batch: {into: data, at_most: 2}")
    assert shown(destination.batches([event(1), b"no JSON", event(2)])) == [1, [0, 2]]


def test_outcomes_keep_their_numbers(tmp_path: Path) -> None:
    destination = made(tmp_path, "batch: {into: data, at_most: 2}")
    outcomes = [Outcome(n, tuple(destination.apply(event(n)))) for n in (7, 3, 9)]
    assert shown(destination.batches(outcomes)) == [[7, 3], [9]]


KINDS = """
requests:
  one:
    when: p.kind == 'one'
    url: "{$api.base}/one"
    json: {data: p.items}
    batch: {into: data, at_most: 2}
  two:
    when: p.kind == 'two'
    url: "{$api.base}/two"
    json: [p.items]
    batch: {into: "@", at_most: 10}
  three: {url: "{$api.base}/one", json: {data: p.items}}
fields: {x: p.place}
"""


def test_each_kind_of_request_has_its_own_batch(tmp_path: Path) -> None:
    destination = made(tmp_path, "", KINDS)
    kinds = ["one", "two", "", "one", "", "two", "one"]
    found = list(destination.batches([event(n, kind=kind) for n, kind in enumerate(kinds)]))
    assert shown(found) == [[2], [0, 3], [4], [1, 5], [6]]
    named = [each.request.name for each in found if isinstance(each, Batch)]
    assert named == ["three", "one", "three", "two", "one"]


def test_the_batch_of_the_pack_is_for_kinds_that_say_nothing(tmp_path: Path) -> None:
    """What it joins may be of several kinds, where everything else is equal."""
    rules = KINDS.replace(
        "three: {",
        "four: {when: p.kind == 'four', url: '{$api.base}/one', json: {data: p.items}}\n  three: {",
    )
    destination = made(tmp_path, "batch: {into: data, at_most: 10}", rules)
    kinds = ["one", "four", "", "two", "four"]
    events = [event(n, kind=kind) for n, kind in enumerate(kinds)]
    assert shown(destination.batches(events)) == [[0], [1, 2, 4], [3]]


def test_what_is_combined_keeps_its_name_and_shows_no_secret(tmp_path: Path) -> None:
    destination = made(
        tmp_path,
        "batch: {into: data, at_most: 10}\n"
        "secrets: {key: {from: $settings.key, in_url: allowed, because: they take it there}}",
        RULES.replace("{p.place}", "{$secrets.key}"),
        settings={"key": "hush"},
    )
    request = only(destination.batches([event(1), event(2)])).request
    assert request.url.endswith("/hush")
    assert request.shown_url.endswith("/***")


def test_what_is_combined_may_go_elsewhere_and_its_items_hold_more(tmp_path: Path) -> None:
    batch = """
batch:
  url: "{$settings.host}/{$settings.shop}/batch/"
  into: batch
  beside: [token]
  adding: {type: track}
  at_most: 2
"""
    given = {"host": "https://x.test", "shop": "a b"}
    destination = made(tmp_path, batch, settings=given, secret=False)
    found = list(destination.batches([event(1, token="t"), event(2, token="t"), event(3)]))
    both, alone = [each.request for each in found if isinstance(each, Batch)]
    assert both.url == "https://x.test/a%20b/batch/"
    items = [{"data": [n], "type": "track"} for n in (1, 2)]
    assert both.body == {"token": "t", "batch": items}
    assert (alone.url, alone.body) == ("https://x.test/a", {"data": [3]})
    first = found[0]
    assert isinstance(first, Batch)
    assert [half.request.url for half in first.halves()] == ["https://x.test/a"] * 2


def test_lines_are_joined(tmp_path: Path) -> None:
    rules = RULES.replace("json: {data: p.items, token: p.token}", "ndjson: p.items")
    destination = made(tmp_path, "batch: {into: '@', at_most: 10, bytes: 7}", rules)
    found = list(destination.batches([event(1), event(2, 3), event("four"), event(5)]))
    assert shown(found) == [[0, 1], [2], [3]]
    assert [each.request.encode() for each in found if isinstance(each, Batch)] == [
        b"1\n2\n3\n", b'"four"\n', b"5\n",
    ]  # fmt: skip


def test_without_batch_each_request_goes_alone(tmp_path: Path) -> None:
    assert shown(made(tmp_path, "").batches([event(1), event(2)])) == [[0], [1]]


def test_what_waits_is_bounded(tmp_path: Path) -> None:
    """The oldest group goes when there are too many, long before the events end."""
    destination = made(tmp_path, "batch: {into: data, at_most: 10}")
    taken: list[int] = []

    def events() -> Iterator[dict[str, Any]]:
        for number in range(OPEN_GROUPS * 2):
            taken.append(number)
            yield event(number, place=str(number))

    found = destination.batches(events())
    assert shown([next(found)]) == [[0]]
    assert len(taken) == OPEN_GROUPS + 1
    assert shown(found) == [[number] for number in range(1, OPEN_GROUPS * 2)]


def test_a_batch_can_be_pickled_and_shows_nothing(tmp_path: Path) -> None:
    destination = made(tmp_path, "batch: {into: data, at_most: 10}")
    batch = only(destination.batches([event("ann"), event("bob")]))
    assert pickle.loads(pickle.dumps(batch)) == batch
    assert "ann" not in repr(batch)


TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)
ITEM = st.one_of(st.integers(-9, 9), TEXTS, st.lists(TEXTS, max_size=2), st.booleans())
BODIES = st.fixed_dictionaries(
    {"data": st.lists(ITEM, min_size=1, max_size=3), "token": st.sampled_from(["t", "é&"])}
)
URLS = st.sampled_from(["https://x.test/a", "https://x.test/b"])
REQUESTS = st.lists(st.tuples(URLS, BODIES), max_size=30)
JOININGS = st.sampled_from([Joining(("data",)), Joining(("all",), ("token",))])


@pytest.fixture(scope="module")
def rule(tmp_path_factory: pytest.TempPathFactory) -> BatchRule:
    folder = tmp_path_factory.mktemp("pack")
    found = made(folder, "batch: {into: data, at_most: 1}").mapping.model.batch
    assert found is not None
    return found


def parts_of(requests: list[tuple[str, dict[str, Any]]], format: str) -> list[Part]:
    made = (Request("POST", url, body, {}, format) for url, body in requests)
    return [Part(number, 0, request) for number, request in enumerate(made)]


def combined(parts: Iterable[Part], rule: BatchRule) -> list[Batch | Unsent]:
    return list(batches(parts, lambda _: (rule, lambda _: (False, None))))


@given(
    REQUESTS, JOININGS, st.sampled_from(["json", "form"]), st.integers(1, 7), st.integers(30, 250)
)
def test_nothing_is_lost_and_limits_hold(
    rule: BatchRule,
    requests: list[tuple[str, dict[str, Any]]],
    joining: Joining,
    format: str,
    at_most: int,
    size: int,
) -> None:
    rule = replace(rule, joining=joining, at_most=at_most, bytes=size)
    parts = parts_of(requests, format)
    found = combined(parts, rule)
    made = [each for each in found if isinstance(each, Batch)]
    unsent = [each.event for each in found if isinstance(each, Unsent)]

    sent = [part.event for each in made for part in each.parts]
    assert sorted(sent + unsent) == list(range(len(parts)))
    for batch in made:
        assert len(batch.request.encode()) <= size
        assert batch.items <= at_most
        _leads_back(batch, joining)
    for number in unsent:
        request = parts[number].request
        too_many = joining.beside is None and len(request.body["data"]) > at_most
        assert too_many or len(request.encode()) > size
    order: dict[object, list[int]] = defaultdict(list)
    for batch in made:
        order[batch.request.url, batch.request.body["token"]] += batch.events
    assert all(numbers == sorted(numbers) for numbers in order.values())


def _leads_back(batch: Batch, joining: Joining) -> None:
    """Each item of the joined list is one of the part that it leads back to."""
    if len(batch.parts) == 1:
        assert batch.request is batch.parts[0].request
        return
    expected = [
        (part, item)
        for part in batch.parts
        for item in (part.request.body["data"] if joining.beside is None else [part.request.body])
    ]
    joined = batch.request.body[joining.into[0]]
    assert len(joined) == len(expected)
    for number, (part, item) in enumerate(expected):
        assert batch.part_of(number) is part
        assert joined[number] == (item if joining.beside is None else {"data": item["data"]})


@given(REQUESTS)
@settings(max_examples=50)
def test_halves_are_the_whole(rule: BatchRule, requests: list[tuple[str, dict[str, Any]]]) -> None:
    for batch in combined(parts_of(requests, "json"), replace(rule, at_most=9)):
        assert isinstance(batch, Batch)
        halves = batch.halves()
        assert [part for half in halves for part in half.parts] == list(batch.parts)
        joined = [item for half in halves for item in half.request.body["data"]]
        assert joined == batch.request.body["data"]


@given(REQUESTS, st.integers(60, 250))
@settings(max_examples=50)
def test_a_batch_is_as_full_as_it_can_be(
    rule: BatchRule, requests: list[tuple[str, dict[str, Any]]], size: int
) -> None:
    """The first part of the next request would not have fitted."""
    last: dict[object, Batch] = {}
    for batch in combined(parts_of(requests, "json"), replace(rule, at_most=None, bytes=size)):
        if isinstance(batch, Batch):
            key = batch.request.url, batch.request.body["token"]
            if key in last:
                both = last[key].of([*last[key].parts, batch.parts[0]])
                assert len(both.request.encode()) > size
            last[key] = batch
