"""Settings of one pack as settings of another, by the rules of a migration file."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import field, replace
from pathlib import Path
from typing import Any

from mapping_engine.core.load import read_migration as read_rules
from mapping_engine.core.load import read_settings
from mapping_engine.core.mapped import mapped_paths
from mapping_engine.core.migration_model import PackSettings
from mapping_engine.core.model import Model
from mapping_engine.diagnostics import Diagnostic, did_you_mean, listed
from mapping_engine.engine.loading import find_pack, reading_of, refused
from mapping_engine.errors import ErrorCode, RuleError
from mapping_engine.file.extending import read_layers
from mapping_engine.file.migration_file import FOLDER, MigrationFile
from mapping_engine.file.rule_files import ENTRY, Location, ReadFile
from mapping_engine.frozen import Frozen
from mapping_engine.source.folder import NO_OVERLAY, Folder, Overlay
from mapping_engine.types.kinds import is_missing


class Migrated(Frozen):
    """New settings, and what a person has to know about them."""

    settings: dict[str, Any] = field(repr=False)
    without_counterpart: tuple[tuple[str, str], ...]
    """Old settings that were given and are not carried over, and why."""
    to_fill_in: tuple[tuple[str, str], ...]
    """Required new settings that are still missing, and where to find them."""
    warnings: tuple[str, ...]
    """Old settings that could not be converted."""

    @property
    def is_complete(self) -> bool:
        """Whether nothing that is required is missing."""
        return not self.to_fill_in


class Migration:
    """A migration file, compiled."""

    def __init__(self, file: MigrationFile, model: Model, new: PackSettings) -> None:
        from mapping_engine.engine.mapping import Mapping  # checks read migrations, and run none

        self._file = file
        self._model = model
        self._new = new
        self._destination = Mapping(model).bind({})

    def apply(self, settings: MappingType[str, Any]) -> Migrated:
        """The new settings. Raises MappingError for settings that cannot be converted at all."""
        (made,) = self._destination.payloads(settings)
        outcome = self._destination.outcome(settings)
        return Migrated(
            made,
            tuple(self._lost(settings)),
            tuple(self._missing(made)),
            tuple(warning.message for warning in outcome.warnings),
        )

    def _lost(self, settings: MappingType[str, Any]) -> list[tuple[str, str]]:
        read = {path[0] for path in mapped_paths(self._model) if path}
        reasons = {e.name: e.value.text for e in self._file.without_counterpart or () if e.value}
        return [
            (name, reasons.get(name, "the old pack has no such setting"))
            for name, value in settings.items()
            if name not in read and not is_missing(value)
        ]

    def _missing(self, made: dict[str, Any]) -> list[tuple[str, str]]:
        schema = self._new.schema
        reasons = {e.name: e.value.text for e in self._file.to_fill_in or () if e.value}
        properties = schema.get("properties", {})
        return [
            (name, reasons.get(name) or str(properties.get(name, {}).get("description", "")))
            for name in schema.get("required", ())
            if name not in made
        ]


def load_migration(old: str, new: str) -> Migration:
    """The migration of settings from one pack to another.

    Raises RuleError when there is none, or when its rules are wrong.
    """
    declared = _settings_of(new, NO_OVERLAY)
    found, model, diagnostics, _ = read_migration(old, new, declared)
    if found is None or model is None:
        raise RuleError(
            ErrorCode.RULES_INVALID,
            f"the migration from `{old}` to `{new}` cannot be used",
            diagnostics=diagnostics,
            span=diagnostics[0].span if diagnostics else None,
        )
    return Migration(found, model, declared)


def read_migration(
    old: str,
    new: str,
    declared: PackSettings | None = None,
    shared: dict[str, ReadFile] | None = None,
    overlay: Overlay = NO_OVERLAY,
) -> tuple[MigrationFile | None, Model | None, tuple[Diagnostic, ...], dict[str, str]]:
    """The file, its model unless there are errors, what is wrong, and the texts that were read.

    ``declared`` are the settings of the new pack, ``shared`` the shared files read before.
    ``overlay`` holds unsaved texts by absolute path.
    """
    folder, _, rules = find_pack(new, overlay)
    old_settings = _settings_of(_beside(folder, old), overlay)
    declared = declared or _settings_of(new, overlay)
    name = f"{FOLDER}/{old_settings.name}.yaml"
    reading = reading_of(folder, shared)
    files = [at.beside(name) for at, _ in read_layers(Location(folder, rules), reading)]
    file = next((each for each in reversed(files) if each.folder.exists(each.name)), None)
    if file is None:
        known = [Path(n).stem for n in folder.names(FOLDER, ".yaml")]
        raise RuleError(
            ErrorCode.RULES_INVALID,
            f"`{new}` has no migration from `{old_settings.name}`",
            help=did_you_mean(old_settings.name, known)
            or f"there are migrations from {listed(known)}",
        )
    reading = replace(reading_of(folder, shared), pack=file.folder)
    found, model = read_rules(file.name, old_settings, declared, reading)
    return found, model, reading.diagnostics.sorted(), reading.texts


def _beside(new: Folder, old: str) -> str:
    """The old pack: the one in the same `rules` folder before a bundled one of its name."""
    folders = [each for each in reading_of(new).packs if each.exists(f"{old}/{ENTRY}")]
    found = folders[0].root if folders else None
    return str(found / old) if isinstance(found, Path) else old


def _settings_of(pack: str, overlay: Overlay) -> PackSettings:
    """The settings of a pack. Raises RuleError where they cannot be read."""
    folder, name, entry = find_pack(pack, overlay)
    reading = reading_of(folder)
    found = read_settings(name, entry, reading)
    if found is None or reading.diagnostics.has_errors:
        raise refused(pack, reading.diagnostics.sorted())
    return found
