"""What transforms declare of themselves so that generated code can do without them is true."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_engine.source.json_text import LEAST, MOST, is_sound, is_unicode
from mapping_engine.transforms import REGISTRY, Rejected
from mapping_engine.transforms.declare import Transform
from mapping_engine.transforms.forms import folded
from mapping_engine.types.kinds import is_missing, kind_of

TEXTS = st.text(max_size=12) | st.sampled_from(
    [
        "a" * 64,
        "\u00e9",
        "e\u0301",
        "\ud800",
        "x\ud800y",
        "a\nb",
        "\x1c",
        "\u0130",
        "straße",
        "１２",
        "ﬁ",
    ]
)
FILLED = TEXTS.filter(lambda text: not is_missing(text))
NUMBERS = st.integers() | st.floats()
VALUES = FILLED | NUMBERS | st.lists(TEXTS, min_size=1, max_size=2) | st.just({"a": 1})
TABLE = {"a": "x", "é": "y", "1": "z", "A": "w", "straße": "v"}


def declaring(name: str) -> list[Transform]:
    return [each for each in REGISTRY.values() if getattr(each.speed, name)]


def arguments(target: Transform) -> tuple[Any, ...]:
    """Those of the first example that has some."""
    return next((each.arguments for each in target.examples if each.arguments), ())


def ids(target: Transform) -> str:
    return target.name


SCALARS = FILLED.filter(is_unicode) | st.integers(LEAST, MOST) | st.floats(allow_nan=False)
SOUND = st.recursive(
    SCALARS | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
).filter(lambda value: is_sound((value,)))
DIGITS = st.integers(1, 400).map("9".__mul__)
LONG = st.builds("{}.{}".format, DIGITS, DIGITS) | DIGITS


@pytest.mark.parametrize("target", REGISTRY.values(), ids=ids)
@given(value=SOUND | LONG | SCALARS)
def test_json_becomes_json(target: Transform, value: Any) -> None:
    """Neither way of running rules looks for what JSON text cannot hold."""
    for each in target.examples:
        if kind_of(value) in target.accepts.names:
            found = target.function(value, *each.arguments)
            assert isinstance(found, Rejected) or is_sound((found,))


@pytest.mark.parametrize("factor", [MOST, -MOST, 1e308, 0.1, 3])
@given(value=st.integers(LEAST, MOST) | st.floats(allow_nan=False, allow_infinity=False))
def test_products_are_such_as_json_can_hold(factor: float, value: float) -> None:
    found = REGISTRY["times"].function(value, factor)
    assert isinstance(found, Rejected) or is_sound((found,))


@pytest.mark.parametrize("target", declaring("unchanged"), ids=ids)
@given(value=VALUES)
def test_what_is_said_to_stay_stays(target: Transform, value: Any) -> None:
    if type(value) in target.speed.unchanged and is_sound((value,)):
        assert target.bound(*arguments(target))(value) == value


@pytest.mark.parametrize("target", declaring("simply"), ids=ids)
@given(value=st.integers(-(2**63), 2**64 - 1))
def test_what_is_simply_made_is_the_same(target: Transform, value: int) -> None:
    assert target.speed.simply
    kind, make = target.speed.simply
    assert kind is int
    assert target.function(value) == make(value)


@pytest.mark.parametrize("target", declaring("wraps"), ids=ids)
@given(value=FILLED | st.integers())
def test_what_is_no_list_is_wrapped(target: Transform, value: Any) -> None:
    assert target.function(value) == [value]


@pytest.mark.parametrize("target", declaring("solid"), ids=ids)
@given(text=FILLED)
def test_a_text_that_is_not_blank_does_not_become_blank(target: Transform, text: str) -> None:
    found = target.bound(*arguments(target))(text)
    assert found is None or type(found) is not str or not is_missing(found)


@given(text=FILLED | st.sampled_from([*TABLE, *map(str.upper, TABLE), " a ", "E\u0301"]))
def test_folded_keys_are_found_however_they_are_spelled(text: str) -> None:
    find = REGISTRY["lookup_folded"].bound(TABLE)
    rows = [row for key, row in TABLE.items() if folded(key) == folded(text)]
    assert find(text) == (rows[0] if rows else Rejected("has no row in the table"))


def test_each_shortcut_is_used_by_some_transform() -> None:
    for name in ("unchanged", "wraps", "simply", "solid", "costly", "indexed"):
        assert declaring(name), name
