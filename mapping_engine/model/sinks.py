"""Where values end up, and what may not end up there.

A personal field of the payload takes digests only; personal data and secrets go nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mapping_engine.diagnostics import Diagnostics, did_you_mean, listed
from mapping_engine.expression import Expression
from mapping_engine.model.infer import Inference, Scope
from mapping_engine.model.json_types import (
    is_closed,
    items_schema,
    property_names,
    property_schema,
)
from mapping_engine.model.model import Model
from mapping_engine.model.shapes import Named
from mapping_engine.model.values import FieldBlock
from mapping_engine.model.walk import item_name
from mapping_engine.types.type import IDENTIFYING, SECRET, UNDECLARED, Type

Schema = Mapping[str, Any]
PERSONAL_KEYWORD = "x-personal"


def is_personal(root: Schema, schema: Schema) -> bool:
    """Whether a payload field takes hashed personal data, itself or as the items of a list."""
    return PERSONAL_KEYWORD in schema or PERSONAL_KEYWORD in items_schema(root, schema)


def check_shown(found: Type, node: Expression, place: str, diagnostics: Diagnostics) -> None:
    """Report what must not be read in a message or a URL."""
    if SECRET in found.tags:
        diagnostics.report("PI06", f"a secret setting flows into {place}", node.span)
    elif found.personal_kinds or IDENTIFYING in found.tags:
        diagnostics.report("PI02", f"personal data flows into {place}", node.span)
    elif UNDECLARED in found.tags:
        diagnostics.report(
            "PI02",
            f"a value that the vocabulary does not declare flows into {place}",
            node.span,
            help="declare the path in the vocabulary, if it never holds personal data",
        )


class PayloadSinks:
    """Holds the fields of the payload against its schema."""

    def __init__(self, model: Model, inference: Inference, diagnostics: Diagnostics) -> None:
        self._model = model
        self._root: Schema = model.payload_schema
        self._inference = inference
        self._diagnostics = diagnostics

    def check(self, scope: Scope) -> None:
        """Check every field, in the scope of one request."""
        self._fields(self._model.file.fields, self._root, scope, "")

    def _fields(
        self, fields: tuple[Named[FieldBlock], ...], schema: Schema, scope: Scope, prefix: str
    ) -> None:
        for field in fields:
            path = f"{prefix}{field.name}"
            below = property_schema(self._root, schema, field.name)
            if below is None and is_closed(self._root, schema):
                names = property_names(self._root, schema)
                self._diagnostics.report(
                    "OU01",
                    f"the payload schema has no field `{path}`",
                    field.span,
                    help=did_you_mean(field.name, names) or f"accepted: {listed(names)}",
                )
            if field.value is not None:
                self._field(field, field.value, below or {}, scope, path)
        self._required(fields, schema, prefix)

    def _required(self, fields: tuple[Named[FieldBlock], ...], schema: Schema, prefix: str) -> None:
        written = {field.name for field in fields}
        for name in schema.get("required", ()):
            if name not in written and fields:
                self._diagnostics.report(
                    "OU05",
                    f"the payload schema requires `{prefix}{name}`, which no rule writes",
                    fields[0].span,
                )

    def _field(
        self, field: Named[FieldBlock], block: FieldBlock, schema: Schema, scope: Scope, path: str
    ) -> None:
        if block.fields is None:
            self._leaf(field, block, schema, scope, path)
            return
        inside, below = scope, schema
        for condition in (block.when, block.default):
            if condition is not None:
                self._inference.expression(condition, scope)
        if block.each is not None:
            source = self._inference.expression(block.each, scope)
            item = self._model.vocabulary.as_list(source)
            inside = scope.having(item_name(block), item)
            below = items_schema(self._root, schema)
            if block.keep_when is not None:
                self._inference.expression(block.keep_when, inside)
        separator = "[]." if block.each is not None else "."
        self._fields(block.fields, below, inside, path + separator)

    def _leaf(
        self, field: Named[FieldBlock], block: FieldBlock, schema: Schema, scope: Scope, path: str
    ) -> None:
        found = self._inference.block(block, scope)
        if block.rest_of is not None:
            return
        if SECRET in found.tags:
            self._diagnostics.report(
                "PI06", f"a secret setting flows into the payload field `{path}`", field.span
            )
        if is_personal(self._root, schema):
            if found.kinds and not found.is_digest:
                self._unhashed(path, block, f"`{path}` takes hashed personal data only")
        elif found.personal_kinds:
            self._unhashed(path, block, f"personal data flows into `{path}`")

    def _unhashed(self, path: str, block: FieldBlock, message: str) -> None:
        self._diagnostics.report(
            "PI02",
            message,
            block.span,
            help="normalise it and append `|> hashed`",
            notes=(f"fields for hashed personal data have `{PERSONAL_KEYWORD}` in the schema",),
        )
