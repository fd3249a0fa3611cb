"""`apply` through crashes: whatever is killed when, the outputs are those of a run left alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 15
"""`make kill-tests` has more."""


@pytest.mark.unmeasured
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc, and fork")
@pytest.mark.parametrize("seed", [1, 2])
def test_a_run_that_is_killed_and_resumed_gives_what_a_run_left_alone_gives(
    seed: int, tmp_path: Path
) -> None:
    command = (sys.executable, "-m", "tests.cli.killing", str(tmp_path), str(seed), str(ROUNDS))
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    assert sum(json.loads(found.stdout).values()) == ROUNDS
