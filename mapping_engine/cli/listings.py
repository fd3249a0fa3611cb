"""`mapping-engine transforms` and `mapping-engine packs`: what there is to use."""

from __future__ import annotations

from dataclasses import asdict

import click

from mapping_engine.cli.common import fail
from mapping_engine.cli.events import dumps
from mapping_engine.diagnostics import did_you_mean
from mapping_engine.engine.loading import bundled_packs
from mapping_engine.transforms.listing import TransformRow, listing


@click.command()
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
            _show(row)
        else:
            click.echo(f"{row.signature}\n    {row.summary}")


def _show(row: TransformRow) -> None:
    click.echo(f"{row.signature}\n\n{row.doc}\n")
    for parameter, doc in row.parameters:
        click.echo(f"  {parameter}: {doc}")
    for example in row.examples:
        click.echo(f"  {example}")


@click.command()
def packs() -> None:
    """List the packs that come with the package."""
    for name in bundled_packs():
        click.echo(name)
