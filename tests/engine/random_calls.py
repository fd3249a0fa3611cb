"""Random calls of every transform: arguments of sensible and of other kinds, from everywhere."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from mapping_engine.transforms import REGISTRY, Flow, Parameter, Transform
from tests.checks.rules import NUMBERS, WORDS, quoted

ORIGINS = ("literal", "table", "settings", "any setting", "event")
"""Where an argument comes from; the last two may be of any kind."""
_ROWS: list[Any] = [{"from": "x", "to": "one"}, {"from": "Sold", "to": " b "}, {"from": 1}, {}]
ANYTHING: st.SearchStrategy[Any] = (
    WORDS
    | NUMBERS
    | st.sampled_from([None, "", " ", True, False, [], {}, ["x", None], {"x": "one", "1": 2}])
    | st.just(_ROWS)
)
SETTINGS = st.fixed_dictionaries(
    {"token": st.sampled_from(["t", "secret"])},
    optional={
        "mode": st.sampled_from(["fast", "slow"]),
        "flag": st.booleans(),
        "text": WORDS | st.just(" "),
        "word": WORDS,
        "number": NUMBERS,
        "texts": st.lists(WORDS, max_size=3),
        "rows": st.just(_ROWS) | st.just([]),
        "object": st.sampled_from([{}, {"x": "one", "sold": 3}, {"a": {"x": None}}]),
        "nullable": WORDS | st.none(),
        "any": ANYTHING,
    },
)
LITERALS = {
    "text": ["'x'", "'a'", "' '", "''", "','", "'[a-z]+'"],
    "number": ["0", "1", "3", "-1", "2.5"],
    "boolean": ["true", "false"],
    "list": ["['x', 1]", "[type, p.c]", "$tables.listed"],
    "object": ["$tables.words", "$tables.nested.inner"],
}
OWN_LITERALS = {
    "pattern": ["'[a-z]+'", "'.*'", "''", "'[0-9]{1,3}'", "'(a|x) ?.*'"],
    "order": ["'DMY'", "'YMD'", "'MDY'"],
    "path": ["'p.a'", "'p.items[0].b'", "'p.items.0.b'", "'x'"],
    "digits": ["0", "2"],
    "length": ["0", "1", "3"],
    "count": ["0", "2"],
    "minimum": ["0", "1"],
    "maximum": ["2", "4"],
    "algorithm": ["'sha1'", "'sha256'"],
    "encoding": ["'hex'", "'base64'"],
    "format": ["'%Y-%m-%d %H:%M'", "'%a %Z'"],
    "zone": ["'UTC'", "'Europe/Berlin'"],
}
"""Literals of parameters that don't take just any value of their kind."""
TABLES = {"text": "nested.word", "number": "nested.one", "boolean": "nested.sure", "list": "listed"}
NAMED = {"text": "text", "number": "number", "boolean": "flag", "list": "texts", "object": "object"}
INPUTS = {
    "any": ["p.c", "p.c", "$settings.any"],
    "text": ["type", "p.a", "'Sold x'", "'2024-05-06'", "$settings.text", "$settings.nullable"],
    "number": ["$noted", "3", "$tables.nested.one", "$settings.number"],
    "boolean": ["$settings.flag", "true"],
    "list": ["p.items", "tags", "$settings.rows", "['x', type, 1]"],
    "object": ["p", "$settings.object", "$tables.words"],
}
"""Values to convert, by what is declared of them; those of events may be of any kind."""


def origins(transform: Transform, parameter: Parameter) -> tuple[str, ...]:
    """Where this argument may come from: a constant one stands in the rules.

    No event chooses a path that is read of it.
    """
    found = _origins(parameter)
    return tuple(each for each in found if each != "event" or transform.locate is None)


def _origins(parameter: Parameter) -> tuple[str, ...]:
    if parameter.name in OWN_LITERALS and (parameter.constant or parameter.problem):
        return ("literal",) if parameter.constant else ("literal", *ORIGINS[2:])
    if parameter.kinds.names == {"object"}:
        return ORIGINS[1:]
    return ORIGINS[:2] if parameter.constant else ORIGINS


@st.composite
def argument(draw: st.DrawFn, transform: Transform, parameter: Parameter) -> str:
    """One argument."""
    kind = draw(st.sampled_from(sorted(parameter.kinds.names)))
    match draw(st.sampled_from(origins(transform, parameter))):
        case "table":
            return f"$tables.{TABLES.get(kind, 'words')}"
        case "settings":
            return f"$settings.{NAMED[kind]}"
        case "any setting":
            return "$settings.any"
        case "event":
            return draw(st.sampled_from(["p.c", "p.c", "p.items[1].c", "p.c |> list |> first"]))
        case _:
            return draw(st.sampled_from(OWN_LITERALS.get(parameter.name, LITERALS[kind])))


ARGUMENTS = {
    (transform.name, each.name): argument(transform, each)
    for transform in REGISTRY.values()
    for each in transform.parameters
}
GIVEN = st.sampled_from([True, True, False])


@st.composite
def call(draw: st.DrawFn, transform: Transform) -> str:
    """A call: required arguments by place, others by name or not at all."""
    arguments = []
    for each in transform.parameters:
        if each.required or draw(GIVEN):
            name = "" if each.required else f"{each.name}="
            arguments.append(name + draw(ARGUMENTS[transform.name, each.name]))
    return f"{transform.name}({', '.join(arguments)})" if arguments else transform.name


CALLS = {each.name: call(each) for each in REGISTRY.values()}
HASHING = [each.name for each in REGISTRY.values() if each.flow is Flow.HASH]
STEPS = [each for each in REGISTRY.values() if not each.reads_event and each.name not in HASHING]
FOLLOWING = {
    each.name: st.sampled_from([o.name for o in STEPS if o.accepts.names & each.returns.names])
    for each in REGISTRY.values()
}
"""The transforms that take what this one yields."""


@st.composite
def calling(draw: st.DrawFn, transform: Transform) -> str:
    """An expression with this transform, or with another one after it."""
    made = draw(CALLS[transform.name])
    if not transform.reads_event:
        kind = draw(st.sampled_from(["any", *sorted(transform.accepts.names)]))
        made = f"{draw(st.sampled_from(INPUTS[kind]))} |> {made}"
    if transform.name in HASHING:
        return made.replace(transform.name, f"text |> form |> {transform.name}")
    if draw(st.booleans()):
        made += f" |> {draw(CALLS[draw(FOLLOWING[transform.name])])}"
    return made


CALLING = {each.name: calling(each) for each in REGISTRY.values()}
ANY_CALLING = st.one_of(list(CALLING.values()))


@st.composite
def every_call(draw: st.DrawFn, part: int = 0, parts: int = 1) -> str:
    """Fields that together call every transform, or those of one part of them."""
    names = [name for place, name in enumerate(CALLING) if place % parts == part]
    calls = [f"  {name}: {quoted(draw(CALLING[name]))}" for name in names]
    return "\n".join(["fields:", *calls, ""])
