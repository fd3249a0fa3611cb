"""Fixes: made plain, and applied to texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from mapping_engine.checks.removal import removal
from mapping_engine.diagnostics import Diagnostic, Diagnostics, Fix, Span
from mapping_engine.source.node import Source
from mapping_engine.source.offsets import Lines
from mapping_engine.source.yaml_text import read_yaml


@dataclass(frozen=True)
class Fixed:
    """Texts after fixes, by file; ``applied`` counts the fixes."""

    texts: Mapping[str, str]
    applied: int


def with_plain_fixes(
    diagnostics: Iterable[Diagnostic], texts: Mapping[str, str]
) -> list[Diagnostic]:
    """The diagnostics with fixes that are plain changes of text; those that cannot be, dropped."""
    return [_plain(each, texts) if each.fix is not None else each for each in diagnostics]


def _plain(diagnostic: Diagnostic, texts: Mapping[str, str]) -> Diagnostic:
    fix = diagnostic.fix
    assert fix is not None
    text = texts.get(fix.span.file)
    if text is None:
        return replace(diagnostic, fix=None)
    if fix.whole:
        source = Source(fix.span.file, text)
        cut = removal(source, fix.span)
        span = Lines(source).span(*cut) if cut else None
        fix = replace(fix, span=span, whole=False, alone=True) if span else None
    elif not _is_there(text, fix) or not _reads(text, fix):
        fix = None
    return replace(diagnostic, fix=fix)


def _is_there(text: str, fix: Fix) -> bool:
    """Whether the text that the fix replaces is what it is meant to replace."""
    return fix.old in (None, text[fix.span.offset : fix.span.end_offset])


def _reads(text: str, fix: Fix) -> bool:
    """Whether the text is still YAML after the fix."""
    changed = Source(fix.span.file, _applied(text, [fix]))
    found = Diagnostics()
    read_yaml(changed, found)
    return not any(each.code in ("SY01", "SY02", "SY05") for each in found.found)


def apply_fixes(
    diagnostics: Iterable[Diagnostic], texts: Mapping[str, str], *, unsafe: bool
) -> Fixed:
    """The texts with every fix applied that does not overlap one before it.

    ``diagnostics`` carry plain fixes; only safe ones are taken unless ``unsafe``.
    """
    chosen: dict[str, list[Fix]] = {}
    for diagnostic in diagnostics:
        fix = diagnostic.fix
        if fix is None or fix.whole or not (fix.safe or unsafe):
            continue
        taken = chosen.setdefault(fix.span.file, [])
        if fix not in taken and not any(_clash(fix, other) for other in taken):
            taken.append(fix)
    changed = {file: _applied(texts[file], fixes) for file, fixes in chosen.items()}
    return Fixed(changed, sum(map(len, chosen.values())))


def _clash(one: Fix, other: Fix) -> bool:
    return (one.alone and other.alone) or _overlap(one.span, other.span)


def _overlap(one: Span, other: Span) -> bool:
    if one.offset == one.end_offset or other.offset == other.end_offset:
        return one.offset <= other.end_offset and other.offset <= one.end_offset
    return one.offset < other.end_offset and other.offset < one.end_offset


def _applied(text: str, fixes: list[Fix]) -> str:
    for fix in sorted(fixes, key=lambda f: f.span.offset, reverse=True):
        text = text[: fix.span.offset] + fix.replacement + text[fix.span.end_offset :]
    return text
