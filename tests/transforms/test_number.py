"""Numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_engine.transforms import REGISTRY, Json, Rejected

number = REGISTRY["number"].function
TOO_LARGE = Rejected("is too large a number")
NO_NUMBER = Rejected("is not a number")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0", 0),
        ("-7", -7),
        ("+7", 7),
        (".5", 0.5),
        ("5.", 5.0),
        ("18.00", 18.0),
        ("1E+2", 100.0),
        ("18446744073709551615", 18446744073709551615),
        ("18446744073709551616", TOO_LARGE),
        ("-9223372036854775809", TOO_LARGE),
        ("\u00a018.99\n", 18.99),
        (2.5, 2.5),
        ("1" * 401, Rejected("has too many digits")),
        ("-1e999", Rejected("is too large a number")),
    ],
)
def test_a_number_is_read(value: Json, expected: Json) -> None:
    assert number(value) == expected
    assert type(number(value)) is type(expected)


@pytest.mark.parametrize(
    "value",
    [
        *("", " ", "nan", "Infinity", "-inf", "0x1f", "1_000", "1,000", "1 000", "$5", "e5", "1e"),
        *(".", "٣", "1\x00", True, False, float("nan"), float("inf"), [1], {}),
    ],
)
def test_what_is_no_number_is_refused(value: Json) -> None:
    assert number(value) == NO_NUMBER


@given(st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_written_as_text_is_read_back(value: float) -> None:
    assert number(repr(value)) == value


@given(st.integers(0, 10**12))
def test_cents_are_exact(cents: int) -> None:
    assert REGISTRY["times"].function(float(f"{cents // 100}.{cents % 100:02}"), 100) == cents


@pytest.mark.parametrize(
    ("one", "other"), [(1e308, 10), (10**18, 1e300), (2**63, 2), (1e200, -1e200)]
)
def test_a_product_that_no_receiver_can_read_is_refused(one: float, other: float) -> None:
    times = REGISTRY["times"].function
    assert times(one, other) == times(other, one) == TOO_LARGE


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (1.005, 2, 1.01),
        (-2.675, 2, -2.68),
        (0.5, 0, 1),
        (1e308, 15, 1e308),
        (5e-324, 15, 0.0),
        (1.25, 400, 1.25),
        (1.25, -3, 1),
    ],
)
def test_halves_are_rounded_away_from_zero(value: float, digits: int, expected: float) -> None:
    found = REGISTRY["round"].function(value, digits)
    assert found == expected
    assert type(found) is type(expected)


def test_limits_belong_to_the_range() -> None:
    between = REGISTRY["between"].function
    assert [between(each, 1, 3) for each in (1, 3)] == [1, 3]
    assert between(0.999, 1, 3) == Rejected("is less than 1")
    assert between(3.001, 1, 3.0) == Rejected("is more than 3")
    assert between(-5, None, None) == -5
