"""What is said of conditions before any event is seen is true of every event."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from mapping_engine.checks.examples import event_for
from mapping_engine.checks.families.conditions import conditions
from mapping_engine.checks.subject import Subject
from mapping_engine.diagnostics import Diagnostics
from mapping_engine.engine.loading import read_pack
from tests.checks.rules import CONDITIONS, EVENTS, compiled, outcome, quoted
from tools.check_example import TODAY, completed, write_pack

_SLOW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def rules(condition: str) -> str:
    return f"fields:\n  x: {{when: {quoted(condition)}, constant: held}}\n"


def subject(text: str, folder: Path) -> Subject:
    write_pack(folder, completed(text))
    found = read_pack(folder).examined
    assert found is not None
    return Subject(found, Diagnostics(), {}, TODAY)


def holds(condition: str, event: dict[str, Any], folder: Path) -> bool:
    made = outcome(compiled(rules(condition), folder), event)
    return bool(made[0]["body"].get("payload"))


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
