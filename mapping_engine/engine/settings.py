"""Settings: validated once, completed with their defaults, never changed in place."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import orjson

from mapping_engine.diagnostics import did_you_mean, listed
from mapping_engine.engine.outcome import EventWarning
from mapping_engine.engine.verdict import fast_verdict
from mapping_engine.engine.violations import deepest, expected, found_kind, path_text, steps_to
from mapping_engine.errors import ConfigurationError, ErrorCode
from mapping_engine.file.json_types import follow, property_names
from mapping_engine.file.validator import validator_class

Schema = Mapping[str, Any]


def accept_settings(schema: Schema, settings: object, title: str) -> dict[str, Any]:
    """A copy of ``settings`` with the schema's defaults.

    Raises ConfigurationError (CF01) that names the key and what is accepted, never the value.
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
        error = deepest(validator_class()(schema).iter_errors(settings))
        if error is None:
            return _with_defaults(schema, settings, title)
    except RecursionError:
        raise _invalid(f"the settings of {title} are nested too deeply") from None
    path = path_text(steps_to(error))
    is_found = f"is {found_kind(error.instance)}; accepted: {expected(error)}"
    raise _invalid(
        f"setting `{path or 'settings'}` "
        + ("is missing" if error.validator == "required" else is_found),
        path=path,
        help=_described(schema, path),
    ) from None


def _invalid(message: str, help: str | None = None, path: str | None = None) -> ConfigurationError:
    return ConfigurationError(ErrorCode.SETTINGS_INVALID, message, path=path, help=help)


def unknown_settings(schema: Schema, settings: Mapping[str, Any]) -> tuple[EventWarning, ...]:
    """A warning (WA03) for each key of the settings that the schema does not declare."""
    names = property_names(schema, follow(schema, schema))
    return tuple(
        EventWarning(
            "WA03",
            f"unknown setting `{key}`; {did_you_mean(key, names) or f'known: {listed(names)}'}",
            path=key,
        )
        for key in settings
        if key not in names
    )


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
