"""Random rules that use every key, and random events for them."""

from __future__ import annotations

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
     "p.items[0]", "$chained", "$replaced",
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
SHARED_PARTS = ["base: $settings.text", "auth: {basic: [type, p.a]}", "every: true", "every: false"]
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
]
KINDS = st.sampled_from(["instrumentation", "configuration"])


FIELDS = [
    "fields: {..: p, ..more: {when: type == 'x', value: p.c}, m: {value: p.b, default: null}}",
    "fields: {..a: {fields: {k: type}}, ..: {decide: {a: $object, b: p}}, k: {constant: null}}",
    "fields: {k: type, n: {when: p.a, constant: null}, ..: {under: type, value: p.a}}",
]
"""Objects with the keys of others in them, and with null."""


@st.composite
def blocks(draw: st.DrawFn) -> str:
    """A block that may stand where a chain, a table or a list is written."""
    one = quoted(draw(SOURCES))
    made = [
        *([each] for each in FIELDS),
        ["first_of: [p.a, {when: type == 'y', nothing: true}, {copy_of: p, empty: keep}]"],
        [
            f"decide: {{a: {{when: p.a, fields: {{k: {one}}}}}, "
            "b: {when: p.b, nothing: true}, c: p}"
        ],
        [f"positions: [p.a, {{fields: {{k: {one}}}}}]", "fill: 0"],
        [f"list_of: [p.a, {{when: type, fields: {{k: {one}}}}}, {one}]"],
        ["merged: [p, $object, {when: p.b, fields: {z: type}}]"],
        ["rest_of: p", "without: [a]", "hash: [b]"],
        ["copy_of: p.c", "keep: $settings.texts", "empty: keep"],
        ["copy_of: p", "only: [a, c]", draw(st.sampled_from(["empty: keep", "empty: drop"]))],
        ["entries_of: p", "key: $key |> upper", "value: $item |> text"],
        ["entries_of: p.items", "item: one", "key: $one.a", f"fields: {{m: $one.b, k: {one}}}"],
        ["entries_of: $object", "keep_when: $item is text"],
        ["under: type", f"value: {one}"],
        ["each: p.items", "item: one", "copy_of: $one", "keep_when: $one.b", "empty: keep"],
        ["constant: {k: [1, null]}"],
        ["template: '{type}'"],
    ]
    more = [
        f"when: {quoted(draw(CONDITIONS))}",
        "as: list |> first",
        "then: list |> first",
    ]
    chosen = draw(st.lists(st.sampled_from(more), max_size=1))
    return f"{{{', '.join([*draw(st.sampled_from(made)), *chosen])}}}"


