"""The library as a developer uses it."""

from __future__ import annotations

import json
import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from mapping_engine import (
    ConfigurationError,
    Destination,
    InstrumentationError,
    MappingError,
    PayloadError,
    RuleError,
    load,
)
from tests.engine.mini import Mini
from tests.engine.ways import assert_agree, unjudged

PACK = "facebook_offline_conversions"
SETTINGS = {"accessToken": "t", "eventsToIds": [{"from": "Other", "to": 7}]}
EVENT = {"type": "track", "event": "E", "userId": "u", "originalTimestamp": 1704103200}


def payload(destination: Destination, part: dict[str, Any]) -> dict[str, Any]:
    (found,) = destination.payloads({"p": part, "name": "n"})
    return found


@pytest.mark.parametrize("missing", [None, "", "  ", "\t\n", [], {}])
def test_null_blank_and_empty_are_missing(mini: Mini, missing: object) -> None:
    destination = mini("fields:\n  x: p.a ?? p.b\n")
    assert payload(destination, {"a": missing, "b": 1}) == {"x": 1}


@pytest.mark.parametrize("value", [0, 0.0, False, "0", [0], {"a": None}])
def test_zero_and_false_are_values(mini: Mini, value: object) -> None:
    destination = mini("fields:\n  x: p.a is present\n")
    assert payload(destination, {"a": value}) == {"x": True}


def test_a_conversion_that_fails_makes_way_for_the_next_arm(mini: Mini) -> None:
    rules = "fields:\n  x: {first_of: [p.a, p.b], as: number, then: times(2)}\n"
    assert payload(mini(rules), {"a": "no", "b": "4"}) == {"x": 8}


def test_a_pipeline_after_a_chain_applies_to_the_winner_only(mini: Mini) -> None:
    destination = mini("fields:\n  x: p.a ?? p.b |> number\n")
    outcome = destination.outcome({"p": {"a": "no", "b": "4"}})
    assert outcome.requests[0].body == {"payload": {}}
    assert outcome.warnings[0].fields == ("x",)


@pytest.mark.parametrize("event", [b"{", {"p": {}}, {"p": {"a": "no"}}], ids=str)
def test_the_error_of_an_outcome_keeps_no_event_in_memory(mini: Mini, event: object) -> None:
    rules = "fields:\n  x: {value: p.a, required: true, as: number}\n"
    destination = mini(rules)
    for found in (destination.outcome(event), destination.explain(event)):
        assert found.error is not None
        assert found.error.__traceback__ is None
        assert found.error.__context__ is None


ITEMS = """\
pipelines: {numbers: {parameters: [factor], items: number |> times($factor)}}
fields:
  x: {first_of: [p.a, p.b], as: numbers(p.factor |> number)}
"""


@pytest.mark.parametrize(
    ("value", "made", "warned"),
    [
        (["1", 2], [2, 4], []),
        ("1", [2], []),
        ([1, "no", 1], [2], ["x: p.a is not a number; it is left out"]),
        (["no"], [6], []),
        ([], [6], []),
    ],
)
def test_a_pipeline_converts_each_item_and_leaves_out_what_it_cannot(
    mini: Mini, value: object, made: list[int], warned: list[str]
) -> None:
    event = {"p": {"a": value, "b": 3, "factor": 2}}
    outcome = mini(ITEMS).outcome(event)
    assert outcome.requests[0].body["payload"] == {"x": made}
    assert [each.message for each in outcome.warnings] == warned


def test_issues_of_arguments_of_a_pipeline_are_forgotten_where_it_has_a_value(mini: Mini) -> None:
    rules = """\
pipelines: {named: {parameters: [other], first_of: [$other, $value]}}
fields: {x: p.a |> named(p.b |> number)}
"""
    outcome = mini(rules).outcome({"p": {"a": "here", "b": "no"}})
    assert outcome.requests[0].body["payload"] == {"x": "here"}
    assert outcome.warnings == ()


