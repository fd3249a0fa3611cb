"""The verdict on a mutant: who finds it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from mapping_engine.checks import Options, check_all
from mapping_engine.core.model import Model
from mapping_engine.diagnostics import Diagnostic, Severity
from mapping_engine.engine.loading import read_pack
from mapping_engine.engine.mapping import Mapping as CompiledMapping
from mapping_engine.engine.outcome import Outcome
from mapping_engine.errors import MappingError
from mapping_engine.frozen import Frozen
from mapping_engine.mutants.corpus import Group, corpus
from mapping_engine.mutants.mutant import Mutant
from mapping_engine.mutants.pages import pack_path
from mapping_engine.testing import Case, collect, run_case
from mapping_engine.testing.runner import StillClock

Texts = Mapping[Path, str]
_PLACES = frozenset(("span", "style"))
_NO_TEXTS: Texts = {}


class Verdict(StrEnum):
    """What became of a mutant."""

    CHECK = "found by rules-check"
    TESTS = "found by rule tests only"
    SAME = "equal model"
    UNSEEN = "no difference seen"
    SURVIVOR = "survivor"
    CRASH = "crash"


class Judged(Frozen):
    """A mutant with its verdict; ``detail`` says which check, which test, or what differs."""

    mutant: Mutant
    verdict: Verdict
    detail: str = ""


class Original(Frozen):
    """A pack as it is: what its mutants are held against."""

    pack: str
    findings: Mapping[tuple[str, str], int] = field(repr=False)
    meaning: object = field(repr=False)
    cases: tuple[Case, ...] = field(repr=False)
    groups: tuple[Group, ...] = field(repr=False)
    outcomes: tuple[bytes, ...] = field(repr=False)

    @property
    def events(self) -> int:
        """How many events tell versions of it apart."""
        return sum(len(group.events) for group in self.groups)


class Originals(Frozen):
    """The packs of a study, and the day of the checks."""

    today: date
    packs: Mapping[str, Original]

    def judge(self, mutant: Mutant) -> Judged:
        """Who finds a mutant: the checks, else the rule tests, else nobody."""
        try:
            return self._judge(mutant)
        except Exception as error:  # a crash is a finding of this study, not its end
            return Judged(mutant, Verdict.CRASH, f"{type(error).__name__}: {error}"[:200])

    def _judge(self, mutant: Mutant) -> Judged:
        texts = {mutant.path: mutant.text}
        originals = [self.packs[pack] for pack in mutant.packs]
        for original in originals:
            code = _new_finding(original, findings(original.pack, self.today, texts))
            if code:
                return Judged(mutant, Verdict.CHECK, code)
        compiled = [(original, _compiled(original.pack, texts)) for original in originals]
        for original, mapping in compiled:
            for case in original.cases:
                if not run_case(mapping, case).passed:
                    return Judged(mutant, Verdict.TESTS, case.name)
        if all(meaning(mapping.model) == original.meaning for original, mapping in compiled):
            return Judged(mutant, Verdict.SAME)
        for original, mapping in compiled:
            difference = _difference(original, mapping)
            if difference:
                return Judged(mutant, Verdict.SURVIVOR, difference)
        return Judged(mutant, Verdict.UNSEEN)


def originals_of(packs: tuple[str, ...], today: date, seed: int, variations: int) -> Originals:
    """Read the packs, and note what becomes of every event."""
    return Originals(today, {pack: _original(pack, today, seed, variations) for pack in packs})


def _original(pack: str, today: date, seed: int, variations: int) -> Original:
    mapping = _compiled(pack)
    cases = tuple(collect(pack_path(pack)))
    groups = corpus(cases, mapping.model, seed, variations)
    known = Counter((each.code, each.message) for each in findings(pack, today))
    outcomes = tuple(digest(outcome) for outcome in outcomes_of(mapping, groups))
    return Original(pack, known, meaning(mapping.model), cases, groups, outcomes)


def findings(pack: str, today: date, texts: Texts = _NO_TEXTS) -> list[Diagnostic]:
    """The errors and warnings of a pack, with unsaved texts."""
    found = check_all([pack_path(pack)], Options(today=today, overlay=texts)).diagnostics
    return [each for each in found if each.severity is not Severity.INFO]


def _new_finding(original: Original, found: list[Diagnostic]) -> str | None:
    """The code of the first finding that the original does not have."""
    left = Counter(original.findings)
    for each in found:
        key = (each.code, each.message)
        if not left[key]:
            return each.code
        left[key] -= 1
    return None


def _compiled(pack: str, texts: Texts = _NO_TEXTS) -> CompiledMapping:
    model = read_pack(pack_path(pack), texts).model
    assert model is not None
    return CompiledMapping(model)


def outcomes_of(mapping: CompiledMapping, groups: tuple[Group, ...]) -> Iterator[dict[str, Any]]:
    """What becomes of every event: requests, error and warnings."""
    for group in groups:
        try:
            destination = mapping.bind(
                group.settings, secrets=group.secrets, clock=StillClock(group.now)
            )
        except MappingError as error:
            refused = _said(Outcome(0, error=error))
            yield from (refused for _ in group.events)
            continue
        for event in group.events:
            yield _said(destination.outcome(event))


def _said(outcome: Outcome) -> dict[str, Any]:
    """An outcome without places in rule files."""
    error = outcome.error
    return {
        "requests": [request.to_dict() for request in outcome.requests],
        "error": (error.kind, str(error.code), error.message, error.path) if error else None,
        "warnings": [(w.code, w.message, w.fields, w.path) for w in outcome.warnings],
    }


def digest(said: dict[str, Any]) -> bytes:
    """A short stand-in for an outcome."""
    text = json.dumps(said, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()


def _difference(original: Original, mapping: CompiledMapping) -> str:
    """Where the first outcome that differs does so; empty when none does."""
    pairs = zip(outcomes_of(mapping, original.groups), original.outcomes, strict=True)
    for place, (said, before) in enumerate(pairs):
        if digest(said) != before:
            old = _nth(_compiled(original.pack), original.groups, place)
            return first_difference(old, said) or "outcome"
    return ""


def _nth(mapping: CompiledMapping, groups: tuple[Group, ...], place: int) -> dict[str, Any]:
    for group in groups:
        if place < len(group.events):
            alone = (replace(group, events=(group.events[place],)),)
            return next(outcomes_of(mapping, alone))
        place -= len(group.events)
    raise IndexError(place)


def first_difference(one: Any, other: Any, path: str = "") -> str:
    """The path of the first part in which two pieces of data differ; no values."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted({*one, *other}):
            if one.get(key) != other.get(key):
                return first_difference(one.get(key), other.get(key), f"{path}.{key}")
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, (left, right) in enumerate(zip(one, other, strict=True)):
            if left != right:
                return first_difference(left, right, f"{path}[{index}]")
    return path.lstrip(".")


def meaning(value: Any) -> object:
    """A model as plain data without places: two that mean the same are equal."""
    if isinstance(value, Model):
        return {name: meaning(getattr(value, name)) for name in _compared(value)}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = _compared(value)
        return (type(value).__name__, *((n, meaning(getattr(value, n))) for n in names))
    if isinstance(value, Mapping):
        return {key: meaning(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [meaning(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else repr(value)


def _compared(value: Any) -> list[str]:
    fields = dataclasses.fields(value)
    return [f.name for f in fields if f.compare and f.name not in _PLACES]
