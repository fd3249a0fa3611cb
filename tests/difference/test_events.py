"""What two versions make of the same events: counted by field, and never shown."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_engine import load
from mapping_engine.difference import EventsDifference, compare_events
from mapping_engine.difference.events import masked
from mapping_engine.difference.report import events_markdown, events_text
from mapping_engine.engine.mapping import Destination

ADWAVE = Path(__file__).resolve().parents[2] / "examples" / "adwave"
SETTINGS = json.loads((ADWAVE / "settings.json").read_text())
EVENT = json.loads((ADWAVE / "event.json").read_text())
Edited = Callable[..., EventsDifference]


def bound(folder: Path) -> Destination:
    return load(folder).bind(SETTINGS, clock=lambda: 1704888000)


def event(**changes: Any) -> dict[str, Any]:
    return {**EVENT, **changes}


@pytest.fixture
def edited(tmp_path: Path) -> Edited:
    """What becomes of events where a text of the rules is replaced by another one."""

    def difference(old: str, new: str, *events: dict[str, Any]) -> EventsDifference:
        shutil.copytree(ADWAVE, tmp_path / "new", dirs_exist_ok=True)
        rules = tmp_path / "new" / "rules.yaml"
        text = rules.read_text("utf-8")
        assert old in text
        rules.write_text(text.replace(old, new), "utf-8")
        placed = [(f"e:{n}", each) for n, each in enumerate(events, 1)]
        return compare_events(bound(ADWAVE), bound(tmp_path / "new"), placed)

    return difference


def test_the_same_rules_make_the_same() -> None:
    found = compare_events(bound(ADWAVE), bound(ADWAVE), [("e:1", EVENT), ("e:2", {"type": "x"})])
    assert not found
    assert events_text(found) == "0 of 2 events differ\n"


def test_each_field_is_counted_with_three_examples_at_most(edited: Edited) -> None:
    events = [event(messageId=f"m-{n}") for n in range(5)]
    found = edited("[messageId, $order_id]", "[$order_id, messageId]", *events)
    assert found.differing == 5
    assert list(found.fields) == ["body.conversions[].id"]
    counted = found.fields["body.conversions[].id"]
    assert counted.events == 5
    assert [place for place, _, _ in counted.examples] == ["e:1", "e:2", "e:3"]


def test_a_field_that_comes_or_goes_is_absent_on_one_side(edited: Edited) -> None:
    found = edited("  items: $contents\n", "", EVENT)
    ((_, old, new),) = found.fields["body.conversions[].items[].price"].examples
    assert (old, new) == ("99.9", "absent")


def test_requests_and_errors_that_come_and_go_are_counted(edited: Edited) -> None:
    other = event(type="page")
    found = edited("lower(type) == 'track'", "lower(type) == 'page'", EVENT, other, other)
    assert (found.requests_gained.events, found.requests_lost.events) == (2, 1)
    assert [each.events for each in found.errors_gained.values()] == [1]
    assert [each.events for each in found.errors_lost.values()] == [2]
    text = events_text(found)
    assert text.startswith("3 of 3 events differ\nrequests gained: 2 events\n")
    assert "error gained: EV04 message type track is not supported" in text
    assert events_markdown(found).count("| requests gained | 2 |") == 1


@given(st.text(st.characters(categories=("L", "N")), min_size=1), st.integers(10, 10**9))
def test_no_letter_and_no_digit_of_a_value_is_shown(text: str, number: int) -> None:
    for shown in (masked(text), masked(number)):
        inside = shown.strip('"').partition("…")[0]
        assert set(inside) <= {"x", "9"} or shown == "a digest"
