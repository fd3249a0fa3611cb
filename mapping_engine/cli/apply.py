"""`mapping-engine apply`: events in, requests out."""

from __future__ import annotations

import os
import sys
import time
from contextlib import ExitStack, closing
from stat import S_ISREG
from typing import Any

import click

from mapping_engine import __version__
from mapping_engine.cli.applying import OpenRun, combine, jobs_for, results
from mapping_engine.cli.common import STDIN, pack_errors
from mapping_engine.cli.event_sources import read_chunks
from mapping_engine.cli.input_files import event_files
from mapping_engine.cli.input_formats import CSV, NDJSON, listed_formats
from mapping_engine.cli.inputs import (
    bound,
    now_option,
    read_data,
    read_secrets,
    read_settings,
    secrets_option,
    settings_option,
)  # fmt: skip
from mapping_engine.cli.journal import (
    BEGIN,
    Journal,
    Recorded,
    Stand,
    journal_of,
    read_journal,
)  # fmt: skip
from mapping_engine.cli.sinks import Sink, TableSink, keep_apart, sink
from mapping_engine.cli.status import SinkError, Status, fail, interruptible
from mapping_engine.cli.work import SHOWN_ERRORS, Count, Work
from mapping_engine.engine.clock import Clock
from mapping_engine.engine.columns import Column, column_of, columns_of
from mapping_engine.engine.loading import load
from mapping_engine.errors import ErrorCode, MappingError, ResumeError
from mapping_engine.frozen import Frozen
from mapping_engine.testing.runner import StillClock

NAMED = {"ndjson": NDJSON, "csv": CSV}
"""The formats that the first bytes of a file do not tell."""
PARQUET = ".parquet"


@click.command(epilog=f"\b\nWhat EVENTS may be:\n{listed_formats()}")
@click.argument("pack")
@click.argument("events", nargs=-1, metavar="[EVENTS]...")
@settings_option
@secrets_option
@click.option("--output", metavar="FILE", help="Where requests go, in place of standard output.")
@click.option(
    "--format",
    type=click.Choice(["ndjson", "parquet"]),
    help="How requests are written; else as --output ends.",
)
@click.option("--resume", is_flag=True, help="Go on with a run to --output that was interrupted.")
@click.option("--errors", metavar="FILE", help="Where bad events go, as NDJSON.")
@click.option("--keep-events", is_flag=True, help="Put the bad events themselves into --errors.")
@click.option("--warnings", metavar="FILE", help="Where warnings go, as NDJSON.")
@click.option(
    "--batch",
    is_flag=True,
    help="Combine requests as `batch` of the rules says; each names its events.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1),
    metavar="N",
    help="How many processes work; else one for each core if there are 16 MB of events or more.",
)
@click.option(
    "--input-format",
    type=click.Choice([*NAMED]),
    help="What the events are where neither first bytes nor the name tell it.",
)
@click.option(
    "--column",
    metavar="NAME",
    help="The column of a table that holds the events; else each column is a part of them.",
)
@click.option(
    "--columns",
    metavar="FILE",
    help="Where each column of a table stands in the event: a JSON or YAML file, name to path.",
)
@now_option
def apply(**given: Any) -> None:
    """Apply PACK to EVENTS: files, folders, patterns; `-` or none is standard input.

    Requests go to standard output, one JSON object a line. They hold the access token and the
    data that is sent. The files of --output, --errors and --warnings can be read by their owner
    only. Beside --output FILE, FILE.progress says how far it is, until all is done: --resume needs
    it. Exit status: 0 all well, 1 some events failed, 2 usage error or an output that failed.
    """
    try:
        count = _applied(ApplyOptions(**given))
    except MappingError as error:
        fail(str(error))
    sys.exit(Status.FINDINGS if count.failed else Status.DONE)


class ApplyOptions(Frozen):
    """What the command is given."""

    pack: str
    events: tuple[str, ...]
    settings: str
    secrets: str | None
    output: str | None
    format: str | None
    resume: bool
    errors: str | None
    keep_events: bool
    warnings: str | None
    batch: bool
    jobs: int | None
    input_format: str | None
    column: str | None
    columns: str | None
    now: Clock

    @property
    def is_table(self) -> bool:
        """Whether requests become Parquet."""
        if self.format is not None:
            return self.format == "parquet"
        return self.output is not None and self.output.lower().endswith(PARQUET)


