"""`mapping-engine apply`: events in, requests out."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import click

from mapping_engine.cli.common import STDIN
from mapping_engine.cli.events import Line, dumps
from mapping_engine.cli.inputs import bind, events_in, now_option, secrets_option, settings_option
from mapping_engine.cli.sinks import Sink, keep_apart, sink
from mapping_engine.cli.status import SinkError, Status, interruptible
from mapping_engine.engine.batch import Unsent
from mapping_engine.engine.clock import Clock
from mapping_engine.engine.mapping import Destination
from mapping_engine.engine.outcome import Outcome
from mapping_engine.errors import MappingError

SHOWN_ERRORS = 20
SHOWN_EVERY = 100


@dataclass
class Count:
    """What was done so far."""

    events: int = 0
    requests: int = 0
    failed: int = 0
    warnings: int = 0

    def text(self) -> str:
        """The count in words."""
        return f"{self.events} events, {self.requests} requests, {self.failed} failed"


@click.command()
@click.argument("pack")
@click.argument("events", nargs=-1, metavar="[EVENTS]...")
@settings_option
@secrets_option
@click.option("--errors", metavar="FILE", help="Where bad events go, as NDJSON.")
@click.option("--keep-events", is_flag=True, help="Put the bad events themselves into --errors.")
@click.option("--warnings", metavar="FILE", help="Where warnings go, as NDJSON.")
@click.option(
    "--batch",
    is_flag=True,
    help="Combine requests as `batch` of the rules says; each names its events.",
)
@now_option
def apply(
    pack: str,
    events: tuple[str, ...],
    settings: str,
    secrets: str | None,
    errors: str | None,
    keep_events: bool,
    warnings: str | None,
    batch: bool,
    now: Clock,
) -> None:
    """Apply PACK to EVENTS (files of NDJSON or a JSON array; `-` or none is standard input).

    Requests go to standard output, one JSON object a line. They hold the access token and the
    data that is sent. The files of --errors and --warnings can be read by their owner only.
    Exit status: 0 all well, 1 some events failed, 2 usage error or an output that failed.
    """
    destination = bind(pack, settings, secrets, now)
    files = events or (STDIN,)
    rules = destination.mapping.model.texts
    read = (settings, *((secrets,) if secrets else ()), *files, *rules)
    keep_apart({"--errors": errors, "--warnings": warnings}, read)
    count = Count()
    with ExitStack() as stack:
        sinks = _Sinks(
            Sink(sys.stdout.buffer, "standard output"),
            stack.enter_context(sink(errors)),
            stack.enter_context(sink(warnings)),
            keep_events,
        )
        try:
            with interruptible() as interruption:
                lines = _progress(interruption.steps(events_in(files)), count)
                if batch:
                    _batched(destination, lines, sinks, count)
                else:
                    for line in lines:
                        outcome = _one(destination, line, sinks, count)
                        for request in outcome.requests if outcome is not None else ():
                            sinks.requests.write(dumps({**_place(line), **request.to_dict()}))
                            count.requests += 1
                sinks.flush()
        except (KeyboardInterrupt, SystemExit, SinkError):
            _summary(count, errors, warnings, always=True)
            raise
    _summary(count, errors, warnings)
    sys.exit(Status.FINDINGS if count.failed else Status.DONE)


@dataclass
class _Sinks:
    requests: Sink
    errors: Sink | None
    warnings: Sink | None
    keep_events: bool

    def flush(self) -> None:
        """Write out what waits."""
        for each in (self.requests, self.errors, self.warnings):
            if each is not None:
                each.flush()


def _one(destination: Destination, line: Line, sinks: _Sinks, count: Count) -> Outcome | None:
    """The outcome of one event, with its error and its warnings told; None where there is none."""
    count.events += 1
    if line.error is not None:
        _failed(line, line.error, sinks, count)
        return None
    outcome = destination.outcome(line.event, count.events - 1)
    count.warnings += len(outcome.warnings)
    if sinks.warnings is not None:
        for warning in outcome.warnings:
            sinks.warnings.write(dumps({**_place(line), "warning": warning.to_dict()}))
    if outcome.error is not None:
        _failed(line, outcome.error, sinks, count)
    return outcome


def _batched(destination: Destination, lines: Iterable[Line], sinks: _Sinks, count: Count) -> None:
    """Write combined requests, each with the places of its events."""
    waiting: dict[int, tuple[Line, int]] = {}

    def outcomes() -> Iterator[Outcome]:
        for line in lines:
            outcome = _one(destination, line, sinks, count)
            if outcome is not None and outcome.requests:
                waiting[outcome.index] = line, len(outcome.requests)
                yield outcome

    def line_of(event: int) -> Line:
        line, requests = waiting.pop(event)
        if requests > 1:
            waiting[event] = line, requests - 1
        return line

    for each in destination.batches(outcomes()):
        if isinstance(each, Unsent):
            _failed(line_of(each.event), each.error, sinks, count)
            continue
        events = [{"event": part.event, **_place(line_of(part.event))} for part in each.parts]
        sinks.requests.write(dumps({"events": events, **each.request.to_dict()}))
        count.requests += 1


def _place(line: Line) -> dict[str, Any]:
    return {"file": line.file, "line": line.number}


def _failed(line: Line, error: MappingError, sinks: _Sinks, count: Count) -> None:
    count.failed += 1
    if sinks.errors is None:
        if count.failed <= SHOWN_ERRORS:
            click.echo(f"{line.file}:{line.number}: {error}", err=True)
        return
    record: dict[str, Any] = {**_place(line), "error": error.to_dict()}
    if sinks.keep_events:
        kept = line.event if line.error is None else line.text.decode("utf-8", "replace")
        record["event"] = kept
    sinks.errors.write(dumps(record))


def _progress(lines: Iterable[Line], count: Count) -> Iterator[Line]:
    """Show how far it is, on a terminal: one line, which whatever is printed next overwrites."""
    shown = sys.stderr.isatty() and not sys.stdout.isatty()
    for number, line in enumerate(lines):
        yield line
        if shown and number % SHOWN_EVERY == 0:
            click.echo(f"{count.text()}\r", nl=False, err=True)


def _summary(
    count: Count, errors: str | None, warnings: str | None, *, always: bool = False
) -> None:
    """Say what was done, where there is more to say than the requests do."""
    if errors is None and count.failed > SHOWN_ERRORS:
        more = count.failed - SHOWN_ERRORS
        click.echo(f"and {more} more; --errors FILE keeps them all", err=True)
    if count.warnings:
        plural = "s" * (count.warnings != 1)
        where = f"in {warnings}" if warnings else "--warnings FILE keeps them, `explain` shows them"
        click.echo(f"{count.warnings} warning{plural}; {where}", err=True)
    if always or count.failed or sys.stderr.isatty():
        click.echo(count.text(), err=True)
