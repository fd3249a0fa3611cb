"""What commands are given: settings, events and a clock."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from mapping_engine.cli.chunks import Position
from mapping_engine.cli.common import coloured, opened, own_project, pack_errors
from mapping_engine.cli.event_sources import read_chunks
from mapping_engine.cli.events import Line, lines_of, parse_json
from mapping_engine.cli.input_files import event_files
from mapping_engine.cli.status import Status, fail
from mapping_engine.core.sunset import sunset_of
from mapping_engine.diagnostics import Diagnostics
from mapping_engine.diagnostics.render import render_all
from mapping_engine.engine.clock import Clock, is_time, seconds_of
from mapping_engine.engine.loading import load
from mapping_engine.engine.mapping import Destination, Mapping
from mapping_engine.errors import ConfigurationError, InputError, MappingError
from mapping_engine.source.node import to_data
from mapping_engine.source.yaml_text import decode, read_yaml
from mapping_engine.testing.runner import StillClock

SECRETS_VARIABLE = "MAPPING_ENGINE_SECRETS"
"""The environment variable with the secrets as JSON: a command line can be read by others."""
YAML_ENDINGS = (".yaml", ".yml")
_PLACEHOLDER = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def bind(pack: str, settings: str, secrets: str | None, now: Clock) -> Destination:
    """The pack under the settings and secrets of JSON files; ends the command for wrong ones."""
    with pack_errors(pack):
        mapping = load(pack)
    return bound(mapping, read_settings(settings), read_secrets(secrets), now)


def bound(mapping: Mapping, settings: Any, secrets: Any, now: Clock) -> Destination:
    """The pack under these settings and secrets; ends the command for wrong ones."""
    try:
        destination = mapping.bind(settings, secrets=secrets, clock=now)
    except ConfigurationError as error:
        for each in (error, *error.others):
            click.echo(f"error: {each}", err=True)
        sys.exit(Status.CANNOT)
    except MappingError as error:
        fail(str(error))
    day = datetime.fromtimestamp(now(), UTC).date()
    sunset = sunset_of(mapping.model.file.api, day)
    if sunset is not None:
        message, successor = sunset
        help = f"; move to the pack `{successor}`" if successor else ""
        click.echo(f"warning: {mapping.title}: {message}{help}", err=True)
    for warning in destination.warnings:
        click.echo(f"warning: {warning}", err=True)
    return destination


def read_settings(file: str) -> Any:
    """The settings in a JSON or YAML file; ends the command where it cannot be read.

    `${NAME}` in a text stands for a variable of the environment, so that tokens need not lie in
    files.
    """
    return _filled_in(read_data(file, "settings"), file)


def read_data(file: str, what: str) -> Any:
    """What a JSON or YAML file holds; ends the command where it cannot be read."""
    return (_read_yaml if file.endswith(YAML_ENDINGS) else read_json)(file, what)


def _read_yaml(file: str, what: str) -> Any:
    diagnostics = Diagnostics()
    try:
        with opened(file) as stream:
            source = decode(file, stream.read(), diagnostics)
    except OSError as problem:
        fail(f"the {what} file `{file}` cannot be read: {problem.strerror}")
    node = read_yaml(source, diagnostics) if source is not None else None
    if diagnostics.found:
        texts = {} if source is None else {file: source.text}
        click.echo(render_all(diagnostics.sorted(), texts, colour=coloured(sys.stderr)), err=True)
        sys.exit(Status.CANNOT)
    return {} if node is None else to_data(node)


def _filled_in(value: Any, file: str, path: str = "") -> Any:
    """The settings with variables of the environment in their places."""
    if isinstance(value, str):
        return _PLACEHOLDER.sub(lambda found: _variable(found[1], file, path), value)
    if isinstance(value, list):
        return [_filled_in(each, file, f"{path}[{n}]") for n, each in enumerate(value)]
    if isinstance(value, dict):
        return {k: _filled_in(v, file, f"{path}.{k}" if path else k) for k, v in value.items()}
    return value


def _variable(name: str, file: str, path: str) -> str:
    found = os.environ.get(name)
    if found is None:
        fail(f"`{path}` in `{file}` names the variable `{name}`, which the environment lacks")
    return found


def read_json(file: str, what: str) -> Any:
    """What a JSON file holds; ``what`` it is, where it cannot be read, which ends the command."""
    try:
        with opened(file) as stream:
            return parse_json(stream.read())
    except OSError as problem:
        fail(f"the {what} file `{file}` cannot be read: {problem.strerror}")
    except InputError as error:
        fail(f"the {what} file `{file}` is not valid JSON: {error.message}")


def read_secrets(file: str | None) -> Any:
    """The secrets in a JSON file, else those in the environment; none where there are neither."""
    if file is not None:
        return read_json(file, "secrets")
    try:
        return parse_json(os.environ.get(SECRETS_VARIABLE, "{}").encode(errors="replace"))
    except InputError as error:
        fail(f"the variable {SECRETS_VARIABLE} is not valid JSON: {error.message}")


def events_in(files: Iterable[str]) -> Iterator[Line]:
    """The events of files, folders and patterns; `-` is standard input.

    A file that cannot be read, or that is none of events, ends the command.
    """
    try:
        for chunk in read_chunks(event_files(files), Position()):
            yield from lines_of(chunk)
    except (InputError, ConfigurationError) as error:
        fail(str(error))


def readable_events(files: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """Each event with its place; what cannot be read is told, and left out."""
    for line in events_in(files):
        place = f"{line.file}:{line.number}"
        if line.error is not None:
            click.echo(f"{place}: {line.error}", err=True)
        else:
            yield place, line.event


def settings_for(pack: str) -> str | None:
    """The settings file that the project names for a pack."""
    ours = own_project()
    return None if ours is None else ours.settings.get(Path(pack).name)


def settings_of_events(pack: str, given: str | None, events: tuple[str, ...]) -> str | None:
    """The settings file that is given, or that of the project; EVENTS need one."""
    found = given or settings_for(pack)
    if events and found is None:
        fail("name the settings under which the EVENTS are applied: --settings FILE")
    return found


def _settings(context: click.Context, parameter: click.Parameter, file: str | None) -> str:
    found = file or settings_for(context.params.get("pack", ""))
    if found is None:
        raise click.MissingParameter(ctx=context, param=parameter)
    return found


def clock(_context: click.Context, _parameter: click.Parameter, text: str | None) -> Clock:
    """The option ``--now``: an ISO time or seconds since 1970; the real time without it."""
    if text is None:
        return time.time
    now = seconds_of(text)
    if not is_time(now):
        raise click.BadParameter("a time such as 2024-01-01T12:00:00Z, or seconds since 1970")
    return StillClock(now)


settings_option = click.option(
    "--settings",
    callback=_settings,
    metavar="FILE",
    help="The settings, a JSON or YAML file; else that of the project.",
)
secrets_option = click.option(
    "--secrets",
    metavar="FILE",
    help=f"The secrets, a JSON file of texts; else what the variable {SECRETS_VARIABLE} holds.",
)
now_option = click.option(
    "--now", callback=clock, metavar="TIME", help="The time of the clock, for replays."
)
