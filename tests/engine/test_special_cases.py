"""Cases in which the ways to do what rules say could differ, one by one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.engine.ways import NOW, SETTINGS, SHARED, assert_agree, mapping_of, unjudged

NESTED = "type == 'a'"
for _place in range(22):
    NESTED = f"(p.a == 'x{_place}' or ({NESTED} and p.b == {_place}))"
LISTS = " $item"
for _place in range(21):
    LISTS = f" {{each: p.items, item: i{_place}, fields: {{k:{LISTS}}}}}"
LISTS = LISTS.replace("$item", "type")
ROW = range(1, 60)

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
    "a chain in a chain forgets what it tried itself, and no more": (
        "fields: {x: {first_of: [p.a |> number, "
        "{first_of: [p.b |> number, p.c], then: number}]}}\n",
        {"p": {"a": "x", "b": "y", "c": "z"}},
    ),
    "what a list leaves out is told under a name as well": (
        "define: {numbers: {each: tags, value: $item |> number}}\n"
        "fields: {x: {first_of: [p.a |> number, $numbers]}}\n",
        {"p": {"a": "x"}, "tags": ["1", "y"]},
    ),
    "a blank value of a fan-out is missing": (
        "fan_out: {each: {tag: tags}}\nfields: {x: $tag, z: {value: $tag, default: none}}\n",
        {"tags": ["a", " ", "", [], {}]},
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
    "a header without a value, and one that cannot be sent": (
        "request: {url: 'https://x.test/e', headers: {X-A: p.a, X-B: p.b}, json: {p: $payload}}\n"
        "fields: {x: type}\n",
        {"type": "t", "p": {"b": "é\n"}},
    ),
    "a header with a text that can be sent": (
        "request: {url: 'https://x.test/e', headers: {X-A: p.a}, json: {p: $payload}}\n"
        "fields: {x: type}\n",
        {"type": "t", "p": {"a": "plain"}},
    ),
    "a URL without a value": (
        "request: {url: 'https://x.test/{p.a}', json: {p: $payload}}\nfields: {x: type}\n",
        {"type": "t"},
    ),
    "a URL of a value that is blank": (
        "request: {url: '{p.a}', json: {p: $payload}}\nfields: {x: type}\n",
        {"type": "t", "p": {"a": "  "}},
    ),
    "many conditions at once": (
        "fields: {x: {when: "
        + json.dumps(" and ".join(f"p.a != {n}" for n in ROW))
        + ", value: type},"
        " z: {when: " + json.dumps(" or ".join(f"p.a == {n}" for n in ROW)) + ", value: type}}\n",
        {"type": "t", "p": {"a": 7}},
    ),
    "many steps in a row": (
        "fields: {x: " + json.dumps("type" + " |> lower |> upper" * 30) + "}\n",
        {"type": "t"},
    ),
    "the rest without what lies in what is mapped": (
        "define: {inner: p.deep.a, outer: $inner}\n"
        "fields: {w: p.deep, x: $outer, y2: p.deep.b.c, z: {rest_of: p}, v: {rest_of: p.deep}}\n",
        {"p": {"deep": {"a": 1, "b": {"c": 2, "d": 3}, "e": 4}, "f": 5}},
    ),
    "the rest without a part of a part": (
        "fields: {x: p.deep.b.c, y2: p.deep.b.c.d, z: {rest_of: p}}\n",
        {"p": {"deep": {"b": {"c": 2, "d": 3}, "e": 4}, "f": 5}},
    ),
    "a copy of what JSON cannot hold": (
        "fields: {z: {copy_of: p, hash: [h, i, j, k]}}\n",
        {
            "p": {
                "a": 10**400,
                "b": float("nan"),
                "c": "\ud800",
                "d": {"\ud800": 1},
                "h": 1e300,
                "i": 10**400,
                "j": float("inf"),
                "k": ["x"],
                "l": [],
                "m": [None, {}],
            }
        },
    ),
    "a copy of what is hashed already": (
        "already_hashed: type == 'h'\nfields: {z: {copy_of: p, hash: [a, b, c]}}\n",
        {"type": "h", "p": {"a": "x", "b": "a" * 64, "c": 3, "d": 4}},
    ),
    "a setting is read below, and a table": (
        f"{SHARED}fields: {{x: $tables.words.x, z: $tables.nested.inner.x,"
        " w: $settings.object.a.x}\n",
        {},
    ),
    "places of nothing": (
        "fields: {c: {positions: []}, d: {fields: {}}}\n",
        {"type": "A"},
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
    assert_agree(unjudged(mapping_of(text)), event)


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
        "define:\n  h: {value: email, as: form, then: hashed}\n"
        "  known: {when: $h is present, constant: k}\n"
        "fields: {own: type}\nalready_hashed: $h is present\n"
        "request: {url: '{$api.base}/e', json: {p: $payload}, headers: {X-H: $known}}\n",
        {"email": "a@b.test", "type": "t"},
    ),
    "an argument behind one that is missing": (
        """fields: {x: {value: type, as: "replace(p.a, new=p.b |> text)", invalid: error}}\n""",
        {"type": "t", "p": {"b": {"a": 1}}},
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
    assert_agree(unjudged(mapping_of(text)), event)


def test_a_fan_out_that_finds_one_request_makes_it_for_its_own_values() -> None:
    text, event = SPECIAL["the last value that was tried is not the one that was found"]
    destination = mapping_of(text).bind(SETTINGS, clock=lambda: NOW)
    assert destination.payloads(event) == [{"own": "x", "part": "x", "d": "d-x"}]
    assert destination.payloads({"tags": ["y", "x"]}) == destination.payloads(event)


def test_a_field_of_a_later_request_stands_where_the_rules_have_it() -> None:
    text, event = SPECIAL["a field of one request only"]
    destination = mapping_of(text).bind(SETTINGS, clock=lambda: NOW)
    made = destination.payloads(event)
    assert [list(payload) for payload in made] == [["w", "z"], ["x", "z"], ["z"]]


def test_a_note_of_an_argument_names_its_own_source() -> None:
    text = f"""{SHARED}fields:
  f0: {{first_of: [p.a, p.b], as: named(type |> text)}}
"""
    event = {"type": True, "p": {"b": [1]}}
    _, warnings = assert_agree(unjudged(mapping_of(text)), event)
    assert [warning["path"] for warning in warnings] == ["type", "p.b"]
