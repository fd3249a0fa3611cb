"""Random rules that use every key, and random events for them."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import strategies as st

from tests.checks.rules import CONDITIONS, NUMBERS, WORDS, quoted
from tests.engine.random_calls import ANY_CALLING, ANYTHING
from tests.engine.ways import SHARED

# Random events, with values of kinds that nobody declared

ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, "", " ", [], {}, True, False, "\u00e9", "a" * 64, 1e400, {"k": "v"}]
)
VALUES = WORDS | NUMBERS | ODD | st.lists(WORDS | NUMBERS | ODD, max_size=2)
PART = st.dictionaries(st.sampled_from(["a", "b", "c"]), VALUES, max_size=3)
P = st.fixed_dictionaries(
    {},
    optional={
        "a": VALUES,
        "b": VALUES,
        "c": ANYTHING,
        "items": st.lists(PART | ODD, max_size=3) | VALUES,
    },
)
EVENTS = st.fixed_dictionaries(
    {},
    optional={
        "type": VALUES,
        "p": P | ODD,
        "person": st.fixed_dictionaries({}, optional={"id": VALUES}) | ODD,
        "tags": st.lists(WORDS, max_size=3) | ODD,
        "integrations": st.sampled_from(
            [{"All": False}, {"Here": True}, {"Here": {"k": "v"}}, {"Here": False}, 3]
        ),
        "email": st.sampled_from(["A@b.test ", "", None, 7, "b" * 64, ["x"]]),
    },
)

# Random rules

SOURCES = st.sampled_from(
    ["type", "p.a", "p.b", "p.a", "person.id", "$chain", "$choice", "$each", "p.items[0].a",
     "p.items[].b",
     "tags", "$settings.mode", "$now", "'word'", "3", "p.a ?? p.b ?? 'z'",
     "lower(type)", "$tables.words", "$shown", "jmespath(length(tags))", "$thing.text", "$hashed",
     "p.items[0]", "$chained", "$replaced", "$tabled",
     "$integration.k", "$drawn", "$settings.any", "$settings.nullable",
     "$tables.filed", "$api.version", "$settings.object.a",
     "$several", "$several[0].b", "$noted", "$noted", "$closed",
     "$digests", "$numbers"]
)  # fmt: skip
CONTAINERS = st.sampled_from(
    [
        "$object",
        "$listed",
        "$made",
        "$settings.rows",
        "$settings.flag",
        "[p.a, p.b]",
        "p",
        "p.items",
        "tags",
    ]
)
"""Sources that most transforms would not take."""
STEPS = st.sampled_from(
    ["text", "text |> trim |> lower", "number", "list", "list |> first", "lookup($tables.words)",
     "text |> matching('[a-z]+')", "integer", "list |> count", "text |> named('x')",
     "numbers(2)", "numbers($noted)", "digests", "unwrapped",
     "text |> named(p.a)",
     "text |> named(p.b |> text |> lower)", "named($chain |> integer)",
     "list |> compact |> distinct", "text |> truncate(3)", "text |> lookup_folded($tables.words)",
     "text |> nfc |> without_punctuation", "text |> form", "kind |> list", "text |> list",
     "text |> kind |> list |> first", "records", "number |> days_before($now)"]
)  # fmt: skip
TWICE = ["p.a |> number > 1", "p.a |> number < 3 and $noted is present", "not (p.a |> number) == 2"]
"""Conditions that make the same value, which is also that of a definition."""
FAN_OUTS = [
    "{each: {tag: tags}}",
    "{each: {tag: tags, part: '[$tag, type] |> distinct'}, "
    "none: {message: 'none of {type}', error: configuration, help: h}}",
    "{each: {tag: '$several |> list', part: '$tag |> list', last: '[$part, p.a]'}}",
]
REQUESTS = [
    'request: {url: "{$api.base}/e/{type}", json: {payload: $payload, also: [p.a, {k: $closed}]}}',
    """request:
  method: PUT
  url: "{$api.base}/{$api.version}/e"
  headers: {X-Kind: type, X-Mode: $settings.mode}
  auth: {bearer: $settings.token}
  query: {q: p.a}
  form: {data: [$payload], tag: "p.a ?? 'none'", secret: $settings.mode}""",
    """request:
  url: "{$api.base}/{$hashed}/{$chain |> text}"
  query: {who: $hashed, key: {when: p.a is present, value: $secrets.found}, kind: type}
  headers: {X-Given: $secrets.given, X-Maybe: {value: $secrets.maybe, default: none}}
  json: {payload: $payload, key: $secrets.found |> upper}""",
]
URLS = [
    "url: {value: \"p.a ?? 'https://w.test/z#f'\", within: \"['w.test', $settings.texts]\"}",
    "url: '{$api.base}/{type}?z=1'",
    "path: [a b, $settings.mode, 'x-{p.a}', '']",
    "base: $settings.word |> lookup($tables.hosts), path: [$thing.text]",
    "url: {template: '{$api.base}/x'}",
    "base: 'https://{type}.test/x/', path: [e]",
    "base: {first_of: [$settings.text], default: 'https://d.test'}",
]
BODIES = [
    "json: [$payload, {a: p.a}]",
    "form: {data: $payload, b: p.b}",
    "text: 'a{type}'",
    "text: {first_of: [p.b, $payload.f0]}",
    "ndjson: [$payload, p.a]",
    "ndjson: $payload",
    "xml: {a: {'@b': p.a, c: tags, '#text': type, p: $payload}}",
    "xml: $payload",
    "body: none",
    "body: none",
    "json: {all: $payloads, n: $payloads |> count}",
    "doc: no body is written",
]
PARTS_OF_REQUESTS = [
    "method: DELETE",
    "method: p.a ?? 'PUT'",
    "query: {a: p.a, b: tags, c: {when: type == 'x', constant: c}, d: [{k: p.b}]}",
    "query: $settings.object",
    "auth: {basic: [$settings.word, $settings.token]}",
    "auth: {basic: [p.a]}",
    "auth: {bearer: $settings.token}",
    "auth: {header: {X-Key: type}}",
    "auth: none",
    "auth: {none: none}",
    "headers: {X-A: p.a, X-B: {first_of: [p.b], as: text}, ..: $settings.object, ..p: p}",
    "fields: {f0: p.a}",
    "fields: {f0: {value: p.a, required: true}}",
    "payload: payload.schema.json",
    "refuse: [{when: $payload.f0 == 'x', message: odd}]",
    "warn: [{when: $payload is missing, message: odd}]",
    "fan_out: {each: {tag: tags}}, fields: {f0: $tag}",
    "fan_out: {each: {tag: '[p.a, type]', part: p.items |> list}, none: {message: none}}, "
    "fields: {f0: $tag, f1: {first_of: [$part, p.a]}}",
]
SHARED_PARTS = [
    "base: $settings.text",
    "auth: {basic: [type, p.a]}",
    "headers: {X-A: type, X-Own: {value: p.a, default: d}}",
    "query: {shared: type, a: p.a}",
    "every: true",
    "every: false",
]
SECRETS = (
    "secrets: {given: g, found: {from: $settings.token, in_url: allowed, because: b}, "
    "maybe: {optional: true}}"
)
CLEAR = st.sampled_from(
    ["[f0]", "[f1.k, f2]", "['*']", "['f0.*', 'f1.*', 'f2.*']", "[own]", "['f1[].k']"]
)
AMENDS = [
    "chained: {doc: d, first: [p.b], last: [p.b], replace: {type: p.c}, drop: [person.id]}",
    "chained: {when: p.a, as: list, then: list |> count, one_of: [1, 2], default: 7}",
    "object: {fields: {q: p.b, k: {value: p.c, default: d}}, drop: [m]}",
    "listed: {each: p.items |> drop(1), keep_when: $item.b, default: []}",
    "tabled: {rows: {new: p.b, two: {when: p.c, value: p.a}}, drop: [one]}",
    "object.fields.k: {when: p.b, default: d}",
]
KINDS = st.sampled_from(["instrumentation", "configuration"])


FIELDS = [
    "fields: {..: p, ..more: {when: type == 'x', value: p.c}, m: {value: p.b, default: null}}",
    "fields: {..a: {fields: {k: type}}, ..: {decide: {a: $object, b: p}}, k: {constant: null}}",
    "fields: {k: type, n: {when: p.a, constant: null}, ..: {under: type, value: p.a}}",
]
"""Objects with the keys of others in them, and with null."""


ARMS = [
    "{value: <ONE>, as: <STEP>}",
    "{value: type, then: text, one_of: [x, one]}",
    "<ONE>",
    "{when: <WHEN>, constant: x}",
    "{template: '{type}-{p.a}', as: <STEP>}",
]
BLOCKS = [
    *FIELDS,
    "first_of: [p.a, {when: type == 'y', nothing: true}, {copy_of: p, empty: keep}]",
    "decide: {a: {when: p.a, fields: {k: <ONE>}}, b: {when: p.b, nothing: true}, c: p}",
    "positions: [p.a, {fields: {k: <ONE>}}], fill: 0",
    "list_of: [p.a, {when: type, fields: {k: <ONE>}}, <ONE>]",
    "merged: [p, $object, {when: p.b, fields: {z: type}}]",
    "rest_of: p, without: [a], hash: [b]",
    "copy_of: p.c, keep: $settings.texts, empty: keep",
    "copy_of: p, only: [a, c], empty: <EMPTY>",
    "entries_of: p, key: $key |> upper, value: $item |> text",
    "entries_of: p.items, item: one, key: $one.a, fields: {m: $one.b, k: <ONE>}",
    "entries_of: $object, keep_when: $item is text",
    "entries_of: p.c, value: $item |> lower, empty: keep",
    "each: p.items, value: $item ?? type, keep_when: $item != 'x'",
    "under: type, value: <ONE>",
    "each: p.items, item: one, copy_of: $one, keep_when: $one.b, empty: keep",
    "constant: {k: [1, null]}",
    "template: '{type}'",
]
"""Blocks that may stand where a chain, a table or a list is written."""
SINGLES = [
    ["value: <PIPED>"],
    ["value: <CALL>"],
    ["first_of: [<CHAIN>]"],
    [f"decide: {{a: {{when: <WHEN>, value: <ONE>}}, b: {{constant: 1}}, c: {ARMS[4]}}}"],
    ["constant: <WORD>"],
    ["template: '{type}:{p.b}{{'"],
]
COMPOSED = [
    ["value: <ANY>"],
    ["constant: <CONSTANT>"],
    ["fields: {m: <ANY>, k: {value: <ONE>, default: []}}"],
    ["each: p.items", "fields: {m: $item.a, k: <ONE>}", "keep_when: $item.b == 1"],
    ["each: p.c |> list", "item: one", "value: $one", "keep_when: <WHEN>"],
    ["positions: [<ANY>, p.a]", "fill: <FILL>"],
    ["positions: [<CHAIN>]"],
    ["<COPY>", "fields: {a: <ONE>}", "hash: [b]"],
    ["<COPY>", "without: [b, c]", "keep: $settings.texts", "hash: $settings.any"],
    ["<COPY>", "without: $settings.texts"],
    ["<COPY>", "only: [a, c]", "empty: <EMPTY>"],
    ["entries_of: p.items", "key: $item.a", "value: $item.b"],
    ["under: type", "value: <ONE>"],
    ["<COPY>", "only: <ONLY>"],
]
OF_BLOCKS = [
    ["list_of: [<BLOCK>, <BLOCK>, <ONE>]"],
    ["first_of: [<BLOCK>, <BLOCK>]"],
    ["decide: {a: <BLOCK>, b: {when: <WHEN>, nothing: true}, c: <BLOCK>}"],
    ["merged: [<BLOCK>, p, <BLOCK>]"],
    ["fields: {..: <BLOCK>, ..other: <BLOCK>, k: {value: <ONE>, default: null}}"],
    ["entries_of: p", "decide: {a: <BLOCK>, b: $item}"],
]
_HOLE = re.compile(r"<([A-Z]+)>")
HOLES: dict[str, st.SearchStrategy[str]] = {
    "ONE": SOURCES.map(quoted),
    "ANY": (SOURCES | CONTAINERS).map(quoted),
    "WHEN": CONDITIONS.map(quoted),
    "STEP": STEPS.map(quoted),
    "PIPED": st.tuples(SOURCES, STEPS).map(" |> ".join).map(quoted),
    "CALL": ANY_CALLING.map(quoted),
    "CHAIN": st.permutations(ARMS).map(", ".join),
    "BLOCK": st.tuples(
        st.sampled_from(BLOCKS),
        st.sampled_from(["", ", when: <WHEN>", ", as: list |> first", ", then: list |> first"]),
    ).map(lambda parts: f"{{{''.join(parts)}}}"),
    "COPY": st.sampled_from(["copy_of: p", "rest_of: p", "rest_of: p.c"]),
    "ONLY": st.sampled_from(["[a, c]", "$settings.texts", "[b]"]),
    "EMPTY": st.sampled_from(["keep", "drop"]),
    "FILL": st.sampled_from(["''", "0", "[]"]),
    "WORD": st.sampled_from(["a", "0", "2.5"]),
    "CONSTANT": st.sampled_from(["[1, {k: x}]", "false", "{k: [1, null]}"]),
    "DEFAULT": st.sampled_from(["d", "[]", "$choice"]),
    "INVALID": st.sampled_from(["error", "ignore"]),
    "LISTED": st.sampled_from(["[x, one, 2]", "$settings.texts"]),
}


def _key(written: str) -> str:
    return written.split(":")[0]


def filled(draw: st.DrawFn, text: str) -> str:
    """The text with something drawn in each hole: only what is written is drawn."""
    return _HOLE.sub(lambda hole: filled(draw, draw(HOLES[hole[1]])), text)


@st.composite
def values(draw: st.DrawFn, *, field: bool = True, single: bool | None = None) -> list[str]:
    """The keys of a value, single or composed: a source, and what is done with it."""
    is_single = draw(st.booleans()) if single is None else single
    then = "<STEP>" if is_single else "list |> distinct"
    optional = ["doc: d", "when: <WHEN>", "default: <DEFAULT>", f"then: {then}"]
    optional += ["as: <STEP>", "one_of: <LISTED>"] if is_single else []
    optional += ["required: true", "invalid: <INVALID>"] if field else []
    composed = st.sampled_from(COMPOSED) | st.sampled_from(OF_BLOCKS)
    written = draw(st.sampled_from(SINGLES) if is_single else composed)
    more = draw(st.lists(st.sampled_from(optional), max_size=3, unique_by=_key))
    return [filled(draw, line) for line in [*written, *more]]


@st.composite
def definitions(draw: st.DrawFn) -> list[str]:
    """What stands beside the fields: definitions, and what is taken from a fragment."""
    lines = ["  drawn:", *(f"    {line}" for line in draw(values(field=False, single=True)))]
    lines = [line.replace("$drawn", "type") for line in lines]
    lines += ["  made:", *(f"    {line}" for line in draw(values(field=False, single=False)))]
    lines = [line.replace("$made", "p.items") for line in lines]
    lines += ["use: [./fragment.yaml]", "table_files: {filed: table.json}"]
    lines += ["override: {replaced: " + draw(st.sampled_from(["p.b", "[p.c, type]"])) + "}"]
    amends = draw(st.lists(st.sampled_from(AMENDS), max_size=3, unique_by=lambda a: a[:4]))
    return [*lines, *(["amend:", *(f"  {each}" for each in amends)] if amends else [])]


@st.composite
def judgements(draw: st.DrawFn) -> list[str]:
    """What is refused, skipped and warned of."""
    lines = ["warn:", "  - {when: <WHEN>, message: odd}"]
    lines += ["  - {when: <WHEN>, message: 'odd {type}', field: f0}"]
    lines += [f"  - {{when: {quoted(each)}, message: {place}}}" for place, each in enumerate(TWICE)]
    told = f"message: 'refused {{p.a}}', error: {draw(KINDS)}, help: h"
    if draw(st.booleans()):
        lines += ["accept:", f"  - {{require: <WHEN>, {told}}}"]
        lines += ["  - {skip_when: <WHEN>}"]
    if draw(st.booleans()):
        lines += ["refuse:", f"  - {{when: <WHEN>, {told}}}"]
        lines += [f"  - {{when: $payload.f0 == 'x', {told}}}"]
    return lines


OWN_PARTS = ("fields", "payload", "refuse", "warn", "fan_out")
"""What only one of several kinds of request can have."""


@st.composite
def request(draw: st.DrawFn) -> str:
    """The only kind of request."""
    shared = [part for part in PARTS_OF_REQUESTS if not part.startswith(OWN_PARTS)]
    parts = draw(st.lists(st.sampled_from(shared), max_size=4, unique_by=_key))
    body = draw(st.sampled_from([body for body in BODIES if not body.startswith("doc")]))
    return f"request: {{{', '.join([draw(st.sampled_from(URLS)), *parts, body])}}}"


@st.composite
def requests(draw: st.DrawFn) -> list[str]:
    """Several kinds of request, and what they share."""
    lines = draw(st.lists(st.sampled_from(SHARED_PARTS), unique_by=_key))
    lines += ["requests:"]
    for place in range(draw(st.integers(2, 3))):
        parts = draw(st.lists(st.sampled_from(PARTS_OF_REQUESTS), max_size=6, unique_by=_key))
        when = draw(st.sampled_from([[], ["when: <WHEN>"]]))
        body = draw(st.sampled_from(BODIES))
        fanned_out = any(part.startswith("fan_out") for part in parts)
        parts = [part for part in parts if not (fanned_out and part.startswith("fields"))]
        each = [*when, draw(st.sampled_from(URLS)), *parts, body]
        lines += [f"  r{place}: {{{', '.join(each)}}}"]
    return lines


@st.composite
def rules(draw: st.DrawFn) -> str:
    """A whole rule file."""
    shape = draw(st.sampled_from(["one request", "fan-out", "kinds", "kinds"]))
    fanned_out, kinds = shape == "fan-out", shape == "kinds"
    lines = [SHARED.rstrip(), *draw(definitions()), "fields:", "  hidden: $hashed"]
    lines += ["  own: $tag", "  rest: {first_of: [$tag, p.a]}"] if fanned_out else []
    for place, single in enumerate([True, False, None][: draw(st.integers(2, 3))]):
        lines += [f"  f{place}:", *(f"    {line}" for line in draw(values(single=single)))]
    lines += draw(judgements())
    lines += ["api: {base: 'https://x.test', version: v1}", SECRETS]
    lines += [
        f"personal: {{clear: [{{fields: {draw(CLEAR)}, because: b}}, "
        "{url: [hashed, chain], because: c}]}"
    ]
    lines += draw(requests()) if kinds else [draw(st.sampled_from(REQUESTS) | request())]
    optional = [
        "switch: [Here]",
        "limits: {requests: 2, payload_bytes: 99}",
        "already_hashed: type == 'x'",
        f"hashing: $settings.mode is {draw(st.sampled_from(['missing', 'present']))}",
        "hashing: $settings.flag",
    ]
    if fanned_out:
        lines += [f"fan_out: {draw(st.sampled_from(FAN_OUTS))}"]
    lines += draw(st.lists(st.sampled_from(optional), unique_by=lambda line: line.split(":")[0]))
    return filled(draw, "\n".join(lines) + "\n")
