"""The checks: every code a diagnostic may carry is declared here, once.

Codes are never renumbered, and a retired one stays reserved.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mapping_engine.diagnostics.catalogue import (
    chains,
    expressions,
    files,
    flow,
    names,
    payload,
    selectors,
)
from mapping_engine.diagnostics.catalogue.check import Check, Severity

CATALOGUE: Mapping[str, Check] = MappingProxyType(
    {
        **files.CHECKS,
        **selectors.CHECKS,
        **chains.CHECKS,
        **expressions.CHECKS,
        **names.CHECKS,
        **flow.CHECKS,
        **payload.CHECKS,
    }
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

__all__ = ["CATALOGUE", "RESERVED", "Check", "Severity"]
