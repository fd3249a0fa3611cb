"""The guide to a new destination makes the pack that it says it makes."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapping_engine import load
from mapping_engine.checks import Options, check_all
from mapping_engine.diagnostics import Severity
from mapping_engine.testing import collect, run_case
from tools.guide_pack import GUIDE, NAME, PACK, Step, built, refreshed, steps, take


def test_the_guide_shows_what_its_commands_print_and_ends_with_the_example(tmp_path: Path) -> None:
    page = GUIDE.read_text("utf-8")
    assert refreshed(page, tmp_path) == page, "run `python -m tools.guide_pack`"
    assert built(tmp_path / NAME) == built(PACK)


def test_the_example_is_clean_and_its_tests_pass() -> None:
    checked = check_all([str(PACK)], Options())
    assert [d for d in checked.diagnostics if d.severity is not Severity.INFO] == []
    cases = collect(str(PACK))
    assert len(cases) == 9
    mapping = load(PACK)
    for case in cases:
        result = run_case(mapping, case)
        assert result.passed, result.text()


def test_a_guide_whose_output_is_not_what_is_printed_is_noticed(tmp_path: Path) -> None:
    page = GUIDE.read_text("utf-8")
    changed = page.replace("no mistakes found", "three mistakes found", 1)
    assert refreshed(changed, tmp_path) != changed


def test_there_are_snippets_of_every_kind() -> None:
    assert {step.action for step in steps(GUIDE.read_text("utf-8"))} == {
        "file",
        "add",
        "into",
        "change",
        "prints",
    }


def test_a_snippet_that_fits_nowhere_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("fields:\n  a: b\n  c: d\n", "utf-8")
    take(Step("change", "rules.yaml", "  c: e\n"), tmp_path)
    assert (tmp_path / "rules.yaml").read_text("utf-8") == "fields:\n  a: b\n  c: e\n"
    with pytest.raises(ValueError, match="0 lines"):
        take(Step("change", "rules.yaml", "  x: e\n"), tmp_path)
