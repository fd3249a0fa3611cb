"""SARIF 2.1.0, for code scanning: https://docs.oasis-open.org/sarif/sarif/v2.1.0/."""

from __future__ import annotations

from hashlib import sha256
from typing import Any
from urllib.parse import quote

from mapping_engine import __version__
from mapping_engine.checks import Checked
from mapping_engine.checks.catalogue import CATALOGUE
from mapping_engine.cli.events import dumps
from mapping_engine.diagnostics import Diagnostic, Fix, Severity, Span

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_FINGERPRINT = "ruleLine/v1"
Json = dict[str, Any]


def text(checked: Checked) -> str:
    """One run of the tool with its rules and results."""
    used = sorted({found.code for found in checked.diagnostics})
    seen: dict[str, int] = {}
    driver = {
        "name": "rules-check",
        "semanticVersion": __version__,
        "rules": [_rule(code) for code in used],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(found, used, checked, seen) for found in checked.diagnostics],
    }
    return dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}).decode()


def _rule(code: str) -> Json:
    check = CATALOGUE[code]
    found: Json = {
        "id": code,
        "name": "".join(word.capitalize() for word in check.name.split("-")),
        "shortDescription": {"text": check.meaning},
        "defaultConfiguration": {"level": _LEVELS[check.severity]},
    }
    if check.why:
        found["fullDescription"] = {"text": check.why}
    if check.fix:
        found["help"] = {"text": check.fix}
    return found


def _result(found: Diagnostic, used: list[str], checked: Checked, seen: dict[str, int]) -> Json:
    parts = [found.message, *found.notes, *([found.help] if found.help else [])]
    result: Json = {
        "ruleId": found.code,
        "ruleIndex": used.index(found.code),
        "level": _LEVELS[found.severity],
        "message": {"text": "\n".join(parts)},
        "locations": [_location(found.span)],
        "partialFingerprints": {_FINGERPRINT: _fingerprint(found, checked, seen)},
    }
    if found.labels:
        result["relatedLocations"] = [
            {**_location(label.span), "id": number, "message": {"text": label.message}}
            for number, label in enumerate(found.labels)
        ]
    if found.fix is not None:
        result["fixes"] = [_fix(found.fix)]
    return result


def _location(span: Span) -> Json:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(span.file)},
            "region": _region(span),
        }
    }


def _region(span: Span) -> Json:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _uri(file: str) -> str:
    return quote(file.replace("\\", "/"), safe="/")


def _fix(fix: Fix) -> Json:
    change = {
        "artifactLocation": {"uri": _uri(fix.span.file)},
        "replacements": [
            {"deletedRegion": _region(fix.span), "insertedContent": {"text": fix.replacement}}
        ],
    }
    return {"description": {"text": fix.message}, "artifactChanges": [change]}


def _fingerprint(found: Diagnostic, checked: Checked, seen: dict[str, int]) -> str:
    """The same for the same finding after lines were moved; repeats are numbered."""
    lines = checked.texts.get(found.span.file, "").splitlines()
    line = lines[found.span.line - 1].strip() if found.span.line <= len(lines) else ""
    text = "\n".join((found.span.file, found.code, found.message, line))
    digest = sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
    seen[digest] = seen.get(digest, 0) + 1
    return f"{digest}:{seen[digest]}"
