"""The work of an event grows in step with the rule file: counted in instructions, not in time."""

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


def instructions(run: Callable[[], object]) -> int:
    """How many instructions of Python a run takes."""
    count = 0

    def trace(frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal count
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        run()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize(
    ("grow", "sizes"),
    [
        (growth.growing_fields, (100, 300, 1000)),
        (growth.growing_requests, (8, 16, 32)),
        (growth.growing_chains, (16, 32, 64)),
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
            work.append((count, instructions(partial(apply, event))))
    small, middle, large = work
    first = (middle[1] - small[1]) / (middle[0] - small[0])
    second = (large[1] - middle[1]) / (large[0] - middle[0])
    assert second == pytest.approx(first, rel=0.1)
    assert first > 1
