"""`init`, `eject`, `schema` and `settings`: what a folder of one's own rules begins with."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from mapping_engine.cli.common import own_project, pack_errors, rule_errors
from mapping_engine.cli.inputs import events_in, read_json
from mapping_engine.cli.status import fail
from mapping_engine.diagnostics import Diagnostics
from mapping_engine.engine.loading import (
    bundled_packs,
    bundled_rules,
    load_examined,
    load_model,
    load_vocabulary,
)
from mapping_engine.errors import RuleError
from mapping_engine.new import new_pack, settings_skeleton
from mapping_engine.new.pack import PAYLOAD
from mapping_engine.source.bundled import bundled_folder
from mapping_engine.source.folder import Folder

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")
RULES, GRAMMAR = "rules", "grammar"


def _packs() -> str:
    """Where packs are put."""
    ours = own_project()
    return RULES if ours is None else os.path.relpath(ours.packs)


into_option = click.option(
    "--into",
    default=_packs,
    metavar="FOLDER",
    help="Where the pack is put; the packs of the project, or `rules`.",
)


@click.command()
@click.argument("name")
@click.option("--payload", metavar="FILE", help="The JSON Schema of what the receiver takes.")
@click.option("--events", metavar="FILE", help="Sample events, in which fields are looked for.")
@click.option("--source", required=True, metavar="NAME", help="The vocabulary of the events.")
@into_option
def init(name: str, payload: str | None, events: str | None, source: str, into: str) -> None:
    """Begin a pack called NAME: rules, schemas and a rule test, which pass as they are.

    With --payload, each field that the receiver takes is read from a path of the same name in the
    sample --events, or else in the vocabulary. Exit status: 0 all well, 2 usage error.
    """
    if not _NAME.fullmatch(name):
        fail(f"`{name}` is no name of a pack; it has small letters, digits, `_` and `-`")
    schema = PAYLOAD if payload is None else _read_schema(payload)
    with rule_errors():
        vocabulary = load_vocabulary(source)
    lines = [] if events is None else events_in([events])
    samples = (line.event for line in lines if line.error is None)
    files = new_pack(name, source, vocabulary, schema, samples)
    _write(Path(into, name), {file: text.encode() for file, text in files.items()})
    click.echo(f"next: rules-check {Path(into, name)}; mapping-engine test {Path(into, name)}")


@click.command()
@click.argument("pack")
@into_option
def eject(pack: str, into: str) -> None:
    """Copy the bundled PACK into a folder of one's own, to be changed there.

    What it shares with others stays bundled, until a file of the same name lies in the fragments of
    that folder. Packs that extend PACK are laid over the copy from then on. Exit status: 0 all
    well, 2 usage error.
    """
    if pack not in bundled_packs():
        fail(_no_copy(pack))
    rules = bundled_rules()
    folder = Folder(rules.root.joinpath(pack), rules.shown(pack))
    diagnostics = Diagnostics()
    read = {name: folder.read(name, None, diagnostics) for name in folder.names()}
    _write(Path(into, pack), {name: data for name, data in read.items() if data is not None})


def _no_copy(pack: str) -> str:
    """Why a pack is not copied: it is none, or it is one's own."""
    with suppress(RuleError):
        extended = load_examined(pack).extended
        if extended:
            base = extended[-1].name.partition("/")[0]
            said = f"`{pack}` is your own already, and is laid over `{base}`; eject that, and it is"
            return f"{said} laid over your copy: mapping-engine eject {base}"
        return f"`{pack}` is your own already, and extends no other pack"
    return f"there is no bundled pack `{pack}`; see `mapping-engine packs`"


@click.command()
@click.option("--into", default=GRAMMAR, metavar="FOLDER", help="Where they are put; `grammar`.")
def schema(into: str) -> None:
    """Put the schemas of rule files where the first line of a pack in `rules` names them.

    So an editor completes and checks rule files. Exit status: 0 all well, 2 usage error.
    """
    found = (each for each in bundled_folder(GRAMMAR).iterdir() if each.name.endswith(".json"))
    files = {each.name: each.read_bytes() for each in found}
    _write(Path(into), files, anew=True)


@click.command()
@click.argument("pack")
def settings(pack: str) -> None:
    """Print the settings of PACK to be filled in, as YAML with what each of them means.

    Exit status: 0 all well, 2 usage error.
    """
    with pack_errors(pack):
        click.echo(settings_skeleton(load_model(pack)), nl=False)


def _read_schema(file: str) -> dict[str, Any]:
    found = read_json(file, "schema")
    if not isinstance(found, dict) or not isinstance(found.get("properties"), dict):
        fail(f"the schema `{file}` has no `properties`: a payload is an object")
    return found


def _write(folder: Path, files: Mapping[str, bytes], *, anew: bool = False) -> None:
    """Write files, none of which exists yet unless they are written ``anew``; say which."""
    if not anew and folder.exists():
        fail(f"the folder `{folder}` exists already; name another one with --into")
    for name, data in sorted(files.items()):
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        click.echo(f"wrote {place}")
