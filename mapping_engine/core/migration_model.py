"""A migration of settings as a mapping, and what it forgets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mapping_engine.core.mapped import mapped_paths
from mapping_engine.core.model import Model
from mapping_engine.diagnostics import Diagnostics, did_you_mean
from mapping_engine.file.json_types import JsonSchema, follow, items_schema, kinds_of
from mapping_engine.file.migration_file import MigrationFile
from mapping_engine.frozen import Frozen
from mapping_engine.types.type import Described
from mapping_engine.vocabulary import Personal, Vocabulary
from mapping_engine.vocabulary.vocabulary import EVENT

Schema = Mapping[str, Any]
_DEEPEST = 8


class PackSettings(Frozen):
    """What the settings of a pack are: all that a migration has to know of it."""

    name: str
    schema: JsonSchema


def as_model(parts: Model, old: PackSettings, new: PackSettings) -> Model:
    """The migration as a mapping from the old settings to a payload that is the new ones.

    ``parts`` holds its definitions, pipelines and tables. Nothing is demanded of the payload that
    the old settings cannot give, and nothing is accepted that the new schema does not declare.
    """
    payload = {name: part for name, part in new.schema.items() if name != "required"}
    return replace(
        parts,
        vocabulary=vocabulary_of(old.schema, f"settings of {old.name}"),
        settings_schema={},
        payload_schema={**payload, "additionalProperties": False},
    )


def report_forgotten(
    file: MigrationFile, model: Model, old: PackSettings, new: PackSettings, found: Diagnostics
) -> None:
    """Report old settings that nothing is said of, and names that are no settings."""
    names = [str(name) for name in old.schema.get("properties", {})]
    read = {path[0] for path in mapped_paths(model) if path}
    listed = {entry.name: entry for entry in file.without_counterpart or ()}
    for name in names:
        if name not in read and name not in listed:
            found.report(
                "SH02",
                f"nothing is said of the old setting `{name}`",
                file.place("fields"),
                help="read it in a field, or name it under `without_counterpart`",
            )
    for name, entry in listed.items():
        if name not in names:
            message = f"`{old.name}` has no setting `{name}`"
            found.report("FO03", message, entry.span, help=did_you_mean(name, names))
    wanted = [str(name) for name in new.schema.get("properties", {})]
    for entry in file.to_fill_in or ():
        if entry.name not in wanted:
            message = f"`{new.name}` has no setting `{entry.name}`"
            found.report("FO03", message, entry.span, help=did_you_mean(entry.name, wanted))


def vocabulary_of(schema: Schema, name: str) -> Vocabulary:
    """A vocabulary in which the event is what a JSON Schema describes; nothing in it is open."""
    objects: dict[str, dict[str, Described]] = {}
    _object(schema, schema, EVENT, objects)
    return Vocabulary(name, objects, frozenset(), Personal({}))


def _object(
    root: Schema, schema: Schema, name: str, objects: dict[str, dict[str, Described]]
) -> None:
    objects[name] = {}
    for field, declared in schema.get("properties", {}).items():
        below = follow(root, declared) if isinstance(declared, dict) else {}
        objects[name][field] = _described(root, below, f"{name}.{field}", objects)


def _described(
    root: Schema, schema: Schema, name: str, objects: dict[str, dict[str, Described]]
) -> Described:
    found = Described(kinds_of(schema))
    if name.count(".") > _DEEPEST:
        return found
    if schema.get("properties"):
        _object(root, schema, name, objects)
        return replace(found, object=name)
    items = items_schema(root, schema)
    if items:
        return replace(found, item=_described(root, items, f"{name}.items", objects))
    return found
