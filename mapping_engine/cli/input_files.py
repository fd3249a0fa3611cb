"""Which files of events are meant: names, patterns and folders."""

from __future__ import annotations

import glob
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from mapping_engine.cli.common import STDIN
from mapping_engine.cli.input_formats import endings
from mapping_engine.errors import ErrorCode, InputError


def event_files(
    named: Iterable[str], told: Callable[[str], None] = lambda message: None
) -> tuple[str, ...]:
    """The files, each folder and pattern in sorted order; standard input where none is named.

    ``told`` learns what is left out. Raises InputError (IN02) for a folder or a pattern that names
    no file.
    """
    return tuple(file for name in named for file in _files(name, told)) or (STDIN,)


def _files(name: str, told: Callable[[str], None]) -> Iterator[str]:
    path = Path(name)
    if name == STDIN or path.is_file():
        yield name
    elif path.is_dir():
        yield from _inside(path, told)
    elif glob.has_magic(name) and not path.exists():
        found = sorted(glob.glob(name, recursive=True))
        if not found:
            raise _none(f"no file is named like `{name}`", "put patterns in quotes, or name files")
        for each in found:
            yield from _inside(Path(each), told) if Path(each).is_dir() else (each,)
    else:
        yield name  # whoever opens it says what is wrong


def _inside(folder: Path, told: Callable[[str], None]) -> list[str]:
    """The files of events at any depth of a folder; hidden ones belong to other programs."""
    known = endings()
    there = [
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not any(part.startswith((".", "_")) for part in path.relative_to(folder).parts)
    ]
    found = sorted(str(path) for path in there if path.name.lower().endswith(known))
    if not found:
        raise _none(f"there are no events in the folder `{folder}`", f"known: {', '.join(known)}")
    others = len(there) - len(found)
    if others:
        files = "1 other file" if others == 1 else f"{others} other files"
        verb = "is" if others == 1 else "are"
        told(f"{files} in the folder `{folder}` {verb} left out; name what holds events")
    return found


def _none(message: str, help: str) -> InputError:
    return InputError(ErrorCode.INPUT_FOREIGN, message, help=help)
