"""A digest of personal data goes where the payload schema marks it, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapping_engine.checks import Options, check_all
from tools.check_example import write_pack

RULES = """\
mapping: 1
event: ./vocabulary.yaml
settings: settings.schema.json
payload: payload.schema.json
api: {{base: "https://x.test"}}
pipelines:
  plain: {{normalises: name, steps: text |> lower}}
define:
  who: name |> plain |> hashed
  plain_text: word |> text
request:
  url: "{{$api.base}}/e"
  json: $payload
fields:
  {field}
"""
SCHEMA = """{
  "type": "object",
  "properties": {
    "marked": {"type": "string", "x-personal": "hashed"},
    "items": {"type": "array", "items": {"type": "string", "x-personal": "hashed"}},
    "clear": {"type": "string", "x-personal": ["name"]},
    "plain": {}
  }
}"""


def found(folder: Path, field: str) -> list[str]:
    pack = folder / "pack"
    write_pack(pack, RULES.format(field=field))
    (pack / "payload.schema.json").write_text(SCHEMA)
    return [
        each.code for each in check_all([str(pack)], Options()).diagnostics if each.code == "PI02"
    ]


@pytest.mark.parametrize(
    "field",
    [
        "marked: $who",
        'items: "[$who]"',
        "items: {each: name |> list, value: $item |> plain |> hashed}",
        "clear: $who",
        "clear: name |> plain",
    ],
)
def test_marked_fields_take_digests(tmp_path: Path, field: str) -> None:
    assert not found(tmp_path, field)


@pytest.mark.parametrize(
    "field",
    [
        "plain: $who",
        'plain: "[$who]"',
        'items: "[$plain_text]"',
        'items: "[name]"',
        'items: {first_of: [name, "[$who]"]}',
        "marked: $plain_text",
        "plain: {fields: {inner: $who}}",
        'plain: {template: "a {$who}"}',
    ],
)
def test_other_fields_do_not_and_marked_ones_take_nothing_else(tmp_path: Path, field: str) -> None:
    assert found(tmp_path, field) == ["PI02"]
