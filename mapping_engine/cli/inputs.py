"""What commands are given: settings, events and a clock."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import click

from mapping_engine.cli.common import fail, pack_errors
from mapping_engine.cli.events import Line, parse_json, read_events
from mapping_engine.engine.loading import load
from mapping_engine.engine.mapping import Clock, Destination
from mapping_engine.errors import InputError, MappingError
from mapping_engine.testing.runner import StillClock


def bind(pack: str, settings: str, now: Clock) -> Destination:
    """The pack under the settings of a JSON file; ends the command where they are wrong."""
    with pack_errors(pack):
        mapping = load(pack)
    try:
        destination = mapping.bind(read_settings(settings), clock=now)
    except MappingError as error:
        fail(str(error))
    for warning in destination.warnings:
        click.echo(f"warning: {warning}", err=True)
    return destination


def read_settings(file: str) -> Any:
    """The settings in a JSON file; ends the command where it cannot be read."""
    try:
        with click.open_file(file, "rb") as stream:
            return parse_json(stream.read())
    except OSError as problem:
        fail(f"the settings file `{file}` cannot be read: {problem.strerror}")
    except InputError as error:
        fail(f"the settings file `{file}` is not valid JSON: {error.message}")


def events_in(files: Iterable[str]) -> Iterator[Line]:
    """The events of files, of which `-` is standard input; a file that cannot be read ends it."""
    for file in files:
        shown = "stdin" if file == "-" else file
        try:
            with click.open_file(file, "rb") as stream:
                yield from read_events(stream, shown)
        except OSError as problem:
            fail(f"the events file `{shown}` cannot be read: {problem.strerror}")


def clock(_context: click.Context, _parameter: click.Parameter, text: str | None) -> Clock:
    """The option ``--now``: an ISO time or seconds since 1970; the real time without it."""
    if text is None:
        return time.time
    try:
        return StillClock(float(text))
    except ValueError:
        pass
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(
            "a time such as 2024-01-01T12:00:00Z, or seconds since 1970"
        ) from None
    return StillClock((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp())


settings_option = click.option(
    "--settings", required=True, metavar="FILE", help="The settings, a JSON file."
)
now_option = click.option(
    "--now", callback=clock, metavar="TIME", help="The time of the clock, for replays."
)
