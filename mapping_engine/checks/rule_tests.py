"""TE01: rules that no rule test reaches."""

from __future__ import annotations

from mapping_engine.checks.subject import Subject
from mapping_engine.diagnostics import Check, Severity
from mapping_engine.testing.cases import Case

TE01 = Check(
    "TE01 untested-rule: no rule test reaches this field, alternative, row or refusal",
    Severity.INFO,
    why="What no test reaches can break without anybody seeing it.",
    fix="Add a case to the `tests` folder of the pack.",
    ignore="While a pack is being written: the check runs only when it is selected.",
    wrong="fields:\n  x: p.a\n",
    right="",
    asked=True,
)
CHECKS = (TE01,)


def untested(subject: Subject, cases: list[Case]) -> None:
    """Report the fields, alternatives and rows that never give a value in any rule test.

    Those of definitions and pipelines are among them, and rules of `accept`, `refuse`, `warn` and
    `none` that never apply.
    """
    from mapping_engine.testing.coverage import (  # few ask for this check
        parts_of,
        reached_by_tests,
        unreached,
    )

    missed = unreached(parts_of(subject.model), reached_by_tests(subject.model, cases))
    for what, span in dict.fromkeys((each.what, each.place) for each in missed):
        message, help = f"no rule test reaches {what}", "add a case that does"
        subject.diagnostics.report(TE01, message, span, help=help)
