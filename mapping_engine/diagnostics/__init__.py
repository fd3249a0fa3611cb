"""What is wrong with a rule file, where, and what to do about it.

The lowest room: every other one reports through :class:`Diagnostic`.
"""

from mapping_engine.diagnostics.catalogue import LOADER_CHECKS
from mapping_engine.diagnostics.check import Check, Severity
from mapping_engine.diagnostics.diagnostic import Diagnostic, Diagnostics, Fix, Label
from mapping_engine.diagnostics.span import Span
from mapping_engine.diagnostics.suggest import (
    did_you_mean,
    listed,
    near_to,
    nearest,
    rename,
    report_unknown,
    slip_of,
)

__all__ = [
    "LOADER_CHECKS",
    "Check",
    "Diagnostic",
    "Diagnostics",
    "Fix",
    "Label",
    "Severity",
    "Span",
    "did_you_mean",
    "listed",
    "near_to",
    "nearest",
    "rename",
    "report_unknown",
    "slip_of",
]
