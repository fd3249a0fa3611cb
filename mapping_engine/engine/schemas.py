"""Payload schemas as they are checked: strict about digests, and without references."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from mapping_engine.core.sinks import PERSONAL_KEYWORD
from mapping_engine.file.json_types import DATA_KEYWORDS
from mapping_engine.source.json_text import every_value

DIGEST_PATTERN = "^[0-9a-f]{64}$"
_DEFINITION = "#/$defs/"


def strict_schema(schema: Mapping[str, Any], *, hashing: bool) -> dict[str, Any]:
    """The schema as it is checked: personal fields take digests only, when hashing is on."""
    strict = deepcopy(dict(schema))
    for node in _objects(strict):
        mark = node.get(PERSONAL_KEYWORD)
        if hashing and mark and not isinstance(mark, list):
            node["allOf"] = [*node.get("allOf", []), {"pattern": DIGEST_PATTERN}]
    return strict


def inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with its definitions in place of references, which jsonschema resolves slowly.

    The verdict and the messages are the same. What refers to itself stays a reference, and so does
    everything in a schema whose parts have names of their own.
    """
    parts = [node for node in _objects(schema) if node is not schema]
    if any("$id" in node or "$dynamicRef" in node for node in parts):
        return schema
    found: dict[str, Any] = _Inlining(schema.get("$defs", {})).of(schema)
    return found


def has_references(schema: dict[str, Any]) -> bool:
    """Whether a part of the schema refers to another, besides the definitions for references."""
    used = {key: part for key, part in schema.items() if key != "$defs"}
    return any("$ref" in node or "$dynamicRef" in node for node in _objects(used))


class _Inlining:
    """Puts each definition in the place of its references; one object serves all places."""

    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self._definitions = definitions
        self._made: dict[str, Any] = {}

    def of(self, node: Any) -> Any:
        if isinstance(node, list):
            return [self.of(each) for each in node]
        if not isinstance(node, dict):
            return node
        if node.keys() == {"$ref"}:
            return self._referred(node)
        return {key: each if key in DATA_KEYWORDS else self.of(each) for key, each in node.items()}

    def _referred(self, node: dict[str, Any]) -> Any:
        name = str(node["$ref"]).removeprefix(_DEFINITION)
        if f"{_DEFINITION}{name}" != node["$ref"] or name not in self._definitions:
            return node
        if name not in self._made:
            self._made[name] = node  # as long as it is being made, it refers to itself
            self._made[name] = self.of(self._definitions[name])
        return self._made[name]


def _objects(schema: Any) -> Iterator[dict[str, Any]]:
    """All objects of a schema, from the outside in."""
    return (node for node in every_value(schema) if isinstance(node, dict))
