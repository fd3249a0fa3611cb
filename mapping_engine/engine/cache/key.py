"""What a record is kept under: everything that decides what reading a pack gives, but its texts."""

from __future__ import annotations

import os
import re
import sys
from hashlib import sha256
from pathlib import Path

import mapping_engine
from mapping_engine.source.folder import Folder

LIBRARIES = (
    "google-re2",
    "jmespath",
    "jsonschema",
    "jsonschema-rs",
    "lark",
    "pyyaml",
)
"""What reads and judges rules beside the engine itself."""
_METADATA = (".dist-info", ".egg-info")
_CODE = (".py", ".pyc", ".pyd", ".so")


def key_of(folder: Folder, bundled: Folder, name: str, entry: str) -> str | None:
    """The name of the record of a pack, or None for one that is not kept.

    That is one with unsaved texts, or in an archive, where looking for changes costs more than it
    saves. How the folder is displayed counts: places in the model name it.
    """
    identity = []
    for each in (folder, bundled):
        if each.overlay or not isinstance(each.root, Path):
            return None
        identity.append((str(each.root.resolve()), each.display))
    parts = (identity, name, entry, _python(), _engine(), libraries(sys.path))
    return sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _python() -> tuple[str, str, str]:
    return sys.version, sys.implementation.name, str(sys.implementation.cache_tag)


def _engine() -> tuple[str, str, str]:
    home = Path(__file__).parents[2]
    return mapping_engine.__version__, str(home), fingerprint(home)


def fingerprint(package: Path) -> str:
    """A digest of the names, sizes and times of all code below a folder.

    In a checkout the version stays when code changes; this does not.
    """
    found = []
    pending = [str(package)]
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in entries:
                if entry.name.endswith(_CODE):
                    status = entry.stat()
                    found.append((entry.path, status.st_size, status.st_mtime_ns))
                elif entry.name != "__pycache__" and entry.is_dir(follow_symlinks=False):
                    pending.append(entry.path)
    return sha256(repr(sorted(found)).encode("utf-8", "surrogatepass")).hexdigest()


def libraries(path: list[str]) -> tuple[str, ...]:
    """The versions of the libraries, as the folders that installers leave beside them say them.

    Asking ``importlib.metadata`` would take longer than reading the record.
    """
    found = []
    for entry in path:
        try:
            names = os.listdir(entry or os.curdir)
        except OSError:
            continue
        for name in names:
            if name.endswith(_METADATA) and _library(name) in LIBRARIES:
                found.append(os.path.join(entry, name))
    return tuple(found)


def _library(metadata: str) -> str:
    return re.sub(r"[-_.]+", "-", metadata.split("-")[0]).lower()
