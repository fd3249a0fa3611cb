"""What the engine costs before the first event: importing, loading, binding, memory."""

from __future__ import annotations

import gc
import sys
import tempfile
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from bench.speed.probing import Probe, Steps, probe
from bench.speed.processes import private
from bench.speed.timing import Timed, rotate
from bench.speed.variants import OFFLINE
from mapping_engine import Mapping, load


def report(rounds: int) -> list[str]:
    """Best and median times in milliseconds, and kilobytes."""
    with tempfile.TemporaryDirectory() as name, private(Path(name)):
        probed = probe(Path(name), OFFLINE, OFFLINE.events(1, 1))
        lines = [f"{'before the first event':42} {'best':>10} {'median':>10}"]
        lines += _starts(probed, Path(name), rounds)
        mapping = load(OFFLINE.name)
        bind = Timed("bind other settings", [lambda: mapping.bind(OFFLINE.settings)])
        rotate([bind], rounds)
        lines.append(_row(bind.name, [*map(sum, bind.seconds)]))
        held = _held(_compiled) / 1024
        lines.append(f"{'a compiled mapping holds':42} {held:7.0f} KiB")
        bound = _held(lambda: mapping.bind(OFFLINE.settings)) / 1024
        lines.append(f"{'and each destination bound to it':42} {bound:7.0f} KiB")
    return lines


def _starts(probed: Probe, folder: Path, rounds: int) -> list[str]:
    """What new processes need, those that have imported everything and those that have not."""

    def start(number: int, *, imported: bool) -> Steps:
        return probed.start(sys.executable, folder / f"own-{number}", imported=imported)

    start(rounds, imported=True)  # compiles the modules
    ready = [start(number, imported=True) for number in range(rounds)]
    fresh = [start(number, imported=False) for number in range(rounds)]
    rows = {
        "import the package, in a new process": _sums(fresh, "package"),
        "load a pack": _sums(ready, "load"),
        "load and bind for the first time": _sums(ready, "load", "bind"),
        "import and load": _sums(fresh, "package", "load"),
        "load a pack, once more in the process": _sums(ready, "again"),
    }
    return [_row(name, seconds) for name, seconds in rows.items()]


def _sums(found: list[Steps], *steps: str) -> list[float]:
    return [sum(each[step] for step in steps) for each in found]


def _row(name: str, seconds: Sequence[float]) -> str:
    return f"{name:42} {min(seconds) * 1e3:7.1f} ms {median(seconds) * 1e3:7.1f} ms"


def _compiled() -> Mapping:
    """A mapping whose code has been generated: that is done for the first settings."""
    mapping = load(OFFLINE.name)
    mapping.bind(OFFLINE.settings)
    return mapping


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
