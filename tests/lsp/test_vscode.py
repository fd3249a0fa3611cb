"""The extension for VS Code names what there is: the server, its files, the command of lenses."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pygls", reason="the language server is an extra")

from mapping_engine import __version__
from mapping_engine.lsp.lenses import SHOW_USES

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "editors" / "vscode"
EXTENSION = (FOLDER / "extension.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def manifest() -> Any:
    return json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))


def test_the_extension_starts_the_server_that_is_installed(manifest: Any) -> None:
    properties = manifest["contributes"]["configuration"]["properties"]
    program, *arguments = properties["mapping-engine.command"]["default"]
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert program in scripts
    assert arguments == ["--lsp"]
    assert f'["{program}", "--lsp"]' in EXTENSION


def test_the_extension_looks_at_rule_files_alone(manifest: Any) -> None:
    properties = manifest["contributes"]["configuration"]["properties"]
    patterns = properties["mapping-engine.files"]["default"]
    assert patterns == ["**/rules.yaml", "**/rules/**/*.{yaml,json}"]


def test_the_extension_is_of_this_version_and_complete(manifest: Any) -> None:
    assert manifest["version"] == __version__
    assert (FOLDER / manifest["main"]).is_file()
    assert manifest["capabilities"]["untrustedWorkspaces"]["supported"] is False
    lock = json.loads((FOLDER / "package-lock.json").read_text(encoding="utf-8"))
    assert lock["packages"][""]["dependencies"] == manifest["dependencies"]


def test_the_extension_has_the_commands_that_it_names(manifest: Any) -> None:
    named = [each["command"] for each in manifest["contributes"]["commands"]]
    for command in (*named, SHOW_USES):
        assert f'registerCommand("{command}"' in EXTENSION
