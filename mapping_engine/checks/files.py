"""Which files a path means, and what is wrong with them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from os import PathLike
from pathlib import Path

from mapping_engine.checks.catalogue import CATALOGUE, Options
from mapping_engine.checks.families import FAMILIES
from mapping_engine.checks.fixing import with_plain_fixes
from mapping_engine.checks.rule_tests import stale, untested
from mapping_engine.checks.subject import Subject
from mapping_engine.checks.suppressions import suppress
from mapping_engine.core.migration_model import PackSettings
from mapping_engine.diagnostics import LOADER_CHECKS, Diagnostic, Diagnostics, Span
from mapping_engine.engine.loading import ENTRY, PackReading, bundled_rules, find_pack, read_pack
from mapping_engine.engine.migration import read_migration
from mapping_engine.errors import ErrorCode, RuleError
from mapping_engine.file.blocks import read_block
from mapping_engine.file.documents import FragmentFile
from mapping_engine.file.rule_files import ReadFile, Reading, check_vocabulary
from mapping_engine.frozen import Frozen
from mapping_engine.source.folder import Folder
from mapping_engine.source.node import MappingNode, YamlNode
from mapping_engine.source.yaml_text import decode, read_yaml
from mapping_engine.testing.cases import FOLDER, Case, cases_of

YAML = ".yaml"
MIGRATIONS = "migrations"
_FOREIGN = frozenset({"node_modules", "__pycache__", "site-packages"})
MANY = 24
"""From so many packs on, it pays to start processes."""
PARTS = 4
"""Parts of the work for each process, so that none waits long for the others."""


class Checked(Frozen):
    """What was found, sorted by file and place, and the texts of all files that were read."""

    diagnostics: tuple[Diagnostic, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)


def check(path: str | PathLike[str], options: Options | None = None) -> list[Diagnostic]:
    """Everything that is wrong at ``path``: a rule file, a pack, a folder of packs, or a name.

    Raises RuleError when there is nothing of the kind at ``path``.
    """
    return list(check_all([path], options).diagnostics)


def check_all(paths: Iterable[str | PathLike[str]], options: Options | None = None) -> Checked:
    """Check several paths; raises RuleError when one of them is no rule file, pack or folder."""
    options = options or Options()
    run = _Run(options, options.codes)
    for path in paths:
        run.check(path)
    return run.result()


@dataclass
class _Run:
    """One run over several paths; the same finding in two packs counts once."""

    options: Options
    codes: frozenset[str]
    found: dict[Diagnostic, None] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    shared: dict[str, ReadFile] = field(default_factory=dict)

    def check(self, path: str | PathLike[str]) -> None:
        place = Path(path)
        unsaved = place.resolve() in self.options.overlay
        if (place.is_file() or unsaved) and place.name != ENTRY:
            shown = "" if str(place.parent) == "." else str(place.parent)
            self._read(Folder(place.parent, shown, self.options.overlay), place.name)
        elif place.is_dir() and not (place / ENTRY).is_file():
            self._folder(place)
        else:
            self._pack(path)

    def result(self) -> Checked:
        shown = [each for each in self.found if each.code in self.codes]
        kept = suppress(shown, self.texts, self.options.today, self.codes, CATALOGUE)
        kept = [each for each in kept if each.code in self.codes]
        plain = sorted(_without_echoes(kept), key=lambda d: (d.span, d.code, d.message))
        if self.options.fixes:
            plain = with_plain_fixes(plain, self.texts)
        return Checked(tuple(plain), self.texts)

    def _folder(self, place: Path) -> None:
        packs = sorted(_packs_below(place))
        if self.options.workers > 1 and len(packs) >= MANY:
            self._together(packs)
        else:
            for pack in packs:
                self._pack(pack)
        folder = Folder(place, str(place), self.options.overlay)
        unread = [name for name in folder.names("", YAML) if folder.shown(name) not in self.texts]
        nodes = ((name, self._node(folder, name, Diagnostics())[0]) for name in unread)
        loose = [name for name, node in nodes if _kind(node) in _LOOSE]
        for name in loose:
            self._read(folder, name)
        if not packs and not loose:
            raise RuleError(
                ErrorCode.RULES_INVALID,
                f"there is no `{ENTRY}` in or below `{place}`",
                help="name a rule file, a pack folder, or a folder that holds packs",
            )

    def _together(self, packs: list[Path]) -> None:
        """Check many packs in several processes; the order of what is found does not change."""
        from concurrent.futures import ProcessPoolExecutor  # few have so many packs
        from multiprocessing import get_all_start_methods, get_context  # the same

        first, *rest = packs
        self._pack(first)  # what it reads, the processes find ready
        size = -(-len(rest) // (self.options.workers * PARTS))
        parts = [rest[start : start + size] for start in range(0, len(rest), size)]
        _READY.update(self.shared)  # which a process that is forked has, too
        context = get_context("fork" if "fork" in get_all_start_methods() else "spawn")
        with ProcessPoolExecutor(self.options.workers, context) as pool:
            for found, texts in pool.map(partial(_packs, self.options, self.codes), parts):
                self._add(found, texts)

    def _pack(self, pack: str | PathLike[str]) -> None:
        read = read_pack(pack, self.options.overlay, self.shared)
        cases = self._tests(pack, read)
        self._examined(read, cases)
        if read.model is not None:
            self._migrations(pack, PackSettings(read.model.name, read.model.settings_schema))

    def _migrations(self, pack: str | PathLike[str], declared: PackSettings | None = None) -> None:
        """The files of a pack that turn other packs' settings into its own."""
        folder, _, _ = find_pack(pack, self.options.overlay)
        for name in folder.names(MIGRATIONS, YAML):
            old = Path(name).stem
            try:
                _, _, found, texts = read_migration(old, str(pack), declared, self.shared)
            except RuleError as error:
                place = Span(folder.shown(name), 1, 1, 1, 1)
                unread = Diagnostic(LOADER_CHECKS["PR01"], error.message, place, help=error.help)
                found, texts = (unread,), {}
            self._add(found, texts)

    def _examined(self, read: PackReading, cases: list[Case]) -> None:
        diagnostics = Diagnostics(list(read.diagnostics))
        if read.examined is not None:
            subject = Subject(read.examined, diagnostics, read.texts, self.options.today)
            for find in FAMILIES:
                find(subject)
            if "TE01" in self.codes and read.model is not None:
                untested(subject, cases)
        self._add(diagnostics.sorted(), read.texts)

    def _tests(self, pack: str | PathLike[str], read: PackReading) -> list[Case]:
        """The rule tests beside a pack; what is wrong with them is found, too."""
        folder, _, _ = find_pack(pack, self.options.overlay)
        cases: list[Case] = []
        for name in folder.names(FOLDER, YAML):
            diagnostics = Diagnostics()
            node, texts = self._node(folder, name, diagnostics)
            cases += cases_of(node, diagnostics)
            if node is not None and read.examined is not None:
                stale(read.examined.model, node, diagnostics)
            self._add(diagnostics.sorted(), texts)
        return cases

    def _node(
        self, folder: Folder, name: str, diagnostics: Diagnostics
    ) -> tuple[YamlNode | None, dict[str, str]]:
        data = folder.read(name, None, diagnostics)
        source = decode(folder.shown(name), data, diagnostics) if data is not None else None
        node = read_yaml(source, diagnostics) if source else None
        return node, ({source.file: source.text} if source else {})

    def _read(self, folder: Folder, name: str) -> None:
        """Check one file by what its first key says it is."""
        diagnostics = Diagnostics()
        node, texts = self._node(folder, name, diagnostics)
        if isinstance(node, MappingNode):
            kind = _kind(node) or "mapping"
            if kind == "migration":
                self._migrations(str(Path(str(folder.root)).parent))
                return
            if kind == "mapping":
                path = Path(str(folder.root)) / name
                self._examined(read_pack(path, self.options.overlay, self.shared), [])
                return
            if kind == "tests":
                cases_of(node, diagnostics)
            elif kind == "fragment":
                read_block(FragmentFile, node, diagnostics)
            else:
                bundled = bundled_rules(self.options.overlay)
                check_vocabulary(name, Reading(folder, bundled, diagnostics, texts))
        elif node is not None:
            diagnostics.report("SH03", "expected a mapping of keys and values", node.span)
        self._add(diagnostics.sorted(), texts)

    def _add(self, found: Iterable[Diagnostic], texts: Mapping[str, str]) -> None:
        self.found.update(dict.fromkeys(found))
        self.texts.update(texts)


