"""The files of the bundled packs."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bench.mutations.page import Page
from mapping_engine.engine.loading import read_pack
from mapping_engine.file.documents import Document
from mapping_engine.file.rule_files import LoadedDocument
from mapping_engine.source.bundled import bundled_folder

GENERATED = frozenset(("countries", "us_states", "currencies"))
"""Tables that tools/iso_tables.py writes: nobody edits them, and a test compares them."""


def rules_folder() -> Path:
    """The folder of the bundled rules; the study needs a checkout."""
    folder = bundled_folder("rules")
    assert isinstance(folder, Path)
    return folder.resolve()


def pack_folder(pack: str) -> Path:
    """Where a bundled pack lies; read by its path, unsaved texts can stand in for its files."""
    return rules_folder() / pack


def pages(packs: Iterable[str]) -> tuple[Page, ...]:
    """Each rule file, fragment and table file that the packs use, once."""
    found: dict[Path, Document | None] = {}
    users: dict[Path, list[str]] = {}
    for pack in packs:
        read = read_pack(pack_folder(pack))
        assert read.examined is not None, f"the pack {pack} cannot be read"
        for loaded in read.examined.documents:
            for path, document in _files(loaded):
                found.setdefault(path, document)
                users.setdefault(path, []).append(pack)
    root = rules_folder().parent
    return tuple(
        Page(
            path.relative_to(root).as_posix(),
            path,
            path.read_text(encoding="utf-8"),
            document,
            tuple(users[path]),
        )
        for path, document in sorted(found.items())
    )


def _files(loaded: LoadedDocument) -> list[tuple[Path, Document | None]]:
    root = Path(str(loaded.folder.root)).resolve()
    path = (root / loaded.location.name).resolve()
    found: list[tuple[Path, Document | None]] = [(path, loaded.document)]
    for table in loaded.document.table_files or ():
        if table.value is not None and table.name not in GENERATED:
            found.append(((path.parent / table.value.text).resolve(), None))
    return found
