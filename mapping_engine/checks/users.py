"""Which packs use a file, and whether all of them agree to a fix of it."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from mapping_engine.diagnostics import Diagnostic, Fix, Severity, Span
from mapping_engine.engine.loading import as_named, rules_above
from mapping_engine.file.migration_file import FOLDER as MIGRATIONS
from mapping_engine.file.rule_files import ENTRY
from mapping_engine.frozen import Frozen
from mapping_engine.source.folder import MAX_DEPTH, Overlay
from mapping_engine.testing.cases import FOLDER as TESTS

YAML = ".yaml"
KINDS = ("mapping", "fragment", "vocabulary", "tests", "migration")
"""What a file is, by its first key, whose value is the version of its format."""
UNTESTED = "TE01"
_KIND = re.compile(rf"^({'|'.join(KINDS)})[ \t]*:[ \t]*[^\s\[{{]", re.MULTILINE)
_EXTENDS = re.compile(r"^extends[ \t]*:", re.MULTILINE)
_PARTS = frozenset({TESTS, MIGRATIONS})
"""Folders of a pack: a file in them is none of its own, whatever its name is."""
FOREIGN = frozenset({"node_modules", "__pycache__", "site-packages"})


class Use(Frozen):
    """A pack or migration that was checked: the files it reads, and what was found in them."""

    files: frozenset[str]
    agreed: frozenset[tuple[str, Span, Fix | None]]
    """The findings that mean something only where all packs make them."""
    has_errors: bool
    inherited: frozenset[str] = frozenset()
    """Those of the files that are of an extended pack."""


def use(files: Iterable[str], found: Collection[Diagnostic], inherited: Iterable[str] = ()) -> Use:
    """What is kept of a check."""
    errors = any(each.severity is Severity.ERROR for each in found)
    keys = frozenset(_key(each) for each in found if each.fix or each.code == UNTESTED)
    return Use(frozenset(files), keys, errors, frozenset(inherited))


def _key(found: Diagnostic) -> tuple[str, Span, Fix | None]:
    return found.code, found.span, found.fix


def agreed(found: Diagnostic, uses: Iterable[Use]) -> bool:
    """Whether each pack that uses the file of a fix has the same finding, and no mistakes.

    What seems unused or unreachable may be needed once a mistake is corrected: beside errors, only
    they themselves have fixes, and none that takes a whole entry away.
    """
    fix = found.fix
    if fix is None:
        return False
    users = [each for each in uses if fix.span.file in each.files]
    if any(each.has_errors for each in users):
        is_own = found.severity is Severity.ERROR and not fix.whole
        if not is_own:
            return False
    is_comment = found.code.startswith("SU")  # judged by what all packs say of the file
    return is_comment or all(_key(found) in each.agreed for each in users)


def reached(found: Diagnostic, uses: Iterable[Use]) -> bool:
    """Whether a rule that no test of one pack reaches is reached by those of another."""
    users = (each for each in uses if found.span.file in each.files)
    return any(_key(found) not in each.agreed for each in users)


def packs_below(place: Path) -> Iterator[Path]:
    """The folders that hold a rule file; hidden folders and those of package managers do not."""
    for folder, below, files in os.walk(place):
        own = (name for name in below if not name.startswith(".") and name not in FOREIGN)
        below[:] = sorted(own)
        if ENTRY in files:
            yield Path(folder)
            below[:] = [name for name in below if name not in _PARTS]


def packs_around(file: Path, overlay: Overlay) -> list[Path]:
    """The packs that may use a file: those whose folder it is in, or that share its `rules` folder.

    A pack is a folder, or a rule file that is not called like those of folders.
    """
    place, rules = file.resolve(), rules_above(file)
    found: list[Path] = []
    for above in list(place.parents)[:MAX_DEPTH]:
        if above == rules:
            found += sorted(packs_below(above))
            break
        if above / ENTRY in overlay or (above / ENTRY).is_file():
            found += [above, *_rule_files(above, overlay), *_extending(above, overlay)]
            break
    else:
        for above in list(place.parents)[:2]:
            found += _rule_files(above, overlay)
    return [as_named(pack, file) for pack in found]


def _rule_files(folder: Path, overlay: Overlay) -> list[Path]:
    try:
        files = [each for each in folder.iterdir() if each.suffix == YAML and each.is_file()]
        return sorted(each for each in files if each.name != ENTRY and _is_mapping(each, overlay))
    except OSError:
        return []


def _extending(pack: Path, overlay: Overlay) -> list[Path]:
    """The packs beside one that extend another one, which may be this one."""
    rules = (each / ENTRY for each in sorted(pack.parent.iterdir()) if each != pack)
    there = [each for each in rules if each in overlay or each.is_file()]
    return [each.parent for each in there if _EXTENDS.search(_text(each, overlay))]


def _text(file: Path, overlay: Overlay) -> str:
    return overlay[file] if file in overlay else file.read_text("utf-8", "replace")


def _is_mapping(file: Path, overlay: Overlay) -> bool:
    return kind_of_text(_text(file, overlay)) == KINDS[0]


def kind_of_text(text: str) -> str | None:
    """What a file says it is, also where it does not parse."""
    found = _KIND.search(text)
    return found[1] if found else None
