"""`python -m tests.cli.killing FOLDER SEED ROUNDS`: `apply` is killed, and has to lose nothing.

Each round is a process that runs the command over small files in small chunks, and is ended: by
SIGKILL at a random moment or at a random call of the system, as by a power cut; by SIGINT or
SIGTERM, sent to it or to its group; or one of its workers is killed, which ends nothing. The next
round goes on with --resume. Whenever a run comes to its end, its outputs have to be those of a run
that was left alone.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

from mapping_engine.cli import applying, chunks, sinks
from mapping_engine.cli.main import main as command

ROOT = Path(__file__).resolve().parents[2]
PACK = ROOT / "examples" / "walk"
OUTPUTS = ("requests", "errors", "warnings")
EVENTS = 80
ENDED = {signal.SIGKILL: -9, signal.SIGINT: 130, signal.SIGTERM: 143}


def main(folder: str, seed: str, rounds: str) -> None:
    """Kill so often, then let a run come to its end; say how often what was killed."""
    os.chdir(folder)
    rng = Random(int(seed))
    write_events(rng)
    alone = {jobs: left_alone(jobs) for jobs in (1, 2)}
    wanted = read_outputs()
    assert all(wanted), "a run that says nothing tests nothing"
    clear()
    tally: Counter[str] = Counter()
    while tally.total() < int(rounds):
        jobs = rng.choice([1, 1, 2])
        way = rng.choice([by_time, by_time, by_call, by_signal, *([by_worker] if jobs > 1 else [])])
        status = way(rng, jobs, alone[jobs])
        tally[f"{way.__name__}, {jobs} jobs"] += 1
        if status in (0, 1):
            finished(wanted)
        elif status == -signal.SIGKILL:
            cut_power(rng)
        elif not Path("requests.progress").exists():
            assert not any(read_outputs())
    finished(wanted, start(1, resumed())[0]())
    print(json.dumps(tally))


def write_events(rng: Random) -> None:
    """Three files of events: good, refused, broken, with and without warnings, and an array."""
    for name in ("a.ndjson", "b.json", "c.ndjson"):
        events: list[Any] = []
        for number in range(EVENTS):
            event: Any = {"type": "track", "messageId": f"{name}-{number}"}
            event["note"] = "x" * rng.randrange(60)
            event["properties"] = rng.choice([{"total": number + 1}, {}, {"total": 0}])
            events.append(rng.choice([event, event, event, {"type": "page"}]))
        texts = [json.dumps(event) for event in events]
        if name.endswith(".json"):
            Path(name).write_text(f"[{', '.join(texts)}]")
        else:
            texts[rng.randrange(EVENTS)] = "{broken"
            Path(name).write_text("\n".join(texts) + "\n")


def arguments(jobs: int, resume: bool) -> list[str]:
    """The command; the clock is told, since a run that was left alone has another one."""
    outputs = [f"--{name}={name}" for name in OUTPUTS[1:]]
    return [
        "apply", str(PACK), f"--settings={PACK}/settings.json", "--now=2026-01-01",
        "--output=requests", *outputs, f"--jobs={jobs}", *(["--resume"] if resume else []),
        "a.ndjson", "b.json", "c.ndjson",
    ]  # fmt: skip


def resumed() -> bool:
    """Whether there is a run to go on with."""
    return Path("requests.progress").exists()


def start(
    jobs: int, resume: bool, prepared: Callable[[], None] = lambda: None
) -> tuple[Callable[[], int], int]:
    """A process of the command: what waits for its end, and its number."""
    child = os.fork()
    if not child:
        os.setsid()
        chunks.CHUNK, applying.EVERY = 700, 2
        os.dup2(os.open("told", os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
        status = 99
        try:
            prepared()
            command(arguments(jobs, resume))
        except SystemExit as end:
            status = int(end.code or 0)
        finally:
            os._exit(status)
    return lambda: os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), child


def left_alone(jobs: int) -> float:
    """The seconds that a run takes which is left alone."""
    clear()
    begun = time.monotonic()
    status = start(jobs, resume=False)[0]()
    assert status == 1, Path("told").read_text()
    return time.monotonic() - begun


def clear() -> None:
    for name in (*OUTPUTS, "requests.progress"):
        Path(name).unlink(missing_ok=True)


def read_outputs() -> list[bytes]:
    return [Path(name).read_bytes() if Path(name).exists() else b"" for name in OUTPUTS]


def finished(wanted: list[bytes], status: int = 1) -> None:
    """A run came to its end: everything is there, once and in order."""
    assert status == 1, Path("told").read_text()
    assert read_outputs() == wanted
    assert not resumed()
    assert "240 events" in Path("told").read_text()
    clear()


# Ways to end it


def by_time(rng: Random, jobs: int, seconds: float) -> int:
    """SIGKILL at a random moment, to the process or to all of them."""
    ended, child = start(jobs, resumed())
    time.sleep(rng.random() * seconds)
    rng.choice([os.kill, os.killpg])(child, signal.SIGKILL)
    return ended()


def by_signal(rng: Random, jobs: int, seconds: float) -> int:
    """Ctrl-C or SIGTERM at a random moment: all lines are whole, and it says where it stands."""
    ended, child = start(jobs, resumed())
    time.sleep(rng.random() * seconds)
    number = rng.choice([signal.SIGINT, signal.SIGTERM])
    rng.choice([os.kill, os.killpg])(child, number)
    status, told = ended(), Path("told").read_text()
    assert status in (1, ENDED[number], -number, 99), (status, told)  # before it can handle it
    if status == ENDED[number] and "stopped" in told:
        assert "--resume" in told, told
        assert all(text.endswith(b"\n") for text in read_outputs() if text)
    assert "Traceback" not in told or status == 99, told
    return status


def by_worker(rng: Random, jobs: int, seconds: float) -> int:
    """SIGKILL of workers, which ends nothing."""
    ended, child = start(jobs, resumed())
    for _ in range(rng.randrange(1, 3)):
        time.sleep(rng.random() * seconds / 2)
        found = workers(child)
        if found:
            with suppress(ProcessLookupError):
                os.kill(rng.choice(found), signal.SIGKILL)
    status = ended()
    assert status == 1, Path("told").read_text()
    return status


def workers(process: int) -> list[int]:
    """The processes that a process has started, by any of its threads."""
    found = list[int]()
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):
            found += map(int, task.read_text().split())
    return found


def by_call(rng: Random, jobs: int, _: float) -> int:
    """SIGKILL before or behind a random call that changes what is on the disk."""
    return start(jobs, resumed(), lambda: fatal(rng, rng.randrange(60)))[0]()


def fatal(rng: Random, calls: int) -> None:
    """Have this process killed at one of the next calls."""
    left = [calls]

    def at(module: Any, name: str) -> None:
        real = getattr(module, name)

        def call(*given: Any, **named: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                if rng.random() < 0.5:
                    real(*given, **named)
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*given, **named)

        setattr(module, name, call)

    for name in ("fsync", "ftruncate", "unlink", "open"):
        at(os, name)

    def write(self: Any, lines: bytes) -> None:
        left[0] -= 1
        if left[0] < 0:
            self._stream.write(lines[: rng.randrange(len(lines) + 1)])
            self._stream.flush()
            os.kill(os.getpid(), signal.SIGKILL)
        self._stream.write(lines)
        self._stream.flush()

    sinks.Sink.write = write  # type: ignore[method-assign]  # of this process alone


def cut_power(rng: Random) -> None:
    """Take away what need not be on the disk yet, or leave there what nobody wrote."""
    if not resumed() or rng.random() < 0.5:
        return
    journal = Path("requests.progress")
    lines = journal.read_bytes().splitlines(keepends=True)
    if len(lines) > 1 and lines[-1].endswith(b"\n"):
        sizes = json.loads(lines[-1])["sizes"]
        for name in OUTPUTS:
            path = Path(name)
            if path.exists():
                kept = sizes.get(name) or 0
                assert path.stat().st_size >= kept
                os.truncate(path, rng.randint(kept, path.stat().st_size))
                with path.open("ab") as stream:
                    stream.write(rng.choice([b"", b"\0" * 50, b"garbage"]))
    with journal.open("ab") as stream:
        last = lines[-1] if lines else b""  # it was killed as soon as there was a journal
        stream.write(rng.choice([b"", b"\0" * 50, b'{"place": {"fi', last[:-1]]))


if __name__ == "__main__":
    main(*sys.argv[1:])
