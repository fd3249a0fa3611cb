"""Fixes: made plain, and applied to texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from mapping_engine.checks.removal import removal
from mapping_engine.diagnostics import Diagnostic, Diagnostics, Fix, Span
from mapping_engine.frozen import Frozen
from mapping_engine.source.node import Source, YamlNode
from mapping_engine.source.scalar import Lines
from mapping_engine.source.yaml_text import read_yaml


class Fixed(Frozen):
    """Texts after fixes, by file; ``applied`` counts the fixes."""

    texts: Mapping[str, str]
    applied: int


MOST = 50
"""Fixes of one file that are made ready at a time; the others follow when these are applied."""


def with_plain_fixes(
    diagnostics: Iterable[Diagnostic], texts: Mapping[str, str]
) -> list[Diagnostic]:
    """The diagnostics with fixes that are plain changes of text; those that cannot be, dropped."""
    roots: dict[str, YamlNode | None] = {}
    made: Counter[str] = Counter()
    found = []
    for each in diagnostics:
        if each.fix is not None:
            file, plain = each.fix.span.file, None
            if file in texts and made[file] < MOST:
                source = Source(file, texts[file])
                if file not in roots:
                    roots[file] = read_yaml(source, Diagnostics())
                plain = _plain(each.fix, source, roots[file])
                made[file] += plain is not None
            each = replace(each, fix=plain)
        found.append(each)
    return found


def _plain(fix: Fix, source: Source, root: YamlNode | None) -> Fix | None:
    """The fix as a plain change that was tried; None where that is not possible."""
    if fix.whole:
        cut = removal(source, root, fix.span) if root is not None else None
        if cut is None:
            return None
        span = Lines(source).span(cut.start, cut.end)
        return replace(fix, span=span, whole=False, group=cut.container)
    if fix.old not in (None, source.text[fix.span.offset : fix.span.end_offset]):
        return None
    found = Diagnostics()
    read_yaml(Source(source.file, _applied(source.text, [fix])), found)
    return None if any(each.code in ("SY01", "SY02", "SY05") for each in found.found) else fix


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
    together = one.group is not None and one.group == other.group
    return together or _overlap(one.span, other.span)


def _overlap(one: Span, other: Span) -> bool:
    if one.offset == one.end_offset or other.offset == other.end_offset:
        return one.offset <= other.end_offset and other.offset <= one.end_offset
    return one.offset < other.end_offset and other.offset < one.end_offset


def _applied(text: str, fixes: list[Fix]) -> str:
    for fix in sorted(fixes, key=lambda f: f.span.offset, reverse=True):
        text = text[: fix.span.offset] + fix.replacement + text[fix.span.end_offset :]
    return text
