"""Which files of events are meant: names, patterns and folders."""

from __future__ import annotations

import glob
from collections.abc import Iterable, Iterator
from pathlib import Path

from mapping_engine.cli.common import STDIN
from mapping_engine.cli.input_formats import endings
from mapping_engine.errors import ErrorCode, InputError


def event_files(named: Iterable[str]) -> tuple[str, ...]:
    """The files, each folder and pattern in sorted order; standard input where none is named.

    Raises InputError (IN02) for a folder or a pattern that names no file.
    """
    return tuple(file for name in named for file in _files(name)) or (STDIN,)


def _files(name: str) -> Iterator[str]:
    path = Path(name)
    if name == STDIN or path.is_file():
        yield name
    elif path.is_dir():
        yield from _inside(path)
    elif glob.has_magic(name) and not path.exists():
        found = sorted(glob.glob(name, recursive=True))
        if not found:
            raise _none(f"no file is named like `{name}`", "put patterns in quotes, or name files")
        for each in found:
            yield from _inside(Path(each)) if Path(each).is_dir() else (each,)
    else:
        yield name  # whoever opens it says what is wrong


def _inside(folder: Path) -> list[str]:
    """The files of events at any depth of a folder; hidden ones belong to other programs."""
    known = endings()
    found = [
        path
        for path in folder.rglob("*")
        if path.name.lower().endswith(known)
        and path.is_file()
        and not any(part.startswith((".", "_")) for part in path.relative_to(folder).parts)
    ]
    if not found:
        raise _none(f"there are no events in the folder `{folder}`", f"known: {', '.join(known)}")
    return sorted(map(str, found))


def _none(message: str, help: str) -> InputError:
    return InputError(ErrorCode.INPUT_FOREIGN, message, help=help)