@pytest.mark.parametrize(
    ("policy", "code", "warned"),
    [("warn", None, True), ("error", "EV06", False), ("ignore", None, False)],
)
def test_what_is_done_with_a_value_that_cannot_be_converted(
    mini: Mini, policy: str, code: str | None, warned: bool
) -> None:
    rules = f"fields:\n  x: {{value: p.a |> number, default: 5, invalid: {policy}}}\n"
    outcome = mini(rules).outcome({"p": {"a": "no"}})
    assert (outcome.error.code if outcome.error else None) == code
    assert bool(outcome.warnings) is warned
    if code is None:
        assert outcome.requests[0].body["payload"] == {"x": 5}


def test_a_required_field_names_every_source(mini: Mini) -> None:
    destination = mini(
        "define:\n  more: [p.b, p.c]\nfields:\n  x: {first_of: [p.a, $more], required: true}\n"
    )
    with pytest.raises(InstrumentationError, match=r"p\.a, p\.b, p\.c") as caught:
        destination.apply({})
    assert caught.value.path == "x"
    assert caught.value.span is not None
    assert caught.value.span.line > 1


def test_the_first_row_of_a_decision_that_applies_wins(mini: Mini) -> None:
    rules = """
fields:
  x:
    decide:
      named: {when: name == 'n' and p.a is present, value: p.b}
      odd: {when: "p.a in [1, 3]", constant: odd}
      otherwise: {constant: other}
"""
    destination = mini(rules)
    assert payload(destination, {"a": 1, "b": "b"}) == {"x": "b"}
    assert payload(destination, {"a": 1}) == {"x": "odd"}
    assert payload(destination, {"a": 2}) == {"x": "other"}
    found = destination.explain({"p": {"a": 1}, "name": "n"}).field("x")
    assert found is not None
    outcomes = {e.label: e.outcome for e in found.entries}
    assert outcomes == {"named": "missing", "odd": "used", "otherwise": "skipped"}


def test_lists_see_the_item_the_outer_item_and_the_event(mini: Mini) -> None:
    rules = """
fields:
  rows:
    each: p.items
    item: row
    keep_when: $row.keep
    fields:
      id: $row.id
      name: name
      inner: {each: $row.parts, item: part, template: "{$row.id}-{$part}"}
"""
    part = {"items": [{"id": 1, "keep": True, "parts": ["a", "b"]}, {"id": 2}, "odd"]}
    assert payload(mini(rules), part) == {"rows": [{"id": 1, "name": "n", "inner": ["1-a", "1-b"]}]}


def test_the_rest_of_an_object_leaves_out_what_is_mapped_and_what_is_personal(mini: Mini) -> None:
    rules = "fields:\n  x: p.a\n  rest: {rest_of: p, without: [secret]}\n"
    part = {"a": 1, "secret": 2, "E-Mail": 3, "email": 4, "list": [{"email": 5, "k": 6}], "z": 7}
    assert payload(mini(rules), part)["rest"] == {"list": [{"k": 6}], "z": 7}


def test_conditions(mini: Mini) -> None:
    for condition, expected in {
        "p.a": False,
        "p.zero": True,
        "p.no": False,
        "p.no == false": True,
        "p.one == true": False,
        "p.a == p.b": False,
        "p.a != 1": True,
        "p.one < 2": True,
        "p.text < 2": False,
        "p.text is number": False,
        "p.text is text and not p.a": True,
        "'k' in p.table": True,
    }.items():
        destination = mini(f"fields:\n  x: {{when: {json.dumps(condition)}, constant: yes!}}\n")
        part = {"zero": 0, "no": False, "one": 1, "text": "t", "table": {"k": 1}}
        assert bool(payload(destination, part)) is expected, condition


def test_a_fan_out_is_the_cross_product_in_order(mini: Mini) -> None:
    rules = "fan_out:\n  each:\n    one: p.a\n    two: p.b\nfields:\n  x: [$one, $two]\n"
    found = mini(rules.replace("x: [$one, $two]", 'x: "[$one, $two]"')).payloads(
        {"p": {"a": [1, 2], "b": ["x", "y"]}}
    )
    assert [f["x"] for f in found] == [[1, "x"], [1, "y"], [2, "x"], [2, "y"]]


