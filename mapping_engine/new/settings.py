"""Settings to be filled in: YAML with what the settings schema says of each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from textwrap import wrap

from mapping_engine.core.model import Model
from mapping_engine.file.json_types import JsonSchema, follow

_WIDTH = 98
_EMPTY = {"string": '""', "integer": "0", "number": "0", "boolean": "false", "array": "[]"}


def settings_skeleton(model: Model) -> str:
    """The settings of a pack: those required to be filled in, the others as comments.

    Secrets are `${NAME}`: they come from the environment.
    """
    schema = model.settings_schema
    required = schema.get("required", [])
    lines = [f"# Settings of {model.title}."]
    for name, declared in schema.get("properties", {}).items():
        found = {**follow(schema, declared), **declared}
        lines += ["", *_told(found, is_required=name in required)]
        given = f"{_key(name)}: {_value(name, found)}"
        lines.append(given if name in required else f"# {given}")
    return "\n".join(lines) + "\n"


def _told(declared: JsonSchema, *, is_required: bool) -> Iterator[str]:
    what = "Required: " if is_required else ""
    text = f"{what}{declared.get('description', '')} ({_kinds(declared)})".replace("  ", " ")
    yield from (f"# {line}" for line in wrap(text, _WIDTH))


def _kinds(declared: JsonSchema) -> str:
    if "enum" in declared:
        return "one of " + ", ".join(json.dumps(each) for each in declared["enum"])
    types = declared.get("type", "any value")
    return types if isinstance(types, str) else " or ".join(types)


def _value(name: str, declared: JsonSchema) -> str:
    if declared.get("x-secret") is True:
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+", "_", name)
        return f'"${{{words.upper()}}}"'
    if "default" in declared:
        return json.dumps(declared["default"], ensure_ascii=False)
    if "enum" in declared:
        return json.dumps(declared["enum"][0], ensure_ascii=False)
    types = declared.get("type", "string")
    return _EMPTY.get(types if isinstance(types, str) else types[0], '""')


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) else json.dumps(name)
