"""`mapping-engine`: apply, compile, explain, test and list, from a shell."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import date

import click

from mapping_engine import __version__
from mapping_engine.cli.apply import apply
from mapping_engine.cli.common import pack_errors, rule_errors
from mapping_engine.cli.coverage import coverage
from mapping_engine.cli.diff import diff
from mapping_engine.cli.events import dumps
from mapping_engine.cli.explain import explain
from mapping_engine.cli.fmt import fmt
from mapping_engine.cli.inputs import read_settings
from mapping_engine.cli.mutants import mutants
from mapping_engine.cli.play import play
from mapping_engine.cli.project import eject, init, schema, settings
from mapping_engine.cli.shell_words import completed
from mapping_engine.cli.status import EndingGroup, Status, fail
from mapping_engine.cli.test import test
from mapping_engine.cli.uses import uses_of
from mapping_engine.core import clear
from mapping_engine.core.sunset import sunset_of
from mapping_engine.diagnostics import did_you_mean
from mapping_engine.engine.loading import bundled_packs, load, load_examined, load_model
from mapping_engine.engine.migration import load_migration, read_migration
from mapping_engine.errors import MappingError
from mapping_engine.reference import reference_page
from mapping_engine.transforms.listing import listing


@click.group(cls=EndingGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mapping-engine")
def main() -> None:
    """Turn customer events into requests to destinations, by rule files."""


for each in (apply, coverage, diff, explain, fmt, mutants, play, uses_of, test):
    main.add_command(each)
for each in (init, eject, schema, settings):
    main.add_command(each)


@main.command("compile")
@click.argument("pack")
@click.option("--show", is_flag=True, help="Print the code; else only say how much it is.")
@click.option("--warnings", is_flag=True, help="The code that gathers warnings, as `outcome` does.")
def compile_pack(pack: str, show: bool, warnings: bool) -> None:
    """Compile the rules of PACK to Python.

    A comment names the rule file and line that a line of code stands for; what the constants
    (k0, k1, ...) hold is listed below the code. Exit status: 0 all well, 2 usage error.
    """
    with pack_errors(pack):
        text = load(pack).program(tells=warnings).shown()
    if show:
        click.echo(text, nl=False)
        return
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    functions = sum(line.startswith("def ") for line in lines)
    click.echo(f"{pack}: {functions} functions, {len(lines)} lines")


@main.command()
@click.argument("pack")
def docs(pack: str) -> None:
    """Print the rules of PACK as a Markdown page.

    For each payload field: the sources in order, the transforms, whether it is hashed or required,
    and what is sent otherwise.
    """
    with pack_errors(pack):
        click.echo(reference_page(load_examined(pack)), nl=False)


@main.command("migrate-settings")
@click.argument("old")
@click.argument("new")
@click.argument("file", metavar="SETTINGS")
def migrate_settings(old: str, new: str, file: str) -> None:
    """Turn SETTINGS (a JSON file) of the pack OLD into settings of the pack NEW.

    The new settings go to standard output; what has no counterpart, and what is still to be filled
    in, to standard error. Exit status: 0 complete, 1 something is to be filled in, 2 usage error.
    """
    with rule_errors(lambda: read_migration(old, new)[3]):
        migration = load_migration(old, new)
    try:
        migrated = migration.apply(read_settings(file))
    except MappingError as error:
        fail(str(error))
    click.echo(json.dumps(migrated.settings, indent=2, ensure_ascii=False))
    for name, reason in migrated.without_counterpart:
        click.echo(f"not carried over: `{name}`: {reason}", err=True)
    for message in migrated.warnings:
        click.echo(f"warning: {message}", err=True)
    for name, reason in migrated.to_fill_in:
        click.echo(f"to fill in: `{name}`: {reason}", err=True)
    sys.exit(Status.DONE if migrated.is_complete else Status.FINDINGS)


@main.command()
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="As data, one JSON object a transform.")
def transforms(name: str | None, as_json: bool) -> None:
    """List the transforms with their signatures, or show the one called NAME."""
    rows = listing()
    if name is not None:
        names = [row.name for row in rows]
        rows = tuple(row for row in rows if row.name == name)
        if not rows:
            fail(f"there is no transform `{name}`; {did_you_mean(name, names) or 'see the list'}")
    for row in rows:
        if as_json:
            click.echo(dumps(asdict(row)), nl=False)
        elif name:
            click.echo(f"{row.signature}\n\n{row.doc}\n")
            for parameter, doc in row.parameters:
                click.echo(f"  {parameter}: {doc}")
            for example in row.examples:
                click.echo(f"  {example}")
        else:
            click.echo(f"{row.signature}\n    {row.summary}")


@main.command()
def packs() -> None:
    """List the packs that come with the package: name, title, and whether the API still lives.

    Below a pack stands what it sends in clear, and why.
    """
    models = [load_model(name) for name in bundled_packs()]
    widest = max(len(model.name) for model in models)
    for model in models:
        sunset = sunset_of(model.file.api, date.today())
        told = ""
        if sunset is not None:
            message, successor = sunset
            told = f" ({message}; its successor is {successor})" if successor else f" ({message})"
        click.echo(f"{model.name:{widest}}  {model.title}{told}")
        for what, reason in clear.told(model):
            click.echo(f"{'':{widest}}  in clear: {what} ({reason})")


completed(main)
