"""Tables and lists."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_engine.transforms import REGISTRY, Json, Rejected
from mapping_engine.transforms.forms import folded

NO_ROW = Rejected("has no row in the table")


def apply(name: str, value: Json, *arguments: Json) -> Json:
    return REGISTRY[name].function(value, *arguments)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Côte d’Ivoire", "cote d'ivoire"),
        ("U.S.A.", "usa"),
        ("ＵＳＡ", "usa"),
        ("STRASSE", "straße"),
        ("İstanbul", "istanbul"),
        ("Cafe\u0301", "café"),
        ("Ⅳ", "iv"),
        ("a b\u00a0c", "A-B_C"),
    ],
)
def test_names_that_look_alike_fold_to_the_same(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)


def test_an_exact_key_is_exact() -> None:
    table = {"Order Completed": "Purchase", "12": "a", "true": "b"}
    assert apply("lookup", "Order Completed", table) == "Purchase"
    assert apply("lookup", 12.0, table) == "a"
    for key in ("order completed", "Order Completed ", ""):
        assert apply("lookup", key, table) == NO_ROW


def test_a_table_whose_keys_fold_together_with_different_values_is_a_problem() -> None:
    problem = REGISTRY["lookup_folded"].parameters[0].problem
    assert problem is not None
    assert problem({"U.K.": "gb", "uk": "gb", "France": "fr"}) is None
    message = "`U.K.` and `uk` are the same key and have different values"
    assert problem({"U.K.": "gb", "uk": "ua"}) == message
    assert apply("lookup_folded", "UK", {"U.K.": "gb", "uk": "ua"}) == "gb"


@pytest.mark.parametrize(
    ("rows", "key", "expected"),
    [
        ([{"from": "a", "to": "x"}, {"from": "a", "to": "y"}], "a", ["x", "y"]),
        ([{"from": "a", "to": "x"}, {"from": "a", "to": " x"}], "a", ["x"]),
        ([{"from": " a ", "to": "x"}], "a", None),
        ([{"from": "a ", "to": "x"}], "a ", ["x"]),
        ([{"from": 5, "to": 123456789012345678}], "5", ["123456789012345678"]),
        ([{"from": "5", "to": 1.0}], 5.0, ["1"]),
        ([{"from": "a", "to": ""}, {"from": "", "to": "x"}, {}], "a", None),
        ([{"from": "", "to": "x"}], " ", None),
        ([{"from": "a"}, {"to": "x"}, None, "a", 1, [["a", "x"]]], "a", None),
        ([{"from": True, "to": "x"}, {"from": "a", "to": ["x"]}], "a", None),
        ([{"from": "A", "to": "x"}], "a", None),
    ],
)
def test_rows_give_all_values_of_a_key(rows: Json, key: Json, expected: Json) -> None:
    assert apply("rows", rows, key, "from", "to", False) == expected


def test_rows_may_have_other_columns_and_ignore_case() -> None:
    rows = [{"event": "SOLD", "id": 1}, {"event": "sold", "id": 2}]
    assert apply("rows", rows, "Sold", "event", "id", True) == ["1", "2"]


@pytest.mark.parametrize(
    ("value", "accepted", "found"),
    [
        ("a", ["a"], True),
        ("A", ["a"], False),
        (1, [1.0], True),
        (1, [True], False),
        (True, [True], True),
        (False, [0], False),
        ("1", [1], False),
        ("a", [["a"], {"a": 1}, None], False),
    ],
)
def test_one_of_compares_as_json_does(value: Json, accepted: Json, found: bool) -> None:
    refused = Rejected("is not one of the accepted values")
    assert apply("one_of", value, accepted) == (value if found else refused)


@given(st.lists(st.sampled_from([0, 1, True, False, "a", "1", None, 1.5])))
def test_distinct_keeps_the_first_of_each(values: list[Json]) -> None:
    found = apply("distinct", values)
    assert isinstance(found, list)
    pairs = [(type(each) is bool, each) for each in found]
    assert len(set(pairs)) == len(pairs)
    assert set(pairs) == {(type(each) is bool, each) for each in values}
    assert apply("distinct", found) == found


@given(st.lists(st.integers(), min_size=1), st.integers(-10, 10))
def test_an_item_is_where_python_has_it(values: list[int], index: int) -> None:
    inside = -len(values) <= index < len(values)
    assert apply("item", values, index) == (values[index] if inside else None)
    assert apply("item", values, float(index)) == apply("item", values, index)


@pytest.mark.parametrize("value", ["a", 0, False, True, 1.5])
def test_only_objects_are_records(value: Json) -> None:
    assert apply("records", value) is None
    assert apply("records", [value]) == []
    assert apply("records", [{"a": value}, value]) == [{"a": value}]
