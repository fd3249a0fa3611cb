"""Findings for machines; a format with a module of its own imports it when it is asked for."""

from __future__ import annotations

from mapping_engine.checks import Checked
from mapping_engine.cli.events import dumps

FORMATS = ("concise", "json", "jsonl", "sarif", "github", "junit")


def written(form: str, checked: Checked) -> str:
    """What was found, in one of the formats: the whole of standard output."""
    match form:
        case "concise":
            from mapping_engine.cli.formats.concise import text
        case "json":
            return dumps([found.to_dict() for found in checked.diagnostics]).decode()
        case "jsonl":
            return "".join(dumps(found.to_dict()).decode() for found in checked.diagnostics)
        case "sarif":
            from mapping_engine.cli.formats.sarif import text
        case "github":
            from mapping_engine.cli.formats.github import text
        case "junit":
            from mapping_engine.cli.formats.junit import text
        case _:
            raise ValueError(f"no such format: {form}")
    return text(checked)
