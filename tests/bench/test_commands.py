"""The command and the library are compared on the same work; how fast each is, no test says."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import pytest

from bench.speed.commands import Way, check, measure, report, ways_of, written
from bench.speed.processes import Spent, printed, spent
from bench.speed.variants import PACKS, Pack


def running(code: str) -> list[str | Path]:
    return [sys.executable, "-c", code]


def printing(text: str) -> Way:
    return Way(text, lambda events: running(f"print({text!r}, end='')"))


@pytest.mark.parametrize("pack", PACKS)
def test_the_command_and_the_library_write_the_same_lines(pack: Pack, tmp_path: Path) -> None:
    events = written(tmp_path / "events.ndjson", pack.events(1, 60))
    check([*ways_of(pack, tmp_path)], events)


@pytest.mark.parametrize(("one", "other"), [("a", "b"), ("a", ""), ("", "")])
def test_other_lines_are_noticed_and_no_lines(one: str, other: str) -> None:
    ways = [printing(one), printing(other)]
    with pytest.raises(click.ClickException, match="different lines"):
        check(ways, Path("events"))


def test_each_way_is_given_one_event_and_all_in_each_round(tmp_path: Path) -> None:
    ways = [Way(name, lambda events: running("pass")) for name in "abc"]
    measure(ways, tmp_path / "first", tmp_path / "all", 2)
    assert [(len(way.start), len(way.all)) for way in ways] == [(2, 2)] * 3


def test_the_start_is_counted_and_left_out() -> None:
    ways = [
        Way(name, lambda events: [], [Spent(9, 1), Spent(9, 2)], [Spent(9, all), Spent(9, 99)])
        for name, all in (("the command", 5), ("the library", 3), ("encoded", 4))
    ]
    lines = report(ways, 41)
    assert lines[1].split() == ["the", "command", "1000", "ms", "8", "10", "5"]
    assert lines[4].split()[-6:] == ["library", "0.60", "0.50", "target", ">=", "0.8"]
    assert lines[5].split()[-2:] == ["0.80", "0.75"]


def test_a_process_that_fails_is_no_measurement() -> None:
    for status in (0, 1):
        spent(running(f"raise SystemExit({status})"))
    with pytest.raises(RuntimeError, match="status 2"):
        spent(running("raise SystemExit(2)"))
    with pytest.raises(RuntimeError, match="no such option"):
        printed(running("import os; os.write(2, b'no such option'); raise SystemExit(2)"))
