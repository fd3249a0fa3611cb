"""A schema without references says what the schema says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from mapping_engine.engine.authority import Authority
from mapping_engine.engine.schemas import inlined
from mapping_engine.engine.violations import deepest, expected, path_text

NAMES = st.sampled_from(["a", "b", "c"])
REFERENCES = NAMES.map(lambda name: {"$ref": f"#/$defs/{name}"})
LEAVES = REFERENCES | st.sampled_from(
    [
        {"type": "string"},
        {"type": "integer", "minimum": 2},
        {"const": {"$ref": "#/$defs/a"}},
        {"enum": [1, {"$ref": "#/$defs/b"}]},
        {"$ref": "#/$defs/c", "maxProperties": 1},
        True,
    ]
)
SCHEMAS = st.recursive(
    LEAVES,
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            "properties": st.dictionaries(NAMES | st.just("$ref"), inner, max_size=2),
            "additionalProperties": inner,
            "items": inner,
            "anyOf": st.lists(inner, min_size=1, max_size=2),
            "not": inner,
            "minItems": st.integers(0, 1),
        },
    ),
    max_leaves=5,
)
VALUES = st.recursive(
    st.sampled_from([None, 1, 2, "x", {"$ref": "#/$defs/a"}, {"$ref": "#/$defs/b"}]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=2),
    max_leaves=5,
)


def endless(definitions: dict[str, Any], name: str, seen: tuple[str, ...] = ()) -> bool:
    """Whether a definition needs itself for its own value: no validator comes to an end there."""
    if name in seen:
        return True
    waiting, found = [definitions[name]], []
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            found += [str(node["$ref"])[-1]] if "$ref" in node else []
            waiting += [*node.get("anyOf", []), node.get("not")]
    return any(endless(definitions, each, (*seen, name)) for each in found)


def shown(error: ValidationError) -> tuple[str, str, str]:
    return expected(error), str(error.validator), path_text(error.absolute_path)


@given(SCHEMAS, st.fixed_dictionaries(dict.fromkeys("abc", SCHEMAS)), VALUES)
def test_the_verdict_and_the_places_of_errors_stay(
    schema: Any, definitions: dict[str, Any], value: Any
) -> None:
    if any(endless(definitions, name) for name in "abc"):
        return
    whole = {"$defs": definitions, "allOf": [schema]}
    before, after = (
        [shown(error) for error in Draft202012Validator(each).iter_errors(value)]
        for each in (whole, inlined(whole))
    )
    assert after == before
    first, other = (
        deepest(Draft202012Validator(each).iter_errors(value)) for each in (whole, inlined(whole))
    )
    assert (first and expected(first)) == (other and expected(other))


@given(
    st.dictionaries(NAMES, SCHEMAS, max_size=3),
    st.fixed_dictionaries(
        {},
        optional={
            "required": st.lists(NAMES, max_size=2, unique=True),
            "additionalProperties": SCHEMAS | st.just(False),
            "minProperties": st.integers(0, 2),
            "anyOf": st.lists(SCHEMAS, min_size=1, max_size=2),
            "not": SCHEMAS,
        },
    ),
    st.fixed_dictionaries({name: st.sampled_from([{}, {"type": "integer"}]) for name in "abc"}),
    st.dictionaries(NAMES, VALUES, max_size=3),
)
@example(
    {"a": {"type": "integer"}, "b": {"type": "integer"}},
    {"additionalProperties": False},
    {},
    {"a": 1, "b": "x"},
)
@example(
    {"a": {"type": "integer"}, "b": {"type": "integer"}},
    {"additionalProperties": False},
    {},
    {"a": 1, "b": "x", "c": 1},
)
def test_looking_only_at_fields_that_may_be_wrong_finds_the_same_errors(
    fields: dict[str, Any], others: dict[str, Any], definitions: Any, payload: dict[str, Any]
) -> None:
    schema = {"$defs": definitions, "properties": fields, **others}
    wanted = Draft202012Validator(schema).iter_errors(payload)
    assert [shown(error) for error in Authority(schema).errors(payload)] == [
        shown(error) for error in wanted
    ]


def test_what_refers_to_itself_stays_a_reference() -> None:
    tree = {"$defs": {"tree": {"items": {"$ref": "#/$defs/tree"}}}, "$ref": "#/$defs/tree"}
    validator = Draft202012Validator(inlined({**tree, "type": "array"}))
    assert validator.is_valid([[[[]]]])


def test_definitions_that_double_each_other_stay_small() -> None:
    definitions: dict[str, Any] = {
        f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(60)
    }
    made = inlined({"$defs": {**definitions, "d60": {}}, "items": {"$ref": "#/$defs/d0"}})
    assert made["items"]["allOf"][0] is made["items"]["allOf"][1]


@pytest.mark.parametrize("part", [{"$id": "other"}, {"$dynamicRef": "#x"}])
def test_schemas_whose_parts_have_names_stay_as_they_are(part: dict[str, Any]) -> None:
    schema = {"$defs": {"a": {}}, "items": {"$ref": "#/$defs/a"}, "not": part}
    assert json.dumps(inlined(schema)) == json.dumps(schema)
