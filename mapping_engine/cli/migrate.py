"""`mapping-engine migrate-settings`: settings of one pack as settings of another."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from mapping_engine.cli.common import coloured, fail
from mapping_engine.cli.events import parse_json
from mapping_engine.diagnostics.render import render_all
from mapping_engine.engine.migration import Migrated, Migration, load_migration, read_migration
from mapping_engine.errors import InputError, MappingError, RuleError


@click.command("migrate-settings")
@click.argument("old")
@click.argument("new")
@click.argument("settings")
def migrate_settings(old: str, new: str, settings: str) -> None:
    """Turn SETTINGS (a JSON file) of the pack OLD into settings of the pack NEW.

    The new settings go to standard output; what has no counterpart, and what is still to be filled
    in, to standard error. Exit status: 0 complete, 1 something is to be filled in, 2 usage.
    """
    migration = _migration(old, new)
    try:
        with click.open_file(settings, "rb") as stream:
            found: Any = parse_json(stream.read())
        migrated = migration.apply(found)
    except OSError as problem:
        fail(f"the settings file `{settings}` cannot be read: {problem.strerror}")
    except InputError as error:
        fail(f"the settings file `{settings}` is not usable: {error.message}")
    except MappingError as error:
        fail(str(error))
    click.echo(json.dumps(migrated.settings, indent=2, ensure_ascii=False))
    _tell(migrated)
    sys.exit(0 if migrated.is_complete else 1)


def _migration(old: str, new: str) -> Migration:
    try:
        return load_migration(old, new)
    except RuleError as error:
        if not error.diagnostics:
            fail(f"{error.message}; {error.help}" if error.help else error.message)
        texts = read_migration(old, new)[3]
        click.echo(render_all(error.diagnostics, texts, colour=coloured(sys.stderr)), err=True)
        sys.exit(2)


def _tell(migrated: Migrated) -> None:
    for name, reason in migrated.without_counterpart:
        click.echo(f"not carried over: `{name}`: {reason}", err=True)
    for message in migrated.warnings:
        click.echo(f"warning: {message}", err=True)
    for name, reason in migrated.to_fill_in:
        click.echo(f"to fill in: `{name}`: {reason}", err=True)
