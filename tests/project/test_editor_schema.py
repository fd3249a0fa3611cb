"""The editor schemas and the tables of the documentation are what the declarations say."""

from __future__ import annotations

import importlib.util
import json
import re
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from mapping_engine.diagnostics import Diagnostics
from mapping_engine.source.node import to_data
from mapping_engine.source.yaml_text import decode, read_yaml

ROOT = Path(__file__).resolve().parents[2]
RULE_FILES = sorted((ROOT / "rules").rglob("*.yaml"))
MODELINE = re.compile(r"# yaml-language-server: \$schema=(\S+)\n")
KINDS = ("mapping", "fragment", "vocabulary", "tests", "migration")


@cache
def tool(name: str) -> ModuleType:
    specification = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@cache
def validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator(tool("editor_schema").editor_schema(documents()[kind]))


def documents() -> dict[str, Any]:
    found: dict[str, Any] = tool("editor_schema").DOCUMENTS
    return found


def shown(file: Path) -> str:
    return file.relative_to(ROOT / "rules").as_posix()


def data(file: Path) -> Any:
    diagnostics = Diagnostics()
    source = decode(str(file), file.read_bytes(), diagnostics)
    assert source is not None
    node = read_yaml(source, diagnostics)
    assert node is not None
    return to_data(node)


def kind_of(file: Path) -> str:
    return next(kind for kind in KINDS if kind in data(file))


def test_the_committed_schemas_are_the_generated_ones() -> None:
    assert tool("editor_schema").stale() == [], "run `make schema`"


def test_a_changed_schema_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tool("editor_schema"), "FOLDER", tmp_path)
    assert tool("editor_schema").main(["--check"]) == 1
    assert tool("editor_schema").main([]) == 0
    assert tool("editor_schema").main(["--check"]) == 0
    (tmp_path / "mapping.schema.json").write_text("{}")
    assert tool("editor_schema").stale() == ["mapping.schema.json"]


@pytest.mark.parametrize("kind", KINDS)
def test_an_editor_schema_is_json_schema(kind: str) -> None:
    Draft202012Validator.check_schema(
        json.loads((ROOT / "grammar" / f"{kind}.schema.json").read_text())
    )


@pytest.mark.parametrize("file", RULE_FILES, ids=shown)
def test_the_editor_accepts_every_bundled_file(file: Path) -> None:
    found = [error.message for error in validator(kind_of(file)).iter_errors(data(file))]
    assert found == []


@pytest.mark.parametrize("file", RULE_FILES, ids=shown)
def test_the_editor_refuses_an_unknown_key(file: Path) -> None:
    assert not validator(kind_of(file)).is_valid({**data(file), "feilds": {}})


def test_the_editor_refuses_an_unknown_key_inside_a_field() -> None:
    changed = data(ROOT / "rules" / "facebook_offline_conversions" / "rules.yaml")
    changed["fields"]["currency"]["defualt"] = "USD"
    assert not validator("mapping").is_valid(changed)


def test_the_editor_refuses_the_example_of_mistakes() -> None:
    errors = validator("mapping").iter_errors(data(ROOT / "examples" / "mistakes" / "rules.yaml"))
    assert [list(error.absolute_path) for error in errors] == [["fields", "user"]]


@pytest.mark.parametrize("file", RULE_FILES, ids=shown)
def test_every_rule_file_begins_with_the_schema_for_its_editor(file: Path) -> None:
    modeline = MODELINE.match(file.read_text(encoding="utf-8"))
    assert modeline is not None
    assert (file.parent / modeline[1]).resolve() == (
        ROOT / "grammar" / f"{kind_of(file)}.schema.json"
    )
    assert (file.parent / modeline[1]).is_file()


def test_the_tables_of_the_language_page_are_the_generated_ones() -> None:
    tables = tool("language_tables")
    page = tables.PAGE.read_text(encoding="utf-8")
    assert tables.filled(page) == page, "run `python -m tools.language_tables`"


def test_the_language_page_shows_every_block() -> None:
    tables = tool("language_tables")
    page = tables.PAGE.read_text(encoding="utf-8")
    assert tables.shown(page) == tables.blocks().keys()
