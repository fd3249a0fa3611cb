"""`mapping-engine test`: which cases are run, and how failures are told."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from mapping_engine.cli.main import main

ADWAVE = Path(__file__).resolve().parents[2] / "examples" / "adwave"
CASES = """tests: 1
title: T
settings: {account: "1", token: t}
event: {type: track, event: Order Completed, messageId: m, userId: u, timestamp: "2024-01-01"}
cases:
  - {name: one of them, expect: {payload: {code: CART}}}
  - {name: the other, expect: {payload: {code: CART}}}
  - {name: another Kind, expect: {payload: {code: SALE}}}
  - {name: an odd one, expect: {payload: {id: x}}}
"""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    shutil.copytree(ADWAVE, tmp_path / "adwave")
    shutil.rmtree(tmp_path / "adwave" / "tests")
    (tmp_path / "adwave" / "tests").mkdir()
    (tmp_path / "adwave" / "tests" / "cases.yaml").write_text(CASES)
    return tmp_path / "adwave"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["test", *arguments])


def test_cases_that_fail_alike_are_shown_together(pack: Path) -> None:
    found = run(str(pack))
    assert found.exit_code == 1
    assert found.stdout.count("SALE") == 1
    lines = found.stdout.splitlines()
    assert [line.rpartition(": ")[2] for line in lines[:2]] == ["one of them", "the other"]
    assert lines[-1] == "1 passed, 3 failed"


def test_a_part_of_the_name_chooses_cases(pack: Path) -> None:
    found = run(str(pack), "-k", "KIND")
    assert (found.exit_code, found.stdout) == (0, "1 passed, 0 failed\n")
    none = run(str(pack), "-k", "nowhere")
    assert none.exit_code == 2
    assert "no rule test has `nowhere` in its name" in none.stderr


def test_a_report_for_a_ci_server_has_every_case(pack: Path, tmp_path: Path) -> None:
    report = tmp_path / "junit.xml"
    run(str(pack), "--junit", str(report))
    suites = ElementTree.parse(report).getroot()
    assert (suites.get("tests"), suites.get("failures")) == ("4", "3")
    cases = suites.findall("testsuite/testcase")
    assert [case.get("name") for case in cases][2] == "another Kind"
    assert [case.find("failure") is None for case in cases] == [False, False, True, False]
    assert cases[0].get("line") == "6"


def test_it_watches_for_changes_until_it_is_ended(pack: Path) -> None:
    command = [str(Path(sys.executable).with_name("mapping-engine")), "test", str(pack), "--watch"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as it:
        assert it.stdout is not None
        assert it.stderr is not None
        assert any("1 passed, 3 failed" in line for line in it.stdout)
        assert "waiting for a change" in it.stderr.readline()
        rules = pack / "rules.yaml"
        text = rules.read_text()
        rules.write_text(text + "odd: 1\n")
        assert any("unknown key `odd`" in line for line in it.stderr)
        assert any("waiting for a change" in line for line in it.stderr)
        rules.write_text(text)
        assert any("1 passed, 3 failed" in line for line in it.stdout)
        it.terminate()  # Ctrl-C is ignored where the tests run in the background
