"""Diagnostics as golden files: `err/NAME.yaml` gives exactly `err/NAME.out`, `ok/` nothing.

A file NAME.tests.yaml beside one is put into the `tests` folder of its pack.

To write the `.out` files anew (and read the diff): UPDATE_GOLDEN=1 pytest tests/golden
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from mapping_engine.checks import Options, check_all
from mapping_engine.checks.catalogue import CATALOGUE
from mapping_engine.diagnostics.render import render_all
from tools.check_example import write_pack

HERE = Path(__file__).parent
TODAY = date(2026, 1, 1)
ERR = sorted(p for p in (HERE / "err").glob("*.yaml") if not p.stem.endswith(".tests"))
OK = sorted((HERE / "ok").glob("*.yaml"))
UNREACHABLE = {"SH08": "tests/file/test_schemas.py"}
"""Codes that a rule file alone cannot cause, and where they are tested."""


def rendered(rules: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    pack = folder / "pack"
    write_pack(pack, rules.read_bytes().decode("utf-8", "surrogateescape"))
    tests = rules.with_suffix(".tests.yaml")
    if tests.exists():
        (pack / "tests").mkdir()
        (pack / "tests" / "cases.yaml").write_bytes(tests.read_bytes())
    monkeypatch.chdir(folder)
    code = rules.stem.split("_")[0].upper()
    every = tuple(CATALOGUE) if code in CATALOGUE and CATALOGUE[code].asked else ()
    checked = check_all(["pack"], Options(today=TODAY, select=every))
    return render_all(checked.diagnostics, checked.texts).rstrip() + "\n"


@pytest.mark.parametrize("rules", ERR, ids=lambda path: path.stem)
def test_each_mistake_is_reported_word_for_word(
    rules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = rendered(rules, tmp_path, monkeypatch)
    expected = rules.with_suffix(".out")
    if os.environ.get("UPDATE_GOLDEN"):
        expected.write_text(found, "utf-8")
    assert found == expected.read_text("utf-8")
    code = rules.stem.split("_")[0].upper()
    if code in CATALOGUE:
        assert f"[{code} {CATALOGUE[code].name}]" in found


@pytest.mark.parametrize("rules", OK, ids=lambda path: path.stem)
def test_what_is_right_is_not_reported(
    rules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert rendered(rules, tmp_path, monkeypatch) == "no mistakes found\n"


def test_every_code_has_a_golden_file() -> None:
    shown = {file.stem.split("_")[0].upper() for file in ERR}
    assert set(CATALOGUE) - shown == set(UNREACHABLE)
