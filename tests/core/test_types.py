"""What is known of a value before there is an event: kinds, absence, values, items and tags."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mapping_engine.engine.loading import PackReading, read_pack
from mapping_engine.types.type import Type
from tests.core.conftest import HEAD, REST

VOCABULARY = """
vocabulary: 1
event:
  word: text
  count: number
  sure: boolean
  odd: any
  tags: list of text
  rows: list of row
  mail: personal email
  person: person
  part: part
  group: group
objects:
  row: {id: text, cost: number, cells: list of text}
  person: {mail: personal email, id: text}
  part: {a: text, rows: list of row}
  group: {people: list of person, name: text}
open: [part]
personal: {names: {email: [email]}}
"""
SETTINGS = {
    "required": ["needed", "size", "maybe"],
    "additionalProperties": False,
    "properties": {
        "needed": {"type": "string"},
        "free": {"type": "string"},
        "preset": {"type": "string", "default": "x"},
        "size": {"type": "number"},
        "maybe": {"type": ["number", "null"]},
        "few": {"type": "integer", "default": 3},
        "none": {"type": ["integer", "null"], "default": None},
        "whole": {"type": "integer"},
        "mode": {"enum": ["fast", "slow"], "default": "slow"},
        "speed": {"enum": ["fast", None], "default": "fast"},
        "fixed": {"const": 3},
        "token": {"type": "string", "x-secret": True},
        "list": {"type": "array", "items": {"type": "number"}},
        "nested": {
            "type": "object",
            "required": ["k"],
            "properties": {"k": {"type": "number"}, "l": {}},
            "default": {"k": 1},
        },
        "open": {"type": "object"},
    },
}
RULES = """
tables:
  words: {x: one, z: two}
  many: [3, 4, 5]
  nested: {inner: {x: 1}}
pipelines:
  email: {normalises: email, steps: text |> trim |> lower}
  size: {values: [s, m], steps: text |> lower}
  twice: {parameters: [other], first_of: ["$other", "$value |> number"]}
  second: {parameters: [one, two], first_of: [$two]}
  code: {values: [1, 2], steps: lookup($tables.words)}
define:
  object: {fields: {a: word, c: count, m: mail, k: {value: count, default: 0}}}
  either: {first_of: [{when: word, value: person}, {value: rows |> first}]}
  digest: mail |> email |> hashed
  listed: "[word, 'x']"
  late: $payload.z
  asked: "[$settings.needed, $settings.free]"
"""


def spelled(found: Type) -> str:
    """A type in a line: ``text? = a | b #tag``, ``list of number``, ``object {k: text?}``."""
    text = f"{found.kinds}{'?' if found.missing else ''}"
    if found.values is not None:
        text += f" = {' | '.join(map(json.dumps, found.values))}"
    described = found.described
    if described is not None and described.object is not None:
        text += f" {described.object}"
    if found.item is not None:
        text += f" of ({spelled(found.item)})"
    elif described is not None and described.item is not None:
        text += f" of {described.item.object or described.item.kinds}"
    if found.fields is not None:
        fields = (f"{name}: {spelled(each)}" for name, each in found.fields.items())
        text += f" {{{', '.join(fields)}}}"
    return text + "".join(f" #{tag}" for tag in sorted(found.tags))


