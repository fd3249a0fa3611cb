"""Diagnostics as the language-server protocol writes them, and their fixes as actions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from lsprotocol import types

from mapping_engine.checks.fixing import apply_fixes
from mapping_engine.diagnostics import Diagnostic, Diagnostics, Label, Severity
from mapping_engine.lsp.positions import Positions
from mapping_engine.lsp.workspace import Findings, place_of
from mapping_engine.source.node import Source, to_data
from mapping_engine.source.yaml_text import read_yaml

SOURCE = "rules-check"
_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFO: types.DiagnosticSeverity.Information,
}
Locate = Callable[[Path], tuple[str, Positions] | None]
"""The URI and the places of a file, unless it cannot be read."""


def published(found: Diagnostic, positions: Positions, locate: Locate) -> types.Diagnostic:
    """A finding for the editor."""
    related = [each for label in found.labels if (each := _related(label, locate))]
    return types.Diagnostic(
        range=positions.of_span(found.span),
        message="\n".join(found.words),
        severity=_SEVERITIES[found.severity],
        code=found.code,
        source=SOURCE,
        related_information=related or None,
    )


def _related(label: Label, locate: Locate) -> types.DiagnosticRelatedInformation | None:
    found = locate(place_of(label.span.file))
    if found is None:
        return None
    uri, positions = found
    location = types.Location(uri, positions.of_span(label.span))
    return types.DiagnosticRelatedInformation(location, label.message)


def meanings(found: Findings, offset: int) -> list[str]:
    """What the checks mean whose findings stand at a place, as Markdown."""
    here = (d for d in found.diagnostics if d.span.offset <= offset <= d.span.end_offset)
    checks = dict.fromkeys(each.check for each in here)
    return [f"**{check.code}** `{check.name}`\n\n{check.meaning}" for check in checks]


def actions(
    found: Findings, uri: str, wanted: types.Range, positions: Positions, locate: Locate
) -> list[types.CodeAction]:
    """The fixes of the findings that touch ``wanted``."""
    start, end = positions.offset(wanted.start), positions.offset(wanted.end)
    offered = []
    for each in found.diagnostics:
        fix, span = each.fix, each.span
        if fix is None or span.offset > end or span.end_offset < start:
            continue
        if fix.span.file != span.file:
            continue
        place = positions.range(fix.span.offset, fix.span.end_offset)
        edit = types.TextEdit(place, fix.replacement)
        offered.append(
            types.CodeAction(
                title=fix.message,
                kind=types.CodeActionKind.QuickFix,
                diagnostics=[published(each, positions, locate)],
                edit=types.WorkspaceEdit(changes={uri: [edit]}),
                is_preferred=fix.safe and bool(fix.replacement),
            )
        )
    return offered


def fix_all(found: Findings, uri: str, positions: Positions) -> types.CodeAction | None:
    """All safe fixes of a file that do not depend on each other."""
    files = {each.span.file for each in found.diagnostics if each.fix and each.fix.safe}
    text = positions.text
    fixed = apply_fixes(found.diagnostics, dict.fromkeys(files, text), unsafe=False)
    changed = next((each for each in fixed.texts.values() if each != text), None)
    if changed is None:
        return None
    edit = types.TextEdit(positions.range(0, len(text)), changed)
    kind = types.CodeActionKind.SourceFixAll
    changes = types.WorkspaceEdit(changes={uri: [edit]})
    return types.CodeAction(title="Apply all safe fixes", kind=kind, edit=changes)


def suppressions(
    found: Findings, uri: str, wanted: types.Range, positions: Positions, locate: Locate
) -> list[types.CodeAction]:
    """Comments that suppress the findings that touch ``wanted``; the reason is yet to be written.

    Errors cannot be suppressed, and a comment cannot stand inside of a text.
    """
    start, end = positions.offset(wanted.start), positions.offset(wanted.end)
    offered = []
    for each in found.diagnostics:
        span = each.span
        is_here = span.offset <= end and start <= span.end_offset
        edit = _comment(each, positions) if is_here else None
        if edit is None or each.severity is Severity.ERROR or each.code.startswith("SU"):
            continue
        offered.append(
            types.CodeAction(
                title=f"Suppress {each.code} here, with a reason",
                kind=types.CodeActionKind.QuickFix,
                diagnostics=[published(each, positions, locate)],
                edit=types.WorkspaceEdit(changes={uri: [edit]}),
            )
        )
    return offered


def _comment(found: Diagnostic, positions: Positions) -> types.TextEdit | None:
    """A comment on the line above a finding; None where it would change what the file says."""
    text = positions.text
    begin = text.rfind("\n", 0, found.span.offset) + 1
    line = text[begin:]
    lead = line[: len(line) - len(line.lstrip(" "))]
    comment = f"{lead}# rules: ignore {found.code} --\n"
    if _data(f"{text[:begin]}{comment}{line}") != _data(text):
        return None
    return types.TextEdit(positions.range(begin, begin), comment)


def _data(text: str) -> str:
    node = read_yaml(Source("", text), Diagnostics())
    return "" if node is None else repr(to_data(node))
