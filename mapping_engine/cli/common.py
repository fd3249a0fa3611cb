"""What the commands share: how they end, and how they show mistakes in rules."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import NoReturn, TextIO

import click

from mapping_engine.diagnostics.render import render_all
from mapping_engine.engine.loading import read_pack
from mapping_engine.errors import RuleError

USAGE_ERROR = 2


def fail(message: str) -> NoReturn:
    """End the command with status 2."""
    click.echo(f"error: {message}", err=True)
    sys.exit(USAGE_ERROR)


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
            fail(f"{error.message}; {error.help}" if error.help else error.message)
        click.echo(render_all(error.diagnostics, texts(), colour=coloured(sys.stderr)), err=True)
        sys.exit(USAGE_ERROR)


def pack_errors(pack: str) -> AbstractContextManager[None]:
    """The same for the rules of a pack."""
    return rule_errors(lambda: read_pack(pack).texts)
