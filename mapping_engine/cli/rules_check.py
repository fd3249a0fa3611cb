"""`rules-check`: what is wrong with rule files, before anyone runs them."""

from __future__ import annotations

import sys

import click

from mapping_engine import __version__
from mapping_engine.checks import Checked, check_all
from mapping_engine.cli.common import coloured, fail
from mapping_engine.cli.events import dumps
from mapping_engine.diagnostics.render import render_all
from mapping_engine.errors import RuleError


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--format",
    "form",
    type=click.Choice(["full", "concise", "json"]),
    default="full",
    help="How findings are shown.",
)
@click.version_option(__version__, prog_name="rules-check")
def main(paths: tuple[str, ...], form: str) -> None:
    """Check rule files, packs (by folder or bundled name) and folders of packs.

    Exit status: 0 no findings, 1 findings, 2 usage.
    """
    try:
        checked = check_all(paths)
    except RuleError as error:
        fail(str(error))
    _print(checked, form)
    sys.exit(1 if checked.diagnostics else 0)


def _print(checked: Checked, form: str) -> None:
    if form == "json":
        click.echo(dumps([d.to_dict() for d in checked.diagnostics]), nl=False)
    elif form == "concise":
        for found in checked.diagnostics:
            click.echo(f"{found.span}: {found.message} [{found.code} {found.name}]")
    else:
        click.echo(render_all(checked.diagnostics, checked.texts, colour=coloured(sys.stdout)))
