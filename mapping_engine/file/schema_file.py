"""The JSON Schemas of a pack."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from mapping_engine.diagnostics import Diagnostics, Span
from mapping_engine.file.json_types import DATA_KEYWORDS, UNREADABLE
from mapping_engine.file.schema_words import check_words, place_in
from mapping_engine.source.json_text import JsonProblem, read_json
from mapping_engine.source.node import Source
from mapping_engine.transforms.patterns import searcher

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def read_schema(source: Source, used: Span, diagnostics: Diagnostics) -> dict[str, Any] | None:
    """The schema in ``source``, or None with the mistake reported (SH08).

    Only JSON Schema 2020-12 with references inside the same file is accepted: nothing is fetched.
    """
    try:
        schema: Any = read_json(source.text)
    except JsonProblem as problem:
        line, column = problem.place or (0, 0)
        place = Span(source.file, line, column, line, column + 1) if problem.place else used
        diagnostics.report("SH08", f"`{source.file}` is {problem}", place)
        return None
    wrong = _problem(schema)
    if wrong is not None:
        message, path = wrong
        diagnostics.report("SH08", message, place_in(source, path) or used)
        return None
    found: dict[str, Any] = schema
    return found if check_words(found, source, used, diagnostics) else None


def place_in_schema(source: Source, path: tuple[str | int, ...]) -> Span | None:
    """Where the value at ``path`` is written, or else the part around it that is."""
    for length in range(len(path), -1, -1):
        found = place_in(source, path[:length])
        if found is not None:
            return found
    return None


def _problem(schema: object) -> tuple[str, tuple[str | int, ...]] | None:
    """What is wrong with a schema, and the path to it; None when nothing is."""
    import jsonschema_rs  # for start-up time: only where schemas are read

    if not isinstance(schema, dict):
        return "a schema is an object", ()
    if schema.get("$schema", DRAFT) != DRAFT:
        return f"write `$schema`: `{DRAFT}`", ("$schema",)
    if not _is_unicode(schema):
        return "a text in it is not valid Unicode", ()
    for reference, place in _references(schema):
        if not _resolves(schema, reference):
            return f"the reference `{reference}` leads nowhere in this file", place
    wrong = _wrong_pattern(schema)
    if wrong is not None:
        return wrong
    try:
        if jsonschema_rs.meta.is_valid({"$schema": DRAFT, **schema}):
            return None
    except UNREADABLE:
        pass
    return _described(schema)


def _is_unicode(schema: dict[str, Any]) -> bool:
    """Whether every text in the schema can be written as UTF-8."""
    try:
        json.dumps(schema, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    except RecursionError:
        pass  # whatever else is wrong with it
    return True


def _wrong_pattern(schema: object) -> tuple[str, tuple[str | int, ...]] | None:
    """A regular expression that RE2 does not read: it judges the patterns of schemas."""
    waiting: list[tuple[object, tuple[str | int, ...]]] = [(schema, ())]
    while waiting:
        node, path = waiting.pop(0)
        if isinstance(node, list):
            waiting += [(each, (*path, place)) for place, each in enumerate(node)]
        if not isinstance(node, dict):
            continue
        waiting += [
            (each, (*path, key))
            for key, each in node.items()
            if key not in DATA_KEYWORDS and not key.startswith("x-")
        ]
        named = node.get("patternProperties")
        patterns = [(each, ("patternProperties", each)) for each in named or ()]
        for pattern, below in [(node.get("pattern"), ("pattern",)), *patterns]:
            if isinstance(pattern, str) and (why := _not_a_pattern(pattern)) is not None:
                return f"the pattern cannot be read: {why}", (*path, *below)
    return None


def _not_a_pattern(pattern: str) -> str | None:
    try:
        searcher(pattern)
    except ValueError as problem:
        return f"{problem} (patterns are RE2, as in rules: no look-around, no back-references)"
    return None


def _described(schema: dict[str, Any]) -> tuple[str, tuple[str | int, ...]] | None:
    """What jsonschema, which has the last word, says of a schema."""
    from jsonschema import Draft202012Validator  # for start-up time: only where one is wrong
    from jsonschema.exceptions import SchemaError  # for the same reason

    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as problem:
        where = "/".join(str(step) for step in problem.absolute_path)
        message = f"not a JSON Schema at `/{where}`: {problem.validator} is not met"
        return message, tuple(problem.absolute_path)
    return None


def _references(node: object) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """The references in a schema, and the way to each."""
    waiting: list[tuple[object, tuple[str | int, ...]]] = [(node, ())]
    while waiting:
        found, path = waiting.pop()
        if isinstance(found, dict):
            for name in ("$ref", "$dynamicRef"):
                if isinstance(found.get(name), str):
                    yield found[name], (*path, name)
            waiting.extend((each, (*path, name)) for name, each in found.items())
        elif isinstance(found, list):
            waiting.extend((each, (*path, place)) for place, each in enumerate(found))


def _resolves(schema: dict[str, Any], reference: str) -> bool:
    if reference == "#":
        return True
    target: Any = schema
    for step in reference.removeprefix("#/").split("/"):
        step = step.replace("~1", "/").replace("~0", "~")
        target = target.get(step) if isinstance(target, dict) else None
    return reference.startswith("#/") and isinstance(target, dict | bool)
