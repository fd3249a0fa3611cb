"""`mapping-engine docs`: the rules of a pack as a page."""

from __future__ import annotations

import click

from mapping_engine.cli.common import pack_errors
from mapping_engine.engine.loading import load, read_pack
from mapping_engine.reference import reference_page


@click.command()
@click.argument("pack")
def docs(pack: str) -> None:
    """Print the rules of PACK as a Markdown page.

    For each payload field: the sources in order, the transforms, whether it is hashed or required,
    and what is sent otherwise.
    """
    with pack_errors(pack):
        load(pack)
        examined = read_pack(pack).examined
        assert examined is not None
        click.echo(reference_page(examined), nl=False)
