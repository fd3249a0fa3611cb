"""The file that turns the settings of one pack into those of another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from mapping_engine.core.mapped import mapped_paths
from mapping_engine.core.model import Model
from mapping_engine.diagnostics import Diagnostics, did_you_mean
from mapping_engine.expression import Extent, Literal, Template
from mapping_engine.file.blocks import BlockOf, Choice, key
from mapping_engine.file.documents import Document, MappingFile, RequestBlock, WarnBlock
from mapping_engine.file.expression_shapes import EXPRESSION
from mapping_engine.file.json_types import follow, items_schema, kinds_of
from mapping_engine.file.shapes import TEXT, VERSION, ListOf, MapOf, Named
from mapping_engine.file.values import FieldBlock
from mapping_engine.source.node import Scalar, Source, Style
from mapping_engine.types.type import Described
from mapping_engine.vocabulary import Personal, Vocabulary
from mapping_engine.vocabulary.vocabulary import EVENT

Schema = Mapping[str, Any]
FOLDER = "migrations"
_DEEPEST = 8


@dataclass(frozen=True)
class MigrationFile(Document):
    """How the settings of another pack become settings of this one.

    A bare path reads the old settings, and each field is a new setting.
    """

    what: ClassVar[str] = "a migration"

    migration: int = key(VERSION, "The version of the format: 1.", required=True)
    from_: Scalar = key(TEXT, "The pack whose settings are read.", required=True)
    fields: tuple[Named[FieldBlock], ...] = key(
        MapOf(Choice(lambda: FieldBlock, scalar=("value", EXPRESSION))),
        "The new settings, each from the old ones.",
        required=True,
    )
    without_counterpart: tuple[Named[Scalar], ...] | None = key(
        MapOf(TEXT), "Old settings that are not carried over, and why."
    )
    to_fill_in: tuple[Named[Scalar], ...] | None = key(
        MapOf(TEXT), "New settings that the old ones cannot give, and where to find them."
    )
    warn: tuple[WarnBlock, ...] | None = key(
        ListOf(BlockOf(WarnBlock)), "What a person has to know of these old settings."
    )


def as_model(file: MigrationFile, parts: Model, old: Model, new: Model) -> Model:
    """The migration as a mapping from the old settings to a payload that is the new ones.

    ``parts`` holds its definitions, pipelines and tables. Nothing is demanded of the payload that
    the old settings cannot give, and nothing is accepted that the new schema does not declare.
    """
    payload = {name: part for name, part in new.settings_schema.items() if name != "required"}
    return replace(
        parts,
        vocabulary=vocabulary_of(old.settings_schema, f"settings of {old.name}"),
        settings_schema={},
        payload_schema={**payload, "additionalProperties": False},
    )


def as_mapping(file: MigrationFile) -> MappingFile:
    """The file as a rule file whose requests are never sent."""
    nowhere = Scalar(file.span, "", "", Style.PLAIN, Source(file.span.file, ""))
    extent = Extent(nowhere, 0, 0)
    url = Template(extent, ("https://settings.invalid/",))
    request = RequestBlock(span=file.span, url=url, json=Literal(extent, {}))
    return MappingFile(
        span=file.span,
        mapping=1,
        event=nowhere,
        settings=nowhere,
        payload=nowhere,
        request=request,
        fields=file.fields,
        warn=file.warn,
        title=file.title,
        use=file.use,
        define=file.define,
        override=file.override,
        amend=file.amend,
        pipelines=file.pipelines,
        tables=file.tables,
        table_files=file.table_files,
    )


def report_forgotten(
    file: MigrationFile, model: Model, old: Model, new: Model, found: Diagnostics
) -> None:
    """Report old settings that nothing is said of, and names that are no settings."""
    names = [str(name) for name in old.settings_schema.get("properties", {})]
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
    wanted = [str(name) for name in new.settings_schema.get("properties", {})]
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
