"""An argument of a transform is taken, or a reason tells why the value is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mapping_engine import InstrumentationError, load
from mapping_engine.engine.mapping import Destination
from tools.check_example import write_pack

RULES = """\
mapping: 1
event: ./vocabulary.yaml
settings: settings.schema.json
payload: payload.schema.json
api: {{base: "https://x.test"}}
request:
  url: "{{$api.base}}/e"
  json: $payload
fields:
  {field}
"""
SETTINGS = '{"type": "object", "properties": {"by": {}}}'
TIMES = "v: p.a |> number |> times(p.b ?? 2)"
ROUND = "v: p.a |> number |> round(p.b)"
BY_SETTING = "v: p.a |> number |> times($settings.by)"


def bound(folder: Path, field: str, by: object = 2) -> Destination:
    pack = folder / "pack"
    write_pack(pack, RULES.format(field=field))
    (pack / "payload.schema.json").write_text("{}")
    (pack / "settings.schema.json").write_text(SETTINGS)
    return load(pack).bind({"by": by})


@pytest.mark.parametrize(
    ("field", "argument", "reason"),
    [
        (TIMES, "5", "p.b ?? 2 is a text, but `factor` takes number"),
        (TIMES, [5], "p.b ?? 2 is a list, but `factor` takes number"),
        (ROUND, "1", "p.b is a text, but `digits` takes number"),
        (ROUND, 1.5, "p.b is no valid `digits`"),
        (ROUND, -1, "p.b is no valid `digits`"),
    ],
)
def test_an_invalid_argument_is_a_reason(
    tmp_path: Path, field: str, argument: object, reason: str
) -> None:
    event: dict[str, Any] = {"p": {"a": 3.25, "b": argument}}
    destination = bound(tmp_path, field)
    outcome = destination.outcome(event)
    assert "v" not in outcome.requests[0].body
    assert [reason in str(each) for each in outcome.warnings] == [True]
    assert reason in str(destination.explain(event))
    assert str(argument) not in reason
    assert [str(each) for each in destination.interpreted(event).warnings] == [
        str(each) for each in outcome.warnings
    ]


@pytest.mark.parametrize(
    ("field", "argument", "made"),
    [(TIMES, 5, 16.25), (TIMES, None, 6.5), (ROUND, 1, 3.3), (ROUND, None, 3)],
)
def test_other_arguments_are_taken(
    tmp_path: Path, field: str, argument: object, made: object
) -> None:
    outcome = bound(tmp_path, field).outcome({"p": {"a": 3.25, "b": argument}})
    assert (outcome.requests[0].body["v"], outcome.warnings) == (made, ())


@pytest.mark.parametrize("field", [TIMES, ROUND])
def test_it_makes_a_field_invalid(tmp_path: Path, field: str) -> None:
    _, value = field.split(": ", 1)
    strict = f'v: {{value: "{value}", invalid: error}}'
    with pytest.raises(InstrumentationError, match="is a text, but"):
        bound(tmp_path, strict).apply({"p": {"a": 3.25, "b": "5"}})


def test_an_argument_from_the_settings_too(tmp_path: Path) -> None:
    outcome = bound(tmp_path, BY_SETTING, by="2").outcome({"p": {"a": 3}})
    assert "$settings.by is a text, but `factor` takes number" in str(outcome.warnings[0])
    assert bound(tmp_path / "right", BY_SETTING).apply({"p": {"a": 3}})[0].body == {"v": 6}
