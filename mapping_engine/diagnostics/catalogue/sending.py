"""Checks of what follows a request: how requests combine, and what answers mean."""

from __future__ import annotations

from mapping_engine.diagnostics.check import Check, Severity

CHECKS = (
    Check(
        "SN01 batch-misfit: `batch` names something that the body of the request does not have",
        Severity.ERROR,
        "name the list of the body that is joined",
    ),
    Check(
        "SN02 unreachable-answer: a row of `answers` that no answer reaches",
        Severity.ERROR,
        "move it above the row that takes its answers, or correct its condition",
    ),
)
