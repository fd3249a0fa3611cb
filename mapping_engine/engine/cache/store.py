"""Models that were read before, by the folder they were read from."""

from __future__ import annotations

import os
import re
import time
from contextlib import suppress
from pathlib import Path

from mapping_engine.core.model import Model
from mapping_engine.engine.cache.key import key_of
from mapping_engine.engine.cache.place import chosen, is_ours, opened, read, write
from mapping_engine.engine.cache.record import MOST_BYTES, Record, restored, written
from mapping_engine.source.folder import Folder
from mapping_engine.source.observed import Answers, ObservedFolder, still

MOST_RECORDS = 64
_ABANDONED_SECONDS = 3600.0
_RECORD = re.compile(r"[0-9a-f]{64}\.record")
_TEMPORARY = re.compile(r"[0-9a-f]{32}\.tmp")


class Kept:
    """What is kept of one pack, whose folders are ``pack`` and ``bundled``.

    Nothing that goes wrong here is an error: the pack is read as if nothing were kept.
    """

    def __init__(self, pack: Folder, bundled: Folder, name: str, entry: str) -> None:
        self.pack = pack
        self.bundled = bundled
        self._place: Path | None = None
        self._file = ""
        try:
            place = chosen(os.environ)
            key = key_of(pack, bundled, name, entry) if place else None
        except Exception:
            return
        if place is not None and key is not None:
            self._place, self._file = place, f"{key}.record"

    def model(self) -> Model | None:
        """The model of the pack, if every file that it was read from is what it was."""
        if self._place is None:
            return None
        try:
            with opened(self._place, create=False) as folder:
                record = restored(read(folder, self._file, MOST_BYTES))
            if still(self.pack, record.pack) and still(self.bundled, record.bundled):
                return record.model
        except Exception:
            pass
        return None

    def observed(self) -> tuple[Folder, Folder]:
        """The folders to read the pack from; they notice what is asked of them."""
        if self._place is not None:
            self.pack = _observed(self.pack)
            self.bundled = _observed(self.bundled)
        return self.pack, self.bundled

    def keep(self, model: Model) -> None:
        """Keep a model without errors that was read from the observed folders."""
        pack, bundled = _answers(self.pack), _answers(self.bundled)
        if self._place is None or pack is None or bundled is None:
            return
        try:
            with opened(self._place, create=True) as folder:
                data = written(Record(model, pack, bundled))
                if len(data) <= MOST_BYTES:
                    write(folder, self._file, f"{os.urandom(16).hex()}.tmp", data)
                    _tidy(folder)
        except Exception:
            pass


def _observed(folder: Folder) -> Folder:
    return ObservedFolder(folder.root, folder.display, folder.overlay)


def _answers(folder: Folder) -> Answers | None:
    return folder.answers if isinstance(folder, ObservedFolder) else None


def _tidy(folder: int) -> None:
    """Remove what other processes left unfinished, and the oldest records where they are many."""
    records = []
    with os.scandir(folder) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):  # another process tidies, too
                status = entry.stat(follow_symlinks=False)
                if not is_ours(status):
                    continue
                if _RECORD.fullmatch(entry.name):
                    records.append((status.st_mtime_ns, entry.name))
                elif _TEMPORARY.fullmatch(entry.name) and _is_abandoned(status):
                    os.unlink(entry.name, dir_fd=folder)
    for _, name in sorted(records, reverse=True)[MOST_RECORDS:]:
        with suppress(FileNotFoundError):
            os.unlink(name, dir_fd=folder)


def _is_abandoned(status: os.stat_result) -> bool:
    return time.time() - status.st_mtime > _ABANDONED_SECONDS
