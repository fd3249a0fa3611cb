"""The work of an event grows in step with the rule file: counted in calls, not in time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from bench.speed import growth
from mapping_engine import load

Grown = Iterator[tuple[int, Path, dict[str, Any]]]


def calls(run: Callable[[], object]) -> int:
    """How many functions a run calls: the same number in each version of Python."""
    count = 0

    def profile(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        run()
    finally:
        sys.setprofile(before)
    return count


def chains_of_blanks(folder: Path) -> Grown:
    """Longer and longer chains, and an event whose values are blank but for the last.

    Looking at a blank is a call; looking for a value that is absent need not be one.
    """
    for count, pack, event in growth.growing_chains(folder):
        blank = {f"p{place}": " " for place in range(count - 1)}
        yield count, pack, {"part": blank | event["part"]}


@pytest.mark.unmeasured
@pytest.mark.parametrize(
    ("grow", "sizes"),
    [
        (growth.growing_fields, (100, 300, 1000)),
        (growth.growing_requests, (8, 16, 32)),
        (chains_of_blanks, (16, 32, 64)),
    ],
    ids=["fields", "requests", "alternatives"],
)
def test_each_more_costs_the_same(
    grow: Callable[[Path], Grown], sizes: tuple[int, ...], tmp_path: Path
) -> None:
    work: list[tuple[int, int]] = []
    for count, pack, event in grow(tmp_path):
        if count in sizes:
            apply = load(pack).bind({}, clock=lambda: 0.0).apply
            apply(event)
            work.append((count, calls(partial(apply, event))))
    small, middle, large = work
    first = (middle[1] - small[1]) / (middle[0] - small[0])
    second = (large[1] - middle[1]) / (large[0] - middle[0])
    assert second == pytest.approx(first, rel=0.1)
    assert first > 1
