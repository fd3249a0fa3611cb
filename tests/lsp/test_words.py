"""What is said, offered and found at the places of a small pack, as the server asks for it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("pygls", reason="the language server is an extra")

from mapping_engine.core.load import Examined
from mapping_engine.engine.loading import read_pack
from mapping_engine.lsp.completion import proposals
from mapping_engine.lsp.cursor import place_at, place_to_type
from mapping_engine.lsp.meaning import Meaning, meaning

RULES = """\
mapping: 1
title: Words
event: ./vocabulary.yaml
settings: settings.schema.json
payload: payload.schema.json
api: {base: "https://x.test"}
tables:
  words: {x: one}
  long: [1, 2, 3, 4, 5, 6, 7, 8]
  one: 1
pipelines:
  plain:
    steps: text |> lower
  form:
    normalises: email
    parameters: [mark]
    first_of:
      - {when: "$mark == 'x'", value: $value |> plain}
      - $tables.one
define:
  # The name that people see.
  shown: {value: name, default: none}
  digest: email |> form('x') |> hashed
  rows: {each: people, fields: {mail: $item.mail, number: $item.id}}
  listed: "[name, 'x']"
  first: $rows[0].number
  folded: >-
    type
    |> lower
  quoted: 'type |> replace(''a'', new=''b'')'
fan_out:
  each: {tag: tags}
fields:
  name: $shown
  deep:
    fields: {inner: p.a, other: p.count, most: $now}
  list:
    each: people
    fields: {item: $item.id, again: "$settings.nested.keys[0].name"}
  said:
    template: "{{ {type} and {$tag} }}"
  secret: {value: $settings.mode, default: $shown}
  plainly: {value: name, default: nothing}
  twice: {when: type is text and not (p.count > 1), value: type |> form(mark='x')}
request:
  method: PUT
  url: "{$api.base}/e"
  json: {payload: $payload, token: $settings.token}
"""
VOCABULARY = """\
vocabulary: 1
event: {type: text, name: text, email: personal email, p: part, people: list of person, tags: list of text}
objects:
  person: {mail: personal email, id: identifying text}
  part: {a: text, count: number, more: list of part}
