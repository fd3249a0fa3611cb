"""Fixes: made plain, and applied to texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from mapping_engine.checks.removal import removal
from mapping_engine.diagnostics import Diagnostic, Diagnostics, Fix, Span
from mapping_engine.source.node import Source
from mapping_engine.source.scalar import Lines
from mapping_engine.source.yaml_text import read_yaml


@dataclass(frozen=True)
class Fixed:
    """Texts after fixes, by file; ``applied`` counts the fixes."""

    texts: Mapping[str, str]
    applied: int


MOST = 50
"""Fixes of one file that are made ready at a time; the others follow when these are applied."""


def with_plain_fixes(
    diagnostics: Iterable[Diagnostic], texts: Mapping[str, str]
) -> list[Diagnostic]:
    """The diagnostics with fixes that are plain changes of text; those that cannot be, dropped."""
    files: dict[str, _File] = {}
    found = []
    for each in diagnostics:
        fix = each.fix
        if fix is not None:
            file = fix.span.file
            if file not in files:
                files[file] = _File(Source(file, texts.get(file, "")))
            each = replace(each, fix=files[file].plain(fix) if file in texts else None)
        found.append(each)
    return found


class _File:
    """One text, read once, and the fixes that are made ready for it."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._root = read_yaml(source, Diagnostics())
        self._lines = Lines(source)
        self._left = MOST

    def plain(self, fix: Fix) -> Fix | None:
        """The fix as a plain change that was tried; None where that is not possible."""
        if self._left == 0:
            return None
        made = self._removal(fix) if fix.whole else self._change(fix)
        self._left -= made is not None
        return made

    def _removal(self, fix: Fix) -> Fix | None:
        cut = removal(self._source, self._root, fix.span) if self._root is not None else None
        if cut is None:
            return None
        span = self._lines.span(cut.start, cut.end)
        return replace(fix, span=span, whole=False, group=cut.container)

    def _change(self, fix: Fix) -> Fix | None:
        text = self._source.text
        return fix if _is_there(text, fix) and _reads(text, fix) else None


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
