"""Where values end up, and what may not end up there.

A personal field of the payload takes digests only; personal data and secrets go nowhere else. What
the payload schema can never accept, or requires and may not get, is found before any event is seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mapping_engine.core.absence import Absence
from mapping_engine.core.conform import mismatch
from mapping_engine.core.infer import Inference, Scope
from mapping_engine.core.model import Model
from mapping_engine.core.origins import described, what
from mapping_engine.core.walk import arms_of, copied, item_name
from mapping_engine.diagnostics import Diagnostics, Fix, did_you_mean, listed, rename
from mapping_engine.expression import Expression
from mapping_engine.file.json_types import (
    is_closed,
    items_schema,
    property_names,
    property_schema,
)
from mapping_engine.file.shapes import Named
from mapping_engine.file.values import ArmBlock, FieldBlock, ValueBlock
from mapping_engine.types.type import IDENTIFYING, SECRET, UNDECLARED, Type

Schema = Mapping[str, Any]
PERSONAL_KEYWORD = "x-personal"


def is_personal(root: Schema, schema: Schema) -> bool:
    """Whether a payload field takes hashed personal data, itself or as the items of a list."""
    marks = (schema.get(PERSONAL_KEYWORD), items_schema(root, schema).get(PERSONAL_KEYWORD))
    return any(mark is not None and not isinstance(mark, list) for mark in marks)


def clear_kinds(root: Schema, schema: Schema) -> frozenset[str]:
    """The kinds of personal data that a payload field takes as they are: the receiver wants it."""
    marks = (schema.get(PERSONAL_KEYWORD), items_schema(root, schema).get(PERSONAL_KEYWORD))
    return frozenset(kind for mark in marks if isinstance(mark, list) for kind in mark)


class Shown:
    """Holds what can be read in messages and URLs against what must not be."""

    def __init__(self, model: Model, inference: Inference) -> None:
        self._model = model
        self._inference = inference

    def check(self, found: Type, node: Expression, place: str) -> None:
        """Report what must not be read in ``place``."""
        if SECRET in found.tags:
            self._report("PI06", f"a secret setting flows into {place}", node, place)
        elif found.personal_kinds or IDENTIFYING in found.tags:
            self._report("PI02", f"{what(found)} flows into {place}", node, place)
        elif UNDECLARED in found.tags:
            self._report(
                "PI02",
                f"a value that the vocabulary does not declare flows into {place}",
                node,
                place,
                "declare the path in the vocabulary, if it never holds personal data",
            )

    def _report(
        self, code: str, message: str, node: Expression, place: str, help: str | None = None
    ) -> None:
        facts = self._inference.facts
        labels, notes = described(
            node, place, self._model, facts, lambda found: not found.may_be_shown
        )
        self._inference.diagnostics.report(
            code, message, node.span, help=help, labels=labels, notes=notes
        )


class PayloadSinks:
    """Holds the fields of the payload against its schema."""

    def __init__(self, model: Model, inference: Inference, diagnostics: Diagnostics) -> None:
        self._model = model
        self._root: Schema = model.payload_schema
        self._inference = inference
        self._diagnostics = diagnostics
        self._absence = Absence(model, inference.facts)

    def check(self, scope: Scope) -> None:
        """Check every field, in the scope of one request."""
        self._fields(self._model.file.fields, self._root, scope, "", [])

    def _fields(
        self,
        fields: tuple[Named[FieldBlock], ...],
        schema: Schema,
        scope: Scope,
        prefix: str,
        known: list[frozenset[str]],
        *,
        whole: bool = True,
    ) -> None:
        """Check the fields of an object; ``whole`` unless they are added to a copy."""
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
                    fix=rename(field.span, field.name, names),
                )
            if field.value is not None:
                self._field(field, field.value, below or {}, scope, path)
        if whole:
            self._required(fields, schema, prefix, known)

    def _required(
        self,
        fields: tuple[Named[FieldBlock], ...],
        schema: Schema,
        prefix: str,
        known: list[frozenset[str]],
    ) -> None:
        written = {field.name: field for field in fields}
        for name in schema.get("required", ()):
            field = written.get(name)
            if field is None:
                if fields and not self._misspelled(name, fields, schema):
                    self._unmapped(f"{prefix}{name}", fields[0])
            elif field.value is not None:
                self._may_be_absent(f"{prefix}{name}", field, field.value, known)

    def _misspelled(self, name: str, fields: tuple[Named[FieldBlock], ...], schema: Schema) -> bool:
        """Whether a field that is reported already was meant for ``name``."""
        names = property_names(self._root, schema)
        strange = [f.name for f in fields if f.name not in names and is_closed(self._root, schema)]
        return did_you_mean(name, strange) is not None

    def _unmapped(self, path: str, first: Named[FieldBlock]) -> None:
        self._diagnostics.report(
            "OU05", f"the payload schema requires `{path}`, which no rule writes", first.span
        )

    def _may_be_absent(
        self,
        path: str,
        field: Named[FieldBlock],
        block: FieldBlock,
        known: list[frozenset[str]],
    ) -> None:
        absent = self._absence.of_field(block, known)
        if absent is None or not self._inference.facts.type_of(block).kinds:
            return
        together = listed(absent)
        when = f"it is absent without {together}" if absent else "it is always absent"
        if len(absent) > 1:
            when = f"it is absent when these are missing together: {together}"
        self._diagnostics.report(
            "OU05",
            f"the payload schema requires `{path}`, which may be absent",
            field.span,
            notes=(when,),
            help="give it a `default`, or write `required: true` to refuse such an event",
        )

    def _field(
        self, field: Named[FieldBlock], block: FieldBlock, schema: Schema, scope: Scope, path: str
    ) -> None:
        if block.fields is None:
            self._leaf(field, block, schema, scope, path)
            return
        inside, below = scope, schema
        known: list[frozenset[str]] = []
        for node in (block.when, block.default, copied(block)):
            if node is not None:
                self._inference.expression(node, scope)
        if copied(block) is not None:
            self._inference.block(block, scope)
        if block.when is not None:
            known += self._absence.present_under(block.when)
        if block.each is not None:
            source = self._inference.expression(block.each, scope)
            item = self._inference.item(block.each, source)
            inside = scope.having(item_name(block), item)
            below = items_schema(self._root, schema)
            if block.keep_when is not None:
                self._inference.expression(block.keep_when, inside)
                known += self._absence.present_under(block.keep_when)
        separator = "[]." if block.each is not None else "."
        whole = copied(block) is None
        self._fields(block.fields, below, inside, path + separator, known, whole=whole)

    def _leaf(
        self, field: Named[FieldBlock], block: FieldBlock, schema: Schema, scope: Scope, path: str
    ) -> None:
        found = self._inference.block(block, scope)
        if copied(block) is not None:
            self._conforms(block, schema, found, path)
            return
        if SECRET in found.tags:
            labels, notes = self._way(block, path, lambda each: SECRET in each.tags)
            self._diagnostics.report(
                "PI06",
                f"a secret setting flows into the payload field `{path}`",
                field.span,
                labels=labels,
                notes=notes,
            )
        if is_personal(self._root, schema):
            if found.kinds and not found.is_digest:
                self._unhashed(path, block, found, f"`{path}` takes hashed personal data only")
                return
        elif found.personal_kinds - clear_kinds(self._root, schema):
            self._unhashed(path, block, found, f"{what(found)} flows into `{path}`")
            return
        self._conforms(block, schema, found, path)

    # The schema

    def _conforms(self, block: FieldBlock, schema: Schema, found: Type, path: str) -> None:
        """Report the parts of a value that its schema does not accept, each where it stands."""
        parts = self._parts(block, found)
        for node, part in parts:
            problem = mismatch(self._root, schema, part, f"`{path}`")
            if problem is not None:
                self._diagnostics.report(
                    "OU02",
                    problem.message,
                    node.span,
                    help=problem.help,
                    lighter=problem.lighter,
                )

    def _parts(
        self, block: FieldBlock, found: Type
    ) -> list[tuple[Expression | ArmBlock | ValueBlock, Type]]:
        """The alternatives of a value with their types; the whole where it is changed later."""
        facts = self._inference.facts
        defaults = [block.default] if block.default is not None else []
        default = [(node, facts.type_of(node)) for node in defaults]
        if block.then or block.one_of is not None or block.each is not None:
            return [(block, found)]
        arms = arms_of(block)
        if arms:
            return [*((arm, facts.type_of(arm)) for arm in arms), *default]
        single = block.value or block.template or block.constant
        if single is None or block.as_:
            return [(block, found)]
        return [(single, facts.type_of(single)), *default]

    # Personal data

    def _unhashed(self, path: str, block: FieldBlock, found: Type, message: str) -> None:
        labels, notes = self._way(block, path, lambda found: bool(found.personal_kinds))
        marked = f"fields for hashed personal data have `{PERSONAL_KEYWORD}` in the schema"
        self._diagnostics.report(
            "PI02",
            message,
            block.span,
            help="normalise it and append `|> hashed`",
            labels=labels,
            notes=(*notes, marked),
            fix=self._hash(block, found),
        )

    def _hash(self, block: FieldBlock, found: Type) -> Fix | None:
        """The fix that hashes a value which is in normal form already."""
        if not found.normalised_kinds or block.value is None:
            return None
        extent = block.value.extent
        span = extent.scalar.span_at(extent.end, extent.end)
        return Fix(span, " |> hashed", "append `|> hashed`", safe=False, old="")

    def _way(self, block: FieldBlock, path: str, wanted: Any) -> Any:
        return described(block, f"`{path}`", self._model, self._inference.facts, wanted)
