"""A plugin of pytest: property tests try few examples, and the same ones each time.

A counterexample is not made smaller: that a test fails is enough here.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, settings

_SETTINGS = "_hypothesis_internal_use_settings"
"""Where hypothesis looks for the settings of a test; there is no public name for it."""
_MOST = int(os.environ["CODE_MUTANTS_EXAMPLES"])


def _fewer(given: settings) -> settings:
    return settings(
        given,
        max_examples=min(given.max_examples, _MOST),
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def pytest_configure() -> None:
    """What a test that says nothing itself takes."""
    settings.register_profile("code-mutants", _fewer(settings()))
    settings.load_profile("code-mutants")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Numbers that a test gives itself become smaller, too."""
    function = getattr(item, "function", None)
    given = getattr(function, _SETTINGS, None)
    if isinstance(given, settings):
        setattr(function, _SETTINGS, _fewer(given))