def test_a_definition_that_uses_a_fan_out_variable_is_made_for_each_request(mini: Mini) -> None:
    rules = """
define:
  label: {template: "<{$one}>"}
  longer: $label |> upper
fan_out:
  each: {one: p.a, two: "['v', $longer]"}
fields:
  x: $longer
  z: $two
"""
    found = mini(rules).payloads({"p": {"a": ["x", "w"]}})
    assert [f["x"] for f in found] == ["<X>", "<X>", "<W>", "<W>"]
    assert [f["z"] for f in found] == ["v", "<X>", "v", "<W>"]


THROUGH = [
    "$own",
    "{value: $own, as: text}",
    "{first_of: [p.c, $own]}",
    "{first_of: [{when: $own == 'b', value: $own}, $own]}",
    "{decide: {one: {when: $own == 'b', constant: b}, two: {constant: a}}}",
    "{template: '{$own}'}",
    "$own |> same",
    "name |> other($own)",
    "{when: not ($own is missing), value: $own}",
    "'[$own, $own] |> first'",
    "{positions: [$own], then: first}",
    "{value: p.c, default: $own}",
    "{each: p.items, value: $own, then: first}",
    "{each: $own |> list, value: $item, then: first}",
]


@pytest.mark.parametrize("through", THROUGH)
def test_every_request_and_every_event_has_fan_out_values_of_its_own(
    through: str, mini: Mini
) -> None:
    destination = mini(
        f"""
pipelines:
  same: text
  other: {{parameters: [given], first_of: [$given]}}
define: {{own: $tag, inner: {through}, outer: $inner, most: "$outer ?? 'none'"}}
fan_out: {{each: {{tag: tags}}}}
fields: {{x: $most, z: {{fields: {{k: $outer}}}}}}
warn: [{{when: $most == 'b', message: it is b}}]
"""
    )
    for tags in (["a", "b"], ["b"], ["b", "a"]):
        event = {"tags": tags, "name": "n", "p": {"items": [1]}}
        wanted = [{"x": tag, "z": {"k": tag}} for tag in tags]
        assert destination.payloads(event) == wanted
        outcome = destination.outcome(event)
        assert [request.body["payload"] for request in outcome.requests] == wanted
        assert [warning.message for warning in outcome.warnings] == ["it is b"]
        assert_agree(unjudged(destination.mapping), event)


@pytest.mark.parametrize("value", [None, "ab", {}, 5, []])
def test_a_fan_out_over_no_list_makes_no_request(mini: Mini, value: object) -> None:
    destination = mini("fan_out:\n  each:\n    one: p.a\nfields:\n  x: $one\n")
    assert destination.apply({"p": {"a": value}}) == []


def test_the_number_of_requests_is_bounded(mini: Mini) -> None:
    rules = "limits: {requests: 5}\nfan_out:\n  each: {one: p.a, two: p.a}\nfields:\n  x: $one\n"
    destination = mini(rules)
    assert len(destination.apply({"p": {"a": [1, 2]}})) == 4
    with pytest.raises(InstrumentationError) as caught:
        destination.apply({"p": {"a": list(range(100_000))}})
    assert caught.value.code == "EV07"


def test_what_is_filled_into_a_url_is_encoded(mini: Mini) -> None:
    request = 'request:\n  url: "{$api.base}/{$part}/e"\n  json: {}\n'
    rules = "fan_out:\n  each: {part: tags}\nfields:\n  x: p.a\n"
    destination = mini(rules, request=request)
    assert (
        destination.apply({"tags": ["a b/ü?#"]})[0].url == "https://x.test/a%20b%2F%C3%BC%3F%23/e"
    )
    for dots in (".", ".."):
        with pytest.raises(ConfigurationError):
            destination.apply({"tags": [dots]})


