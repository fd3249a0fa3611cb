"""Schemas are judged in one dialect of patterns, and numbers as they are written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_engine.file.validator import validator_class
from mapping_engine.transforms.patterns import searcher

SHARED = Path(__file__).resolve().parents[3] / "shared"
SUITE = SHARED / "data" / "json-schema-2020-12" / "tests" / "draft2020-12"


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("^[A-Z]{,3}$", "AB", False),
        ("^[A-Z]{,3}$", "A{,3}", True),
        ("^[0-9]+$", "\u0661", False),
        ("^abc$", "abc\n", False),
        ("b", "abc", True),
        ("^(a+)+$", "a" * 28 + "!", False),
        ("^(a|a)*$", "a" * 100_000 + "!", False),
    ],
)
def test_patterns_are_those_of_rules(pattern: str, text: str, found: bool) -> None:
    assert searcher(pattern)(text) is found
    assert validator_class()({"pattern": pattern}).is_valid(text) is found
    assert (
        validator_class()({"patternProperties": {pattern: False}}).is_valid({text: 1}) is not found
    )


@given(st.integers(-(10**12), 10**12), st.integers(0, 4))
def test_a_number_is_a_multiple_of_its_last_digit(digits: int, places: int) -> None:
    number = float(f"{digits}e-{places}")
    schema = validator_class()({"multipleOf": float(f"1e-{places}")})
    assert schema.is_valid(number)
    assert schema.is_valid(number + float(f"1e-{places + 1}")) is False or abs(digits) > 10**10


@pytest.mark.parametrize(
    ("unit", "number", "valid"),
    [(0.01, 300.52, True), (0.01, 4.35, True), (0.01, 0.005, False), (2, 7, False), (2, 8.0, True)],
)
def test_money_is_a_multiple_of_cents(unit: float, number: float, valid: bool) -> None:
    assert validator_class()({"multipleOf": unit}).is_valid(number) is valid
    assert validator_class()({"multipleOf": unit}).is_valid("text")
    assert validator_class()({"multipleOf": unit}).is_valid(True)


def published() -> list[Any]:
    """The groups of the published suite that need no other file than their own."""
    groups = []
    for file in sorted(SUITE.glob("*.json")):
        for group in json.loads(file.read_text("utf-8")):
            if "://" not in json.dumps(group["schema"]).replace(
                "json-schema.org/draft/2020-12", ""
            ):
                groups.append(pytest.param(group, id=f"{file.stem}: {group['description']}"))
    return groups


@pytest.mark.skipif(not SUITE.is_dir(), reason="the published suite is not beside this checkout")
@pytest.mark.parametrize("group", published())
def test_the_published_suite(group: Any) -> None:
    judge = validator_class()(group["schema"])
    for case in group["tests"]:
        assert judge.is_valid(case["data"]) is case["valid"], case["description"]
