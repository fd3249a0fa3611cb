"""pytest collects and runs the rule tests of a user's packs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

pytest_plugins = "pytester"
PACK = Path(__file__).resolve().parents[2] / "examples" / "adwave"
PLUGIN = ("-p", "mapping_engine.pytest_plugin", "-p", "no:cacheprovider")


@pytest.fixture
def tests(pytester: pytest.Pytester) -> Path:
    """The file of rule tests of a pack in an otherwise empty folder."""
    shutil.copytree(PACK, pytester.path / "rules" / "adwave")
    (file,) = (pytester.path / "rules" / "adwave" / "tests").glob("*.yaml")
    return file


def test_the_cases_of_a_pack_pass(pytester: pytest.Pytester, tests: Path) -> None:
    found = pytester.runpytest_subprocess(*PLUGIN, "rules")
    found.assert_outcomes(passed=tests.read_text("utf-8").count("  - name:"))


def test_a_failure_shows_the_case_and_the_difference(
    pytester: pytest.Pytester, tests: Path
) -> None:
    text = tests.read_text("utf-8").replace("code: SALE", "code: CART", 1)
    tests.write_text(text)
    found = pytester.runpytest_subprocess(*PLUGIN, "rules")
    assert found.parseoutcomes()["failed"] == 1
    found.stdout.fnmatch_lines(["*conversions.yaml:*", '*code: expected "CART", got "SALE"*'])


def test_rules_with_mistakes_are_an_error_with_its_place(
    pytester: pytest.Pytester, tests: Path
) -> None:
    rules = tests.parent.parent / "rules.yaml"
    rules.write_text(rules.read_text("utf-8").replace("fields:", "feilds:", 1))
    found = pytester.runpytest_subprocess(*PLUGIN, "rules")
    assert found.parseoutcomes()["errors"] == 1
    found.stdout.fnmatch_lines(["*rules.yaml:*unknown key*"])


def test_yaml_files_of_others_are_left_alone(pytester: pytest.Pytester) -> None:
    (pytester.path / "tests").mkdir()
    (pytester.path / "tests" / "data.yaml").write_text("a: 1\n")
    found = pytester.runpytest_subprocess(*PLUGIN)
    assert found.parseoutcomes() == {}


def test_the_cases_that_a_pack_inherits_are_run_once(
    pytester: pytest.Pytester, tests: Path
) -> None:
    own = pytester.path / "rules" / "own"
    (own / "tests").mkdir(parents=True)
    (own / "rules.yaml").write_text("mapping: 1\nextends: adwave\n")
    for name in ("a.yaml", tests.name):
        (own / "tests" / name).write_text(
            f"tests: 1\ncases:\n  - {{name: {name}, expect: {{error: {{}}}}}}\n"
        )
    found = pytester.runpytest_subprocess(*PLUGIN, "rules/own")
    found.assert_outcomes(passed=tests.read_text("utf-8").count("  - name:") + 2)
