"""Checks of selectors, paths and transforms."""

from __future__ import annotations

from mapping_engine.diagnostics.check import Check, Severity

CHECKS = (
    Check(
        "SE01 selector-syntax: the JMESPath selector does not parse",
        Severity.ERROR,
        "correct the path; the help names what other languages write differently",
    ),
    Check(
        "SE02 unknown-function: the JMESPath function does not exist",
        Severity.ERROR,
        "write the name of a function of JMESPath, or use a transform after `|>`",
    ),
    Check(
        "SE03 function-call: a JMESPath function is called with arguments it can never take",
        Severity.ERROR,
        "give the arguments that the function is declared with",
    ),
    Check(
        "SE08 unknown-field: the vocabulary does not declare this path",
        Severity.ERROR,
        "correct the path, or declare it in the vocabulary, so that its kind and its privacy are "
        "known",
    ),
    Check(
        "TX01 unknown-transform: the transform or function does not exist",
        Severity.ERROR,
        "write the name that is meant; `mapping-engine transforms` lists them all",
    ),
    Check(
        "TX02 transform-argument: a transform is called with wrong arguments",
        Severity.ERROR,
        "give the arguments of its signature: `mapping-engine transforms` shows them",
    ),
    Check(
        "TX03 transform-input-type: the piped type is never accepted",
        Severity.ERROR,
        "convert the value first, or use another transform",
    ),
    Check(
        "TX06 regex-invalid: the regular expression is not valid",
        Severity.ERROR,
        "correct the pattern",
    ),
)
