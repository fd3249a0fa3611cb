"""What answers mean: the first row that applies, or the status; each part has one fate."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_engine import Answer, Batch, Destination, load
from mapping_engine.engine.receiver_text import LONGEST
from tests.engine.mini import HEAD
from tests.engine.test_batches import VOCABULARY, event

RULES = """
request:
  url: "{$api.base}/{p.place}"
  headers: {Authorization: "'Bearer ' ?? p.kind"}
  json: {data: p.items}
fields: {x: p.place}
batch: {into: data, at_most: 100}
answers:
"""
DAY = 1_704_110_400.0
"""2024-01-01T12:00:00Z"""


def made(folder: Path, *rows: str) -> Destination:
    answers = "\n".join(f"  - {row}" for row in rows)
    rules = f"{HEAD}{RULES}{answers}\n" if rows else f"{HEAD}{RULES}".replace("answers:\n", "")
    (folder / "rules.yaml").write_text(rules)
    (folder / "vocabulary.yaml").write_text(VOCABULARY)
    (folder / "payload.schema.json").write_text("{}")
    (folder / "settings.schema.json").write_text("{}")
    return load(folder).bind({}, clock=lambda: DAY)


def batch_of(destination: Destination, *events: list[Any]) -> Batch:
    [batch] = destination.batches(event(*items) for items in events or ([1], [2], [3]))
    assert isinstance(batch, Batch)
    return batch


def answered(
    folder: Path,
    rows: list[str],
    status: int,
    body: Any = "",
    headers: dict[str, str] | None = None,
) -> Answer:
    destination = made(folder, *rows)
    found = destination.answer(batch_of(destination), status, headers or {}, body)
    assert pickle.loads(pickle.dumps(found)) == found
    return found


def told(found: Answer) -> dict[str, Any]:
    """What an answer says, without what it does not say."""
    said = found.to_dict()
    return {k: v for k, v in said.items() if v not in (None, []) and k != "span"}


# Without rows


@pytest.mark.parametrize("status", [200, 201, 202, 204, 207])
def test_success_is_delivered(tmp_path: Path, status: int) -> None:
    assert told(answered(tmp_path, [], status)) == {"action": "delivered", "delivered": [0, 1, 2]}


@pytest.mark.parametrize("status", [429, 500, 502, 503, 599])
def test_what_passes_is_tried_again(tmp_path: Path, status: int) -> None:
    assert told(answered(tmp_path, [], status)) == {"action": "retry", "again": [[0, 1, 2]]}


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 422])
def test_the_rest_is_refused(tmp_path: Path, status: int) -> None:
    found = answered(tmp_path, [], status)
    assert [each.event for each in found.dropped] == [0, 1, 2]
    assert found.dropped[0].reason == f"the receiver answered with status {status}"


def test_what_is_too_large_is_halved(tmp_path: Path) -> None:
    assert told(answered(tmp_path, [], 413)) == {
        "action": "split", "again": [[0], [1, 2]], "after": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "after"),
    [
        ("120", 120),
        ("1.5", 1.5),
        ("-3", 0),
        ("Mon, 01 Jan 2024 12:01:00 GMT", 60),
        ("Mon, 01 Jan 2024 11:00:00 GMT", 0),
        ("Mon, 01 Jan 2034 11:00:00 GMT", 3600),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("9" * 5000, None),
    ],
)
def test_the_wait_is_in_seconds_or_a_date(tmp_path: Path, said: str, after: float | None) -> None:
    assert answered(tmp_path, [], 429, headers={"RETRY-after": said}).after == after


# Rows


def test_the_first_row_that_applies_counts(tmp_path: Path) -> None:
    rows = [
        "{when: body.code == 0, delivered: true}",
        "{when: 'body.code in [1, 2]', retry: 5}",
        "{when: body.code == 2, refuse: never}",
    ]
    assert answered(tmp_path, rows, 400, {"code": 0}).action == "delivered"
    assert answered(tmp_path, rows, 200, b'{"code": 2}').after == 5
    assert answered(tmp_path, rows, 400, '{"code": 3}').action == "refuse"


@pytest.mark.parametrize(
    ("row", "after"),
    [
        ("{when: status == 429, retry: headers.x_wait}", 7),
        ("{when: status == 429, retry: headers.other ?? 30}", 30),
        ("{when: status == 429, retry: body.minutes |> times(60)}", 120),
        ("{when: status == 429, retry: {after: 7200, at_most: 10 min}}", 600),
        ("{when: status == 429, retry: {after: 7200, at_most: 2 h}}", 7200),
        ("{when: status == 429, retry: body.nothing}", None),
    ],
)
def test_how_long_to_wait_is_an_expression(tmp_path: Path, row: str, after: float | None) -> None:
    found = answered(tmp_path, [row], 429, {"minutes": 2}, {"X-Wait": "7"})
    assert (found.action, found.after) == ("retry", after)


def test_positions_are_dropped_and_others_sent_again(tmp_path: Path) -> None:
    row = "{when: status == 400, drop: body.index, because: body.message}"
    found = answered(tmp_path, [row], 400, {"index": 1, "message": "too old"})
    assert told(found) == {
        "action": "drop",
        "dropped": [{"event": 1, "reason": "too old"}],
        "again": [[0, 2]],
        "after": 0,
    }


def test_with_a_good_status_others_are_delivered(tmp_path: Path) -> None:
    row = (
        "{when: status == 207, drop: {each: body.errors, at: $item.index, because: $item.message}}"
    )
    errors = [{"index": 2, "message": "no name"}, {"index": 2, "message": "no id"}, {"index": 9}]
    assert told(answered(tmp_path, [row], 207, {"errors": errors})) == {
        "action": "drop",
        "delivered": [0, 1],
        "dropped": [{"event": 2, "reason": "no name; no id"}],
    }


def test_a_list_in_the_order_of_the_items_tells_what_failed(tmp_path: Path) -> None:
    row = (
        "{when: body.events is present, drop: {each: body.events, when: $item.status == 'failed', "
        "because: $item.why, others: delivered}}"
    )
    events = [{"status": "processed"}, {"status": "failed", "why": "bad"}, {"status": "processed"}]
    assert told(answered(tmp_path, [row], 422, {"events": events})) == {
        "action": "drop",
        "delivered": [0, 2],
        "dropped": [{"event": 1, "reason": "bad"}],
    }


def test_positions_stand_in_a_text_as_well(tmp_path: Path) -> None:
    rows = [
        "{when: status == 422, drop: {each: \"body.message |> split('\\n')\", "
        "at: \"$item |> after('Index: ') |> before(',')\", because: $item}}",
        "{when: status == 400, "
        "drop: \"body.message |> after('indices [') |> before(']') |> split(',')\"}",
    ]
    lines = "Index: 0, ERROR :: a :: b\n :: c\nIndex: 2, ERROR :: d"
    found = answered(tmp_path, rows, 422, {"message": lines})
    assert [each.event for each in found.dropped] == [0, 2]
    found = answered(tmp_path, rows, 400, {"message": "bad indices [0, 1] (0-indexed)"})
    assert [each.event for each in found.dropped] == [0, 1]
    assert [batch.events for batch in found.again] == [(2,)]


@pytest.mark.parametrize("index", [None, 3, -1, "x", [], 1.5, True, {"a": 1}])
def test_a_row_that_names_no_item_does_not_apply(tmp_path: Path, index: Any) -> None:
    row = "{when: status == 400, drop: body.index}"
    assert answered(tmp_path, [row], 400, {"index": index}).action == "refuse"


def test_any_item_of_an_event_drops_the_event(tmp_path: Path) -> None:
    destination = made(tmp_path, "{when: status == 400, drop: body.at}")
    batch = batch_of(destination, [1, 2], [3], [4, 5])
    found = destination.answer(batch, 400, {}, {"at": [1, 4]})
    assert [each.event for each in found.dropped] == [0, 2]


def test_a_batch_is_split_until_one_is_left(tmp_path: Path) -> None:
    destination = made(tmp_path, "{when: status == 400, split: 'correct it', because: body.why}")
    waiting = [batch_of(destination, *([n] for n in range(7)))]
    delivered: list[int] = []
    dropped: list[tuple[int, str]] = []
    while waiting:
        batch = waiting.pop(0)
        bad = 5 in batch.request.body["data"]
        found = destination.answer(batch, 400 if bad else 200, {}, {"why": "no name"})
        delivered += [part.event for part in found.delivered]
        dropped += [(each.event, each.reason) for each in found.dropped]
        waiting += found.again
    assert sorted(delivered) == [0, 1, 2, 3, 4, 6]
    assert dropped == [(5, "correct it: no name")]


def test_a_stop_keeps_the_events(tmp_path: Path) -> None:
    row = "{when: status == 401, stop: credentials, because: body.message}"
    assert told(answered(tmp_path, [row], 401, {"message": "expired"})) == {
        "action": "stop",
        "again": [[0, 1, 2]],
        "stop": "credentials",
        "message": "expired",
    }


def test_a_message_can_hold_a_part_of_the_answer(tmp_path: Path) -> None:
    row = '{when: status == 400, refuse: "send less: {body.limit}"}'
    assert answered(tmp_path, [row], 400, {"limit": 5}).message == "send less: 5"
    assert answered(tmp_path, [row], 400, {}).message == "send less: nothing"


def test_a_reason_of_one_event_shows_nothing_of_another(tmp_path: Path) -> None:
    destination = made(tmp_path, "{when: status == 400, drop: body.at, because: body.why}")
    batch = batch_of(destination, ["Annabel"], ["Bertram"])
    found = destination.answer(batch, 400, {}, {"at": 1, "why": "the same as Annabel"})
    assert [each.reason for each in found.dropped] == ["the same as …"]


def test_one_request_has_an_answer_too(tmp_path: Path) -> None:
    destination = made(tmp_path)
    [request] = destination.apply(event(1))
    assert destination.answer(request, 200, {}).action == "delivered"


# Whatever comes


BODIES = st.one_of(
    st.binary(max_size=40),
    st.text(max_size=40),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.sampled_from(["index", "errors", "why", "events"]), inner)
        ),
        max_leaves=10,
    ),
)


@pytest.fixture(scope="module")
def destination(tmp_path_factory: pytest.TempPathFactory) -> Destination:
    return made(
        tmp_path_factory.mktemp("pack"),
        "{when: body.index is present, drop: body.index, because: body.why}",
        "{when: body.errors is present, drop: {each: body.errors, at: $item.index, "
        "because: $item.why, others: delivered}}",
        "{when: body.events == 1, stop: word, because: body}",
        "{when: body.events == 2, delivered: true}",
        "{when: body.why is present, split: 'why: {body.why}'}",
        "{when: headers.wait is present, retry: headers.wait}",
    )


@given(st.integers(-1, 999), BODIES, st.dictionaries(st.sampled_from(["Wait", "x"]), st.text()))
def test_no_answer_is_a_crash_and_each_part_has_one_fate(
    destination: Destination, status: int, body: Any, headers: dict[str, str]
) -> None:
    batch = batch_of(destination, [1], [2, 3], [4])
    found = destination.answer(batch, status, headers, body)
    again = [part for each in found.again for part in each.parts]
    parts = [*found.delivered, *(each.part for each in found.dropped), *again]
    assert sorted(part.event for part in parts) == [0, 1, 2]
    json.dumps(found.to_dict())


def test_a_deep_body_is_judged_by_its_status(destination: Destination) -> None:
    batch = batch_of(destination)
    for text in ("[" * 5000 + "]" * 5000, '{"a":' * 500 + "1" + "}" * 500):
        assert destination.answer(batch, 400, {}, text).action == "refuse"
    deep: Any = 1
    for _ in range(200):
        deep = [deep]
    assert destination.answer(batch, 200, {}, {"why": deep}).action == "delivered"


# Reasons


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("bad address Ann@X.example here", "bad address … here"),
        ("ann of Main Street is unknown", "… of … is unknown"),
        ("ANN is unknown, annual is not", "… is unknown, annual is not"),
        ("call +47 22 33 44 55 now", "call … now"),
        ("from 203.0.113.9", "from …"),
        ("token EAABsbCS1234567890abcd is dead", "token … is dead"),
        ("index 14 of events[14].user_data", "index 14 of events[14].user_data"),
        ("two\nlines\tand\x00more", "two lines and more"),
        (["one", "two", "one"], "one; two"),
        ("malformed JSON, no form", "malformed JSON, no form"),
        (17, "17"),
    ],
)
def test_a_reason_shows_nothing_that_was_sent(tmp_path: Path, said: Any, shown: str) -> None:
    destination = made(tmp_path, "{when: status == 400, stop: word, because: body.why}")
    batch = batch_of(destination, [{"name": "ann", "street": ["Main Street"]}])
    assert destination.answer(batch, 400, {}, {"why": said}).message == shown


def test_a_reason_is_short(tmp_path: Path) -> None:
    row = "{when: status == 400, stop: word, because: body}"
    found = answered(tmp_path, [row], 400, "word " * 100_000)
    assert found.message is not None
    assert len(found.message) <= LONGEST


def test_credentials_of_headers_and_urls_are_hidden(tmp_path: Path) -> None:
    destination = made(tmp_path, "{when: status == 401, stop: word, because: body}")
    [batch] = destination.batches([event(1, place="pass word", kind="x")])
    assert isinstance(batch, Batch)
    batch.request.headers["Authorization"] = "Bearer hunter"
    found = destination.answer(batch, 401, {}, "Bearer Hunter at pass word")
    assert found.message == "… … at …"
