"""A folder of rule files; nothing outside of it can be read through it."""

from __future__ import annotations

import os
import re
import stat
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from mapping_engine.diagnostics import Diagnostics, Span, did_you_mean

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

MAX_BYTES = 8 * 1024 * 1024
MAX_FILES = 5_000
MAX_DEPTH = 12
_SHOWN = 80
_DRIVE = re.compile(r"[A-Za-z]:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
Overlay: TypeAlias = Mapping[Path, str]
NO_OVERLAY: Overlay = MappingProxyType({})


class _Refused(Exception):
    """A name that is not read; the message follows the quoted name."""


class Folder:
    """The files below ``root``, a directory or resources of a package, shown as ``display``.

    ``overlay`` holds texts, by absolute path, that stand in for what is on disk: the unsaved
    buffers of an editor.
    """

    def __init__(
        self, root: Traversable | Path, display: str, overlay: Overlay = NO_OVERLAY
    ) -> None:
        self.root = root
        self.display = display
        self.overlay = overlay

    def shown(self, relative: str) -> str:
        """The name under which diagnostics show a file of this folder."""
        return f"{self.display}/{relative}" if self.display else relative

    def read(self, relative: str, span: Span | None, diagnostics: Diagnostics) -> bytes | None:
        """The bytes of a file, or None after a report at ``span``, where the file is named."""
        place = span or Span(self.display, 1, 1, 1, 1)
        help = None
        try:
            return self._bytes(_parts(relative))
        except _Refused as refusal:
            reason = str(refusal)
        except FileNotFoundError:
            reason = "does not exist"
            help = did_you_mean(relative, self.names())
        except _path_errors():
            reason = "cannot be read"
        shown = relative if len(relative) <= _SHOWN else f"{relative[:_SHOWN]}…"
        message = f"the file `{_CONTROL.sub('?', shown)}` {reason}"
        diagnostics.report("SH07", message, place, help=help)
        return None

    def bytes_of(self, relative: str) -> bytes | None:
        """The bytes of a file, or None where it cannot be read, without a report."""
        try:
            return self._bytes(_parts(relative))
        except _path_errors():
            return None

    def exists(self, relative: str) -> bool:
        """Whether ``relative`` names a file that may be read."""
        try:
            parts = _parts(relative)
            if isinstance(self.root, Path):
                place = self._inside(self.root, parts)
                return place in self.overlay or place.is_file()
            return self._resource(parts).is_file()
        except _path_errors():
            return False

    def names(self, under: str = "", suffix: str = "") -> tuple[str, ...]:
        """The names of all files below ``under``, at any depth, in order of the alphabet.

        Hidden files are left out, links to directories are not followed, and a very large folder
        is not listed to its end.
        """
        try:
            parts = _parts(under) if under else ()
            start = self.root
            if parts:
                self._check_directory(parts)
                start = start.joinpath(*parts)
            found = []
            for name in self._files(start, parts):
                if name.endswith(suffix):
                    found.append(name)
                if len(found) == MAX_FILES:
                    break
            return tuple(sorted(found))
        except _path_errors():
            return ()

    def _bytes(self, parts: tuple[str, ...]) -> bytes:
        if isinstance(self.root, Path):
            place = self._inside(self.root, parts)
            if place in self.overlay:
                return self.overlay[place].encode("utf-8", "surrogatepass")
            data = _read_regular_file(place)
        else:
            resource = self._resource(parts)
            if not resource.is_file():
                raise _Refused("is a directory") if resource.is_dir() else FileNotFoundError
            with resource.open("rb") as stream:
                data = stream.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise _Refused(f"is larger than {MAX_BYTES // 1024 // 1024} MiB")
        return data

    def _inside(self, root: Path, parts: tuple[str, ...]) -> Path:
        """The real path of a file, links followed; it must lie in the real folder."""
        home = root.resolve()
        real = home.joinpath(*parts).resolve()
        if not real.is_relative_to(home):
            raise _Refused(f"leads out of the folder `{self.display}`")
        return real

    def _resource(self, parts: tuple[str, ...]) -> Traversable:
        return self.root.joinpath(*parts)

    def _check_directory(self, parts: tuple[str, ...]) -> None:
        if isinstance(self.root, Path):
            self._inside(self.root, parts)

    def _files(self, start: Traversable | Path, parts: tuple[str, ...]) -> Iterator[str]:
        pending: list[tuple[Traversable | Path, tuple[str, ...]]] = [(start, parts)]
        visited = 0
        while pending and visited < MAX_FILES:
            directory, above = pending.pop()
            for child in sorted(directory.iterdir(), key=lambda child: child.name):
                visited += 1
                here = (*above, child.name)
                if child.name.startswith(".") or _CONTROL.search(child.name):
                    continue
                if not _is_link(child) and child.is_dir():
                    if len(here) < MAX_DEPTH:
                        pending.append((child, here))
                elif self.exists("/".join(here)):
                    yield "/".join(here)


def _parts(relative: str) -> tuple[str, ...]:
    """The steps of a relative name; a name that could lead elsewhere is refused unread."""
    if not relative:
        raise _Refused("has no name")
    if _CONTROL.search(relative):
        raise _Refused("has a control character in its name")
    if "\\" in relative:
        raise _Refused("must be named with `/`, not with a backslash")
    if relative.startswith(("/", "~")) or _DRIVE.match(relative):
        raise _Refused("must be named relative to its folder")
    steps = relative.split("/")
    if ".." in steps:
        raise _Refused("must lie in its folder, without `..` in its name")
    parts = tuple(step for step in steps if step not in ("", "."))
    if not parts:
        raise _Refused("is a directory")
    return parts


def _read_regular_file(path: Path) -> bytes:
    """The bytes of a file; a pipe, device or link put in its place since is refused."""
    if path.is_dir():
        raise _Refused("is a directory")
    flags = os.O_RDONLY
    for name in ("O_BINARY", "O_CLOEXEC", "O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY"):
        flags |= getattr(os, name, 0)
    if not stat.S_ISREG(path.stat().st_mode):
        raise _Refused("is not a regular file")
    with open(os.open(path, flags), "rb") as stream:
        status = os.fstat(stream.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise _Refused("is not a regular file")
        return stream.read(MAX_BYTES + 1)


def _path_errors() -> tuple[type[Exception], ...]:
    """What an invalid name or folder may raise; looked up only after something was raised."""
    from zipfile import BadZipFile  # for start-up time

    return (
        _Refused,
        OSError,
        RuntimeError,
        ValueError,
        KeyError,
        EOFError,
        BadZipFile,
        zlib.error,
    )


def _is_link(child: Traversable | Path) -> bool:
    return isinstance(child, Path) and child.is_symlink()
