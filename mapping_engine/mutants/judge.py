"""The verdict on a mutant: who finds it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import date
from enum import StrEnum
from itertools import islice

from mapping_engine.checks import Options, check_all
from mapping_engine.core.model import Model
from mapping_engine.diagnostics import Diagnostic, Severity
from mapping_engine.difference.events import compare_outcomes
from mapping_engine.difference.report import parts
from mapping_engine.engine.loading import read_pack
from mapping_engine.engine.mapping import Mapping as CompiledMapping
from mapping_engine.engine.outcome import Outcome
from mapping_engine.errors import MappingError
from mapping_engine.frozen import Frozen
from mapping_engine.mutants.corpus import Group, corpus
from mapping_engine.mutants.mutant import Mutant
from mapping_engine.mutants.pages import pack_path
from mapping_engine.source.folder import NO_OVERLAY, Overlay
from mapping_engine.testing import Case, collect, run_case
from mapping_engine.testing.runner import StillClock


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
    model: Model = field(repr=False)
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
        if all(mapping.model == original.model for original, mapping in compiled):
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
    outcomes = tuple(map(_digest, _outcomes(mapping, groups)))
    return Original(pack, known, mapping.model, cases, groups, outcomes)


def findings(pack: str, today: date, texts: Overlay = NO_OVERLAY) -> list[Diagnostic]:
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


def _compiled(pack: str, texts: Overlay = NO_OVERLAY) -> CompiledMapping:
    model = read_pack(pack_path(pack), texts).model
    assert model is not None
    return CompiledMapping(model)


def _outcomes(mapping: CompiledMapping, groups: tuple[Group, ...]) -> Iterator[Outcome]:
    """What becomes of every event; of those under settings that are refused, that error."""
    for group in groups:
        clock = StillClock(group.now)
        try:
            destination = mapping.bind(group.settings, secrets=group.secrets, clock=clock)
        except MappingError as error:
            yield from (Outcome(0, error=error) for _ in group.events)
        else:
            yield from destination.apply_many(group.events)


def _digest(outcome: Outcome) -> bytes:
    """A short stand-in for an outcome, without places in rule files."""
    error = outcome.error
    said = (
        [request.to_dict() for request in outcome.requests],
        (error.kind, str(error.code), error.message, error.path) if error else None,
        [(each.code, each.message, each.fields, each.path) for each in outcome.warnings],
    )
    text = json.dumps(said, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()


def _difference(original: Original, mapping: CompiledMapping) -> str:
    """What differs in the first outcome that is another one; empty when none is."""
    pairs = zip(_outcomes(mapping, original.groups), original.outcomes, strict=True)
    for place, (outcome, before) in enumerate(pairs):
        if _digest(outcome) != before:
            olds = _outcomes(CompiledMapping(original.model), original.groups)
            found = compare_outcomes([("", next(islice(olds, place, None)), outcome)])
            return next((name for name, _ in parts(found)), "outcome")
    return ""
