"""What all tests share."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]
IN_CI = os.environ.get("CI") == "true"

os.environ["MAPPING_ENGINE_CACHE"] = "off"
"""No test writes into the developer's cache, nor is one answered from it."""

settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("local", deadline=None)
settings.load_profile("ci" if IN_CI else "local")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The published conformance suites beside the checkout; a user's clone has none."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        if IN_CI:
            pytest.fail(f"the published conformance suites are absent: {folder}")
        pytest.skip("the published conformance suites are not beside this checkout")
    return folder


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Tests marked as `unmeasured` run without coverage: it would slow them, and learn nothing."""
    measured = item.get_closest_marker("unmeasured") is None or "coverage" not in sys.modules
    running = None if measured else sys.modules["coverage"].Coverage.current()
    if running is None:
        return (yield)
    running.stop()
    try:
        return (yield)
    finally:
        running.start()
