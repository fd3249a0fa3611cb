"""What a JSON Schema says of a path: used for settings and for the payload."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from mapping_engine.transforms.patterns import searcher
from mapping_engine.types.kinds import ANY, Kinds, is_missing, kind_of, kinds
from mapping_engine.types.type import FILLED, SECRET, WHOLE, Type
from mapping_engine.types.units import declared_unit, unit_tag

JsonSchema: TypeAlias = dict[str, Any]

_KINDS = {
    "string": "text",
    "number": "number",
    "integer": "number",
    "boolean": "boolean",
    "array": "list",
    "object": "object",
}

UNREADABLE = (ValueError, TypeError, OverflowError, SystemError)
"""What jsonschema-rs raises for what it cannot read and jsonschema can: large numbers, broken
Unicode (of which older versions say so by a SystemError)."""
_BLANK = ("", " ", "\t", "\n  ")
DATA_KEYWORDS = frozenset(("const", "enum", "default", "examples"))
"""Keywords whose values are no schemas."""


def follow(root: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema behind a local ``$ref``; other references stay as they are."""
    for _ in range(32):
        reference = schema.get("$ref")
        if not isinstance(reference, str) or not reference.startswith("#/"):
            return schema
        target: Any = root
        for step in reference[2:].split("/"):
            step = step.replace("~1", "/").replace("~0", "~")
            target = target.get(step) if isinstance(target, dict) else None
        if not isinstance(target, dict):
            return schema
        schema = target
    return schema


def property_schema(
    root: Mapping[str, Any], schema: Mapping[str, Any], name: str
) -> Mapping[str, Any] | None:
    """The schema of one property, or None when it is not declared."""
    properties = follow(root, schema).get("properties")
    found = properties.get(name) if isinstance(properties, dict) else None
    return follow(root, found) if isinstance(found, dict) else None


def is_closed(root: Mapping[str, Any], schema: Mapping[str, Any]) -> bool:
    """Whether an object accepts only the declared properties."""
    return follow(root, schema).get("additionalProperties") is False


def property_names(root: Mapping[str, Any], schema: Mapping[str, Any]) -> tuple[str, ...]:
    """The declared properties of an object."""
    properties = follow(root, schema).get("properties")
    return tuple(properties) if isinstance(properties, dict) else ()


def additional_schema(root: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of properties that are not declared; anything where a pattern may declare them."""
    whole = follow(root, schema)
    found = whole.get("additionalProperties") if "patternProperties" not in whole else None
    return follow(root, found) if isinstance(found, dict) else {}


def items_schema(root: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of the items of a list; anything when it is not declared."""
    found = follow(root, schema).get("items")
    return follow(root, found) if isinstance(found, dict) else {}


def kinds_of(schema: Mapping[str, Any]) -> Kinds:
    """The kinds a schema's ``type`` accepts."""
    declared = schema.get("type")
    names = [declared] if isinstance(declared, str) else declared
    if not isinstance(names, list):
        return ANY
    return kinds({_KINDS[name] for name in names if name in _KINDS})


def setting_type(root: Mapping[str, Any], schema: Mapping[str, Any]) -> Type:
    """The type of a setting that ``schema`` describes, when it is given or has a default.

    It is never missing only when no value that the schema accepts counts as missing.
    """
    schema = follow(root, schema)
    tags = {SECRET} if schema.get("x-secret") is True else set[str]()
    if schema.get("type") == "integer":
        tags.add(WHOLE)
    unit = declared_unit(schema)
    if unit is not None:
        tags.add(unit_tag(unit))
    if schema.get("minLength"):
        tags.add(FILLED)
    declared = schema.get("enum", [schema["const"]] if "const" in schema else None)
    values = tuple(v for v in declared if v is not None) if isinstance(declared, list) else None
    found = kinds_of(schema)
    if values:
        found &= kinds({kind_of(value) for value in values} - {"nothing"})
    item = setting_type(root, schema["items"]) if isinstance(schema.get("items"), dict) else None
    names = property_names(root, schema)
    fields = {name: _property_type(root, schema, name) for name in names} or None
    missing = _may_be_blank(schema, found)
    return Type(found, missing, frozenset(tags), values=values, item=item, fields=fields)


def _property_type(root: Mapping[str, Any], schema: Mapping[str, Any], name: str) -> Type:
    below = property_schema(root, schema, name) or {}
    made = setting_type(root, below)
    is_given = name in schema.get("required", ())
    return made if is_given else made.or_missing()


def _accepts_blank(schema: Mapping[str, Any]) -> bool:
    """Whether a blank text fits."""
    pattern = schema.get("pattern")
    if not isinstance(pattern, str):
        return True
    try:
        return any(map(searcher(pattern), _BLANK))
    except ValueError:  # which is told where the schema is read
        return True


def _may_be_blank(schema: Mapping[str, Any], found: Kinds) -> bool:
    declared = schema.get("type")
    if declared is None or "null" in (declared if isinstance(declared, list) else ()):
        return "enum" not in schema or None in schema["enum"]
    if "default" in schema and is_missing(schema["default"]):
        return True
    if "text" in found and "enum" not in schema and _accepts_blank(schema):
        return True
    if "list" in found and not schema.get("minItems"):
        return True
    return "object" in found and not schema.get("minProperties") and not schema.get("required")
