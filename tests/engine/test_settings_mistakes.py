"""Settings that are wrong: every mistake at once, with the nearest name and the place."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mapping_engine import ConfigurationError
from mapping_engine.cli.main import main
from tests.loaded import loaded

PACK = "facebook_conversions"


def refused(settings: Any, pack: str = PACK) -> list[ConfigurationError]:
    with pytest.raises(ConfigurationError) as caught:
        loaded(pack).bind(settings)
    return [caught.value, *caught.value.others]


def test_every_mistake_is_told_at_once() -> None:
    found = refused({"accesToken": "SECRET", "actionSource": "web site", "eventsToEvents": 5})
    told = {each.path: each for each in found}
    assert set(told) == {"datasetId", "accessToken", "actionSource", "eventsToEvents"}
    assert "did you mean `accessToken`?" in str(told["accessToken"])
    assert "did you mean `website`?" in str(told["actionSource"])
    assert "SECRET" not in "".join(map(str, found))


def test_each_has_its_place_in_the_schema() -> None:
    text = (Path("rules") / PACK / "settings.schema.json").read_text("utf-8").splitlines()
    for each in refused({"actionSource": "x", "eventsToEvents": [{"from": []}]}):
        assert each.span is not None
        assert each.span.file == f"rules/{PACK}/settings.schema.json"
        name = (each.path or "").split(".")[-1].split("[")[0]
        lines = "\n".join(text[each.span.line - 3 : each.span.line])
        assert name in lines or "$ref" in lines, each


def test_unknown_keys_are_named_where_the_schema_forbids_them(tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    pack.mkdir()
    for file in Path("examples/walk").iterdir():
        if file.is_file():
            (pack / file.name).write_bytes(file.read_bytes())
    schema = json.loads((pack / "settings.schema.json").read_text())
    (pack / "settings.schema.json").write_text(
        json.dumps({**schema, "additionalProperties": False})
    )
    found = refused({"shop": ["a"], "other": 1}, str(pack))
    told = {each.path: str(each) for each in found}
    assert "did you mean `shops`?" in told["shop"]
    assert "known: `shops`" in told["other"]


def test_a_key_that_nobody_declares_is_told_in_rows_as_well() -> None:
    rows = [{"frm": "SECRET", "to": "Lead"}, {"from": "a", "to": "Lead"}, {"frm": "b"}]
    given = {"datasetId": "7", "accessToken": "t", "actionSorce": "chat", "eventsToEvents": rows}
    told = {each.path: str(each) for each in loaded(PACK).bind(given).warnings}
    assert set(told) == {"actionSorce", "eventsToEvents[0].frm"}
    assert "did you mean `actionSource`?" in told["actionSorce"]
    assert "did you mean `from`?" in told["eventsToEvents[0].frm"]
    assert "SECRET" not in str(told)


def test_errors_and_those_beside_them_can_be_pickled_and_are_data() -> None:
    first, *others = refused({})
    assert [each.path for each in pickle.loads(pickle.dumps(first)).others] == ["datasetId"]
    assert [each["path"] for each in first.to_dict()["others"]] == ["datasetId"]  # type: ignore[attr-defined]  # of JSON
    assert len(others) == 1


def test_the_commands_show_a_line_for_each(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text("{}")
    result = CliRunner().invoke(main, ["apply", PACK, "--settings", str(file)])
    assert result.exit_code == 2
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == ["error", "error"]
    assert "settings.schema.json:" in result.stderr
