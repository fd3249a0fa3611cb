"""pre-commit runs the hook of this repository on the rule files of another."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = Path(sys.executable).parent
WALK = ROOT / "examples" / "walk"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one pack, and the hook as a local one: nothing is installed from afar."""
    pytest.importorskip("pre_commit", reason="pre-commit is not installed")
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    home = tmp_path / "repository"
    shutil.copytree(WALK, home / "rules" / "walk")
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    local: dict[str, Any] = {**hook, "language": "system"}
    config = {"repos": [{"repo": "local", "hooks": [local]}]}
    (home / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
    (home / "other.yaml").write_text("a: [1, 2\n")
    git(home, "init", "--quiet")
    git(home, "add", ".")
    return home


def git(home: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=home, check=True, capture_output=True)


def pre_commit(home: Path) -> subprocess.CompletedProcess[str]:
    path = f"{COMMANDS}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PRE_COMMIT_HOME": str(home.parent / "cache")}
    command = [sys.executable, "-m", "pre_commit", "run", "--all-files", "--verbose"]
    return subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True)


def test_rules_without_mistakes_pass(repository: Path) -> None:
    found = pre_commit(repository)
    assert found.returncode == 0, found.stdout + found.stderr
    assert "no mistakes found" in found.stdout


def test_a_mistake_stops_the_commit(repository: Path) -> None:
    rules = repository / "rules" / "walk" / "rules.yaml"
    rules.write_text(rules.read_text("utf-8").replace("required: true", "requierd: true"))
    git(repository, "add", ".")
    found = pre_commit(repository)
    assert found.returncode == 1
    assert "did you mean `required`?" in found.stdout
