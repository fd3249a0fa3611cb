"""Selectors answer as the jmespath package does."""

from __future__ import annotations

import json
import warnings
from functools import partial
from typing import Any

import jmespath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapping_engine.selectors import Selector, SelectorError, parse_selector, search


def selector(text: str) -> Selector:
    found = parse_selector(text)
    assert isinstance(found, Selector), found
    return found


def outcome(run: Any, event: Any) -> str:
    """The answer as JSON text, so that 1 and true differ; or that there was an error."""
    try:
        return json.dumps(run(event), sort_keys=True)
    except (SelectorError, ValueError, TypeError, ArithmeticError):
        return "error"


NAMES = st.sampled_from(["a", "b", "c", '"d-e"'])
SCALARS = st.sampled_from([None, True, False, 0, 1, -1, 0.0, 1.0, 2.5, "", "a", "b", "1"])
FIELDS = st.sampled_from(["a", "b", "c", "d-e"])
EVENTS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(FIELDS, inner, max_size=4),
    max_leaves=25,
)
LITERALS = st.one_of(SCALARS, EVENTS).map(
    lambda value: "`" + json.dumps(value).replace("`", "\\`") + "`"
)
NUMBERS = st.integers(-3, 3)
BOUNDS = st.one_of(st.just(""), NUMBERS.map(str))
SLICES = st.builds("[{}:{}:{}]".format, BOUNDS, BOUNDS, st.sampled_from(["", "1", "2", "-1", "-2"]))
FUNCTIONS = st.sampled_from(
    ["length", "keys", "values", "type", "to_array", "to_number", "max", "sort", "sum"]
)


def extended(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    steps = st.one_of(
        NAMES.map(".{}".format),
        NUMBERS.map("[{}]".format),
        SLICES,
        st.sampled_from(["[]", "[*]", ".*", " | [0]", " | @"]),
        inner.map("[?{}]".format),
        inner.map(" | {}".format),
    )
    comparators = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
    two = st.tuples(inner, inner)
    return st.one_of(
        st.builds("{}{}".format, inner, steps),
        st.builds("({}){}".format, inner, steps),
        st.builds("({}) {} ({})".format, inner, comparators, inner),
        st.builds("{}[?{} {} {}].{}".format, inner, NAMES, comparators, LITERALS, NAMES),
        two.map(lambda pair: f"({pair[0]}) || ({pair[1]})"),
        two.map(lambda pair: f"({pair[0]}) && ({pair[1]})"),
        inner.map("!({})".format),
        two.map(lambda pair: f"[{pair[0]}, {pair[1]}]"),
        two.map(lambda pair: f"@.{{x: {pair[0]}, y: {pair[1]}}}"),
        st.builds("{}({})".format, FUNCTIONS, inner),
        st.builds("sort_by({}, &{})".format, inner, NAMES),
        st.builds("map(&{}, {})".format, NAMES, inner),
    )


EXPRESSIONS = st.recursive(NAMES | st.just("@") | LITERALS, extended, max_leaves=6)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, None), ("a", "a"), (1.5, "1.5"), ([1, None], "[1,null]"), ({"a": True}, '{"a":true}')],
)
def test_nothing_has_no_text(value: Any, expected: Any) -> None:
    """The package says `null`, which a rule would send as a text."""
    assert search(selector("to_string(a)"), {"a": value}) == expected
    assert search(selector("to_string(b)"), {"a": value}) is None


@settings(max_examples=1_000, deadline=None)
@given(EXPRESSIONS, EVENTS)
def test_a_selector_answers_as_the_package_does(text: str, event: Any) -> None:
    parsed = parse_selector(text)
    if not isinstance(parsed, Selector):
        assert parsed.code == "SE03" or "slice" in parsed.message
        return
    assert outcome(partial(search, parsed), event) == outcome(jmespath.compile(text).search, event)


@given(st.lists(FIELDS, min_size=1, max_size=6), EVENTS)
def test_chains_of_fields_of_every_length_answer_as_the_package_does(
    names: list[str], event: Any
) -> None:
    text = ".".join(json.dumps(name) for name in names)
    assert outcome(partial(search, selector(text)), event) == outcome(
        jmespath.compile(text).search, event
    )


ODD = [None, True, False, 0, 1, 0.0, 1.0, "", "0", "a", [], {}, [0], [False], {"a": 1}, {"a": True}]


@pytest.mark.parametrize("operator", ["==", "!=", "<", "<=", ">", ">="])
def test_every_pair_of_kinds_compares_as_in_the_package(operator: str) -> None:
    text = f"left {operator} right"
    run, package = partial(search, selector(text)), jmespath.compile(text).search
    for left in ODD:
        for right in ODD:
            event = {"left": left, "right": right}
            assert outcome(run, event) == outcome(package, event), event


@pytest.mark.parametrize("text", ["!a", "a || 'other'", "a && 'other'", "[a][?@]"])
def test_every_kind_is_as_true_as_in_the_package(text: str) -> None:
    run, package = partial(search, selector(text)), jmespath.compile(text).search
    for value in ODD:
        assert outcome(run, {"a": value}) == outcome(package, {"a": value}), value


@pytest.mark.parametrize(
    ("text", "event", "expected"),
    [
        ("a == `0`", {"a": False}, False),
        ("a == `1`", {"a": True}, False),
        ("a.b.c", {"a": {"b": "text"}}, None),
        ("a.b.c", {"a": None}, None),
        ("a.b.c.d", {"a": {"b": {"c": {"d": 0}}}}, 0),
        ("a[99999999999999999999]", {"a": [1]}, None),
        ("a[-2]", {"a": [1]}, None),
        ("a[?b > `1`].c", {"a": [{"b": 2, "c": 1}, {"b": True, "c": 2}, {"b": 3}]}, [1]),
        ("a || `[]`", {"a": 0}, 0),
        ("{x: a}", {}, {"x": None}),
    ],
)
def test_fine_points_of_the_language(text: str, event: Any, expected: Any) -> None:
    assert outcome(partial(search, selector(text)), event) == json.dumps(expected)


@pytest.mark.parametrize(
    "text",
    [
        "length(a)",
        "abs(missing)",
        "sum(texts)",
        "sort_by(mixed, &n)",
        "contains(text, a)",
        "to_number('1e999')",
        "sum([big, big])",
        "merge(@, {x: text}).x.length(@) > 'a'",
        "a < text",
        "mixed[?n > `1`]",
    ],
)
def test_an_impossible_operation_is_one_kind_of_error_without_values(text: str) -> None:
    event = {
        "a": 42,
        "text": "jane@example.com",
        "texts": ["jane@example.com"],
        "mixed": [{"n": 1}, {"n": "jane@example.com"}],
        "big": 1.5e308,
    }
    with pytest.raises(SelectorError) as caught:
        search(selector(text), event)
    assert str(caught.value) == "the selector cannot be applied to this value"
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    "text",
    [
        "a || `[[1]]`",
        "not_null(a, `[[1]]`)",
        "[`[[1]]`][0]",
        '`{"x": [[1]]}`.x',
        "to_array(`[[1]]`)",
    ],
)
def test_results_never_share_data_with_the_selector(text: str) -> None:
    run = partial(search, selector(text))
    first = run({})
    first[0].append("changed")
    first.append("changed")
    assert run({}) == [[1]]
    assert run({}) == [[1]]


def test_missing_fields_raise_no_warning_and_no_error() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        events: list[Any] = [None, 1, "text", [], {}]
        for event in events:
            assert search(selector("a.b[0].c"), event) is None
