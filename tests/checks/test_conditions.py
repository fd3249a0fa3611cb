"""What is said of conditions before any event is seen is true of every event."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from mapping_engine.checks.examples import event_for
from mapping_engine.checks.families.conditions import conditions
from mapping_engine.checks.subject import Subject
from mapping_engine.core.nodes import Node
from mapping_engine.diagnostics import Diagnostics
from mapping_engine.engine.loading import read_pack
from tests.checks.rules import CONDITIONS, EVENTS, compiled, outcome, quoted
from tools.check_example import TODAY, completed, write_pack

_SLOW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def rules(condition: str) -> str:
    return f"fields:\n  x: {{when: {quoted(condition)}, constant: held}}\n"


def subject(text: str, folder: Path) -> Subject:
    write_pack(folder, completed(text))
    vocabulary = folder / "vocabulary.yaml"
    vocabulary.write_text(vocabulary.read_text("utf-8").replace("event: {", "event: {odd: any, "))
    found = read_pack(folder).examined
    assert found is not None
    return Subject(found, Diagnostics(), {}, TODAY)


def holds(condition: str, event: dict[str, Any], folder: Path) -> bool:
    made = outcome(compiled(rules(condition), folder), event)
    return bool(made[0]["body"].get("payload"))


def test_what_holds_at_one_place_is_not_known_at_another(tmp_path: Path) -> None:
    found = subject(
        rules("(type and lower(type) is text) or lower(type) is present"), tmp_path / "a"
    )
    (node,) = conditions(found)
    assert not any(
        found.conditions.unsatisfiable(found.conditions.normal(node, holds))
        for holds in (True, False)
    )


@_SLOW
@given(CONDITIONS, st.lists(EVENTS, min_size=3, max_size=8))
def test_a_condition_that_is_called_constant_is(
    condition: str, events: list[dict[str, Any]]
) -> None:
    with tempfile.TemporaryDirectory() as place:
        found = subject(rules(condition), Path(place) / "one")
        logic = found.conditions
        (node,) = conditions(found)
        never, always = (logic.unsatisfiable(logic.normal(node, holds)) for holds in (True, False))
        assume(never or always)
        assert not (never and always)
        destination = compiled(rules(condition), Path(place) / "two")
        for event in events:
            made = outcome(destination, event)
            assert bool(made[0]["body"].get("payload")) is bool(always), event


@_SLOW
@given(CONDITIONS)
def test_an_example_event_makes_its_condition_hold(condition: str) -> None:
    with tempfile.TemporaryDirectory() as place:
        found = subject(rules(condition), Path(place) / "one")
        logic = found.conditions
        (node,) = conditions(found)
        normal = logic.possible(logic.normal(node, True))
        events = [event_for(each, logic, found.model) for each in normal]
        shown = [event for event in events if event is not None]
        assume(shown)
        destination = compiled(rules(condition), Path(place) / "two")
        for event in shown:
            made = outcome(destination, json.loads(event))
            assert made[0]["body"].get("payload"), event


DEFINED = """\
tables: {words: [a]}
define:
  mode: {first_of: [{when: type, constant: fast}, {constant: slow}]}
  long: [type, p.a]
  same: type == 'a'
