"""Several rounds of several runs, in rotation, so that a busy moment hits them all alike.

Times are the processor's, so that other programs on the machine do not count.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from time import process_time


@dataclass
class Timed:
    """Something that is run for ``count`` things at a time, and the seconds of each round."""

    name: str
    run: Callable[[], object]
    count: int = 1
    seconds: list[float] = field(default_factory=list)

    @property
    def best(self) -> float:
        """Microseconds for one thing, in the best round."""
        return min(self.seconds) * 1e6 / self.count

    @property
    def median(self) -> float:
        """Microseconds for one thing, in the median round."""
        return median(self.seconds) * 1e6 / self.count


def rotate(timed: Sequence[Timed], rounds: int) -> None:
    """Run all of them in each round; each round begins with another one."""
    for number in range(rounds):
        start = number % len(timed)
        for each in (*timed[start:], *timed[:start]):
            gc.collect()
            begun = process_time()
            each.run()
            each.seconds.append(process_time() - begun)


def repeated(run: Callable[[], object], seconds: float = 0.02) -> tuple[Callable[[], object], int]:
    """A run of many runs, which takes about so long, and how many they are."""
    begun = process_time()
    run()
    count = max(1, round(seconds / (process_time() - begun)))

    def many() -> None:
        for _ in range(count):
            run()

    return many, count
