"""Processes share a cache, and what they load from it needs nothing that reads rules."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from mapping_engine import load

ROOT = Path(__file__).resolve().parents[3]
PACK = "facebook_offline_conversions"
LOAD = f"import mapping_engine as m; print(m.load({PACK!r}).name)"
READING = (
    "jmespath",
    "jsonschema",
    "lark",
    "mapping_engine.expression.build",
    "mapping_engine.expression.parser",
    "mapping_engine.expression.tables",
    "mapping_engine.core.examine",
    "mapping_engine.core.load",
    "mapping_engine.file.schema_file",
    "mapping_engine.source.yaml_text",
    "tempfile",
    "yaml",
    "zipfile",
)
IMPORTED = f"{LOAD}; import json, sys; print(json.dumps(sorted(sys.modules)))"


def started(code: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=dict(os.environ),
    )


def test_processes_that_start_at_once_leave_one_whole_record(place: Path, reads: list[str]) -> None:
    for process in [started(LOAD) for _ in range(8)]:
        assert process.communicate(timeout=120) == (f"{PACK}\n", "")
    [record] = place.iterdir()
    assert record.suffix == ".record"
    load(PACK)
    assert reads == []


def test_a_kept_pack_is_loaded_without_what_reads_rules(place: Path) -> None:
    def modules() -> set[str]:
        out, errors = started(IMPORTED).communicate(timeout=120)
        assert errors == ""
        return set(json.loads(out.splitlines()[1]))

    assert set(READING) - modules() <= {"jsonschema", "zipfile"}
    assert place.exists()
    assert modules() & set(READING) == set()
