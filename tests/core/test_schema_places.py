"""Where a schema declares a field: the line that a mistake in the rules shows beside its own."""

from __future__ import annotations

import pytest

from mapping_engine.core.conform import accepted_kinds
from mapping_engine.core.schema_places import property_place
from mapping_engine.diagnostics import Diagnostics
from mapping_engine.source.node import Source
from mapping_engine.source.yaml_text import read_yaml

SCHEMA = """\
{
  "properties": {
    "plain": {"type": "string"},
    "named": {"$ref": "#/$defs/person"},
    "items": {"type": "array", "items": {"$ref": "#/$defs/person"}},
    "circle": {"$ref": "#/properties/circle"}
  },
  "$defs": {
    "person": {"$ref": "#/$defs/real"},
    "real": {
      "properties": {
        "mail": {
          "type": "string",
          "maxLength": 5
        }
      }
    }
  }
}
"""


@pytest.mark.parametrize(
    ("steps", "keyword", "line", "is_whole"),
    [
        (["plain"], "", 3, True),
        (["plain"], "maxLength", 3, True),
        (["named"], "", 4, True),
        (["named", "mail"], "", 12, True),
        (["named", "mail"], "maxLength", 14, True),
        (["items", "[]", "mail"], "type", 13, True),
        (["items", "[]", "other"], "", 5, False),
        (["named", "mail", "deeper"], "", 12, False),
        (["circle", "deeper"], "", 6, False),
        (["other"], "", None, False),
    ],
)
def test_a_field_is_found_behind_references(
    steps: list[str], keyword: str, line: int | None, is_whole: bool
) -> None:
    root = read_yaml(Source("payload.schema.json", SCHEMA), Diagnostics())
    place, whole = property_place(root, steps, keyword)
    assert (place and place.line, whole) == (line, is_whole)


@pytest.mark.parametrize(
    ("schema", "accepted"),
    [
        ({}, "any"),
        ({"enum": ["a", 1, None]}, "text or number"),
        ({"const": True}, "boolean"),
        ({"allOf": [{"type": ["string", "array"]}, {"const": []}]}, "list"),
        ({"oneOf": [{"const": "a"}, {"type": "object"}]}, "text or object"),
    ],
)
def test_a_schema_accepts_these_kinds(schema: dict[str, object], accepted: str) -> None:
    assert str(accepted_kinds(schema, schema)) == accepted
