"""Objects that are spread, merged, made from entries and copied; lists of blocks; null."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.engine.ways import SHARED, assert_agree, mapping_of, unjudged

EVENT: dict[str, Any] = {
    "type": "x",
    "p": {
        "a": 1,
        "b": "s",
        "c": [1, None, {"k": None, "e": ""}],
        "items": [{"a": "k", "b": 2}, {"a": None, "b": 3}, {"a": "j", "b": None}],
    },
    "tags": ["red", "blue"],
}
ODD: dict[str, Any] = {
    "odd": ["", [], " ", None, {}, 0, False, "x"],
    "nulls": [None, None],
    "named": {"": "k", "a": "", "b": [], "c": None, "d": {}, "e": 0},
}
OF_ODD: list[tuple[str, Any]] = [
    ("{each: p.odd, value: $item}", [0, False, "x"]),
    ("{each: p.odd, value: $item, keep_when: $item}", [0, "x"]),
    ("{each: p.odd, value: $item, keep_when: $item is missing}", None),
    ("{each: p.odd, keep_when: $item is missing, constant: 1}", [1] * 5),
    ("{each: p.odd, item: one, list_of: [$one]}", [[0], [False], ["x"]]),
    ("{each: p.odd, positions: [$item, {constant: 1}], fill: f}",
     [["f", 1]] * 5 + [[0, 1], [False, 1], ["x", 1]]),
    ("{each: p.odd, value: \"$item ?? 'none'\"}", ["none"] * 5 + [0, False, "x"]),
    ("{each: p.odd, value: $item |> named($item)}", ["0-0", "false-false", "X"]),
    ("{each: p.odd, fields: {k: $item}}", [{"k": 0}, {"k": False}, {"k": "x"}]),
    ("{each: p.odd, copy_of: $item, empty: keep}", [{}]),
    ("{value: p.nulls}", None),
    ("{first_of: [p.nulls, p.zz], default: []}", []),
    ("{value: p.nulls, default: d}", "d"),
    ("{entries_of: p.named}", {"e": 0}),
    ("{entries_of: p.named, key: \"$key ?? 'none'\", value: $item ?? $key}",
     {"none": "k", "a": "a", "b": "b", "c": "c", "d": "d", "e": 0}),
    ("{entries_of: p.odd, keep_when: $item == ''}", None),
    ("{entries_of: p.named, empty: keep, keep_when: $key != 'd'}",
     {"a": "", "b": [], "c": None, "e": 0}),
    ("{entries_of: p.odd, empty: keep, value: $item |> lower, keep_when: \"$key in [0, 6, 7]\"}",
     {"0": "", "7": "x"}),
]  # fmt: skip
"""What is missing in a list or an object is missing by every name."""
CASES = [
    # lists of blocks
    ("{list_of: [type, p.zz, {fields: {k: p.a}}, {when: p.zz, constant: 2}]}", ["x", {"k": 1}]),
    ("{list_of: [p.a, p.b], as: text}", ["1", "s"]),
    ("{list_of: [p.zz, {fields: {k: p.zz}}]}", None),
    # blocks as rows and alternatives; tables that end
    ("{decide: {one: {when: p.a == 1, fields: {k: p.b}}, two: type}}", {"k": "s"}),
    ("{decide: {one: {when: p.a == 1, nothing: true}, two: type}}", None),
    ("{decide: {one: {when: p.a == 2, nothing: true}, two: type}}", "x"),
    ("{decide: {one: type, two: {when: p.a == 1, nothing: true}}}", "x"),
    ("{first_of: [p.zz, {when: p.a == 1, nothing: true}, type], default: d}", "d"),
    ("{first_of: [{each: p.zz, value: $item}, {list_of: [type]}]}", ["x"]),
    # spreads: of one key, the last value that is there counts
    ("{fields: {a: {constant: 0}, ..: p, b: p.zz, items: {constant: i}, c: type}}",
     {"a": 1, "b": "s", "c": "x", "items": "i"}),
    ("{fields: {..one: {copy_of: p, only: [a]}, ..two: {under: type, value: p.b}}}",
     {"a": 1, "x": "s"}),
    ("{fields: {..: {when: type == 'y', value: p}, k: type}}", {"k": "x"}),
    ("{merged: [{fields: {a: type, z: type}}, {copy_of: p, only: [a]}, p.zz]}", {"a": 1, "z": "x"}),
    # entries and computed keys
    ("{entries_of: p, key: $key |> upper, value: $item |> text, keep_when: $item is not list}",
     {"A": "1", "B": "s"}),
    ("{entries_of: p.items, key: $item.a, value: $item.b}", {"k": 2}),
    ("{entries_of: tags, item: tag, key: $key, value: $tag}", {"0": "red", "1": "blue"}),
    ("{entries_of: p.items, key: $item.b, fields: {of: $item.a}}", {"2": {"of": "k"}}),
    ("{entries_of: tags}", {"0": "red", "1": "blue"}),
    ("{fields: {..: {value: p.zz, default: {a: 2}}, b: type}}", {"a": 2, "b": "x"}),
    ("{positions: [p.zz, type, p.c], fill: null}", [None, "x", [1, None, {"k": None, "e": ""}]]),
    ("{under: type, value: p.a}", {"x": 1}),
    ("{under: p.zz, value: p.a}", None),
    # copies
    ("{copy_of: p, only: [c], empty: keep}", {"c": [1, None, {"k": None, "e": ""}]}),
    ("{copy_of: p, only: [c]}", {"c": [1, {"e": ""}]}),
    ("{each: p.items, copy_of: $item, without: [b], fields: {n: {constant: 1}}}",
     [{"a": "k", "n": 1}, {"n": 1}, {"a": "j", "n": 1}]),
    ("{each: p.items, copy_of: $item, empty: keep}", EVENT["p"]["items"]),
    # null, and places in paths
    ("p.items.0.a", "k"),
    ("$several.0.b", 2),
    ("p.items.1.b ?? type", 3),
]  # fmt: skip


def made(field: str, event: dict[str, Any]) -> dict[str, Any]:
    """The payload with one field, which all ways of running the rules agree upon."""
    destination = unjudged(mapping_of(f"{SHARED}fields:\n  z: {{constant: 1}}\n  f: {field}\n"))
    assert_agree(destination, event)
    [request] = destination.apply(event)
    assert isinstance(request.body, dict)
    payload: dict[str, Any] = request.body["payload"]
    return payload


@pytest.mark.parametrize(("field", "wanted"), CASES)
def test_a_value_is_what_its_block_says(field: str, wanted: object) -> None:
    payload = made(field, EVENT)
    assert payload.get("f") == wanted
    assert (wanted is None) is ("f" not in payload)


@pytest.mark.parametrize(("field", "wanted"), OF_ODD)
def test_what_is_missing_in_a_list_is_missing_there(field: str, wanted: object) -> None:
    assert made(field, {"p": ODD}).get("f") == wanted


@pytest.mark.parametrize(
    ("field", "sent"),
    [
        ("{constant: null}", True),
        ("{value: p.zz, default: null}", True),
        ("{when: type == 'x', value: p.zz, default: null}", True),
        ("{when: type == 'y', constant: null}", False),
        ("{constant: null, required: true}", True),
        ("{value: p.zz, required: true, default: null}", True),
        ("{value: p.zz}", False),
    ],
)
def test_null_is_sent_where_the_rules_say_so(field: str, sent: bool) -> None:
    payload = made(field, EVENT)
    assert ("f" in payload) is sent
    assert payload.get("f") is None


@pytest.mark.parametrize(
    ("event", "wanted"),
    [({"p": {"c": {}}}, {}), ({"p": {}}, None), ({"p": {"c": "text"}}, None), ({}, None)],
)
def test_an_empty_object_is_copied_as_one(event: dict[str, Any], wanted: object) -> None:
    assert made("{copy_of: p.c, empty: keep}", event).get("f") == wanted
    assert "f" not in made("{copy_of: p.c}", event)


@pytest.mark.parametrize(("source", "count"), [({}, 0), ({"a": 1}, 1)])
def test_only_what_could_be_copied_is_told(source: object, count: int) -> None:
    rules = f"{SHARED}fields: {{f: {{copy_of: p, without: $settings.texts}}}}\n"
    destination = unjudged(mapping_of(rules))
    assert_agree(destination, {"p": source})
    assert len(destination.outcome({"p": source}).warnings) == count


def test_what_is_spread_and_is_no_object_is_told() -> None:
    rules = f"{SHARED}fields:\n  f: {{fields: {{..: p.c, k: type}}}}\n"
    outcome = unjudged(mapping_of(rules)).outcome({"type": "x", "p": {"c": "text"}})
    [warning] = outcome.warnings
    assert "p.c is a text, not object" in str(warning)
    assert json.loads(outcome.requests[0].encode())["payload"] == {"f": {"k": "x"}}


@pytest.mark.parametrize("part", ["form: p.c", "body: none, query: p.c"])
def test_a_form_and_a_query_of_what_is_no_object_are_told(part: str) -> None:
    request = f"request: {{url: 'https://x.test/e', {part}}}"
    destination = unjudged(mapping_of(f"{SHARED}fields: {{k: type}}\n{request}\n"))
    event = {"p": {"c": "x"}}
    assert_agree(destination, event)
    outcome = destination.outcome(event)
    assert "p.c is a text, not object" in str(outcome.warnings[0])
    assert (outcome.requests[0].url, outcome.requests[0].encode()) == ("https://x.test/e", b"")


def test_a_fan_out_of_what_is_no_list_is_told() -> None:
    rules = f"{SHARED}fan_out: {{each: {{tag: p.c}}}}\nfields: {{k: $tag}}\n"
    destination = unjudged(mapping_of(rules))
    assert_agree(destination, {"p": {"c": "x"}})
    [warning] = destination.outcome({"p": {"c": "x"}}).warnings
    assert "p.c is a text, not list; no request is made of it" in str(warning)


def test_what_is_missing_in_a_list_is_missing_in_a_fan_out() -> None:
    rules = f"{SHARED}fan_out: {{each: {{tag: p.odd}}}}\nfields: {{z: {{constant: 1}}, k: $tag}}\n"
    destination = unjudged(mapping_of(rules))
    event = {"p": ODD}
    assert_agree(destination, event)
    payloads = [request.body["payload"] for request in destination.apply(event)]
    assert payloads == [{"z": 1}] * 5 + [{"z": 1, "k": each} for each in (0, False, "x")]


@pytest.mark.parametrize(("value", "kind"), [({"k": 1}, "an object"), (["a", {"k": 1}], "a list")])
def test_an_object_in_a_text_is_told(value: object, kind: str) -> None:
    destination = unjudged(mapping_of(f"{SHARED}fields: {{f: {{template: 'a {{p.c}}'}}}}\n"))
    event = {"p": {"c": value}}
    assert_agree(destination, event)
    [warning] = destination.outcome(event).warnings
    assert f"p.c is {kind}, not text" in str(warning)


@pytest.mark.parametrize("source", ["each: p.odd, value: $item", "entries_of: p.odd"])
def test_items_that_do_not_stay_are_counted(source: str) -> None:
    rules = f"{SHARED}fields: {{f: {{{source}, keep_when: $item != 0}}}}\n"
    text = unjudged(mapping_of(rules)).explain({"p": ODD}).text()
    assert "- 1 of 8 items: left out by `keep_when`" in text


def test_spreads_are_in_each_payload_of_a_fan_out() -> None:
    rules = f"{SHARED}fan_out: {{each: {{tag: tags}}}}\nfields: {{..: p.c, k: $tag}}\n"
    destination = unjudged(mapping_of(rules))
    event = {"tags": ["a", "b"], "p": {"c": {"n": 1}}}
    assert_agree(destination, event)
    payloads = [request.body["payload"] for request in destination.apply(event)]
    assert payloads == [{"n": 1, "k": "a"}, {"n": 1, "k": "b"}]


@pytest.mark.parametrize(
    ("block", "told"),
    [
        ("{copy_of: p.c}", ["x: p.c is a list, not an object; it is left out"]),
        ("{copy_of: p.c, empty: keep}", ["x: p.c is a list, not an object; it is left out"]),
        ("{copy_of: p.c, fields: {k: type}}", ["x: p.c is a list, not an object; it is left out"]),
        ("{fields: {k: type, ..: {copy_of: p.c}}}", ["p.c is a list, not an object"]),
        ("{each: p.c, copy_of: $item}", ["x: $item is a number, not an object; it is left out"]),
        ("{copy_of: p.zz}", []),
        ("{first_of: [{copy_of: p.c}, {copy_of: p}], invalid: error}", []),
        ("{first_of: [{copy_of: p.c}], invalid: ignore}", []),
    ],
)
def test_what_is_no_object_is_not_copied_and_told(block: str, told: list[str]) -> None:
    destination = unjudged(mapping_of(f"fields:\n  x: {block}\n"))
    assert_agree(destination, EVENT)
    found = [each.message for each in destination.outcome(EVENT).warnings]
    assert len(found) == len(told)
    assert all(text in each for text, each in zip(told, found, strict=True)), found
