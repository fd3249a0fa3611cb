"""Lists of keys beside a copy fail closed: what is not known to be allowed is not copied."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapping_engine import load
from mapping_engine.engine.outcome import Outcome
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
  c: {{copy_of: p, {keys}}}
  t: {{constant: t}}
"""
SETTINGS = '{"type": "object", "properties": {"keys": {"type": "array"}}}'
EVENT = {"p": {"a": "A", "b": "B", "c": 1}}


def outcome(folder: Path, keys: str, settings: dict[str, object]) -> Outcome:
    pack = folder / "pack"
    write_pack(pack, RULES.format(keys=keys))
    (pack / "payload.schema.json").write_text("{}")
    (pack / "settings.schema.json").write_text(SETTINGS)
    destination = load(pack).bind(settings)
    found = destination.outcome(EVENT)
    for other in (destination.interpreted(EVENT),):
        assert (other.requests, other.warnings) == (found.requests, found.warnings)
    assert list(found.requests) == destination.apply(EVENT)
    return found


@pytest.mark.parametrize(
    ("keys", "settings", "copied"),
    [
        ("without: $settings.keys", {"keys": ["a"]}, "bc"),
        ("without: $settings.keys", {"keys": []}, "abc"),
        ("without: $settings.keys", {}, ""),
        ("without: $settings.keys |> distinct", {}, ""),
        ("without: p.none", {}, ""),
        ("hash: $settings.keys", {}, ""),
        ("hash: $settings.keys", {"keys": []}, "abc"),
        ("without: p |> keys |> excluding($settings.keys)", {"keys": ["a"]}, "a"),
        ("without: p |> keys |> excluding($settings.keys)", {"keys": []}, ""),
        ("without: p |> keys |> excluding($settings.keys)", {}, ""),
        ("only: $settings.keys", {"keys": ["a"]}, "a"),
        ("only: $settings.keys", {"keys": []}, ""),
        ("only: $settings.keys", {}, ""),
    ],
)
def test_what_is_copied(
    tmp_path: Path, keys: str, settings: dict[str, object], copied: str
) -> None:
    body = outcome(tmp_path, keys, settings).requests[0].body
    assert "".join(body.get("c", {})) == copied


def test_a_warning_says_why_nothing_is_copied(tmp_path: Path) -> None:
    found = outcome(tmp_path, "without: $settings.keys", {})
    assert ["the list of keys to leave out is missing" in str(each) for each in found.warnings] == [
        True
    ]
