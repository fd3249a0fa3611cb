"""The files of a new pack that works: from a payload schema and sample events, if there are any."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from mapping_engine.file.json_types import follow
from mapping_engine.types.kinds import Json, kinds
from mapping_engine.types.personal import fold_name
from mapping_engine.vocabulary import Vocabulary

Path = tuple[str, ...]
_DEEPEST = 5
_MOST_EVENTS = 1000
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CONVERSIONS = {"string": "text", "integer": "integer", "number": "number", "boolean": "boolean"}
_SAMPLES: dict[str, Json] = {
    "string": "x",
    "integer": 1,
    "number": 1.5,
    "boolean": True,
    "array": ["x"],
    "object": {"x": "x"},
}
_FILLED: dict[str, dict[str, Json]] = {
    "string": {"minLength": 1, "pattern": "\\S"},
    "array": {"minItems": 1},
    "object": {"minProperties": 1},
}
_SCALARS = kinds(("text", "number", "boolean"))
_HEAD = "# yaml-language-server: $schema=../../grammar/{kind}.schema.json\n"
PAYLOAD: dict[str, Json] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "An event",
    "type": "object",
    "additionalProperties": False,
    "required": ["event", "timestamp"],
    "properties": {
        "event": {"type": "string", "minLength": 1},
        "timestamp": {"type": "string"},
        "order_id": {"type": "string"},
        "email": {"type": "string", "x-personal": "hashed"},
    },
}
"""What a payload may look like, where nobody says."""


@dataclass(slots=True)
class _Draft:
    """What is found out while fields are written."""

    known: Mapping[str, list[Path]]
    vocabulary: Vocabulary
    settings: dict[str, Json] = field(default_factory=dict)
    used: dict[Path, Json] = field(default_factory=dict)
    """The paths that are read, each with a sample value."""
    kinds: set[str] = field(default_factory=set)
    """The kinds of personal data that are hashed."""


def new_pack(
    name: str,
    source: str,
    vocabulary: Vocabulary,
    payload: Mapping[str, Json],
    events: Iterable[Json],
) -> dict[str, str]:
    """The files of a pack, by their names in its folder.

    ``source`` is the name of the ``vocabulary``. A field is read from the path of the sample
    ``events``, or else of the vocabulary, that ends with its name; a required one without such a
    path becomes a setting, and any other a comment.
    """
    paths = _by_name([*_event_paths(events), *_declared_paths(vocabulary)])
    draft = _Draft(paths, vocabulary)
    fields = list(_fields(payload, payload, 1, draft))
    title = name.replace("_", " ").replace("-", " ").title()
    secret: Json = {
        "description": "The access token.",
        "type": "string",
        "minLength": 1,
        "x-secret": True,
    }
    settings = {"token": secret, **draft.settings}
    return {
        "rules.yaml": _rules(title, source, fields, draft.kinds),
        "payload.schema.json": _json(dict(payload)),
        "settings.schema.json": _json(_settings_schema(title, settings)),
        "tests/cases.yaml": _tests(title, settings, draft.used),
    }


def _rules(title: str, source: str, fields: list[str], personal: Iterable[str]) -> str:
    head = _HEAD.format(kind="mapping")
    lines = [
        "# A bare path (properties.total) is read from the event; $name is ours: $settings,",
        "# $payload, a definition. `??` takes the next alternative, `|>` applies a transform.",
        "# Run `rules-check` after each change, and `mapping-engine test`.",
        "mapping: 1",
        f"title: {json.dumps(title)}",
        'api: {base: "https://api.example.com", version: v1} # where the requests go',
        f"event: {source}",
        "settings: settings.schema.json",
        "payload: payload.schema.json",
        "",
        "request:",
        "  method: POST",
        '  url: "{$api.base}/{$api.version}/events"',
        '  headers: {Authorization: {template: "Bearer {$settings.token}"}}',
        "  json: $payload",
        "",
        "fields:" if any(not _is_comment(line) for line in fields) else "fields: {}",
        *fields,
    ]
    forms = [
        f"  {_form(k)}: {{normalises: {k}, steps: text |> trim |> lower}}" for k in sorted(personal)
    ]
    if forms:
        lines += [
            "",
            "pipelines: # how the receiver wants personal data before it is hashed",
            *forms,
        ]
    return head + "\n".join(lines) + "\n"


def _settings_schema(title: str, settings: dict[str, Json]) -> dict[str, Json]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Settings of {title}",
        "type": "object",
        "required": list(settings),
        "properties": settings,
    }


def _tests(title: str, settings: dict[str, Json], used: Mapping[Path, Json]) -> str:
    event: dict[str, Json] = {}
    for path, sample in used.items():
        _put(event, path, sample)
    given = {name: _sample(schema) for name, schema in settings.items()}
    head = _HEAD.format(kind="tests").replace("../../", "../../../")
    lines = [
        "tests: 1",
        f"title: {json.dumps(title)}",
        f"settings: {json.dumps(given)}",
        f"event: {json.dumps(event)}",
        "cases:",
        "  - name: an event becomes a request",
        "    expect: {requests: 1}",
    ]
    return head + "\n".join(lines) + "\n"


def _put(event: dict[str, Json], path: Path, sample: Json) -> None:
    for step in path[:-1]:
        below = event.setdefault(step, {})
        if not isinstance(below, dict):
            return
        event = below
    event.setdefault(path[-1], sample)


# Fields


def _fields(
    schema: Mapping[str, Json], root: Mapping[str, Json], depth: int, draft: _Draft
) -> Iterator[str]:
    """The lines of the fields of an object."""
    lead = "  " * depth
    properties, required = schema.get("properties"), schema.get("required")
    names = required if isinstance(required, list) else []
    for name, declared in properties.items() if isinstance(properties, dict) else ():
        found = follow(root, declared) if isinstance(declared, dict) else {}
        inner = list(_fields(found, root, depth + 2, draft)) if "properties" in found else []
        if any(not _is_comment(line) for line in inner):
            yield f"{lead}{_key(name)}:"
            if name in names:
                yield f"{lead}  required: true"
            yield f"{lead}  fields:"
            yield from inner
            continue
        value = _value(name, found, draft, is_required=name in names)
        if value is None:
            yield f"{lead}# {name}: no path of the event has this name"
        else:
            yield f"{lead}{_key(name)}: {value}"


def _value(
    name: str, declared: Mapping[str, Json], draft: _Draft, *, is_required: bool
) -> str | None:
    """What a field is made from, as it is written; None for nothing."""
    if "const" in declared:
        return f"{{constant: {json.dumps(declared['const'], ensure_ascii=False)}}}"
    items = declared.get("items")
    one = items if _type(declared) == "array" and isinstance(items, dict) else declared
    is_hashed = one.get("x-personal") == "hashed"
    path = next(iter(_candidates(name, one, draft, is_hashed=is_hashed)), None)
    if path is None:
        if is_required:
            draft.settings[name] = {"description": f"What is sent as {name}.", **_filled(declared)}
            source = f"$settings.{name}"
            return f"{{value: {source}, required: true}}" if "enum" in declared else source
        return None
    draft.used[path] = _sample(one)
    steps = list(_steps(one))
    if is_hashed:
        hidden = sorted(draft.vocabulary.type_of(path).personal_kinds)
        draft.kinds.update(hidden)
        steps = [*(map(_form, hidden) if hidden else steps), "hashed"]
    steps += [] if one is declared else ["list"]
    text = " |> ".join((".".join(path), *steps))
    return f"{{value: {_quoted(text)}, required: true}}" if is_required else _quoted(text)


def _form(kind: str) -> str:
    """The name of the pipeline for a kind of personal data."""
    return f"normal_{kind}"


def _steps(declared: Mapping[str, Json]) -> Iterator[str]:
    """The conversions to what the schema accepts."""
    values = declared.get("enum")
    if isinstance(values, list) and all(isinstance(each, str) for each in values):
        yield "text"
        yield f"one_of([{', '.join(_text(str(each)) for each in values)}])"
    elif (conversion := _CONVERSIONS.get(_type(declared))) is not None:
        yield conversion


def _text(value: str) -> str:
    return "'" + value.replace("'", "\\'") + "'"


def _candidates(
    name: str, declared: Mapping[str, Json], draft: _Draft, *, is_hashed: bool
) -> list[Path]:
    """The paths that end with a name and may hold such a value, those of few steps first."""
    if _type(declared) not in _CONVERSIONS and "enum" not in declared:
        return []
    types = {path: draft.vocabulary.type_of(path) for path in draft.known.get(fold_name(name), [])}
    fitting = [
        path
        for path, found in types.items()
        if _SCALARS & found.kinds and (is_hashed or not found.personal_kinds)
    ]
    return sorted(fitting, key=len)


def _filled(declared: Mapping[str, Json]) -> dict[str, Json]:
    """The schema of a setting that always has such a value."""
    kept = {key: value for key, value in declared.items() if key in ("type", "enum")}
    return {**kept, **({} if "enum" in kept else _FILLED.get(_type(declared), {}))}


def _type(declared: Mapping[str, Json]) -> str:
    types = declared.get("type")
    return str(types[0] if isinstance(types, list) and types else types)


def _sample(declared: Json) -> Json:
    if not isinstance(declared, dict):
        return "x"
    values = declared.get("enum")
    return values[0] if isinstance(values, list) and values else _SAMPLES.get(_type(declared), "x")


# Paths


def _event_paths(events: Iterable[Json]) -> Iterator[Path]:
    """The paths of values in sample events."""
    found: dict[Path, None] = {}
    for _, event in zip(range(_MOST_EVENTS), events, strict=False):
        waiting: list[tuple[Path, Json]] = [((), event)]
        while waiting:
            path, value = waiting.pop()
            if isinstance(value, dict) and len(path) < _DEEPEST:
                waiting += [((*path, k), each) for k, each in value.items() if _PLAIN.fullmatch(k)]
            elif path and not isinstance(value, dict):
                found[path] = None
    yield from found


def _declared_paths(vocabulary: Vocabulary) -> Iterator[Path]:
    """The paths that the vocabulary declares."""
    waiting: list[Path] = [()]
    while waiting:
        path = waiting.pop()
        described = vocabulary.type_of(path).described
        names = vocabulary.fields_of(described) if len(path) < _DEEPEST else ()
        waiting += [(*path, name) for name in names if _PLAIN.fullmatch(name)]
        if path and not names:
            yield path


def _by_name(paths: Iterable[Path]) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for path in paths:
        found.setdefault(fold_name(path[-1]), []).append(path)
    return found


# Texts


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def _key(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else json.dumps(name)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False) if re.search(r"[\[\],{}#:']", text) else text


def _json(value: dict[str, Json]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