def _applied(options: ApplyOptions) -> Count:
    """Do it all; raises MappingError where that is not possible."""
    if options.is_table and (options.batch or options.output is None):
        fail("Parquet needs --output FILE, and cannot hold the combined requests of --batch")
    files = event_files(options.events, lambda text: click.echo(text, err=True))
    unrecorded = _unrecorded(options, files)
    if options.resume and unrecorded is not None:
        raise ResumeError(ErrorCode.RESUME_IMPOSSIBLE, f"--resume does not work: {unrecorded}")
    recorded = read_journal(str(options.output)) if options.resume else None
    with pack_errors(options.pack):
        mapping = load(options.pack)
    columns = _columns(options)
    settings, secrets = read_settings(options.settings), read_secrets(options.secrets)
    now = _clock(options, files, recorded)
    destination = bound(mapping, settings, secrets, now)
    rules = mapping.model.texts
    outputs = {"output": options.output, "errors": options.errors, "warnings": options.warnings}
    read = (options.settings, *((options.secrets,) if options.secrets else ()), *files, *rules)
    keep_apart({f"--{name}": file for name, file in outputs.items()}, read)
    journal = None
    if unrecorded is None:
        made_of = {
            "the version of mapping-engine": __version__,
            "the pack": options.pack,
            "the settings": settings,
            "the secrets": secrets,
            "--now": now(),
            "--errors": options.errors,
            "--warnings": options.warnings,
            "--keep-events": options.keep_events,
            "--input-format": options.input_format,
            "--column, --columns": [[each.name, each.path, each.json] for each in columns],
        }
        journal = journal_of(str(options.output), recorded, files, rules, made_of, now())
    work = Work(
        destination,
        "made" if options.batch else "table" if options.is_table else "lines",
        errors=options.errors is not None,
        warnings=options.warnings is not None,
        keep_events=options.keep_events,
    )
    try:
        return _written(
            work, options, files, columns, recorded.stand if recorded else BEGIN, journal
        )
    finally:
        if journal is not None:
            journal.close()


def _columns(options: ApplyOptions) -> tuple[Column, ...]:
    if options.column is not None and options.columns is not None:
        fail("--column names the one column of events, --columns those of their parts: give one")
    if options.columns is not None:
        return columns_of(read_data(options.columns, "columns"))
    return () if options.column is None else column_of(options.column)


def _written(
    work: Work,
    options: ApplyOptions,
    files: tuple[str, ...],
    columns: tuple[Column, ...],
    stand: Stand,
    journal: Journal | None,
) -> Count:
    """Write the outputs, from where they stand on."""
    sizes = stand.sizes
    with ExitStack() as stack:
        requests = stack.enter_context(
            sink(options.output, sizes.get("requests"), TableSink if options.is_table else Sink)
        )
        run = OpenRun(
            files,
            requests or Sink(sys.stdout.buffer, "standard output"),
            stack.enter_context(sink(options.errors, sizes.get("errors"))),
            stack.enter_context(sink(options.warnings, sizes.get("warnings"))),
            journal,
            stand.place,
            stand.count,
        )
        named = NAMED.get(options.input_format or "")
        jobs = options.jobs or jobs_for(files)
        try:
            with interruptible() as interruption:
                events = read_chunks(files, stand.place, named, columns)
                found = results(work, events, jobs, interruption)
                with closing(found):
                    if options.batch:
                        combine(work.destination, found, run)
                    else:
                        for done in found:
                            run.take(done)
            run.record()
        except SinkError:
            _summary(run.count, options, always=True)
            raise
        except (KeyboardInterrupt, SystemExit, MappingError):
            run.record()
            resume = "; the same command with --resume goes on" if journal is not None else ""
            click.echo(f"stopped {run.stood()}{resume}", err=True)
            _summary(run.count, options, always=True)
            raise
    if journal is not None:
        journal.finish()
    _summary(run.count, options)
    return run.count


def _clock(options: ApplyOptions, files: tuple[str, ...], recorded: Recorded | None) -> Clock:
    """The clock that rules see: it stands still over files, so that a run can be gone on with."""
    if options.now is not time.time or STDIN in files:
        return options.now
    return StillClock(recorded.now if recorded is not None else time.time())


def _unrecorded(options: ApplyOptions, files: tuple[str, ...]) -> str | None:
    """Why a run cannot be gone on with, if it cannot."""
    if options.output is None:
        return "only requests in a file can be gone on with; name --output FILE"
    if options.batch:
        return "with --batch it is not recorded what waits to be combined"
    if options.is_table:
        return "a Parquet file is whole only at its end"
    if STDIN in files:
        return "standard input cannot be read twice; name files"
    if os.path.exists(options.output) and not S_ISREG(os.stat(options.output).st_mode):
        return f"`{options.output}` is no file"
    return None


def _summary(count: Count, options: ApplyOptions, *, always: bool = False) -> None:
    """Say what was done, where there is more to say than the requests do."""
    if options.errors is None and count.failed > SHOWN_ERRORS:
        more = count.failed - SHOWN_ERRORS
        click.echo(f"and {more} more; --errors FILE keeps them all", err=True)
    if count.warnings:
        plural = "s" * (count.warnings != 1)
        file = options.warnings
        where = f"in {file}" if file else "--warnings FILE keeps them, `explain` shows them"
        click.echo(f"{count.warnings} warning{plural}; {where}", err=True)
    if always or count.failed or sys.stderr.isatty():
        click.echo(count.text(), err=True)
