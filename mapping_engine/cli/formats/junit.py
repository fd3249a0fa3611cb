"""JUnit XML, for the test reports of CI servers: findings, and rule tests."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, tostring

from mapping_engine.checks import Checked
from mapping_engine.diagnostics import Diagnostic

if TYPE_CHECKING:
    from mapping_engine.testing import Result  # which imports the engine

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even escaped."""


def text(checked: Checked) -> str:
    """One suite; a failing case for each finding, a passing one when there is none."""
    shown = checked.diagnostics
    count = str(len(shown))
    suites = Element("testsuites", tests=count if shown else "1", failures=count)
    suite = SubElement(
        suites, "testsuite", name="rules-check", tests=count if shown else "1", failures=count
    )
    for found in shown:
        _case(suite, found)
    if not shown:
        SubElement(suite, "testcase", name="rules-check", classname="rules-check")
    return _written(suites)


def tests_text(results: Sequence[Result]) -> str:
    """A suite for each file of rule tests, with a case for each of theirs."""
    failed = sum(not each.passed for each in results)
    suites = Element("testsuites", tests=str(len(results)), failures=str(failed))
    for file, group in groupby(results, key=lambda each: each.case.file):
        cases = list(group)
        failures = str(sum(not each.passed for each in cases))
        suite = SubElement(
            suites, "testsuite", name=_clean(file), tests=str(len(cases)), failures=failures
        )
        for each in cases:
            case = SubElement(
                suite,
                "testcase",
                name=_clean(each.case.name),
                classname=_clean(file),
                file=_clean(file),
                line=str(each.case.line),
            )
            if not each.passed:
                failure = SubElement(case, "failure", message=_clean(each.differences[0]))
                failure.text = _clean("\n".join(each.differences))
    return _written(suites)


def _written(suites: Element) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(suites, encoding="unicode")}\n'


def _case(suite: Element, found: Diagnostic) -> None:
    span = found.span
    case = SubElement(
        suite,
        "testcase",
        name=_clean(f"{found.code} {found.name} ({span.line}:{span.column})"),
        classname=_clean(span.file),
        file=_clean(span.file),
        line=str(span.line),
    )
    failure = SubElement(case, "failure", type=found.severity.value, message=_clean(found.message))
    failure.text = _clean("\n".join([str(span), *found.words]))


def _clean(value: str) -> str:
    return _FORBIDDEN.sub("\ufffd", value)
