"""`mapping-engine mutants`: mistakes in anyone's pack, found or not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mapping_engine.cli.main import main

STRANGER = Path(__file__).resolve().parents[1] / "strangers" / "invoice"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return Path(shutil.copytree(STRANGER, tmp_path / "invoice"))


def mutants(pack: Path, *arguments: str) -> Result:
    given = ["mutants", str(pack), "--sample", "1", "--events", "40", "--jobs", "1"]
    return CliRunner().invoke(main, [*given, "--now", "2024-01-02", *arguments])


def test_each_mistake_has_a_verdict_and_no_file_is_changed(pack: Path) -> None:
    before = {path: path.read_bytes() for path in pack.rglob("*") if path.is_file()}
    found = mutants(pack, "--json")
    assert found.exit_code == 0
    assert {path: path.read_bytes() for path in pack.rglob("*") if path.is_file()} == before
    mistakes = json.loads(found.stdout)["mistakes"]
    verdicts = {each["verdict"] for each in mistakes}
    assert {"found by rules-check", "found by rule tests only"} <= verdicts
    assert "crash" not in verdicts
    assert {each["file"] for each in mistakes} == {(pack / "rules.yaml").as_posix()}


def test_less_rule_tests_find_less_and_what_is_lost_has_a_place(pack: Path) -> None:
    enough = json.loads(mutants(pack, "--json").stdout)["percent"]
    [file] = (pack / "tests").glob("*.yaml")
    head, case, *_ = file.read_text().split("  - name:")
    file.write_text(f"{head}  - name:{case}")
    found = mutants(pack, "--fail-under", str(enough))
    assert found.exit_code == 1
    *lost, percent = found.stdout.splitlines()
    assert float(percent.split()[0]) < enough
    place = f"{(pack / 'rules.yaml').as_posix()}:"
    assert any(line.startswith(place) for line in lost)


def test_the_rule_tests_have_to_be_there_and_to_pass(pack: Path) -> None:
    [file] = (pack / "tests").glob("*.yaml")
    shutil.move(file, pack / "aside")
    found = mutants(pack)
    assert (found.exit_code, found.stdout) == (2, "")
    assert "has no rule tests" in found.stderr
    text = (pack / "aside").read_text()
    file.write_text(f"{text}  - name: wrong\n    event: {{}}\n    expect: {{requests: 9}}\n")
    found = mutants(pack)
    assert (found.exit_code, found.stdout) == (2, "")
    assert "a rule test of" in found.stderr


def test_a_pack_that_cannot_be_read_says_why(pack: Path) -> None:
    (pack / "rules.yaml").write_text("mapping: 1\n")
    found = mutants(pack)
    assert found.exit_code == 2
    assert "rules.yaml" in found.stderr
