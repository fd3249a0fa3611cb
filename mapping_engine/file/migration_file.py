"""The file that turns the settings of one pack into those of another."""

from __future__ import annotations

from typing import ClassVar

from mapping_engine.expression import Extent, Literal, TemplateExpression
from mapping_engine.file.blocks import BlockOf, Choice, key
from mapping_engine.file.documents import Document, MappingFile, WarnBlock
from mapping_engine.file.expression_shapes import EXPRESSION
from mapping_engine.file.request_blocks import RequestBlock, UrlBlock
from mapping_engine.file.shapes import TEXT, VERSION, ListOf, MapOf, Named
from mapping_engine.file.value_blocks import FieldBlock
from mapping_engine.source.node import ScalarNode, Source, Style

FOLDER = "migrations"


class MigrationFile(Document):
    """How the settings of another pack become settings of this one.

    A bare path reads the old settings, and each field is a new setting.
    """

    what: ClassVar[str] = "a migration"

    migration: int = key(VERSION, "The version of the format: 1.", required=True)
    from_: ScalarNode = key(TEXT, "The pack whose settings are read.", required=True)
    fields: tuple[Named[FieldBlock], ...] = key(
        MapOf(Choice(lambda: FieldBlock, scalar=("value", EXPRESSION))),
        "The new settings, each from the old ones.",
        required=True,
    )
    without_counterpart: tuple[Named[ScalarNode], ...] | None = key(
        MapOf(TEXT), "Old settings that are not carried over, and why."
    )
    to_fill_in: tuple[Named[ScalarNode], ...] | None = key(
        MapOf(TEXT), "New settings that the old ones cannot give, and where to find them."
    )
    warn: tuple[WarnBlock, ...] | None = key(
        ListOf(BlockOf(WarnBlock)), "What a person has to know of these old settings."
    )


def as_mapping(file: MigrationFile) -> MappingFile:
    """The file as a rule file whose requests are never sent."""
    nowhere = ScalarNode(file.span, "", "", Style.PLAIN, Source(file.span.file, ""))
    extent = Extent(nowhere, 0, 0)
    template = TemplateExpression(extent, ("https://settings.invalid/",))
    url = UrlBlock(span=file.span, template=template)
    places = {"url": file.span, "json": file.span, "payload": file.span, "fields": file.span}
    request = RequestBlock(span=file.span, places=places, url=url, json=Literal(extent, {}))
    return MappingFile(
        span=file.span,
        places=places,
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
