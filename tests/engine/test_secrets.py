"""Secrets beside the settings, and personal data in clear: sent where the rules say, and nowhere
else; read by nobody."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mapping_engine import ConfigurationError, Destination, Mapping, check, load
from mapping_engine.cli.main import main

GIVEN, OF_EVENT, OF_SETTINGS = "s3cr3t-given", "s3cr3t-event", "s3cr3t-setting"
MAIL, NAME = "zqx@zqx.example", "Zqxjkv"
RULES = """\
mapping: 1
title: Entitled
api: {base: "https://x.test"}
event: ./vocabulary.yaml
settings: settings.schema.json
payload: payload.schema.json
secrets:
  access: The token of the connection.
  page: {from: context.pageToken}
  key: {from: $settings.apiKey, in_url: allowed, because: the receiver takes it nowhere else}
  extra: {optional: true}
personal:
  clear:
    - {fields: [attributes.*, who.mail, listed, named, any], because: the receiver writes to people}
    - {url: person, because: the path names the person}
define:
  person: traits.email |> text
  traits_copy: {when: type is present, copy_of: traits}
  either: [{when: type is missing, copy_of: properties}, $traits_copy]
request:
  url: "{$api.base}/p/{$person}?key={$secrets.key}"
  headers: {Authorization: "bearer($secrets.access)", X-Page: $secrets.page}
  json: {payload: $payload, extra: $secrets.extra}
fields:
  attributes: {copy_of: traits}
  named: $traits_copy
  any: $either
  listed: {each: traits.friends, value: {copy_of: $item}}
  who: {fields: {mail: traits.email, note: type}}
  place: {copy_of: context, without: [pageToken, traits]}
"""
VOCABULARY = """\
vocabulary: 1
extends: rudderstack/track
objects: {context: {pageToken: secret text}, person: {friends: list of person}}
"""
SETTINGS = {
    "type": "object",
    "required": ["apiKey"],
    "properties": {"apiKey": {"type": "string", "x-secret": True}},
}
EVENT: dict[str, Any] = {
    "type": "track",
    "traits": {"email": MAIL, "buyer": {"lastName": NAME}, "friends": [{"email": MAIL}]},
    "context": {"pageToken": OF_EVENT, "deep": {"email": MAIL}},
}


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("entitled")
    rules = RULES.replace('"bearer($secrets.access)"', '{template: "Bearer {$secrets.access}"}')
    rules = rules.replace("value: {copy_of: $item}", "copy_of: $item")
    (folder / "rules.yaml").write_text(rules)
    (folder / "vocabulary.yaml").write_text(VOCABULARY)
    (folder / "settings.schema.json").write_text(json.dumps(SETTINGS))
    (folder / "payload.schema.json").write_text('{"type": "object"}')
    return folder


@pytest.fixture(scope="module")
def mapping(pack: Path) -> Mapping:
    return load(pack)


def bound(mapping: Mapping, **secrets: Any) -> Destination:
    given = {"access": GIVEN, **secrets}
    return mapping.bind({"apiKey": OF_SETTINGS}, secrets=given, clock=lambda: 1.7e9)


def test_secrets_come_from_who_binds_from_the_event_and_from_the_settings(mapping: Mapping) -> None:
    [request] = bound(mapping).apply(EVENT)
    assert request.headers["Authorization"] == f"Bearer {GIVEN}"
    assert request.headers["X-Page"] == OF_EVENT
    assert request.url == f"https://x.test/p/zqx%40zqx.example?key={OF_SETTINGS}"
    assert "extra" not in request.body
    assert bound(mapping, extra="more").apply(EVENT)[0].body["extra"] == "more"


def test_clear_data_stands_where_it_may_and_nowhere_else(mapping: Mapping) -> None:
    [request] = bound(mapping).apply(EVENT)
    assert request.body["payload"] == {
        "attributes": EVENT["traits"],
        "named": EVENT["traits"],
        "any": EVENT["traits"],
        "listed": [{"email": MAIL}],
        "who": {"mail": MAIL, "note": "track"},
    }


def test_both_ways_agree(mapping: Mapping) -> None:
    destination = bound(mapping, extra="more")
    made, wanted = destination.outcome(EVENT), destination.interpreted(EVENT)
    assert made.requests == wanted.requests
    assert [r.shown_url for r in made.requests] == [r.shown_url for r in wanted.requests]


def test_nobody_reads_a_secret_or_a_person(mapping: Mapping) -> None:
    destination = bound(mapping)
    wrong = {**EVENT, "traits": {**EVENT["traits"], "email": ".."}}
    for event in (EVENT, wrong):
        outcome, explained = destination.outcome(event), destination.explain(event)
        said = "\n".join(
            [
                repr(outcome), str(outcome.error), *map(str, outcome.warnings), repr(destination),
                str(explained.text()), json.dumps(explained.to_dict()), repr(mapping),
                *(repr(each) for each in outcome.requests),
            ]
        )  # fmt: skip
        assert "s3cr3t" not in said
        assert "zqx" not in said.casefold()
    assert "https://x.test/p/***?key=***" in said or outcome.error is not None
    assert b"s3cr3t" not in pickle.dumps(mapping)


def test_a_destination_is_the_same_once_unpickled(mapping: Mapping) -> None:
    destination = mapping.bind({"apiKey": OF_SETTINGS}, secrets={"access": GIVEN})
    assert pickle.loads(pickle.dumps(destination)).apply(EVENT) == destination.apply(EVENT)


@pytest.mark.parametrize(
    ("secrets", "said"),
    [
        ({}, "secret `access` is missing"),
        ({"access": "  "}, "secret `access` is missing"),
        ({"access": 7}, "secret `access` is a number; accepted: a text"),
        ({"access": "a", "page": "s3cr3t"}, "a secret of another name is given"),
        ({"access": "a", "s3cr3t": "x"}, "a secret of another name is given"),
        ([], "are a list, not an object"),
    ],
)
def test_wrong_secrets_are_told_without_a_value(mapping: Mapping, secrets: Any, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said) as raised:
        mapping.bind({"apiKey": "k"}, secrets=secrets)
    assert raised.value.code == "CF05"
    assert "s3cr3t" not in json.dumps(raised.value.to_dict())


def test_what_is_clear_is_told_with_its_reason(mapping: Mapping) -> None:
    text = bound(mapping).explain(EVENT).text()
    assert "`who.mail`, `listed`, `named`, `any` (the receiver writes to people)" in text
    assert "in clear: `$person` in the URL (the path names the person)" in text
    assert "in clear: the secret `$secrets.key` in the URL (the receiver takes it" in text


def test_commands_take_secrets_from_a_file_or_the_environment(pack: Path, tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text(json.dumps({"apiKey": OF_SETTINGS}))
    (tmp_path / "secrets.json").write_text(json.dumps({"access": GIVEN}))
    (tmp_path / "event.json").write_text(json.dumps(EVENT))
    runner = CliRunner()
    files = {name: str(tmp_path / f"{name}.json") for name in ("event", "settings", "secrets")}
    common = [str(pack), files["event"], "--settings", files["settings"]]
    secrets = ["--secrets", files["secrets"]]
    variable = {"MAPPING_ENGINE_SECRETS": json.dumps({"access": GIVEN})}
    of_file = runner.invoke(main, ["apply", *common, *secrets])
    assert GIVEN in of_file.stdout
    assert runner.invoke(main, ["apply", *common], env=variable).stdout == of_file.stdout
    missing = runner.invoke(main, ["apply", *common])
    assert "secret `access` is missing" in missing.stderr
    explained = runner.invoke(main, ["explain", *common, *secrets])
    assert explained.exit_code == 0
    assert "s3cr3t" not in explained.output + of_file.stderr
    broken = runner.invoke(main, ["apply", *common], env={"MAPPING_ENGINE_SECRETS": "s3cr3t"})
    assert "MAPPING_ENGINE_SECRETS is not valid JSON" in broken.stderr
    assert "s3cr3t" not in broken.output


SEVERAL = """\
mapping: 1
title: Several
event: ./vocabulary.yaml
settings: settings.schema.json
payload: payload.schema.json
base: "https://x.test"
secrets:
  key: {from: $settings.apiKey, in_url: allowed, because: the receiver takes it nowhere else}
