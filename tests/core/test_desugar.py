"""What the keys of rule files mean: each rule beside the nodes that it is turned into."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mapping_engine.core import nodes
from mapping_engine.core.model import Model, payload_fields
from mapping_engine.core.nodes import Compare, Copy, ForEach, Logic, Node, Template
from tests.core.conftest import Core, Reading
from tests.core.written import (
    HERE,
    call,
    const,
    field,
    first,
    guard,
    listed,
    name,
    path,
    record,
)

A, B, C, ITEMS = (path(f"p.{key}") for key in ("a", "b", "c", "items"))
NAME = path("name")


def defined(model: Model, name: str = "x") -> Node:
    return model.definitions[name]


MEANINGS: list[tuple[str, Node]] = [
    # Sources
    ("p.a", A),
    ("{value: p.a}", A),
    ("{constant: p.a}", const("p.a")),
    ("{constant: [1, {k: v}]}", const([1, {"k": "v"}])),
    ("{template: 'a {p.a} {{b}}'}", Template(HERE, ("a ", A, " {b}"))),
    ('"[p.a, 1]"', listed(A, const(1))),
    ("$now", name("now")),
    ("$tables.t", name("tables", "t")),
    # Calls: written before a value, or behind it
    ("p.a |> text |> trim", call(call(A, "text"), "trim")),
    ("trim(text(p.a))", call(call(A, "text"), "trim")),
    ("p.a |> text |> replace('a', 'b')", call(call(A, "text"), "replace", const("a"), const("b"))),
    ("replace(text(p.a), 'a')", call(call(A, "text"), "replace", const("a"), None)),
    (
        "p.a |> text |> replace(new='b', old='a')",
        call(call(A, "text"), "replace", const("a"), const("b")),
    ),
    ("at('p.a', under='p')", call(None, "at", const("p.a"), const("p"))),
    # Choices
    ("[p.a, p.b]", first(A, B)),
    ("{first_of: [p.a, p.b]}", first(A, B)),
    ("p.a ?? p.b", first(A, B)),
    ("{decide: {one: p.a, two: p.b}}", first(one=A, two=B)),
    ("[p.a]", A),
    ("{first_of: p.a}", A),
    ("{decide: {one: p.a}}", first(one=A)),
    ("[p.a, p.b ?? p.c]", first(A, first(B, C))),
    ("[{when: name, value: p.a}, p.b]", first(guard(NAME, A), B)),
    # Conditions
    (
        "name == 'a' and not p.a",
        Logic(HERE, "and", (Compare(HERE, "==", NAME, const("a")), Logic(HERE, "not", (A,)))),
    ),
    ("name or p.a or p.b", Logic(HERE, "or", (NAME, A, B))),
    ("name not in ['a']", Logic(HERE, "not", (Compare(HERE, "in", NAME, listed(const("a"))),))),
    ("p.a is present", nodes.Test(HERE, A, "present")),
    ("p.a is not text", Logic(HERE, "not", (nodes.Test(HERE, A, "text"),))),
    ("{when: name, value: p.a}", guard(NAME, A)),
    ("{when: name, first_of: [p.a, p.b]}", guard(NAME, first(A, B))),
    # The default of a definition is one more alternative
    ("{value: p.a, default: 1}", first(A, const(1))),
    ("{value: p.a ?? p.b, default: 1}", first(A, B, const(1))),
    ("{first_of: [p.a, p.b], default: $now}", first(A, B, name("now"))),
    ("{when: name, value: p.a, default: 1}", guard(NAME, first(A, const(1)))),
    ("{value: p.a, as: text, default: 1}", first(call(A, "text"), const(1))),
    # `as` converts each alternative, `then` and `|>` the one that was chosen
    ("{value: p.a, as: text |> trim}", call(call(A, "text"), "trim")),
    ("{first_of: [p.a, p.b], as: text}", first(call(A, "text"), call(B, "text"))),
    ("{value: p.a ?? p.b, as: text}", first(call(A, "text"), call(B, "text"))),
    (
        "{first_of: [p.a ?? p.b, p.c], as: text}",
        first(first(call(A, "text"), call(B, "text")), call(C, "text")),
    ),
    ("{decide: {one: p.a, two: p.b}, as: text}", first(one=call(A, "text"), two=call(B, "text"))),
    (
        "{first_of: [{when: name, value: p.a}, p.b], as: text}",
        first(guard(NAME, call(A, "text")), call(B, "text")),
    ),
    (
        "{first_of: [{value: p.a, as: text}, p.b], as: list}",
        first(call(call(A, "text"), "list"), call(B, "list")),
    ),
    ("{first_of: [{value: p.a ?? p.b, as: text}]}", first(call(A, "text"), call(B, "text"))),
    ("{first_of: [p.a, p.b], then: text}", call(first(A, B), "text")),
    ("p.a ?? p.b |> text", call(first(A, B), "text")),
    ("(p.a |> text) ?? p.b", first(call(A, "text"), B)),
    (
        "{first_of: [p.a, p.b], as: text, then: trim}",
        call(first(call(A, "text"), call(B, "text")), "trim"),
    ),
    ('{value: "[p.a ?? p.b, p.c]", as: list}', call(listed(first(A, B), C), "list")),
    # `one_of` comes last
    (
        "{value: p.a, as: text, then: trim, one_of: [a]}",
        call(call(call(A, "text"), "trim"), "one_of", const(["a"])),
    ),
    ("{first_of: [p.a, p.b], one_of: $tables.t}", call(first(A, B), "one_of", name("tables", "t"))),
    ("{value: p.a, one_of: [a], default: b}", first(call(A, "one_of", const(["a"])), const("b"))),
    # Positions keep their places
    ("{positions: [p.a, p.b]}", listed(A, B, fill=const(""))),
    (
        "{positions: [p.a, {value: p.b, as: text}], fill: 0}",
        listed(A, call(B, "text"), fill=const(0)),
    ),
    (
        "{positions: [p.a ?? p.b, {when: name, value: p.c}], as: text}",
        listed(
            first(call(A, "text"), call(B, "text")), guard(NAME, call(C, "text")), fill=const("")
        ),
    ),
    ("{positions: [p.a], then: compact}", call(listed(A, fill=const("")), "compact")),
    # Objects, lists of them, copies
    ("{fields: {k: p.a}}", record(field("k", A))),
    (
        "{fields: {k: {value: p.a, as: text}}, when: name}",
        guard(NAME, record(field("k", call(A, "text")))),
    ),
    ("{each: p.items, value: $item.k}", ForEach(HERE, ITEMS, "item", name("item", "k"))),
    (
        "{each: p.items, item: i, value: $i, keep_when: $i.k}",
        ForEach(HERE, ITEMS, "i", name("i"), name("i", "k")),
    ),
    (
        "{each: p.items, fields: {k: $item}}",
        ForEach(HERE, ITEMS, "item", record(field("k", name("item")))),
    ),
    (
        "{each: p.items, value: $item, as: compact}",
        call(ForEach(HERE, ITEMS, "item", name("item")), "compact"),
    ),
    ("{copy_of: p}", Copy(HERE, path("p"), False)),
    (
        "{rest_of: p, without: [a], hash: [b], fields: {k: p.c}}",
        Copy(HERE, path("p"), True, record(field("k", C)), const(["a"]), None, const(["b"])),
    ),
    (
        "{copy_of: p, keep: $settings.keys, only: [a]}",
        Copy(HERE, path("p"), False, None, None, name("settings", "keys"), None, const(["a"])),
    ),
]


@pytest.mark.parametrize(("written", "meant"), MEANINGS, ids=[text for text, _ in MEANINGS])
def test_what_a_definition_means(written: str, meant: Node, core: Core) -> None:
    model = core(f"tables: {{t: [a]}}\ndefine:\n  x: {written}\n")
    assert model.definitions == {"x": meant}


def test_a_chain_is_one_thing_however_it_is_written(core: Core) -> None:
    written = [
        "{first_of: [p.a, p.b], as: text}",
        "{value: p.a ?? p.b, as: text}",
        "[{value: p.a, as: text}, {value: p.b, as: text}]",
        "[p.a |> text, p.b |> text]",
        "(p.a |> text) ?? (p.b |> text)",
    ]
    found = [core(f"define:\n  x: {each}\n").definitions for each in written]
    assert found == [{"x": first(call(A, "text"), call(B, "text"))}] * len(written)


# Conversions under names


def test_as_converts_the_alternatives_behind_a_name(core: Core) -> None:
    model = core("define: {x: [p.a, p.b], v: {first_of: [$x, p.c], as: text}}")
    assert model.definitions == {
        "x": first(A, B),
        "x |> text": first(call(A, "text"), call(B, "text")),
        "v": first(name("x |> text"), call(C, "text")),
    }


@pytest.mark.parametrize(
    "v", ["{value: $x ?? p.c, as: text}", "[{value: $x, as: text}, {value: p.c, as: text}]"]
)
def test_as_reaches_a_name_wherever_it_stands(v: str, core: Core) -> None:
    wanted = core("define: {x: [p.a, p.b], v: {first_of: [$x, p.c], as: text}}")
    assert core(f"define:\n  x: [p.a, p.b]\n  v: {v}\n").definitions == wanted.definitions


def test_as_reaches_names_behind_names_and_conditions(core: Core) -> None:
    model = core(
        "define: {w: {when: name, first_of: [p.a, p.b]}, x: [$w, p.c], v: {value: $x, as: text}}"
    )
    assert model.definitions == {
        "w": guard(NAME, first(A, B)),
        "w |> text": guard(NAME, first(call(A, "text"), call(B, "text"))),
        "x": first(name("w"), C),
        "x |> text": first(name("w |> text"), call(C, "text")),
        "v": name("x |> text"),
    }


def test_conversions_follow_each_other_from_the_inside_out(core: Core) -> None:
    model = core(
        "define: {x: [p.a, p.b], v: {first_of: [$x, p.c], as: text}, z: {value: $v, as: trim}}"
    )
    assert defined(model, "z") == name("v |> trim")
    assert defined(model, "v |> trim") == first(
        name("x |> text |> trim"), call(call(C, "text"), "trim")
    )
    assert defined(model, "x |> text |> trim") == first(
        call(call(A, "text"), "trim"), call(call(B, "text"), "trim")
    )


def test_the_alternatives_are_derived_once_for_all_places(core: Core) -> None:
    model = core(
        "define: {x: [p.a, p.b]}\n"
        "fields: {k: {value: $x, as: text}, l: {first_of: [$x, p.c], as: text}}"
    )
    assert list(model.definitions) == ["x", "x |> text"]
    one, two = model.fields.fields
    assert (one.value, two.value) == (
        name("x |> text"),
        first(name("x |> text"), call(C, "text")),
    )


@pytest.mark.parametrize(
    "x",
    [
        "p.a",
        "{value: p.a, as: text}",
        "{first_of: [p.a, p.b], then: text}",
        "{value: p.a ?? p.b, one_of: [a]}",
        "{each: p.items, first_of: [$item.a, $item.b]}",
    ],
)
def test_what_does_more_than_choose_is_converted_as_a_whole(x: str, core: Core) -> None:
    model = core(f"define:\n  x: {x}\n  v: {{value: $x, as: list}}\n")
    assert defined(model, "v") == call(name("x"), "list")


def test_what_lies_below_a_name_is_converted_as_a_whole(core: Core) -> None:
    model = core("define: {x: [p, p.a], v: {value: $x.k, as: text}}")
    assert defined(model, "v") == call(name("x", "k"), "text")


def test_then_and_steps_convert_what_was_chosen_behind_a_name(core: Core) -> None:
    model = core("define: {x: [p.a, p.b], v: {value: $x, then: text}, z: $x |> text}")
    assert defined(model, "v") == defined(model, "z") == call(name("x"), "text")


def test_the_default_of_a_definition_is_converted_where_its_name_is(core: Core) -> None:
    model = core("define: {x: {value: p.a, default: 1}, v: {value: $x, as: text}}")
    assert defined(model, "x |> text") == first(call(A, "text"), call(const(1), "text"))


@pytest.mark.parametrize(
    ("key", "arm"),
    [
        ("item", "{value: $x, as: \"text |> replace('a', $item.k)\"}"),
        ("i", "{value: $x, as: \"text |> replace('a', $i.k)\"}"),
    ],
)
def test_a_conversion_that_reads_an_item_is_written_out(key: str, arm: str, core: Core) -> None:
    model = core(
        "define:\n"
        "  x: [$w, p.c]\n"
        "  w: [p.a, p.b]\n"
        f"  v: {{each: p.items, item: {key}, first_of: [{arm}, ${key}]}}\n"
    )

    def converted(node: Node) -> Node:
        return call(call(node, "text"), "replace", const("a"), name(key, "k"))

    body = first(first(first(converted(A), converted(B)), converted(C)), name(key))
    assert defined(model, "v") == ForEach(HERE, ITEMS, key, body)
    assert set(model.definitions) == {"w", "x", "v"}


def test_an_item_hides_a_definition_of_its_name(core: Core) -> None:
    model = core(
        "define: {x: [p.a, p.b], v: {each: p.items, item: x, first_of: [{value: $x, as: text}]}}"
    )
    assert defined(model, "v") == ForEach(HERE, ITEMS, "x", call(name("x"), "text"))


def test_what_is_derived_is_written_out_where_an_item_is_read(core: Core) -> None:
    model = core(
        "define:\n"
        "  w: [p.a, p.b]\n"
        "  x: {first_of: [$w, p.c], as: text}\n"
        "fields:\n"
        "  k:\n"
        "    each: p.items\n"
        "    first_of: [{value: $x, as: \"replace('a', $item)\"}]\n"
    )

    def converted(node: Node) -> Node:
        return call(call(node, "text"), "replace", const("a"), name("item"))

    body = first(first(converted(A), converted(B)), converted(C))
    assert model.fields.fields[0].value == ForEach(HERE, ITEMS, "item", body)


# Fields


def test_the_keys_of_a_field(core: Core) -> None:
    model = core(
        "fields:\n"
        "  a: p.a\n"
        "  b: {first_of: [p.a, p.b], as: text, when: name, default: 1, required: true}\n"
        "  c: {value: p.a, then: text, default: $now, invalid: error}\n"
    )
    converted = first(call(A, "text"), call(B, "text"))
    assert model.fields == record(
        field("a", A),
        replace(field("b", converted, NAME, const(1)), required=True),
        replace(field("c", call(A, "text"), None, name("now")), invalid="error"),
    )


def test_a_named_object_stands_in_the_place_of_its_name(core: Core) -> None:
    model = core(
        "define:\n"
        "  x: {fields: {k: $v, l: p.a}}\n"
        "  v: {fields: {m: p.b}, when: name}\n"
        "fields: {o: $x, p: {value: $x, when: p.c}, q: {value: $v, when: p.c}}\n"
    )
    below = record(field("k", record(field("m", B)), NAME), field("l", A))
    assert model.fields == record(
        field("o", below),
        field("p", below, C),
        field("q", record(field("m", B)), Logic(HERE, "and", (C, NAME))),
    )


def test_a_named_list_of_objects_and_a_named_copy_are_opened_too(core: Core) -> None:
    model = core(
        "define:\n"
        "  x: {each: p.items, fields: {k: $v}}\n"
        "  v: {copy_of: p, fields: {m: $z}}\n"
        "  z: {fields: {q: p.b}}\n"
        "fields: {o: $x}\n"
    )
    added = record(field("m", record(field("q", B))))
    body = record(field("k", Copy(HERE, path("p"), False, added=added)))
    assert model.fields == record(field("o", ForEach(HERE, ITEMS, "item", body)))


@pytest.mark.parametrize("x", ["p", "{copy_of: p}", "[p, p.a]", "{each: p.items, value: $item}"])
def test_other_names_stay_names(x: str, core: Core) -> None:
    model = core(f"define:\n  x: {x}\nfields: {{o: $x}}\n")
    assert model.fields == record(field("o", name("x")))


# Pipelines


def test_a_pipeline_reads_its_value_and_its_parameters(core: Core) -> None:
    model = core(
        "pipelines:\n"
        "  one: trim |> lower\n"
        "  two: {parameters: [by], steps: \"replace('a', $by)\"}\n"
        "  three:\n"
        "    first_of: [$value |> one, {value: $value, as: two('b'), when: $value is text}]\n"
        "  four: {first_of: [$value |> one]}\n"
        "define: {x: p.a |> text |> two('b')}\n"
    )
    value = name("value")
    assert model.pipelines["one"].body == call(call(value, "trim"), "lower")
    assert model.pipelines["two"].parameters == ("by",)
    assert model.pipelines["two"].body == call(value, "replace", const("a"), name("by"))
    assert model.pipelines["three"].body == first(
        call(value, "one"),
        guard(nodes.Test(HERE, value, "text"), call(value, "two", const("b"))),
    )
    assert model.pipelines["four"].body == call(value, "one")
    assert defined(model) == call(call(A, "text"), "two", const("b"))


# Requests


def test_a_body_is_a_tree_of_nodes(core: Core) -> None:
    request = 'request: {url: "{$api.base}/e", json: {payload: $payload, a: [p.a, {b: "1"}]}}'
    model = core(request)
    below = listed(A, record(field("b", const(1))))
    assert model.request.body == record(field("payload", name("payload")), field("a", below))


# Several files


SHARED = """
define:
  x: {first_of: [p.a, p.b], as: text}
  v: {fields: {k: p.a, l: p.b}, when: name}
  z: p.a
