"""The request around a payload: headers, a URL of parts, and a body of any root."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mapping_engine import MappingError, load
from tests.engine.mini import HEAD

FIELDS = "define:\n  nulls: {copy_of: p, empty: keep}\nfields:\n  x: type\n"
VOCABULARY = """
vocabulary: 1
event: {type: text, p: part}
objects:
  part: {a: text, none: text, items: list of part}
personal: {names: {email: [email]}}
"""


def made(
    folder: Path,
    request: str,
    event: dict[str, Any],
    settings: dict[str, str] | None = None,
    rules: str = FIELDS,
) -> Any:
    (folder / "rules.yaml").write_text(f"{HEAD}request:\n{request}{rules}")
    (folder / "vocabulary.yaml").write_text(VOCABULARY)
    (folder / "payload.schema.json").write_text("{}")
    (folder / "settings.schema.json").write_text('{"properties": {"host": {"type": "string"}}}')
    destination = load(folder).bind(settings or {})
    one = destination.outcome(event)
    other = destination.interpreted(event)
    assert (one.requests, one.warnings, str(one.error)) == (
        other.requests, other.warnings, str(other.error),
    )  # fmt: skip
    if one.error is not None:
        raise one.error
    assert list(one.requests) == destination.apply(event)
    return one.requests[0]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("type", "t"),
        ("5", 5),
        ("[type, 5, p.none]", ["t", 5]),
        ("{constant: {a: 1}}", {"a": 1}),
        ("{first_of: [p.none, type]}", "t"),
        ("{value: type}", "t"),
        ('{template: "a{type}"}', "at"),
        ("{fields: {value: type, constant: {constant: c}}}", {"value": "t", "constant": "c"}),
        ("{name: type, value: type}", {"name": "t", "value": "t"}),
        ("{a: {b: p.none, c: [p.none], d: {e: p.none}}, f: {value: type}}", {"f": "t"}),
        ("{a: {when: type == 't', constant: c}, b: {when: type == 'u', constant: c}}", {"a": "c"}),
        ("{a: {each: p.items, value: $item.a}, p: $payload}", {"a": ["i"], "p": {"x": "t"}}),
        ("{a: p.none}", {}),
        ("[$nulls, $nulls]", [{"items": [{"a": "i"}, {}], "n": None}] * 2),
        ("$payload", {"x": "t"}),
        ("[$payload]", [{"x": "t"}]),
    ],
)
def test_a_body_is_a_tree_of_expressions_and_blocks(
    tmp_path: Path, body: str, expected: Any
) -> None:
    request = f'  url: "{{$api.base}}/e"\n  json: {body}\n'
    found = made(tmp_path, request, {"type": "t", "p": {"items": [{"a": "i"}, {}], "n": None}})
    assert found.body == expected


def test_a_form_takes_blocks_as_well(tmp_path: Path) -> None:
    request = (
        '  url: "{$api.base}/e"\n  form: {a: {constant: x}, b: p.none, c: [type], d: $payload}\n'
    )
    assert made(tmp_path, request, {"type": "t"}).encode() == (
        b"a=x&c=%5B%22t%22%5D&d=%7B%22x%22%3A%22t%22%7D"
    )


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ("{X-A: type}", {"Content-Type": "application/json", "X-A": "t"}),
        ("{X-A: p.none}", {"Content-Type": "application/json"}),
        ("{content-type: {constant: text/plain}}", {"content-type": "text/plain"}),
        ("{Content-Type: p.none}", {"Content-Type": "application/json"}),
        ('{X-A: {template: "v {type}"}}', {"Content-Type": "application/json", "X-A": "v t"}),
        ("{X-A: {when: type == 'u', constant: c}}", {"Content-Type": "application/json"}),
        ("{X-A: {value: p.none, default: d}}", {"Content-Type": "application/json", "X-A": "d"}),
        (
            "{X-A: p}",
            {
                "Content-Type": "application/json",
                "X-A": '{"o":{"k":"é"},"l":[1,{"k":2},""],"e":{},"f":[]}',
            },
        ),
        (
            "{..: p, O: type}",
            {"Content-Type": "application/json", "l": '[1,{"k":2},""]', "O": "t"},
        ),
        ("{..: p}", {"Content-Type": "application/json", "o": '{"k":"é"}', "l": '[1,{"k":2},""]'}),
    ],
)
def test_a_header_is_a_value_and_replaces_the_default(
    tmp_path: Path, headers: str, expected: dict[str, str]
) -> None:
    request = f'  url: "{{$api.base}}/e"\n  headers: {headers}\n  json: $payload\n'
    event = {
        "type": "t",
        "p": {"o": {"k": "é"}, "l": [1, {"k": 2}, ""], "n": None, "e": {}, "f": [None]},
    }
    assert made(tmp_path, request, event).headers == expected


def test_a_method_may_be_a_text_in_any_case(tmp_path: Path) -> None:
    request = """  url: "{$api.base}/e"\n  method: "'put'"\n  json: $payload\n"""
    assert made(tmp_path, request, {"type": "t"}).method == "PUT"


TABLE = f"tables: {{paths: {{t: a/b?c=d}}}}\n{FIELDS}".replace(
    "define:", "define:\n  path: type |> lookup($tables.paths)"
)


@pytest.mark.parametrize(
    ("url", "settings", "expected"),
    [
        ("{$api.base}/{type}", {}, "https://x.test/t%2F1"),
        (
            "{$settings.host}/x",
            {"host": "https://a.example:8443/v1/"},
            "https://a.example:8443/v1/x",
        ),
        ("{$settings.host}/x", {"host": "http://ph_1:80/v"}, "http://ph_1:80/v/x"),
        ("{$settings.host}/x", {"host": "http://[::1]:80"}, "http://[::1]:80/x"),
        ("https://{$settings.host}.a.example/x", {"host": "shop"}, "https://shop.a.example/x"),
        ("https://a.example/{$settings.host}", {"host": "a b"}, "https://a.example/a%20b"),
    ],
)
def test_parts_of_a_url_are_encoded_and_a_base_is_not(
    tmp_path: Path, url: str, settings: dict[str, str], expected: str
) -> None:
    request = f'  url: "{url}"\n  json: $payload\n'
    assert made(tmp_path, request, {"type": "t/1"}, settings=settings).url == expected


@pytest.mark.parametrize("path", ["$path", "$tables.paths.t", "$path ?? $tables.paths.t"])
def test_what_the_rules_hold_stays_as_it_is(path: str, tmp_path: Path) -> None:
    request = f'  url: "{{$api.base}}/{{{path}}}"\n  json: $payload\n'
    assert made(tmp_path, request, {"type": "t"}, rules=TABLE).url == "https://x.test/a/b?c=d"


@pytest.mark.parametrize(
    ("url", "settings", "problem"),
    [
        ("{$api.base}/{type}/e", {}, "`type` has no value"),
        ("{$api.base}/{$settings.host}", {}, "`\\$settings.host` has no value"),
        ("{$settings.host}/x", {"host": "a.example"}, "`\\$settings.host` is no URL to begin with"),
        ("{$settings.host}/x", {"host": "javascript:1"}, "is no URL to begin with"),
        ("{$settings.host}/x", {"host": "https://u@a.example"}, "is no URL to begin with"),
        ("{$api.base}/{$settings.host}", {"host": ".."}, "would change the path"),
    ],
)
def test_a_url_that_cannot_be_made_names_its_part(
    tmp_path: Path, url: str, settings: dict[str, str], problem: str
) -> None:
    request = f'  url: "{url}"\n  json: $payload\n'
    with pytest.raises(MappingError, match=problem) as refused:
        made(tmp_path, request, {"p": {"a": "b"}, "name": "n"}, settings=settings)
    assert refused.value.code == ("EV05" if "{type}" in url else "CF03")
    assert not settings or settings["host"] == ".." or settings["host"] not in str(refused.value)