open: [part]
personal: {names: {email: [email]}}
"""  # noqa: E501  # as the file is written
SETTINGS = {
    "properties": {
        "token": {"type": "string", "x-secret": True, "description": "Lets requests in."},
        "mode": {"enum": ["fast", "slow"], "default": "fast"},
        "nested": {"$ref": "#/$defs/nested"},
    },
    "$defs": {
        "nested": {
            "type": "object",
            "properties": {"keys": {"type": "array", "items": {"$ref": "#/$defs/key"}}},
        },
        "key": {"type": "object", "properties": {"name": {"type": "string"}}},
    },
}
PAYLOAD = {
    "properties": {
        "name": {"type": "string", "description": "Who it is."},
        "deep": {"properties": {"inner": {"type": "string"}, "left": {"description": "Unused."}}},
        "list": {"items": {"properties": {"item": {"type": "string"}, "free": {}}}},
    }
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("words")
    (folder / "rules.yaml").write_text(RULES, "utf-8")
    (folder / "vocabulary.yaml").write_text(VOCABULARY, "utf-8")
    (folder / "settings.schema.json").write_text(json.dumps(SETTINGS, indent=1), "utf-8")
    (folder / "payload.schema.json").write_text(json.dumps(PAYLOAD, indent=1), "utf-8")
    return folder


@pytest.fixture(scope="module")
def examined(folder: Path) -> Examined:
    read = read_pack(folder)
    assert read.examined is not None, [each.message for each in read.diagnostics]
    return read.examined


def behind(before: str, text: str = RULES) -> int:
    """The place behind the only occurrence of a text."""
    assert text.count(before) == 1, f"{before!r} stands {text.count(before)} times there"
    return text.index(before) + len(before)


def meant(before: str, examined: Examined | None, text: str = RULES) -> Meaning | None:
    """What the word behind a text means."""
    offset = behind(before, text)
    place = place_at(text, offset)
    return meaning(place, offset, Path("rules.yaml"), examined) if place is not None else None


def hovered(before: str, examined: Examined | None) -> str:
    found = meant(before, examined)
    return (found.text or "") if found is not None else ""


HOVERED = {
    "map": "**mapping** (required) — the version of the format",
    'base: "htt': "The scheme and host of every request.",
    "pipelines:\n  pla": "**plain**\n\n*pipelines*: Named pipelines",
    "  plain:\n    steps: text |> low": "text |> lower -> text",
    "value |> pla": "A pipeline of transforms.\n\n```yaml\nplain:\n  steps: text |> lower",
    "$mark == 'x'\", value: $val": "`$value` — the value that is piped in",
    '  - {when: "$ma': "`$mark` — a parameter of this pipeline",
    "- $tables.o": "`$tables.one` — `1`",
    "shown: {value: nam": "`name` — text\n\nof the event, vocabulary `./vocabulary.yaml`",
    "  dige": "**digest**\n\n*define*",
    "digest: email |> for": "parameters: [mark]",
    "mail: $item.ma": "`$item.mail` — text, personal data (email)\n\nthe item of the",
    "first: $rows[0].numb": "`$rows[0].number` — any, personal data (email), identifies a person",
    "folded: >-\n    ty": "`type` — text",
    "|> lower\n  quo": "**quoted**",
    "  name: $sho": "`$shown` — text\n\n```yaml\nshown: {value: name, default: none}",
    "fields:\n  na": '**name**\n\nWho it is.\n\ntype: `"string"`\n\n*fields*',
    "inn": '**inner**\n\ntype: `"string"`\n\n*fields*',
    "  list:\n    each: people\n    fields: {it": '**item**\n\ntype: `"string"`\n\n*fields*',
    "inner: p.": "`p.a` — text",
    "most: $no": "`$now` — number — the time of the clock",
    "item: $item.i": "`$item.id` — text, identifies a person\n\nthe item of the list `people`",
    'again: "$settings.nested.ke': '`$settings.nested.keys` — list\n\ntype: `"array"`',
    'again: "$settings.nested.keys[0].na': "`$settings.nested.keys[0].name` — text",
    "{{ {ty": "`type` — text",
    "and {$ta": "`$tag` — text\n\n```yaml\neach: {tag: tags}",
    "secret: {value: $settings.mo": 'one of: `["fast", "slow"]`, default: `"fast"`',
    "mode, default: $sho": "`$shown` — text",
    "not (p.cou": "`p.count` — number",
    'url: "{$api.ba': "`$api.base` — `https://x.test`",
    "token: $settings.tok": "`$settings.token` — text, secret\n\nLets requests in.",
    "json: {payload: $pay": "`$payload` — the payload of this request",
    "method: PU": "POST, PUT, PATCH, GET, DELETE",
}
SAYS_NOTHING = [
    "|> replace(''a'', ne",
    "value: type |> form(ma",
    "type is te",
    "value: name, default: noth",
    'said:\n    template: "{',
]


@pytest.mark.parametrize("before", HOVERED)
def test_hovering_says(before: str, examined: Examined) -> None:
    assert HOVERED[before] in hovered(before, examined)


@pytest.mark.parametrize("before", SAYS_NOTHING)
def test_hovering_says_nothing_of_names_of_arguments_and_plain_texts(
    before: str, examined: Examined
) -> None:
    assert hovered(before, examined) == ""


UNREAD = {
    "map": "**mapping** (required)",
    "fields:\n  na": "**name**\n\n*fields*",
    "$mark == 'x'\", value: $val": "the value that is piped in",
    "item: $item.i": "`$item.id`\n\nthe item of the list `people`",
    "most: $no": "`$now` — the time of the clock",
    "shown: {value: nam": "",
    "  name: $sho": "",
    "value |> pla": "",
}


@pytest.mark.parametrize("before", UNREAD)
def test_of_a_pack_that_cannot_be_read_hovering_says_what_it_can(before: str) -> None:
    found = hovered(before, None)
    assert UNREAD[before] in found
    assert bool(found) is bool(UNREAD[before])


def test_an_undeclared_path_is_said_to_be_so(examined: Examined) -> None:
    found = meant("inner: abs", examined, RULES.replace("inner: p.a", "inner: absent"))
    assert found is not None
    assert (found.text or "").startswith("`absent` — not declared in the vocabulary")


DECLARED = {
    "value |> pla": "rules.yaml:12",
    '  - {when: "$ma': "rules.yaml:16",
    "- $tables.o": "rules.yaml:10",
    "first: $rows[0].numb": "rules.yaml:24",
    "fields: {item: $ite": "rules.yaml:38",
    "item: $item.i": "vocabulary.yaml:4",
    "inner: p.": "vocabulary.yaml:5",
    'said:\n    template: "{{ {ty': "vocabulary.yaml:2",
    "fields:\n  na": "payload.schema.json:3",
    "  deep:\n    fields: {inn": "payload.schema.json:9",
    "  list:\n    each: people\n    fields: {ite": "payload.schema.json:20",
    "and {$ta": "rules.yaml:32",
    'url: "{$api.ba': "rules.yaml:6",
    'again: "$settings.nested.keys[0].na': "settings.schema.json:34",
    'again: "$settings.nes': "settings.schema.json:15",
    "token: $settings.tok": "settings.schema.json:3",
    "most: $no": None,
    "map": None,
    "pipelines:\n  pla": None,
    "json: {payload: $pay": None,
    "type is te": None,
}


@pytest.mark.parametrize("before", DECLARED)
def test_a_name_leads_to_where_it_is_declared(before: str, examined: Examined) -> None:
    found = meant(before, examined)
    span = None if found is None else found.span
    file = None if found is None or found.file is None else found.file.name
    assert (None if span is None else f"{file}:{span.line}") == DECLARED[before]


def test_a_field_of_the_payload_in_a_condition_leads_to_the_schema(examined: Examined) -> None:
    text = RULES + "warn:\n  - {when: $payload.deep.inner == 'x', field: deep, message: x}\n"
    found = meant("$payload.deep.inn", examined, text)
    assert found is not None
    assert found.file is not None
    assert found.span is not None
    assert (found.file.name, found.span.line) == ("payload.schema.json", 9)


OFFERED: list[tuple[str, set[str], set[str]]] = [
    ("fields:\n  a: $", {"$shown", "$tag", "$settings"}, {"$item", "$payload", "$value"}),
    ("warn:\n  - when: $", {"$payload", "$shown"}, {"$item"}),
    ("pipelines:\n  a: {parameters: [b], first_of: [$", {"$value", "$b", "$tables"}, {"$shown"}),
    ("fields:\n  a: {each: people, value: $item.", {"mail", "id"}, {"type"}),
    ("fields:\n  a: {each: people, item: one, value: $", {"$one"}, {"$item"}),
    ("fields:\n  a: {each: people ?? p.more, value: $item.", {"mail", "id"}, {"type"}),
    ("fields:\n  a: {each: people |> rows, value: $item.", set(), {"mail"}),
    (
        "fields:\n  a:\n    each: p.more\n    fields:\n      b: {each: $item.more, value: $item.",
        {"a", "count"},
        {"mail"},
    ),
    ("fields:\n  deep:\n    fields:\n      ", {"inner", "left"}, {"name"}),
    ("fields:\n  list:\n    each: people\n    fields:\n      ", {"item", "free"}, {"name"}),
    ("fields:\n  deep:\n    fields:\n      inner: type\n      ", {"left"}, {"inner"}),
    ("define:\n  ", set(), {"inner", "name"}),
    ("fields:\n  a: 3", set(), {"type", "p"}),
    ("fields:\n  a: \"'x' ?? ", {"type", "at"}, {"trim"}),
    ("fields:\n  a: $settings.nested.", {"keys"}, {"mode"}),
    ("fields:\n  a: $rows[0].", set(), {"type"}),
    ("fields:\n  a: $tables.", {"words", "long"}, {"base"}),
    ("fields:\n  a: $tables.words.", {"x"}, {"words", "context"}),
    ("fields:\n  a: $tables.long.", set(), {"1", "words"}),
    ("warn:\n  - when: $payload.", {"name", "deep"}, {"type"}),
    ("warn:\n  - when: $payload.deep.", {"inner", "left"}, {"name"}),
    ("mapping: 1\nuse: [", {"meta/event", "rudderstack/person"}, {"rules", "meta/event.yaml"}),
    ("mapping: 1\nuse:\n  - met", {"meta/event"}, {"type"}),
    ("mapping: 1\nevent: ", {"./vocabulary.yaml", "rudderstack/track"}, {"meta/event"}),
    ("tests: 1\nevent: ", set(), {"./vocabulary.yaml"}),
    ("amend:\n  shown:\n    drop:\n      - ", set(), {"type", "trim"}),
    ("amend:\n  rows: {drop: ", {"mail", "number"}, {"type"}),
    ("pipelines:\n  a: {normalises: ", {"email"}, {"type"}),
    ("vocabulary: 1\nevent: {a: ", {"text", "list of ", "personal ", "person"}, {"email"}),
    ("vocabulary: 1\nobjects:\n  own: {a: text}\n  b: {c: list of ", {"own", "part"}, {"c"}),
    ("vocabulary: 1\nevent: {a: personal e", {"email"}, {"text"}),
    ("fields:\n  a: {required: ", {"true", "false"}, {"type"}),
    ("fields:\n  a: {template: 'x ", set(), {"type"}),
    ("fields:\n  a: {template: 'x {", {"type"}, set()),
    ("fields:\n  a: {default: no", set(), {"type", "$shown"}),
    ("fields:\n  a: {default: $", {"$shown"}, {"type"}),
    ("fields:\n  a: {value: type, as: ", {"trim", "plain"}, {"type"}),
    ("", {"mapping", "fragment", "vocabulary"}, {"steps"}),
    ("m", {"mapping", "fragment"}, {"steps"}),
]


@pytest.mark.parametrize(("typed", "offered", "others"), OFFERED, ids=[t for t, *_ in OFFERED])
def test_what_can_be_written_is_offered(
    typed: str, offered: set[str], others: set[str], examined: Examined
) -> None:
    place = place_to_type(typed, len(typed))
    found = {each.label for each in proposals(place, len(typed), examined)} if place else set()
    assert offered <= found
    assert not found & others


def test_what_fragments_define_is_offered_where_it_is_changed() -> None:
    examined = read_pack("facebook_offline_conversions").examined

    def offered(typed: str) -> dict[str, str]:
        place = place_to_type(typed, len(typed))
        found = proposals(place, len(typed), examined) if place else ()
        return {each.label: each.text for each in found}

    found = offered("mapping: 1\namend:\n  phone: {}\n  ")
    assert found["email"] == "email: "
    assert "phone" not in found
    assert "$given_email" in offered("mapping: 1\namend:\n  email:\n    drop:\n      - ")


@pytest.mark.parametrize(
    ("typed", "label", "whole"),
    [
        ("vocabulary: 1\nevent: {a: list of te", "text", "vocabulary: 1\nevent: {a: list of text"),
        (
            "mapping: 1\namend: {said: {drop: name ",
            "name ?? type",
            "mapping: 1\namend: {said: {drop: name ?? type",
        ),
    ],
)
def test_what_is_offered_takes_the_place_of_the_word_or_of_all(
    typed: str, label: str, whole: str, folder: Path
) -> None:
    text = RULES.replace("  # The name", "  said: [name ?? type]\n  # The name")
    read = read_pack(folder, {(folder / "rules.yaml").resolve(): text})
    place = place_to_type(typed, len(typed))
    assert place is not None
    found = {each.label: each for each in proposals(place, len(typed), read.examined)}
    assert f"{typed[: found[label].start]}{found[label].text}" == whole


def test_of_a_pack_that_cannot_be_read_only_the_language_is_offered() -> None:
    for typed, offered in [("fields:\n  a: type |> tr", {"trim"}), ("fields:\n  a: p.", set())]:
        place = place_to_type(typed, len(typed))
        assert place is not None
        found = {each.label for each in proposals(place, len(typed), None)}
        assert offered <= found
        assert "plain" not in found
