"""Generated code, closures and the tracing run are three ways of doing one thing."""

from __future__ import annotations

import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from mapping_engine import Destination, Mapping, MappingError, RuleError, load
from mapping_engine.engine.generated.requests import GeneratedLowering
from mapping_engine.engine.program import Lowering, Program
from mapping_engine.engine.run import Run
from mapping_engine.engine.settings import accept_settings
from mapping_engine.engine.trace import Trace, TracingLowering
from mapping_engine.model.model import Model
from mapping_engine.testing import collect
from tests.checks.rules import CONDITIONS, NUMBERS, WORDS, quoted
from tools.check_example import completed, write_pack

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
SHARED = """\
tables: {words: {x: one, sold: two}}
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
"""
NESTED = "type == 'a'"
for _place in range(22):
    NESTED = f"(p.a == 'x{_place}' or ({NESTED} and p.b == {_place}))"
LISTS = " $item"
for _place in range(21):
    LISTS = f" {{each: p.items, item: i{_place}, fields: {{k:{LISTS}}}}}"
LISTS = LISTS.replace("$item", "type")
ROW = range(1, 60)
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


def model_of(text: str) -> Model:
    """The rules in a pack whose payload may hold anything; unusable ones are passed over."""
    with tempfile.TemporaryDirectory() as folder:
        pack = Path(folder) / "pack"
        write_pack(pack, completed(text))
        (pack / "payload.schema.json").write_text(
            '{"properties": {"hidden": {"type": "string", "x-personal": "hashed"}}}', "utf-8"
        )
        try:
            return load(pack).model
        except RuleError:
            assume(False)
            raise


# The three ways


def done(lowering: Lowering, event: dict[str, Any], given: dict[str, Any], now: float) -> Any:
    """What becomes of an event: requests or the error, and the warnings."""
    program = Program(lowering)
    accepted = accept_settings(lowering.model.settings_schema, given, "")
    # What is traced is bound by the program that applies, as a destination does it.
    binding = Program(Lowering(lowering.model)) if type(lowering) is TracingLowering else program
    run = program.run_for(event, binding.bind(accepted), now)
    if isinstance(lowering, TracingLowering):
        run.trace = Trace()
    try:
        made: Any = [request.to_dict() for request in program.requests(run, _accept)]
    except MappingError as error:
        made = error.to_dict()
    return repr(made), [warning.to_dict() for warning in run.warnings.all()]


def silently(model: Model, events: list[dict[str, Any]]) -> list[str]:
    """What becomes of events, one after the other, where nobody asks for warnings."""
    destination = Mapping(model).bind({"token": "t"}, clock=lambda: 100.5)
    object.__setattr__(destination, "_check", _accept)
    return [_applied(destination, event) for event in events]


def _applied(destination: Destination, event: dict[str, Any]) -> str:
    try:
        return repr([request.to_dict() for request in destination.apply(event)])
    except MappingError as error:
        return repr(error.to_dict())


def _accept(payload: dict[str, Any], run: Run) -> bytes:
    """Payloads are compared here, and not judged."""
    return orjson.dumps(payload)


@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
@given(rules(), st.lists(EVENTS, min_size=4, max_size=10))
def test_generated_code_does_what_closures_and_tracing_do(
    text: str, events: list[dict[str, Any]]
) -> None:
    model = model_of(text)
    wanted = [done(Lowering(model), event, {"token": "t"}, 100.5) for event in events]
    for event, each in zip(events, wanted, strict=True):
        assert done(GeneratedLowering(model), event, {"token": "t"}, 100.5) == each
        assert done(TracingLowering(model), event, {"token": "t"}, 100.5) == each
    made = [each for each, _ in wanted]
    assert silently(model, [*events, *events]) == [*made, *made]


