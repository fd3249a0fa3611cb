"""A project: where its packs lie, and what it sets for all of them.

It is a file `mapping.toml`, or the table `[tool.mapping-engine]` of a `pyproject.toml`, in the
working folder or above it. All paths in it are below that folder.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import field
from functools import lru_cache
from pathlib import Path
from typing import Any

from mapping_engine.diagnostics import Span, did_you_mean, listed
from mapping_engine.errors import ErrorCode, RuleError
from mapping_engine.file.rule_files import FRAGMENTS, VOCABULARIES
from mapping_engine.frozen import Frozen

FILE, SHARED_FILE, TABLE = "mapping.toml", "pyproject.toml", "mapping-engine"
LEVELS = ("error", "warning", "info", "off")


class Project(Frozen):
    """The table of a project, with its paths as they are found from the working folder.

    ``settings`` are files by pack, ``severities`` levels by code of a check (`FB01`, or `FB`), and
    ``exclude`` patterns of files that are not checked.
    """

    root: Path
    packs: Path
    fragments: str
    vocabularies: str
    events: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    severities: Mapping[str, str] = field(default_factory=dict)
    exclude: tuple[str, ...] = ()

    @property
    def kinds(self) -> dict[str, str]:
        """Where in its folder fragments and vocabularies lie."""
        return {FRAGMENTS: self.fragments, VOCABULARIES: self.vocabularies}


def project() -> Project | None:
    """The project of the working folder; None where there is none.

    Raises RuleError with what is wrong in its table.
    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        found = (_in(folder / name) for name in (FILE, SHARED_FILE))
        tables = [each for each in found if each is not None]
        if len(tables) > 1:
            raise _wrong(folder / FILE, f"lies beside a table in {SHARED_FILE}", "keep one of them")
        if tables:
            return tables[0]
    return None


def _in(file: Path) -> Project | None:
    """The project that a file has the table of; None where there is no file, or no table."""
    if not file.is_file():
        return None
    state = file.stat()
    return _known(file, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=8)
def _known(file: Path, changed: int, size: int) -> Project | None:
    """The project of a file as it is: every pack that is read asks for it."""
    table = _table(file)
    return None if table is None else _read(file, table)


def _table(file: Path) -> dict[str, Any] | None:
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        if file.name == FILE:
            raise _wrong(file, "cannot be read", "it is a text in UTF-8") from None
        return None
    if file.name == SHARED_FILE and TABLE not in text:
        return None
    import tomllib  # for start-up time

    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        said, _, place = str(problem).partition(" (at line ")
        line, column, *_ = (*map(int, re.findall("[0-9]+", place)), 0, 0)
        raise _wrong(file, f"is no TOML: {said}", "correct it", line=line, column=column) from None
    if file.name == FILE:
        return found
    tools = found.get("tool")
    table = tools.get(TABLE) if isinstance(tools, dict) else None
    return table if isinstance(table, dict) else None


def _read(file: Path, table: dict[str, Any]) -> Project:
    for key in table:
        if key not in _KEYS:
            near = did_you_mean(key, _KEYS) or f"known: {listed(_KEYS)}"
            raise _wrong(file, f"has an unknown key `{key}`", near, key)
    given = {key: _KEYS[key](file, key, value) for key, value in table.items()}
    packs = given.pop("packs", "rules")
    lie = {kind: given.pop(kind, f"{packs}/{kind}") for kind in (FRAGMENTS, VOCABULARIES)}
    return Project(file.parent, file.parent / packs, **lie, **given)


def _path(file: Path, key: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _wrong(file, f"has no path under `{key}`", 'write for example `packs = "rules"`', key)
    place = (file.parent / value).resolve()
    if not place.is_relative_to(file.parent.resolve()):
        raise _wrong(file, f"leads out of its folder with `{key}`", "name a path below it", key)
    return Path(value).as_posix()


def _paths(file: Path, key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _wrong(
            file, f"has no list under `{key}`", f'write for example `{key} = ["..."]`', key
        )
    return tuple(_path(file, key, each) for each in value)


def _files(file: Path, key: str, value: object) -> tuple[str, ...]:
    return tuple(str(file.parent / each) for each in _paths(file, key, value))


def _settings(file: Path, key: str, value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise _wrong(file, f"has no table under `{key}`", "name a file for each pack", key)
    paths = {pack: _path(file, f"{key}.{pack}", each) for pack, each in value.items()}
    return {pack: str(file.parent / path) for pack, path in paths.items()}


def _severities(file: Path, key: str, value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise _wrong(file, f"has no table under `{key}`", "name a level for each code", key)
    for code, level in value.items():
        if level not in LEVELS:
            near = did_you_mean(str(level), LEVELS) or f"accepted: {listed(LEVELS)}"
            raise _wrong(file, f"has no level under `{key}.{code}`", near, code)
    return dict(value)


def _wrong(
    file: Path, message: str, help: str, key: str = "", *, line: int = 0, column: int = 0
) -> RuleError:
    """What is wrong with the table, where a ``key`` stands, or in a line."""
    if key:
        line, column = _place(file, key)
    shown = os.path.relpath(file)
    span = Span(shown, line, column, line, column) if line else None
    message = f"the file `{file.name}` {message}"
    return RuleError(ErrorCode.RULES_INVALID, message, span=span, help=help)


def _place(file: Path, key: str) -> tuple[int, int]:
    """Where a key such as `severities.FB01` stands in our table, which tomllib does not say."""
    wanted = re.compile(rf"""(?<![\w-])["']?{re.escape(key.rpartition(".")[2])}["']?\s*[]=.]""")
    is_ours = file.name == FILE
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        if line.lstrip().startswith("[") and file.name != FILE:
            is_ours = TABLE in line
        found = wanted.search(line) if is_ours and not line.lstrip().startswith("#") else None
        if found is not None:
            return number, found.start() + 1
    return 0, 0


_KEYS: dict[str, Callable[[Path, str, Any], Any]] = {
    "packs": _path,
    FRAGMENTS: _path,
    VOCABULARIES: _path,
    "events": _files,
    "settings": _settings,
    "severities": _severities,
    "exclude": _paths,
}
"""The keys of the table, and what reads them."""
