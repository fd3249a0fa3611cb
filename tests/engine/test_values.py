"""Copies, positions and defaults: the ways of making a value that are more than a chain."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from mapping_engine import Destination, Mapping, RuleError, load

RULES = """\
mapping: 1
title: Values
event: ./vocabulary.yaml
settings: settings.schema.json
payload: payload.schema.json
api: {base: "https://x.test"}
already_hashed: p.hashed == true
request: {url: "{$api.base}/e", json: {payload: $payload}}
"""
VOCABULARY = """\
vocabulary: 1
event: {p: part, q: other}
objects:
  part: {a: any, b: any, c: any, hashed: any, items: list of any, email: personal email}
  other: {id: text, home: personal email}
open: [part]
personal:
  names: {email: [email], place: [city], birthday: [dob]}
  persons: [contact]
  endings: [email, birthday]
  patterns: ['[^ @]+@[^ @]+']
"""
PIPELINE = "pipelines: {email: {normalises: email, steps: text |> trim |> lower}}\n"


class Pack:
    """A pack in a folder, made of a few lines of rules."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "vocabulary.yaml").write_text(VOCABULARY)
        (folder / "settings.schema.json").write_text(
            '{"properties": {"keep": {"type": "array"}, "drop": {"type": "array"},'
            ' "hash": {"type": "array"}}}'
        )
        (folder / "payload.schema.json").write_text(
            '{"type": "object", "properties": {"em": {"type": "string", "x-personal": "hashed"}}}'
        )

    def load(self, rules: str) -> Mapping:
        (self.folder / "rules.yaml").write_text(RULES + rules)
        return load(self.folder)

    def bind(self, rules: str, **settings: Any) -> Destination:
        return self.load(rules).bind(settings, clock=lambda: 100.0)

    def made(self, rules: str, part: object, **settings: Any) -> dict[str, Any]:
        (found,) = self.bind(rules, **settings).payloads({"p": part})
        return found


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    return Pack(tmp_path)


def hashed(text: str) -> str:
    return sha256(text.encode()).hexdigest()


# Copies


def test_a_copy_holds_what_is_mapped_elsewhere_and_nothing_personal(pack: Pack) -> None:
    rules = "fields:\n  x: p.a\n  all: {copy_of: p, without: [c]}\n"
    part = {"a": 1, "b": {"email": 2, "k": 3}, "c": 4, "note": "ask x@y.z"}
    assert pack.made(rules, part)["all"] == {"a": 1, "b": {"k": 3}}


def test_fields_are_added_to_a_copy_and_replace_keys_of_the_same_name(pack: Pack) -> None:
    rules = "fields:\n  all: {copy_of: p, fields: {a: p.b |> text, d: p.missing}}\n"
    assert pack.made(rules, {"a": 1, "b": 2}) == {"all": {"a": "2", "b": 2}}


def test_added_fields_are_made_without_anything_to_copy(pack: Pack) -> None:
    rules = "fields:\n  all: {copy_of: p.c, fields: {a: p.b}}\n"
    assert pack.made(rules, {"b": 2}) == {"all": {"a": 2}}


def test_settings_say_which_personal_keys_are_kept_dropped_and_hashed(pack: Pack) -> None:
    rules = (
        "fields:\n  all:\n    copy_of: p\n    without: $settings.drop\n"
        "    keep: $settings.keep\n    hash: $settings.hash\n"
    )
    part = {"email": "A@x.y", "d": 2, "a": " t ", "b": 1, "c": ["x@y.z"], "items": [1]}
    found = pack.made(rules, part, keep=["email", "c", "b"], drop=["b"], hash=["a", "items"])
    assert found["all"] == {"email": "A@x.y", "a": hashed("t"), "c": ["x@y.z"], "d": 2}


