"""Where the cache lies, and whether it can be trusted.

What lies there is believed, so nobody else may be able to put it there: everything is refused
that others could write to, or that could lead elsewhere. Where the system does not say who may
write (Windows), there is no cache.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

SWITCH = "MAPPING_ENGINE_CACHE"
"""The environment variable that names another place, or switches the cache off."""
_OFF = ("", "0", "off")
_NAME = "mapping-engine"
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_ROOT = 0
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)
_SAFE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)


class Untrusted(OSError):
    """A place or file that somebody else may have written."""


def chosen(environment: Mapping[str, str]) -> Path | None:
    """The folder of the cache by the environment, or None where there is to be none.

    It may not exist, and it is not said here that it can be trusted.
    """
    if not hasattr(os, "geteuid") or os.open not in os.supports_dir_fd:
        return None
    wanted = environment.get(SWITCH)
    if wanted is not None:
        path = None if wanted.strip().lower() in _OFF else Path(wanted)
    elif sys.platform == "darwin":
        path = _home() / "Library" / "Caches" / _NAME
    else:
        base = Path(environment.get("XDG_CACHE_HOME") or "")
        path = (base if base.is_absolute() else _home() / ".cache") / _NAME
    return path if path is not None and path.is_absolute() else None


def _home() -> Path:
    """The user's folder; a relative path, which nothing is kept in, where it is unknown."""
    return Path(os.path.expanduser("~"))


@contextmanager
def opened(place: Path, *, create: bool) -> Iterator[int]:
    """A descriptor of the folder ``place``, which only its user can write to.

    With ``create``, it is made where it is missing. Raises OSError where there is none, and
    Untrusted where others could have written to it or to a folder above.
    """
    place = Path(os.path.realpath(place.parent)) / place.name
    _trust_above(place)
    if create:
        _make(place)
        _trust_above(place)
    descriptor = os.open(place, _FOLDER | _SAFE)
    try:
        _trust(os.fstat(descriptor), "the folder of the cache")
        yield descriptor
    finally:
        os.close(descriptor)


def _trust_above(place: Path) -> None:
    """Nobody else may be able to put another folder in the place of one on the way to it."""
    for above in place.parents:
        try:
            status = os.lstat(above)
        except FileNotFoundError:
            continue
        if not stat.S_ISDIR(status.st_mode) or status.st_uid not in (_ROOT, os.geteuid()):
            raise Untrusted(f"{above} is no folder of its user or of root")
        if status.st_mode & _OTHERS_WRITE and not status.st_mode & stat.S_ISVTX:
            raise Untrusted(f"others can write to {above}")


def _make(place: Path) -> None:
    if not place.parent.exists():
        _make(place.parent)
    with suppress(FileExistsError):
        os.mkdir(place, 0o700)


def _trust(status: os.stat_result, what: str) -> None:
    if status.st_uid != os.geteuid() or status.st_mode & _OTHERS_WRITE:
        raise Untrusted(f"others can write to {what}")


def is_ours(status: os.stat_result) -> bool:
    """Whether a file is a regular one that belongs to the user."""
    return stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid()


def read(folder: int, name: str, most: int) -> bytes:
    """The bytes of a file in an opened folder.

    Raises OSError where there is none, and Untrusted where it is a link, has a second name, is no
    regular file, belongs to or can be written by others, or has more than ``most`` bytes.
    """
    descriptor = os.open(name, os.O_RDONLY | _SAFE, dir_fd=folder)
    with open(descriptor, "rb", buffering=0) as stream:
        status = os.fstat(descriptor)
        _trust(status, name)
        if not is_ours(status) or status.st_nlink > 1 or status.st_size > most:
            raise Untrusted(f"{name} is not a file of the cache")
        data = stream.readall()
    if len(data) != status.st_size:
        raise Untrusted(f"{name} changed while it was read")
    return data


def write(folder: int, name: str, temporary: str, data: bytes) -> None:
    """Put a file into an opened folder, whole or not at all.

    Raises OSError where that fails, and Untrusted where the name is taken by something else than
    a file of the user.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _SAFE
    descriptor = os.open(temporary, flags, 0o600, dir_fd=folder)
    try:
        with open(descriptor, "wb") as stream:
            stream.write(data)
        if not _is_free(folder, name):
            raise Untrusted(f"{name} is not a file of the cache")
        os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        os.unlink(temporary, dir_fd=folder)
        raise


def _is_free(folder: int, name: str) -> bool:
    try:
        return is_ours(os.stat(name, dir_fd=folder, follow_symlinks=False))
    except FileNotFoundError:
        return True
