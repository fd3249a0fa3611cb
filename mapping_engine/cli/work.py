"""What is done with a chunk of events, in this process or in another one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal

from mapping_engine.cli.chunks import Chunk, Position
from mapping_engine.cli.events import Line, dumps, lines_of
from mapping_engine.cli.request_tables import Made, request_table
from mapping_engine.engine.mapping import Destination
from mapping_engine.engine.outcome import EventWarning
from mapping_engine.errors import MappingError
from mapping_engine.frozen import Frozen

SHOWN_ERRORS = 20
"""So many errors are shown where no file takes them."""


class Count(Frozen):
    """What was done so far."""

    events: int = 0
    requests: int = 0
    failed: int = 0
    warnings: int = 0

    def plus(self, other: Count) -> Count:
        """What was done altogether."""
        return Count(
            self.events + other.events,
            self.requests + other.requests,
            self.failed + other.failed,
            self.warnings + other.warnings,
        )

    def text(self) -> str:
        """The count in words."""
        return f"{self.events} events, {self.requests} requests, {self.failed} failed"


class Done(Frozen):
    """What became of a chunk: lines for each output, messages for people, and the count.

    Requests are lines, or a table, or ``made`` and still to be combined (and counted).
    """

    file: str
    end: Position
    count: Count
    requests: bytes
    errors: bytes
    warnings: bytes
    made: tuple[Made, ...]
    messages: tuple[str, ...]


class Work(Frozen):
    """What is to be done with each chunk of events, for these outputs."""

    destination: Destination
    requests: Literal["lines", "table", "made"] = "lines"
    errors: bool = False
    """Whether a file takes the errors, which are shown otherwise."""
    warnings: bool = False
    keep_events: bool = False

    def __call__(self, chunk: Chunk) -> Done:
        """The requests, errors and warnings of the events."""
        requests, errors, warnings = list[bytes](), list[bytes](), list[bytes]()
        made, messages = list[Made](), list[str]()
        events = failed = warned = sent = 0
        for line in lines_of(chunk):
            error: MappingError | None = line.error
            if error is None:
                outcome = self.destination.outcome(line.given, events)
                error = outcome.error
                if outcome.warnings:
                    warned += len(outcome.warnings)
                    warnings += self._warnings(line, outcome.warnings)
                if self.requests == "lines":
                    place = {"file": line.file, "line": line.number}
                    requests += [dumps(place | each.to_dict()) for each in outcome.requests]
                elif outcome.requests:
                    made.append(Made(events, line.number, outcome.requests))
                sent += len(outcome.requests)
            if error is not None:
                failed += 1
                self._error(line, error, errors, messages)
            events += 1
        if self.requests == "table":
            requests, made = [request_table(chunk.file, made)], []
        return Done(
            chunk.file,
            chunk.end,
            Count(events, 0 if self.requests == "made" else sent, failed, warned),
            b"".join(requests),
            b"".join(errors),
            b"".join(warnings),
            tuple(made),
            tuple(messages),
        )

    def _warnings(self, line: Line, found: Iterable[EventWarning]) -> Iterator[bytes]:
        for warning in found if self.warnings else ():
            yield dumps({"file": line.file, "line": line.number, "warning": warning.to_dict()})

    def _error(
        self, line: Line, error: MappingError, lines: list[bytes], messages: list[str]
    ) -> None:
        if self.errors:
            lines.append(dumps(self._record(line, error)))
        elif len(messages) < SHOWN_ERRORS:
            messages.append(message(line.file, line.number, error))

    def _record(self, line: Line, error: MappingError) -> dict[str, Any]:
        found = record(line.file, line.number, error)
        if self.keep_events:
            kept = line.event if line.error is None else line.text.decode("utf-8", "replace")
            found["event"] = kept
        return found


def record(file: str, line: int, error: MappingError) -> dict[str, Any]:
    """An error as it is written to a file."""
    return {"file": file, "line": line, "error": error.to_dict()}


def message(file: str, line: int, error: MappingError) -> str:
    """An error for people."""
    return f"{file}:{line}: {error}"