def test_a_key_that_is_hashed_is_neither_dropped_nor_sent_in_clear(pack: Pack) -> None:
    rules = "fields:\n  all: {copy_of: p, without: [a], keep: $settings.keep, hash: [a]}\n"
    assert pack.made(rules, {"a": 12, "b": 1}, keep=["a"])["all"] == {"a": hashed("12"), "b": 1}


def test_only_the_listed_keys_are_copied_and_digests(pack: Pack) -> None:
    rules = (
        "fields:\n  all: {copy_of: p, only: [a, b, email], without: [b], hash: [d],"
        " keep: $settings.keep}\n"
    )
    part = {"a": 1, "b": 2, "c": 3, "d": 4, "email": "A@x.y"}
    assert pack.made(rules, part)["all"] == {"a": 1, "d": hashed("4")}
    assert pack.made(rules, part, keep=["email", "c"])["all"] == {
        "a": 1, "d": hashed("4"), "email": "A@x.y",
    }  # fmt: skip


@pytest.mark.parametrize("copy", ["rest_of", "copy_of"])
def test_settings_say_which_keys_alone_are_copied(pack: Pack, copy: str) -> None:
    rules = f"fields:\n  all: {{{copy}: p, only: $settings.keep}}\n"
    assert pack.made(rules, {"a": 1, "b": 2}, keep=["b"]) == {"all": {"b": 2}}
    assert pack.made(rules, {"a": 1, "b": 2}) == {}, "a list that is missing allows nothing"


def test_what_only_leaves_out_is_not_sent_in_clear(pack: Pack) -> None:
    pack.load("fields:\n  all: {copy_of: q, only: [id]}\n")
    with pytest.raises(RuleError) as caught:
        pack.load("fields:\n  all: {copy_of: q, only: [id, home]}\n")
    assert [d.code for d in caught.value.diagnostics] == ["PI02"]


def test_a_digest_in_a_copy_is_not_hashed_again(pack: Pack) -> None:
    rules = "fields:\n  all: {copy_of: p, hash: [a]}\n"
    assert pack.made(rules, {"a": hashed("x").upper()})["all"] == {"a": hashed("x")}


def test_the_order_of_keys_is_that_of_the_object(pack: Pack) -> None:
    rules = "fields:\n  all: {copy_of: p, hash: [b]}\n"
    part = {"c": 1, "b": "x", "a": 2}
    assert list(pack.made(rules, part)["all"]) == ["c", "b", "a"]


def test_what_a_copy_cannot_hold_is_warned_about(pack: Pack) -> None:
    destination = pack.bind("fields:\n  all: {copy_of: p, hash: [a]}\n")
    outcome = destination.outcome({"p": {"a": ["x"], "b": 1}})
    (warning,) = outcome.warnings
    assert "of which there is no digest" in warning.message
    assert outcome.requests[0].body["payload"] == {"all": {"b": 1}}


def test_rules_cannot_keep_personal_data_by_themselves(pack: Pack) -> None:
    with pytest.raises(RuleError) as caught:
        pack.load("fields:\n  all: {copy_of: p, keep: \"['email']\"}\n")
    assert [d.code for d in caught.value.diagnostics] == ["PI02"]


@pytest.mark.parametrize("path", ["contact.email", "email.city", "city", "trip.dob"])
def test_nor_what_a_path_to_a_person_leads_to(pack: Pack, path: str) -> None:
    with pytest.raises(RuleError) as caught:
        pack.load(f"fields:\n  all: {{copy_of: p, keep: \"['{path}']\"}}\n")
    assert [d.code for d in caught.value.diagnostics] == ["PI02"]


def test_rules_keep_a_path_that_only_looks_personal_by_its_name(pack: Pack) -> None:
    rules = "fields:\n  all: {copy_of: p, keep: \"['trip.city']\"}\n"
    trip = {"trip": {"city": "Rome", "email": "A@x.y", "gate": 7}, "city": "Paris"}
    assert pack.made(rules, trip)["all"] == {"trip": {"city": "Rome", "gate": 7}}


