"""Settings of one pack become settings of another by a file of rules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from mapping_engine.checks import Options, check_all
from mapping_engine.cli.main import main
from mapping_engine.engine.migration import load_migration
from mapping_engine.errors import RuleError
from tools.check_example import TODAY, completed, write_pack

OLD: dict[str, Any] = {
    "type": "object",
    "properties": {
        "token": {"type": "string", "x-secret": True},
        "events": {
            "type": "array",
            "items": {"type": "object", "properties": {"from": {}, "to": {"type": "string"}}},
        },
        "flag": {"type": "boolean"},
        "region": {"type": "string"},
        "legacy": {"type": "string"},
    },
}
NEW = {
    "type": "object",
    "required": ["dataset", "key"],
    "properties": {
        "dataset": {"type": "string", "description": "The id of the data set."},
        "key": {"type": "string", "x-secret": True},
        "names": {"type": "array"},
        "mode": {"enum": ["on", "off"]},
        "region": {"enum": ["eu", "us"]},
    },
}
FILE = """\
migration: 1
from: old
tables:
  regions: {Europe: eu, America: us}
fields:
  key: token
  names: {each: events, fields: {name: $item.from, as: $item.to}}
  mode: {decide: {switched on: {when: flag, constant: "on"}, otherwise: {constant: "off"}}}
  region: region |> lookup($tables.regions)
without_counterpart:
  legacy: the new API has none
to_fill_in:
  dataset: see the events manager
"""


def pack(folder: Path, schema: dict[str, Any]) -> None:
    write_pack(folder, completed("fields:\n  x: p.a\n"))
    (folder / "settings.schema.json").write_text(json.dumps(schema))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    pack(tmp_path / "old", OLD)
    pack(tmp_path / "new", NEW)
    write(tmp_path, FILE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(place: Path, text: str) -> None:
    (place / "new" / "migrations").mkdir(exist_ok=True)
    (place / "new" / "migrations" / "old.yaml").write_text(text)


def run(place: Path, settings: Any) -> Result:
    (place / "s.json").write_text(json.dumps(settings))
    return CliRunner().invoke(main, ["migrate-settings", "old", "new", "s.json"])


def test_new_settings_are_made_from_the_old_ones(place: Path) -> None:
    made = load_migration("old", "new").apply(
        {"token": "t", "events": [{"from": "A", "to": "b"}], "flag": True, "region": "Europe"}
    )
    assert made.settings == {
        "key": "t",
        "names": [{"name": "A", "as": "b"}],
        "mode": "on",
        "region": "eu",
    }
    assert made.without_counterpart == ()
    assert made.to_fill_in == (("dataset", "see the events manager"),)
    assert not made.is_complete


def test_what_has_no_counterpart_is_said_with_its_reason(place: Path) -> None:
    made = load_migration("old", "new").apply({"token": "t", "legacy": "x", "unheard": 1})
    assert made.without_counterpart == (
        ("legacy", "the new API has none"),
        ("unheard", "the old pack has no such setting"),
    )


def test_what_cannot_be_converted_is_a_warning_that_shows_no_value(place: Path) -> None:
    made = load_migration("old", "new").apply({"token": "t", "region": "Atlantis"})
    assert "region" not in made.settings
    (warning,) = made.warnings
    assert "region has no row in the table" in warning
    assert "Atlantis" not in warning


def test_the_command_prints_settings_and_tells_the_rest(place: Path) -> None:
    result = run(place, {"token": "t", "legacy": "x"})
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {"key": "t", "mode": "off"}
    assert "not carried over: `legacy`: the new API has none" in result.stderr
    assert "to fill in: `dataset`: see the events manager" in result.stderr


def test_complete_settings_end_with_0(place: Path) -> None:
    write(
        place,
        FILE.replace("  key: token\n", "  key: token\n  dataset: legacy\n").replace(
            "without_counterpart:\n  legacy: the new API has none\n", ""
        ),
    )
    assert run(place, {"token": "t", "legacy": "x"}).exit_code == 0


@pytest.mark.parametrize("settings", [[], "x", {"token": {"a": 1}}])
def test_settings_that_cannot_be_read_are_no_traceback(place: Path, settings: Any) -> None:
    result = run(place, settings)
    assert result.exit_code in (1, 2)
    assert result.exception is None or isinstance(result.exception, SystemExit)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("  key: token", "  key: tokn", "SE08"),
        ("  key: token", "  kye: token", "OU01"),
        ("  legacy: the new API has none", "  legcy: the new API has none", "FO03"),
        ("  legacy: the new API has none", "  flag: not needed", "SH02"),
        ("  dataset: see", "  datset: see", "FO03"),
        ('constant: "off"', "constant: out", "OU02"),
        ("lookup(", "lokup(", "TX01"),
    ],
)
def test_rules_check_finds_mistakes_in_it(place: Path, old: str, new: str, code: str) -> None:
    write(place, FILE.replace(old, new))
    found = {d.code for d in check_all(["new"], Options(TODAY)).diagnostics}
    assert code in found
    with pytest.raises(RuleError):
        load_migration("old", "new")
    result = run(place, {})
    assert result.exit_code == 2
    assert f"[{code} " in result.stderr


def test_a_right_one_is_clean(place: Path) -> None:
    found = check_all(["new"], Options(TODAY, select=("SE", "OU", "TX", "SH", "FB", "PI")))
    assert found.diagnostics == ()


def test_without_a_file_there_is_no_migration(place: Path) -> None:
    result = CliRunner().invoke(main, ["migrate-settings", "new", "old", "s.json"])
    assert result.exit_code == 2
    assert "has no migration from `new`" in result.stderr


@pytest.mark.parametrize("broken", ["old", "new"])
def test_a_pack_that_cannot_be_read_is_told_with_its_place(place: Path, broken: str) -> None:
    (place / broken / "rules.yaml").write_text("[]\n")
    result = CliRunner().invoke(main, ["migrate-settings", "old", "new", "s.json"])
    assert result.exit_code == 2
    assert result.stderr.startswith(f"{broken}/rules.yaml:1:1: ")


@pytest.mark.parametrize("broken", ["old", "new"])
def test_a_schema_of_settings_that_cannot_be_read_is_told(place: Path, broken: str) -> None:
    (place / broken / "settings.schema.json").write_text('{"properties": ')
    result = CliRunner().invoke(main, ["migrate-settings", "old", "new", "s.json"])
    assert result.exit_code == 2
    assert f"{broken}/settings.schema.json:1:" in result.stderr
    assert "Traceback" not in result.output


def test_settings_inside_of_others_are_known_to_it(place: Path) -> None:
    inside = {"type": "object", "properties": {"flag": {"type": "boolean"}}}
    old = {**OLD, "properties": {**OLD["properties"], "inside": inside}}
    (place / "old" / "settings.schema.json").write_text(json.dumps(old))
    for read, code in (("inside.flag", None), ("inside.flg", "SE08")):
        write(place, FILE.replace("when: flag,", f"when: {read},"))
        found = check_all(["new"], Options(TODAY, select=("SE",))).diagnostics
        assert [each.code for each in found] == ([code] if code else [])


def test_what_a_person_has_to_know_of_old_settings_is_a_warning(place: Path) -> None:
    warn = "warn:\n  - {when: flag == true, field: mode, message: the mode costs more now}\n"
    write(place, FILE + warn)
    assert load_migration("old", "new").apply({"flag": False}).warnings == ()
    (warning,) = load_migration("old", "new").apply({"flag": True}).warnings
    assert warning == "mode: the mode costs more now"
