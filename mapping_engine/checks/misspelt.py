"""One message for one misspelt declaration, where it stands, and not one at each of its uses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from mapping_engine.diagnostics import Diagnostic, Label, Span
from mapping_engine.source.node import Source
from mapping_engine.source.scalar import Lines

_UNDECLARED = re.compile(
    r"(?:does not declare|the test sets|has no field|setting|^)\s?`(?:[\w.]+\.)?(\w+)`"
    r"(?: in `.*`| is not declared.*|, which the settings schema does not declare)?$"
)
_MEANT = re.compile(r"did you mean `(\w+)`\?")
_WORD = re.compile(r"(?<=[.$\"'])\w+|\b\w++(?=\"?\s*:)")
"""A word that is a key, or a part of a path: no prose."""
_CODES = ("FO03", "SE08", "TE02")
_SHOWN = 3
_Name = tuple[str, str]


def gathered(found: Iterable[Diagnostic], texts: Mapping[str, str]) -> list[Diagnostic]:
    """The findings, where a name that is used and not declared seems to be the right one.

    It is, if what is declared in its place is written nowhere else, and it is written several
    times. Rule tests that name what a misspelt field should be are part of that mistake, too.
    """
    found = list(found)
    groups: dict[_Name, list[Diagnostic]] = {}
    for each in found:
        name = _name(each)
        if name is not None:
            groups.setdefault(name, []).append(each)
    counts = _counted({word for name in groups for word in name}, texts)
    made: dict[Diagnostic, Diagnostic | None] = {}
    for (used, declared), several in groups.items():
        place = _place(declared, texts) if counts[declared] == 1 < counts[used] else None
        if place is not None:
            made |= dict.fromkeys(several, None)
            made[several[0]] = _at_declaration(used, declared, place, several)
    meant = {(each.help, each.code) for each in found}
    for each in found:
        if each.code == "TE02" and _is_told(each, meant):
            made[each] = None
    kept = (made.get(each, each) for each in found)
    return _once([each for each in kept if each is not None])


def _name(found: Diagnostic) -> _Name | None:
    """The name that is not declared, and the one that is."""
    used = _UNDECLARED.search(found.message) if found.code in _CODES else None
    declared = _MEANT.fullmatch(found.help or "")
    return (used[1], declared[1]) if used and declared else None


def _counted(words: set[str], texts: Mapping[str, str]) -> dict[str, int]:
    counts = dict.fromkeys(words, 0)
    for text in texts.values() if words else ():
        for word in _WORD.findall(text):
            if word in counts:
                counts[word] += 1
    return counts


def _place(name: str, texts: Mapping[str, str]) -> Span | None:
    """Where a word is written as a key of a schema or of a vocabulary."""
    for file, text in texts.items():
        key = re.search(rf'(?<!\w)"?{re.escape(name)}"?(?=\s*:)', text)
        if key and (file.endswith(".json") or re.search(r"^vocabulary:", text, re.M)):
            return Lines(Source(file, text)).span(*key.span())
    return None


def _at_declaration(used: str, declared: str, place: Span, found: list[Diagnostic]) -> Diagnostic:
    worst = min(found, key=lambda each: each.severity.rank)
    labels = [Label(each.span, "it is used here") for each in found[:_SHOWN]]
    return replace(
        worst,
        message=f"`{declared}` is declared and never used, while `{used}` is used",
        span=place,
        help=f"did you mean `{used}`?",
        labels=tuple(labels),
        notes=(),
        fix=None,
    )


def _is_told(found: Diagnostic, meant: set[tuple[str | None, str]]) -> bool:
    """Whether a test misses a field that is misspelt in the rules, which is reported there."""
    field = re.search(r"names the field `(?:[^`]*\.)?([^`.]+)`", found.message)
    return field is not None and (f"did you mean `{field[1]}`?", "OU01") in meant


def _once(found: list[Diagnostic]) -> list[Diagnostic]:
    """What several rule tests get wrong in one way, once."""
    same: dict[str | int, list[Diagnostic]] = {}
    for place, each in enumerate(found):
        same.setdefault(each.message if each.code == "TE02" else place, []).append(each)
    return [_with_others(*several) for several in same.values()]


def _with_others(first: Diagnostic, *others: Diagnostic) -> Diagnostic:
    labels = tuple(Label(other.span, "here as well") for other in others[:_SHOWN])
    return replace(first, labels=(*first.labels, *labels)) if labels else first