def reading(folder: Path, rules: str, fields: str = "fields: {z: word}") -> PackReading:
    texts = {
        "rules.yaml": "\n".join((HEAD, rules, REST["request"], fields)),
        "vocabulary.yaml": VOCABULARY,
        "settings.schema.json": json.dumps(SETTINGS),
        "payload.schema.json": "{}",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    return read_pack(folder)


def type_of(folder: Path, value: str) -> str:
    """The type of a definition."""
    read = reading(folder, f"{RULES}  x: {value}")
    assert read.model is not None, [each.message for each in read.diagnostics]
    assert read.examined is not None
    return spelled(read.examined.facts.names["x"])


TYPES: list[tuple[str, str]] = [
    # Paths of the event
    ("word", "text?"),
    ("count", "number?"),
    ("odd", "any?"),
    ("tags", "list? of text"),
    ("tags[0]", "text?"),
    ("rows", "list? of row"),
    ("rows[].cost", "list? of (number)"),
    ("rows[].cells", "list? of (list? of text)"),
    ("rows[0].id", "text?"),
    ("mail", "text? #personal:email"),
    ("person", "object? person"),
    ("person.mail", "text? #personal:email"),
    ("part.a", "text?"),
    ("part.other", "any? #undeclared"),
    ("part.rows[].cells[]", "list? of (text?)"),
    ("jmespath(length(tags))", "any? #undeclared"),
    ("jmespath(person.[mail])", "any? #personal:email #undeclared"),
    # Constants
    ("{constant: a}", 'text = "a"'),
    ("{constant: 2}", "number = 2 #whole"),
    ("{constant: 2.5}", "number = 2.5"),
    ("{constant: 2.0}", "number = 2.0 #whole"),
    ("{constant: true}", "boolean = true"),
    ("{constant: ''}", 'text? = ""'),
    ("{constant: [1, 2, a]}", 'list = [1, 2, "a"] of (text or number = 1 | 2 | "a")'),
    ("{constant: [1, 1]}", "list = [1, 1] of (number = 1 #whole)"),
    (
        "{constant: [[1], 2]}",
        "list = [[1], 2] of (number or list = [1] | 2 of (number = 1 #whole))",
    ),
    ("{constant: {k: 1}}", 'object = {"k": 1}'),
    ("{constant: []}", "list? = [] of (nothing?)"),
    # Names
    (
        "$object",
        "object? {a: text?, c: number?, m: text? #personal:email, k: number} #personal:email",
    ),
    ("$object.a", "text?"),
    ("$object.k", "number?"),
    ("$object.m", "text? #personal:email"),
    ("$either", "object? #personal:email"),
    ("$either.id", "text?"),
    ("$either.mail", "any? #personal:email #undeclared"),
    ("$digest", "text? #digest #pseudonym"),
    ("$now", "number #unit:epoch_s #whole"),
    ("$api.base", "text"),
    ("$tables.words", 'object = {"x": "one", "z": "two"}'),
    ("$tables.words.x", "any?"),
    ("$tables.many", "list = [3, 4, 5] of (number = 3 | 4 | 5 #whole)"),
    ("$tables.many[0]", "any?"),
    ("$tables.nested.inner.x", "any?"),
    ("$settings.needed", "text?"),
    ("$settings.free", "text?"),
    ("$settings.preset", "text?"),
    ("$settings.size", "number"),
    ("$settings.maybe", "number?"),
    ("$settings.few", "number #whole"),
    ("$settings.none", "number?"),
    ("$settings.mode", 'text = "fast" | "slow"'),
    ("$settings.speed", 'text? = "fast"'),
    ("$settings.fixed", "number? = 3"),
    ("$settings.token", "text? #secret"),
    ("$settings.list", "list? of (number)"),
    ("$settings.list[0]", "number?"),
    ("$settings.nested", "object {k: number, l: any?}"),
    ("$settings.nested.k", "number"),
    ("$settings.nested.l", "any?"),
    ("$settings.open.k", "any? #undeclared"),
    ("$settings", "any #secret"),
    ("$integration", "object? #undeclared"),
    ("$integration.k", "any? #undeclared"),
    # Choices
    ("word ?? count", "text or number?"),
    ("\"word ?? 'x'\"", "text"),
    ('"word ?? mail"', "text? #personal:email"),
    ("\"'a' ?? 'b'\"", 'text = "a" | "b"'),
    ("{first_of: [count |> integer, $now]}", "number #whole"),
    ("{first_of: [count, $now]}", "number"),
    ("{first_of: [tags, rows]}", "list?"),
    ("{first_of: [tags, $tables.many]}", "list"),
    ("{first_of: [tags, odd]}", "any?"),
    ("{when: word, value: $now}", "number? #unit:epoch_s #whole"),
    ("{value: word, default: none}", "text"),
    ("{value: word, default: []}", "text or list? of (nothing?)"),
    (
        "{decide: {one: {when: word, constant: a}, two: {when: count, constant: b}}}",
        'text? = "a" | "b"',
    ),
    ("{decide: {one: {when: word, constant: a}, two: {constant: 1}}}", 'text or number = "a" | 1'),
    ("{first_of: [{constant: 1}, {constant: true}]}", "number or boolean = 1 | true"),
    # Lists, objects and templates
    ('"[word, count]"', "list? of (text or number)"),
    ("\"[word, 'x']\"", "list of (text)"),
    ("\"['x', 1]\"", 'list of (text or number = "x" | 1)'),
    ('"[]"', "list?"),
    ("{positions: [word, count]}", "list? of (text or number?)"),
    (
        "{positions: [word, mail], fill: 0}",
        "list? of (text or number #personal:email) #personal:email",
    ),
    ("{template: 'a'}", "text"),
    ("{template: '{word}-{count}'}", "text?"),
    ("{template: '{$now}!'}", "text"),
    ("{template: '{mail}'}", "text? #personal:email"),
    (
        "{fields: {a: word, b: {value: count, default: 1}, c: {when: word, value: $now},"
        " d: {value: word, default: ''}}}",
        "object? {a: text?, b: number, c: number? #unit:epoch_s #whole, d: text}",
    ),
    ("{fields: {a: mail}}", "object? {a: text? #personal:email} #personal:email"),
    ("{each: rows, value: $item.id}", "list? of (text)"),
    ("{each: rows, fields: {a: $item.cost, b: word}}", "list? of (object {a: number?, b: text?})"),
    ("{each: rows, keep_when: $item.id, value: $item.cells}", "list? of (list of text)"),
    ("{each: tags, value: $item |> upper}", "list? of (text)"),
    ("{each: odd |> list, value: $item}", "list? of (any #undeclared) #undeclared"),
    ("{each: person.id |> list, value: $item}", "list? of (text)"),
    ("{copy_of: part}", "object? #undeclared"),
    ("{rest_of: part, fields: {a: mail}}", "object? #personal:email #undeclared"),
    # Conditions
    ("word == 'a'", "boolean"),
    ("word is present", "boolean"),
    ("not word", "boolean"),
    ("word and count > 1", "boolean"),
    # Transforms
    ("word |> upper", "text?"),
    ("odd |> upper", "text?"),
    ("odd |> text", "text?"),
    ("count |> text", "text?"),
    ("word |> number", "number?"),
    ("count |> number", "number?"),
    ("count |> integer", "number? #whole"),
    ("$now |> integer", "number? #whole"),
    ("count |> round(2)", "number?"),
    ("count |> round(0)", "number? #whole"),
    ("word |> list", "list? of (text)"),
    ("tags |> list", "list? of (text?)"),
    ("odd |> list", "list?"),
    ("rows |> first", "object? row"),
    ("tags |> first", "text?"),
    ("tags |> last", "text?"),
    ("tags |> count", "number? #whole"),
    ("tags |> join(',')", "text?"),
    ("rows |> compact", "list? of (object row)"),
    ("rows |> distinct", "list? of (object? row)"),
    ("tags |> drop(1)", "list? of (text?)"),
    ("mail |> lower", "text? #personal:email"),
    ("mail |> list", "list? of (text #personal:email) #personal:email"),
    ("mail |> list |> first", "text? #personal:email"),
    ("person |> list |> first", "object? person"),
    ("word |> lookup($tables.words)", 'text? = "one" | "two"'),
    ("odd |> lookup($tables.words)", 'text? = "one" | "two"'),
    ("$settings.mode |> upper", 'text = "FAST" | "SLOW"'),
    ("$settings.mode |> lookup($tables.words)", "any?"),
    ("\"'x' |> lookup($tables.words)\"", 'text = "one"'),
    ("\"'y' |> lookup($tables.words)\"", "any?"),
    ("$settings.size |> text", "text?"),
    ("$settings.size |> list", "list of (number)"),
    ("$settings.size |> integer", "number? #whole"),
    ("$settings.few |> text", "text? #whole"),
    ("\"'a' |> replace('a', word)\"", "text?"),
    ("\"'a' |> replace('a', mail)\"", "text? #personal:email"),
    ("\"'a' |> replace('a', 'b')\"", 'text = "b"'),
    ("$tables.many |> first", "number = 3 #whole"),
    ("$tables.many |> count", "number = 3 #whole"),
    ("at('word')", "text?"),
    ("at('rows.0.cost')", "number?"),
    ("word |> one_of(['a', 'b'])", 'text? = "a" | "b"'),
    ("{value: odd, one_of: [a, 1]}", 'text or number? = "a" | 1'),
    ("{value: count, one_of: [1, 2]}", "number? = 1 | 2 #whole"),
    ("{value: word, as: upper, one_of: $tables.many}", "text? = 3 | 4 | 5 #whole"),
    ("word |> matching('[a-z]+')", "text?"),
    ("$digest |> list", "list? of (text #digest #pseudonym) #digest #pseudonym"),
    ("$digest |> list |> first", "text? #digest #pseudonym"),
    ("word |> split(',')", "list? of (text?)"),
    ("tags |> records", "list? of (text?)"),
    ("rows |> records", "list? of (object? row)"),
    # Pipelines
    ("word |> email", "text? #normalised:email"),
    ("mail |> email", "text? #normalised:email #personal:email"),
    ("mail |> email |> hashed", "text? #digest #pseudonym"),
    ("word |> size", 'text? = "s" | "m"'),
    ("odd |> size", 'text? = "s" | "m"'),
    ("word |> twice(count)", "number?"),
    ("word |> twice('1')", "text or number"),
    ("word |> twice(sure)", "number or boolean?"),
    ("$digest |> email", "text? #normalised:email #pseudonym"),
    ("word |> second(word, count)", "number?"),
    ("word |> code", "number? = 1 | 2"),
    ("$settings.token |> email |> hashed", "text? #digest #secret"),
]


@pytest.mark.parametrize(("value", "type"), TYPES, ids=[value for value, _ in TYPES])
def test_the_type_of_a_value(value: str, type: str, tmp_path: Path) -> None:
    assert type_of(tmp_path, value) == type


def test_the_types_of_the_values_of_a_fan_out(tmp_path: Path) -> None:
    variables = "{tag: tags, part: '[$tag, count]', few: $tables.many, row: rows, any: odd |> list}"
    rules = RULES + "  used: $tag\n  deeper: $row.id\n"
    read = reading(tmp_path, rules, f"fan_out: {{each: {variables}}}\nfields: {{z: word}}")
    assert read.examined is not None
    names = ("tag", "part", "few", "row", "any", "used", "deeper")
    assert [spelled(read.examined.facts.names[name]) for name in names] == [
        "text",
        "text or number",
        "number = 3 | 4 | 5 #whole",
        "object row",
        "any",
        "text",
        "text?",
    ]


def test_a_default_is_asked_for_only_where_a_value_may_be_missing(tmp_path: Path) -> None:
    assert type_of(tmp_path, "{fields: {a: {value: $now, default: word}}}") == (
        "object? {a: text or number}"
    )
