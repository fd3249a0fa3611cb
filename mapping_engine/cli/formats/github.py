"""Annotations of a GitHub workflow.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from mapping_engine.checks import Checked
from mapping_engine.diagnostics import Diagnostic, Severity

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_DATA = (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"))
_PROPERTY = (*_DATA, (":", "%3A"), (",", "%2C"))


def text(checked: Checked) -> str:
    """A workflow command a line, which becomes an annotation beside the source."""
    return "".join(f"{_command(found)}\n" for found in checked.diagnostics)


def _command(found: Diagnostic) -> str:
    span = found.span
    properties: dict[str, object] = {"file": span.file, "line": span.line}
    if span.end_line == span.line:
        properties |= {"col": span.column, "endColumn": max(span.end_column, span.column)}
    else:
        properties["endLine"] = span.end_line
    properties["title"] = f"{found.code} {found.name}"
    written = ",".join(
        f"{name}={_escaped(str(value), _PROPERTY)}" for name, value in properties.items()
    )
    message = _escaped("\n".join(found.words), _DATA)
    return f"::{_COMMANDS[found.severity]} {written}::{message}"


def _escaped(value: str, table: tuple[tuple[str, str], ...]) -> str:
    for plain, escaped in table:
        value = value.replace(plain, escaped)
    return value
