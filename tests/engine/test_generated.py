"""Generated code does what the interpreter does, whatever the rules and the event."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mapping_engine import MappingError, load
from mapping_engine.testing import collect
from tests.checks.rules import CONDITIONS, NUMBERS, WORDS, quoted
from tests.engine.ways import SHARED, assert_agree, mapping_of, unjudged

# Random events, with values of kinds that nobody declared

ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, "", " ", [], {}, True, False, "\u00e9", "a" * 64, 1e400, {"k": "v"}]
)
VALUES = WORDS | NUMBERS | ODD | st.lists(WORDS | NUMBERS | ODD, max_size=2)
PART = st.dictionaries(st.sampled_from(["a", "b", "c"]), VALUES, max_size=3)
P = st.fixed_dictionaries(
    {}, optional={"a": VALUES, "b": VALUES, "items": st.lists(PART | ODD, max_size=3) | VALUES}
)
EVENTS = st.fixed_dictionaries(
    {},
    optional={
        "type": VALUES,
        "p": P | ODD,
        "person": st.fixed_dictionaries({}, optional={"id": VALUES}) | ODD,
        "tags": st.lists(WORDS, max_size=3) | ODD,
        "email": st.sampled_from(["A@b.test ", "", None, 7, "b" * 64, ["x"]]),
    },
)

# Random rules

SOURCES = st.sampled_from(
    ["type", "p.a", "p.b", "p.a", "person.id", "$chain", "$choice", "$each", "p.items[0].a",
     "p.items[].b",
     "tags", "p", "$settings.mode", "$now", "'word'", "3", "[p.a, p.b]", "p.a ?? p.b ?? 'z'",
     "lower(type)", "$tables.words", "$shown", "jmespath(length(tags))", "$thing.text", "$hashed",
     "p.items[0]", "$several", "$several[0].b", "$noted", "$noted", "$closed"]
)  # fmt: skip
STEPS = st.sampled_from(
    ["text", "text |> trim |> lower", "number", "list", "list |> first", "lookup($tables.words)",
     "text |> matching('[a-z]+')", "integer", "count", "text |> named('x')", "text |> named(p.a)",
     "text |> named(p.b |> text |> lower)", "named($chain |> integer)",
     "list |> compact |> distinct", "text |> truncate(3)", "text |> lookup_folded($tables.words)",
     "text |> nfc |> without_punctuation", "text |> form", "kind |> list", "text |> list",
     "text |> kind |> list |> first", "records", "number |> days_before($now)"]
)  # fmt: skip
TWICE = ["p.a |> number > 1", "p.a |> number < 3 and $noted is present", "not (p.a |> number) == 2"]
"""Conditions that make the same value, which is also that of a definition."""
FAN_OUTS = [
    "{each: {tag: tags}}",
    "{each: {tag: tags, part: '[$tag, type] |> distinct'}, none: {message: 'none of {type}'}}",
    "{each: {tag: '$several |> list', part: '$tag |> list', last: '[$part, p.a]'}}",
]
REQUESTS = [
    'request: {url: "{$api.base}/e/{type}", json: {payload: $payload, also: [p.a, {k: $closed}]}}',
    """request:
  url: "{$api.base}/e"
  headers: {X-Kind: type, X-Mode: $settings.mode}
  form: {data: [$payload], tag: "p.a ?? 'none'", secret: $settings.mode}""",
]


@st.composite
def values(draw: st.DrawFn) -> list[str]:
    """The keys of a value: a source, and what is done with it."""
    one = quoted(draw(SOURCES))
    arms = [f"{{value: {quoted(draw(SOURCES))}, as: {quoted(draw(STEPS))}}}", one]
    row = f"{{when: {quoted(draw(CONDITIONS))}, value: {one}}}"
    written = draw(
        st.sampled_from(
            [
                [f"value: {quoted(draw(SOURCES) + ' |> ' + draw(STEPS))}"],
                [f"first_of: [{', '.join(draw(st.permutations(arms)))}]"],
                [f"decide: {{a: {row}, b: {{constant: [1]}}}}"],
                [f"fields: {{m: {one}, k: {{value: {one}, default: []}}}}"],
                ["each: p.items", f"fields: {{m: $item.a, k: {one}}}", "keep_when: $item.b == 1"],
                [f"positions: [{one}, p.a]"],
                ["copy_of: p", f"fields: {{a: {one}}}", "hash: [b]"],
            ]
        )
    )
    optional = [
        f"as: {quoted(draw(STEPS))}",
        f"then: {quoted(draw(STEPS))}",
        f"when: {quoted(draw(CONDITIONS))}",
        "one_of: [x, one, 2]",
        draw(st.sampled_from(["default: d", "default: []", "default: $choice"])),
        draw(st.sampled_from(["required: true", "invalid: error", "invalid: ignore"])),
    ]
    return [
        *written,
        *draw(st.lists(st.sampled_from(optional), max_size=3, unique_by=lambda o: o[:4])),
    ]


@st.composite
def rules(draw: st.DrawFn) -> str:
    fanned_out = draw(st.booleans())
    lines = [SHARED, "fields:", "  hidden: $hashed"]
    lines += ["  own: $tag", "  rest: {first_of: [$tag, p.a]}"] if fanned_out else []
    for place in range(draw(st.integers(1, 3))):
        lines += [f"  f{place}:", *(f"    {line}" for line in draw(values()))]
    lines += ["warn:", f"  - {{when: {quoted(draw(CONDITIONS))}, message: odd}}"]
    lines += [f"  - {{when: {quoted(draw(CONDITIONS))}, message: 'odd {{type}}', field: f0}}"]
    lines += [f"  - {{when: {quoted(each)}, message: {place}}}" for place, each in enumerate(TWICE)]
    if draw(st.booleans()):
        lines += ["accept:", f"  - {{require: {quoted(draw(CONDITIONS))}, message: refused}}"]
        lines += [f"  - {{skip_when: {quoted(draw(CONDITIONS))}}}"]
        lines += ["refuse:", f"  - {{when: {quoted(draw(CONDITIONS))}, message: refused}}"]
    if fanned_out:
        lines += [f"fan_out: {draw(st.sampled_from(FAN_OUTS))}"]
    if draw(st.booleans()):
        lines += [draw(st.sampled_from(REQUESTS))]
    if draw(st.booleans()):
        lines += ["already_hashed: type == 'x'"]
    if draw(st.booleans()):
        lines += [f"hashing: $settings.mode is {draw(st.sampled_from(['missing', 'present']))}"]
    return "\n".join(lines) + "\n"


# The ways


@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
@given(rules(), st.lists(EVENTS, min_size=4, max_size=10))
def test_generated_code_does_what_the_interpreter_does(
    text: str, events: list[dict[str, Any]]
) -> None:
    destination = unjudged(mapping_of(text))
    for event in events:
        assert_agree(destination, event)


@pytest.mark.parametrize("pack", ["facebook_offline_conversions", "facebook_conversions"])
def test_the_rule_tests_of_the_bundled_packs_agree(pack: str) -> None:
    mapping = load(pack)
    for case in collect(pack):
        try:
            destination = unjudged(mapping, case.settings)
        except MappingError:
            continue
        assert_agree(destination, case.event)
