"""Explanations as golden files: `explain/NAME.yaml` and its events give exactly `explain/NAME.out`.

To write the `.out` files anew (and read the diff): UPDATE_GOLDEN=1 pytest tests/golden
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from mapping_engine import Destination, load
from tools.check_example import completed, write_pack

SETTINGS = {"token": "t", "mode": "fast", "flag": True, "rows": [{"from": "x", "to": "one"}]}
RULES = sorted((Path(__file__).parent / "explain").glob("*.yaml"))
(FIELDS,) = (each for each in RULES if each.stem == "fields")


def bound(rules: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Destination:
    write_pack(folder / "pack", completed(rules.read_text("utf-8")))
    monkeypatch.chdir(folder)
    return load("pack").bind(SETTINGS, clock=lambda: 100.5)


@pytest.mark.parametrize("rules", RULES, ids=lambda path: path.stem)
def test_explanations_are_as_they_are_written_here(
    rules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    destination = bound(rules, tmp_path, monkeypatch)
    events = json.loads(rules.with_suffix(".events.json").read_text("utf-8"))
    found = "\n".join(destination.explain(event).text() for event in events)
    expected = rules.with_suffix(".out")
    if os.environ.get("UPDATE_GOLDEN"):
        expected.write_text(found, "utf-8")
    assert found == expected.read_text("utf-8")


def test_of_one_field_all_is_shown_that_stands_above_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    destination = bound(FIELDS, tmp_path, monkeypatch)
    shown = destination.explain({"type": "page"}).text("open.again").splitlines()
    start = shown.index("request 1")
    assert shown[start:] == [
        "request 1",
        "  open.again = 'a page'  (pack/rules.yaml:27)",
        "    * $row: 'a page'  (pack/rules.yaml:27)",
        "      * row first: 'a page'  (pack/rules.yaml:11)",
        "        * when type == 'page': met  (pack/rules.yaml:11)",
        "          * type: 'page'  (pack/rules.yaml:11)",
        "      - row second: skipped  (pack/rules.yaml:12)",
        "      - row third: skipped  (pack/rules.yaml:13)",
    ]


def test_the_data_of_an_explanation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    destination = bound(FIELDS, tmp_path, monkeypatch)
    row = destination.explain({"type": "page"}).field("open.again")
    assert row is not None
    data: dict[str, Any] = row.to_dict()
    assert {name: data[name] for name in ("path", "sent", "value", "reason", "line")} == {
        "path": "open.again", "sent": True, "value": "'a page'", "reason": None, "line": 27,
    }  # fmt: skip
    (entry,) = data["entries"]
    assert entry["children"][1:] == [
        {"kind": "row", "label": label, "outcome": "skipped", "file": "pack/rules.yaml", "line": n}
        for label, n in (("second", 12), ("third", 13))
    ]
