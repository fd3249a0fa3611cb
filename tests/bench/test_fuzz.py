"""Random events and files: a short run of `make fuzz`, and that it finds what is wrong."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner

from bench.fuzz import files
from bench.fuzz.__main__ import main, usual
from bench.fuzz.events import ODD, differences, event, source
from mapping_engine import Destination, load
from mapping_engine.testing.cases import collect


def test_a_short_run_finds_nothing() -> None:
    found = CliRunner().invoke(main, ["--events", "600", "--files", "8", "--seed", "7"])
    assert (found.exit_code, found.output) == (
        0,
        "600 events, 0 problems so far\n8 files, 0 problems so far\n",
    )


def test_an_event_leaves_nothing_behind_for_the_next() -> None:
    before = repr(ODD)
    of = source(load("facebook_conversions"))
    random = Random(1)
    for _ in range(300):
        event(of, {"type": "track", "properties": {}}, random)
    assert repr(ODD) == before


def test_a_way_that_does_something_else_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    pack = "facebook_conversions"
    mapping = load(pack)
    destination = mapping.bind(usual(mapping, collect(pack)[0]), clock=lambda: 1_720_000_000.0)
    given: dict[str, Any] = {"type": "track", "event": "Product Added", "userId": "u"}
    assert not list(differences(destination, given, Random(1)))
    monkeypatch.setattr(Destination, "apply", lambda self, event: [])
    assert list(differences(destination, given, Random(1))) == ["apply differs from outcome"]


def test_an_exception_and_a_hang_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(pack: object) -> list[str]:
        raise KeyError("x")

    monkeypatch.setattr(files, "_said", fail)
    assert list(files.problems(Path("rules"), twice=False)) == ["KeyError: 'x'"]

    def hang(pack: object) -> list[str]:
        while True:
            pass

    monkeypatch.setattr(files, "_said", hang)
    monkeypatch.setattr(files, "LONGEST", 0.05)
    assert list(files.problems(Path("rules"), twice=False)) == ["no answer after 0.05 s"]
