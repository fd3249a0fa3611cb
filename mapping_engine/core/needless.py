"""What the rules say for nothing: of personal data where there is none, of fields that are none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mapping_engine.core.clear import exposed
from mapping_engine.core.inference import Inference
from mapping_engine.core.nodes import fields_of
from mapping_engine.diagnostics import Severity, did_you_mean, listed
from mapping_engine.file.documents import WarnBlock
from mapping_engine.file.json_types import items_schema, property_names, property_schema
from mapping_engine.source.node import ScalarNode

Schema = Mapping[str, Any]


def check_needed(found: Inference) -> None:
    """Report what lets personal data stand where none does (PI11), and names that are none."""
    model = found.model
    names = {
        name if not prefix else f"{prefix}.{name}"
        for each in model.requests
        for name in property_names(each.payload_schema, each.payload_schema)
        for prefix in {"", each.request.name}
    }
    for block in model.clear:
        for name in block.url or ():
            if name.text not in model.definitions:
                help = did_you_mean(name.text, model.definitions)
                message = f"there is no definition `{name.text}`"
                found.diagnostics.report("PR01", message, name.span, help=help)
                found.facts.needed.add(id(name))
        for pattern in block.fields or ():
            near = did_you_mean(pattern.text, names) if pattern.text not in names else None
            message = f"no personal data flows into a field `{pattern.text}`"
            _needless(pattern, message, found, near)
    for spelled, allowed in exposed(model).items():
        _needless(allowed.said, f"`{spelled}` in the URL shows nobody anything", found)


def _needless(said: ScalarNode, message: str, found: Inference, near: str | None = None) -> None:
    if id(said) not in found.facts.needed:
        help = near or "remove it, or correct the name"
        found.diagnostics.report("PI11", message, said.span, help=help)


def check_warned(found: Inference) -> None:
    """Report warnings about fields that neither the payload nor the body around it has (OU01)."""
    model = found.model
    for rule in model.warn:
        written = rule.at.field if isinstance(rule.at, WarnBlock) else None
        if written is None:
            continue
        schema: Schema = model.payload_schema
        fields = (*model.fields.fields, *fields_of(model.request.body))
        for step in re.split(r"\[[0-9]*\]\.?|\.", written.text):
            names = {*property_names(model.payload_schema, schema), *(f.name for f in fields)}
            spread = any(f.spread for f in fields)
            if step and names and step not in names and not spread:
                message = f"the payload has no field `{step}`"
                help = did_you_mean(step, names) or f"it has {listed(names)}"
                found.diagnostics.report(
                    "OU01", message, written.span, help=help, lighter=Severity.WARNING
                )
                break
            schema = property_schema(model.payload_schema, schema, step) or {}
            schema = items_schema(model.payload_schema, schema) or schema
            fields = next((fields_of(f.value) for f in fields if f.name == step), ())
