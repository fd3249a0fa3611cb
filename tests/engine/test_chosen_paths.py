"""A path of the event that the settings choose leads to no personal data in clear."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapping_engine import ConfigurationError, Mapping, RuleError, load
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
  path: [$settings.path, $settings.other]
request:
  url: "{{$api.base}}/e"
  json: $payload
fields:
  {field}
"""
SCHEMA = '{"properties": {"h": {"type": "string", "x-personal": "hashed"}, "v": {}}}'
SETTINGS = '{"type": "object", "properties": {"path": {"type": "string"}, "other": {}}}'
EVENT = {
    "name": "Ann",
    "person": {"mail": "ann@x.test", "id": "1"},
    "p": {
        "a": "A",
        "margin": 2,
        "l": [4, {"k": 3}],
        "o": {"0": 5},
        "buyer": {"email": "ann@x.test"},
    },
}
FIELDS = ("v: at($settings.path)", "v: at($path)", "v: at($settings.path) |> text |> upper")


def loaded(folder: Path, field: str) -> Mapping:
    pack = folder / "pack"
    write_pack(pack, RULES.format(field=field))
    (pack / "payload.schema.json").write_text(SCHEMA)
    (pack / "settings.schema.json").write_text(SETTINGS)
    return load(pack)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize(
    "path", ["name", " name ", "person.mail", "p.buyer.email", "people[0].mail", "people.0.mail"]
)
def test_a_path_to_personal_data_is_refused(tmp_path: Path, field: str, path: str) -> None:
    mapping = loaded(tmp_path, field)
    with pytest.raises(ConfigurationError, match="leads to personal data") as refused:
        mapping.bind({"path": path})
    assert refused.value.code == "CF01"
    assert "$settings.path" in str(refused.value)
    assert "." not in path or path not in str(refused.value)


@pytest.mark.parametrize("field", FIELDS)
def test_other_paths_are_read(tmp_path: Path, field: str) -> None:
    mapping = loaded(tmp_path, field)
    read = (("p.a", "A"), ("p.margin", 2), ("p.l.1.k", 3), ("p.l[0]", 4), ("p.o.0", 5))
    for path, found in (*read, ("p.no", None), ("p.l.01", None), ("..", None)):
        made = mapping.apply(EVENT, {"path": path})[0].body
        assert str(made.get("v")).upper() == str(found).upper()


@pytest.mark.parametrize(
    ("path", "told"), [("p[", True), ("..", True), ("p.a", False), ("", False)]
)
def test_what_is_no_path_is_told_when_settings_are_bound(
    tmp_path: Path, path: str, told: bool
) -> None:
    warnings = loaded(tmp_path, FIELDS[0]).bind({"path": path}).warnings
    assert [each.code for each in warnings] == ["WA04"] * told
    assert not told or "`$settings.path` is no path" in str(warnings[0])


def test_a_whole_person_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="leads to personal data"):
        loaded(tmp_path, FIELDS[0]).bind({"path": "person"})


def test_what_is_hashed_may_be_personal(tmp_path: Path) -> None:
    mapping = loaded(tmp_path, "h: at($settings.path) |> plain |> hashed")
    assert len(mapping.apply(EVENT, {"path": "name"})[0].body["h"]) == 64


def test_an_explanation_shows_kind_and_length_only(tmp_path: Path) -> None:
    destination = loaded(tmp_path, "v: at($settings.path)").bind({"path": "p.secret"})
    explained = str(destination.explain({"p": {"secret": "hush hush"}}))
    assert "text of 9 characters" in explained
    assert "hush" not in explained


@pytest.mark.parametrize(
    "field",
    [
        "v: at(p.a)",
        "v: at(p.a ?? 'p.b')",
        "v: at(at('p.a'))",
        "v: {each: p.items, value: at($item.a)}",
        "v: at('a', under=p.a)",
    ],
)
def test_no_event_chooses_a_path(tmp_path: Path, field: str) -> None:
    with pytest.raises(RuleError, match=r"(the event|each `\$item`) would choose"):
        loaded(tmp_path, field)
