"""Several kinds of request: which are made, what each has of its own, and what is wrong with them.

How each key is written, and what becomes of it, is shown by the pack `tests/strangers/people_hub`.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mapping_engine import InstrumentationError, MappingError, load
from mapping_engine.checks import Options, check_all
from mapping_engine.engine.loading import read_pack
from mapping_engine.engine.request import Request

HEAD = """
mapping: 1
title: Kinds
event: ./vocabulary.yaml
settings: settings.schema.json
api: {base: "https://x.test"}

"""
VOCABULARY = """
vocabulary: 1
event: {type: text, name: text, mail: personal email, tags: list of text, path: text}
personal: {names: {email: [mail]}}
"""
SETTINGS = '{"properties": {"host": {"type": "string"}, "key": {"type": "string"}}}'
TWO = """
payload: payload.schema.json
requests:
  one: {when: name == 'a', path: [one], fields: {x: type}}
  two: {when: type is present, path: [two], fields: {y: name}}
"""


def written(folder: Path, rules: str) -> Path:
    (folder / "rules.yaml").write_text(f"{HEAD}{rules}")
    (folder / "vocabulary.yaml").write_text(VOCABULARY)
    (folder / "settings.schema.json").write_text(SETTINGS)
    for name, schema in (
        ("payload", "{}"),
        ("closed", '{"properties": {"x": {"type": "number"}}, "additionalProperties": false}'),
        ("hashed", '{"properties": {"x": {"x-personal": "hashed"}, "y": {}}, "required": ["y"]}'),
    ):
        (folder / f"{name}.schema.json").write_text(schema)
    return folder


def made(folder: Path, rules: str, event: dict[str, Any], **settings: str) -> list[Request]:
    destination = load(written(folder, rules)).bind(settings)
    one, other = destination.outcome(event), destination.interpreted(event)
    assert (one.requests, one.warnings, str(one.error)) == (
        other.requests, other.warnings, str(other.error),
    )  # fmt: skip
    if one.error is not None:
        raise one.error
    return list(one.requests)


def said(folder: Path, rules: str) -> list[str]:
    """What is wrong, each with its code and its line."""
    found = read_pack(written(folder, rules)).diagnostics
    return [f"{each.code} {each.span.line}: {each.message}" for each in found]


def test_an_event_becomes_the_first_kind_whose_condition_holds(tmp_path: Path) -> None:
    both = {"type": "t", "name": "a"}
    assert [r.url for r in made(tmp_path, TWO, both)] == ["https://x.test/one"]
    assert [r.name for r in made(tmp_path, TWO, {"type": "t"})] == ["two"]


def test_what_could_not_be_used_for_one_kind_is_not_told_of_another(tmp_path: Path) -> None:
    """Each kind has its own numbers of definitions, under which that is kept."""
    rules = """
payload: payload.schema.json
every: true
define:
  wide: path |> number
  high: name |> text
requests:
  one: {path: [one], fields: {x: $wide, y: $wide}}
  two: {path: [two], fields: {u: $high, v: $high}}
