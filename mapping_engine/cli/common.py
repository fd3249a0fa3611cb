"""What the commands share: packs, settings and clocks from the command line."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NoReturn

import click

from mapping_engine.cli.events import parse_json
from mapping_engine.diagnostics.render import render_all
from mapping_engine.engine.loading import load, read_pack
from mapping_engine.errors import InputError, MappingError, RuleError

if TYPE_CHECKING:
    from mapping_engine.engine.mapping import Clock, Destination, Mapping

USAGE = 2


def fail(message: str) -> NoReturn:
    """End the command with status 2."""
    click.echo(f"error: {message}", err=True)
    sys.exit(USAGE)


def coloured(stream: object) -> bool:
    """Whether to colour: a terminal, and NO_COLOR is not set."""
    is_terminal = getattr(stream, "isatty", lambda: False)()
    return bool(is_terminal) and not os.environ.get("NO_COLOR")


@contextmanager
def rule_errors(pack: str) -> Iterator[None]:
    """Show the mistakes of rule files with their lines, and end with status 2."""
    try:
        yield
    except RuleError as error:
        if error.diagnostics:
            texts = _texts(pack)
            shown = render_all(error.diagnostics, texts, colour=coloured(sys.stderr))
            click.echo(shown, err=True)
            sys.exit(USAGE)
        fail(str(error))


def _texts(pack: str) -> dict[str, str]:
    try:
        return read_pack(pack).texts
    except RuleError:
        return {}


def load_pack(pack: str) -> Mapping:
    """The pack of this name or path; ends the command where it cannot be used."""
    with rule_errors(pack):
        return load(pack)
    raise AssertionError


def bind(pack: str, settings: str, now: Clock) -> Destination:
    """The pack under the settings of a JSON file; ends the command where they are wrong."""
    mapping = load_pack(pack)
    try:
        with click.open_file(settings, "rb") as stream:
            found: Any = parse_json(stream.read())
        destination = mapping.bind(found, clock=now)
    except OSError as problem:
        fail(f"the settings file `{settings}` cannot be read: {problem.strerror}")
    except InputError as error:
        fail(f"the settings file `{settings}` is not usable: {error.message}")
    except MappingError as error:
        fail(str(error))
    for warning in destination.warnings:
        click.echo(f"warning: {warning}", err=True)
    return destination


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
