"""What a JSON Schema refuses, in words that never hold the value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from mapping_engine.transforms.patterns import searcher

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_BOUNDS = {
    "minLength": "a text of at least {} characters",
    "maxLength": "a text of at most {} characters",
    "minimum": "a number of at least {}",
    "maximum": "a number of at most {}",
    "exclusiveMinimum": "a number above {}",
    "exclusiveMaximum": "a number below {}",
    "multipleOf": "a multiple of {}",
    "minItems": "a list of at least {} items",
    "maxItems": "a list of at most {} items",
    "minProperties": "an object of at least {} keys",
    "maxProperties": "an object of at most {} keys",
    "pattern": "a text that matches {}",
    "format": "a text in the form of a {}",
    "const": "the value {}",
}


def path_text(steps: Iterable[str | int]) -> str:
    """A path such as ``contents[0].price``."""
    text = ""
    for step in steps:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def missing_keys(error: ValidationError) -> list[str]:
    """The keys that a ``required`` asks for in vain."""
    present: Any = error.instance
    wanted: Any = error.validator_value
    return sorted(set(wanted) - set(present))


def steps_to(error: ValidationError) -> list[str | int]:
    """The keys and places that lead to what is wrong, or missing."""
    missing = missing_keys(error)[:1] if error.validator == "required" else []
    return [*error.absolute_path, *missing]


def places_of(
    error: ValidationError,
) -> list[tuple[list[str | int], tuple[str | int, ...]]]:
    """The paths to all that is wrong: for keys that are missing or unknown, one for each.

    The steps below the schema's own place are given beside them.
    """
    path = list(error.absolute_path)
    if error.validator == "required":
        return [([*path, key], ("properties", key)) for key in missing_keys(error)]
    if error.validator == "additionalProperties" and error.validator_value is False:
        return [([*path, key], (key,)) for key in unknown_keys(error)]
    return [(path, (str(error.validator),))]


def unknown_keys(error: ValidationError) -> list[str]:
    """The keys of an object that its schema does not allow."""
    present: Any = error.instance
    schema = error.schema if isinstance(error.schema, Mapping) else {}
    patterns = schema.get("patternProperties", {})
    known = schema.get("properties", {})
    allowed = [searcher(pattern) for pattern in patterns]
    return [key for key in present if key not in known and not any(f(key) for f in allowed)]


def expected(error: ValidationError) -> str:
    """What is accepted at the place of the error, from the schema alone."""
    keyword = error.validator
    wanted: Any = error.validator_value
    if keyword == "type":
        names = [wanted] if isinstance(wanted, str) else wanted
        return " or ".join(_article(name) for name in names)
    if keyword == "enum":
        return "one of " + ", ".join(_constant(value) for value in wanted)
    if isinstance(keyword, str) and keyword in _BOUNDS:
        return _BOUNDS[keyword].format(_constant(wanted))
    if keyword == "required":
        return f"an object with {_names(missing_keys(error))}"
    if keyword == "additionalProperties":
        known = error.schema.get("properties", {}) if isinstance(error.schema, Mapping) else {}
        return f"an object with no keys but {_names(known)}"
    if keyword in ("anyOf", "oneOf"):
        return "one of the forms the schema lists"
    return f"what `{keyword}` asks for"


def deepest(errors: Iterable[ValidationError]) -> ValidationError | None:
    """The error to report first: the deepest one, in the order of paths."""
    from jsonschema.exceptions import best_match  # for start-up time: only for errors

    found = list(errors)
    if len(found) == 1 and not found[0].context:
        return found[0]
    return best_match(found) if found else None


def found_kind(value: Any) -> str:
    """What was found, as a kind."""
    names: dict[type, str] = {
        str: "a text",
        bool: "a boolean",
        int: "a number",
        float: "a number",
        list: "a list",
        dict: "an object",
        type(None): "null",
    }
    return names.get(type(value), f"a Python {type(value).__name__}")


def _article(name: str) -> str:
    words = {"string": "a text", "integer": "a whole number", "array": "a list"}
    return words.get(name) or (
        f"an {name}" if name[0] in "aio" else name if name == "null" else f"a {name}"
    )


def _constant(value: Any) -> str:
    return str(value) if type(value) in (int, float) else f"`{value}`"


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names)) or "none"
