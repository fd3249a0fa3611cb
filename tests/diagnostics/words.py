"""Diagnostics as the lines of a text file shows them: for what is compared word for word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mapping_engine.diagnostics import Diagnostic


def in_words(diagnostics: Iterable[Diagnostic], texts: Mapping[str, str]) -> list[str]:
    """Each finding with what it marks, and with its help and its fix."""
    lines: list[str] = []
    for found in diagnostics:
        text = texts[found.span.file]
        marked = text[found.span.offset : found.span.end_offset].replace("\n", " ")
        lines.append(f"    {found.code} {marked}: {found.message}")
        lines += [f"        {found.help}"] if found.help else []
        if found.fix is not None:
            replaced = text[found.fix.span.offset : found.fix.span.end_offset]
            lines.append(f"        fix: {replaced!r} becomes {found.fix.replacement!r}")
    return lines
