"""No transform raises, answers what is not JSON, or hands out what it must keep."""

from __future__ import annotations

import json
import time
from copy import deepcopy
from math import isfinite

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mapping_engine.transforms import REGISTRY, Json, Parameter, Rejected, Transform
from mapping_engine.types.kinds import is_missing, kind_of

ALL = list(REGISTRY.values())

TEXTS = st.one_of(
    st.text(),
    st.text(st.characters(categories=["Cs", "Cc", "Mn", "Nd", "Zs", "Lm"])),
    st.text("0123456789-+:.,/ TZeE", max_size=30),
    st.datetimes().map(str),
    st.floats().map(str),
    st.integers().map(str),
    st.from_regex(r"https?://[a-z\[\]:.]{0,9}[/?&=%a-z0-9]{0,20}"),
    st.sampled_from(["1" * 5000, "6f" * 32, "\x00", "\ud800", "İ", "ß", "²", "१", "1e999"]),
)
NUMBERS = st.one_of(
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-5, 5),
    st.sampled_from([10**400, -(10**400), 1e308, -1e308, 5e-324, 2.0**70, -0.0]),
)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)
ROWS = st.lists(
    st.fixed_dictionaries({}, optional={"from": JSON, "to": JSON}) | JSON, min_size=1, max_size=5
)
OF_KIND: dict[str, st.SearchStrategy[Json]] = {
    "text": TEXTS,
    "number": NUMBERS,
    "boolean": st.booleans(),
    "list": st.lists(JSON, max_size=5) | ROWS,
    "object": st.dictionaries(TEXTS, JSON, max_size=5),
}
PATTERNS = st.sampled_from(["", ".*", "[0-9]+", "(a|b)*c", r"\p{L}+", "(?i)é+", "[[:alpha:]]{1,3}"])

CHOSEN: dict[str, list[Json]] = {
    "order": ["DMY", "MDY", "YMD"],
    "algorithm": ["md5", "sha1", "sha256", "sha512"],
    "encoding": ["hex", "base64"],
    "format": ["", "%Y-%m-%dT%H:%M:%S.%L%:z", "%a %e %b %y %j %I %p %Z%%"],
    "zone": ["UTC", "Europe/Berlin", "Nowhere", "../x", "\x00", "\ud800"],
}


def values(transform: Transform) -> st.SearchStrategy[Json]:
    return st.one_of([OF_KIND[name] for name in transform.accepts.names])


def arguments(parameter: Parameter) -> st.SearchStrategy[Json]:
    if parameter.name == "pattern":
        return PATTERNS
    if parameter.name in CHOSEN:
        return st.sampled_from(CHOSEN[parameter.name])
    found = st.one_of([OF_KIND[name] for name in parameter.kinds.names])
    if parameter.problem is not None and parameter.constant:
        problem = parameter.problem
        found = found.filter(lambda value: problem(value) is None)
    return found if parameter.required else found | st.just(parameter.default)


def is_json(value: Json) -> bool:
    if isinstance(value, list):
        return all(map(is_json, value))
    if isinstance(value, dict):
        return all(type(key) is str and is_json(each) for key, each in value.items())
    return value is None or kind_of(value) != "nothing"


@pytest.mark.parametrize("transform", ALL, ids=lambda transform: transform.name)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_input_gives_json_or_a_reason_and_is_left_untouched(
    transform: Transform, data: st.DataObject
) -> None:
    value = data.draw(values(transform))
    given_arguments = [data.draw(arguments(parameter)) for parameter in transform.parameters]
    before = deepcopy((value, given_arguments))

    found = transform.function(value, *given_arguments)

    assert (value, given_arguments) == before
    assert found == transform.bound(*given_arguments)(value)
    assert not transform.total or is_missing(value) or not is_missing(found)
    if isinstance(found, Rejected):
        assert found.reason
        assert not transform.total
    elif not is_missing(found):
        assert is_json(found)
        assert kind_of(found) in transform.returns


LONG = 2 * 1024 * 1024
HOSTILE = {
    "letters": "a" * LONG,
    "spaces": " " * LONG + "a",
    "digits": "1" * LONG,
    "signs": "-" * LONG,
    "combining marks": "a" + "\u0315\u0300" * (LONG // 2),
    "compatibility marks": "a" + "\uff9e\u0300" * (LONG // 2),
    "a host of marks": "https://a" + "\u0315\u0300" * 30_000,
    "surrogates": "\ud800" * LONG,
    "nul": "\x00" * LONG,
    "many parameters": "https://a.example/?" + "&a=b" * (LONG // 4),
    "capital sigmas": "Σ" * LONG,
}
SIMPLE: dict[str, Json] = {
    "others": ["a"],
    "pattern": "(a|aa)+b",
    "order": "DMY",
    "table": {"a": 1},
    "list": ["a"],
    "characters": "a1-",
    "old": "a",
    "new": "b" * 1000,
    "separator": "a",
    "length": 3,
    "minimum": 1,
    "maximum": 9,
    "name": "a",
    "country": "DE",
    "key": "k",
    "algorithm": "sha256",
    "encoding": "hex",
    "format": "%Y",
    "zone": "UTC",
    "port": True,
    "personal": {"names": {"a": "x"}, "patterns": ["[^ @]+@[^ @]+", "[+]([ -]{0,2}[0-9]){7,14}"]},
}


@pytest.mark.unmeasured
@pytest.mark.parametrize("hostile", HOSTILE)
def test_megabytes_of_text_take_no_more_than_seconds(hostile: str) -> None:
    for transform in ALL:
        if "text" not in transform.accepts:
            continue
        chosen = [SIMPLE[parameter.name] for parameter in transform.parameters]
        start = time.perf_counter()
        transform.function(HOSTILE[hostile], *chosen)
        assert time.perf_counter() - start < 5, transform.name


def test_a_value_from_a_table_is_a_copy() -> None:
    table: dict[str, Json] = {"a": {"b": [1]}}
    for name in ("lookup", "lookup_folded"):
        found = REGISTRY[name].bound(table)("a")
        assert isinstance(found, dict)
        found["b"].append(2)
        assert table == {"a": {"b": [1]}}


def test_deep_nesting_is_a_reason_and_no_exception() -> None:
    deep: Json = "a"
    for _ in range(5000):
        deep = [deep]
    assert REGISTRY["distinct"].function([deep]) == Rejected("is nested too deeply")


@pytest.mark.parametrize("transform", ALL, ids=lambda transform: transform.name)
def test_an_integer_too_long_to_write_raises_nothing(transform: Transform) -> None:
    chosen = [SIMPLE.get(parameter.name, 1) for parameter in transform.parameters]
    for huge in (10**6000, -(10**6000)):
        if "number" in transform.accepts:
            transform.function(huge, *chosen)
        if "list" in transform.accepts:
            transform.function([huge, {"from": huge, "to": huge}], *chosen)
        changed = [huge if type(each) is int else each for each in chosen]
        if "number" in transform.accepts:
            transform.function(1.5, *changed)


def test_results_can_be_written_as_json() -> None:
    for transform in ALL:
        for example in transform.examples:
            if not isinstance(example.result, Rejected):
                json.dumps(transform.function(example.value, *example.arguments), allow_nan=False)


@given(NUMBERS, NUMBERS)
def test_a_product_is_never_infinite(one: float, other: float) -> None:
    found = REGISTRY["times"].function(one, other)
    assert isinstance(found, Rejected | int) or isfinite(found)  # type: ignore[arg-type]
