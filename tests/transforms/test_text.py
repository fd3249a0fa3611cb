"""Text: cleaned, taken apart, matched."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_engine.transforms import REGISTRY, Json, Rejected
from mapping_engine.transforms.text import MAX_MATCHED, pattern_problem


def apply(name: str, value: Json, *arguments: Json) -> Json:
    return REGISTRY[name].function(value, *arguments)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0"),
        (-0.0, "0"),
        (-7.0, "-7"),
        (1e20, "100000000000000000000"),
        (1e22, "10000000000000000000000"),
        (0.1, "0.1"),
        (-2.5e-07, "-0.00000025"),
        (2**200, str(2**200)),
        (True, Rejected("is not text or a number")),
        (["a"], Rejected("is not text or a number")),
        ({"a": 1}, Rejected("is not text or a number")),
        ("a\x00", "a\x00"),
        ("a\udfff", Rejected("is not valid unicode text")),
    ],
)
def test_a_value_is_written_as_text_or_refused(value: Json, expected: Json) -> None:
    assert apply("text", value) == expected


def test_an_integer_too_long_to_write_is_refused() -> None:
    assert apply("text", 10**6000) == Rejected("has too many digits")


@given(st.integers(-(2**53), 2**53))
def test_an_integer_and_the_same_float_are_written_alike(number: int) -> None:
    assert apply("text", float(number)) == apply("text", number) == str(number)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("without_punctuation", "  Mary-Jane  O'Connor  ", "  MaryJane  OConnor  "),
        ("without_punctuation", "a_b$c+d™e", "abcde"),
        ("without_punctuation", "a\u0301-b", "a\u0301b"),
        ("without_spaces", "\u2003a\u2028b\x85c", "abc"),
        ("without_digits", "9London ८", "London "),
        ("digits", "+४९ 30", "4930"),
        ("digits", "½²①", ""),
        ("nfc", "\u1112\u1161\u11ab", "한"),
    ],
)
def test_text_is_cleaned_in_every_script(name: str, value: str, expected: str) -> None:
    assert apply(name, value) == expected


@given(st.text())
def test_digits_and_what_is_left_without_them_are_all_of_the_text(text: str) -> None:
    found, rest = apply("digits", text), apply("without_digits", text)
    assert isinstance(found, str)
    assert isinstance(rest, str)
    assert len(found) + len(rest) == len(text)
    assert found == "" or (found.isascii() and found.isdigit())


@given(st.text("abc, ", min_size=1), st.sampled_from([",", ", ", "b"]))
def test_join_undoes_split_where_no_part_is_missing(text: str, separator: str) -> None:
    parts = apply("split", text, separator)
    assert isinstance(parts, list)
    if all(part.strip() for part in parts):
        assert apply("join", parts, separator) == text


def test_replacing_and_joining_cannot_fill_the_memory() -> None:
    long = "a" * 1_000_000
    assert apply("replace", long, "a", long) == Rejected("becomes too long")
    assert apply("join", ["a"] * 1000, long) == Rejected("becomes too long")


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("[a-z]+", None),
        (r"\p{Greek}", None),
        ("(a", "missing ): (a"),
        (r"(a)\1", r"invalid escape sequence: \1"),
        (
            "(?=a)",
            "invalid perl operator: (?=; RE2 has no look-around: a `when` says what must not match",
        ),
        ("(?:a{1000}){1000}", "invalid repetition size: {1000}"),
        ("\ud800", "it is not valid unicode text"),
        (7, "expected text"),
    ],
)
def test_a_pattern_is_judged_before_it_is_used(pattern: Json, problem: str | None) -> None:
    assert pattern_problem(pattern) == problem


def test_a_pattern_must_match_all_of_the_text() -> None:
    for text in ("ab\n", "\nab", "xab", "abx"):
        assert apply("only_matching", text, "ab") is None
        assert apply("only_matching", text, "^ab$") is None
    assert apply("only_matching", "abx", "ab|abx") == "abx"


def test_the_length_a_pattern_is_tried_on_is_limited() -> None:
    assert apply("matching", "a" * MAX_MATCHED, "a*") == "a" * MAX_MATCHED
    for name in ("matching", "only_matching"):
        assert apply(name, "a" * MAX_MATCHED + "a", "a*") == Rejected("is too long to match")
    assert apply("matching", "é" * MAX_MATCHED, "é*") == Rejected("is too long to match")


def test_matching_takes_linear_time() -> None:
    start = time.perf_counter()
    apply("matching", "a" * 60_000, "(a*)*b")
    assert time.perf_counter() - start < 2
