"""The rule tests of packs as items of pytest: `pytest rules` runs `rules/*/tests/*.yaml`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mapping_engine.testing import Case


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A YAML file in the folder `tests` of a pack."""
    pack = file_path.parent.parent
    is_test = file_path.suffix == ".yaml" and file_path.parent.name == "tests"
    if not is_test or not (pack / "rules.yaml").is_file():
        return None
    found: pytest.Collector = RuleTestFile.from_parent(parent, path=file_path)
    return found


class RuleTestFile(pytest.File):
    """One file of rule tests."""

    def collect(self) -> Iterator[pytest.Item]:
        """Its cases, in order; in the first file, those before them that the pack inherits."""
        from mapping_engine import RuleError, load  # most runs of pytest have no rules
        from mapping_engine.testing import collect

        pack = self.path.parent.parent
        try:
            mapping = load(pack)
            cases = collect(pack)
        except RuleError as error:
            found = error.diagnostics
            lines = [f"{each.span}: {each.message} [{each.code}]" for each in found]
            raise self.CollectError("\n".join(lines or [str(error)])) from None
        is_first = self.path == min(self.path.parent.glob("*.yaml"))
        for case in cases:
            if is_first if case.inherited else Path(case.file).name == self.path.name:
                yield RuleTestItem.from_parent(self, name=case.name, case=case, mapping=mapping)


class RuleTestItem(pytest.Item):
    """One rule test."""

    def __init__(self, *, case: Case, mapping: Any, **extra: Any) -> None:
        super().__init__(**extra)
        self.case = case
        self.mapping = mapping

    def runtest(self) -> None:
        """Run the case."""
        from mapping_engine.testing import run_case

        result = run_case(self.mapping, self.case)
        if not result.passed:
            raise RuleTestFailed(result.text())

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The differences; the stack says nothing about rules."""
        if isinstance(excinfo.value, RuleTestFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the case stands, and its name."""
        return self.path, self.case.line - 1, self.name


class RuleTestFailed(AssertionError):
    """A rule test did not find what it expects."""
