"""Where `apply` writes: files that only their owner reads, and never what is read."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from io import UnsupportedOperation
from stat import S_ISREG
from typing import IO

from mapping_engine.cli.common import STDIN
from mapping_engine.cli.request_tables import TableWriter
from mapping_engine.cli.status import SinkError, fail
from mapping_engine.errors import ErrorCode, ResumeError

PRIVATE = 0o600


class Sink:
    """A file, or standard output; a failure names it."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        self._stream = stream
        self._name = name

    def write(self, lines: bytes) -> None:
        """Write whole lines, which are there when this ends."""
        with _named(self._name):
            self._stream.write(lines)
            self._stream.flush()

    def kept(self) -> int | None:
        """The bytes that no crash takes away any more; None for what is no file."""
        with _named(self._name):
            number = self._stream.fileno()
            if not S_ISREG(os.fstat(number).st_mode):
                return None
            os.fsync(number)
            return self._stream.tell()

    def close(self) -> None:
        """Write what waits."""
        with _named(self._name):
            self._stream.close()


class TableSink(Sink):
    """A file of Parquet, whose rows are written as tables."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        super().__init__(stream, name)
        self._writer = TableWriter(stream)

    def write(self, lines: bytes) -> None:
        """Write the rows of a table."""
        with _named(self._name):
            self._writer.write(lines)

    def close(self) -> None:
        """Make it a whole file."""
        with _named(self._name):
            self._writer.close()
        super().close()


@contextmanager
def _named(name: str) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as problem:
        raise SinkError(name, problem) from None


@contextmanager
def sink(path: str | None, size: int | None = 0, kind: type[Sink] = Sink) -> Iterator[Sink | None]:
    """The file at ``path``, which only its owner can read; it may hold personal data.

    It is cut to ``size``: emptied, or put back to where a run stood.

    Raises ResumeError (RS02) where it is smaller.
    """
    if path is None:
        yield None
        return
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT, PRIVATE)
        found = os.fstat(file)
        if S_ISREG(found.st_mode):
            _cut(path, file, found.st_size, size or 0)
            if hasattr(os, "fchmod"):
                with suppress(PermissionError):  # of a file system without modes
                    os.fchmod(file, PRIVATE)
    except OSError as problem:
        fail(str(SinkError(f"`{path}`", problem)))
    opened = kind(os.fdopen(file, "wb"), f"`{path}`")
    try:
        yield opened
    finally:
        opened.close()


def _cut(path: str, file: int, there: int, size: int) -> None:
    if there < size:
        raise ResumeError(
            ErrorCode.RESUME_CHANGED,
            f"`{path}` has {there} bytes, and {size} were written",
            help="start anew without --resume",
        )
    os.ftruncate(file, size)
    os.lseek(file, size, os.SEEK_SET)


def keep_apart(outputs: dict[str, str | None], inputs: Iterable[str]) -> None:
    """End the command where an output (a path by its option) is an input or another output."""
    taken: dict[object, str] = {}
    for each in inputs:
        taken[_identity(_number(sys.stdin) if each == STDIN else each)] = f"`{each}`, which is read"
    named = {name: path for name, path in outputs.items() if path is not None}
    for name, target in {"standard output": _number(sys.stdout), **named}.items():
        place = _identity(target)
        if place is not None and place in taken:
            fail(f"{name} would overwrite {taken[place]}; name another file")
        taken[place] = f"{name}, which is written"


def _number(stream: IO[str]) -> int | None:
    """The number of an open file; a test has none."""
    try:
        return stream.fileno() if stream is not None else None
    except UnsupportedOperation:
        return None


def _identity(target: str | int | None) -> object:
    """What two names of one file have in common; None for what is no file, such as a terminal."""
    if target is None:
        return None
    try:
        found = os.stat(target)
    except OSError:
        return os.path.realpath(target) if isinstance(target, str) else None
    return (found.st_dev, found.st_ino) if S_ISREG(found.st_mode) else None
