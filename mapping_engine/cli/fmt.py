"""`mapping-engine fmt`: the layout of rule files."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from mapping_engine.checks.users import FOREIGN
from mapping_engine.cli.common import STDIN
from mapping_engine.cli.replacing import replace_text, shown_change
from mapping_engine.cli.status import Status, fail
from mapping_engine.diagnostics import Diagnostics
from mapping_engine.source.layout import laid_out
from mapping_engine.source.node import Source
from mapping_engine.source.yaml_text import decode

_ENDINGS = (".yaml", ".yml")


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--check", is_flag=True, help="Write nothing; only say which files would change.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
def fmt(paths: tuple[str, ...], check: bool, diff: bool) -> None:
    """Lay out rule files: each PATH is a file, a folder, or `-` for standard input.

    Two spaces a level, one blank line at most, a space behind `#`. What a file means stays, and
    its comments do. Exit status: 0 all well, 1 files would change, 2 usage error.
    """
    if paths == (STDIN,):
        data = sys.stdin.buffer.read()
        click.echo(_laid_out("stdin", data)[1], nl=False)
        return
    changed = 0
    for file in _files(paths):
        old, new = _laid_out(str(file), file.read_bytes())
        if old == new:
            continue
        changed += 1
        if diff:
            click.echo(shown_change(str(file), old, new), nl=False)
        elif check:
            click.echo(f"would change {file}")
        else:
            replace_text(file, new)
            click.echo(f"changed {file}")
    sys.exit(Status.FINDINGS if changed and (check or diff) else Status.DONE)


def _laid_out(name: str, data: bytes) -> tuple[str, str]:
    """The text of a file, and its layout; a file that is no YAML ends the command."""
    diagnostics = Diagnostics()
    source = decode(name, data, diagnostics)
    found = None if source is None else laid_out(Source(name, source.text))
    if source is None or found is None:
        fail(f"`{name}` is no YAML that can be read; `rules-check` says why")
    return source.text, found


def _files(paths: tuple[str, ...]) -> Iterator[Path]:
    for path in map(Path, paths):
        if path.is_file():
            yield path
        elif path.is_dir():
            found = (each for each in path.rglob("*") if each.suffix in _ENDINGS)
            yield from sorted(each for each in found if not _is_foreign(each, path))
        else:
            fail(f"there is no file or folder `{path}`")


def _is_foreign(file: Path, folder: Path) -> bool:
    parts = file.relative_to(folder).parts
    return any(part in FOREIGN or part.startswith(".") for part in parts)
