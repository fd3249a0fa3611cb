"""What the engine costs before the first event: importing, loading, binding, memory."""

from __future__ import annotations

import gc
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from statistics import median

from bench.speed.settings import SETTINGS
from bench.speed.timing import Timed, rotate
from bench.speed.variants import PACK
from mapping_engine import load

_CHILD = "from time import perf_counter as t; b = t(); {}; print(t() - b)"
_COLD = {
    "import mapping_engine": "import mapping_engine",
    "import and load a pack": f"import mapping_engine; mapping_engine.load({PACK!r})",
}


def report(rounds: int) -> list[str]:
    """Best and median times in milliseconds, and kilobytes."""
    lines = [f"{'before the first event':42} {'best':>10} {'median':>10}"]
    for name, statement in _COLD.items():
        seconds = [_child(statement) for _ in range(rounds)]
        lines.append(_row(f"{name}, in a new process", min(seconds), median(seconds)))
    mapping = load(PACK)
    warm = [
        Timed("load a pack, once more", lambda: load(PACK)),
        Timed("bind settings", lambda: mapping.bind(SETTINGS)),
    ]
    rotate(warm, rounds)
    lines += [_row(each.name, each.best / 1e6, each.median / 1e6) for each in warm]
    lines.append(f"{'a compiled mapping holds':42} {_held(lambda: load(PACK)) / 1024:7.0f} KiB")
    bound = _held(lambda: mapping.bind(SETTINGS)) / 1024
    lines.append(f"{'and each destination bound to it':42} {bound:7.0f} KiB")
    return lines


def _row(name: str, best: float, middle: float) -> str:
    return f"{name:42} {best * 1e3:7.1f} ms {middle * 1e3:7.1f} ms"


def _child(statement: str) -> float:
    """The seconds of a statement in a process of its own."""
    command = [sys.executable, "-c", _CHILD.format(statement)]
    return float(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


def _held(make: Callable[[], object]) -> int:
    """The bytes of Python's memory that a thing holds, once everything it needs is imported."""
    make()
    gc.collect()
    tracemalloc.start()
    kept = make()
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    return held
