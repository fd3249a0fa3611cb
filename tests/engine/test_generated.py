"""Generated code does what the interpreter does, whatever the rules, the settings and the event."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mapping_engine import Destination, MappingError, load
from mapping_engine.engine.loading import bundled_packs
from mapping_engine.testing import collect
from tests.engine.random_calls import SETTINGS, every_call
from tests.engine.random_rules import EVENTS, rules
from tests.engine.ways import SHARED, assert_agree, mapping_of, unjudged


@settings(deadline=None, max_examples=30, suppress_health_check=list(HealthCheck))
@given(rules(), SETTINGS, st.lists(EVENTS, min_size=4, max_size=8))
def test_generated_code_does_what_the_interpreter_does(
    text: str, given_settings: dict[str, Any], events: list[dict[str, Any]]
) -> None:
    destination = unjudged(mapping_of(text), given_settings)
    for event in events:
        assert_agree(destination, event)


PARTS = 8
"""One example cannot hold the choices of all calls."""


@pytest.mark.parametrize("part", range(PARTS))
@settings(deadline=None, max_examples=6, suppress_health_check=list(HealthCheck))
@given(st.data(), SETTINGS, st.lists(EVENTS, min_size=2, max_size=6))
def test_generated_code_calls_transforms_as_the_interpreter_does(
    part: int, data: st.DataObject, given_settings: dict[str, Any], events: list[dict[str, Any]]
) -> None:
    fields = data.draw(every_call(part, PARTS))
    destination = unjudged(mapping_of(SHARED + fields), given_settings)
    for event in events:
        assert_agree(destination, event)


@pytest.mark.unmeasured
@pytest.mark.parametrize("pack", bundled_packs())
def test_the_rule_tests_of_the_bundled_packs_agree(pack: str) -> None:
    mapping = load(pack)
    bound: dict[str, Destination] = {}
    for case in collect(pack):
        key = json.dumps(case.settings)
        with suppress(MappingError):  # some tests are of settings that are refused
            bound[key] = bound.get(key) or unjudged(mapping, case.settings)
        if key in bound:
            assert_agree(bound[key], case.event)
