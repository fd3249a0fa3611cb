"""A vocabulary of a pack's own that adds to another one."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapping_engine import check, load
from mapping_engine.checks import Options
from mapping_engine.engine.loading import read_pack
from mapping_engine.types.kinds import NUMBER, TEXT
from tools.check_example import TODAY, completed, write_pack

OWN = """\
vocabulary: 1
extends: ./vocabulary.yaml
event: {plan: text}
objects:
  part: {b: text, seats: number, seat: seat}
  seat: {holder: personal name}
open: [seat]
personal: {names: {name: [holder]}, patterns: ['[0-9]{9}']}
"""
RULES = "event: ./own.yaml\nfields:\n  x: plan\n  y2: p.a\n  text: p.b\n  whole: p.seats |> round\n"


def pack(folder: Path, own: str = OWN, rules: str = RULES) -> Path:
    write_pack(folder / "pack", completed(rules))
    (folder / "pack" / "own.yaml").write_text(own)
    return folder / "pack"


def test_it_has_what_the_other_has_and_what_it_adds(tmp_path: Path) -> None:
    place = pack(tmp_path)
    assert check(place, Options(TODAY)) == []
    vocabulary = load(place).model.vocabulary
    assert vocabulary.type_of(("plan",)).kinds == TEXT
    assert vocabulary.type_of(("p", "seats")).kinds == NUMBER
    assert vocabulary.type_of(("p", "b")).kinds == TEXT, "its own word counts"
    assert vocabulary.type_of(("email",)).personal_kinds == {"email"}
    assert vocabulary.type_of(("p", "seat", "holder")).personal_kinds == {"name"}
    assert vocabulary.personal.names["email"] == "email"
    assert vocabulary.personal.names["holder"] == "name"
    assert vocabulary.personal.patterns == ("[0-9]{9}",)
    assert {"part", "seat"} <= vocabulary.open


@pytest.mark.parametrize(
    ("own", "code"),
    [
        ("vocabulary: 1\nextends: ./own.yaml\n", "PR04"),
        ("vocabulary: 1\nextends: ./nowhere.yaml\n", "SH07"),
        ("vocabulary: 1\n", "SH02"),
        ("vocabulary: 1\nevent: {plan: text}\n", "SH02"),
        ("vocabulary: 1\nextends: ./vocabulary.yaml\nobjects: {part: {c: prt}}\n", "SH03"),
        ("vocabulary: 1\nextends: ./vocabulary.yaml\nobjects: {part: {c: [text]}}\n", "SH03"),
        ("vocabulary: 1\nextends: ./vocabulary.yaml\nobjects: {part: text}\n", "SH03"),
        (
            "vocabulary: 1\nextends: ./vocabulary.yaml\npersonal: {names: {}, patterns: ['(']}\n",
            "TX06",
        ),
    ],
)
def test_what_is_wrong_with_it_is_reported(own: str, code: str, tmp_path: Path) -> None:
    place = pack(tmp_path, own)
    assert code in {found.code for found in read_pack(place).diagnostics}
    assert code in {found.code for found in check(place / "own.yaml", Options(TODAY))}


def test_alone_it_is_checked_with_what_it_extends(tmp_path: Path) -> None:
    assert check(pack(tmp_path) / "own.yaml", Options(TODAY)) == []


@pytest.mark.parametrize("name", ["rudderstack/track", "rudderstack/call", "segment/call"])
def test_the_bundled_ones_build_on_one_another(tmp_path: Path, name: str) -> None:
    rules = completed("fields:\n  x: context.library.name\n").replace("./vocabulary.yaml", name)
    write_pack(tmp_path / "pack", rules)
    vocabulary = load(tmp_path / "pack").model.vocabulary
    assert vocabulary.type_of(("context", "traits", "email")).personal_kinds == {"email"}
    assert vocabulary.is_known(("context", "app", "build"))
    is_any_call, is_segment = name != "rudderstack/track", name == "segment/call"
    for path in (("groupId",), ("previousId",), ("properties", "keywords")):
        assert (vocabulary.type_of(path).described is not None) is is_any_call
    place = vocabulary.type_of(("context", "location", "city"))
    assert (place.personal_kinds == {"city"}) is is_segment
    assert vocabulary.type_of(("traits", "company", "name")).own == (
        {"identifying"} if is_any_call else {"identifying", "undeclared"}
    )
