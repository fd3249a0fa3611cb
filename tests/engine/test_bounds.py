"""What JSON cannot hold, or rules cannot say, is refused; nothing is kept that need not be."""

from __future__ import annotations

import gc
import json
from pathlib import Path

import pytest

from mapping_engine import ConfigurationError, RuleError, load
from mapping_engine.engine.rest import Copying
from tests.engine.mini import HEAD, Mini


@pytest.mark.parametrize("body", ["json", "form"])
@pytest.mark.parametrize(
    "value",
    ["secret\ud800", ["secret\ud800"], {"secret\ud800": 1}, 10**30],
    ids=["text", "list", "key", "number"],
)
def test_what_a_request_cannot_hold_beside_its_payload_is_an_error(
    mini: Mini, body: str, value: object
) -> None:
    request = f'request:\n  url: "{{$api.base}}/e"\n  {body}: {{payload: $payload, a: p.a}}\n'
    outcome = mini("fields:\n  x: name\n", request=request).outcome(
        {"p": {"a": value}, "name": "n"}
    )
    assert outcome.error is not None
    assert outcome.error.code == "PL01"
    assert "secret" not in str(outcome.error)


@pytest.mark.parametrize(
    "pattern",
    ["(", "a{2,1}", "^[z-a]$", "(?P<a>x)(?P<a>y)"],
    ids=["open", "order", "range", "twice"],
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


def test_a_pattern_that_only_python_can_hold_is_judged_by_jsonschema(
    mini: Mini, tmp_path: Path
) -> None:
    mini("fields:\n  x: name\n")
    schema = {
        "properties": {"x": {"pattern": "^[a-z]{99999999}$"}, "y": {"const": {"pattern": "("}}}
    }
    (tmp_path / "payload.schema.json").write_text(json.dumps(schema))
    outcome = load(tmp_path).bind({}, clock=lambda: 0.0).outcome({"name": "n"})
    assert outcome.error is not None
    assert outcome.error.code == "PL01"


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
