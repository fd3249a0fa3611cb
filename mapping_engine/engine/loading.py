"""From a name or a path to a compiled mapping."""

from __future__ import annotations

import os
import re
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from mapping_engine.core.load import Examined, read_mapping
from mapping_engine.core.model import Model
from mapping_engine.diagnostics import Diagnostic, Severity, Span, did_you_mean, listed
from mapping_engine.engine.project import project
from mapping_engine.errors import ErrorCode, RuleError
from mapping_engine.file.rule_files import (
    ENTRY,
    FRAGMENTS,
    VOCABULARIES,
    Location,
    ReadFile,
    Reading,
    Shared,
    read_vocabulary,
)
from mapping_engine.frozen import Frozen
from mapping_engine.source.bundled import bundled_folder
from mapping_engine.source.folder import NO_OVERLAY, Folder, Overlay
from mapping_engine.source.node import ScalarNode, Source, Style
from mapping_engine.vocabulary import Vocabulary

if TYPE_CHECKING:
    from mapping_engine.engine.mapping import Mapping

RULES = "rules"
_NAME = re.compile(r"[\w-]+")
INSTALLED = "mapping_engine/bundled/rules"
"""How the bundled rules are shown where another folder `rules` stands."""


class PackReading(Frozen):
    """What reading a pack gave: a model unless there are errors, diagnostics, and the texts."""

    model: Model | None
    diagnostics: tuple[Diagnostic, ...]
    texts: dict[str, str]
    examined: Examined | None = None


def load(pack: str | PathLike[str]) -> Mapping:
    """The mapping of a bundled pack (by name), a pack folder, or a rule file (by path).

    Raises RuleError that carries a diagnostic for every mistake found.
    """
    from mapping_engine.engine.mapping import Mapping  # checks read packs, and run none

    return Mapping(load_model(pack))


def load_model(pack: str | PathLike[str]) -> Model:
    """The model of a pack. Raises RuleError like `load`."""
    read = read_pack(pack)
    if read.model is None:
        raise refused(str(pack), read.diagnostics)
    return read.model


def load_examined(pack: str | PathLike[str]) -> Examined:
    """A pack with all that was found out about it. Raises RuleError like `load`."""
    read = read_pack(pack)
    if read.model is None or read.examined is None:
        raise refused(str(pack), read.diagnostics)
    return read.examined


def read_pack(
    pack: str | PathLike[str],
    overlay: Overlay = NO_OVERLAY,
    shared: dict[str, ReadFile] | None = None,
) -> PackReading:
    """Read a pack and report everything the loader knows, without raising for its mistakes.

    ``overlay`` holds unsaved texts by absolute path, ``shared`` the bundled files read before.
    Raises RuleError only when there is no such pack.
    """
    folder, name, entry = find_pack(pack, overlay)
    reading = reading_of(folder, shared)
    found = read_mapping(name, entry, reading)
    return PackReading(found.model, reading.diagnostics.sorted(), reading.texts, found.examined)


def load_vocabulary(name: str) -> Vocabulary:
    """The vocabulary of this name: of the folder `rules` here, or a bundled one.

    Raises RuleError with what is wrong.
    """
    here = Folder(Path(RULES), RULES)
    reading = reading_of(Folder(Path(RULES, "a pack"), RULES))
    place = ScalarNode(Span(RULES, 1, 1, 1, 1), name, name, Style.PLAIN, Source(RULES, ""))
    found = read_vocabulary(place, Location(here, ""), reading)
    if found is None:
        problems = reading.diagnostics.sorted()
        for each in problems:
            if each.span.file == RULES:  # it is about the name, which no file holds
                raise RuleError(ErrorCode.RULES_INVALID, each.message, help=each.help)
        raise refused(name, problems)
    return found


def bundled_rules(overlay: Overlay = NO_OVERLAY) -> Folder:
    """The folder of the rules that come with the package.

    It is shown as `rules`, unless that would be taken for another folder of this name.
    """
    root, here = bundled_folder("rules"), Path(RULES)
    is_other = here.is_dir() and not (isinstance(root, Path) and here.samefile(root))
    return Folder(root, INSTALLED if is_other else RULES, overlay)


