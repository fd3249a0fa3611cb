"""Every check: those of the loader, and those that look at rules which could be read.

Codes are never renumbered, and a retired one stays reserved.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mapping_engine.checks import families, rule_tests, suppressions
from mapping_engine.diagnostics import LOADER_CHECKS, Check

_ORDER = ("SY", "SH", "ST", "TE", "SU", "SE", "FB", "TX", "PR", "FO", "PI", "OU")
_EVERY = (
    *LOADER_CHECKS.values(),
    *families.CHECKS,
    *rule_tests.CHECKS,
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
