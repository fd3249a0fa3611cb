"""JUnit XML, for the test reports of CI servers."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement, tostring

from mapping_engine.checks import Checked
from mapping_engine.diagnostics import Diagnostic

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
    written = tostring(suites, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{written}\n'


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
