"""The workflows, ours and the example, are pinned, ask for little, and pass the linters."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
OURS = ROOT / ".github" / "workflows" / "tests.yml"
FILES = [OURS, ROOT / "docs" / "ci" / "github-workflow.yml"]
each_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)


def found(file: Path) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    return read


@each_file
def test_actions_are_pinned_by_the_digest_of_a_commit(file: Path) -> None:
    used = re.findall(r"uses: (.*)", file.read_text("utf-8"))
    assert used
    assert [
        line for line in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v[\d.]+", line)
    ] == []


@each_file
def test_each_job_asks_for_what_it_needs_and_may_check_out(file: Path) -> None:
    workflow = found(file)
    assert workflow["permissions"] == {}
    for name, job in workflow["jobs"].items():
        assert job["permissions"]["contents"] == "read", name
        assert set(job["permissions"].values()) <= {"read"} or name == "scan"


def test_ours_runs_on_every_python_that_is_promised() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    promised = re.findall(r"Python :: (3\.\d+)", "\n".join(project["classifiers"]))
    assert found(OURS)["jobs"]["check"]["strategy"]["matrix"]["python"] == promised


def command(name: str) -> str:
    beside = Path(sys.executable).parent / name
    path = str(beside) if beside.exists() else shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path


@each_file
def test_zizmor_finds_nothing(file: Path) -> None:
    options = ("--offline", "--no-progress", "--persona", "pedantic", "--color", "never")
    done = subprocess.run([command("zizmor"), *options, str(file)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@each_file
def test_actionlint_finds_nothing(file: Path) -> None:
    done = subprocess.run(
        [command("actionlint"), "-shellcheck=", "-pyflakes=", str(file)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