"""
    destination = load(written(tmp_path, rules)).bind({})
    event = {"path": "far"}
    [warning] = destination.outcome(event).warnings
    assert "17: x, y: path is not a number" in str(warning)
    assert destination.outcome(event).warnings == destination.interpreted(event).warnings


def test_a_request_without_a_payload_is_explained_as_such(tmp_path: Path) -> None:
    rules = "requests: {gone: {method: DELETE, path: [name]}}\n"
    explained = load(written(tmp_path, rules)).bind({}).explain({"name": "n"})
    assert "request 1 (gone)\n  without a payload\n" in explained.text()
    assert "request 1 (gone)\n  x: there is no such item" in explained.text("x")


def test_or_all_of_them_in_order(tmp_path: Path) -> None:
    found = made(tmp_path, f"every: true{TWO}", {"type": "t", "name": "a"})
    assert [(r.name, r.body) for r in found] == [("one", {"x": "t"}), ("two", {"y": "a"})]


def test_an_event_that_is_of_no_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InstrumentationError, match="none of `one`, `two`") as refused:
        made(tmp_path, TWO, {})
    assert refused.value.code == "EV04"


def test_the_explanation_says_which_and_why_not_the_others(tmp_path: Path) -> None:
    destination = load(written(tmp_path, TWO)).bind({})
    explained = destination.explain({"type": "t", "name": "a"})
    assert [(kind.label, kind.outcome) for kind in explained.kinds] == [
        ("one", "met"), ("two", "skipped"),
    ]  # fmt: skip
    assert [request.name for request in explained.requests] == ["one"]
    explained = destination.explain({"name": "b"})
    assert [kind.outcome for kind in explained.kinds] == ["condition not met"] * 2
    assert "request one: condition not met" in explained.text()


@pytest.mark.parametrize(
    ("rules", "url", "headers"),
    [
        ("path: [a]", "https://x.test/a", {"Authorization": "Basic dTpw"}),
        ("path: [a], auth: none", "https://x.test/a", {}),
        ("path: [a], auth: {bearer: name}", "https://x.test/a", {"Authorization": "Bearer n"}),
        ("path: [a], auth: {basic: [name]}", "https://x.test/a", {"Authorization": "Basic bjo="}),
        ("path: [a], auth: {bearer: name}, headers: {authorization: name}",
         "https://x.test/a", {"Authorization": "Bearer n"}),
        ("path: [a], auth: {header: {X-K: name}}", "https://x.test/a", {"X-K": "n"}),
        ("base: $settings.host, auth: none", "https://h.test/v1", {}),
        ("base: $settings.host, path: [a/b, $t, '', ''], auth: none",
         "https://h.test/v1/a%2Fb/%C3%A9%3F//", {}),
    ],
)  # fmt: skip
def test_a_url_of_parts_and_authentication(
    tmp_path: Path, rules: str, url: str, headers: dict[str, str]
) -> None:
    shared = "auth: {basic: [\"'u'\", \"'p'\"]}\ndefine: {t: \"'\\u00e9?'\"}\n"
    [found] = made(
        tmp_path,
        f"{shared}requests:\n  r: {{{rules}, method: DELETE}}\n",
        {"name": "n"},
        host="https://h.test/v1/",
    )
    assert (found.method, found.url, found.headers) == ("DELETE", url, headers)
    assert (found.format, found.body, found.encode()) == ("none", None, b"")


@pytest.mark.parametrize(
    ("rules", "code", "message"),
    [
        ("path: [$settings.host]", "CF03", "`$settings.host` has no value"),
        ("path: [name]", "", ""),
        ("path: [$n]", "EV05", "`$n` has no value"),
        ("path: ['{name}']", "EV05", "`{name}` has no value"),
        ("path: ['{type}']", "EV05", "would change the path"),
        ("base: $settings.host", "CF03", "has no value"),
        ("path: [a], auth: {bearer: $settings.key}", "CF03", "cannot authenticate"),
        ("path: [a], auth: {header: {X-K: $settings.key}}", "CF03", "cannot authenticate"),
        ("path: [a], method: $t", "EV05", "the method of the request, `$t`, is none of HTTP"),
        ("path: [a], auth: {basic: [\"'u:v'\"]}", "CF03", "holds a colon"),
        ("path: [a], xml: [type]", "EV05", "the XML body is not one element"),
        ("path: [a], xml: {'<': type}", "EV05", "no name of an element"),
    ],
)
def test_a_request_that_cannot_be_made_names_its_part(
    tmp_path: Path, rules: str, code: str, message: str
) -> None:
    rules = f"define: {{n: name, t: type}}\nrequests:\n  r: {{{rules}}}\n"
    if not code:  # a word is a segment as it stands
        assert made(tmp_path, rules, {"type": ".."})[0].url == "https://x.test/name"
        return
    with pytest.raises(MappingError) as refused:
        made(tmp_path, rules, {"type": ".."})
    assert refused.value.code == code
    assert message in refused.value.message


@pytest.mark.parametrize(
    ("body", "format", "text"),
    [
        ("text: 'a {name}'", "text", b"a n"),
        ("text: {first_of: [path, type]}", "text", b""),
        ("text: {fields: {k: name}}", "text", b'{"k":"n"}'),
        ("xml: {r: {'@a': {k: name}}}", "xml",
         b'<?xml version="1.0" encoding="UTF-8"?><r a="{&#34;k&#34;:&#34;n&#34;}"></r>'),
        ("ndjson: [name, {a: name}, path]", "ndjson", b'"n"\n{"a":"n"}\n'),
        ("ndjson: path", "ndjson", b""),
        ("json: [name]", "json", b'["n"]'),
        ("form: {a: name}", "form", b"a=n"),
        ("xml: {r: {'@a': name, b: tags, '#text': name}}", "xml",
         b'<?xml version="1.0" encoding="UTF-8"?><r a="n"><b>&lt;&amp;</b><b>"</b>n</r>'),
    ],
)  # fmt: skip
def test_bodies_of_every_format(tmp_path: Path, body: str, format: str, text: bytes) -> None:
    rules = f"requests:\n  r: {{path: [a], {body}}}\n"
    [found] = made(tmp_path, rules, {"name": "n", "tags": ["<&", '"']})
    assert (found.format, found.encode()) == (format, text)


def test_what_the_pack_says_holds_for_all_requests(tmp_path: Path) -> None:
    rules = """
