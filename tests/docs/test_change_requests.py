"""docs/change-requests.md: each change is a few lines of YAML, and does what its rule tests say."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from mapping_engine import RuleError, load
from mapping_engine.checks import Options, check_all
from mapping_engine.diagnostics import Severity
from mapping_engine.testing.cases import collect
from mapping_engine.testing.runner import run_case

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "change-requests.md").read_text("utf-8")
MOST_LINES = 5
ADDED = "tests/change_request.yaml"


class Request(NamedTuple):
    """One section: the edits of files, and the rule tests of packs."""

    title: str
    edits: list[tuple[str, str]]
    tests: list[tuple[str, str]]


def requests() -> list[Request]:
    found = []
    for section in re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]:
        edits = re.findall(r"^```diff\n--- (\S+)\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
        tests = re.findall(r"^```yaml\n# (\S+)\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
        found.append(Request(section.partition("\n")[0], edits, tests))
    return found


def edited(text: str, edit: str) -> str:
    """The text after the hunks of an edit, which `...` separates; each fits at one place."""
    for hunk in edit.split("...\n"):
        lines = hunk.splitlines(keepends=True)
        old = "".join(line[1:] for line in lines if line[0] in " -")
        is_clear = ("\n" + text).count("\n" + old) == 1 or not text
        assert is_clear, f"stands not once in the file:\n{old}"
        new = "".join(line[1:] for line in lines if line[0] in " +")
        text = ("\n" + text).replace("\n" + old, "\n" + new)[1:]
    return text


def changed_lines(edits: list[tuple[str, str]]) -> int:
    """How many lines are other ones, and how many are new or gone beside them."""
    count = 0
    for _, edit in edits:
        for hunk in re.findall(r"(?:^[-+].*\n)+", edit, re.MULTILINE):
            signs = [line[0] for line in hunk.splitlines()]
            count += max(signs.count("-"), signs.count("+"))
    return count


def failures(pack: Path) -> list[str]:
    """The added rule tests that fail."""
    cases = [case for case in collect(pack) if case.file.endswith(ADDED)]
    assert cases
    try:
        mapping = load(pack)
    except RuleError as error:
        return [str(error)]
    return [result.text() for case in cases if not (result := run_case(mapping, case)).passed]


@pytest.mark.parametrize("request_", requests(), ids=lambda each: each.title)
def test_a_change_request_is_a_few_lines_of_yaml(request_: Request, tmp_path: Path) -> None:
    without = shutil.ignore_patterns("tests")  # only the added ones are run
    rules = shutil.copytree(ROOT / "rules", tmp_path / "rules", ignore=without)
    packs = [rules.parent / pack for pack, _ in request_.tests]
    for pack, (_, tests) in zip(packs, request_.tests, strict=True):
        (pack / ADDED).parent.mkdir(parents=True)
        (pack / ADDED).write_text(tests, "utf-8")
    assert changed_lines(request_.edits) <= MOST_LINES
    assert all(failures(pack) for pack in packs), "the tests hold without the change"
    for name, edit in request_.edits:
        file = rules.parent / name
        text = file.read_text("utf-8") if file.exists() else ""
        file.write_text(edited(text, edit), "utf-8")
    assert [failures(pack) for pack in packs] == [[] for _ in packs]
    said = check_all([str(pack) for pack in packs], Options()).diagnostics
    assert [str(each) for each in said if each.severity is not Severity.INFO] == []


def test_all_change_requests_are_there() -> None:
    assert len(requests()) == TEXT.count("\n## ") >= 13
