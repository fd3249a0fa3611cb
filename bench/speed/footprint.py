"""What the engine costs before the first event: importing, loading, binding, memory."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from unittest.mock import patch

from bench.speed.settings import SETTINGS
from bench.speed.timing import Timed, rotate
from bench.speed.variants import PACK
from mapping_engine import Mapping, load
from mapping_engine.engine.cache.place import SWITCH

_CHILD = f"""
from time import perf_counter as now
start = now()
import mapping_engine
package = now()
import mapping_engine.engine.cache.store, mapping_engine.engine.codegen.requests
import mapping_engine.engine.mapping
engine = now()
mapping = mapping_engine.load({PACK!r})
loaded = now()
mapping.bind({SETTINGS!r})
bound = now()
mapping_engine.load({PACK!r})
again = now() - bound
print(package - start, engine - start, loaded - engine, loaded - start, bound - engine, again)
"""
"""All that a process of its own does; it prints seconds."""


def report(rounds: int) -> list[str]:
    """Best and median times in milliseconds, and kilobytes."""
    with tempfile.TemporaryDirectory() as folder, _private(Path(folder)):
        lines = [f"{'before the first event':42} {'best':>10} {'median':>10}", *_starts(rounds)]
        mapping = load(PACK)
        bind = Timed("bind other settings", lambda: mapping.bind(SETTINGS))
        rotate([bind], rounds)
        lines.append(_row(bind.name, bind.best / 1e6, bind.median / 1e6))
        held = _held(_compiled) / 1024
        lines.append(f"{'a compiled mapping holds':42} {held:7.0f} KiB")
        bound = _held(lambda: mapping.bind(SETTINGS)) / 1024
        lines.append(f"{'and each destination bound to it':42} {bound:7.0f} KiB")
    return lines


@contextmanager
def _private(folder: Path) -> Iterator[None]:
    """Processes with compiled modules, as installed ones have, and a cache of their own."""
    own = {"PYTHONPYCACHEPREFIX": str(folder / "compiled"), SWITCH: str(folder / "cache")}
    with patch.dict(os.environ, own):
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        _child()
        yield


def _starts(rounds: int) -> list[str]:
    """What new processes need, one with a record of the pack and one without by turns."""
    cold, warm = [], []
    cache = os.environ[SWITCH]
    for number in range(rounds):
        with patch.dict(os.environ, {SWITCH: f"{cache}-{number}"}):
            cold.append(_child())
        warm.append(_child())
    package, engine, warm_load, warm_all, warm_bound, again = zip(*warm, strict=True)
    _, _, cold_load, cold_all, cold_bound, _ = zip(*cold, strict=True)
    rows = {
        "import the package, in a new process": package,
        "import all that a kept pack needs": engine,
        "load a pack, cold (reads it)": cold_load,
        "load a pack, warm (kept by the cache)": warm_load,
        "load and bind for the first time, cold": cold_bound,
        "load and bind for the first time, warm": warm_bound,
        "import and load, cold": cold_all,
        "import and load, warm": warm_all,
        "load a pack, once more in the process": again,
    }
    return [_row(name, min(seconds), median(seconds)) for name, seconds in rows.items()]


def _row(name: str, best: float, middle: float) -> str:
    return f"{name:42} {best * 1e3:7.1f} ms {middle * 1e3:7.1f} ms"


def _child() -> tuple[float, ...]:
    """The seconds that a process of its own prints."""
    command = [sys.executable, "-c", _CHILD]
    printed = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    return tuple(map(float, printed.split()))


def _compiled() -> Mapping:
    """A mapping whose code has been generated: that is done for the first settings."""
    mapping = load(PACK)
    mapping.bind(SETTINGS)
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
