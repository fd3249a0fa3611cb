"""What workers of the tests do; they import it by its name."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any


def double(task: int) -> int:
    return 2 * task


def process(_: object) -> int:
    return os.getpid()


def once_killed(task: str) -> str:
    """Is killed over the file that it is given, if it can take that away."""
    if task:
        try:
            Path(task).unlink()
        except FileNotFoundError:
            return "done"
        os.kill(os.getpid(), signal.SIGKILL)
    return task


def killed(task: int) -> int:
    if task == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return task


def broken(task: int) -> int:
    if task == 3:
        raise ValueError("three")
    return task


def talkative(task: int) -> int:
    print("this is no answer")
    return task


def shown(_: object) -> Any:
    """What others may see of this process."""
    status = Path("/proc/self")
    return (status / "cmdline").read_bytes(), (status / "environ").read_bytes()
