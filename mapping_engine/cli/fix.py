"""Fixes of `rules-check`, written to files or shown as a diff."""

from __future__ import annotations

from codecs import BOM_UTF8
from dataclasses import replace
from pathlib import Path

from mapping_engine.checks import Checked, Options, check_all
from mapping_engine.checks.fixing import apply_fixes
from mapping_engine.diagnostics import Diagnostics
from mapping_engine.source.yaml_text import decode

ROUNDS = 200
"""Each round fixes what the one before it brought to light."""


def fixed_texts(
    paths: list[str], options: Options, *, unsafe: bool
) -> tuple[dict[str, tuple[str, str]], int]:
    """Old and new text of each file that fixes change, and how many fixes there were."""
    overlay: dict[Path, str] = dict(options.overlay)
    changed: dict[str, tuple[str, str]] = {}
    count = 0
    for _ in range(ROUNDS):
        checked = check_all(paths, replace(options, overlay=overlay))
        fixed = apply_fixes(checked.diagnostics, checked.texts, unsafe=unsafe)
        texts = {
            file: text
            for file, text in fixed.texts.items()
            if text != checked.texts[file] and (file in changed or _is_own(file, checked, options))
        }
        if not texts:
            break
        count += fixed.applied
        for file, text in texts.items():
            old = changed[file][0] if file in changed else checked.texts[file]
            changed[file] = (old, text)
            overlay[Path(file).resolve()] = text
    return changed, count


def _is_own(file: str, checked: Checked, options: Options) -> bool:
    """Whether a shown name is that of the file that was read, and not of a bundled one."""
    place = Path(file)
    if place.resolve() in options.overlay:
        return True
    if not place.is_file():
        return False
    source = decode(file, place.read_bytes(), Diagnostics())
    return source is not None and source.text == checked.texts[file]


def changes(paths: list[str], options: Options, *, unsafe: bool) -> tuple[str, int]:
    """What fixes would change, as a unified diff, and how many there are."""
    from difflib import unified_diff  # few runs show a diff

    changed, count = fixed_texts(paths, options, unsafe=unsafe)
    shown = ""
    for file, (old, new) in sorted(changed.items()):
        before, after = (text.splitlines(keepends=True) for text in (old, new))
        lines = unified_diff(before, after, file, file)
        shown += "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
    return shown, count


def write_fixes(paths: list[str], options: Options, *, unsafe: bool) -> str:
    """Write fixed files, and say what was done."""
    changed, count = fixed_texts(paths, options, unsafe=unsafe)
    for file, (_, new) in changed.items():
        place = Path(file)
        mark = BOM_UTF8 if place.read_bytes().startswith(BOM_UTF8) else b""
        place.write_bytes(mark + new.encode("utf-8"))
    files = len(changed)
    return f"fixed {count} finding{'s' * (count != 1)} in {files} file{'s' * (files != 1)}"
