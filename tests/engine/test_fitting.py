"""What does not fit the payload schema is left out where it is optional, and refused elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mapping_engine import Outcome, load
from tests.engine.mini import Mini

COPY = """
fields:
  d:
    copy_of: p
    fields:
      num: {when: name == 'ours', value: p.m |> integer}
      b: {value: p.b |> number, invalid: error}
"""
SCHEMA: dict[str, Any] = {
    "properties": {
        "d": {
            "minProperties": 1,
            "properties": {
                "num": {"type": "integer"},
                "c": {"type": "string", "pattern": "^[A-Z]{3}$"},
                "a": {"type": ["string", "array"], "items": {"type": "string"}},
                "items": {
                    "type": "array",
                    "maxItems": 200,
                    "items": {
                        "required": ["id"],
                        "additionalProperties": False,
                        "properties": {"id": {"type": "string"}, "q": {"type": "integer"}},
                    },
                },
            },
        }
    }
}


def outcome(mini: Mini, folder: Path, rules: str, schema: object, event: object) -> Outcome:
    mini(rules)
    (folder / "payload.schema.json").write_text(json.dumps(schema))
    bound = load(folder).bind({}, clock=lambda: 0.0)
    made = bound.outcome(event)
    assert str(made) == str(bound.interpreted(event))
    return made


@pytest.mark.parametrize(
    ("given", "sent", "warnings"),
    [
        ({"num": "7"}, {"num": 7}, []),
        ({"num": " 7 "}, {"num": 7}, []),
        (
            {"num": "18.99", "x": 1},
            {"x": 1},
            ["p.num is a text, but the schema accepts a whole number"],
        ),
        ({"num": " ", "x": 1}, {"x": 1}, []),
        (
            {"num": [7], "x": 1},
            {"x": 1},
            ["p.num is a list, but the schema accepts a whole number"],
        ),
        ({"c": "eur"}, {"c": "EUR"}, []),
        ({"c": "euros", "x": 1}, {"x": 1}, ["p.c is a text, but the schema accepts a text that"]),
        ({"c": 5, "x": 1}, {"x": 1}, ["p.c is a number, but the schema accepts a text"]),
        ({"a": 5}, {"a": "5"}, []),
        ({"a": ["x", {}, 5]}, {"a": ["x", "5"]}, []),
        ({"items": [{"id": 5, "q": "2"}]}, {"items": [{"id": "5", "q": 2}]}, []),
        (
            {"items": [{"id": "a", "z": 1}, {"q": 1}, {"id": {"x": 1}}, {"id": "b"}]},
            {"items": [{"id": "a"}, {"id": "b"}]},
            [
                "p.items[2].id is an object, but the schema accepts a text; `d.items[2]` is left",
                "p.items[1] has no id; it is left out",
                "p.items[0].z is no key that the schema knows",
            ],
        ),
        ({"items": [{"q": 1}], "x": 1}, {"x": 1}, ["p.items[0] has no id"]),
        ({"num": "seven"}, None, ["p.num is a text, but the schema accepts a whole number"]),
    ],
)
def test_a_copied_value_is_converted_where_that_is_safe_or_left_out(
    mini: Mini, tmp_path: Path, given: object, sent: object, warnings: list[str]
) -> None:
    made = outcome(mini, tmp_path, COPY, SCHEMA, {"p": given})
    assert made.error is None
    assert made.requests[0].body["payload"] == ({} if sent is None else {"d": sent})
    told = [each.message for each in made.warnings]
    assert len(told) == len(warnings)
    assert all(part in text for part, text in zip(warnings, told, strict=True))
    assert all(each.code == "WA01" for each in made.warnings)


def test_a_field_beside_a_copy_goes_before_what_is_copied(mini: Mini, tmp_path: Path) -> None:
    event = {"name": "ours", "p": {"num": "seven", "m": 8}}
    made = outcome(mini, tmp_path, COPY, SCHEMA, event)
    assert made.requests[0].body["payload"] == {"d": {"num": 8, "m": 8}}
    assert made.warnings == ()


RULES = (
    "fields: {x: {first_of: [p.a, p.b]}, w: {fields: {z: {value: p.c, invalid: %s}, k: name}}}\n"
)
TEXTS = {
    "properties": {
        "x": {"type": "string"},
        "w": {"properties": {"z": {"type": "string"}, "k": {"type": "string"}}},
    }
}


def test_a_badly_typed_optional_value_is_left_out_with_a_warning(
    mini: Mini, tmp_path: Path
) -> None:
    event = {"name": "num", "p": {"a": 7, "c": [1]}}
    made = outcome(mini, tmp_path, RULES % "warn", TEXTS, event)
    assert made.requests[0].body["payload"] == {"w": {"k": "num"}}
    assert sorted(each.message for each in made.warnings) == [
        "w.z: p.c is a list, but the schema accepts a text; it is left out",
        "x: p.a, p.b is a number, but the schema accepts a text; it is left out",
    ]


def test_nothing_is_said_where_a_field_says_so(mini: Mini, tmp_path: Path) -> None:
    made = outcome(mini, tmp_path, RULES % "ignore", TEXTS, {"name": "num", "p": {"c": [1]}})
    assert made.requests[0].body["payload"] == {"w": {"k": "num"}}
    assert made.warnings == ()


def test_it_is_refused_where_a_field_says_so(mini: Mini, tmp_path: Path) -> None:
    made = outcome(mini, tmp_path, RULES % "error", TEXTS, {"name": "num", "p": {"c": [1]}})
    assert made.error is not None
    assert made.error.code == "PL01"
    assert "it comes from p.c" in made.error.message


def test_the_place_of_a_value_in_a_list_of_places_is_kept(mini: Mini, tmp_path: Path) -> None:
    rules = "fields: {x: {positions: [p.a, p.b, name]}, w: name}\n"
    schema = {"properties": {"x": {"items": {"type": "string"}}}}
    made = outcome(mini, tmp_path, rules, schema, {"name": "num", "p": {"a": "a", "b": 7}})
    assert made.requests[0].body["payload"] == {"w": "num"}


def test_what_should_be_a_digest_is_refused(mini: Mini, tmp_path: Path) -> None:
    rules = "fields: {d: {copy_of: p}, w: name}\n"
    schema = {"properties": {"d": {"properties": {"e": {"x-personal": "hashed"}}}}}
    made = outcome(mini, tmp_path, rules, schema, {"name": "num", "p": {"e": "Ann"}})
    assert made.error is not None
    assert made.error.code == "PL01"
    assert "Ann" not in str(made.error)


def test_odd_keys_are_not_shown(mini: Mini, tmp_path: Path) -> None:
    event = {"p": {"items": [{"id": "a", "Ann\n+49171": 1}]}}
    made = outcome(mini, tmp_path, COPY, SCHEMA, event)
    assert [each.message for each in made.warnings] == [
        "d.items[0].…: p.items[0].… is no key that the schema knows; it is left out"
    ]


def test_refuse_and_warn_see_the_payload_as_it_is_sent(mini: Mini, tmp_path: Path) -> None:
    rules = COPY + "refuse: [{when: $payload.d.num is missing, message: a num is needed}]\n"
    made = outcome(mini, tmp_path, rules, SCHEMA, {"p": {"num": "seven", "x": 1}})
    assert made.error is not None
    assert made.error.message == "a num is needed"


def test_many_errors_are_mended_at_once(mini: Mini, tmp_path: Path) -> None:
    items = [{"id": "a"} if place % 3 else {"id": {"x": 1}} for place in range(300)]
    made = outcome(mini, tmp_path, COPY, SCHEMA, {"p": {"items": items}})
    assert made.requests[0].body["payload"]["d"]["items"] == [{"id": "a"}] * 200
