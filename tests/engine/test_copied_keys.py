"""Lists of keys beside a copy fail closed: what is not known to be allowed is not copied."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

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
EVENT: dict[str, Any] = {"p": {"a": "A", "b": "B", "c": 1}}


def outcome(
    folder: Path, keys: str, settings: dict[str, object], event: dict[str, Any] = EVENT
) -> Outcome:
    pack = folder / "pack"
    write_pack(pack, RULES.format(keys=keys))
    (pack / "payload.schema.json").write_text("{}")
    (pack / "settings.schema.json").write_text(SETTINGS)
    destination = load(pack).bind(settings)
    found = destination.outcome(event)
    for other in (destination.interpreted(event),):
        assert (other.requests, other.warnings) == (found.requests, found.warnings)
    assert list(found.requests) == destination.apply(event)
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


@pytest.mark.parametrize(
    "keys",
    [
        "only: [a], hash: [d.e.f]",
        "without: [b, c, d], hash: [d.e.f]",
        "only: [a, d], without: [d.e, d.g], hash: [d.e.f]",
    ],
)
def test_a_digest_goes_before_all_else(tmp_path: Path, keys: str) -> None:
    part = {"f": "F", "h": "H", "email": "a@b.test"}
    event = {"p": {"a": "A", "b": "B", "d": {"e": part, "g": "G"}}}
    body = outcome(tmp_path, keys, {}, event).requests[0].body
    digest = sha256(b"F").hexdigest()
    assert body["c"] == {"a": "A", "d": {"e": {"f": digest}}}


def test_a_warning_says_why_nothing_is_copied(tmp_path: Path) -> None:
    found = outcome(tmp_path, "without: $settings.keys", {})
    assert ["the list of keys to leave out is missing" in str(each) for each in found.warnings] == [
        True
    ]
