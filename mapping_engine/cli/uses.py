"""`mapping-engine uses`: who reads a path, a setting or a name."""

from __future__ import annotations

import sys

import click

from mapping_engine.cli.common import pack_errors
from mapping_engine.cli.events import dumps
from mapping_engine.cli.status import Status
from mapping_engine.diagnostics import Span
from mapping_engine.engine.loading import bundled_packs, load_examined
from mapping_engine.reference.uses import uses


@click.command("uses")
@click.argument("word")
@click.argument("packs", nargs=-1, metavar="[PACK]...")
@click.option("--json", "as_json", is_flag=True, help="As data, one JSON object a pack.")
def uses_of(word: str, packs: tuple[str, ...], as_json: bool) -> None:
    """Say who uses WORD, in each PACK, or in all bundled packs.

    WORD is a path of the event (`traits.email`: also what lies below it or reads all around it), a
    setting (`$settings.accessToken`), another name (`$email`), a transform or a pipeline. For each
    pack: the payload fields that depend on it; then every place. Exit status: 0 it is used, 1 it is
    not, 2 usage error.
    """
    places: dict[Span, list[str]] = {}
    for pack in packs or bundled_packs():
        with pack_errors(pack):
            examined = load_examined(pack)
        name, found = examined.model.name, uses(examined, word)
        for span in found.places:
            places.setdefault(span, []).append(name)
        if as_json:
            record = {"pack": name, "fields": found.fields}
            click.echo(dumps({**record, "places": [str(span) for span in found.places]}), nl=False)
        elif found.places:
            click.echo(f"{name}: {', '.join(found.fields) or 'no payload field'}")
    for span, names in places.items() if not as_json else ():
        click.echo(f"{span}  ({', '.join(names)})")
    if not places:
        click.echo(f"no use of `{word}` is found; it is written as in the rules", err=True)
    sys.exit(Status.DONE if places else Status.FINDINGS)