payload: payload.schema.json
fields: {x: type}
fan_out: {each: {tag: tags}}
refuse: [{when: name == 'never', message: never}]
warn: [{when: name == 'odd', message: odd}]
every: true
requests:
  one: {path: [$tag]}
  two: {path: [two], fields: {y: type}, fan_out: {each: {tag: '[type]'}}, json: [$payload, $tag]}
"""
    found = made(tmp_path, rules, {"type": "t", "tags": ["a", "b"]})
    assert [(r.url, r.body) for r in found] == [
        ("https://x.test/a", {"x": "t"}),
        ("https://x.test/b", {"x": "t"}),
        ("https://x.test/two", [{"y": "t"}, "t"]),
    ]
    with pytest.raises(InstrumentationError, match="never"):
        made(tmp_path, rules, {"type": "t", "tags": ["a"], "name": "never"})
    told = load(tmp_path).bind({}).outcome({"type": "t", "tags": ["a"], "name": "odd"}).warnings
    assert [warning.message for warning in told] == ["odd"]


def test_headers_and_query_of_the_pack_are_those_of_all_requests(tmp_path: Path) -> None:
    rules = """
every: true
headers: {X-Source: "'pack'", X-Type: type, ..: {fields: {X-Name: name}}}
query: {source: "'pack'", kind: type}
requests:
  one: {path: [one], body: none}
  two: {path: [two], body: none, headers: {x-source: "'own'"}, query: {source: name}}
  three:
    path: [three]
    body: none
    headers: {..: {under: type, value: type}}
    query: {fields: {kind: name}}
"""
    one, two, three = made(tmp_path, rules, {"type": "t", "name": "own"})
    assert one.url.endswith("/one?source=pack&kind=t")
    assert two.url.endswith("/two?source=own&kind=t")
    assert three.url.endswith("/three?source=pack&kind=own")
    shared = {"X-Type": "t", "X-Name": "own"}
    assert one.headers == {"X-Source": "pack", **shared}
    assert two.headers == {"x-source": "own", **shared}
    assert three.headers == {"X-Source": "pack", **shared, "t": "t"}


def test_a_query_of_all_requests_that_is_an_object_gives_way_to_names_of_one(
    tmp_path: Path,
) -> None:
    rules = """
every: true
query: $shared
define: {shared: {fields: {kind: type, source: "'pack'"}}}
requests:
  one: {path: [one], body: none}
  two: {path: [two], body: none, query: {kind: name}}
"""
    one, two = made(tmp_path, rules, {"type": "t", "name": "own"})
    assert one.url.endswith("/one?kind=t&source=pack")
    assert two.url.endswith("/two?kind=own&source=pack")


def test_a_fan_out_is_joined_where_the_body_holds_all_payloads(tmp_path: Path) -> None:
    rules = """
payload: payload.schema.json
define: {all: $payloads}
requests:
  r: {path: [a], fan_out: {each: {tag: tags}}, fields: {x: $tag}, json: {all: $all, n: name}}