SPECIAL: dict[str, tuple[str, dict[str, Any]]] = {
    "a local name of a pipeline is no definition": (
        """pipelines: {pp: {first_of: [{value: "$value |> lower"}]}}
define: {value: type}
fields: {x: $value}
warn:
  - {when: "($value |> lower) == 'a'", message: one}
  - {when: "($value |> lower) == 'b'", message: two}
  - {when: "(p.a |> pp) == 'b'", message: three}
""",
        {"type": "A", "p": {"a": "B"}},
    ),
    "a number is never infinite": (
        "fields: {x: p.a |> number, z: {value: p.a |> number |> list, default: [5]}}\n"
        "warn: [{when: p.a |> number > 5, message: much}]\n",
        {"p": {"a": "9" * 350 + ".5"}},
    ),
    "true is not 1": (
        "fields: {x: {when: p.a == 1, constant: same}, z: {when: p.b == 1, constant: same}}\n",
        {"p": {"a": True, "b": 1.0}},
    ),
    "a field of one request only": (
        "fan_out: {each: {tag: tags}}\nfields:\n  x: {when: $tag == 'b', constant: 1}\n"
        "  w: {when: $tag == 'a', constant: 2}\n  z: type\n",
        {"tags": ["a", "b", "c"], "type": "t"},
    ),
    "the last value that was tried is not the one that was found": (
        """fan_out: {each: {tag: tags, part: "$tag |> only_matching('x') |> list"}}
define: {d: {template: "d-{$tag}"}}
fields: {own: $tag, part: $part, d: $d}
""",
        {"tags": ["x", "y"]},
    ),
    "fields added to a copy": (
        f"{SHARED}fields:\n  f: {{copy_of: p, fields: {{a: $thing.text}}, hash: [b]}}\n",
        {"p": {"a": float("inf")}},
    ),
    "conditions in conditions": (
        "fields: {x: {value: type, when: " + json.dumps(NESTED) + "}}\n",
        {"type": "a", "p": {"a": "x3", "b": 1}},
    ),
    "lists in lists": (
        "fields:\n  x:" + LISTS + "\n",
        {"p": {"items": [{"a": 1}]}, "type": "t"},
    ),
    "definitions in a row": (
        "define:\n  d0: type\n"
        + "".join(f"  d{n}: {{first_of: ['$d{n - 1} |> text |> lower', type]}}\n" for n in ROW)
        + "fields: {x: $d59}\n",
        {"type": "A"},
    ),
}


@pytest.mark.parametrize("name", SPECIAL)
def test_special_cases_agree(name: str) -> None:
    text, event = SPECIAL[name]
    model = model_of(text)
    wanted = done(Lowering(model), event, {"token": "t"}, 100.5)
    assert done(TracingLowering(model), event, {"token": "t"}, 100.5) == wanted
    destination = Mapping(model).bind({"token": "t"}, clock=lambda: 100.5)
    outcome = destination.outcome(event)
    assert repr([request.to_dict() for request in outcome.requests]) == wanted[0]
    assert [warning.to_dict() for warning in outcome.warnings] == wanted[1]
    assert destination.apply(event) == list(outcome.requests)


SILENT: dict[str, tuple[str, dict[str, Any]]] = {
    "a text that is not valid unicode": (
        "fields: {x: p.a |> text, z: {first_of: [p.b, type], as: text}}\n",
        {"type": "t", "p": {"a": "x\ud800", "b": "\ud800"}},
    ),
    "an argument is missing": (
        "pipelines: {pp: {parameters: [other], first_of: [{value: $other}, {value: $value}]}}\n"
        "fields: {x: p.a |> pp(p.b), z: p.a |> pp(p.c), w: p.items |> pp(p.b)}\n",
        {"p": {"a": "A", "c": "C", "items": [None]}},
    ),
    "a key that is not valid unicode": (
        "fields: {x: type, c: {copy_of: p}}\n",
        {"type": "t", "p": {"\ud800": 1, "b": 2}},
    ),
    "fields of a required object note something": (
        "fields:\n  x: {required: true, fields: {k: jmespath(length(p.a))}}\n",
        {"p": {"a": 7}},
    ),
    "items of a required list note something": (
        """fields:
  x:
    required: true
    each: p.items
    fields: {k: jmespath(length(p.a)), m: $item.b |> number}
""",
        {"p": {"a": 7, "items": [{"b": "x"}]}},
    ),
    "another field notes something first": (
        "fields:\n  x: jmespath(length(p.a))\n  z: {value: p.b |> number, invalid: error}\n"
        "  w: {value: p.c |> number, required: true}\n",
        {"p": {"a": 7}},
    ),
    "a definition with a required field is used inside a list that may refuse": (
        """define: {d: {fields: {m: {value: person.id, required: true, when: "type == 'never'"}}}}
fields:
  f4: {each: "(p.a |> number |> list) ?? p.items", fields: {k0: $d}, invalid: error}
  z: person.id
""",
        {"type": "t", "p": {"a": "x", "items": [{"a": "2"}]}, "person": {"id": "a"}},
    ),
    "a condition with a required field is inside a list that may refuse": (
        """define: {d: {fields: {m: {value: person.id, required: true, when: "type == 'never'"}}}}
fields:
  f4:
    each: "(p.a |> number |> list) ?? p.items"
    fields: {k0: {value: type, when: $d is present}}
    required: true
""",
        {"type": "t", "p": {"a": "x", "items": [{"a": "2"}]}, "person": {"id": "a"}},
    ),
    "fields that closures make note something": (
        """fields:
  f4:
    copy_of: p
    fields: {k0: {positions: ["p.a |> number", type]}}
    then: keys |> join(',') |> only_matching('zz')
    invalid: error
  z: person.id
""",
        {"type": "t", "p": {"a": "x", "items": [{"a": "2"}]}, "person": {"id": "a"}},
    ),
    "a warning asks for what refuses": (
        "define: {obj: {fields: {q: {value: person.id, required: true}}}}\n"
        "fields: {own: type}\nwarn: [{when: $obj is present, message: nope}]\n",
        {"type": "t"},
    ),
    "what is hashed decides whether anything is": (
        "pipelines: {form: {normalises: email, steps: text |> trim |> lower}}\n"
        "define: {h: {value: email, as: form, then: hashed}}\n"
        "fields: {hidden: $h}\nalready_hashed: $h is present\n",
        {"email": "a@b.test"},
    ),
    "what is hashed decides whether a header is": (
        "pipelines: {form: {normalises: email, steps: text |> trim |> lower}}\n"
        "define: {h: {value: email, as: form, then: hashed}}\n"
        "fields: {own: type}\nalready_hashed: $h is present\n"
        "request: {url: '{$api.base}/e', json: {p: $payload}, headers: {X-H: $h}}\n",
        {"email": "a@b.test", "type": "t"},
    ),
    "an argument behind one that is missing": (
        """fields: {x: {value: type, as: "replace(p.a, new=p.b |> text)", invalid: error}}\n""",
        {"type": "t", "p": {"b": {"a": 1}}},
    ),
    "a path that each item has of its own": (
        "fields: {x: {each: p.items, value: at($item.a)}, c: {copy_of: p}, o: {rest_of: p}}\n",
        {"type": "t", "p": {"a": 1, "items": [{"a": "type"}, {"a": "p.a"}]}},
    ),
    "a definition with fields is used by a required field": (
        """define:
  d: {fields: {k: {value: p.b |> number, invalid: error, default: 1}, m: jmespath(length(p.a))}}
  made: {first_of: [p.c |> number, $d.k |> text, $d.m]}
fields:
  x: {value: $made, required: true}
  z: $d
  w: {value: $d.m, required: true}
""",
        {"p": {"a": 7, "c": "none"}},
    ),
}
"""What may differ where nobody asks for warnings."""