@st.composite
def values(draw: st.DrawFn, *, field: bool = True, single: bool | None = None) -> list[str]:
    """The keys of a value, single or composed: a source, and what is done with it."""
    one = quoted(draw(SOURCES))
    any_one = quoted(draw(SOURCES | CONTAINERS))
    condition, step = draw(CONDITIONS), draw(STEPS)
    arms = [
        f"{{value: {quoted(draw(SOURCES))}, as: {quoted(draw(STEPS))}}}",
        "{value: type, then: text, one_of: [x, one]}",
        one,
        f"{{when: {quoted(condition)}, constant: x}}",
        f"{{template: '{{type}}-{{p.a}}', as: {quoted(step)}}}",
    ]
    chain = ", ".join(draw(st.permutations(arms)))
    row = f"{{when: {quoted(condition)}, value: {one}}}"
    copy = draw(st.sampled_from(["copy_of: p", "rest_of: p", "rest_of: p.c"]))
    fill = draw(st.sampled_from(["''", "0", "[]"]))
    is_single = draw(st.booleans()) if single is None else single
    block, other = ("", "") if is_single else (draw(blocks()), draw(blocks()))
    singles = [
        [f"value: {quoted(draw(SOURCES) + ' |> ' + step)}"],
        [f"value: {quoted(draw(ANY_CALLING))}"],
        [f"first_of: [{chain}]"],
        [f"decide: {{a: {row}, b: {{constant: 1}}, c: {arms[4]}}}"],
        ["constant: " + draw(st.sampled_from(["a", "0", "2.5"]))],
        ["template: '{type}:{p.b}{{'"],
    ]
    composed = [
        [f"value: {any_one}"],
        ["constant: " + draw(st.sampled_from(["[1, {k: x}]", "false", "{k: [1, null]}"]))],
        [f"fields: {{m: {any_one}, k: {{value: {one}, default: []}}}}"],
        ["each: p.items", f"fields: {{m: $item.a, k: {one}}}", "keep_when: $item.b == 1"],
        ["each: p.c |> list", "item: one", "value: $one", f"keep_when: {quoted(condition)}"],
        [f"positions: [{any_one}, p.a]", f"fill: {fill}"],
        [f"positions: [{chain}]"],
        [copy, f"fields: {{a: {one}}}", "hash: [b]"],
        [copy, "without: [b, c]", "keep: $settings.texts", "hash: $settings.any"],
        [copy, "without: $settings.texts"],
        [copy, "only: [a, c]", draw(st.sampled_from(["empty: keep", "empty: drop"]))],
        ["entries_of: p.items", "key: $item.a", "value: $item.b"],
        ["under: type", f"value: {one}"],
        [f"list_of: [{block}, {other}, {one}]"],
        [f"first_of: [{block}, {other}]"],
        [f"decide: {{a: {block}, b: {{when: {quoted(condition)}, nothing: true}}, c: {other}}}"],
        [f"merged: [{block}, p, {other}]"],
        [f"fields: {{..: {block}, ..other: {other}, k: {{value: {one}, default: null}}}}"],
        ["entries_of: p", f"decide: {{a: {block}, b: $item}}"],
        [copy, draw(st.sampled_from(["only: [a, c]", "only: $settings.texts", "only: [b]"]))],
    ]
    written = draw(st.sampled_from(singles if is_single else composed))
    optional = [
        "doc: d",
        f"when: {quoted(draw(CONDITIONS))}",
        draw(st.sampled_from(["default: d", "default: []", "default: $choice"])),
        f"then: {quoted(draw(STEPS) if is_single else 'list |> distinct')}",
    ]
    if is_single:
        optional += [f"as: {quoted(draw(STEPS))}"]
        optional += [draw(st.sampled_from(["one_of: [x, one, 2]", "one_of: $settings.texts"]))]
    if field:
        judged = ["required: true", "invalid: error", "invalid: ignore"]
        optional += draw(st.permutations(judged))[:2]
    return [
        *written,
        *draw(st.lists(st.sampled_from(optional), max_size=3, unique_by=lambda o: o[:4])),
    ]


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
    lines = ["warn:", f"  - {{when: {quoted(draw(CONDITIONS))}, message: odd}}"]
    lines += [f"  - {{when: {quoted(draw(CONDITIONS))}, message: 'odd {{type}}', field: f0}}"]
    lines += [f"  - {{when: {quoted(each)}, message: {place}}}" for place, each in enumerate(TWICE)]
    told = f"message: 'refused {{p.a}}', error: {draw(KINDS)}, help: h"
    if draw(st.booleans()):
        lines += ["accept:", f"  - {{require: {quoted(draw(CONDITIONS))}, {told}}}"]
        lines += [f"  - {{skip_when: {quoted(draw(CONDITIONS))}}}"]
    if draw(st.booleans()):
        lines += ["refuse:", f"  - {{when: {quoted(draw(CONDITIONS))}, {told}}}"]
        lines += [f"  - {{when: $payload.f0 == 'x', {told}}}"]
    return lines


def _key(written: str) -> str:
    return written.split(":")[0]


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
    for place in range(draw(st.integers(1, 2))):
        parts = draw(st.lists(st.sampled_from(PARTS_OF_REQUESTS), max_size=6, unique_by=_key))
        when = draw(st.sampled_from([[], [f"when: {quoted(draw(CONDITIONS))}"]]))
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
    return "\n".join(lines) + "\n"
