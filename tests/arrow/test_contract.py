"""Batches of events in, batches of requests out: what each row says, and that none is missing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_engine import ConfigurationError, Destination, load
from tests.engine.mini import HEAD, VOCABULARY

pa = pytest.importorskip("pyarrow")
from mapping_engine.arrow import REQUESTS, apply_batches, requests_schema  # noqa: E402 needs it

RULES = """
accept:
  - skip_when: name == 'skip'
  - require: name != 'bad'
    message: a bad event
fan_out:
  each: {tag: tags}
fields:
  name: {value: name, required: true}
  p: {value: p}
  n: {value: p.a, as: number}
request:
  url: "{$api.base}/e"
  headers: {X-Tag: $tag}
  json: {payload: $payload}
"""


@pytest.fixture(scope="module")
def destination(tmp_path_factory: pytest.TempPathFactory) -> Destination:
    folder: Path = tmp_path_factory.mktemp("mini")
    (folder / "rules.yaml").write_text(HEAD + RULES)
    (folder / "vocabulary.yaml").write_text(VOCABULARY)
    (folder / "settings.schema.json").write_text('{"properties": {}}')
    (folder / "payload.schema.json").write_text('{"type": "object"}')
    return load(folder).bind({}, clock=lambda: 100.0)


def event(name: str, *tags: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "tags": list(tags), **more}


def texts(*events: object) -> Any:
    return pa.RecordBatch.from_pydict({"event": [orjson.dumps(each).decode() for each in events]})


def rows(destination: Destination, *batches: Any, **how: Any) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in row.items() if value not in (None, [])}
        for batch in apply_batches(destination, batches, **how)
        for row in batch.to_pylist()
    ]


def test_each_request_is_a_row_and_so_is_an_event_that_makes_none(
    destination: Destination,
) -> None:
    made = rows(
        destination,
        texts(event("a", "x", "y"), event("skip")),
        texts(event("bad"), 1, event("b", "z", p={"a": "n"})),
        column="event",
    )
    request = {"method": "POST", "url": "https://x.test/e", "format": "json", "result": "request"}
    error = {"result": "error", "error_kind": "instrumentation"}
    (warning,) = made[5].pop("warnings")
    assert (warning["code"], warning["path"], warning["fields"]) == ("WA01", "p.a", ["n"])
    assert made[3].pop("error_rule").endswith("rules.yaml:11:5")
    assert made[4].pop("error_help")
    sent = ("Content-Type", "application/json")
    a, b = b'{"payload":{"name":"a"}}', b'{"payload":{"name":"b","p":{"a":"n"}}}'
    assert made == [
        {"event": 0, "request": 0, **request, "headers": [sent, ("X-Tag", "x")], "body": a},
        {"event": 0, "request": 1, **request, "headers": [sent, ("X-Tag", "y")], "body": a},
        {"event": 1, "result": "nothing"},
        {"event": 2, **error, "error_code": "EV04", "error_message": "a bad event"},
        {
            "event": 3,
            **error,
            "error_code": "EV01",
            "error_message": "an event is a JSON object, this is a number",
        },
        {"event": 4, "request": 0, **request, "headers": [sent, ("X-Tag", "z")], "body": b},
    ]


def test_the_first_row_of_an_event_has_its_warnings(destination: Destination) -> None:
    made = rows(destination, texts(event("a", "x", "y", p={"a": "n"})), column="event")
    assert ["warnings" in row for row in made] == [True, False]


def test_a_row_without_an_event_is_an_error(destination: Destination) -> None:
    table = pa.RecordBatch.from_pydict({"event": pa.array([None], pa.string())})
    assert [row["error_code"] for row in rows(destination, table, column="event")] == ["EV01"]


def test_events_are_counted_from_a_number(destination: Destination) -> None:
    batch = texts(event("skip"), event("skip"))
    made = rows(destination, batch, batch, column="event", first=2**40)
    assert [row["event"] - 2**40 for row in made] == [0, 1, 2, 3]


def test_kept_columns_stand_beside_the_requests_of_their_rows(destination: Destination) -> None:
    table = pa.RecordBatch.from_pydict(
        {"id": [1, None, 3], "name": ["a", "skip", "b"], "tags": [["x", "y"], [], ["z"]]}
    )
    (made,) = apply_batches(
        destination, [table], columns={"name": "name", "tags": "tags"}, keep=["id"]
    )
    assert made.schema == requests_schema(table.schema, ["id"])
    assert made.column("id").to_pylist() == [1, 1, None, 3]
    assert made.column("event").to_pylist() == [0, 0, 1, 2]
    made.validate(full=True)


@pytest.mark.parametrize(
    ("keep", "message"),
    [("nothing", "`nothing` to keep is not in the table"), ("url", "`url` cannot be kept")],
)
def test_what_cannot_be_kept_is_refused(destination: Destination, keep: str, message: str) -> None:
    table = pa.RecordBatch.from_pydict({"name": ["a"], "url": ["b"]})
    with pytest.raises(ConfigurationError, match=message) as raised:
        list(apply_batches(destination, [table], keep=[keep]))
    assert raised.value.code == "CF06"


@pytest.mark.parametrize(
    ("limit", "most", "sizes"), [("ROWS", 2, [2, 2, 2]), ("BYTES", 30, [2, 3, 1])]
)
def test_batches_of_requests_are_bounded(
    destination: Destination,
    monkeypatch: pytest.MonkeyPatch,
    limit: str,
    most: int,
    sizes: list[int],
) -> None:
    events = [event("a", *"xyz"), event("skip"), event("b", "x"), event("bad")]
    whole = rows(destination, texts(*events), column="event")
    monkeypatch.setattr(f"mapping_engine.arrow.contract.{limit}", most)
    made = list(apply_batches(destination, [texts(*events)], column="event"))
    assert [batch.num_rows for batch in made] == sizes
    assert rows(destination, texts(*events), column="event") == whole


def test_no_more_is_read_than_is_asked_for(destination: Destination) -> None:
    read = []

    def batches() -> Iterator[Any]:
        for number in range(1000):
            read.append(number)
            yield texts(event(str(number), "x"))

    made = apply_batches(destination, batches(), column="event")
    assert next(made).num_rows == 1
    assert read == [0]


def test_no_batch_makes_no_batch(destination: Destination) -> None:
    assert list(apply_batches(destination, [], column="event")) == []
    assert list(apply_batches(destination, [texts()], column="event")) == []


def test_an_event_of_ten_megabytes_is_one_like_others(destination: Destination) -> None:
    large = event("a", "x", other="ü" * 5_000_000)
    made = rows(destination, texts(event("a", "x"), large, event("b", "x")), column="event")
    assert [row["body"][-13:] for row in made] == [b'{"name":"a"}}'] * 2 + [b'{"name":"b"}}']


NAMES = st.sampled_from(["a", "bad", "skip", " "]) | st.none()
VALUES = st.none() | st.floats() | st.just(1e400) | st.floats(allow_nan=False, allow_infinity=False)
EVENTS = st.fixed_dictionaries(
    {
        "name": NAMES,
        "tags": st.none() | st.lists(st.sampled_from("xy") | st.none(), max_size=2),
        "p": st.none() | st.fixed_dictionaries({"a": VALUES, "b": st.none() | st.text(max_size=3)}),
    }
)
TABLE = pa.schema(
    {
        "name": pa.string(),
        "tags": pa.list_(pa.string()),
        "p": pa.struct({"a": pa.float64(), "b": pa.string()}),
    }
)


def present(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: present(each) for key, each in value.items() if each is not None}
    return value


@given(st.lists(EVENTS, max_size=4))
def test_rows_become_what_their_objects_become(
    destination: Destination, events: list[dict[str, Any]]
) -> None:
    made = rows(destination, pa.RecordBatch.from_pylist(events, TABLE))
    for number, each in enumerate(events):
        outcome = destination.outcome(present(each), number)
        mine = [row for row in made if row["event"] == number]
        bodies = [orjson.loads(row["body"]) for row in mine if row["result"] == "request"]
        assert bodies == [orjson.loads(request.encode()) for request in outcome.requests]
        assert [row["url"] for row in mine if "url" in row] == [
            request.url for request in outcome.requests
        ]
        assert mine[0].get("error_code") == (outcome.error.code if outcome.error else None)
        told = [warning["message"] for warning in mine[0].get("warnings", [])]
        assert told == [warning.message for warning in outcome.warnings]


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"column": "event", "columns": {"event": "x"}}, "both `column` and `columns`"),
        ({"columns": {"event": ""}}, "the column `event` has no path"),
    ],
)
def test_wrong_columns_are_told_before_a_batch_is_asked_for(
    destination: Destination, how: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        apply_batches(destination, [], **how)


def test_without_pyarrow_the_extra_is_named() -> None:
    script = "import sys; sys.modules['pyarrow'] = None; import mapping_engine.arrow"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "pip install 'mapping-engine[arrow]'" in done.stderr


def test_the_columns_of_requests_are_as_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "arrow.md").read_text("utf-8")
    for field in REQUESTS:
        null = "" if field.nullable else ", never null"
        assert f"| `{field.name}` | {written(field.type)}{null} |" in page


def written(kind: Any) -> str:
    return {"map": "map of texts", "list": "list of structs", "string": "text"}.get(
        str(kind).partition("<")[0], str(kind)
    )
