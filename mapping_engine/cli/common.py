"""What the commands share: how they read files, and how they show mistakes in rules."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from errno import EBADF
from io import BufferedIOBase
from typing import NoReturn, TextIO, cast

import click

from mapping_engine.cli.status import Status, fail
from mapping_engine.diagnostics import did_you_mean, listed
from mapping_engine.diagnostics.render import render_all
from mapping_engine.engine.loading import bundled_packs, read_pack
from mapping_engine.engine.project import Project, project
from mapping_engine.errors import RuleError
from mapping_engine.file.extending import packs_in
from mapping_engine.source.folder import Folder

STDIN = "-"
fail_under_option = click.option(
    "--fail-under", type=click.FloatRange(0, 100), metavar="PERCENT", help="Less exits with 1."
)


@contextmanager
def opened(file: str) -> Iterator[BufferedIOBase]:
    """The bytes of a file, or of standard input; raises OSError where there are none."""
    if file != STDIN:
        with open(file, "rb") as stream:
            yield stream
    elif sys.stdin is None:
        raise OSError(EBADF, "it is closed")
    else:
        yield cast(BufferedIOBase, sys.stdin.buffer)


def shown_name(file: str) -> str:
    """How messages name a file of events."""
    return "stdin" if file == STDIN else file


def coloured(stream: TextIO) -> bool:
    """Whether to colour: a terminal, and NO_COLOR is not set."""
    return stream.isatty() and not os.environ.get("NO_COLOR")


@contextmanager
def rule_errors(texts: Callable[[], dict[str, str]] = dict) -> Iterator[None]:
    """End the command with status 2 where rules are wrong, and show the lines, from ``texts``."""
    try:
        yield
    except RuleError as error:
        if not error.diagnostics:
            place = f"{error.span}: " if error.span else ""
            fail(f"{place}{error.message}{f'; {error.help}' if error.help else ''}")
        shown: dict[str, str] = {}
        with suppress(RuleError):  # reading them once more may fail where it did
            shown = texts()
        click.echo(render_all(error.diagnostics, shown, colour=coloured(sys.stderr)), err=True)
        sys.exit(Status.CANNOT)


def own_project() -> Project | None:
    """The project of the working folder; ends the command where its table is wrong."""
    with rule_errors():
        return project()


def packs_of(ours: Project) -> str:
    """The folder of the project's packs; ends the command where its table names what is absent."""
    folder = os.path.relpath(ours.packs)
    if not ours.packs.is_dir():
        fail(f"the project has no folder `{folder}`; `mapping-engine init` puts a pack into it")
    known = sorted({*packs_in(Folder(ours.packs, folder)), *bundled_packs()})
    for pack in ours.settings:
        if pack not in known:
            near = did_you_mean(pack, known) or f"known: {listed(known)}"
            fail(f"the project names settings of `{pack}`, which is no pack; {near}")
    return folder


def pack_errors(pack: str) -> AbstractContextManager[None]:
    """The same for the rules of a pack."""
    return rule_errors(lambda: read_pack(pack).texts)


def end_with(percent: float, fail_under: float | None) -> NoReturn:
    """End the command by what was found of all, and the option ``--fail-under``."""
    is_less = fail_under is not None and percent < fail_under
    sys.exit(Status.FINDINGS if is_less else Status.DONE)
