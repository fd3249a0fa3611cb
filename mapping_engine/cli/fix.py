"""Fixes of `rules-check`, written to files or shown as a diff."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from mapping_engine.checks import Checked, Options, check_all
from mapping_engine.checks.fixing import Fixed, apply_fixes
from mapping_engine.checks.users import packs_around
from mapping_engine.cli.replacing import replace_text, shown_change
from mapping_engine.diagnostics import Diagnostic, Diagnostics
from mapping_engine.engine.loading import read_pack
from mapping_engine.source.folder import Overlay
from mapping_engine.source.yaml_text import decode

ROUNDS = 200
"""Each round fixes what the one before it brought to light."""


def fixed_texts(
    paths: list[str], options: Options, *, unsafe: bool
) -> tuple[dict[str, tuple[str, str]], int]:
    """Old and new text of each file that fixes change, and how many fixes there were."""
    overlay: dict[Path, str] = dict(options.overlay)
    changed: dict[str, tuple[str, str]] = {}
    refused: set[tuple[str, str, str]] = set()
    count = 0
    own: dict[str, bool] = {}
    for _ in range(ROUNDS):
        checked = check_all(paths, replace(options, overlay=overlay))
        found = [each for each in checked.diagnostics if each.fix and _key(each) not in refused]
        for file in {each.fix.span.file for each in found if each.fix} - own.keys():
            own[file] = _is_own(file, checked, options)
        found = [each for each in found if each.fix and own[each.fix.span.file]]
        fixed = apply_fixes(found, checked.texts, unsafe=unsafe)
        if all(text == checked.texts[file] for file, text in fixed.texts.items()):
            break
        if _breaks(fixed, overlay):
            singly = ((each, apply_fixes([each], checked.texts, unsafe=unsafe)) for each in found)
            bad = [each for each, one in singly if one.texts and _breaks(one, overlay)]
            refused |= {_key(each) for each in bad or found}
            continue
        refused.clear()  # what broke something may not, now that something else is gone
        count += fixed.applied
        for file, text in fixed.texts.items():
            old = changed[file][0] if file in changed else checked.texts[file]
            changed[file] = (old, text)
            overlay[Path(file).resolve()] = text
    return changed, count


def _key(found: Diagnostic) -> tuple[str, str, str]:
    return found.code, found.span.file, found.message


def _breaks(fixed: Fixed, overlay: Overlay) -> bool:
    """Whether a pack that can be read now could not be read with the fixes.

    Where less is left of a rule, more is known of its values, and what was possible is certain.
    """
    after = {**overlay, **{Path(file).resolve(): text for file, text in fixed.texts.items()}}
    packs = {pack for file in fixed.texts for pack in packs_around(Path(file), overlay)}
    return any(_reads(pack, overlay) and not _reads(pack, after) for pack in packs)


def _reads(pack: Path, overlay: Overlay) -> bool:
    return read_pack(pack, overlay).model is not None


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
    changed, count = fixed_texts(paths, options, unsafe=unsafe)
    return "".join(shown_change(file, *texts) for file, texts in sorted(changed.items())), count


def write_fixes(paths: list[str], options: Options, *, unsafe: bool) -> str:
    """Write fixed files, and say what was done."""
    changed, count = fixed_texts(paths, options, unsafe=unsafe)
    for file, (_, new) in changed.items():
        replace_text(Path(file), new)
    files = len(changed)
    return f"fixed {count} finding{'s' * (count != 1)} in {files} file{'s' * (files != 1)}"
