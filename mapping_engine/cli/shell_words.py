"""What a shell completes: packs by name or folder, and files."""

from __future__ import annotations

from glob import escape, glob
from pathlib import PurePath

import click
from click.shell_completion import CompletionItem

from mapping_engine.engine.loading import bundled_packs
from mapping_engine.file.rule_files import ENTRY

_PACKS = frozenset(("pack", "packs", "old", "new", "paths"))
_FILES = frozenset(("event", "events", "file"))
_METAVARS = frozenset(("FILE", "FOLDER"))


def completed(command: click.Command) -> None:
    """Have a shell complete the arguments of a command, and of those inside of it."""
    for each in command.commands.values() if isinstance(command, click.Group) else ():
        completed(each)
    for parameter in command.params:
        if isinstance(parameter, click.Argument) and parameter.name in _PACKS:
            parameter.type = _PackWord()
        elif parameter.name in _FILES or parameter.metavar in _METAVARS:
            parameter.type = _FileWord()


class _FileWord(click.types.StringParamType):
    """A file or a folder."""

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Leave it to the shell."""
        return [CompletionItem(incomplete, type="file")]


class _PackWord(_FileWord):
    """A pack: its name, if it is a bundled one, or its folder; else a file."""

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The bundled packs, and the folders here and one level below that hold a pack."""
        start = escape(incomplete)
        entries = (*glob(f"{start}*/{ENTRY}"), *glob(f"{start}*/*/{ENTRY}"))
        folders = sorted(PurePath(each).parent.as_posix() for each in entries)
        names = [each for each in bundled_packs() if each.startswith(incomplete)]
        found = [CompletionItem(each) for each in dict.fromkeys((*names, *folders))]
        return found or super().shell_complete(ctx, param, incomplete)