personal:
  clear:
    - {fields: [person.*, data], because: the receiver writes to people}
    - {url: [person, traits], because: the path names the person}
define:
  person: traits.email |> text
  traits: {value: "traits", when: type == 'look'}
requests:
  person:
    when: type == 'identify'
    method: PUT
    path: [people, $person, "k-{$person}"]
    query: {key: $secrets.key, plain: type}
    fields: {..: {copy_of: traits}, mail: traits.email}
  look:
    when: type == 'look'
    method: GET
    path: [people]
    query: $traits
  event:
    path: [events]
    fields:
      data: {copy_of: properties}
      mail: {copy_of: properties}
"""


def test_several_kinds_of_request_say_where_clear_data_stands(pack: Path, tmp_path: Path) -> None:
    for name in ("vocabulary.yaml", "settings.schema.json", "payload.schema.json"):
        (tmp_path / name).write_text((pack / name).read_text())
    (tmp_path / "rules.yaml").write_text(SEVERAL)
    assert not [each for each in check(tmp_path) if each.code == "PI11"]
    destination = load(tmp_path).bind({"apiKey": OF_SETTINGS})
    event = {"traits": {"email": MAIL}, "properties": {"email": MAIL, "plan": "gold"}}
    shown = []
    for kind in ("identify", "look", "track"):
        made = destination.outcome({**event, "type": kind})
        assert made.requests == destination.interpreted({**event, "type": kind}).requests
        shown.append(repr(made.requests[0]))
    assert "url='https://x.test/people/***/***?key=***&plain=identify'" in shown[0]
    assert "url='https://x.test/people?email=***'" in shown[1]
    odd = destination.outcome({"type": "look", "traits": {MAIL: 1, "email": MAIL}})
    assert "url='https://x.test/people?email=***&***=***'" in repr(odd.requests[0])
    [person] = destination.apply({**event, "type": "identify"})
    assert person.url == (
        "https://x.test/people/zqx%40zqx.example/k-zqx%40zqx.example"
        f"?key={OF_SETTINGS}&plain=identify"
    )
    assert person.body == {"email": MAIL, "mail": MAIL}
    [look] = destination.apply({**event, "type": "look"})
    assert look.url == "https://x.test/people?email=zqx%40zqx.example"
    [sent] = destination.apply({**event, "type": "track"})
    assert sent.body == {"data": event["properties"], "mail": {"plan": "gold"}}