def test_headers_and_json_bodies(mini: Mini) -> None:
    request = """
request:
  method: PUT
  url: "{$api.base}/e"
  headers: {X-Now: $now}
  json: {deep: {list: [$payload.x, p.no], gone: p.no}}
"""
    (made,) = mini("fields:\n  x: p.a\n", request=request).apply({"p": {"a": 1}})
    assert made.to_dict() == {
        "method": "PUT",
        "url": "https://x.test/e",
        "headers": {"Content-Type": "application/json", "X-Now": "100"},
        "format": "json",
        "body": {"deep": {"list": [1]}},
    }
    assert made.encode() == b'{"deep":{"list":[1]}}'


def test_accept_refuses_or_passes_over_in_order(mini: Mini) -> None:
    rules = """
accept:
  - skip_when: p.a == 'skip'
  - {require: p.a is present, message: "no a in {name}", error: configuration, help: send a}
fields:
  x: p.a
"""
    destination = mini(rules)
    assert destination.apply({"p": {"a": "skip"}}) == []
    with pytest.raises(ConfigurationError, match="no a in n") as caught:
        destination.apply({"name": "n"})
    assert caught.value.help == "send a"
    with pytest.raises(ConfigurationError, match="no a in nothing"):
        destination.apply({})


def test_a_message_never_breaks_the_line(mini: Mini) -> None:
    rules = 'accept:\n  - {require: p.a, message: "no {name}"}\nfields:\n  x: p.a\n'
    with pytest.raises(InstrumentationError) as caught:
        mini(rules).apply({"name": "a\n\x1b[31m" + "z" * 10_000})
    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 400


def test_a_refused_payload_names_the_field_the_rule_and_the_source(
    tmp_path: Path, mini: Mini
) -> None:
    mini("fields:\n  deep: {fields: {x: {value: p.a ?? p.b, required: true}}}\n")
    schema = {"properties": {"deep": {"properties": {"x": {"type": "string"}}}}}
    (tmp_path / "payload.schema.json").write_text(json.dumps(schema))
    with pytest.raises(PayloadError, match=r"it comes from p\.a, p\.b") as caught:
        load(tmp_path).apply({"p": {"a": 4711}}, {})
    assert caught.value.path == "deep.x"
    assert caught.value.span is not None
    assert (
        "x: {value: p.a"
        in (tmp_path / "rules.yaml").read_text().splitlines()[caught.value.span.line - 1]
    )
    assert "4711" not in str(caught.value)


@pytest.mark.parametrize(
    "settings", [None, [], "s", {}, {"accessToken": 5}, {"accessToken": "\ud800"}]
)
def test_wrong_settings_are_a_configuration_error(settings: Any) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(PACK).bind(settings)
    assert caught.value.code == "CF01"


def test_settings_are_copied_and_unknown_keys_are_warnings() -> None:
    given: dict[str, Any] = {
        **SETTINGS,
        "eventToIds": [],
        "eventsToIds": [{"from": "Other", "to": 7}],
    }
    destination = load(PACK).bind(given)
    assert ["did you mean `eventsToIds`" in w.message for w in destination.warnings] == [True]
    given["eventsToIds"].clear()
    assert len(destination.apply(EVENT)) == 1
    assert "isHashRequired" not in given


def test_mappings_and_destinations_do_not_change() -> None:
    mapping = load(PACK)
    destination = mapping.bind(SETTINGS)
    for held, name in ((mapping, "model"), (destination, "mapping")):
        with pytest.raises(AttributeError):
            setattr(held, name, None)


def test_mappings_destinations_and_errors_can_be_pickled() -> None:
    mapping = pickle.loads(pickle.dumps(load(PACK)))
    destination = pickle.loads(pickle.dumps(mapping.bind(SETTINGS)))
    assert destination.apply(EVENT) == load(PACK).bind(SETTINGS).apply(EVENT)
    error = destination.outcome({}).error
    assert isinstance(error, InstrumentationError)
    again = pickle.loads(pickle.dumps(error))
    assert again.to_dict() == error.to_dict()


