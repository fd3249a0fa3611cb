"""What has to be missing together for a value to be absent."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapping_engine.core.absence import absence_of, absent_field
from mapping_engine.core.examine import examine
from mapping_engine.core.model import Model
from mapping_engine.diagnostics import Diagnostics
from tests.core.test_types import RULES, reading

NEVER = None


def absent(model: Model) -> list[str] | None:
    """When the field ``x`` is left out."""
    found = absence_of(model, examine(model, Diagnostics()))
    (field,) = (each for each in model.fields.fields if each.name == "x")
    made = absent_field(field, found)
    return made if made is None else sorted(made)


def model_of(folder: Path, field: str, more: str = "") -> Model:
    read = reading(folder, RULES + DEFINED + more, f"fields:\n  x: {field}")
    assert read.model is not None, [each.message for each in read.diagnostics]
    return read.model


DEFINED = """\
  chain: [word, part.a]
  safe: {value: word, default: none}
  guarded: {when: sure, value: $now}
"""
ABSENT: list[tuple[str, list[str] | None]] = [
    # Values that are always there
    ("{constant: a}", NEVER),
    ("{value: $now}", NEVER),
    ("{value: $api.base}", NEVER),
    ("{value: $tables.many}", NEVER),
    ("{value: $safe}", NEVER),
    ("{template: fixed}", NEVER),
    ("{value: word, required: true}", NEVER),
    ("{value: word, default: none}", NEVER),
    ("{value: word, default: []}", NEVER),
    ("{value: word, default: $now}", NEVER),
    ("{first_of: [word, $now]}", NEVER),
    ('"word is present"', NEVER),
    ("\"['x', word]\"", NEVER),
    ("{template: '{$now}'}", NEVER),
    ("{fields: {a: {constant: b}, c: word}}", NEVER),
    ("{value: $settings.size}", NEVER),
    # Values that are never there
    ("{constant: ''}", []),
    ("{constant: []}", []),
    ("{first_of: [word, {constant: ''}]}", ["word"]),
    ("{when: word, constant: ''}", []),
    # Values of the event
    ("word", ["word"]),
    ("part.a |> text", ["part.a"]),
    ('"word ?? part.a"', ["part.a", "word"]),
    ("$chain", ["part.a", "word"]),
    ('"[word, part.a]"', ["part.a", "word"]),
    ("{positions: [word, part.a]}", ["part.a", "word"]),
    ("{template: '{word}'}", ["word"]),
    ("{template: '{$now}-{word}-{count}'}", ["word"]),
    ("{fields: {a: word, b: count}}", ["count", "word"]),
    ("{fields: {a: word, b: {value: count, default: 0}}}", NEVER),
    ("{each: rows, value: $item.id}", ["rows"]),
    ("{each: rows, fields: {a: {constant: 1}}}", ["rows"]),
    ("{copy_of: part}", ["part"]),
    ("{rest_of: part, fields: {a: word}}", ["part", "word"]),
    ("{rest_of: part, fields: {a: {constant: 1}}}", NEVER),
    ("$tables.words.x", ["$tables.words.x"]),
    ("$settings.free", ["$settings.free"]),
    ("$settings.maybe", ["$settings.maybe"]),
    ("$settings.list[0]", ["$settings.list[0]"]),
    ("$integration.k", ["$integration.k"]),
    # Defaults
    ("{value: word, default: $chain}", ["part.a", "word"]),
    ("{value: word, default: $settings.free}", ["$settings.free", "word"]),
    # Conditions
    ("{when: word, constant: a}", ["not (word)"]),
    ("{when: word, value: count}", ["count"]),
    ("{when: word, value: count, required: true}", ["not (word)"]),
    ("{when: word, value: count, default: 0}", ["not (word)"]),
    ("$guarded", ["not (sure)"]),
    # What a transform looks for may not be there
    ("word |> lookup($tables.words)", ["word"]),
    ("$settings.mode |> lookup($tables.words)", ["a result of lookup"]),
    ("$now |> text |> lookup($tables.words)", ["a result of lookup"]),
    ("$now |> text", NEVER),
    ("$now |> text |> email", NEVER),
    ("at('word')", ["a result of at"]),
    ("at($settings.free)", ["$settings.free"]),
    ("$now |> text |> split(',') |> first", NEVER),
    ("word |> one_of(['a'])", ["word"]),
]


@pytest.mark.parametrize(("field", "together"), ABSENT, ids=[field for field, _ in ABSENT])
def test_what_is_missing_together_when_a_field_is_left_out(
    field: str, together: list[str] | None, tmp_path: Path
) -> None:
    assert absent(model_of(tmp_path, field)) == together


UNDER = [
    ("word is present", "word"),
    ("word == 'a'", "word"),
    ("count > 1", "count"),
    ("word in ['a']", "word"),
    ("not (word is missing)", "word"),
    ("word is not missing", "word"),
    ("word", "word"),
    ("count and word", "word"),
    ("word |> matching('a')", "word"),
    ("word ?? part.a", "word ?? part.a"),
    ("$chain", "word ?? part.a"),
]


@pytest.mark.parametrize(("condition", "field"), UNDER)
def test_what_every_accepted_event_has_is_not_missing(
    condition: str, field: str, tmp_path: Path
) -> None:
    accept = f'accept: [{{require: "{condition}", message: m}}]\n'
    assert absent(model_of(tmp_path, f'"{field}"', accept)) is NEVER


NOT_UNDER = [
    "word != 'a'",
    "word is missing",
    "not word",
    "count or word",
    "count",
    "not (count > 1)",
]


@pytest.mark.parametrize("condition", NOT_UNDER)
def test_what_an_accepted_event_may_lack_is_missing(condition: str, tmp_path: Path) -> None:
    accept = f'accept: [{{require: "{condition}", message: m}}]\n'
    assert absent(model_of(tmp_path, "word", accept)) == ["word"]
