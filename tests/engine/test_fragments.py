"""What packs share, and how a pack changes a part of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mapping_engine import RuleError, load
from mapping_engine.checks import Options, check_all
from mapping_engine.diagnostics import Severity
from tools.check_example import TODAY, completed, write_pack

SHARED = """\
fragment: 1
define:
  word: [p.a, name, {constant: none}]
  line:
    each: p.items
    keep_when: $item.id
    fields:
      id: $item.id |> text
      m: {value: $item.m |> integer, default: 1}
  thing: {fields: {text: p.a, whole: p.b |> integer}}
"""
VOCABULARY = """\
vocabulary: 1
event: {type: text, name: text, p: part}
objects:
  part: {a: any, b: any, c: any, d: any, items: list of row, rows: list of row}
  row: {id: any, m: any, code: any, price: any}
open: [part, row]
personal: {names: {email: [email]}}
"""


def write(folder: Path, rules: str, shared: str = SHARED) -> Path:
    pack = folder / "pack"
    write_pack(pack, completed("use: [./shared.yaml]\n" + rules))
    (pack / "shared.yaml").write_text(shared, "utf-8")
    (pack / "vocabulary.yaml").write_text(VOCABULARY, "utf-8")
    (pack / "payload.schema.json").write_text('{"type": "object"}', "utf-8")
    return pack


def made(pack: Path, **event: Any) -> dict[str, Any]:
    (payload,) = load(pack).bind({}, clock=lambda: 0.0).payloads({"type": "t", **event})
    return payload


def mistakes(pack: Path) -> list[tuple[str, str]]:
    with pytest.raises(RuleError) as caught:
        load(pack)
    errors = [d for d in caught.value.diagnostics if d.severity is Severity.ERROR]
    return [(found.code, found.message) for found in errors]


# Changes


def test_alternatives_are_added_at_either_end(tmp_path: Path) -> None:
    pack = write(tmp_path, "amend: {word: {first: p.c, last: p.d}}\nfields: {x: $word}\n")
    assert made(pack, p={"c": "c", "a": "a"}) == {"x": "c"}
    assert made(pack, p={"a": "a"}) == {"x": "a"}


def test_one_alternative_is_replaced_or_dropped(tmp_path: Path) -> None:
    change = "amend: {word: {replace: {p.a: [p.c, p.d]}, drop: name}}\nfields: {x: $word}\n"
    pack = write(tmp_path, change)
    assert made(pack, p={"a": "a", "d": "d"}, name="n") == {"x": "d"}
    assert made(pack, p={"a": "a"}, name="n") == {"x": "none"}


def test_one_field_of_a_shared_object_is_another_one_here(tmp_path: Path) -> None:
    change = """\
amend:
  line:
    each: p.rows
    drop: [m]
    fields: {id: $item.code |> text, price: $item.price |> number}
    keep_when: $item.code
fields: {x: $line}
"""
    rows = [{"code": 1, "price": "2.5", "m": 9}, {"id": 2}]
    assert made(write(tmp_path, change), p={"rows": rows}) == {"x": [{"id": "1", "price": 2.5}]}


def test_one_field_of_a_shared_object_is_changed_in_part(tmp_path: Path) -> None:
    pack = write(tmp_path, "amend: {line.fields.m: {default: 2}}\nfields: {x: $line}\n")
    assert made(pack, p={"items": [{"id": 1}, {"id": 2, "m": 3}]}) == {
        "x": [{"id": "1", "m": 2}, {"id": "2", "m": 3}]
    }


def test_rows_of_a_table_are_added_in_front_or_replaced_or_dropped(tmp_path: Path) -> None:
    shared = "fragment: 1\ndefine: {word: {decide: {one: p.a, two: p.b, three: name}}}\n"
    change = "amend: {word: {rows: {new: p.c, two: p.d}, drop: one}}\nfields: {x: $word}\n"
    pack = write(tmp_path, change, shared)
    event = {"a": "a", "b": "b", "c": "c", "d": "d"}
    assert made(pack, p=event) == {"x": "c"}
    assert made(pack, p=event | {"c": ""}) == {"x": "d"}
    assert made(pack, p={"a": "a", "b": "b"}, name="n") == {"x": "n"}


def test_what_a_fragment_skips_or_refuses_is_so_for_each_pack_that_uses_it(tmp_path: Path) -> None:
    shared = """\
fragment: 1
accept:
  - skip_when: p.a == 'test'
  - {require: p.b is present, message: no b}
