"""Whole processes, timed from outside."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from unittest.mock import patch

ROOT = Path(__file__).parents[2]
SWITCH = "MAPPING_ENGINE_CACHE"
"""The variable that says where the engine keeps packs between processes, or `off`."""
_WRONG = 2
"""The status with which a command ends that was called wrongly; 1 says that it found something."""


@dataclass(frozen=True)
class Spent:
    """The seconds that a process took, by the clock on the wall and of the processor's time."""

    wall: float
    processor: float


def spent(
    command: Sequence[str | Path],
    cwd: Path = ROOT,
    variables: Mapping[str, str] | None = None,
) -> Spent:
    """What a process takes whose output is thrown away."""
    begun = perf_counter()
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env={**os.environ, **(variables or {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    wall = perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if not 0 <= process.returncode < _WRONG:
        raise RuntimeError(f"{[*map(str, command)]} ended with status {process.returncode}")
    return Spent(wall, usage.ru_utime + usage.ru_stime)


def printed(
    command: Sequence[str | Path],
    cwd: Path = ROOT,
    variables: Mapping[str, str] | None = None,
) -> bytes:
    """What a process prints."""
    env = {**os.environ, **(variables or {})}
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, check=False)
    if not 0 <= done.returncode < _WRONG:
        raise RuntimeError(f"{[*map(str, command)]}: {done.stderr.decode(errors='replace')}")
    return done.stdout


@contextmanager
def private(folder: Path) -> Iterator[None]:
    """Processes with compiled modules, as installed ones have, and a cache of their own."""
    own = {"PYTHONPYCACHEPREFIX": str(folder / "compiled"), SWITCH: str(folder / "cache")}
    with patch.dict(os.environ, own):
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        yield
