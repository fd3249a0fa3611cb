"""The ways to do what rules say: the interpreter, and generated code with and without warnings."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import orjson
from hypothesis import assume

from mapping_engine import Destination, Mapping, MappingError, Outcome, RuleError, load
from tools.check_example import PACK, completed, write_pack

SETTINGS = {"token": "t"}
NOW = 100.5
SHARED = """\
tables:
  words: {x: one, sold: two}
  listed: [x, 1, null]
  hosts: {x: "https://t.test/y/", one: "no host"}
  nested: {word: x, one: 1, sure: true, inner: {x: 1}}
pipelines:
  form:
    normalises: email
    steps: text |> trim |> lower |> only_matching('[^ @]+@[^ @]+')
  kind: {normalises: gender, values: [one, two], steps: text |> lower |> lookup($tables.words)}
  named:
    parameters: [other]
    first_of:
      - {when: $other == 'x', value: $value |> upper}
      - {value: "$value |> only_matching('[a-z]+')"}
      - {template: "{$value}-{$other}"}
      - {when: $value is text, constant: c, as: upper}
  digests: {items: form |> hashed, repeats: keep}
  numbers: {parameters: [factor], items: number |> times($factor)}
define:
  chain: [p.a, {value: p.b, as: text}, $choice]
  choice:
    decide: {one: {when: type == 'x', constant: c}, two: person.id, three: {template: "{type}!"}}
  each: {each: p.items, keep_when: $item.a != 'none', value: $item.b}
  shown: {when: p.a is present, value: type, default: none}
  thing: {fields: {text: p.a |> text, whole: p.b |> integer}}
  hashed: {first_of: [email], as: form, then: hashed}
  closed: {first_of: [type, p.a, p.b, person.id], as: kind, then: hashed |> list}
  several: p.items |> records
  noted: p.a |> number
  digests: {first_of: [email, p.items, tags], as: digests}
  numbers: {first_of: [p.items, tags, p.c, p.a], as: numbers($noted ?? 2), then: unwrapped}
"""
SETTINGS_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "token": {"type": "string", "x-secret": True},
        "mode": {"enum": ["fast", "slow"]},
        "flag": {"type": "boolean", "default": False},
        "text": {"type": "string"},
        "word": {"type": "string", "default": "x"},
        "number": {"type": "number"},
        "texts": {"type": "array", "items": {"type": "string"}},
        "rows": {"type": "array", "items": {"type": "object"}},
        "object": {"type": "object"},
        "nullable": {"type": ["string", "null"]},
        "any": {},
    },
}
"""Settings of every kind."""
FRAGMENT = """\
fragment: 1
define:
  chained: {first_of: [p.a, type, person.id], as: text}
  replaced: p.a
  object: {fields: {k: p.a, m: p.b}}
  tabled: {decide: {one: p.a, two: type}}
  listed: {each: p.items, keep_when: $item.a, fields: {k: $item.b}}
"""
PAYLOAD = {"properties": {"hidden": {"type": "string", "x-personal": "hashed"}}}
FILES = {
    "settings.schema.json": json.dumps(SETTINGS_SCHEMA),
    "payload.schema.json": json.dumps(PAYLOAD),
    "fragment.yaml": FRAGMENT,
    "table.json": '{"x": "one", "1": [2]}',
    "vocabulary.yaml": (PACK / "vocabulary.yaml")
    .read_text("utf-8")
    .replace("b: number", "b: number, c: any")
    .replace("tags: list of text", "tags: list of text, integrations: object")
    + "switches: {path: integrations, all: All}\n",
}


def mapping_of(text: str) -> Mapping:
    """The rules in a pack whose payload may hold anything; invalid ones are skipped."""
    with tempfile.TemporaryDirectory() as folder:
        pack = Path(folder) / "pack"
        write_pack(pack, completed(text))
        for name, written in FILES.items():
            (pack / name).write_text(written, "utf-8")
        try:
            return load(pack)
        except RuleError:
            assume(False)
            raise


def unjudged(mapping: Mapping, settings: dict[str, Any] | None = None) -> Destination:
    """The mapping under some settings; payloads are compared here, and not judged."""
    given = SETTINGS if settings is None else settings
    secrets = {"given": "s", "maybe": "t"} if mapping.model.secrets else {}
    destination = mapping.bind(given, secrets=secrets, clock=lambda: NOW)
    object.__setattr__(destination, "_check", orjson.dumps)
    return destination


def told(outcome: Outcome) -> tuple[str, list[dict[str, object]]]:
    """What became of an event: requests or the error, and the warnings."""
    sent = [(r.to_dict(), r.shown_url) for r in outcome.requests]
    made = outcome.error.to_dict() if outcome.error else sent
    return repr(made), [warning.to_dict() for warning in outcome.warnings]


def applied(destination: Destination, event: Any) -> str:
    """What becomes of an event where nobody asks for warnings."""
    try:
        return repr(
            [(request.to_dict(), request.shown_url) for request in destination.apply(event)]
        )
    except MappingError as error:
        return repr(error.to_dict())


def assert_agree(destination: Destination, event: dict[str, Any]) -> Any:
    """All ways do the same with an event, twice in a row; answers what that is."""
    made = destination.interpreted(event)
    wanted = told(made)
    for _ in range(2):
        assert told(destination.outcome(event)) == wanted
        assert applied(destination, event) == wanted[0]
    explanation = destination.explain(event)
    error = explanation.error.to_dict() if explanation.error else None
    assert (repr(error) == wanted[0]) if error else explanation.sent == len(made.requests)
    assert [warning.to_dict() for warning in explanation.warnings] == wanted[1]
    try:
        text = orjson.dumps(event)
    except (TypeError, ValueError):
        return wanted
    if orjson.loads(text) == event:
        assert applied(destination, text) == wanted[0]
    return wanted
