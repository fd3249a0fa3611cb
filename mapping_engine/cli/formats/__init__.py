"""Findings for machines: one module for each format, imported when it is asked for."""

from __future__ import annotations

from mapping_engine.checks import Checked

FORMATS = ("concise", "json", "jsonl", "sarif", "github", "junit")


def written(form: str, checked: Checked) -> str:
    """What was found, in one of the formats: the whole of standard output."""
    match form:
        case "concise":
            from mapping_engine.cli.formats.concise import text
        case "json":
            from mapping_engine.cli.formats.json import text
        case "jsonl":
            from mapping_engine.cli.formats.jsonl import text
        case "sarif":
            from mapping_engine.cli.formats.sarif import text
        case "github":
            from mapping_engine.cli.formats.github import text
        case "junit":
            from mapping_engine.cli.formats.junit import text
        case _:
            raise ValueError(f"no such format: {form}")
    return text(checked)
