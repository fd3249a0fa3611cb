"""Generated code is for reading: it can be printed, and tracebacks name the rules."""

from __future__ import annotations

import re
import traceback
from dataclasses import replace
from pathlib import Path

import pytest

from mapping_engine import load
from mapping_engine.engine.codegen import calls
from mapping_engine.transforms import REGISTRY
from tools.check_example import completed, write_pack

RULES = """\
fields:
  plain: type
  text: type |> truncate(3)
"""


def pack(folder: Path) -> Path:
    write_pack(folder / "pack", completed(RULES))
    (folder / "pack" / "payload.schema.json").write_text("{}")
    return folder / "pack"


def test_a_traceback_names_the_rule_file_and_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(value: str, length: int) -> str:
        raise ZeroDivisionError

    found = {**REGISTRY, "truncate": replace(REGISTRY["truncate"], function=broken)}
    monkeypatch.setattr(calls, "REGISTRY", found)
    rules = pack(tmp_path) / "rules.yaml"
    line = rules.read_text().splitlines().index("  text: type |> truncate(3)") + 1
    destination = load(rules.parent).bind({}, clock=lambda: 0.0)
    with pytest.raises(ZeroDivisionError) as caught:
        destination.apply({"type": "ABCDE"})
    shown = "".join(traceback.format_exception(caught.value))
    assert re.search(rf"pack/rules\.yaml:{line}\b", shown), shown


@pytest.mark.parametrize("tells", [False, True])
def test_code_is_shown_with_places_and_constants(tmp_path: Path, *, tells: bool) -> None:
    shown = load(pack(tmp_path)).program(tells=tells).shown()
    code, constants = shown.split("\n# k0 = ", 1)
    compile(code, "shown", "exec")
    assert re.search(r"# .*pack/rules\.yaml:\d+$", code, re.M)
    named = {f"k{found}" for found in re.findall(r"\bk(\d+)\b", code)}
    assert named <= set(re.findall(r"^# (k\d+) = ", "# k0 = " + constants, re.M))
    assert "'type'" in constants
