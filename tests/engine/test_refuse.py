"""Payloads that the rules refuse once they are made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mapping_engine import ConfigurationError, Destination, InstrumentationError, check, load
from mapping_engine.checks import Options
from tools.check_example import TODAY, completed, write_pack

RULES = """\
fan_out:
  each: {tag: tags}
refuse:
  - {when: $payload.text == 'none', message: "no {$tag}", help: send another one}
  - {when: $payload.whole > 2 and $payload.word is missing, error: configuration, message: no word}
request: {url: "{$api.base}/{$tag}", json: {payload: $payload}}
fields:
  text: $tag
  whole: p.b |> integer
  word: {value: p.a, one_of: [a, b]}
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    write_pack(tmp_path / "pack", completed(RULES))
    return tmp_path / "pack"


def bound(place: Path) -> Destination:
    return load(place).bind({}, clock=lambda: 0.0)


def event(**more: Any) -> dict[str, Any]:
    return {"type": "t", "tags": ["x"], **more}


def test_what_is_not_refused_is_sent(place: Path) -> None:
    (request,) = bound(place).apply(event(p={"b": 3, "a": "a"}))
    assert request.body["payload"] == {"text": "x", "whole": 3, "word": "a"}


def test_the_first_refusal_that_holds_is_the_error(place: Path) -> None:
    with pytest.raises(InstrumentationError) as caught:
        bound(place).apply(event(tags=["none"], p={"b": 3}))
    assert caught.value.message == "no none"
    assert caught.value.help == "send another one"
    assert caught.value.span is not None
    assert caught.value.span.line == 4


def test_a_refusal_names_its_kind_of_error(place: Path) -> None:
    with pytest.raises(ConfigurationError, match="no word"):
        bound(place).apply(event(p={"b": 3}))


def test_one_refused_payload_stops_all_requests_of_the_event(place: Path) -> None:
    outcome = bound(place).outcome(event(tags=["x", "none"]))
    assert outcome.requests == ()
    assert outcome.error is not None
    assert bound(place).explain(event(tags=["x", "none"])).error is not None


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("$payload.text ==", "$payload.txt ==", "OU01"),
        ("$payload.whole > 2", "$payload.whole > '2'", "SE10"),
        ("$payload.whole > 2", "$payload.whole == 'two'", "TX05"),
        ("message: no word", 'message: "no word of {email}"', "PI02"),
    ],
)
def test_rules_check_looks_at_refusals(place: Path, old: str, new: str, code: str) -> None:
    assert check(place, Options(TODAY)) == []
    rules = place / "rules.yaml"
    rules.write_text(rules.read_text().replace(old, new))
    assert code in {found.code for found in check(place, Options(TODAY))}
