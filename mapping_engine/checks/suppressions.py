"""Comments that suppress findings: `# rules: ignore FB01 until 2026-12-31 -- reason`."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from mapping_engine.diagnostics import (
    Check,
    Diagnostic,
    Diagnostics,
    Fix,
    Severity,
    Span,
    did_you_mean,
)
from mapping_engine.frozen import Frozen
from mapping_engine.source.node import Source, scalars
from mapping_engine.source.scalar import Lines
from mapping_engine.source.yaml_text import read_yaml

SU01 = Check(
    "SU01 unused-suppression: a suppression that suppresses nothing",
    Severity.WARNING,
    why="It would hide the next real mistake on this line.",
    fix="Remove the comment. `--fix` does.",
    ignore="Never: remove it.",
    wrong="fields:\n  x: p.a # rules: ignore FB01 -- an old reason\n",
    right="fields:\n  x: p.a\n",
)
SU02 = Check(
    "SU02 bad-suppression: a suppression without a code or a reason, with an unknown code, "
    "expired, or of an error",
    Severity.WARNING,
    why="Who reads the comment later has to know what is suppressed, why, and for how long. "
    "Errors cannot be suppressed, as the engine refuses the rules all the same.",
    fix="Write `# rules: ignore CODE -- reason`, with `until 2026-12-31` where it is to end.",
    ignore="Never: correct it.",
    wrong="fields:\n  x: \"p.a ?? 'none' ?? type\" # rules: ignore FB01\n",
    right="fields:\n  x: \"p.a ?? 'none' ?? type\" # rules: ignore FB01 -- type follows in May\n",
)
CHECKS = (SU01, SU02)

_COMMENT = re.compile(r"(?:(?<=\s)|^)#[ \t]*rules:[ \t]*ignore\b(?P<rest>[^\r\n]*)", re.MULTILINE)
_BETWEEN = re.compile(r"[\s,]+")
_MARK = "rules:"


class Suppression(Frozen):
    """One comment: the lines it is about (None for the whole file) and the codes."""

    span: Span
    line: int | None
    codes: tuple[str, ...]
    until: str | None
    reason: str


def suppress(
    diagnostics: Iterable[Diagnostic],
    texts: Mapping[str, str],
    today: date,
    ran: frozenset[str],
    catalogue: Mapping[str, Check],
) -> list[Diagnostic]:
    """The findings that no comment suppresses, and what is wrong with the comments.

    Errors are never suppressed, as the engine refuses the rules all the same. ``ran`` are the
    codes that were looked for: a comment about others is not called unused.
    """
    given = list(diagnostics)
    places: dict[tuple[str, int | None], list[Diagnostic]] = {}
    for each in given:
        for line in (each.span.line, None):
            places.setdefault((each.span.file, line), []).append(each)
    gone: set[int] = set()
    found = Diagnostics()
    for file, text in texts.items():
        for comment in _suppressions(Source(file, text)):
            codes = _valid(comment, today, catalogue, found)
            about = (d for d in places.get((file, comment.line), ()) if d.code in codes)
            hit = [d for d in about if id(d) not in gone]
            gone |= {id(d) for d in hit if d.severity is not Severity.ERROR}
            _judge(comment, codes, hit, ran, found)
    return [*(d for d in given if id(d) not in gone), *found.found]


def _suppressions(source: Source) -> Iterator[Suppression]:
    if _MARK not in source.text:
        return
    text, lines = source.text, Lines(source)
    spans = (each.span for each in scalars(read_yaml(source, Diagnostics())))
    inside = sorted((span.offset, span.end_offset) for span in spans)
    ends = (*lines.starts[1:], len(text))
    written = (text[start:end].strip() for start, end in zip(lines.starts, ends, strict=True))
    rules = [number for number, line in enumerate(written, 1) if line and line[0] != "#"]
    for match in _COMMENT.finditer(text):
        start = match.start()
        before = bisect_right(inside, (start, len(text)))
        if before and start < inside[before - 1][1]:
            continue
        said, _, reason = match["rest"].partition("--")
        words = [each for each in _BETWEEN.split(said) if each]
        until = words[-1] if words[-2:-1] == ["until"] else None
        codes = tuple(words if until is None else words[:-2])
        span = lines.span(start, start + len(match[0].rstrip()))
        line = None
        if before:  # its own line, or the next one that is no comment
            place = bisect_left(rules, span.line)
            line = rules[place] if place < len(rules) else len(lines.starts)
        yield Suppression(span, line, codes, until, reason.strip())


def _valid(
    comment: Suppression, today: date, catalogue: Mapping[str, Check], found: Diagnostics
) -> frozenset[str]:
    """The codes that the comment suppresses; what is wrong with it is reported."""
    names = {check.name: check.code for check in catalogue.values()}
    codes = {code: code if code in catalogue else names.get(code) for code in comment.codes}
    for code in (code for code, known in codes.items() if known is None):
        help = did_you_mean(code, [*catalogue, *names]) or "`rules-check --list` lists them all"
        found.report(SU02, f"there is no check `{code}`", comment.span, help=help)
    over = _over(comment.until, today)
    if not comment.codes:
        help = "write `# rules: ignore CODE -- reason`"
        found.report(SU02, "a suppression names the codes it is about", comment.span, help=help)
    elif not comment.reason:
        help = "append `-- ` and why the finding is none"
        found.report(SU02, "a suppression gives its reason", comment.span, help=help)
    for message, help in over:
        found.report(SU02, message, comment.span, help=help)
    return frozenset(known for known in codes.values() if known is not None and not over)


def _over(until: str | None, today: date) -> list[tuple[str, str]]:
    """Why a comment suppresses nothing any more, and what to do about it."""
    if until is None:
        return []
    try:
        day = date.fromisoformat(until)
    except ValueError:
        return [("`until` takes a date such as 2026-12-31", "correct the date")]
    message = f"the suppression expired on {day}"
    return [] if day >= today else [(message, "correct the rules, or set a later date")]


def _judge(
    comment: Suppression,
    codes: frozenset[str],
    hit: list[Diagnostic],
    ran: frozenset[str],
    found: Diagnostics,
) -> None:
    for code in sorted({d.code for d in hit if d.severity is Severity.ERROR}):
        message = f"{code} is an error here and cannot be suppressed"
        help = "correct the rules: the engine does not load them"
        found.report(SU02, message, comment.span, help=help)
    idle = sorted((codes & ran) - {d.code for d in hit})
    if idle:
        every = len(idle) == len(comment.codes)
        fix = Fix(comment.span, "", "remove the comment", safe=True) if every else None
        message = f"nothing here is suppressed by {', '.join(idle)}"
        found.report(SU01, message, comment.span, help="remove it", fix=fix)
