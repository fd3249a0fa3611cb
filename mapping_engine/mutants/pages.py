"""The files of packs in which mistakes are planted."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from mapping_engine.engine.loading import find_pack, read_pack
from mapping_engine.errors import ErrorCode, RuleError
from mapping_engine.file.documents import Document
from mapping_engine.file.rule_files import LoadedDocument
from mapping_engine.mutants.page import Page
from mapping_engine.source.bundled import bundled_folder

LONGEST_TABLE = 2_000
"""Bytes of a table file: longer ones are lists of codes that a program writes."""


def pack_path(pack: str) -> Path:
    """The file of a pack; read by its path, unsaved texts can stand in for its files."""
    folder, _, entry = find_pack(pack)
    return Path(str(folder.root)).resolve() / entry


def pages(packs: Iterable[str]) -> tuple[Page, ...]:
    """Each rule file, fragment and short table file of the packs, once.

    What a pack outside the bundled rules takes from them is not its own, and is left alone.
    Raises RuleError where a pack cannot be read.
    """
    found: dict[Path, Document | None] = {}
    users: dict[Path, list[str]] = {}
    bundled = Path(str(bundled_folder("rules"))).resolve()
    for pack in packs:
        path = pack_path(pack)
        read = read_pack(path)
        if read.examined is None:
            raise RuleError(
                ErrorCode.RULES_INVALID,
                f"the rules of `{pack}` cannot be read",
                diagnostics=read.diagnostics,
                help="rules-check says what is wrong",
            )
        for loaded in read.examined.documents:
            for file, document in _files(loaded):
                if bundled in path.parents or bundled not in file.parents:
                    found.setdefault(file, document)
                    users.setdefault(file, []).append(pack)
    return tuple(
        Page(_shown(file), file, file.read_text(encoding="utf-8"), document, tuple(users[file]))
        for file, document in sorted(found.items())
    )


def _files(loaded: LoadedDocument) -> list[tuple[Path, Document | None]]:
    root = Path(str(loaded.folder.root)).resolve()
    path = (root / loaded.location.name).resolve()
    found: list[tuple[Path, Document | None]] = [(path, loaded.document)]
    for table in loaded.document.table_files or ():
        if table.value is not None:
            file = (path.parent / table.value.text).resolve()
            if file.stat().st_size <= LONGEST_TABLE:
                found.append((file, None))
    return found


def _shown(file: Path) -> str:
    """The name of a file, from where the command runs."""
    here = Path.cwd()
    return (file.relative_to(here) if here in file.parents else file).as_posix()