@pytest.mark.parametrize("name", SILENT)
def test_what_nobody_is_warned_of_changes_no_error(name: str) -> None:
    text, event = SILENT[name]
    model = model_of(text)
    wanted = done(Lowering(model), event, {"token": "t"}, 100.5)
    assert done(GeneratedLowering(model), event, {"token": "t"}, 100.5) == wanted
    assert silently(model, [event, event]) == [wanted[0], wanted[0]]


def test_a_fan_out_that_finds_one_request_makes_it_for_its_own_values() -> None:
    text, event = SPECIAL["the last value that was tried is not the one that was found"]
    destination = Mapping(model_of(text)).bind({"token": "t"}, clock=lambda: 0.0)
    assert destination.payloads(event) == [{"own": "x", "part": "x", "d": "d-x"}]
    assert destination.payloads({"tags": ["y", "x"]}) == destination.payloads(event)


def test_a_field_of_a_later_request_stands_where_the_rules_have_it() -> None:
    text, event = SPECIAL["a field of one request only"]
    destination = Mapping(model_of(text)).bind({"token": "t"}, clock=lambda: 0.0)
    made = destination.payloads(event)
    assert [list(payload) for payload in made] == [["w", "z"], ["x", "z"], ["z"]]


def test_a_note_of_an_argument_names_its_own_source() -> None:
    text = f"""{SHARED}fields:
  f0: {{first_of: [p.a, p.b], as: named(type |> text)}}
"""
    event = {"type": True, "p": {"b": [1]}}
    model = model_of(text)
    wanted = done(Lowering(model), event, {"token": "t"}, 100.5)
    assert done(GeneratedLowering(model), event, {"token": "t"}, 100.5) == wanted
    assert silently(model, [event]) == [wanted[0]]
    assert [warning["path"] for warning in wanted[1]] == ["type", "p.b"]


@cache
def bundled(pack: str) -> Model:
    return load(pack).model


@pytest.mark.parametrize("pack", ["facebook_offline_conversions", "facebook_conversions"])
def test_the_rule_tests_of_the_bundled_packs_agree(pack: str) -> None:
    model = bundled(pack)
    silent = GeneratedLowering(model, silent=True)
    programs = [Program(each) for each in (Lowering(model), GeneratedLowering(model), silent)]
    for case in collect(pack):
        try:
            accepted = accept_settings(model.settings_schema, case.settings, "")
        except MappingError:
            continue
        results = []
        for program in programs:
            run = program.run_for(case.event, program.bind(accepted), case.now)
            try:
                made: Any = [request.to_dict() for request in program.requests(run, _accept)]
            except MappingError as error:
                made = error.to_dict()
            results.append((made, [warning.to_dict() for warning in run.warnings.all()]))
        assert results[0] == results[1], case.name
        assert results[0][0] == results[2][0], case.name


def test_a_mapping_runs_generated_code() -> None:
    mapping = load("facebook_offline_conversions")
    assert isinstance(mapping, Mapping)
    program = mapping._program(silent=True)
    functions = [program._build, *(evaluate for _, evaluate in program.payloads.own)]
    assert {function.__code__.co_filename for function in functions} == {"<rules>"}
