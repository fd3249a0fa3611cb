"""No text of a rule file, of settings or of an event becomes a part of a generated program."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mapping_engine import Destination, Mapping, load
from mapping_engine.engine.codegen import code
from tests.checks.rules import quoted
from tools.check_example import completed, write_pack

HOSTILE = [
    "__import__('os').system('true')",
    "'); raise SystemExit('",
    'x"""\\',
    "a\nb",
    "run.settings['accessToken']",
    "k0 = t1",
    "{__builtins__}",
    "\u00e9\t\\N{BULLET}",
    "f'{notes}'",
    "None",
    "t1",
    "%s{0}$x",
]
NAME = re.compile(r"[a-z][0-9]+\Z|_\Z")
FUNCTION = re.compile(
    r"(?:accept|already_hashed|choice|definition|dispatch|field|fields|object|objects|outcome|part"
    r"|pipeline|refuse|request|rest|values|warn)_[0-9]+\Z"
)
WORDS = {
    "run", "event", "issues", "told", "variables", "memo", "fixed", "objects", "payload",
    "hashing", "already_hashed", "integration", "settings", "value", "label",
    "bool", "dict", "float", "int", "len", "list", "str",
}  # fmt: skip
STAND_IN = re.compile(r"k[0-9]+\Z")
"""Stands for a constant, which is put in its place when all is compiled."""
ATTRIBUTES = WORDS | {
    "get", "isspace", "isascii", "isalnum", "isalpha", "strip", "isprintable", "lower", "upper",
    "clear", "append", "extend", "join", "__class__", "_known",
}  # fmt: skip


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """All source text that is compiled meanwhile."""
    seen: list[str] = []

    def spy(source: str, *rest: Any) -> Any:
        seen.append(source)
        return compile(source, *rest)

    monkeypatch.setattr(code, "compile", spy, raising=False)
    return seen


def assert_harmless(sources: list[str]) -> None:
    """Names, attributes and constants are the generator's own; there are no other texts."""
    assert sources
    for node in (node for source in sources for node in ast.walk(ast.parse(source))):
        match node:
            case ast.Name(id=name) | ast.arg(arg=name) | ast.FunctionDef(name=name):
                assert NAME.match(name) or FUNCTION.match(name) or name in WORDS
            case ast.Attribute(attr=name):
                assert name in ATTRIBUTES
            case ast.Constant(value=str(text)):
                assert STAND_IN.match(text)
            case ast.Constant(value=value):
                assert value is None or isinstance(value, bool | int)
        assert not isinstance(node, ast.Import | ast.ImportFrom | ast.Global | ast.Lambda)
    assert not any("#" in source for source in sources), "comments are for readers only"


def bound(folder: Path, lines: list[str], given: dict[str, Any]) -> Destination:
    pack = folder / "pack"
    write_pack(pack, completed("\n".join(lines) + "\n"))
    (pack / "payload.schema.json").write_text("{}")
    declared = {name: {"type": "string"} for name in given}
    (pack / "settings.schema.json").write_text(json.dumps({"properties": declared}))
    mapping = load(pack)
    mapping.program(tells=False)  # else the first event waits for it
    return mapping.bind(given, clock=lambda: 0.0)


@pytest.mark.unmeasured
def test_names_keys_and_constants_of_fields(tmp_path: Path, compiled: list[str]) -> None:
    lines = ["tables:", "  words:"]
    lines += [f"    {_yaml(text)}: {_yaml(text)}" for text in HOSTILE]
    lines += ["fields:"]
    for text in HOSTILE:
        lines += [
            f"  {_yaml(text)}:",
            "    decide:",
            f"      {_yaml(text)}:",
            f"        when: {quoted('type == ' + _literal(text))}",
            f"        constant: {_yaml(text)}",
            f"      other: {{value: {quoted('type |> lookup($tables.words)')}}}",
            f"      quoted: {{value: {quoted(_field(text))}}}",
        ]
    destination = bound(tmp_path, lines, {})
    assert_harmless(compiled)
    for text in HOSTILE:
        (payload,) = destination.payloads({"type": text, text: text})
        assert payload[text] == text


@pytest.mark.unmeasured
def test_texts_everywhere_else(tmp_path: Path, compiled: list[str]) -> None:
    """Arguments, patterns, defaults, templates, requests, messages, settings and fan-outs."""
    lines = ["tables:"]
    lines += [f"  a{place}: {{x: {_yaml(text)}}}" for place, text in enumerate(HOSTILE)]
    lines += ["fan_out:", "  each:", "    tag: tags", "  none: {message: nothing}", "warn:"]
    lines += [
        f"  - {{when: type is present, message: {_yaml('m ' + _plain(text))}}}" for text in HOSTILE
    ]
    lines += [
        "request:",
        '  url: "{$api.base}/{$tag}/{$settings.mode}"',
        "  headers: {X-Tag: \"type |> truncate(1) |> only_matching('[a-z]')\"}",
        "  form:",
        "    data: [$payload]",
        "    mode: $settings.mode",
    ]
    lines += [f"    {_yaml(text)}: $tables.a{place}.x" for place, text in enumerate(HOSTILE)]
    lines += ["fields:", "  tag: $tag"]
    for place, text in enumerate(HOSTILE):
        lines += [
            f"  replaced{place}: {quoted(f'type |> replace({_literal(text)}, {_literal(text)})')}",
            f"  matched{place}: {quoted(f'type |> only_matching({_literal(re.escape(text))})')}",
            f"  default{place}: {{value: p.a, default: {_yaml(text)}}}",
            f"  template{place}: {{template: {_yaml(_plain(text) + '{$tag}')}}}",
            f"  listed{place}: {quoted(f'[{_literal(text)}, type]')}",
            f"  compared{place}: {{when: {quoted(f'type != {_literal(text)}')}, constant: 1}}",
            f"  among{place}: {{value: type, one_of: [{_yaml(text)}, 1]}}",
        ]
    for mode in HOSTILE:
        destination = bound(tmp_path / str(HOSTILE.index(mode)), lines, {"mode": mode})
        assert_harmless(compiled)
        made = len(compiled)
        for request in destination.apply({"type": mode, "tags": HOSTILE, mode: mode}):
            assert request.body["mode"] == mode
            assert [request.body[text] for text in HOSTILE] == HOSTILE
            (payload,) = request.body["data"]
            assert payload["tag"] in HOSTILE
            assert payload[f"among{HOSTILE.index(mode)}"] == mode
            assert payload["default0"] == HOSTILE[0]
        assert len(compiled) == made, "events compile nothing"
    assert_harmless(compiled)


@pytest.fixture(scope="module")
def offline() -> Mapping:
    return load("facebook_offline_conversions")


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(key=st.text(max_size=20), text=st.text(max_size=20))
def test_any_text_of_an_event_is_only_ever_a_value(offline: Mapping, key: str, text: str) -> None:
    destination = offline.bind(
        {"accessToken": f"t{text}", "eventsToIds": [{"from": "Other", "to": f"1{key}"}]},
        clock=lambda: 1e9,
    )
    event = {"type": "track", "event": "e", "userId": text, "properties": {key: text}}
    outcome = destination.outcome(event)
    assert outcome.error is None or outcome.error.code in ("EV05", "CF02", "CF03", "PL01")


def _yaml(text: str) -> str:
    return json.dumps(text)


def _literal(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _plain(text: str) -> str:
    """A text without what a template reads as a placeholder."""
    return text.replace("{", "(").replace("}", ")")


def _field(text: str) -> str:
    return f"jmespath({json.dumps(text)})"
