"""Checks of names, lists and settings."""

from __future__ import annotations

from mapping_engine.diagnostics.check import Check, Severity

CHECKS = (
    Check(
        "PR01 undefined-reference: a name is not defined",
        Severity.ERROR,
        "write the name that is meant, define it, or add the fragment to `use`",
    ),
    Check(
        "PR02 shadowed-definition: a definition hides another of the same name",
        Severity.ERROR,
        "rename one, or replace the definition of a fragment under `override`",
    ),
    Check(
        "PR04 include-cycle: files or definitions that include themselves",
        Severity.ERROR,
        "take one step out of the circle",
    ),
    Check(
        "PR08 too-many-steps: a value takes too many steps to make",
        Severity.ERROR,
        "use each of them once, or write some of them where they are used",
    ),
    Check(
        "FO01 fan-out-over-scalar: a list is needed here, and this is never one",
        Severity.ERROR,
        "name the list, or wrap a single value with `|> list`",
    ),
    Check(
        "FO02 item-scope: a name is used outside the scope that defines it",
        Severity.ERROR,
        "move the expression to where the name has a value, or use another one",
    ),
    Check(
        "FO03 undefined-config: a setting or API constant is not declared",
        Severity.ERROR,
        "write the name that is meant, or declare it in the settings schema or under `api`",
    ),
)
