"""Running the tests of a mutant, until one notices it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bench.code_mutants.mutants import Mutant
from bench.code_mutants.plan import Plan, pytest_command
from bench.code_mutants.record import Chosen, Recording, file_of

_QUICK_SECONDS = 2.0
_QUICK_FILES = 6
"""What is tried first: it costs little, and finds most mutants."""
_IDLE = 60.0
"""After so many seconds in which none of its processes used the CPU, a run is given up.

A time for the whole run would count tests as endless where other work holds the CPU.
"""
_STEP = 5.0
_OTHERS = 60.0
_NO_TESTS = 5


class Verdict(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    TIMEOUT = "timeout"
    SURVIVED = "survived"
    UNREACHED = "unreached"
    """No test executes it: it survives."""
    DOUBTFUL = "doubtful"
    """The test that failed also fails without a mutant: it survives."""


FOUND = (Verdict.KILLED, Verdict.TIMEOUT)


@dataclass(frozen=True)
class Judged:
    """A verdict, the test that gave it, and how long that took.

    ``tests`` says how many were to run, and ``executing`` how many execute the mutant.
    """

    verdict: Verdict
    killer: str = ""
    seconds: float = 0.0
    tests: int = 0
    executing: int = 0


def judge(mutant: Mutant, chosen: Chosen, recording: Recording, plan: Plan) -> Judged:
    """Run the tests of a mutant."""
    if not chosen.tests:
        return Judged(Verdict.UNREACHED)
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        code = Path(folder) / "code"
        code.write_bytes(mutant.code)
        planted = f"{_module(mutant.file)}={code}"
        for part in parts(chosen.tests, recording):
            verdict, failed = run(part, recording, plan, Path(folder), "-x", CODE_MUTANT=planted)
            if verdict is not Verdict.SURVIVED:
                break
    killer, seconds = failed[0] if failed else "", round(time.perf_counter() - start, 1)
    return Judged(verdict, killer, seconds, len(chosen.tests), chosen.executing)


def _module(file: str) -> str:
    return file.removesuffix(".py").replace("/", ".").removesuffix(".__init__")


def parts(tests: Sequence[str], recording: Recording) -> list[list[str]]:
    """The tests in two parts: a quick one of few files, and the rest."""
    quick: list[str] = []
    rest: list[str] = []
    files: set[str] = set()
    spent = 0.0
    for name in tests:
        spent += recording.seconds[name]
        file = file_of(name)
        if spent <= _QUICK_SECONDS and (file in files or len(files) < _QUICK_FILES):
            files.add(file)
            quick.append(name)
        else:
            rest.append(name)
    return [part for part in (quick, rest) if part]


def run(
    tests: Iterable[str],
    recording: Recording,
    plan: Plan,
    folder: Path,
    *options: str,
    **given: str,
) -> tuple[Verdict, list[str]]:
    """Run tests in this order: what that says, and the names of those that failed."""
    limits = {name: plan.grace + 10 * recording.seconds[name] for name in tests}
    known = [*recording.seconds, *recording.unfit]
    chosen, failed = folder / "chosen.json", folder / "failed.txt"
    failed.write_text("", "utf-8")
    chosen.write_text(json.dumps({"limits": limits, "known": known, "others": _OTHERS}), "utf-8")
    files = dict.fromkeys(file_of(name) for name in limits)
    environment = plan.environment(
        CODE_MUTANTS_CHOSEN=str(chosen), CODE_MUTANTS_FAILED=str(failed), **given
    )
    command = pytest_command("-p", "bench.code_mutants.chosen", *options, *files)
    return _verdict(ended(command, plan.root, environment)), failed.read_text("utf-8").splitlines()


def _verdict(code: int | None) -> Verdict:
    if code in (None, -signal.SIGPROF):
        return Verdict.TIMEOUT
    return Verdict.SURVIVED if code in (0, _NO_TESTS) else Verdict.KILLED


def ended(
    command: list[str], root: Path, environment: dict[str, str], idle: float = _IDLE
) -> int | None:
    """How a command ended; None when it waited for nothing. It leaves no process behind."""
    process = subprocess.Popen(
        command,
        cwd=root,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return _waited(process, idle)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _waited(process: subprocess.Popen[bytes], idle: float) -> int | None:
    spent, since = -1, time.monotonic()
    while True:
        with suppress(subprocess.TimeoutExpired):
            return process.wait(min(idle, _STEP))
        now = _ticks(process.pid)
        if now != spent:
            spent, since = now, time.monotonic()
        elif time.monotonic() - since > idle:
            return None


def _ticks(session: int) -> int:
    """What the processes of a session have used of the CPU; see proc(5)."""
    spent = 0
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = file.read_text("utf-8", "replace").rpartition(")")[2].split()
            spent += (int(fields[11]) + int(fields[12])) * (int(fields[3]) == session)
    return spent
