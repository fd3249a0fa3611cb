"""The fast verdict never says yes where jsonschema, which has the last word, says no."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mapping_engine.engine.verdict import Accepts, fast_verdict
from mapping_engine.file.validator import validator_class
from mapping_engine.source.bundled import bundled_folder
from mapping_engine.transforms.patterns import searcher

TEXTS = st.sampled_from(
    [
        "",
        " ",
        "a",
        "A\n",
        "abc",
        "abc\n",
        "\x1c",
        "\x1f",
        "\x85",
        "\ufeff",
        "\u2028",
        "é",
        "12",
        "x y",
    ]
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from([1.0, 0.5, 2**63, 2**70, -1e308])
    | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
PATTERNS = st.sampled_from(
    [r"\S", "^[a-z]+$", "^abc$", r"^\s*$", r"^\w+$", "[A-Z]", "^.$", "^[0-9]{2}$"]
)


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {},
        optional={
            "properties": st.dictionaries(TEXTS, inner, max_size=2),
            "required": st.lists(TEXTS, max_size=2, unique=True),
            "additionalProperties": inner | st.booleans(),
            "items": inner,
            "minItems": st.integers(0, 2),
            "maxProperties": st.integers(0, 2),
            "anyOf": st.lists(inner, min_size=1, max_size=2),
            "oneOf": st.lists(inner, min_size=1, max_size=2),
            "allOf": st.lists(inner, min_size=1, max_size=2),
            "not": inner,
        },
    )


LEAVES = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(
            ["string", "integer", "number", "boolean", "null", "array", "object"]
        ),
        "enum": st.lists(VALUES, min_size=1, max_size=3),
        "const": VALUES,
        "minLength": st.integers(0, 3),
        "maxLength": st.integers(0, 3),
        "minimum": st.sampled_from([0, 0.5, 1]),
        "exclusiveMaximum": st.sampled_from([0, 0.5, 1]),
        "pattern": PATTERNS,
        "format": st.sampled_from(["email", "date"]),
        "x-personal": st.just("hashed"),
    },
)
SCHEMAS = st.recursive(LEAVES, lambda inner: objects(inner) | LEAVES, max_leaves=5)


def verdict(schema: Any) -> Accepts:
    """The fast verdict, which some versions do not have where numbers have more than 64 bits."""
    accepts = fast_verdict(schema)
    if accepts is None:
        assert any(len(digits) > 18 for digits in re.findall("[0-9]+", json.dumps(schema)))
        assume(False)
    assert accepts is not None
    return accepts


@given(SCHEMAS, VALUES)
def test_what_is_accepted_at_once_is_what_jsonschema_accepts(schema: Any, value: Any) -> None:
    accepts = verdict(schema)
    if accepts(value):
        assert validator_class()(schema).is_valid(value)


@pytest.mark.unmeasured
@given(SCHEMAS, VALUES)
def test_nearly_everything_that_is_valid_is_accepted_at_once(schema: Any, value: Any) -> None:
    accepts = verdict(schema)
    if not accepts(value) and validator_class()(schema).is_valid(value):
        text = json.dumps(value)
        assert "\\n" in text or any(len(part) > 15 for part in text.split())


def test_the_end_of_a_text_is_no_line_feed_before_it() -> None:
    for schema in ({"pattern": "^abc$"}, {"not": {"pattern": "^abc$"}}):
        accepts = fast_verdict(schema)
        assert accepts is not None
        assert accepts("abc\n") is validator_class()(schema).is_valid("abc\n") is ("not" in schema)


@pytest.mark.parametrize(
    "schema",
    [
        {"uniqueItems": True},
        {"if": {}, "then": False},
        {"properties": {"a": {"patternProperties": {}}}},
        {"anyOf": [{"$dynamicRef": "#a"}]},
        {"multipleOf": 0.1},
    ],
)
def test_what_validators_may_read_differently_is_left_to_jsonschema(schema: Any) -> None:
    assert fast_verdict(schema) is None


@pytest.mark.parametrize("pack", ["facebook_offline_conversions", "facebook_conversions"])
def test_the_schemas_of_the_bundled_packs_have_a_fast_verdict(pack: str) -> None:
    file = bundled_folder("rules").joinpath(pack, "payload.schema.json")
    assert fast_verdict(json.loads(file.read_text("utf-8"))) is not None


@pytest.mark.unmeasured
def test_both_validators_know_the_same_white_space() -> None:
    accepts, judge = fast_verdict({"pattern": r"\S"}), searcher(r"\S")
    assert accepts is not None
    letters = (chr(code) for code in range(0x3001) if not 0xD800 <= code <= 0xDFFF)
    assert [each for each in letters if accepts(each) is not judge(each)] == []
