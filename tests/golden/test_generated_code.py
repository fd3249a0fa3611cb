"""The code that is generated for the rules of `explain/`, as `mapping-engine compile` shows it.

What a shortcut is worth shows nowhere else but there. To write the files of `code/` anew (and
read the diff): UPDATE_GOLDEN=1 pytest tests/golden
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mapping_engine import load
from tools.check_example import completed, write_pack

HERE = Path(__file__).parent


@pytest.mark.parametrize(
    ("name", "tells"), [("fields", True), ("fan_out", False), ("settings", False)]
)
def test_the_code_is_as_it_is_written_here(
    name: str, tells: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = (HERE / "explain" / f"{name}.yaml").read_text("utf-8")
    write_pack(tmp_path / "pack", completed(rules))
    monkeypatch.chdir(tmp_path)
    found = load("pack").program(tells=tells).shown()
    expected = HERE / "code" / f"{name}.out"
    if os.environ.get("UPDATE_GOLDEN"):
        expected.write_text(found, "utf-8")
    assert found == expected.read_text("utf-8")
