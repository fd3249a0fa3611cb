"""Which files a path means, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

from mapping_engine.diagnostics import Diagnostic, Diagnostics
from mapping_engine.engine.loading import ENTRY, find_pack, read_pack
from mapping_engine.errors import ErrorCode, RuleError
from mapping_engine.model.blocks import read_block
from mapping_engine.model.documents import FragmentFile
from mapping_engine.model.vocabulary_file import VocabularyFile, build_vocabulary
from mapping_engine.source.folder import Folder
from mapping_engine.source.node import Mapping
from mapping_engine.source.yaml_text import decode, read_yaml
from mapping_engine.testing.cases import FOLDER, read_cases


@dataclass
class Checked:
    """What was found, and the texts for snippets."""

    diagnostics: list[Diagnostic] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    files: int = 0

    def add(self, diagnostics: Iterable[Diagnostic], texts: dict[str, str]) -> None:
        """Take over what one file gave; the same finding of two packs counts once."""
        self.diagnostics += [d for d in diagnostics if d not in self.diagnostics]
        self.texts.update(texts)
        self.files += 1


def check(path: str | PathLike[str]) -> list[Diagnostic]:
    """Everything that is wrong at ``path``: a rule file, a pack, a folder of packs, or a name."""
    return check_all([path]).diagnostics


def check_all(paths: Iterable[str | PathLike[str]]) -> Checked:
    """Check several paths; raises RuleError when one of them is no rule file, pack or folder."""
    checked = Checked()
    for path in paths:
        _check(path, checked)
    checked.diagnostics.sort(key=lambda d: (d.span, d.code, d.message))
    return checked


def _check(path: str | PathLike[str], checked: Checked) -> None:
    place = Path(path)
    if place.is_file() and place.name != ENTRY:
        _check_file(place, checked)
    elif place.is_dir() and not (place / ENTRY).is_file():
        packs = sorted(file.parent for file in place.rglob(ENTRY))
        if not packs:
            raise RuleError(
                ErrorCode.RULES_INVALID,
                f"there is no `{ENTRY}` in or below `{path}`",
                help="name a rule file, a pack folder, or a folder that holds packs",
            )
        for pack in packs:
            _check_pack(pack, checked)
    else:
        _check_pack(path, checked)


def _check_pack(pack: str | PathLike[str], checked: Checked) -> None:
    read = read_pack(pack)
    checked.add(read.diagnostics, read.texts)
    folder, _, _ = find_pack(pack)
    for name in folder.names(FOLDER, ".yaml"):
        _read(folder, name, checked)


def _check_file(path: Path, checked: Checked) -> None:
    folder = Folder(path.parent, "" if str(path.parent) == "." else str(path.parent))
    _read(folder, path.name, checked)


def _read(folder: Folder, name: str, checked: Checked) -> None:
    """Check one file by what its first key says it is."""
    diagnostics = Diagnostics()
    data = folder.read(name, None, diagnostics)
    source = decode(folder.shown(name), data, diagnostics) if data is not None else None
    node = read_yaml(source, diagnostics) if source else None
    texts = {source.file: source.text} if source else {}
    if isinstance(node, Mapping):
        kind = next((e.key.text for e in node if e.key.text in _KINDS), "mapping")
        if kind == "mapping":
            read = read_pack(Path(str(folder.root)) / name)
            checked.add(read.diagnostics, read.texts)
            return
        if kind == "tests":
            diagnostics = Diagnostics()
            read_cases(folder, name, diagnostics)
        else:
            _READERS[kind](node, diagnostics)
    elif node is not None:
        diagnostics.report("SH03", "expected a mapping of keys and values", node.span)
    checked.add(diagnostics.sorted(), texts)


def _fragment(node: Mapping, diagnostics: Diagnostics) -> object:
    return read_block(FragmentFile, node, diagnostics)


def _vocabulary(node: Mapping, diagnostics: Diagnostics) -> object:
    file = read_block(VocabularyFile, node, diagnostics)
    return build_vocabulary("", file, diagnostics) if file else None


_READERS: dict[str, Callable[[Mapping, Diagnostics], object]] = {
    "fragment": _fragment,
    "vocabulary": _vocabulary,
}
_KINDS = ("mapping", "fragment", "vocabulary", "tests")
