"""Which files a path means, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from os import PathLike
from pathlib import Path, PurePath

from mapping_engine.checks.catalogue import CATALOGUE, Options
from mapping_engine.checks.families import FAMILIES
from mapping_engine.checks.fixing import with_plain_fixes
from mapping_engine.checks.misspelt import gathered
from mapping_engine.checks.named_in_tests import stale
from mapping_engine.checks.rule_tests import untested
from mapping_engine.checks.subject import Subject
from mapping_engine.checks.suppressions import SU01, suppress
from mapping_engine.checks.users import (
    FOREIGN,
    KINDS,
    UNTESTED,
    YAML,
    Use,
    agreed,
    kind_of_text,
    packs_around,
    packs_below,
    reached,
    use,
)
from mapping_engine.core.load import Examined
from mapping_engine.core.migration_model import PackSettings
from mapping_engine.diagnostics import (
    LOADER_CHECKS,
    Diagnostic,
    Diagnostics,
    Severity,
    Span,
    nearest,
)
from mapping_engine.engine.loading import (
    PackReading,
    bundled_packs,
    find_pack,
    read_pack,
    reading_of,
)
from mapping_engine.engine.migration import read_migration
from mapping_engine.errors import ErrorCode, RuleError
from mapping_engine.file.blocks import read_block
from mapping_engine.file.documents import FragmentFile
from mapping_engine.file.migration_file import FOLDER as MIGRATIONS
from mapping_engine.file.rule_files import ENTRY, ReadFile, check_vocabulary
from mapping_engine.file.schema_file import read_schema
from mapping_engine.frozen import Frozen
from mapping_engine.source.folder import Folder
from mapping_engine.source.node import MappingNode, ScalarNode, Source, YamlNode
from mapping_engine.source.yaml_text import decode, read_yaml
from mapping_engine.testing.cases import FOLDER, Case, cases_of, inherited_cases

MANY = 24
"""From so many packs on, it pays to start processes."""
PARTS = 4
"""Parts of the work for each process, so that none waits long for the others."""


class Checked(Frozen):
    """What was found, sorted by file and place, and the texts of all files that were read."""

    diagnostics: tuple[Diagnostic, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    """The files that are no rules, nor used by any."""
    examined: Examined | None = None
    """What is known of the pack that was checked last."""


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
    """One run over several paths; the same finding in two packs counts once.

    ``uses`` are the packs and migrations that were checked, by the real paths of their files, and
    ``asked`` the folders and files that were named.
    """

    options: Options
    codes: frozenset[str]
    found: dict[Diagnostic, None] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    shared: dict[str, ReadFile] = field(default_factory=dict)
    uses: dict[Path, Use] = field(default_factory=dict)
    examined: Examined | None = None
    skipped: dict[str, None] = field(default_factory=dict)
    asked: list[PurePath] = field(default_factory=list)

    def check(self, path: str | PathLike[str]) -> None:
        place = Path(path)
        unsaved = place.resolve() in self.options.overlay
        if (place.is_file() or unsaved) and place.name != ENTRY:
            self.asked.append(place)
            self._file(place)
        elif place.is_dir() and not (place / ENTRY).is_file() and str(path) not in bundled_packs():
            self.asked.append(place)
            self._folder(place)
        else:
            self.asked.append(PurePath(find_pack(path, self.options.overlay)[0].display))
            self._pack(path)

    def result(self) -> Checked:
        kept = self._kept(self.found)
        kept = [each for each in kept if not self._is_reached(each)]
        doubtful = {d.fix.span.file for d in kept if d.fix} if self.options.fixes else set()
        doubtful |= {d.span.file for d in kept if d.check is SU01}
        others = self._others(doubtful if self.options.beside else ())
        if others.found:
            every = self._kept({**self.found, **others.found})
            kept = [d for d in every if d in self.found or d.code.startswith("SU")]
        plain = sorted(_without_echoes(kept), key=lambda d: (d.span, d.code, d.message))
        plain = list({_said(d): d for d in reversed(plain)}.values())[::-1]
        plain = sorted(gathered(plain, self.texts), key=lambda d: (d.span, d.code, d.message))
        if self.options.fixes:
            uses = tuple(others.uses.values())
            plain = [d if agreed(d, uses) else replace(d, fix=None) for d in plain]
            plain = with_plain_fixes(plain, self.texts)
        plain = list(map(self.options.levelled, plain))
        return Checked(tuple(plain), self.texts, tuple(self.skipped), self.examined)

    def _is_reached(self, found: Diagnostic) -> bool:
        """Whether tests of another pack reach a rule, or could: who shares it has to test it."""
        if found.code != UNTESTED:
            return False
        is_asked = any(PurePath(found.span.file).is_relative_to(each) for each in self.asked)
        return not is_asked or reached(found, self.uses.values())

    def _kept(self, found: Iterable[Diagnostic]) -> list[Diagnostic]:
        shown = [each for each in found if each.code in self.codes]
        kept = suppress(shown, self.texts, self.options.today, self.codes, CATALOGUE)
        uses = self.uses.values()
        inherited = {f for u in uses for f in u.inherited}.difference(
            *(u.files - u.inherited for u in uses)
        )
        kept = [d for d in kept if not (d.code.startswith("SU") and d.span.file in inherited)]
        return [each for each in kept if each.code in self.codes]

    def _others(self, files: Iterable[str]) -> _Run:
        """What the packs say of some files that use them, too, and were not to be checked."""
        others = _Run(self.options, self.codes, shared=self.shared, uses=dict(self.uses))
        for file in files:
            for pack in packs_around(Path(file), self.options.overlay):
                others._pack(pack, Path(file))
        return others

    def _file(self, place: Path) -> None:
        """Check a file with each pack that uses it, or alone where none does."""
        around = packs_around(place, self.options.overlay)
        if not [pack for pack in around if self._pack(pack, place)]:
            shown = "" if str(place.parent) == "." else str(place.parent)
            self._alone(Folder(place.parent, shown, self.options.overlay), place.name)

    def _folder(self, place: Path) -> None:
        packs = [each for each in sorted(packs_below(place)) if not self.options.excludes(each)]
        if self.options.workers > 1 and len(packs) >= MANY:
            self._together(packs)
        else:
            for pack in packs:
                self._pack(pack)
        shown = "" if str(place) == "." else str(place)
        folder = Folder(place, shown, self.options.overlay)
        names = (name for name in folder.names("", YAML) if not FOREIGN & set(name.split("/")))
        unread = [name for name in names if folder.shown(name) not in self.texts]
        nodes = ((name, self._node(folder, name, Diagnostics())[0]) for name in unread)
        loose = [name for name, node in nodes if _kind(node) in _LOOSE]
        loose = [name for name in loose if not self.options.excludes(place / name)]
        for name in loose:
            self._file(place / name)
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
            checked = pool.map(partial(_packs, self.options, self.codes), parts)
            for found, texts, uses in checked:
                self._add(found, texts)
                self.uses.update(uses)

    def _pack(self, pack: str | PathLike[str], using: Path | None = None) -> bool:
        """Check a pack, if it uses the file ``using``; whether it does."""
        folder, _, entry = find_pack(pack, self.options.overlay)
        place = Path(str(folder.root), entry).resolve()
        known = self.uses.get(place)
        if known is not None:
            return using is None or _is_among(known.files, using)
        read = read_pack(pack, self.options.overlay, self.shared)
        parts = [*folder.names(FOLDER, YAML), *folder.names(MIGRATIONS, YAML)]
        is_folder = entry == ENTRY and self.options.beside
        own = parts if is_folder else []
        extended = read.examined.extended if read.examined else ()
        files = {folder.shown(entry), *read.texts, *map(folder.shown, own)}
        inherited = {f for f in files for at in extended if f.startswith(at.beneath)}
        if using is not None and not _is_among(files, using):
            return False
        self.examined = read.examined
        with self._noted(place, files, inherited):
            cases = self._tests(folder, entry, read) if is_folder else []
            self._examined(read, cases)
            if is_folder and read.model is not None:
                self._migrations(pack, PackSettings(read.model.name, read.model.settings_schema))
        return True

    @contextmanager
    def _noted(
        self, place: Path, files: Iterable[str], inherited: AbstractSet[str]
    ) -> Iterator[None]:
        """Note what is found from here on as what was found in a pack.

        Of what it inherits, only mistakes are its own: something that others need is not there.
        """
        before, self.found = self.found, {}
        try:
            yield
        finally:
            self.uses[place] = use(files, self.found, inherited)
            errors = Severity.ERROR
            own = [d for d in self.found if d.span.file not in inherited or d.severity is errors]
            self.found = {**before, **dict.fromkeys(own)}

    def _migrations(self, pack: str | PathLike[str], declared: PackSettings | None = None) -> None:
        """The files of a pack that turn other packs' settings into its own."""
        folder, _, _ = find_pack(pack, self.options.overlay)
        for name in folder.names(MIGRATIONS, YAML):
            old = Path(name).stem
            try:
                _, _, found, texts = read_migration(
                    old, str(pack), declared, self.shared, self.options.overlay
                )
            except RuleError as error:
                place = Span(folder.shown(name), 1, 1, 1, 1)
                unread = Diagnostic(LOADER_CHECKS["PR01"], error.message, place, help=error.help)
                found, texts = (unread,), {}
            self.uses[Path(pack).resolve() / name] = use(texts, found)
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

    def _tests(self, folder: Folder, entry: str, read: PackReading) -> list[Case]:
        """The rule tests of a pack; what is wrong with those beside it is found, too."""
        inherited = Diagnostics()
        cases = inherited_cases(folder, entry, inherited) if read.examined else []
        self._add(inherited.sorted(), {})
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

    def _alone(self, folder: Folder, name: str) -> None:
        """Check a file that no pack uses by what its first key says it is."""
        diagnostics = Diagnostics()
        node, texts = self._node(folder, name, diagnostics)
        kind = _kind(node) or _kind_of_text(folder.shown(name), texts)
        if kind is None and texts:
            self.skipped[folder.shown(name)] = None
            return
        if kind == "schema":
            diagnostics = Diagnostics()  # JSON is no YAML to the word
            ((file, text),) = texts.items()
            read_schema(Source(file, text), Span(file, 1, 1, 1, 1), diagnostics)
        elif kind == "migration":
            self._migrations(str(Path(str(folder.root)).parent))
            return
        elif kind == "mapping":
            self._pack(Path(str(folder.root)) / name)
            return
        elif not isinstance(node, MappingNode):
            pass  # what the reader reported
        elif kind == "tests":
            cases_of(node, diagnostics)
        elif kind == "fragment":
            read_block(FragmentFile, node, diagnostics)
        else:
            reading = replace(reading_of(folder), diagnostics=diagnostics, texts=texts)
            check_vocabulary(name, reading)
        self._add(diagnostics.sorted(), texts)

    def _add(self, found: Iterable[Diagnostic], texts: Mapping[str, str]) -> None:
        self.found.update(dict.fromkeys(found))
        self.texts.update(texts)


