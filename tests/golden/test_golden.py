"""Diagnostics as golden files: `err/NAME.yaml` gives exactly `err/NAME.out`, `ok/` nothing.

To write the `.out` files anew (and read the diff): UPDATE_GOLDEN=1 pytest tests/golden
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mapping_engine.diagnostics.catalogue import CATALOGUE
from mapping_engine.diagnostics.render import render_all
from mapping_engine.model.load import Loader
from mapping_engine.source.bundled import bundled_folder
from mapping_engine.source.folder import Folder

HERE = Path(__file__).parent
ERR = sorted((HERE / "err").glob("*.yaml"))
OK = sorted((HERE / "ok").glob("*.yaml"))
UNREACHABLE = {
    "SH08": "tests/model/test_schemas.py",
    "TE03": "tests/testing/test_runner.py",
}
"""Codes that a rule file alone cannot cause, and where they are tested."""


def rendered(rules: Path, folder: Path) -> str:
    for file in (HERE / "pack").iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    (folder / "rules.yaml").write_bytes(rules.read_bytes())
    loader = Loader(Folder(folder, "pack"), Folder(bundled_folder("rules"), "rules"))
    model = loader.load("pack", "rules.yaml")
    found = loader.diagnostics.sorted()
    assert (model is None) == bool(found)
    return render_all(found, loader.texts).rstrip() + "\n"


@pytest.mark.parametrize("rules", ERR, ids=lambda path: path.stem)
def test_each_mistake_is_reported_word_for_word(rules: Path, tmp_path: Path) -> None:
    found = rendered(rules, tmp_path)
    expected = rules.with_suffix(".out")
    if os.environ.get("UPDATE_GOLDEN"):
        expected.write_text(found, "utf-8")
    assert found == expected.read_text("utf-8")
    code = rules.stem.split("_")[0].upper()
    if code in CATALOGUE:
        assert f"[{code} {CATALOGUE[code].name}]" in found


@pytest.mark.parametrize("rules", OK, ids=lambda path: path.stem)
def test_what_is_right_is_not_reported(rules: Path, tmp_path: Path) -> None:
    assert rendered(rules, tmp_path) == "no mistakes found\n"


def test_every_code_has_a_golden_file() -> None:
    shown = {file.stem.split("_")[0].upper() for file in ERR}
    assert set(CATALOGUE) - shown == set(UNREACHABLE)
