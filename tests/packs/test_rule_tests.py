"""Every rule test of every bundled pack, as pytest sees it: the data beside the rules."""

from __future__ import annotations

from functools import cache

import pytest

from mapping_engine import Mapping, load
from mapping_engine.engine.loading import bundled_packs
from mapping_engine.testing import Case, collect, run_case

CASES = [(pack, case) for pack in bundled_packs() for case in collect(pack)]


@cache
def mapping(pack: str) -> Mapping:
    return load(pack)


@pytest.mark.parametrize(
    ("pack", "case"), CASES, ids=[f"{pack}-{case.name}" for pack, case in CASES]
)
def test_rules(pack: str, case: Case) -> None:
    result = run_case(mapping(pack), case)
    assert result.passed, "\n" + result.text()


def test_every_pack_has_rule_tests_with_names_of_their_own() -> None:
    for pack in bundled_packs():
        names = [(case.file, case.name) for case in collect(pack)]
        assert len(names) > 100
        assert len(set(names)) == len(names)