def _is_among(files: Iterable[str], file: Path) -> bool:
    real = file.resolve()
    return any(Path(each).resolve() == real for each in files if Path(each).name == file.name)


_READY: dict[str, ReadFile] = {}
"""In a process that checks a part of the packs: the bundled files that were read before."""


def _packs(
    options: Options, codes: frozenset[str], packs: list[Path]
) -> tuple[list[Diagnostic], dict[str, str], dict[Path, Use]]:
    """What is found in some packs, by a process of its own."""
    run = _Run(options, codes, shared=_READY)
    for pack in packs:
        run.check(pack)
    return list(run.found), run.texts, run.uses


def _said(found: Diagnostic) -> tuple[object, ...]:
    """What makes a finding the same as another: a path that several vocabularies lack is one."""
    return (found.span, found.code, "" if found.code == "SE08" else found.message)


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
    outer, inner = (one, other) if one.code == "PI10" else (other, one)
    return outer.span.offset <= inner.span.offset and (
        inner.span.end_offset <= outer.span.end_offset
    )


_ECHOES = {
    "FB04": ("OU02", "FB02", "FB03"),
    "PI10": ("SE08",),
    "SE08": ("PI02", "SE06"),
    "TX08": ("TX05", "OU02"),
    "TX05": ("OU02",),
}
"""Codes, and those that say it all at the same place."""


def _kind(node: YamlNode | None) -> str | None:
    """What a file says it is, also where the word is misspelt."""
    if not isinstance(node, MappingNode) or not node.entries:
        return None
    for entry in node.entries:
        if entry.key.text in KINDS and isinstance(entry.value, ScalarNode):
            return entry.key.text
    first = node.entries[0]
    is_version = isinstance(first.value, ScalarNode) and first.value.text == "1"
    return nearest(first.key.text, KINDS) if is_version else None


def _kind_of_text(file: str, texts: Mapping[str, str]) -> str | None:
    """The same of a JSON Schema, and of YAML that does not parse."""
    text = texts.get(file, "")
    if file.endswith(".json"):
        is_schema = file.endswith(".schema.json") or "json-schema.org/" in text
        return "schema" if is_schema else None
    return kind_of_text(text)


_LOOSE = ("fragment", "vocabulary")
"""Files that are checked alone where no pack reads them."""
