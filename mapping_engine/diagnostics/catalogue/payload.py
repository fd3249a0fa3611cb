"""Checks of what the payload schema accepts."""

from __future__ import annotations

from mapping_engine.diagnostics.catalogue.check import Check, Severity, table

_E, _W = Severity.ERROR, Severity.WARNING

CHECKS = table(
    Check(
        "OU01",
        "output-not-in-schema",
        _E,
        "the payload schema does not allow this field",
        why="Every payload would be refused.",
        fix="Write the field that is meant, or add it to the payload schema.",
        wrong="fields:\n  wrod: {constant: a}\n",
        right="fields:\n  word: {constant: a}\n",
    ),
    Check(
        "OU02",
        "output-type-mismatch",
        _E,
        "the payload schema does not accept this value",
        why="Payloads with such a value are refused. It is a warning where the value only may not "
        "be accepted.",
        fix="Convert the value, or correct the constant, the table or the schema.",
        ignore="A warning, where the event is known to hold nothing else.",
        wrong="fields:\n  texts: type\n"
        "  word: {value: \"p.a |> one_of(['a', 'b'])\", default: c}\n",
        right="fields:\n  texts: type |> list\n"
        "  word: {value: \"p.a |> one_of(['a', 'b'])\", default: a}\n",
    ),
    Check(
        "OU03",
        "duplicate-output",
        _E,
        "the same output is written twice",
        why="Case does not count in the names of headers, so that one of the two is lost.",
        fix="Keep one.",
        wrong='request:\n  url: "{$api.base}/e"\n  headers: {X-Source: type, x-source: p.a}\n'
        "  json: {payload: $payload}\nfields:\n  x: p.a\n",
        right='request:\n  url: "{$api.base}/e"\n  headers: {X-Source: type}\n'
        "  json: {payload: $payload}\nfields:\n  x: p.a\n",
    ),
    Check(
        "OU04",
        "overlapping-outputs",
        _W,
        "a field with a dot in its name beside the object it seems to mean",
        why="A dot in a name is a dot in the payload: it does not lead into the object.",
        fix="Write the field under the `fields` of the object.",
        ignore="Where the receiver has a field with a dot in its name.",
        wrong="fields:\n  open:\n    fields:\n      part: {fields: {a: p.a}}\n      part.b: p.b\n",
        right="fields:\n  open:\n    fields:\n      part: {fields: {a: p.a, b: p.b}}\n",
    ),
    Check(
        "OU05",
        "required-output-unmapped",
        _E,
        "the payload schema requires a field that may be absent",
        why="Without it the payload is refused, at the last moment and without naming a source.",
        fix="Give the field a `default`, or write `required: true`, so that such an event is "
        "refused with a message that names every source.",
        wrong="fields:\n  strict:\n    fields:\n      k: {first_of: [p.a, type]}\n"
        "      j: {constant: 1}\n",
        right="fields:\n  strict:\n    fields:\n"
        "      k: {first_of: [p.a, type], required: true}\n      j: {constant: 1}\n",
    ),
    Check(
        "OU06",
        "odd-url",
        _W,
        "a URL that cannot be right",
        why="The request would go nowhere, or to another place.",
        fix="Begin with the scheme and the host, and separate the parts with one `/`.",
        ignore="Where the receiver wants it so.",
        wrong='request:\n  url: "{$api.base}{type}//e"\n  json: {payload: $payload}\n'
        "fields:\n  x: p.a\n",
        right='request:\n  url: "{$api.base}/{type}/e"\n  json: {payload: $payload}\n'
        "fields:\n  x: p.a\n",
    ),
)
