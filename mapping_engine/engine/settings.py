"""Settings: validated once, completed with their defaults, never changed in place."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import orjson

from mapping_engine.diagnostics import Span, did_you_mean, listed
from mapping_engine.diagnostics.suggest import nearest
from mapping_engine.engine.outcome import EventWarning
from mapping_engine.engine.verdict import fast_verdict
from mapping_engine.engine.violations import deepest, expected, found_kind, path_text, places_of
from mapping_engine.errors import ConfigurationError, ErrorCode
from mapping_engine.file.json_types import items_schema, property_names, property_schema
from mapping_engine.file.schema_file import place_in_schema
from mapping_engine.file.validator import validator_class
from mapping_engine.source.node import Source

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

Schema = Mapping[str, Any]


def accept_settings(
    schema: Schema, settings: object, title: str, source: Source | None = None
) -> dict[str, Any]:
    """A copy of ``settings`` with the schema's defaults; ``source`` is the text of the schema.

    Raises ConfigurationError (CF01) that names the key and what is accepted, never the value, and
    has the other mistakes beside it.
    """
    if type(settings) is dict and not _is_json(settings):
        raise _invalid(
            f"the settings of {title} hold something that is not JSON text",
            help="give plain JSON: no broken Unicode, no NaN, no numbers beyond 64 bits",
        )
    if type(settings) is not dict:
        raise _invalid(
            f"the settings of {title} are {found_kind(settings)}, not an object",
            help="give one JSON object",
        )
    accepts = fast_verdict(schema)
    if accepts is not None and accepts(settings):
        return _with_defaults(schema, settings, title)
    try:
        found = list(validator_class()(schema).iter_errors(settings))
    except RecursionError:
        raise _invalid(f"the settings of {title} are nested too deeply") from None
    mistakes: dict[str, ConfigurationError] = {}
    for each in found:
        error = deepest([each]) or each
        for steps, keys in places_of(error):
            path = path_text(steps)
            mistakes.setdefault(path, _mistake(schema, error, path, keys, source))
    if not mistakes:
        return _with_defaults(schema, settings, title)
    first, *others = mistakes.values()
    first.others = tuple(others)
    raise first from None


def _mistake(
    schema: Schema,
    error: ValidationError,
    path: str,
    keys: tuple[str | int, ...],
    source: Source | None,
) -> ConfigurationError:
    """One mistake: what is wrong, what is accepted, and where the schema says so."""
    near = None
    instance: Any = error.instance
    wanted: Any = error.validator_value
    declared = property_names(schema, error.schema if isinstance(error.schema, Mapping) else {})
    if error.validator == "required":
        message = "is missing"
        given = [key for key in instance if key not in declared]
        near = nearest(str(keys[-1]), given)
        near = None if near is None else f"`{near}` is no setting: did you mean `{keys[-1]}`?"
    elif error.validator == "additionalProperties":
        message = "is unknown"
        near = did_you_mean(str(keys[-1]), declared) or f"known: {listed(declared)}"
    else:
        message = f"is {found_kind(instance)}; accepted: {expected(error)}"
        if error.validator == "enum" and isinstance(instance, str):
            near = did_you_mean(instance, filter(None, map(str, wanted)))
    advice = [text for text in (near, _described(schema, path)) if text]
    at = None
    if source is not None:
        steps = [*list(error.absolute_schema_path)[:-1], *keys]
        at = place_in_schema(source, tuple(steps))
    text = f"setting `{path or 'settings'}` {message}"
    return _invalid(text, "; ".join(advice) or None, path, at)


def _invalid(
    message: str, help: str | None = None, path: str | None = None, span: Span | None = None
) -> ConfigurationError:
    return ConfigurationError(ErrorCode.SETTINGS_INVALID, message, path=path, span=span, help=help)


def unknown_settings(schema: Schema, settings: Mapping[str, Any]) -> tuple[EventWarning, ...]:
    """A warning (WA03) for each key that the schema does not declare, in rows of settings, too.

    An object of which the schema says nothing may have any keys. Of several rows with the same
    unknown key, the first is named.
    """
    found = dict[str, EventWarning]()
    waiting: list[tuple[Schema, Any, str, str]] = [(schema, settings, "", "")]
    while waiting:
        declared, value, path, place = waiting.pop(0)
        if isinstance(value, list):
            rows = items_schema(schema, declared)
            waiting += [
                (rows, each, f"{path}[{at}]", f"{place}[]") for at, each in enumerate(value)
            ]
        names = property_names(schema, declared) if isinstance(value, dict) else ()
        for key in value if names or declared is schema else ():
            at = f"{path}.{key}" if path else key
            below = property_schema(schema, declared, key)
            if below is not None:
                waiting.append((below, value[key], at, f"{place}.{key}"))
            elif key not in names:
                near = did_you_mean(key, names) or f"known: {listed(names)}"
                warning = EventWarning("WA03", f"unknown setting `{at}`; {near}", path=at)
                found.setdefault(f"{place}.{key}", warning)
    return tuple(found.values())


def _is_json(settings: dict[str, Any]) -> bool:
    """Whether they come back from JSON as they were: NaN, infinities and tuples do not."""
    try:
        return bool(orjson.loads(orjson.dumps(settings)) == settings)
    except (TypeError, ValueError, RecursionError):
        return False


def _described(schema: Schema, path: str) -> str | None:
    top = path.split(".")[0].split("[")[0]
    declared = schema.get("properties", {}).get(top, {})
    described = declared.get("description") if isinstance(declared, dict) else None
    return described if isinstance(described, str) else None


def _with_defaults(schema: Schema, settings: dict[str, Any], title: str) -> dict[str, Any]:
    defaults = {
        name: declared["default"]
        for name, declared in schema.get("properties", {}).items()
        if name not in settings and isinstance(declared, dict) and "default" in declared
    }
    if not _is_json(defaults):
        raise _invalid(
            f"a default in the settings schema of {title} is not JSON text",
            help="correct the schema: no broken Unicode, no numbers beyond 64 bits",
        )
    return deepcopy({**settings, **defaults})