"""
    rules = "accept: [{require: name is present, message: no name}]\nfields: {x: name}\n"
    destination = load(write(tmp_path, rules, shared)).bind({})
    assert destination.apply({"type": "t", "p": {"a": "test"}}) == []
    refused = ({"type": "t"}, {"type": "t", "p": {"b": 1}})
    errors = [destination.outcome(event).error for event in refused]
    assert ["no b" in str(errors[0]), "no name" in str(errors[1])] == [True, True]
    checked = check_all([str(tmp_path / "pack")], Options(TODAY)).diagnostics
    assert [d for d in checked if d.severity is not Severity.INFO and d.code != "TE01"] == []


def test_a_change_leaves_the_fragment_as_it_is_for_others(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    changed = write(tmp_path / "one", "amend: {word: {first: p.c}}\nfields: {x: $word}\n")
    plain = write(tmp_path / "two", "fields: {x: $word}\n")
    event = {"p": {"c": "c", "a": "a"}}
    assert made(changed, **event) == {"x": "c"}
    assert made(plain, **event) == {"x": "a"}


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        ("wrod: {first: p.c}", "PR01", "the definition `wrod` does not exist"),
        ("word: {drop: p.b}", "PR01", "`$word` has no `p.b` to drop"),
        ("word: {replace: {p.b: p.c}}", "PR01", "`$word` has no alternative `p.b` to replace"),
        ("word: {fields: {x: p.c}}", "SH09", "`$word` is not an object with fields"),
        ("line: {first: p.c}", "SH09", "`$line` is not a list of alternatives"),
        ("line: {drop: [q]}", "PR01", "`$line` has no `q` to drop"),
        ("line: {rows: {q: p.c}}", "SH09", "`$line` is not a `decide`"),
        ("line.fields.n: {default: 1}", "PR01", "the field `line.fields.n` does not exist"),
        ("fields.x: {default: 1}", "PR01", "`fields.x` is written in this file"),
        ("word: {firts: p.c}", "SH01", "unknown key `firts`"),
    ],
)
def test_a_change_of_what_is_not_there_is_an_error(
    change: str, code: str, message: str, tmp_path: Path
) -> None:
    found = mistakes(write(tmp_path, f"amend: {{{change}}}\nfields: {{x: $word, z: $line}}\n"))
    assert [(c, message in m) for c, m in found] == [(code, True)]


def test_what_a_file_defines_itself_is_not_amended(tmp_path: Path) -> None:
    rules = "define: {own: [p.a]}\namend: {own: {last: p.c}}\nfields: {x: $own}\n"
    (found,) = mistakes(write(tmp_path, rules))
    assert found[0] == "PR01"
    assert "is written in this file" in found[1]


# Objects under a name


def test_a_field_that_is_a_named_object_stands_for_its_fields(tmp_path: Path) -> None:
    pack = write(tmp_path, "fields: {x: $thing, z: {fields: {inner: $thing}}, rows: $line}\n")
    found = made(pack, p={"a": "a", "b": "2", "items": [{"id": 1, "m": "2"}]})
    thing = {"text": "a", "whole": 2}
    assert found == {"x": thing, "z": {"inner": thing}, "rows": [{"id": "1", "m": 2}]}


def test_its_fields_are_explained_under_their_own_paths(tmp_path: Path) -> None:
    destination = load(write(tmp_path, "fields: {x: $thing}\n")).bind({}, clock=lambda: 0.0)
    explanation = destination.explain({"type": "t", "p": {"a": "a"}})
    field = explanation.requests[0].field("x.text")
    assert field is not None
    assert field.span.file.endswith("shared.yaml")


def test_its_fields_are_held_against_the_schema_of_the_payload(tmp_path: Path) -> None:
    pack = write(tmp_path, "fields: {x: $thing}\n")
    (pack / "vocabulary.yaml").write_text(VOCABULARY, "utf-8")
    (pack / "payload.schema.json").write_text(
        '{"properties": {"x": {"type": "object", "properties": {"text": {"type": "string"}},'
        ' "additionalProperties": false}}, "additionalProperties": false}'
    )
    (found,) = mistakes(pack)
    assert found == ("OU01", "the payload schema has no field `x.whole`")


def test_conditions_of_the_field_and_of_the_object_both_hold(tmp_path: Path) -> None:
    shared = "fragment: 1\ndefine:\n  thing: {when: p.a == 1, fields: {text: name}}\n"
    pack = write(tmp_path, "fields: {x: {value: $thing, when: p.b == 2}, z: name}\n", shared)
    assert made(pack, p={"a": 1, "b": 2}, name="n") == {"x": {"text": "n"}, "z": "n"}
    assert made(pack, p={"a": 1}, name="n") == {"z": "n"}
    assert made(pack, p={"b": 2}, name="n") == {"z": "n"}


def test_a_named_object_counts_as_used(tmp_path: Path) -> None:
    pack = write(tmp_path, "fields: {x: $thing, rows: $line, word: $word}\n")
    checked = check_all([str(pack)], Options(TODAY))
    assert [d for d in checked.diagnostics if d.code == "PR03"] == []
