"""SH10: JSON Schemas that are valid and do not say what they mean.

A keyword that nobody knows is no mistake to JSON Schema, and neither is a limit of another kind of
value: both are without effect.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from mapping_engine.diagnostics import (
    Diagnostics,
    Fix,
    Severity,
    Span,
    did_you_mean,
    listed,
    near_to,
    nearest,
)
from mapping_engine.source.node import ListNode, MappingNode, ScalarNode, Source, YamlNode
from mapping_engine.source.yaml_text import read_yaml
from mapping_engine.types.kinds import Json
from mapping_engine.types.units import UNITS

Schema: TypeAlias = dict[str, Any]
Path: TypeAlias = tuple[str | int, ...]

_NAMED = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
_LISTED = ("allOf", "anyOf", "oneOf", "prefixItems")
_SINGLE = (
    *("items", "additionalProperties", "contains", "propertyNames", "not", "if", "then", "else"),
    *("unevaluatedItems", "unevaluatedProperties", "contentSchema"),
)
_LIMITS = {
    "string": ("minLength", "maxLength", "pattern"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "array": ("minItems", "maxItems", "uniqueItems", "items", "prefixItems", "contains"),
    "object": ("minProperties", "maxProperties", "required", "properties", "additionalProperties"),
}
_NOTES = frozenset(
    ("title", "description", "examples", "$comment", "deprecated", "readOnly", "writeOnly")
)
_KEYWORDS = frozenset(
    (
        *_NAMED,
        *_LISTED,
        *_SINGLE,
        *_NOTES,
        *(name for names in _LIMITS.values() for name in names),
        *("$schema", "$id", "$ref", "$anchor", "$dynamicRef", "$dynamicAnchor", "$vocabulary"),
        *("type", "enum", "const", "default", "format", "dependentRequired", "dependencies"),
        *("minContains", "maxContains", "contentEncoding", "contentMediaType"),
    )
)
_TYPES = {str: "string", bool: "boolean", int: "integer", list: "array", dict: "object"}
_PLAIN = frozenset(("type", "enum", "items", "properties", *_NOTES))
_PAIRS = (
    *(("minLength", "maxLength"), ("minItems", "maxItems"), ("minimum", "maximum")),
    ("minProperties", "maxProperties"),
)
_MARKS = {"secret": "x-secret", "personal": "x-personal", "unit": "x-unit"}
_COMPOSED = frozenset((*_LISTED, "not", "if", "then", "else", "dependentSchemas"))
_NEAR, _NEAR_MARK = 0.75, 0.8


def check_words(schema: Schema, source: Source, used: Span, diagnostics: Diagnostics) -> bool:
    """Report what has no effect in a schema, or can never be met; whether it can be used.

    ``used`` is where the schema is named: for what has no place of its own.
    """
    words = _Words(schema, source, used, Diagnostics())
    for part, path in parts_of(schema):
        words.keywords(part, path)
        words.limits(part, path)
        words.names(part, path)
        words.default(part, path)
    diagnostics.found.extend(words.found.found)
    return not words.found.has_errors


def parts_of(root: Schema) -> Iterator[tuple[Schema, Path]]:
    """Every schema in a schema, with the way to it."""
    waiting: list[tuple[object, Path]] = [(root, ())]
    while waiting:
        part, path = waiting.pop()
        if not isinstance(part, dict):
            continue
        yield part, path
        for name in _NAMED:
            inner = part.get(name)
            if isinstance(inner, dict):
                waiting += [(each, (*path, name, key)) for key, each in inner.items()]
        for name in _LISTED:
            inner = part.get(name)
            if isinstance(inner, list):
                waiting += [(each, (*path, name, place)) for place, each in enumerate(inner)]
        waiting += [(part.get(name), (*path, name)) for name in _SINGLE]


def place_in(source: Source, path: Path, *, key: bool = False) -> Span | None:
    """Where a part of a schema is written, or its key: JSON is read as the YAML it nearly is."""
    node: YamlNode | None = read_yaml(source, Diagnostics())
    found: ScalarNode | None = None
    for step in path:
        entry = None
        if isinstance(node, MappingNode):
            entry = next((each for each in node if each.key.text == step), None)
            found, node = (entry.key, entry.value) if entry else (None, None)
        elif isinstance(node, ListNode) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
        else:
            return None
    if key:
        return None if found is None else found.span
    return None if node is None else node.span


def place_in_any(sources: Iterable[Source], path: Path, *, key: bool = False) -> Span | None:
    """The same in the first of several schemas that has such a part."""
    return next(filter(None, (place_in(each, path, key=key) for each in sources)), None)


class _Words:
    """The checks of one schema."""

    def __init__(self, root: Schema, source: Source, used: Span, found: Diagnostics) -> None:
        self.root, self.source, self.used, self.found = root, source, used, found

    def report(
        self, message: str, path: Path, help: str | None = None, *, sure: bool = True, to: str = ""
    ) -> None:
        """A finding at a key; ``to`` is the word that was meant."""
        span = place_in(self.source, path, key=isinstance(path[-1], str))
        fix = None
        if span is not None and to:
            old = f'"{path[-1]}"'
            fix = Fix(span, f'"{to}"', f"write `{to}`", safe=False, old=old)
        lighter = None if sure else Severity.WARNING
        at = span or self.used
        self.found.report("SH10", message, at, help=help, fix=fix, lighter=lighter)

    def keywords(self, part: Schema, path: Path) -> None:
        """Keywords that nobody knows, and marks that do not mark."""
        for name, value in part.items():
            here, mark = (*path, name), _mark(name)
            if name in _MARKS.values():
                wrong = _wrong_mark(name, value)
                if wrong is not None:
                    self.report(f"`{name}` {wrong}", here)
            elif mark is not None:
                message = f"`{name}` marks nothing"
                self.report(message, here, f"did you mean `{mark}`?", to=mark)
            elif name not in _KEYWORDS and not name.startswith("x-"):
                near = near_to(name, _KEYWORDS, _NEAR)
                help = f"did you mean `{near}`?" if near else "keywords of your own begin with `x-`"
                sure = near is not None and near not in _NOTES
                message = f"`{name}` is no keyword of JSON Schema, and has no effect"
                self.report(message, here, help, sure=sure, to=near or "")

    def limits(self, part: Schema, path: Path) -> None:
        """Limits of other kinds of value than the type, and those that nothing can meet."""
        declared = part.get("type")
        types = {declared} if isinstance(declared, str) else set(declared or ())
        shown = " or ".join(f"`{each}`" for each in sorted(types))
        if "integer" in types:
            types.add("number")
        for kind, names in _LIMITS.items():
            for name in names if types and kind not in types else ():
                if name in part:
                    message = f"`{name}` has no effect on a value of type {shown}"
                    self.report(message, (*path, name), sure=False)
        for least, most in _PAIRS:
            low, high = part.get(least), part.get(most)
            if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
                message = f"`{least}` is larger than `{most}`: no value is accepted"
                self.report(message, (*path, least), "exchange them, or correct one")

    def names(self, part: Schema, path: Path) -> None:
        """Required properties that are not declared."""
        properties, required = part.get("properties"), part.get("required")
        open_ended = "patternProperties" in part or _COMPOSED & {*part, *map(str, path)}
        if not isinstance(properties, dict) or not isinstance(required, list) or open_ended:
            return
        for place, name in enumerate(required):
            if name in properties:
                continue
            near = nearest(name, properties)
            sure = near is not None or part.get("additionalProperties") is False
            message = f"`{name}` is required, and not declared under `properties`"
            help = did_you_mean(name, properties) or f"declared: {listed(properties)}"
            self.report(message, (*path, "required", place), help, sure=sure)

    def default(self, part: Schema, path: Path) -> None:
        """Defaults and listed values that the schema itself does not accept."""
        values = [("default", part["default"])] if part.get("default") is not None else []
        if "type" in part and isinstance(part.get("enum"), list):
            values += [("enum", value) for value in part["enum"] if value is not None]
        is_text = part.get("type") == "string" and "enum" not in part
        if is_text and part.get("default") in ("true", "false"):
            message, help = "`default` is a text here", "write `boolean` as the type, and no quotes"
            self.report(message, (*path, "default"), help, sure=False)
        for name, value in values:
            refused = _refused_by(part, value, self.root)
            if refused is not None:
                message = f"`{name}` holds a value that the schema does not accept"
                self.report(message, (*path, name), f"write one that is accepted (`{refused}`)")


def _refused_by(part: Schema, value: Json, root: Schema) -> str | None:
    """The keyword of a part of a schema that refuses a value."""
    own = {key: limit for key, limit in part.items() if key != "default"}
    if _is_plainly_accepted(own, value):
        return None
    from jsonschema import Draft202012Validator  # for start-up time: only where it is asked

    accepts = Draft202012Validator(root).evolve(schema=own)
    error = next(iter(accepts.iter_errors(value)), None)
    return None if error is None else str(error.validator)


def _is_plainly_accepted(part: Schema, value: Json) -> bool:
    """Whether it can be told without jsonschema, which takes long to import, that a value fits."""
    if not part.keys() <= _PLAIN or (value and ("items" in part or "properties" in part)):
        return False
    declared, values = part.get("type"), part.get("enum")
    types = [declared] if isinstance(declared, str) else declared
    return (types is None or _TYPES.get(type(value)) in types) and (
        values is None or any(type(each) is type(value) and each == value for each in values)
    )


def _mark(name: str) -> str | None:
    """The mark that a keyword was meant to be."""
    folded = name.casefold().replace("_", "").replace("-", "").removeprefix("x")
    near = near_to(folded, _MARKS, _NEAR_MARK)
    is_own = name[:1] in "xX" and len(name) > 1
    return _MARKS[near] if near and (is_own or folded in ("secret", "personal")) else None


def _wrong_mark(name: str, value: object) -> str | None:
    match name, value:
        case "x-secret", bool():
            return None
        case "x-secret", _:
            return "is true or false, without quotes"
        case "x-personal", "hashed":
            return None
        case "x-personal", [_, *_] as kinds if all(isinstance(kind, str) for kind in kinds):
            return None
        case "x-personal", _:
            return 'is `"hashed"`, or a list of kinds of personal data that are sent in clear'
        case _:
            units = ", ".join(f"`{unit}`" for unit in UNITS)
            return None if value in UNITS else f"is one of {units}"