"""
    [found] = made(tmp_path, rules, {"name": "n", "tags": ["a", "b"]})
    assert found.body == {"all": [{"x": "a"}, {"x": "b"}], "n": "n"}
    assert made(tmp_path, rules, {"name": "n"}) == []


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("requests:\n  r: {json: name}", ["SH02 9: this request has no `url`"]),
        ("requests:\n  r: {url: 'https://x.test/', path: [a]}",
         ["SH04 9: this request has both `url` and `path`"]),
        ("requests:\n  r: {path: [a], fields: {x: type}}",
         ["SH02 9: the payload of `r` has no schema"]),
        ("requests:\n  r: {path: [a], method: put}",
         ["SH03 9: expected one of `POST`, `PUT`, `PATCH`, `GET`, `DELETE`, or an expression that "
          "yields one"]),
        ("requests:\n  r: {path: [a], json: name, body: none}",
         ["SH04 9: this request has both `json` and `body`"]),
        ("request: {path: [a], json: name}\nrequests:\n  r: {path: [a]}",
         ["SH02 2: a mapping file has no `fields`", "SH02 2: a mapping file has no `payload`",
          "SH04 9: a mapping file has both `request` and `requests`"]),
        ("every: true\nrequest: {path: [a], json: name}\npayload: payload.schema.json\n"
         "fields: {x: type}",
         ["SH09 8: `every` means nothing in a mapping file without `requests`"]),
        ("payload: closed.schema.json\nrequests:\n  a: {path: [a], fields: {x: type}}\n"
         "  b: {path: [b], fields: {x: type}, payload: payload.schema.json}",
         ["OU02 10: `x` takes number, but this is text"]),
        ("requests:\n  a: {path: [a], fields: {x: mail}, payload: hashed.schema.json}",
         ["OU05 9: the payload schema requires `y`, which no rule writes",
          "PI02 9: `x` takes hashed personal data only"]),
        ("requests:\n  a: {path: ['{mail}']}\n  b: {path: [b], query: {m: mail}}\n"
         "  c: {path: [c], text: '{mail}'}\n  d: {path: [d], auth: {bearer: mail}}",
         ["PI02 9: personal data (email) flows into a URL",
          "PI02 10: personal data (email) flows into a URL",
          "PI02 11: personal data (email) flows into the request beside the payload",
          "PI02 12: personal data (email) flows into the request beside the payload"]),
        ("payload: payload.schema.json\nrequests:\n"
         "  a: {path: ['{$tag}'], fan_out: {each: {tag: tags}}, fields: {x: $tag}, "
         "json: $payloads}\n  b: {path: [$tag], fields: {x: $payloads}}",
         ["FO02 10: `$tag` is only available where the requests of a fan-out are made",
          "PR01 11: `$tag` is not defined",
          "FO02 11: `$payloads` is only available in the body of a request with a `fan_out`"]),
    ],
)  # fmt: skip
def test_mistakes(tmp_path: Path, rules: str, expected: list[str]) -> None:
    assert said(tmp_path, rules) == expected


def test_a_condition_proves_what_a_payload_requires(tmp_path: Path) -> None:
    rules = (
        "payload: hashed.schema.json\nrequests:\n"
        "  a: {when: name is present, path: [a], fields: {y: name}}\n"
        "  b: {path: [b], fields: {y: name}}"
    )
    assert said(tmp_path, rules) == [
        "OU05 11: the payload schema requires `y`, which may be absent"
    ]


def test_a_request_behind_one_for_all_events_is_reported(tmp_path: Path) -> None:
    rules = "requests:\n  a: {path: [a]}\n  b: {when: name == 'b', path: [b]}"
    for every, expected in (("", ["FB01"]), ("every: true\n", [])):
        written(tmp_path, every + rules)
        found = check_all([str(tmp_path)], Options(date(2026, 1, 1))).diagnostics
        assert [each.code for each in found if each.code == "FB01"] == expected


@pytest.mark.parametrize(
    ("path", "within", "expected"),
    [
        ("https://H.test/a?b=c#d", "https://h.test:443/other", True),
        ("http://h.test/a", "https://h.test", False),
        ("https://h.test:8443/a", "https://h.test", False),
        ("https://h.test/a", "h.test", True),
        ("https://h.test:8443/a", "h.test:8443", True),
        ("https://h.test:8443/a", "h.test", False),
        ("https://h.test.evil.test/a", "h.test", False),
        ("https://h.test@evil.test/a", "h.test", False),
        ("https://u:p@h.test/a", "https://u:p@h.test", True),
        ("https://u:p@h.test/a", "*", False),
        ("https://any.test/a", "*", True),
        ("https://h.test\\@evil.test/a", "*", False),
        ("https://h.test /a", "*", False),
        ("https://h.test/a\n", "*", False),
        ("ftp://h.test/a", "*", False),
        ("/a", "*", False),
    ],
)
def test_a_whole_url_leads_nowhere_else(
    tmp_path: Path, path: str, within: str, expected: bool
) -> None:
    rules = (
        "requests:\n  r: {url: {value: path, within: '[$settings.key, $settings.host]'}, "
        "query: {q: name}, method: GET}"
    )
    event = {"path": path, "name": "n"}
    if not expected:
        with pytest.raises(InstrumentationError, match="the URL of the request cannot be made"):
            made(tmp_path, rules, event, host=within)
        return
    mark = "&" if "?" in path else "?"
    start, hash, rest = path.partition("#")
    [found] = made(tmp_path, rules, event, host=within)
    assert found.url == f"{start}{mark}q=n{hash}{rest}"


@pytest.mark.parametrize(
    ("host", "is_told"),
    [
        ("http://h.test", True),
        (" HTTP://h.test/x ", True),
        ("http://u:p@h.test", True),
        ("https://h.test", False),
        ("http://localhost:8080", False),
        ("http://[::1]/x", False),
    ],
)
def test_settings_that_send_without_encryption_are_told_when_they_are_bound(
    tmp_path: Path, host: str, is_told: bool
) -> None:
    rules = """
define: {host: $settings.host |> trim}
requests:
  one: {when: name == 'a', base: $host, path: [one], body: none}
  two: {base: $settings.host, path: [two], body: none}
  own: {when: name == 'c', base: path, path: [three], body: none}
"""
    warnings = load(written(tmp_path, rules)).bind({"host": host}).warnings
    assert [(each.code, each.path) for each in warnings] == [("WA04", "host")] * 2 * is_told


def test_the_code_of_every_kind_is_shown(tmp_path: Path) -> None:
    shown = load(written(tmp_path, TWO)).program(tells=False).shown()
    assert shown.count("def chosen_") == 1
    assert shown.count("def request_") == 3  # one is of no kind, and never asked
    assert shown.index("'one'") < shown.index("'two'")