def rules_above(place: Path) -> Path | None:
    """The nearest folder `rules` that a file or folder lies in, if its packs share something."""
    for above in place.resolve().parents:
        if above.name == RULES and any(
            (above / kind).is_dir() for kind in (FRAGMENTS, VOCABULARIES)
        ):
            return above
    return None


def reading_of(pack: Folder, shared: dict[str, ReadFile] | None = None) -> Reading:
    """The reading of a pack.

    What it shares lies in the `rules` folder around it, or is bundled; what it may extend lies
    beside it, or is bundled.
    """
    bundled = bundled_rules(pack.overlay)
    known = {} if shared is None else shared
    if not isinstance(pack.root, Path) or pack.display.startswith(f"{bundled.display}/"):
        return Reading(pack, (Shared(bundled),), (bundled,), shared=known)

    def folder(place: Path) -> Folder:
        named = as_named(place, Path(pack.display))
        return Folder(named, _shown(named), pack.overlay)

    own, ours = rules_above(pack.root), project()
    rules = [Shared(folder(own))] if own is not None else []
    packs = [folder(pack.root.resolve().parent)]
    if ours is not None and pack.root.resolve().is_relative_to(ours.root):
        rules = [Shared(folder(ours.root), ours.kinds)]
        packs.append(folder(ours.packs))
    return Reading(pack, (*rules, Shared(bundled)), (*packs, bundled), shared=known)


def as_named(place: Path, named: Path) -> Path:
    """The path of a file or folder, absolute only if ``named`` is."""
    return place if named.is_absolute() else Path(os.path.relpath(place))


def bundled_packs() -> tuple[str, ...]:
    """The names of the packs that come with the package."""
    rules = bundled_folder("rules")
    return tuple(sorted(f.name for f in rules.iterdir() if f.joinpath(ENTRY).is_file()))


def find_pack(pack: str | PathLike[str], overlay: Overlay = NO_OVERLAY) -> tuple[Folder, str, str]:
    """The folder of a pack, its name, and its rule file inside the folder."""
    path, text, bundled = Path(pack), str(pack), bundled_packs()
    try:
        if not str(pack):
            raise ValueError
        if path.is_dir() and (text not in bundled or (path / ENTRY).is_file()):
            return Folder(path, _shown(path), overlay), path.resolve().name, ENTRY
        if path.is_file() or path.resolve() in overlay:
            parent = path.parent
            name = parent.resolve().name if path.name == ENTRY else path.stem
            return Folder(parent, _shown(parent), overlay), name, path.name
    except (OSError, ValueError):
        pass
    ours = project() if _NAME.fullmatch(text) else None
    if ours is not None and (ours.packs / text / ENTRY).is_file():
        place = as_named(ours.packs / text, Path(text))
        return Folder(place, _shown(place), overlay), text, ENTRY
    if text in bundled:
        rules = bundled_rules(overlay)
        return Folder(rules.root.joinpath(text), rules.shown(text), overlay), text, ENTRY
    raise RuleError(
        ErrorCode.RULES_INVALID,
        f"there is no pack `{text}`: no bundled pack, folder or file of that name",
        help=did_you_mean(text, bundled) or f"bundled packs: {listed(bundled)}",
    )


def _shown(folder: Path) -> str:
    return "" if str(folder) == "." else str(folder)


def refused(pack: str, diagnostics: tuple[Diagnostic, ...]) -> RuleError:
    """The error that carries the mistakes in the rules of a pack."""
    errors = [each for each in diagnostics if each.severity is Severity.ERROR]
    count = len(errors)
    first = errors[0] if errors else None
    more = f" (and {count - 1} more)" if count > 1 else ""
    return RuleError(
        ErrorCode.RULES_INVALID,
        f"the rules of `{pack}` cannot be used: {first.message if first else 'unknown'}{more}",
        diagnostics=diagnostics,
        span=first.span if first else None,
        help=first.help if first else None,
    )