@pytest.mark.parametrize(
    "stray", ["keep: p.a", "without: [a]", "only: [a]", "hash: [a]", "fill: 0", "item: x"]
)
def test_a_key_that_would_be_ignored_is_an_error(pack: Pack, stray: str) -> None:
    with pytest.raises(RuleError) as caught:
        pack.load(f"fields:\n  x: {{value: p.a, {stray}}}\n")
    assert "SH09" in [d.code for d in caught.value.diagnostics]


# Positions


def test_each_position_has_its_place(pack: Pack) -> None:
    rules = "fields:\n  x: {positions: [p.a, p.b ?? p.c, {constant: end}], as: text}\n"
    assert pack.made(rules, {"c": 3}) == {"x": ["", "3", "end"]}


def test_missing_positions_are_filled_as_the_rules_say(pack: Pack) -> None:
    rules = "fields:\n  x: {positions: [p.a, p.b], fill: 0}\n"
    assert pack.made(rules, {"b": 3}) == {"x": [0, 3]}
    assert pack.made(rules, {"c": 3}) == {}


def test_a_position_that_cannot_be_made_is_warned_about(pack: Pack) -> None:
    outcome = pack.bind("fields:\n  x: {positions: [p.a, p.b], as: number}\n").outcome(
        {"p": {"a": "one", "b": 2}}
    )
    assert outcome.requests[0].body["payload"] == {"x": ["", 2]}
    assert "p.a" in outcome.warnings[0].message


# Conditions and defaults


def test_a_field_whose_condition_does_not_hold_is_absent_for_all_its_default(pack: Pack) -> None:
    rules = "fields:\n  x: {when: p.a is present, value: p.b, default: none}\n  z: p.c\n"
    assert pack.made(rules, {"c": 1}) == {"z": 1}
    assert pack.made(rules, {"a": 1}) == {"x": "none"}


def test_a_required_field_is_required_where_its_condition_holds(pack: Pack) -> None:
    destination = pack.bind("fields:\n  x: {when: p.a == 1, value: p.b, required: true}\n")
    assert destination.outcome({"p": {"a": 2}}).ok
    assert not destination.outcome({"p": {"a": 1}}).ok


def test_an_empty_default_of_a_field_is_sent(pack: Pack) -> None:
    inner = "{fields: {a: {value: p.a, default: []}}}"
    rules = f"fields:\n  x: {{value: p.items, default: []}}\n  z: {inner}\n"
    assert pack.made(rules, {}) == {"x": [], "z": {"a": []}}


def test_an_empty_default_of_a_definition_is_missing_as_everywhere(pack: Pack) -> None:
    rules = "define: {d: {value: p.items, default: []}}\nfields:\n  x: $d ?? 'none'\n"
    assert pack.made(rules, {}) == {"x": "none"}


# Personal data that is hashed already


EMAIL = PIPELINE + "fields:\n  em: {first_of: [p.email], as: email, then: hashed}\n  x: p.a\n"


def test_what_the_event_says_is_hashed_is_not_hashed_again(pack: Pack) -> None:
    part = {"email": hashed("a@x.y"), "hashed": True}
    assert pack.made(EMAIL, part) == {"em": hashed("a@x.y")}


def test_what_is_said_to_be_hashed_and_is_not_is_never_sent(pack: Pack) -> None:
    outcome = pack.bind(EMAIL).outcome({"p": {"email": "a@x.y", "hashed": True, "a": 1}})
    assert outcome.requests[0].body["payload"] == {"x": 1}
    assert "is no digest, though it is said to be" in outcome.warnings[0].message
    assert "a@x.y" not in str(outcome.to_dict())


def test_the_same_event_without_that_word_is_hashed(pack: Pack) -> None:
    assert pack.made(EMAIL, {"email": "A@x.y"}) == {"em": hashed("a@x.y")}
