"""A fast verdict on payloads: jsonschema-rs says yes where jsonschema surely would.

jsonschema is the authority. What the fast validator accepts is accepted, so it is given only
schemas that both read alike; a no is only a reason to ask jsonschema, which has the last word and
the message.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from mapping_engine.file.json_types import UNREADABLE
from mapping_engine.transforms.patterns import searcher

Accepts = Callable[[Any], bool]

_ALIKE = frozenset(
    {
        "$ref", "$defs", "type", "enum", "const", "properties", "required", "additionalProperties",
        "minProperties", "maxProperties", "items", "minItems", "maxItems", "minLength", "maxLength",
        "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "pattern", "allOf", "anyOf",
        "oneOf", "not",
    }
)  # fmt: skip
"""The keywords that both validators read alike, patterns by way of RE2."""
_SILENT = frozenset(
    {"$schema", "$comment", "title", "description", "default", "examples", "deprecated", "format"}
)
"""Keywords that say nothing about what is valid; `format` is an annotation in jsonschema."""
_SCHEMAS = frozenset({"items", "additionalProperties", "not", "allOf", "anyOf", "oneOf"})
_NAMED = frozenset({"$defs", "properties"})
_COUNTED = frozenset({"oneOf", "not"})
"""Keywords under which a no of the fast validator would become a yes."""
_PLAIN = re.compile(
    r"\^(?:(?:\[[A-Za-z0-9_]+(?:-[A-Za-z0-9_]+)*\]|[A-Za-z0-9_])(?:\{\d+\}|\+)?)*\$"
)
"""Patterns of ASCII letters, digits and classes of them: the same in every dialect."""
_TRANSLATED = MappingProxyType({r"\S": r"[^\t\n\x0c\r ]"})
"""Patterns, and what says the same in every dialect."""


def fast_verdict(schema: Mapping[str, Any]) -> Accepts | None:
    """What says yes to payloads that jsonschema accepts; None for a schema it cannot judge.

    Payloads hold no NaN and no infinities, which the validators read differently.
    """
    import jsonschema_rs  # for start-up time: only where a pack is bound

    formats: dict[str, Callable[[str], bool]] = {}
    try:
        validator = jsonschema_rs.Draft202012Validator(
            _rewritten(schema, formats, exact=False), formats=formats, validate_formats=True
        )
    except (_Unlike, jsonschema_rs.ValidationError, ValueError, OverflowError):
        return None  # with numbers or patterns that it cannot read
    is_valid = validator.is_valid

    def accepts(payload: Any) -> bool:
        try:
            return is_valid(payload)
        except UNREADABLE:
            return False

    return accepts


class _Unlike(Exception):
    """The schema has a keyword that the validators may read differently."""


def _rewritten(schema: Any, formats: dict[str, Callable[[str], bool]], *, exact: bool) -> Any:
    """The schema for the fast validator; patterns that need RE2 become formats.

    Where it has to be ``exact``, a no has to be right as well.
    """
    if isinstance(schema, list):
        return [_rewritten(each, formats, exact=exact) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    found: dict[str, Any] = {}
    for keyword, value in schema.items():
        if keyword in _SILENT or keyword.startswith("x-"):
            continue
        if keyword not in _ALIKE:
            raise _Unlike
        strict = exact or keyword in _COUNTED
        if keyword == "pattern" and value in _TRANSLATED:
            found[keyword] = _TRANSLATED[value]
        elif keyword == "pattern" and (strict or not _PLAIN.fullmatch(value)):
            name = f"pattern-{len(formats)}"
            formats[name] = searcher(value)
            found["format"] = name
        elif keyword in _SCHEMAS:
            found[keyword] = _rewritten(value, formats, exact=strict)
        elif keyword in _NAMED:
            found[keyword] = {
                name: _rewritten(each, formats, exact=strict) for name, each in value.items()
            }
        else:
            found[keyword] = value
    return found
