"""`mapping-engine fmt` on files, folders and standard input."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mapping_engine.cli.main import main

ODD, EVEN = "a:\n    b: c #d\n", "a:\n  b: c # d\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/odd.yaml").write_text(ODD)
    (tmp_path / "rules/even.yaml").write_text(EVEN)
    (tmp_path / "rules/.hidden.yaml").write_text(ODD)
    return tmp_path


def fmt(*arguments: str, given: str = "") -> Result:
    return CliRunner().invoke(main, ["fmt", *arguments], input=given)


def test_files_of_a_folder_get_their_layout() -> None:
    found = fmt("rules")
    assert (found.exit_code, found.stdout) == (0, "changed rules/odd.yaml\n")
    assert Path("rules/odd.yaml").read_text() == EVEN
    assert Path("rules/.hidden.yaml").read_text() == ODD
    assert fmt("rules").stdout == ""


@pytest.mark.parametrize("option", ["--check", "--diff"])
def test_nothing_is_written_where_it_is_only_asked(option: str) -> None:
    found = fmt("rules", option)
    assert found.exit_code == 1
    assert "rules/odd.yaml" in found.stdout
    assert Path("rules/odd.yaml").read_text() == ODD


def test_standard_input_goes_to_standard_output() -> None:
    assert fmt("-", given=ODD).stdout == EVEN


@pytest.mark.parametrize("path", ["nowhere", "rules/broken.yaml"])
def test_what_cannot_be_laid_out_is_a_usage_error(path: str) -> None:
    Path("rules/broken.yaml").write_text("a: [")
    assert fmt(path).exit_code == 2
