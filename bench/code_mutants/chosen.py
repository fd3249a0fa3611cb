"""A plugin of pytest: runs chosen tests in a given order, each under a limit of its own."""

from __future__ import annotations

import json
import os
import resource
import signal
from collections.abc import Generator
from pathlib import Path

import pytest

_GIVEN = json.loads(Path(os.environ["CODE_MUTANTS_CHOSEN"]).read_text("utf-8"))
_LIMITS: dict[str, float] = _GIVEN["limits"]
"""The chosen tests, in their order, and how many CPU seconds each may take."""
_KNOWN = frozenset(_GIVEN["known"])
_OTHERS: float = _GIVEN["others"]
"""The limit of everything else, as importing the tests."""
_MOST_MEMORY = 4 * 2**30


def _limit(seconds: float) -> None:
    """The process is ended when it uses more; no Python needs to run for that."""
    signal.setitimer(signal.ITIMER_PROF, seconds)


_limit(_OTHERS)
resource.setrlimit(resource.RLIMIT_CPU, (resource.getrlimit(resource.RLIMIT_CPU)[1],) * 2)
resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the chosen tests, and those that are there because of the mutant alone."""
    order = {name: place for place, name in enumerate(_LIMITS)}
    kept = [item for item in items if item.nodeid in order or item.nodeid not in _KNOWN]
    items[:] = sorted(kept, key=lambda item: order.get(item.nodeid, len(order)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Run a test under its limit."""
    _limit(_LIMITS.get(item.nodeid, _OTHERS))
    try:
        return (yield)
    finally:
        _limit(_OTHERS)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note who found the mutant."""
    if report.failed:
        _note(report.nodeid)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """Note a file that can no longer be imported."""
    if report.failed:
        _note(report.nodeid)


def _note(name: str) -> None:
    with open(os.environ["CODE_MUTANTS_FAILED"], "a", encoding="utf-8") as file:
        file.write(name + "\n")
