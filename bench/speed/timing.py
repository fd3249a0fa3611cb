"""Several rounds of several runs, in rotation, so that a busy moment hits them all alike.

Times are the processor's, so that other programs on the machine do not count. They slow the
processor down as well: so work is timed in short parts, of which some are free of that.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median
from time import process_time
from typing import TypeVar

Item = TypeVar("Item")

PART = 100
"""So many things are one part."""


def parts(things: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """The things, a part at a time."""
    for first in range(0, len(things), PART):
        yield things[first : first + PART]


def best(rounds: Sequence[Sequence[float]]) -> float:
    """The seconds of all parts, each in the round that was best for it."""
    total = 0.0
    for part in zip(*rounds, strict=True):
        total += min(part)
    return total


def middle(rounds: Sequence[Sequence[float]]) -> float:
    """The seconds of all parts in the median round."""
    return median(map(sum, rounds))


@dataclass
class Timed:
    """What is run for ``count`` things in parts, and the seconds of each part in each round."""

    name: str
    runs: Sequence[Callable[[], object]]
    count: int = 1
    seconds: list[list[float]] = field(default_factory=list)

    @property
    def best(self) -> float:
        """Microseconds for one thing, at best."""
        return best(self.seconds) * 1e6 / self.count

    @property
    def median(self) -> float:
        """Microseconds for one thing, in the median round."""
        return middle(self.seconds) * 1e6 / self.count


def rotate(timed: Sequence[Timed], rounds: int) -> None:
    """Run all of them in each round; each round begins with another one."""
    for number in range(rounds):
        start = number % len(timed)
        for each in (*timed[start:], *timed[:start]):
            gc.collect()
            each.seconds.append([_seconds(run) for run in each.runs])


def repeated(run: Callable[[], object], seconds: float = 0.02) -> tuple[Callable[[], object], int]:
    """A run of many runs, which takes about so long, and how many they are."""
    count = max(1, round(seconds / _seconds(run)))

    def many() -> None:
        for _ in range(count):
            run()

    return many, count


def _seconds(run: Callable[[], object]) -> float:
    begun = process_time()
    run()
    return process_time() - begun