def test_threads_share_a_destination() -> None:
    destination = load(PACK).bind(SETTINGS)
    events = [{**EVENT, "userId": n, "properties": {"total": n}} for n in range(200)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(destination.apply, events))
    data = [requests[0].body["data"][0] for requests in found]
    assert [(d["match_keys"]["extern_id"], d["value"]) for d in data] == [
        (str(n), n) for n in range(200)
    ]


def test_apply_many_goes_on_after_a_bad_event() -> None:
    destination = load(PACK).bind(SETTINGS)
    outcomes = list(destination.apply_many([EVENT, None, {}, EVENT]))
    assert [(o.index, o.ok) for o in outcomes] == [(0, True), (1, False), (2, False), (3, True)]
    assert json.dumps(outcomes[1].to_dict())


def test_a_pack_that_does_not_exist_is_a_rule_error() -> None:
    for pack in ("no_such_pack", "", "facebook_offline_conversion", "a\0b"):
        with pytest.raises(RuleError):
            load(pack)


def test_every_error_has_a_code_and_is_data() -> None:
    destination = load(PACK).bind({"accessToken": "t"})
    events: list[Any] = [[], {}, {"type": "track"}, {**EVENT}, {"type": "track", 5: 1}, {"a": {1}}]
    for event in events:
        error = destination.outcome(event).error
        assert isinstance(error, MappingError)
        assert {"kind", "code", "message", "path", "span", "help"} <= set(error.to_dict())


def test_an_explanation_hides_fan_out_values_that_are_not_public(mini: Mini) -> None:
    rules = "fan_out:\n  each: {one: p.hidden, two: tags}\nfields:\n  x: $one\n  z: $two\n"
    found = mini(rules).explain({"p": {"hidden": ["s3cret"]}, "tags": ["open"]})
    assert found.requests[0].variables == {"one": "text of 6 characters", "two": "open"}
    assert "s3cret" not in found.text() + json.dumps(found.to_dict())


def test_explanations_tell_every_outcome_apart(mini: Mini) -> None:
    rules = """
fields:
  x:
    first_of:
      - p.missing
      - p.blank
      - p.text |> number
      - {value: p.a, when: name == 'other'}
      - p.a
      - p.b
"""
    event = {"name": "n", "p": {"blank": " ", "text": "abc", "a": 1}}
    found = mini(rules).explain(event).field("x")
    assert found is not None
    assert [e.outcome for e in found.entries] == [
        "missing",
        "blank",
        "invalid",
        "condition not met",
        "used",
        "skipped",
    ]
    assert found.sent
    assert "abc" not in json.dumps(found.to_dict())


def test_an_explanation_names_the_line_of_each_alternative(mini: Mini) -> None:
    rules = """
fields:
  x:
    first_of:
      - p.a
      - {value: p.b, when: name == 'n'}
      - {constant: 2}
    as: text
"""
    found = mini(rules).explain({"name": "n", "p": {"b": 1}}).field("x")
    assert found is not None
    first, second, third = (entry.span.line for entry in found.entries)
    assert (second, third) == (first + 1, first + 2)


def test_only_fields_are_explained_as_fields(mini: Mini) -> None:
    rules = """
fields: {x: p.a}
refuse: [{when: $payload.x == 1, message: one}]
warn: [{when: $payload.x == 2, message: two}]
"""
    (request,) = mini(rules).explain({"p": {"a": 2}}).requests
    assert [field.path for field in request.fields] == ["x"]


def test_a_path_is_not_told_the_issues_of_alternatives_before_it(mini: Mini) -> None:
    rules = "fields:\n  x: {first_of: [name |> number, p.b, p.c]}\n"
    found = mini(rules).explain({"name": "abc"}).field("x")
    assert found is not None
    outcomes = {(e.label, e.outcome) for entry in found.entries[1:] for e in entry.walk()}
    assert outcomes == {("p.b", "missing"), ("p.c", "missing")}
