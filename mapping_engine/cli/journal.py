"""How far `apply` is, in a file beside its output: so a crash costs seconds, not the run.

The first line says what the run is made of. Each further line says up to where events are done, and
how large the outputs were then, which were safe on the disk before the line was written.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from secrets import token_hex
from typing import IO, Any

import orjson

from mapping_engine.cli.chunks import Position
from mapping_engine.cli.events import dumps
from mapping_engine.cli.work import Count
from mapping_engine.errors import ErrorCode, ResumeError
from mapping_engine.frozen import Frozen

ENDING = ".progress"
_HEAD = 64 * 1024
"""So much of a file tells it from another one, beside its size and time."""


class Stand(Frozen):
    """How far a run is: where events go on, what was done, and the sizes of its outputs."""

    place: Position
    count: Count
    sizes: Mapping[str, int | None]

    def line(self) -> bytes:
        """The line that says so."""
        place, count = vars(self.place), vars(self.count)
        return orjson.dumps({"place": place, "count": count, "sizes": self.sizes}) + b"\n"


BEGIN = Stand(Position(), Count(), {})


class Recorded(Frozen):
    """What a journal says, and how long it is without a line that was cut off."""

    run: Mapping[str, Any]
    stand: Stand
    size: int

    @property
    def now(self) -> float:
        """The time that the rules were given."""
        return float(self.run["now"])


def read_journal(output: str) -> Recorded:
    """What the journal of an output says.

    Raises ResumeError (RS01) where there is none.
    """
    path = output + ENDING
    try:
        with open(path, "rb") as file:
            text = file.read()
    except OSError as problem:
        raise _nothing(f"`{path}` cannot be read: {problem.strerror}") from None
    lines, size = list[Any](), 0
    for line in text.splitlines(keepends=True):
        try:
            if not line.endswith(b"\n"):
                break
            lines.append(orjson.loads(line))
        except orjson.JSONDecodeError:
            break
        size += len(line)
    if len(lines) < 2:
        raise _nothing(f"`{path}` ends before anything was done")
    last = lines[-1]
    stand = Stand(Position(**last["place"]), Count(**last["count"]), last["sizes"])
    return Recorded(lines[0], stand, size)


def _nothing(message: str) -> ResumeError:
    return ResumeError(
        ErrorCode.RESUME_IMPOSSIBLE,
        f"there is no run to go on with: {message}",
        help="start without --resume, and without that file, which no finished run leaves",
    )


class Journal:
    """The journal of a run."""

    def __init__(self, path: str, file: IO[bytes], *, has_begun: bool) -> None:
        self._path, self._file = path, file
        self._has_begun = has_begun

    def record(self, stand: Stand) -> None:
        """Say how far the run is; its outputs are on the disk."""
        self._has_begun = self._has_begun or stand.count.events > 0
        self.write(stand.line())

    def write(self, lines: bytes) -> None:
        """Write lines that no crash takes away any more."""
        self._file.write(lines)
        self._file.flush()
        os.fsync(self._file.fileno())

    def finish(self) -> None:
        """There is nothing to go on with."""
        self._file.close()
        os.unlink(self._path)

    def close(self) -> None:
        """Leave it for another process, unless nothing was done."""
        if self._file.closed:
            return
        if not self._has_begun:
            self.finish()
        self._file.close()


def journal_of(
    output: str,
    recorded: Recorded | None,
    files: Sequence[str],
    rules: Mapping[str, str],
    given: Mapping[str, object],
    now: float,
) -> Journal:
    """The journal of a run that begins, or that goes on where it is ``recorded``.

    What decides about the outputs is the files, the rules, and what is ``given`` beside them.

    Raises ResumeError: RS01 where another run to this output was not finished, RS02 that says what
    has changed since the run began.
    """
    path = output + ENDING
    if recorded is not None:
        changed = _changed(recorded, files, rules, given)
        if changed:
            raise ResumeError(
                ErrorCode.RESUME_CHANGED,
                f"since the run began, this has changed: {', '.join(changed)}",
                help=f"put it back, or remove `{path}` and start anew without --resume",
            )
        file = os.fdopen(os.open(path, os.O_RDWR), "r+b")
        file.truncate(recorded.size)
        file.seek(recorded.size)
        return Journal(path, file, has_begun=True)
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ResumeError(
            ErrorCode.RESUME_IMPOSSIBLE,
            f"`{path}` tells of a run that was not finished",
            help="go on with it by --resume, or remove that file to start anew",
        ) from None
    journal = Journal(path, os.fdopen(number, "wb"), has_begun=False)
    salt = token_hex(16)
    run = {
        "salt": salt,
        "now": now,
        "given": _digests(salt, given),
        "rules": _digests(salt, rules),
        "files": [[file, _fingerprint(file, salt)] for file in files],
    }
    journal.write(dumps(run) + BEGIN.line())
    _sync_folder(path)
    return journal


def _changed(
    recorded: Recorded,
    files: Sequence[str],
    rules: Mapping[str, str],
    given: Mapping[str, object],
) -> list[str]:
    """What has changed since a run began; of files, only those that were read of."""
    run, salt = recorded.run, recorded.run["salt"]
    found = _different(run["given"], _digests(salt, given))
    found += [f"`{file}`" for file in _different(run["rules"], _digests(salt, rules))]
    if [*files] != [file for file, _ in run["files"]]:
        return [*found, "which files of events there are"]
    for file, fingerprint in run["files"][: recorded.stand.place.file + 1]:
        if _fingerprint(file, salt) != fingerprint:
            found.append(f"`{file}`")
    return found


def _different(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    names = {**before, **after}
    return [name for name in names if before.get(name) != after.get(name)]


def _digests(salt: str, named: Mapping[str, object]) -> dict[str, str]:
    """Digests that nothing else has: what may be secret is not written down."""
    return {name: _digest(salt, dumps(value)) for name, value in named.items()}


def _digest(salt: str, data: bytes) -> str:
    return hashlib.blake2b(data, key=salt.encode(), digest_size=16).hexdigest()


def _fingerprint(file: str, salt: str) -> list[object] | None:
    """What tells a file from another one; None where it cannot be read."""
    try:
        with open(file, "rb") as stream:
            found = os.fstat(stream.fileno())
            return [found.st_size, found.st_mtime_ns, _digest(salt, stream.read(_HEAD))]
    except OSError:
        return None


def _sync_folder(file: str) -> None:
    """Let a crash take away no name of a new file."""
    with suppress(OSError):  # of systems that have no such thing
        number = os.open(os.path.dirname(file) or ".", os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
