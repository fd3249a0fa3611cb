"""What the commands share: packs, settings, events and clocks from the command line."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NoReturn

import click

from mapping_engine.cli.events import Line, parse_json, read_events
from mapping_engine.diagnostics.render import render_all
from mapping_engine.engine.loading import load, read_pack
from mapping_engine.errors import InputError, MappingError, RuleError

if TYPE_CHECKING:
    from mapping_engine.engine.mapping import Clock, Destination

USAGE_ERROR = 2


def fail(message: str) -> NoReturn:
    """End the command with status 2."""
    click.echo(f"error: {message}", err=True)
    sys.exit(USAGE_ERROR)


def coloured(stream: object) -> bool:
    """Whether to colour: a terminal, and NO_COLOR is not set."""
    is_terminal = getattr(stream, "isatty", lambda: False)()
    return bool(is_terminal) and not os.environ.get("NO_COLOR")


@contextmanager
def rule_errors(texts: Callable[[], dict[str, str]] = dict) -> Iterator[None]:
    """End the command with status 2 where rules are wrong, and show the lines, from ``texts``."""
    try:
        yield
    except RuleError as error:
        if not error.diagnostics:
            fail(f"{error.message}; {error.help}" if error.help else error.message)
        click.echo(render_all(error.diagnostics, texts(), colour=coloured(sys.stderr)), err=True)
        sys.exit(USAGE_ERROR)


def pack_errors(pack: str) -> AbstractContextManager[None]:
    """The same for the rules of a pack."""
    return rule_errors(lambda: read_pack(pack).texts)


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
    from mapping_engine.testing.runner import StillClock

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
