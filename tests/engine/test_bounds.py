"""What JSON cannot hold, or rules cannot say, is refused; nothing is kept that need not be."""

from __future__ import annotations

import dataclasses
import gc
import json
import pickle
from pathlib import Path

import pytest

from mapping_engine import ConfigurationError, RuleError, load
from mapping_engine.engine.copying import Copying
from tests.engine.mini import HEAD, REQUEST, VOCABULARY, Mini
from tests.loaded import loaded


@pytest.mark.parametrize("body", ["json", "form"])
@pytest.mark.parametrize(
    "value",
    ["secret\ud800", ["secret\ud800"], {"secret\ud800": 1}, 10**30],
    ids=["text", "list", "key", "number"],
)
def test_what_json_cannot_hold_is_left_out_with_a_warning(
    mini: Mini, body: str, value: object
) -> None:
    request = f'request:\n  url: "{{$api.base}}/e"\n  {body}: {{payload: $payload, a: p.a}}\n'
    destination = mini("fields:\n  x: name\n  c: {copy_of: p}\n", request=request)
    event = {"p": {"a": value}, "name": "n"}
    outcome = destination.outcome(event)
    assert outcome.error is None
    assert [each.path for each in outcome.warnings] in (["p.a"], ["p.a[]"], ["p.a.*"])
    assert "it is left out" in str(outcome.warnings[0])
    assert "secret" not in str(outcome.warnings)
    assert list(outcome.requests) == destination.apply(event)
    assert "secret" not in str(outcome.requests[0].body)


WHOLE = [2**64 - 1, 2**64, -(2**63), -(2**63) - 1, 10**18, 10**19, 10**30, 10**308, 10**309]


@pytest.mark.parametrize("number", WHOLE, ids=range(len(WHOLE)))
def test_a_dict_and_its_text_become_the_same(mini: Mini, number: int) -> None:
    destination = mini("fields:\n  x: name\n  c: {copy_of: p}\n  num: p.a\n")
    event = {"name": "n", "p": {"a": number, "b": [1, number]}}
    one, other = destination.outcome(event), destination.outcome(json.dumps(event).encode())
    assert (one.requests, one.warnings) == (other.requests, other.warnings)
    assert (one.error and one.error.code) == (other.error and other.error.code)
    if one.requests:
        held = -(2**63) <= number < 2**64
        assert one.requests[0].body["payload"].get("num") == (number if held else None)
        assert bool(one.warnings) is not held


def test_the_last_of_repeated_keys_counts_either_way(mini: Mini) -> None:
    destination = mini("fields:\n  x: name\n  num: p.a\n")
    text = b'{"name": "a", "p": {"a": 1}, "name": "n", "p": {"a": 2, "a": 3}}'
    assert destination.apply(text) == destination.apply(json.loads(text))


@pytest.mark.parametrize(
    "pattern",
    ["(", "a{2,1}", "^[z-a]$", "(?=a)b", r"^a\Z", "^[a-z]{99999999}$"],
    ids=["open", "order", "range", "look-ahead", "end", "size"],
)
@pytest.mark.parametrize("file", ["payload", "settings"])
def test_a_pattern_that_cannot_be_read_is_a_mistake_of_the_schema(
    mini: Mini, tmp_path: Path, file: str, pattern: str
) -> None:
    mini("fields:\n  x: name\n")
    schema = {"type": "object", "properties": {"x": {"anyOf": [{"pattern": pattern}]}}}
    (tmp_path / f"{file}.schema.json").write_text(json.dumps(schema))
    with pytest.raises(RuleError) as caught:
        load(tmp_path)
    (found,) = caught.value.diagnostics
    assert found.code == "SH08"
    assert "the pattern cannot be read" in found.message


@pytest.mark.parametrize("value", [float("inf"), float("nan"), (1, 2)])
def test_settings_that_json_cannot_hold_are_refused(mini: Mini, value: object) -> None:
    with pytest.raises(ConfigurationError) as caught:
        mini("fields:\n  x: name\n", settings={"other": value})
    assert caught.value.code == "CF01"


def test_rules_that_are_nested_too_deeply_are_a_mistake(mini: Mini) -> None:
    rows = "".join(f"  d{n}: {{first_of: ['$d{n - 1} |> text', name]}}\n" for n in range(1, 400))
    with pytest.raises(RuleError):
        mini(f"define:\n  d0: name\n{rows}fields:\n  x: $d399\n")


def test_long_keys_are_not_remembered(mini: Mini) -> None:
    destination = mini("fields:\n  x: {copy_of: p}\n")
    event = {"p": {"k" * 100: 1, "short": 2}}
    assert destination.payloads(event) == [{"x": event["p"]}]
    fixed = [each for each in gc.get_objects() if isinstance(each, Copying)]
    assert any("short" in each._known for each in fixed)
    assert not any("k" * 100 in each._known for each in fixed)


