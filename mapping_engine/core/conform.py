"""Types held against JSON Schema: what a payload field can never, or may not always, accept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mapping_engine.diagnostics import Severity, did_you_mean
from mapping_engine.file.json_types import UNREADABLE, follow, items_schema, kinds_of
from mapping_engine.file.validator import validator_class
from mapping_engine.frozen import Frozen
from mapping_engine.transforms import REGISTRY
from mapping_engine.types.kinds import ANY, LIST, NUMBER, Kinds, kind_of, kinds
from mapping_engine.types.type import Type
from mapping_engine.types.units import UNITS, conversion_help, declared_unit

Schema = Mapping[str, Any]
_LONGEST = 60
_DEEPEST = 8


class Mismatch(Frozen):
    """Why a value does not fit, or which one; lighter when it only may not."""

    message: str
    help: str | None = None
    lighter: Severity | None = None
    value: object = None
    keyword: str = ""
    """The keyword of the schema that refuses it."""


def mismatch(root: Schema, schema: Schema, found: Type, what: str) -> Mismatch | None:
    """Why a value of type ``found`` does not fit ``schema``, the schema of ``what``; or None."""
    schema = follow(root, schema)
    if not schema or not found.kinds:
        return None
    accepted = accepted_kinds(root, schema)
    if not accepted & found.kinds:
        message = f"{what} takes {accepted}, but this is {found.kinds}"
        return Mismatch(message, _cast(accepted, found.kinds), keyword="type")
    wanted, given = declared_unit(schema), found.unit
    if wanted is not None and given is not None and wanted != given:
        message = f"{what} takes {UNITS[wanted]}, but this is in {UNITS[given]}"
        return Mismatch(message, conversion_help(wanted), keyword="x-unit")
    if found.values is not None:
        return _values(root, schema, found.values, what)
    if found.kinds != ANY and found.kinds.names - accepted.names:
        other = Kinds(found.kinds.names - accepted.names)
        message = f"{what} takes {accepted}, but this may be {other}"
        return Mismatch(message, _cast(accepted, other), Severity.WARNING, keyword="type")
    if schema.get("type") == "integer" and found.kinds == NUMBER and not found.is_whole:
        return Mismatch(
            f"{what} takes whole numbers, but this may have a fraction",
            "convert it with `|> integer` or `|> round`",
            Severity.WARNING,
            keyword="type",
        )
    if found.item is not None and LIST & found.kinds:
        item = mismatch(root, items_schema(root, schema), found.item, f"an item of {what}")
        return None if item is None else replace(item, keyword="")  # which is that of the list
    return None


def null_mismatch(root: Schema, schema: Schema, what: str) -> Mismatch | None:
    """Why ``schema`` does not accept null; or None."""
    schema = follow(root, schema)
    return _values(root, schema, (None,), what) if schema else None


def accepted_kinds(root: Schema, schema: Schema, depth: int = 0) -> Kinds:
    """The kinds of value that ``schema`` can accept; any where that is not clear."""
    schema = follow(root, schema)
    found = kinds_of(schema)
    if depth > _DEEPEST:
        return found
    for name in ("enum", "const"):
        if name in schema:
            values = schema[name] if name == "enum" else [schema[name]]
            found &= kinds({kind_of(value) for value in values} - {"nothing"})
    for part in schema.get("allOf", ()):
        found &= accepted_kinds(root, part, depth + 1) if isinstance(part, dict) else ANY
    for name in ("anyOf", "oneOf"):
        parts = [p for p in schema.get(name, ()) if isinstance(p, dict)]
        if parts:
            several = (accepted_kinds(root, part, depth + 1).names for part in parts)
            found &= Kinds(frozenset[str]().union(*several))
    return found


def _values(root: Schema, schema: Schema, values: tuple[object, ...], what: str) -> Mismatch | None:
    import jsonschema_rs  # for start-up time: only where values are known

    whole = {**schema, "$defs": root.get("$defs", {})}
    try:
        quick = jsonschema_rs.Draft202012Validator(whole)
    except (jsonschema_rs.ValidationError, ValueError, OverflowError):
        quick = None  # with numbers or patterns that it cannot read
    refused = [value for value in values if quick is None or not _surely_valid(quick, value)]
    found = [each for each in (_refusal(whole, value, what) for value in refused) if each]
    if len(found) == len(values) > 1:
        return replace(found[0], value=None)  # no single one of them is wrong
    return found[0] if found else None


def _surely_valid(quick: Any, value: object) -> bool:
    try:
        return bool(quick.is_valid(value))
    except UNREADABLE:
        return False


def _refusal(schema: Schema, value: object, what: str) -> Mismatch | None:
    """Why jsonschema, which has the last word, refuses a value."""
    error = next(iter(validator_class()(schema).iter_errors(value)), None)
    if error is None:
        return None
    limit, help = _limit(str(error.validator), error.validator_value), None
    if error.validator == "enum" and isinstance(value, str):
        texts = [each for each in error.validator_value if isinstance(each, str)]
        help = did_you_mean(value, texts)
    message = f"{what} does not accept `{_shown(value)}`{limit}"
    return Mismatch(message, help, value=value, keyword=str(error.validator))


def _limit(keyword: str, value: object) -> str:
    if keyword in ("enum", "const", "pattern", "type", "minLength", "maxLength", "format"):
        return f" (`{keyword}` is {_shown(value)})"
    return f" (`{keyword}`)"


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _cast(accepted: Kinds, given: Kinds) -> str | None:
    """How one of the accepted kinds is made of these."""
    if accepted.names == {"list"}:
        return "make a list of it with `|> list`"
    if "list" in given:
        one = "take one of the items, with `|> first` for example"
        return one if "text" not in accepted else f"{one}, or all with `|> join(', ')`"
    if "object" in given:
        return "take one of its fields"
    for kind in ("text", "number", "boolean"):
        if accepted.names == {kind} and given.names <= REGISTRY[kind].accepts.names:
            return f"convert it with `|> {kind}`"
    return None if "boolean" not in given else "write a `decide` with a constant for each case"
