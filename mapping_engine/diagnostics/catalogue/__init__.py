"""What the loader reports: every code that keeps rules from being read or used.

Checks that look at rules which could be read are declared where they are looked for; all of them
stand together in ``mapping_engine.checks.catalogue``.
"""

from __future__ import annotations

from mapping_engine.diagnostics.catalogue import expressions, files, flow, names, sending
from mapping_engine.diagnostics.check import Check

LOADER_CHECKS: dict[str, Check] = {
    check.code: check
    for family in (files, expressions, names, flow, sending)
    for check in family.CHECKS
}
"""The checks of the loader by their codes."""
