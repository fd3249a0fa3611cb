"""Every check (the loader's, and those that look at rules which could be read), and which run.

Codes are never renumbered, and a retired one stays reserved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import date
from types import MappingProxyType

from mapping_engine.checks import families, named_in_tests, rule_tests, suppressions
from mapping_engine.diagnostics import LOADER_CHECKS, Check, did_you_mean
from mapping_engine.errors import ErrorCode, RuleError
from mapping_engine.frozen import Frozen
from mapping_engine.source.folder import Overlay

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

RESERVED: Mapping[str, str] = MappingProxyType(
    {
        "SH06": "deprecated-key",
        "FB05": "failing-arm-not-guarded",
        "TX04": "no-op-transform",
        "TX07": "lossy-number",
        "PR06": "unreachable-rule",
        "PI05": "pii-in-key-or-log",
        "ST02": "missing-description",
    }
)
"""Codes that are kept free for checks that do not exist yet, and the names they will have."""


class Options(Frozen):
    """How to check.

    ``select`` and ``ignore`` take codes (`FB01`), their beginnings (`FB`) and names; nothing
    selected means every check that need not be asked for. ``overlay`` holds unsaved texts by
    absolute path. With several ``workers``, folders of many packs are checked in processes.
    Making ``fixes`` ready takes time, which who does not show them can save; so does what stands
    ``beside`` the rules of a pack: its rule tests and migrations, and other packs.
    """

    today: date = field(default_factory=date.today)
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    overlay: Overlay = field(default_factory=dict)
    workers: int = 1
    fixes: bool = True
    beside: bool = True

    @property
    def codes(self) -> frozenset[str]:
        """The codes that are shown. Raises RuleError for a selection that means no check."""
        ordinary = {code for code, check in CATALOGUE.items() if not check.asked}
        chosen = _matching(self.select) if self.select else ordinary
        return frozenset(chosen - _matching(self.ignore))


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
