"""The limits that docs/reliability.md lists: at them all is well, beyond them is an error."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

import pytest

from mapping_engine import InstrumentationError, MappingError, PayloadError, RuleError, load
from mapping_engine.engine.mapping import Destination
from tests.engine.mini import HEAD

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "reliability.md").read_text("utf-8")
ROW = re.compile(
    r"^\| ([^|]+) \| ([\d,]+) \| (\w+) \| `([\w/]+)\.py` `(\w+)` \| `([\w/.]+)` \|$", re.M
)
VOCABULARY = """
vocabulary: 1
event: {type: text, p: part, tags: list of text}
objects:
  part: {a: text, p: part}
open: [part]
personal: {names: {email: [email]}}
"""
REQUEST = 'request: {url: "{$api.base}/e", json: $payload}\n'


def bound(folder: Path, rules: str) -> Destination:
    (folder / "rules.yaml").write_text(HEAD + REQUEST + rules)
    (folder / "vocabulary.yaml").write_text(VOCABULARY)
    (folder / "payload.schema.json").write_text("{}")
    (folder / "settings.schema.json").write_text("{}")
    return load(folder).bind({})


def test_the_table_names_every_limit_as_it_is() -> None:
    rows = ROW.findall(PAGE)
    assert len(rows) == PAGE.partition("<!-- end -->")[0].count("\n| ") - 2
    for what, number, _, module, name, test in rows:
        found = getattr(importlib.import_module(f"mapping_engine.{module.replace('/', '.')}"), name)
        assert found == int(number.replace(",", "")), what
        assert (ROOT / test).exists(), what


def nested(levels: int) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for _ in range(levels - 1):
        made = {"p": made}
    return made


def test_levels_of_an_event(tmp_path: Path) -> None:
    destination = bound(tmp_path, "fields: {x: {constant: c}}\n")
    assert destination.apply(nested(100))
    with pytest.raises(InstrumentationError, match="deeper than 100") as refused:
        destination.apply(nested(101))
    assert refused.value.code == "EV03"


def test_requests_of_an_event(tmp_path: Path) -> None:
    destination = bound(tmp_path, "fan_out: {each: {tag: tags}}\nfields: {x: $tag}\n")
    assert len(destination.apply({"tags": ["a"] * 1000})) == 1000
    with pytest.raises(InstrumentationError, match="more than 1000") as refused:
        destination.apply({"tags": ["a"] * 1001})
    assert refused.value.code == "EV07"


def test_bytes_of_a_payload(tmp_path: Path) -> None:
    destination = bound(tmp_path, "fields: {x: type}\n")
    room = 1024 * 1024 - len('{"x":""}')
    assert destination.apply({"type": "a" * room})
    with pytest.raises(PayloadError, match="more than the 1048576") as refused:
        destination.apply({"type": "a" * (room + 1)})
    assert refused.value.code == "PL02"


def test_characters_of_a_message(tmp_path: Path) -> None:
    destination = bound(
        tmp_path,
        f"fields: {{x: type}}\nrefuse:\n  - {{when: type is present, message: {'m' * 400}}}\n",
    )
    with pytest.raises(MappingError) as refused:
        destination.apply({"type": "t"})
    assert refused.value.message == "m" * 300 + "…"


def test_bytes_of_a_text_that_a_pattern_is_tried_on(tmp_path: Path) -> None:
    destination = bound(tmp_path, "fields: {x: \"type |> matching('a+')\"}\n")
    for length, kept in ((65_536, True), (65_537, False)):
        outcome = destination.outcome({"type": "a" * length})
        assert ("x" in outcome.requests[0].body) is kept
        assert bool(outcome.warnings) is not kept


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        (f"'{'a' * 3990}'", f"'{'a' * 4000}'", "too long"),
        ("[" * 30 + "type" + "]" * 30, "[" * 70 + "type" + "]" * 70, "too deeply"),
        (f"p{'.p' * 1900}", f"p{'.p' * 2100}", "too long"),
    ],
    ids=["characters", "levels", "selector"],
)
def test_an_expression(tmp_path: Path, right: str, wrong: str, message: str) -> None:
    assert bound(tmp_path, f'fields: {{x: "{right}"}}\n')
    with pytest.raises(RuleError, match=message):
        bound(tmp_path, f'fields: {{x: "{wrong}"}}\n')


def test_levels_of_a_rule_file(tmp_path: Path) -> None:
    assert bound(tmp_path, f"fields: {{x: {{constant: {'[' * 55}1{']' * 55}}}}}\n")
    with pytest.raises(RuleError, match="deeper than 64 levels"):
        bound(tmp_path, f"fields: {{x: {{constant: {'[' * 70}1{']' * 70}}}}}\n")


def test_definitions_in_a_row(tmp_path: Path) -> None:
    def row(length: int) -> str:
        rest = "".join(f"  d{n}: $d{n - 1} |> text |> trim\n" for n in range(1, length))
        return f"define:\n  d0: type\n{rest}fields: {{x: $d{length - 1}}}\n"

    assert bound(tmp_path, row(190)).apply({"type": "t"})[0].body == {"x": "t"}
    with pytest.raises(RuleError, match="uses another, which uses another"):
        bound(tmp_path, row(210))


ROWS = {what: code for what, _, code, *_ in ROW.findall(PAGE)}


@pytest.mark.parametrize(
    ("what", "rules"),
    [
        ("bytes of a rule file", "fields: {x: p.a}\n#" + "x" * 2_097_152),
        ("levels of a rule file", "fields: {x: {constant: " + "[" * 64 + "]" * 64 + "}}"),
        ("characters of an expression", f"fields: {{x: \"p.a == '{'x' * 4_000}'\"}}"),
        ("levels of an expression", 'fields: {x: "' + "[" * 70 + "p.a" + "]" * 70 + '"}'),
        (
            "definitions in a row, each using the next",
            "define:\n" + "".join(f"  d{n}: $d{n + 1}\n" for n in range(201)) + "  d201: p.a\n"
            "fields: {x: $d0}",
        ),
        (
            "pipelines in a row, each using the next",
            "pipelines:\n  p0: text\n"
            + "".join(f"  p{n + 1}: p{n} |> trim\n" for n in range(21))
            + "fields: {x: p.a |> p21}",
        ),
        (
            "parts of a value when its names are opened",
            "define:\n  d0: p.a\n"
            + "".join(f"  d{n + 1}: {{fields: {{l: $d{n}, r: $d{n}}}}}\n" for n in range(20))
            + "fields: {x: $d20}",
        ),
    ],
    ids=lambda given: given if " of " in given and len(given) < 50 else "",
)
def test_beyond_a_limit_of_rules_there_is_the_error_of_the_table(
    tmp_path: Path, what: str, rules: str
) -> None:
    with pytest.raises(RuleError) as error:
        bound(tmp_path, f"{rules}\n")
    assert {str(each.code) for each in error.value.diagnostics} == {ROWS[what]}
