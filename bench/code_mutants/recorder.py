"""A plugin of pytest: notes which test runs, for coverage, and what each test costs.

What runs while a file of tests is imported is noted under the name of the file.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Generator
from pathlib import Path

import pytest
from coverage import Coverage

_FILE = os.environ["CODE_MUTANTS_FILE"]
_SECONDS: dict[str, float] = {}
_FAILED: set[str] = set()


def _switch(name: str) -> None:
    """What runs from now on belongs to this test; processes that it starts, as well."""
    os.environ["CODE_MUTANTS_TEST"] = name
    running = Coverage.current()
    assert running is not None
    running.switch_context(name)


_switch(_FILE)


def cpu_seconds() -> float:
    """What this process and those it waited for have used."""
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Note the test and its cost."""
    _switch(item.nodeid)
    before = cpu_seconds()
    try:
        return (yield)
    finally:
        _SECONDS[item.nodeid] = round(cpu_seconds() - before, 4)
        _switch(_FILE)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note a test that can kill nothing: it fails, or is skipped."""
    if not report.passed:
        _FAILED.add(report.nodeid)


def pytest_sessionfinish() -> None:
    """Write what was noted."""
    seconds = {name: cost for name, cost in _SECONDS.items() if name not in _FAILED}
    noted = {"seconds": seconds, "unfit": sorted(_FAILED)}
    Path(os.environ["CODE_MUTANTS_NOTES"]).write_text(json.dumps(noted), "utf-8")