def test_lists_of_the_settings_are_not_handed_out(mini: Mini, tmp_path: Path) -> None:
    mini("fields:\n  x: name\n")
    rules = (
        "fields:\n  x: rows($settings.table, name)\n  w: {value: 'rows($settings.table, name)'}\n"
    )
    looked_up = "rows($settings.table, name)"
    parts = f'request: {{url: "{{$api.base}}/e", json: {{p: $payload, b: "{looked_up}"}}}}\n'
    (tmp_path / "rules.yaml").write_text(HEAD + parts + rules)
    schema = {"properties": {"table": {"type": "array", "items": {"type": "object"}}}}
    (tmp_path / "settings.schema.json").write_text(json.dumps(schema))
    table = [{"from": "n", "to": "a"}, {"from": "n", "to": "b"}]
    destination = load(tmp_path).bind({"table": table}, clock=lambda: 0.0)
    wanted = {"p": {"x": ["a", "b"], "w": ["a", "b"]}, "b": ["a", "b"]}
    for _ in range(2):
        (request,) = destination.apply({"name": "n"})
        assert request.body == wanted
        request.body["p"]["x"].clear()
        assert request.body["p"]["w"] == request.body["b"] == ["a", "b"]
        request.body["p"]["w"].clear()
        request.body["b"].clear()


@pytest.mark.parametrize(
    "rules",
    [
        f"fields: {{x: {{constant: {10**30}}}}}\n",
        f"fields: {{x: '{10**30} |> number'}}\n",
        f"fields: {{x: jmespath(`{10**30}`)}}\n",
        f"fields: {{x: jmespath(to_array(`{10**30}`))}}\n",
        f"tables: {{odd: {{one: {10**30}}}}}\nfields: {{x: $tables.odd.one}}\n",
        "table_files: {odd: odd.json}\nfields: {x: $tables.odd.one}\n",
    ],
)
def test_rules_hold_what_json_text_can(mini: Mini, tmp_path: Path, rules: str) -> None:
    (tmp_path / "odd.json").write_text('{"one": 1%s}' % ("0" * 30))
    with pytest.raises(RuleError, match=r"too large|over 64 bits|more than 64 bits"):
        mini(rules)


@pytest.mark.parametrize(
    ("default", "error", "message"),
    [
        ('"secret\\ud800"', RuleError, "not valid Unicode"),
        ("1" + "0" * 30, ConfigurationError, "a default in the settings schema"),
    ],
    ids=["text", "number"],
)
def test_a_default_that_is_no_json_text_is_a_mistake_of_the_schema(
    tmp_path: Path, default: str, error: type[Exception], message: str
) -> None:
    (tmp_path / "rules.yaml").write_text(f"{HEAD}{REQUEST}fields:\n  x: name\n")
    (tmp_path / "vocabulary.yaml").write_text(VOCABULARY)
    (tmp_path / "settings.schema.json").write_text(
        f'{{"properties": {{"mode": {{"default": {default}}}}}}}'
    )
    (tmp_path / "payload.schema.json").write_text('{"type": "object"}')
    with pytest.raises(error, match=message) as caught:
        load(tmp_path).bind({})
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "value", ["3 |> times('a')", "'a' |> lookup_folded('b')", "'a' |> one_of(3)", "'a' |> split(1)"]
)
def test_constant_arguments_of_a_wrong_kind_are_mistakes(mini: Mini, value: str) -> None:
    with pytest.raises(RuleError, match=r"takes (text|number|object|list) as"):
        mini(f'fields: {{x: "{value}"}}\n')


def test_keys_that_may_be_personal_are_not_remembered(mini: Mini) -> None:
    destination = mini("fields: {x: {copy_of: p}}\n")
    odd = {"ann.smith@x.test": 1, "+4917012345678": "y", "a": 1}
    assert destination.payloads({"p": odd}) == [{"x": odd}]
    gc.collect()
    copies = [each for each in gc.get_objects() if isinstance(each, Copying)]
    kept = {key for copy in copies for key in copy._known}
    assert "a" in kept
    assert not ({*odd} - {"a"}) & kept


def test_a_request_as_data_holds_nothing_but_itself() -> None:
    settings = {"accessToken": "token", "eventsToIds": [{"from": "Purchase", "to": "5"}]}
    event = {
        "type": "track", "event": "Order Completed", "userId": "u",
        "originalTimestamp": "2024-06-01T00:00:00Z",
    }  # fmt: skip
    bound = loaded("facebook_offline_conversions").bind(settings, clock=lambda: 1_717_300_000.0)
    [request] = bound.apply(event)
    assert list(dataclasses.asdict(request)) == [
        "method", "url", "body", "headers", "format", "name", "masked_url"
    ]  # fmt: skip
    assert pickle.loads(pickle.dumps(request)).encode() == request.encode()
    assert b"token" not in pickle.dumps(dataclasses.replace(request, body={}))
