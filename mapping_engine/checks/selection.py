"""Which checks run and are shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from mapping_engine.checks.catalogue import CATALOGUE
from mapping_engine.diagnostics import did_you_mean
from mapping_engine.errors import ErrorCode, RuleError
from mapping_engine.source.folder import Overlay


@dataclass(frozen=True)
class Options:
    """How to check.

    ``select`` and ``ignore`` take codes (`FB01`), their beginnings (`FB`) and names; nothing
    selected means every check that need not be asked for. ``overlay`` holds unsaved texts by
    absolute path. With several ``workers``, folders of many packs are checked in processes.
    Making ``fixes`` ready takes time, which who does not show them can save.
    """

    today: date = field(default_factory=date.today)
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    overlay: Overlay = field(default_factory=dict)
    workers: int = 1
    fixes: bool = True

    @property
    def codes(self) -> frozenset[str]:
        """The codes that are shown. Raises RuleError for a selection that means no check."""
        ordinary = {code for code, check in CATALOGUE.items() if not check.asked}
        chosen = _matching(self.select) if self.select else ordinary
        return frozenset(chosen - _matching(self.ignore))


def _matching(patterns: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for pattern in patterns:
        codes = {
            code
            for code, check in CATALOGUE.items()
            if check.name == pattern or code.startswith(pattern.upper())
        }
        if not codes or not pattern:
            names = [*CATALOGUE, *(check.name for check in CATALOGUE.values())]
            raise RuleError(
                ErrorCode.RULES_INVALID,
                f"there is no check `{pattern}`",
                help=did_you_mean(pattern, names) or "`rules-check --list` lists them all",
            )
        found |= codes
    return found
