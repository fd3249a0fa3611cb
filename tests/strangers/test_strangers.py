"""Packs as strangers write them, who have read only docs/language.md and docs/new-destination.md.

What `rules-check` says of them is either right, and listed here with the reason, or a mistake of
the check.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mapping_engine import Mapping, MappingError, load
from mapping_engine.checks import Options, check_all
from mapping_engine.testing import collect, run_tests
from mapping_engine.vocabulary.vocabulary import EVENT, Vocabulary
from tests.engine.test_properties import VALUES
from tests.engine.ways import assert_agree, unjudged

HERE = Path(__file__).parent
PACKS = sorted(path.parent.name for path in HERE.glob("*/rules.yaml"))
REMARKS = {
    "email_list": {
        "PR03": "the list takes no nicknames: the name is left over",
        "SE08": "nor do the events of this pack have them",
    },
    "survey": {"PR07": "an answer without a score has no segment, which is worth a thought"},
}
"""The codes of what is said of a pack, each once, and why that is right."""


def test_there_are_enough_of_them() -> None:
    assert len(PACKS) >= 20
    assert set(REMARKS) <= set(PACKS)


@pytest.mark.parametrize("pack", PACKS)
def test_nothing_is_said_but_what_is_right(pack: str) -> None:
    found = check_all([str(HERE / pack)], Options(date(2026, 1, 1))).diagnostics
    assert sorted(each.code for each in found) == sorted(REMARKS.get(pack, ())), [
        f"{each.span}: {each.message}" for each in found
    ]
    assert not any(each.severity.value == "error" for each in found)
    assert len(found) <= 5


@pytest.mark.parametrize("pack", ["email_list", "survey", "ads_leads", "people_hub"])
def test_the_same_is_said_from_within_its_folder(
    pack: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = [(d.code, d.span.line, d.message) for d in check_all([HERE / pack]).diagnostics]
    monkeypatch.chdir(HERE / pack)
    for path in (".", "rules.yaml"):
        inside = check_all([path]).diagnostics
        assert [(d.code, d.span.line, d.message) for d in inside] == outside


@pytest.mark.parametrize("pack", PACKS)
def test_its_rule_tests_pass(pack: str) -> None:
    results = run_tests(HERE / pack)
    assert len(results) >= 2
    assert [result.text() for result in results if not result.passed] == []


def paths(vocabulary: Vocabulary, name: str = EVENT, depth: int = 0) -> list[tuple[str, ...]]:
    """The paths that a vocabulary declares; `[]` is a step into a list."""
    found: list[tuple[str, ...]] = []
    for key, described in vocabulary.objects[name].items():
        found.append((key,))
        steps: tuple[str, ...] = (key,)
        inner = described
        if described.item is not None:
            steps, inner = (key, "[]"), described.item
            found.append(steps)
        if inner.object and depth < 3:
            found += [(*steps, *path) for path in paths(vocabulary, inner.object, depth + 1)]
    return found


def put(node: Any, path: tuple[str, ...], value: Any) -> Any:
    """The node with a value at a path."""
    if not path:
        return value
    step, *rest = path
    if step == "[]":
        items = node if isinstance(node, list) and node else [None]
        return [put(items[0], tuple(rest), value), *items[1:], value]
    return (
        {**node, step: put(node.get(step), tuple(rest), value)}
        if isinstance(node, dict)
        else {step: put(None, tuple(rest), value)}
    )


def changed(mapping: Mapping, cases: list[Any]) -> st.SearchStrategy[tuple[Any, Any]]:
    """Settings and events: those of the rule tests, with odd values at some declared paths."""
    places = st.lists(st.sampled_from(paths(mapping.model.vocabulary)), max_size=6)
    return st.tuples(st.sampled_from(cases), places.flatmap(_valued))


def _valued(places: list[tuple[str, ...]]) -> st.SearchStrategy[list[tuple[Any, Any]]]:
    return st.tuples(*(st.tuples(st.just(place), VALUES) for place in places)).map(list)


@pytest.mark.parametrize("pack", PACKS)
def test_generated_code_does_what_the_interpreter_does(pack: str) -> None:
    mapping = load(HERE / pack)
    cases = list(collect(HERE / pack))

    @settings(max_examples=15, suppress_health_check=list(HealthCheck))
    @given(changed(mapping, cases))
    def agree(drawn: tuple[Any, Any]) -> None:
        case, changes = drawn
        try:
            destination = unjudged(mapping, case.settings)
        except MappingError:
            return
        event = case.event
        for path, value in changes:
            event = put(event, path, value)
        assert_agree(destination, event)

    agree()
