"""The published JMESPath compliance suite, run through our parser and `search`.

A case is one entry of a ``cases`` list. It has a ``result``, an ``error``, or only ``bench``:
those sixteen are for timing, and must parse and run as the jmespath package runs them.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import jmespath
import pytest

from mapping_engine.selectors import (
    Selector,
    SelectorError,
    SelectorProblem,
    parse_selector,
    search,
)

SUITE = Path(__file__).resolve().parents[3] / "shared" / "data" / "jmespath-compliance"
PUBLISHED = 908
OF_WHICH = {"result": 742, "error": 150, "bench": 16}

AT_PARSE = {
    "syntax": {"SE01"},
    "invalid-value": {"SE01"},
    "unknown-function": {"SE02"},
    "invalid-arity": {"SE03"},
    "invalid-type": {"SE03"},
}
AT_RUN_TIME = {"invalid-type"}


def cases() -> list[Any]:
    found = []
    for file in sorted(SUITE.glob("*.json")):
        for group_number, group in enumerate(json.loads(file.read_text("utf-8"))):
            for number, case in enumerate(group["cases"]):
                name = f"{file.stem}-{group_number}-{number}"
                found.append(pytest.param(group["given"], case, id=name))
    return found


CASES = cases()


def test_the_whole_suite_is_here() -> None:
    if not SUITE.is_dir() and os.environ.get("CI") != "true":
        pytest.skip(f"the compliance suite is not beside the checkout: {SUITE}")
    kinds = [next(kind for kind in OF_WHICH if kind in case.values[1]) for case in CASES]
    assert len(CASES) == PUBLISHED
    assert {kind: kinds.count(kind) for kind in OF_WHICH} == OF_WHICH


@pytest.mark.parametrize(("given", "case"), CASES)
def test_case(given: Any, case: dict[str, Any]) -> None:
    selector = parse_selector(case["expression"])
    if "error" in case:
        assert_refused(selector, given, case["error"])
        return
    assert isinstance(selector, Selector), selector
    expected = case["result"] if "result" in case else jmespath.search(case["expression"], given)
    found = search(selector, given)
    assert json.dumps(found, sort_keys=True) == json.dumps(expected, sort_keys=True)


def assert_refused(selector: Selector | SelectorProblem, given: Any, error: str) -> None:
    if isinstance(selector, SelectorProblem):
        assert selector.code in AT_PARSE[error]
        assert 0 <= selector.start <= selector.end
        return
    assert error in AT_RUN_TIME
    with pytest.raises(SelectorError):
        search(selector, given)
