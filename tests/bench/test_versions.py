"""Two versions are measured by turns, by the same script; how fast each is, no test says."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bench.speed.probing import probe
from bench.speed.processes import ROOT
from bench.speed.variants import OFFLINE, PURCHASES
from bench.speed.versions import (
    PASSES,
    Row,
    Version,
    applying,
    differing,
    show,
    starting,
    turns,
    version,
)

HERE = Version("new", sys.executable, ROOT / "mapping_engine")


def test_versions_take_turns_after_one_for_nothing() -> None:
    order: list[str] = []

    def measure(version: Version) -> Iterator[Row]:
        order.append(version.name)
        yield "job", [len(order)]

    found = turns([replace(HERE, name="old"), HERE], 2, measure)
    assert order == ["old", "new", "old", "new", "new", "old"]
    assert found == {"job": {"old": [[3], [6]], "new": [[4], [5]]}}


def test_the_table_says_how_much_of_the_old_time_the_new_one_takes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    old = [[4.0, 1.0], [2.0, 3.0], [9.0, 9.0]]
    show("an event", {"apply": {"old": old, "new": [[1.0, 1.0], [0.5, 2.0]]}}, 10)
    row = capsys.readouterr().out.splitlines()[-1]
    assert row.split() == ["apply", "30.0", "50.0", "15.0", "22.5", "0.50", "(0.45)"]


def test_an_interpreter_says_which_version_it_has(capsys: pytest.CaptureFixture[str]) -> None:
    assert version("new", sys.executable) == HERE
    assert HERE.rules == ROOT
    assert f"in {ROOT / 'mapping_engine'}" in capsys.readouterr().out


def test_an_installed_version_has_its_rules_inside(tmp_path: Path) -> None:
    assert replace(HERE, package=tmp_path).rules == tmp_path / "bundled"


def test_one_version_makes_the_same_of_the_events_each_time(tmp_path: Path) -> None:
    probed = probe(tmp_path, PURCHASES, PURCHASES.events(1, 30))
    became: dict[str, list[str]] = {}
    for name in ("old", "new"):
        rows = [*applying(probed, became)(replace(HERE, name=name))]
        assert [row for row, _ in rows] == ["apply"] * PASSES + ["outcome"] * PASSES
    assert differing(became) == 0
    assert len(set(became["old"])) > 20


def test_events_that_become_something_else_are_counted() -> None:
    assert differing({"old": ["a", "b", "c"], "new": ["a", "c", "b"]}) == 2


def test_starts_are_measured_with_a_cache_and_without(tmp_path: Path) -> None:
    probed = probe(tmp_path, OFFLINE, OFFLINE.events(1, 1))
    rows = [name for name, _ in starting(probed, tmp_path)(HERE)]
    steps = ("load", "load and bind", "import and load", "import, load, bind, first event")
    assert rows == [f"{step}, {heat}" for heat in ("cold", "warm") for step in steps]
