"""Rows of tables as events: which column stands where, and what values mean."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_engine import ConfigurationError
from mapping_engine.engine.inspect import NoJson

pa = pytest.importorskip("pyarrow")
from mapping_engine.arrow import Column, column_of, columns_of, events_of  # noqa: E402 needs it

NEW_YORK = "America/New_York"


def batch(**columns: Any) -> Any:
    return pa.RecordBatch.from_pydict(columns)


def rows(table: Any, columns: tuple[Column, ...] = ()) -> list[Any]:
    found = events_of(table, columns)
    return [bytes(each) if isinstance(each, memoryview) else each for each in found]


def one(array: Any) -> Any:
    """What a value in a column becomes; None where it is missing."""
    (event,) = rows(batch(x=array))
    assert set(event) <= {"x"}
    return event.get("x")


# Where columns stand


def test_each_column_stands_where_its_name_says() -> None:
    table = pa.RecordBatch.from_pydict(
        {
            "type": ["track", None],
            "context.traits.email": ["a@x.test", None],
            "context.ip": ["::1", None],
        }
    )
    assert rows(table) == [
        {"type": "track", "context": {"traits": {"email": "a@x.test"}, "ip": "::1"}},
        {},
    ]


def test_a_mapping_says_where_columns_stand_and_which_hold_json() -> None:
    columns = columns_of(
        {"mail": "context.traits.email", "props": {"path": "properties", "json": True}}
    )
    table = batch(mail=["a@x.test"], props=['{"total": 1}'], other=[1])
    assert rows(table, columns) == [
        {"context": {"traits": {"email": "a@x.test"}}, "properties": {"total": 1}}
    ]


@pytest.mark.parametrize(
    "kind",
    [
        "string", "large_string", "string_view", "binary", "large_binary", "binary_view",
        "dictionary<values=string, indices=int32, ordered=0>", "extension<arrow.json>",
    ],
)  # fmt: skip
def test_a_column_of_json_texts_is_handed_on_as_it_is(kind: str) -> None:
    kinds = {
        str(each): each
        for each in (
            pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.large_binary(),
            pa.binary_view(), pa.dictionary(pa.int32(), pa.string()), pa.json_(),
        )
    }  # fmt: skip
    texts = ['{"a": 0}', '{"a": "ü"}', None, "no json", '{"a": 0}']
    array = pa.array(texts).cast(kinds[kind]) if "ext" not in kind else pa.array(texts, pa.json_())
    for start in range(len(texts)):
        wanted = [None if text is None else text.encode() for text in texts[start:]]
        assert rows(batch(event=array.slice(start)), column_of("event")) == wanted


def test_texts_are_views_of_the_memory_of_the_table() -> None:
    array = pa.array([b"{}" * 1000], pa.large_binary())
    (event,) = events_of(batch(event=array), column_of("event"))
    assert isinstance(event, memoryview)
    assert pa.py_buffer(event).address == array.buffers()[2].address


@pytest.mark.parametrize("kind", ["struct", "map"])
def test_a_column_of_objects_is_the_event(kind: str) -> None:
    kinds = {
        "struct": pa.struct({"type": pa.string(), "n": pa.string()}),
        "map": pa.map_(pa.string(), pa.string()),
    }
    values = [{"type": "track", "n": None}, None]
    array = pa.array(
        [each and list(each.items()) for each in values] if kind == "map" else values, kinds[kind]
    )
    assert rows(batch(event=array), column_of("event")) == [{"type": "track"}, None]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([], "the columns are no mapping"),
        ({}, "the columns are no mapping"),
        ({1: "a"}, "the name of a column is no text"),
        ({"a": None}, "the column `a` has no path"),
        ({"a": "b..c"}, "the column `a` has no path"),
        ({"a": {"json": True}}, "the column `a` has no path"),
        ({"a": {"path": "b", "jsn": True}}, "unknown key `jsn` of the column `a`"),
        ({"a": {"path": "b", "json": 1}}, "`json` of the column `a` is no boolean"),
        ({"a": "x", "b": "x"}, "the columns `a` and `b` both fill `x`"),
        ({"a": "x", "b": "x.y"}, "the columns `a` and `b` both fill `x.y`"),
        ({"b": "x.y", "a": "x"}, "the columns `a` and `b` both fill `x.y`"),
    ],
)
def test_columns_that_make_no_event_are_refused(given: object, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as raised:
        columns_of(given)
    assert raised.value.code == "CF06"
    assert raised.value.help


NONE: tuple[Column, ...] = ()
VARIANT = pa.struct(
    [("value", pa.binary()), pa.field("metadata", pa.binary(), metadata={"variant": "true"})]
)
"""How Spark hands on what it has parsed of JSON."""


@pytest.mark.parametrize(
    ("table", "columns", "message"),
    [
        (batch(event=["{}"]), column_of("evnt"), "`evnt` is not in the table"),
        (batch(event=[1]), column_of("event"), "`event` is int64, which is no event"),
        (batch(a=[1]), columns_of({"a": {"path": "x", "json": True}}), "`a` is int64, not JSON"),
        (pa.RecordBatch.from_arrays([pa.array([1])] * 2, ["a", "a"]), NONE, "both fill `a`"),
        (pa.RecordBatch.from_arrays([pa.array([1])], [""]), NONE, "the column `` has no path"),
        (batch(a=pa.nulls(1, VARIANT)), NONE, "a VARIANT is no value"),
        (batch(a=[1]).select([]), NONE, "the table has no columns"),
        (batch(a=pa.nulls(1, pa.month_day_nano_interval())), NONE, "type month_day_nano_interval"),
        (
            batch(a=pa.nulls(1, pa.list_(pa.struct([("b", pa.string()), ("b", pa.int8())])))),
            NONE,
            "a struct has two fields `b`",
        ),
    ],
)
def test_tables_that_hold_no_events_are_refused(
    table: Any, columns: tuple[Column, ...], message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message) as raised:
        events_of(table, columns)
    assert raised.value.code == "CF06"
    assert raised.value.help


# What values mean


@pytest.mark.parametrize(
    ("value", "kind", "wanted"),
    [
        (True, pa.bool_(), True),
        (-(2**63), pa.int64(), -(2**63)),
        (2**64 - 1, pa.uint64(), 2**64 - 1),
        (0.1, pa.float64(), 0.1),
        (0.1, pa.float32(), 0.1),
        (0.5, pa.float16(), 0.5),
        (Decimal("12.50"), pa.decimal128(10, 2), 12.5),
        (Decimal("12.00"), pa.decimal128(10, 2), 12),
        (Decimal("1200"), pa.decimal128(4, -2), 1200),
        (Decimal("0.1"), pa.decimal32(4, 1), 0.1),
        (Decimal(2**64 - 1), pa.decimal128(38, 0), 2**64 - 1),
        (Decimal(2**64), pa.decimal128(38, 0), str(2**64)),
        (Decimal("12345678901234567.89"), pa.decimal128(38, 2), "12345678901234567.89"),
        (Decimal("9" * 70 + ".5"), pa.decimal256(76, 1), "9" * 70 + ".5"),
        ("ü", pa.string(), "ü"),
        ("ü", pa.large_string(), "ü"),
        ("ü", pa.string_view(), "ü"),
        ("ü", pa.dictionary(pa.int8(), pa.string()), "ü"),
        (b"\xff\x00", pa.binary(), "/wA="),
        (b"\xff\x00", pa.binary(2), "/wA="),
        (UUID(int=1).bytes, pa.uuid(), "00000000-0000-0000-0000-000000000001"),
        ('{"a": [1]}', pa.json_(), {"a": [1]}),
        (date(2024, 2, 29), pa.date32(), "2024-02-29"),
        (date(2024, 2, 29), pa.date64(), "2024-02-29"),
        (datetime(2024, 2, 29, 12), pa.timestamp("s"), "2024-02-29T12:00:00"),
        (datetime(2024, 2, 29, 12), pa.timestamp("ms"), "2024-02-29T12:00:00.000"),
        (
            datetime(2024, 2, 29, 12, tzinfo=UTC),
            pa.timestamp("us", NEW_YORK),
            "2024-02-29T12:00:00.000000Z",
        ),
        (1_700_000_000_123_456_789, pa.timestamp("ns", "UTC"), "2023-11-14T22:13:20.123456789Z"),
        (253_402_300_800, pa.timestamp("s"), "10000-01-01T00:00:00"),
        (2**60, pa.timestamp("s"), f"<value out of range: {2**60}>"),
        (time(12, 30), pa.time32("ms"), "12:30:00.000"),
        (1, pa.time64("ns"), "00:00:00.000000001"),
        (timedelta(seconds=90), pa.duration("s"), 90),
        (timedelta(milliseconds=1500), pa.duration("ms"), 1.5),
        (1, pa.duration("ns"), 1e-9),
        ([1, None, 2], pa.list_(pa.int8()), [1, None, 2]),
        ([1, 2], pa.list_(pa.int8(), 2), [1, 2]),
        ([1, 2], pa.list_view(pa.int8()), [1, 2]),
        ([[b"\xff"]], pa.large_list(pa.list_(pa.binary())), [["/w=="]]),
        ([("a", 1), ("b", None)], pa.map_(pa.string(), pa.int8()), {"a": 1}),
        ([(1, "a")], pa.map_(pa.int8(), pa.string()), {"1": "a"}),
        (
            {"a": None, "b": {"c": 1.5}},
            pa.struct({"a": pa.int8(), "b": pa.struct({"c": pa.float32()})}),
            {"b": {"c": 1.5}},
        ),
        ({}, pa.struct([]), {}),
    ],
)
def test_a_value_means_what_it_says(value: Any, kind: Any, wanted: Any) -> None:
    array = pa.array([value, None, value], kind)
    assert one(array.slice(0, 1)) == wanted
    assert type(one(array.slice(2))) is type(wanted)
    assert one(array.slice(2)) == wanted
    assert one(array.slice(1, 1)) is None


def test_runs_of_the_same_value_are_values() -> None:
    array = pa.RunEndEncodedArray.from_arrays([2, 3], ["a", None])
    assert rows(batch(x=array)) == [{"x": "a"}, {"x": "a"}, {}]


def test_what_json_cannot_hold_is_left_to_the_engine() -> None:
    broken = pa.Array.from_buffers(
        pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\2\0\0\0"), pa.py_buffer(b"a\xff")]
    )
    assert one(broken) == "a\udcff"
    assert one(pa.array([float("inf")])) == float("inf")
    assert one(pa.array([float("inf")], pa.float32())) == float("inf")


def test_a_map_with_a_key_twice_and_a_text_that_is_no_json_are_no_values() -> None:
    twice = one(pa.array([[("a", 1), ("a", 2)]], pa.map_(pa.string(), pa.int8())))
    assert twice == NoJson("is a map that has a key twice")
    (event,) = rows(batch(p=["{"]), columns_of({"p": {"path": "p", "json": True}}))
    assert isinstance(event["p"], NoJson)
    assert "no JSON document" in event["p"].reason


# Any JSON


def without_nulls(value: Any) -> Any:
    match value:
        case dict():
            return {key: without_nulls(each) for key, each in value.items() if each is not None}
        case list():
            return [without_nulls(each) for each in value]
        case _:
            return value


SCALARS = {
    pa.bool_(): st.booleans(),
    pa.int64(): st.integers(-(2**63), 2**63 - 1),
    pa.float64(): st.floats(allow_nan=False),
    pa.string(): st.text(max_size=5),
    pa.large_string(): st.text(max_size=5),
}
KINDS = st.recursive(
    st.sampled_from(list(SCALARS)),
    lambda inner: st.one_of(
        inner.map(pa.list_),
        inner.map(lambda kind: pa.map_(pa.string(), kind)),
        st.dictionaries(st.sampled_from("abc"), inner, min_size=1).map(pa.struct),
    ),
    max_leaves=4,
)


def values_of(kind: Any) -> st.SearchStrategy[Any]:
    if pa.types.is_map(kind):
        return st.none() | st.dictionaries(
            st.text(max_size=3), values_of(kind.item_type), max_size=3
        )
    if pa.types.is_list(kind):
        return st.none() | st.lists(values_of(kind.value_type), max_size=3)
    if pa.types.is_struct(kind):
        return st.none() | st.fixed_dictionaries({each.name: values_of(each.type) for each in kind})
    return st.none() | SCALARS[kind]


def for_arrow(kind: Any, value: Any) -> Any:
    """The value as `pyarrow.array` takes it: a map is a list of pairs."""
    if value is None:
        return None
    if pa.types.is_map(kind):
        return [(key, for_arrow(kind.item_type, each)) for key, each in value.items()]
    if pa.types.is_list(kind):
        return [for_arrow(kind.value_type, each) for each in value]
    if pa.types.is_struct(kind):
        return {each.name: for_arrow(each.type, value[each.name]) for each in kind}
    return value


@given(st.data(), KINDS)
def test_rows_are_the_objects_they_were_made_of(data: st.DataObject, kind: Any) -> None:
    values = data.draw(st.lists(values_of(kind), max_size=4))
    start = data.draw(st.integers(0, len(values)))
    table = batch(x=pa.array([for_arrow(kind, each) for each in values], kind))
    wanted = [without_nulls({"x": each}) for each in values]
    assert rows(table.slice(start)) == wanted[start:]
