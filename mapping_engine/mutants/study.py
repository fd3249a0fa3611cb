"""Sampling mutants and judging them side by side."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date

from mapping_engine.frozen import Frozen
from mapping_engine.mutants.judge import Judged, Originals, originals_of
from mapping_engine.mutants.mutant import Mutant, Operator, mutant
from mapping_engine.mutants.operators import OPERATORS
from mapping_engine.mutants.page import Page
from mapping_engine.mutants.pages import pages

CHUNK = 8


class Plan(Frozen):
    """What a study does; the same plan gives the same result."""

    packs: tuple[str, ...]
    seed: int = 1
    sample: int = 8
    variations: int = 3000
    today: date = date(2024, 1, 1)
    """The day of the checks: before any API of the packs ends."""


class Sampled(Frozen):
    """The mutants of one operator that are judged, of so many candidates."""

    operator: Operator
    candidates: int
    mutants: tuple[Mutant, ...]


class Study(Frozen):
    """A finished study."""

    plan: Plan
    samples: tuple[Sampled, ...]
    judged: tuple[Judged, ...]
    events: int


def candidates(operator: Operator, files: tuple[Page, ...]) -> Iterator[Mutant]:
    """Every mutant of an operator, each text once."""
    for page in files:
        seen = {page.text}
        for edit in operator.edits(page):
            made = mutant(operator, page, edit)
            if made.text not in seen:
                seen.add(made.text)
                yield made


def sampled(plan: Plan, files: tuple[Page, ...] | None = None) -> tuple[Sampled, ...]:
    """A sample of the mutants of each operator, in the order of the files."""
    files = files if files is not None else pages(plan.packs)
    found = []
    for operator in OPERATORS:
        every = list(candidates(operator, files))
        rng = random.Random(f"{plan.seed} {operator.name}")
        chosen = sorted(rng.sample(range(len(every)), min(plan.sample, len(every))))
        found.append(Sampled(operator, len(every), tuple(every[i] for i in chosen)))
    return tuple(found)


def run(plan: Plan, workers: int, progress: Callable[[int, int], None]) -> Study:
    """Plant, judge and count."""
    samples = sampled(plan)
    originals = originals_of(plan.packs, plan.today, plan.seed, plan.variations)
    mutants = [each for sample in samples for each in sample.mutants]
    chunks = [tuple(mutants[i : i + CHUNK]) for i in range(0, len(mutants), CHUNK)]
    judged: list[Judged] = []
    with ProcessPoolExecutor(workers) as pool:
        for found in pool.map(_judge, [originals] * len(chunks), chunks):
            judged += found
            progress(len(judged), len(mutants))
    events = sum(original.events for original in originals.packs.values())
    return Study(plan, samples, tuple(judged), events)


def _judge(originals: Originals, mutants: tuple[Mutant, ...]) -> list[Judged]:
    return [originals.judge(each) for each in mutants]
