"""Every check (the loader's, and those that look at rules which could be read), and which run.

Codes are never renumbered; `tools/check_pages.py` has those that are reserved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from datetime import date
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from mapping_engine.checks import families, named_in_tests, rule_tests, suppressions
from mapping_engine.diagnostics import LOADER_CHECKS, Check, Diagnostic, Severity, did_you_mean
from mapping_engine.engine.project import Project
from mapping_engine.errors import ErrorCode, RuleError
from mapping_engine.frozen import Frozen
from mapping_engine.source.folder import Overlay

OFF = "off"
"""The level of a check that is not made."""
_ORDER = ("SY", "SH", "ST", "TE", "SU", "SE", "FB", "TX", "PR", "FO", "PI", "OU", "SN")
_EVERY = (
    *LOADER_CHECKS.values(),
    *families.CHECKS,
    *rule_tests.CHECKS,
    named_in_tests.TE02,
    *suppressions.CHECKS,
)

CATALOGUE: Mapping[str, Check] = MappingProxyType(
    {each.code: each for each in sorted(_EVERY, key=lambda c: (_ORDER.index(c.code[:2]), c.code))}
)
"""Every check by its code, in the order of the documentation."""


class Options(Frozen):
    """How to check.

    ``select`` and ``ignore`` take codes (`FB01`), their beginnings (`FB`) and names; nothing
    selected means every check that need not be asked for. ``overlay`` holds unsaved texts by
    absolute path. With several ``workers``, folders of many packs are checked in processes.
    Making ``fixes`` ready takes time, which who does not show them can save; so does what stands
    ``beside`` the rules of a pack: its rule tests and migrations, and other packs. ``severities``
    are levels by code, its beginning or its name, the longest of which counts; of folders, files
    whose absolute path matches a pattern of ``exclude`` are left out.
    """

    today: date = field(default_factory=date.today)
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    overlay: Overlay = field(default_factory=dict)
    workers: int = 1
    fixes: bool = True
    beside: bool = True
    severities: Mapping[str, str] = field(default_factory=dict)
    exclude: tuple[str, ...] = ()

    @property
    def codes(self) -> frozenset[str]:
        """The codes that are shown. Raises RuleError for a selection that means no check."""
        ordinary = {code for code, check in CATALOGUE.items() if not check.asked}
        chosen = _matching(self.select) if self.select else ordinary
        off = {code for code, level in self._levels.items() if level == OFF}
        return frozenset(chosen - off - _matching(self.ignore))

    def levelled(self, found: Diagnostic) -> Diagnostic:
        """A finding with the severity that is asked for."""
        level = self._levels.get(found.code)
        return found if level in (None, OFF) else replace(found, lighter=Severity(level))

    def excludes(self, place: Path) -> bool:
        """Whether a file, or a folder above it, is left out."""
        file = place.resolve()
        return any(
            fnmatch(str(each), pattern)
            for pattern in self.exclude
            for each in (file, *file.parents)
        )

    @cached_property
    def _levels(self) -> dict[str, str]:
        """The level of each code for which one is asked."""
        patterns = sorted(self.severities, key=len)
        return {code: self.severities[each] for each in patterns for code in _matching([each])}


def in_project(options: Options, ours: Project | None) -> Options:
    """The options with what the table of a project sets."""
    if ours is None:
        return options
    exclude = tuple(str(ours.root.resolve() / each) for each in ours.exclude)
    return replace(options, severities=ours.severities, exclude=exclude)


def _matching(patterns: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for pattern in patterns:
        start = pattern.upper()
        every = CATALOGUE.values()
        codes = {each.code for each in every if each.name == pattern or each.code.startswith(start)}
        if not codes or not pattern:
            names = [*CATALOGUE, *(check.name for check in every)]
            raise RuleError(
                ErrorCode.RULES_INVALID,
                f"there is no check `{pattern}`",
                help=did_you_mean(pattern, names) or "`rules-check --list` lists them all",
            )
        found |= codes
    return found
