"""The JSON Schemas of a pack are checked when it is loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapping_engine import RuleError, check, load
from mapping_engine.file.json_types import setting_type
from mapping_engine.source.bundled import bundled_folder


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    source = bundled_folder("rules").joinpath("facebook_offline_conversions")
    for name in ("rules.yaml", "settings.schema.json", "payload.schema.json"):
        (tmp_path / name).write_text(source.joinpath(name).read_text("utf-8"), "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ("", "not a JSON document"),
        ("{", "not a JSON document"),
        ("[]", "a schema is an object"),
        ('{"type": "texte"}', "not a JSON Schema at `/type`"),
        ('{"$ref": "https://x.test/s.json"}', "leads nowhere in this file"),
        ('{"$ref": "#/$defs/none"}', "leads nowhere in this file"),
        ('{"$schema": "http://json-schema.org/draft-04/schema#"}', "write `$schema`"),
        ("[" * 100_000, "nested too deeply"),
    ],
    ids=["empty", "cut", "list", "type", "remote", "local", "draft", "deep"],
)
@pytest.mark.parametrize("name", ["settings.schema.json", "payload.schema.json"])
def test_a_schema_that_cannot_be_used_is_reported(
    pack: Path, name: str, schema: str, message: str
) -> None:
    (pack / name).write_text(schema)
    with pytest.raises(RuleError) as caught:
        load(pack)
    (found,) = caught.value.diagnostics
    assert found.code == "SH08"
    assert message in found.message


def test_a_table_file_that_is_no_json_is_reported(pack: Path) -> None:
    (pack / "t.json").write_text("{")
    rules = pack / "rules.yaml"
    text = rules.read_text("utf-8").replace("tables:", "table_files: {mine: t.json}\n\ntables:", 1)
    rules.write_text(text, "utf-8")
    with pytest.raises(RuleError) as caught:
        load(pack)
    (found,) = caught.value.diagnostics
    assert found.message.startswith("`t.json` is not a JSON document: expecting property name")


@pytest.mark.parametrize("deep", [200, 950, 10_000])
def test_a_table_file_that_is_nested_too_deeply_is_reported(pack: Path, deep: int) -> None:
    (pack / "t.json").write_text('{"a":' * deep + "1" + "}" * deep)
    rules = pack / "rules.yaml"
    text = rules.read_text("utf-8").replace("tables:", "table_files: {mine: t.json}\n\ntables:", 1)
    rules.write_text(text, "utf-8")
    assert "`t.json` is nested too deeply" in [found.message for found in check(pack)]


@pytest.mark.parametrize(
    ("pattern", "may_be_blank"),
    [("[^[:space:]]", False), (r"\S", False), ("^[[:space:]]*$", True), ("a*", True), ("(", True)],
)
def test_a_pattern_says_as_re2_reads_it_whether_a_setting_may_be_blank(
    pattern: str, may_be_blank: bool
) -> None:
    schema = {"type": "string", "pattern": pattern}
    assert setting_type({}, schema).missing is may_be_blank
