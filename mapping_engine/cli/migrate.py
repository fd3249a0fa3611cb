"""`mapping-engine migrate-settings`: settings of one pack as settings of another."""

from __future__ import annotations

import json
import sys

import click

from mapping_engine.cli.common import fail, read_settings, rule_errors
from mapping_engine.engine.migration import Migrated, load_migration, read_migration
from mapping_engine.errors import MappingError


@click.command("migrate-settings")
@click.argument("old")
@click.argument("new")
@click.argument("settings")
def migrate_settings(old: str, new: str, settings: str) -> None:
    """Turn SETTINGS (a JSON file) of the pack OLD into settings of the pack NEW.

    The new settings go to standard output; what has no counterpart, and what is still to be filled
    in, to standard error. Exit status: 0 complete, 1 something is to be filled in, 2 usage error.
    """
    with rule_errors(lambda: read_migration(old, new)[3]):
        migration = load_migration(old, new)
    try:
        migrated = migration.apply(read_settings(settings))
    except MappingError as error:
        fail(str(error))
    click.echo(json.dumps(migrated.settings, indent=2, ensure_ascii=False))
    _tell(migrated)
    sys.exit(0 if migrated.is_complete else 1)


def _tell(migrated: Migrated) -> None:
    for name, reason in migrated.without_counterpart:
        click.echo(f"not carried over: `{name}`: {reason}", err=True)
    for message in migrated.warnings:
        click.echo(f"warning: {message}", err=True)
    for name, reason in migrated.to_fill_in:
        click.echo(f"to fill in: `{name}`: {reason}", err=True)