"""


def settled(found: Subject, node: Node, *, holds: bool) -> str | None:
    """Why a condition can never hold, or can never fail to."""
    return found.conditions.unsatisfiable(found.conditions.normal(node, holds))


def examined(condition: str, folder: Path) -> tuple[Subject, Node]:
    """A condition over a value of any kind, and over definitions."""
    found = subject(DEFINED + rules(condition), folder / "pack")
    *_, node = conditions(found)
    return found, node


NEVER = {
    "type is present and type is missing": "`type` cannot be both present and missing",
    "$mode is missing": "`$mode` is never missing",
    "p.a is text and p.a is number": "`p.a` cannot be of two kinds",
    "odd is text and odd is number": "`odd` cannot be of two kinds",
    "odd is text and odd is not text": "`odd` cannot be so and not so",
    "p.b > 2 and p.b < 1": "no number is within the bounds set for `p.b`",
    "p.b > 2 and p.b <= 2": "no number is within the bounds set for `p.b`",
    "p.b >= 2 and p.b < 2": "no number is within the bounds set for `p.b`",
    "p.b < 2 and p.b < 3 and p.b > 2.5": "no number is within the bounds set for `p.b`",
    "odd is text and odd > 1": "`odd` cannot be text and be compared as a number",
    "p.b is text": "`p.b` is number, never text",
    "p.a > 1 and p.a is text": "`p.a` cannot be text and be compared as a number",
    "type == 'a' and type == 'b'": "`type` cannot have two values at once",
    "type == 'a' and type != 'a'": "`type` cannot be so and not so",
    "type in ['a'] and type not in ['a', 'b']": "`type` is excluded",
    "odd is number and odd == 'a'": '`odd` cannot be number and equal "a"',
    "not odd and odd == 'a'": '`odd` does not hold, so it cannot equal "a"',
    "odd and odd == false": "`odd` holds, so it cannot be false",
    "odd > 2 and odd == 1": "`odd` cannot equal 1 within these bounds",
    "p.b == 'a'": '`p.b` is number, never "a"',
    "$mode == 'other'": '`$mode` never equals "other"',
    "lower(type) == 'A'": "`lower(type)` is in lower case, never `A`",
    "upper(type) == 'a'": "`upper(type)` is in upper case, never `a`",
    "type == 'a' and not (type == 'a')": "`type` cannot be so and not so",
    "$long == 'x' and false": "it is a constant",
    "not (odd > 2) and odd is number and odd > 3": "no number is within the bounds set for `odd`",
    "1 > p.b and p.b > 1": "no number is within the bounds set for `p.b`",
    "$same and not $same": "`type` cannot be so and not so",
    "p.b == 1 and p.b == 2.5": "`p.b` cannot have two values at once",
}


@pytest.mark.parametrize("condition", NEVER)
def test_a_condition_that_never_holds_is_told_why(condition: str, tmp_path: Path) -> None:
    found, node = examined(condition, tmp_path)
    assert settled(found, node, holds=True) == NEVER[condition]
    assert settled(found, node, holds=False) is None


ALWAYS = {
    "$mode is present": "`$mode` is never missing",
    "$mode == 'fast' or $mode == 'slow'": "`$mode` has no other value",
    "not (type is present and type is missing)": "`type` cannot be both present and missing",
    "type == 'a' or type != 'a'": "`type` cannot be so and not so",
    "$now is number": "`$now` is always number",
    "$mode in ['fast', 'slow', 'other']": "`$mode` has no other value",
    "$mode is not number": "`$mode` is text, never number",
    "true": "it is a constant",
}


@pytest.mark.parametrize("condition", ALWAYS)
def test_a_condition_that_always_holds_is_told_why(condition: str, tmp_path: Path) -> None:
    found, node = examined(condition, tmp_path)
    assert settled(found, node, holds=False) == ALWAYS[condition]
    assert settled(found, node, holds=True) is None


EXAMPLES: dict[str, list[str | None]] = {
    "$long == 'x'": ['{"type": "x"}'],
    "$same": ['{"type": "a"}'],
    "odd is object": ['{"odd": {"x": 1}}'],
    "odd is not text and odd is present": ['{"odd": 1}'],
    "odd != 'x' and odd is text": [None],
    "tags[0] == 'x'": ['{"tags": ["x"]}'],
    "tags[1] == 'x'": [None],
    "p.items[0].a == 'x'": ['{"p": {"items": [{"a": "x"}]}}'],
    "odd == 'x' and odd.k == 'y'": [None],
    "p.b < 0": ['{"p": {"b": -1}}'],
    "upper(trim(type)) == 'X'": ['{"type": "X"}'],
    "lookup(type, $tables.words) == 'x'": [None],
    "type == 'a'": ['{"type": "a"}'],
    "type == 'a' or type == 'b'": ['{"type": "a"}', '{"type": "b"}'],
    "p.b > 1 and p.b < 3": ['{"p": {"b": 2}}'],
    "p.b >= 2 and p.b <= 2": [None],
    "p.b == 2 and p.b == 2.0": ['{"p": {"b": 2}}'],
    "odd == 1 and odd != true": ['{"odd": 1}'],
    "lower(type) == 'a'": ['{"type": "a"}'],
    "not (odd > 2) and odd > 1": ['{"odd": 2}'],
    "odd is not text and odd is not number": ["{}"],
    "p.a == type": [None],
    "p.a != type": [None],
    "type in $tables.words": ['{"type": "a"}'],
    "type is missing and not (type == 'a')": ["{}"],
    "odd == false and not odd": ['{"odd": false}'],
}
"""Conditions that may hold or not, with an event for each way in which they hold."""


@pytest.mark.parametrize("condition", EXAMPLES)
def test_a_condition_that_may_hold_has_examples(condition: str, tmp_path: Path) -> None:
    found, node = examined(condition, tmp_path)
    logic = found.conditions
    assert settled(found, node, holds=True) is settled(found, node, holds=False) is None
    normal = logic.possible(logic.normal(node, True))
    assert [event_for(each, logic, found.model) for each in normal] == EXAMPLES[condition]


LARGE = {
    "alternatives": " or ".join(f"type == 'a{n}'" for n in range(70)),
    "products": " and ".join(f"(type == 'a{n}' or p.a == 'b{n}')" for n in range(7)),
    "products of alternatives": " and ".join(
        f"({' or '.join(f'{side} == {n}' for n in range(9))})" for side in ("type", "p.a")
    ),
}


@pytest.mark.parametrize("condition", LARGE.values(), ids=LARGE)
def test_nothing_is_said_of_conditions_that_are_too_large(condition: str, tmp_path: Path) -> None:
    found, node = examined(f"({condition}) and false", tmp_path)
    assert found.conditions.normal(node, True) is None
    assert settled(found, node, holds=True) is None
