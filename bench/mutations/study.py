"""Sampling mutants and judging them side by side."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date

from bench.mutations.edit import Mutant, Operator, mutant
from bench.mutations.judge import Bench, Judged, bench
from bench.mutations.operators import OPERATORS
from bench.mutations.page import Page
from bench.mutations.pages import pages

CHUNK = 8


@dataclass(frozen=True)
class Plan:
    """What a study does; the same plan gives the same result."""

    packs: tuple[str, ...]
    seed: int = 1
    sample: int = 8
    variations: int = 3000
    today: date = date(2024, 1, 1)
    """The day of the checks: before any API of the packs ends."""


@dataclass(frozen=True)
class Sampled:
    """The mutants of one operator that are judged, of so many candidates."""

    operator: Operator
    candidates: int
    mutants: tuple[Mutant, ...]


@dataclass(frozen=True)
class Study:
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
    originals = bench(plan.packs, plan.today, plan.seed, plan.variations)
    mutants = [each for sample in samples for each in sample.mutants]
    chunks = [tuple(mutants[i : i + CHUNK]) for i in range(0, len(mutants), CHUNK)]
    judged: list[Judged] = []
    with ProcessPoolExecutor(workers) as pool:
        for found in pool.map(_judge, [originals] * len(chunks), chunks):
            judged += found
            progress(len(judged), len(mutants))
    events = sum(original.events for original in originals.originals.values())
    return Study(plan, samples, tuple(judged), events)


def _judge(originals: Bench, mutants: tuple[Mutant, ...]) -> list[Judged]:
    return [originals.judge(each) for each in mutants]
