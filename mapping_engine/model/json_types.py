"""What a JSON Schema says of a path: used for settings and for the payload."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mapping_engine.types.kinds import ANY, Kinds, kinds
from mapping_engine.types.type import SECRET, Type

_KINDS = {
    "string": "text",
    "number": "number",
    "integer": "number",
    "boolean": "boolean",
    "array": "list",
    "object": "object",
}


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


def setting_type(schema: Mapping[str, Any]) -> Type:
    """The type of a setting that ``schema`` describes."""
    tags = frozenset({SECRET}) if schema.get("x-secret") is True else frozenset[str]()
    return Type(kinds_of(schema), "default" not in schema, tags)