pipelines: {clean: trim}
tables: {t: [a]}
"""


def test_a_fragment_leaves_no_trace(core: Core) -> None:
    apart = core("use: [./shared.yaml]\nfields: {o: $x}", SHARED)
    together = core(f"{SHARED}\nfields: {{o: $x}}")
    assert replace(apart, file=together.file) == together


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ("override: {z: p.b}", "define: {z: p.b}"),
        ("amend: {x: {first: p.c}}", "define: {x: {first_of: [p.c, p.a, p.b], as: text}}"),
        ("amend: {x: {last: [p.c]}}", "define: {x: {first_of: [p.a, p.b, p.c], as: text}}"),
        ("amend: {x: {drop: p.a}}", "define: {x: {first_of: [p.b], as: text}}"),
        (
            "amend: {x: {replace: {p.a: [p.c, name]}}}",
            "define: {x: {first_of: [p.c, name, p.b], as: text}}",
        ),
        (
            "amend: {x: {as: list, then: count}}",
            "define: {x: {first_of: [p.a, p.b], as: list, then: count}}",
        ),
        (
            "amend: {x: {when: name, default: 1}}",
            "define: {x: {first_of: [p.a, p.b], as: text, when: name, default: 1}}",
        ),
        (
            "amend: {v: {drop: k, fields: {l: p.c, m: name}}}",
            "define: {v: {fields: {l: p.c, m: name}, when: name}}",
        ),
    ],
)
def test_a_change_leaves_no_trace(change: str, same: str, core: Core) -> None:
    wanted = core(same).definitions
    found = core(f"use: [./shared.yaml]\n{change}", SHARED).definitions
    assert {name: found[name] for name in wanted} == wanted


def test_the_paths_of_payload_fields_have_brackets_behind_lists(core: Core) -> None:
    rules = """
fields:
  names: {each: tags, value: $item}
  items: {each: p.items, fields: {id: $item, parts: {each: $item, fields: {k: name}}}}
  whole: {fields: {a: name, ..: {fields: {b: name}}}}
"""
    paths = [path for path, _ in payload_fields(core(rules).fields.fields)]
    assert paths == [
        *("names", "items", "items[].id", "items[].parts", "items[].parts[].k"),
        *("whole", "whole.a", "whole", "whole.b"),
    ]


def test_a_table_that_hides_one_of_a_fragment_is_told_at_its_own_place(reading: Reading) -> None:
    read = reading("use: [./shared.yaml]\ntables: {words: {a: b}}", "table_files: {words: w.json}")
    [found] = [each for each in read.diagnostics if each.code == "PR02"]
    assert (found.span.file.rpartition("/")[2], found.help) == ("rules.yaml", "rename one")
    assert [label.span.file.rpartition("/")[2] for label in found.labels] == ["shared.yaml"]
