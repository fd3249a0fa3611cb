"""Another name for a definition or a pipeline, in all packs and fragments of the workspace."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from mapping_engine.checks.users import kind_of_text
from mapping_engine.core.load import Examined
from mapping_engine.core.model import BUILTINS, PIPED
from mapping_engine.diagnostics import Span
from mapping_engine.engine.loading import read_pack
from mapping_engine.lsp.cursor import place_at
from mapping_engine.lsp.places import declared_in, readings, rule_texts, used_in, word_at
from mapping_engine.lsp.tokens import is_expression
from mapping_engine.lsp.workspace import bundled_path, place_of
from mapping_engine.source.folder import Overlay
from mapping_engine.transforms import REGISTRY

_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)


class RefusedRename(Exception):
    """Why a name stays as it is."""


def renamed(
    word: str, name: str, packs: Sequence[Path], folders: Sequence[Path], overlay: Overlay
) -> dict[Path, list[tuple[int, int]]]:
    """The code points, file by file, in whose place ``name`` is to be written.

    ``word`` is `$email` or a pipeline. Raises RefusedRename, also where a pack would not load.
    """
    read = dict(readings(packs, overlay))
    users = {
        pack: each for pack, each in read.items() if declared_in(each, word) or used_in(each, word)
    }
    if "." in word or not any(declared_in(each, word) for each in users.values()):
        raise RefusedRename(f"`{word}` is neither a definition nor a pipeline")
    if unread := [pack.name for pack in packs if pack not in read]:
        raise RefusedRename(f"correct the mistakes of {', '.join(unread)} first")
    _refuse_name(word, name, users)
    texts = _texts(users.values())
    places: dict[Path, set[tuple[int, int]]] = {}
    for each in users.values():
        for file, start in _places(each, word, texts):
            places.setdefault(file, set()).add((start, start + len(word.removeprefix("$"))))
    _refuse_files(word, places.keys(), folders, overlay)
    _refuse_odd_writing(word, places, texts)
    found = {file: sorted(spans) for file, spans in places.items()}
    _refuse_result(word, name, users, texts, {**overlay, **_written(found, texts, name)})
    return found


def _written(
    places: dict[Path, list[tuple[int, int]]], texts: dict[Path, str], name: str
) -> dict[Path, str]:
    """The texts of the files with the new name."""
    found = {}
    for file, spans in places.items():
        text = texts[file]
        for start, end in reversed(spans):
            text = f"{text[:start]}{name}{text[end:]}"
        found[file] = text
    return found


def _texts(users: Iterable[Examined]) -> dict[Path, str]:
    return {place_of(file): text for each in users for file, text in each.model.texts.items()}


def _places(examined: Examined, word: str, texts: dict[Path, str]) -> Iterator[tuple[Path, int]]:
    """Where the name stands, without its `$`."""
    for file, span in declared_in(examined, word):
        yield file, span.offset + (texts[file][span.offset] in "'\"")
    for file, span in _used(examined, word, texts):
        yield file, span.offset + word.startswith("$")


def _used(examined: Examined, word: str, texts: dict[Path, str]) -> list[tuple[Path, Span]]:
    """Where it is used, but not where an item or parameter of this name is."""
    found = []
    for file, span in used_in(examined, word):
        place = place_at(texts[file], span.offset)
        is_text = place is not None and not is_expression(place.shape)  # which `amend` names
        if place is None or is_text or word_at(place, span.offset) == word:
            found.append((file, span))
    return found


def _pattern(word: str) -> re.Pattern[str]:
    name = re.escape(word.removeprefix("$"))
    if word.startswith("$"):
        return re.compile(rf"(?<=\$){name}\b")
    return re.compile(rf"(?<=\|>){name}\b|(?<=\|> ){name}\b|(?<![\w.$]){name}(?=\()")


def _refuse_name(word: str, name: str, users: Mapping[Path, Examined]) -> None:
    new = f"${name}" if word.startswith("$") else name
    taken = {*BUILTINS, PIPED} if word.startswith("$") else set(REGISTRY)
    if not _NAME.fullmatch(name):
        raise RefusedRename(f"`{name}` is no name: letters, digits and `_`, no digit first")
    if name in taken:
        raise RefusedRename(f"`{name}` is a name of the language")
    for pack, each in users.items():
        if declared_in(each, new) or used_in(each, new):
            raise RefusedRename(f"`{name}` exists already in {pack.name}")


def _refuse_files(
    word: str, files: Iterable[Path], folders: Sequence[Path], overlay: Overlay
) -> None:
    bundled = bundled_path()
    for file in files:
        if bundled is not None and file.is_relative_to(bundled):
            raise RefusedRename(f"`{word}` stands in a bundled file, {file.name}")
        if not any(file.is_relative_to(folder) for folder in folders):
            raise RefusedRename(f"`{word}` stands outside of the workspace, in {file}")
    for file, text in rule_texts(folders, overlay):
        if kind_of_text(text) == "migration" and _pattern(word).search(text):
            raise RefusedRename(f"`{word}` may be used by the migration {file.name}")


def _refuse_odd_writing(
    word: str, places: Mapping[Path, set[tuple[int, int]]], texts: dict[Path, str]
) -> None:
    """Refuse a name with escapes in it, of which the places are not known to the letter."""
    for file, spans in places.items():
        if any(texts[file][start:end] != word.removeprefix("$") for start, end in spans):
            raise RefusedRename(f"`{word}` is written in another way in {file.name}")


def _refuse_result(
    word: str,
    name: str,
    users: Mapping[Path, Examined],
    texts: dict[Path, str],
    overlay: Overlay,
) -> None:
    """Refuse what would not load, or would not be used at each place where it is used now."""
    new = f"${name}" if word.startswith("$") else name
    for pack, before in users.items():
        read = read_pack(pack, overlay)
        is_same = read.examined is not None and len(used_in(read.examined, new)) == len(
            _used(before, word, texts)
        )
        if read.model is None or not is_same:
            raise RefusedRename(f"with `{name}`, {pack.name} would not load or mean something else")
