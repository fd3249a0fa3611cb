"""The files that are open in the editor, the packs they belong to, and what is known of those."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from pathlib import Path

from mapping_engine.checks import Checked, Options, check_all, in_project
from mapping_engine.checks.users import packs_around
from mapping_engine.core.load import Examined
from mapping_engine.diagnostics import Diagnostic
from mapping_engine.engine.loading import INSTALLED, RULES, read_pack, rules_above
from mapping_engine.engine.project import project
from mapping_engine.errors import RuleError
from mapping_engine.file.rule_files import ENTRY
from mapping_engine.frozen import Frozen
from mapping_engine.lsp.cursor import kind_of
from mapping_engine.source.bundled import bundled_folder
from mapping_engine.source.folder import MAX_DEPTH, Overlay

MAPPING = "mapping"


class Opened(Frozen):
    """One file of the editor, and the pack (or the file alone) that is checked for it."""

    uri: str
    version: int | None
    text: str = field(repr=False)
    unit: Path | None


class Findings(Frozen):
    """What is wrong with one file, and its text at that time; None where it could not be read."""

    text: str | None = field(repr=False)
    diagnostics: tuple[Diagnostic, ...]


class Workspace:
    """Every open file by its absolute path."""

    def __init__(self) -> None:
        self.opened: dict[Path, Opened] = {}
        self._readings: dict[Path, tuple[Overlay, Examined | None]] = {}
        """The texts of the last reading of each pack, and the last one that gave a model."""

    def put(self, path: Path, uri: str, version: int | None, text: str) -> Opened:
        """Note the text of an open file."""
        self.opened[path] = Opened(uri, version, text, unit_of(path, text))
        return self.opened[path]

    @property
    def overlay(self) -> Overlay:
        """The texts of the open files."""
        opened = list(self.opened.items())  # at once: a thread may ask while another file is opened
        return {path: each.text for path, each in opened}

    def units(self) -> set[Path]:
        """The packs and files that are checked at the moment."""
        return {opened.unit for opened in self.opened.values() if opened.unit is not None}

    def members(self, unit: Path) -> set[Path]:
        """The open files for which ``unit`` is checked."""
        return {path for path, opened in self.opened.items() if opened.unit == unit}

    def is_pack(self, unit: Path) -> bool:
        """Whether it is a pack, and not a file that stands alone."""
        return unit.is_dir() or kind_of(self.text(unit) or "") == MAPPING

    def text(self, path: Path) -> str | None:
        """The text of a file: in the editor, or else on disk."""
        opened = self.opened.get(path)
        if opened is not None:
            return opened.text
        try:
            return path.read_bytes().decode("utf-8-sig", "replace")
        except OSError:
            return None

    def examined(self, path: Path, *, fresh: bool) -> Examined | None:
        """All that is known of the pack of a file, as it was when it could last be read.

        With ``fresh``, it is read again when a text has changed since.
        """
        opened = self.opened.get(path)
        if opened is None or opened.unit is None:
            return None
        if opened.unit == path and kind_of(opened.text) != MAPPING:
            user = self.user_of(path, fresh=fresh)
            return self._read(user, fresh=fresh) if user else None
        return self._read(opened.unit, fresh=fresh)

    def remember(self, unit: Path, overlay: Overlay, examined: Examined | None) -> None:
        """Note what is known of a pack, so that questions about it can be answered at once.

        Where it cannot be read any more, what was known before goes on to count.
        """
        if examined is None:
            known = self._readings.get(unit)
            examined = known[1] if known else _examined(unit, {})
        self._readings[unit] = overlay, examined

    def forget(self, unit: Path) -> None:
        """Drop what is known of a pack that has no open file any more."""
        self._readings.pop(unit, None)

    def _read(self, unit: Path, *, fresh: bool) -> Examined | None:
        known = self._readings.get(unit)
        overlay = self.overlay
        if known is None or (fresh and known[0] != overlay):
            self.remember(unit, overlay, _examined(unit, overlay))
        return self._readings[unit][1]

    def user_of(self, path: Path, *, fresh: bool) -> Path | None:
        """A pack that uses a file which is part of none: an open one, or one beside it."""
        packs = [unit for unit in list(self._readings) if unit != path]
        for unit in (*packs, *packs_around(path, self.overlay)):
            found = self._read(unit, fresh=fresh)
            if found is not None and path in _files_of(found):
                return unit
        return None


def unit_of(path: Path, text: str) -> Path | None:
    """The folder of the pack that a file belongs to; itself, if it stands alone; or None."""
    kind = kind_of(text)
    if path.name == ENTRY:
        return path.parent
    if kind == MAPPING:
        return path
    for folder in list(path.parents)[:MAX_DEPTH]:
        if (folder / ENTRY).is_file():
            return folder
    return path if kind or rules_above(path) else None


def check_unit(
    unit: Path, members: Iterable[Path], overlay: Overlay, *, beside: bool = True
) -> tuple[dict[Path, Findings], Examined | None]:
    """What is wrong with a pack or a file, by file, and what is known of the pack.

    Every file that was read is in the answer. ``members`` are checked alone where nothing of the
    pack reads them. What stands ``beside`` the rules of a pack takes as long as they do.
    """
    checked = _checked(unit, overlay, beside=beside)
    found = _findings(checked, overlay)
    for path in members if beside else ():
        if path not in found and path.suffix != ".json" and kind_of(overlay.get(path, "")):
            found.update(_findings(_checked(path, overlay), overlay))
    return found, checked.examined


def _checked(path: Path, overlay: Overlay, *, beside: bool = True) -> Checked:
    try:
        return check_all([path], in_project(Options(overlay=overlay, beside=beside), project()))
    except RuleError:
        return Checked()


def _findings(checked: Checked, overlay: Overlay) -> dict[Path, Findings]:
    by_file: dict[Path, list[Diagnostic]] = {}
    for diagnostic in checked.diagnostics:
        by_file.setdefault(_file(diagnostic.span.file), []).append(diagnostic)
    texts = {_file(name): text for name, text in checked.texts.items()}
    return {
        path: Findings(texts.get(path, overlay.get(path)), tuple(by_file.get(path, ())))
        for path in {*texts, *by_file}
    }


def _file(shown: str) -> Path:
    """The file of a finding; what is said of a whole folder stands in its rule file."""
    path = place_of(shown)
    return path / ENTRY if path.is_dir() else path


def place_of(shown: str) -> Path:
    """The file that diagnostics show under this name."""
    path = Path(shown)
    root = bundled_path()
    for lead in (INSTALLED, RULES):
        if root is not None and path.is_relative_to(lead):
            return root.joinpath(path.relative_to(lead)).resolve()
    return path.resolve()


def bundled_path() -> Path | None:
    """The folder of the bundled rules, when it is one."""
    folder = bundled_folder("rules")
    return folder.resolve() if isinstance(folder, Path) else None


def used_file(name: str, path: Path, kind: str) -> Path | None:
    """The file of the fragment or vocabulary that ``path`` names."""
    if name.startswith("./"):
        return path.parent / name[2:]
    roots = [root for root in (rules_above(path), bundled_path()) if root is not None]
    files = [root / kind / f"{name}.yaml" for root in roots]
    return next((file for file in files if file.is_file()), files[-1] if files else None)


def _examined(unit: Path, overlay: Overlay) -> Examined | None:
    try:
        return read_pack(unit, overlay).examined
    except RuleError:
        return None


def _files_of(examined: Examined) -> set[Path]:
    return {place_of(loaded.file) for loaded in examined.documents}
