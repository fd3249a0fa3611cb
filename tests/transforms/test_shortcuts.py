"""What transforms declare of themselves so that generated code can do without them is true."""

from __future__ import annotations

from math import isfinite
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_engine.engine.codegen.judging import keeps_sound
from mapping_engine.engine.inspect import is_sound as all_sound
from mapping_engine.transforms import REGISTRY, Rejected
from mapping_engine.transforms.declare import Transform
from mapping_engine.transforms.forms import folded
from mapping_engine.transforms.scalars import is_unicode
from mapping_engine.types.kinds import NUMBER, is_missing, kind_of

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


def is_sound(value: Any) -> bool:
    """Whether JSON text can hold it."""
    if isinstance(value, str):
        return is_unicode(value)
    return not isinstance(value, float) or isfinite(value)


@pytest.mark.parametrize("target", declaring("unchanged"), ids=ids)
@given(value=VALUES)
def test_what_may_stay_becomes_nothing_that_json_text_cannot_hold(
    target: Transform, value: Any
) -> None:
    if is_sound(value) and kind_of(value) in target.accepts.names:
        found = target.bound(*arguments(target))(value)
        assert found is None or isinstance(found, Rejected | list) or is_sound(found)


KEEPING = [target for target in REGISTRY.values() if keeps_sound(target)]
LISTED = VALUES | st.recursive(VALUES, lambda inner: st.lists(inner, max_size=3))


@pytest.mark.parametrize("target", KEEPING, ids=ids)
@given(value=LISTED)
def test_what_only_boxes_makes_nothing_that_json_text_cannot_hold(
    target: Transform, value: Any
) -> None:
    if all_sound((value,)) and kind_of(value) in target.accepts.names:
        found = target.function(value)
        assert isinstance(found, Rejected) or all_sound((found,))


@pytest.mark.parametrize("target", declaring("unchanged"), ids=ids)
@given(value=VALUES)
def test_what_is_said_to_stay_stays(target: Transform, value: Any) -> None:
    if type(value) in target.speed.unchanged and is_sound(value):
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


DIGITS = st.integers(1, 400).map("9".__mul__)


@pytest.mark.parametrize(
    "target", [each for each in REGISTRY.values() if each.returns == NUMBER], ids=ids
)
@given(value=NUMBERS | DIGITS | st.builds("{}.{}".format, DIGITS, DIGITS) | FILLED)
def test_numbers_are_such_as_json_can_hold(target: Transform, value: Any) -> None:
    """Generated code does not look again at what a transform says is a number."""
    if kind_of(value) in target.accepts.names:
        found = target.bound(*arguments(target))(value)
        assert type(found) is not float or isfinite(found)


def test_each_shortcut_is_used_by_some_transform() -> None:
    for name in ("unchanged", "wraps", "simply", "solid", "costly", "indexed"):
        assert declaring(name), name