def _packs_below(place: Path) -> Iterator[Path]:
    """The folders that hold a rule file; hidden folders and those of package managers do not."""
    for folder, below, files in os.walk(place):
        own = (name for name in below if not name.startswith(".") and name not in _FOREIGN)
        below[:] = sorted(own)
        if ENTRY in files:
            yield Path(folder)


_READY: dict[str, ReadFile] = {}
"""In a process that checks a part of the packs: the bundled files that were read before."""


def _packs(
    options: Options, codes: frozenset[str], packs: list[Path]
) -> tuple[list[Diagnostic], dict[str, str]]:
    """What is found in some packs, by a process of its own."""
    run = _Run(options, codes, shared=_READY)
    for pack in packs:
        run.check(pack)
    return list(run.found), run.texts


def _without_echoes(found: list[Diagnostic]) -> list[Diagnostic]:
    """One mistake, one message: what the more exact finding at the same place says already."""
    better = {code for codes in _ECHOES.values() for code in codes}
    lines: dict[tuple[str, int], list[Diagnostic]] = {}
    for each in found:
        if each.code in better:
            for line in range(each.span.line, each.span.end_line + 1):
                lines.setdefault((each.span.file, line), []).append(each)
    at_line = ((each, lines.get((each.span.file, each.span.line), ())) for each in found)
    return [each for each, others in at_line if not any(_echoes(each, other) for other in others)]


def _echoes(one: Diagnostic, other: Diagnostic) -> bool:
    if other.code not in _ECHOES.get(one.code, ()) or one.severity.rank > other.severity.rank:
        return False
    return other.span.offset <= one.span.offset and one.span.end_offset <= other.span.end_offset


_ECHOES = {"FB04": ("OU02", "FB02", "FB03"), "SE08": ("PI02", "SE06")}
"""Codes, and those that say it all at the same place."""


def _kind(node: YamlNode | None) -> str | None:
    """What a file says it is."""
    if not isinstance(node, MappingNode):
        return None
    return next((entry.key.text for entry in node if entry.key.text in _KINDS), None)


_KINDS = ("mapping", "fragment", "vocabulary", "tests", "migration")
_LOOSE = ("fragment", "vocabulary")
"""Files that are checked alone where no pack reads them."""
