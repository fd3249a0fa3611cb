"""How `apply` runs: chunks are worked on, and what becomes of them is written in order."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import click

from mapping_engine.cli.chunks import Chunk, Position
from mapping_engine.cli.common import STDIN, shown_name
from mapping_engine.cli.events import dumps
from mapping_engine.cli.journal import Journal, Stand
from mapping_engine.cli.sinks import Sink
from mapping_engine.cli.status import Interruption
from mapping_engine.cli.work import SHOWN_ERRORS, Count, Done, Work, message, record
from mapping_engine.engine.batch import Unsent
from mapping_engine.engine.mapping import Destination
from mapping_engine.engine.outcome import Outcome
from mapping_engine.errors import MappingError
from mapping_engine.jobs import in_order

LARGE = 16 * 1024 * 1024
"""From so many bytes on, all cores work."""
_HARMLESS = re.compile(
    "PATH|HOME|LANG|TZ|TE?MP|TMPDIR|SYSTEMROOT|(PYTHON|LC_|LD_|DYLD_|COVERAGE_).*", re.IGNORECASE
).fullmatch
"""Variables that other processes need; the rest of the environment may hold secrets."""
EVERY = 8
"""Progress is recorded after so many chunks."""


@dataclass
class OpenRun:
    """The outputs, and how far they are."""

    files: tuple[str, ...]
    requests: Sink
    errors: Sink | None
    warnings: Sink | None
    journal: Journal | None = None
    place: Position = field(default_factory=Position)
    count: Count = field(default_factory=Count)
    _unrecorded: int = 0

    def take(self, done: Done) -> None:
        """Write what became of a chunk."""
        shown = max(0, SHOWN_ERRORS - self.count.failed)
        self.count = self.count.plus(done.count)
        for output, lines in (
            (self.errors, done.errors),
            (self.warnings, done.warnings),
            (self.requests, done.requests),
        ):
            if output is not None and lines:
                output.write(lines)
        for each in done.messages[:shown]:
            click.echo(each, err=True)
        self.place = done.end
        self._unrecorded += 1
        if self._unrecorded >= EVERY:
            self.record()
        if sys.stderr.isatty() and not sys.stdout.isatty():
            click.echo(f"{self.count.text()}\r", nl=False, err=True)

    def refused(self, file: str, line: int, error: MappingError) -> None:
        """Tell that a request of an event cannot be combined with any."""
        if self.errors is not None:
            self.errors.write(dumps(record(file, line, error)))
        elif self.count.failed < SHOWN_ERRORS:
            click.echo(message(file, line, error), err=True)
        self.count = self.count.plus(Count(failed=1))

    def record(self) -> None:
        """Note how far the run is, if it can be gone on with."""
        self._unrecorded = 0
        if self.journal is None:
            return
        outputs = {"requests": self.requests, "errors": self.errors, "warnings": self.warnings}
        sizes = {name: None if each is None else each.kept() for name, each in outputs.items()}
        self.journal.record(Stand(self.place, self.count, sizes))

    def stood(self) -> str:
        """Where the run stands, for people."""
        if self.place.file >= len(self.files):
            return "behind the last event"
        byte = f", behind {self.place.offset:,} bytes of it" if self.place.offset else ""
        return f"at {shown_name(self.files[self.place.file])}:{abs(self.place.number)}{byte}"


def results(
    work: Work, chunks: Iterable[Chunk], jobs: int, interruption: Interruption
) -> Generator[Done]:
    """What becomes of each chunk, in order; here, or in so many processes.

    Raises WorkerError (WK01) where events kill one process after another.
    """
    if jobs == 1:
        for chunk in interruption.steps(chunks):
            yield work(chunk)
        return
    found = in_order(
        work,
        chunks,
        jobs,
        name=lambda chunk: f"{chunk.file}:{chunk.number}",
        told=lambda text: click.echo(text, err=True),
        environment={name: os.environ[name] for name in filter(_HARMLESS, os.environ)},
    )
    with closing(found):
        yield from interruption.steps(found)


def jobs_for(files: Iterable[str]) -> int:
    """How many processes are worth it: as many as there are cores, for large files."""
    size = sum(os.path.getsize(each) for each in files if each != STDIN and os.path.exists(each))
    if size < LARGE:
        return 1
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def combine(destination: Destination, found: Iterable[Done], run: OpenRun) -> None:
    """Write combined requests, each with the places of its events."""
    waiting: dict[int, tuple[str, int, int]] = {}

    def outcomes() -> Iterator[Outcome]:
        for done in found:
            first = run.count.events
            run.take(done)
            for made in done.made:
                index = first + made.index
                waiting[index] = done.file, made.line, len(made.requests)
                yield Outcome(index, made.requests)

    def place_of(event: int) -> tuple[str, int]:
        file, line, requests = waiting.pop(event)
        if requests > 1:
            waiting[event] = file, line, requests - 1
        return file, line

    for each in destination.batches(outcomes()):
        if isinstance(each, Unsent):
            run.refused(*place_of(each.event), each.error)
            continue
        events: list[dict[str, Any]] = []
        for part in each.parts:
            file, line = place_of(part.event)
            events.append({"event": part.event, "file": file, "line": line})
        run.requests.write(dumps({"events": events, **each.request.to_dict()}))
        run.count = run.count.plus(Count(requests=1))
