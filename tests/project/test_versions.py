"""`make versions` finds what is there, and says what is not."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tools import versions

HERE = "{}.{}".format(*sys.version_info[:2])


def script(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.fixture(autouse=True)
def nothing_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))


def test_the_versions_are_those_that_the_project_names() -> None:
    assert versions.versions() == ["3.11", "3.12", "3.13", "3.14"]


def test_one_on_the_path_is_found(tmp_path: Path) -> None:
    place = tmp_path / "bin" / f"python{HERE}"
    script(place, f'exec {sys.executable} "$@"')
    assert versions.interpreter(HERE) == str(place)


def test_one_of_pyenv_is_found_behind_a_name_that_does_not_start(tmp_path: Path) -> None:
    script(tmp_path / "bin" / f"python{HERE}", "exit 127")
    place = tmp_path / "pyenv" / "versions" / f"{HERE}.1" / "bin" / "python"
    script(place, f'exec {sys.executable} "$@"')
    assert versions.interpreter(HERE) == str(place)


def test_one_that_is_not_there_is_none() -> None:
    assert versions.interpreter(HERE) is None


@pytest.mark.parametrize(
    ("passed", "status"), [({}, 1), ({"3.11": True}, 0), ({"3.11": True, "3.13": False}, 1)]
)
def test_the_answer_names_each_version(
    passed: dict[str, bool],
    status: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(versions, "interpreter", lambda each: "python" if each in passed else None)
    monkeypatch.setattr(versions, "passes", lambda each, _python: passed[each])
    with pytest.raises(SystemExit) as ended:
        versions.main()
    assert ended.value.code == status
    printed = capsys.readouterr().out
    assert "Python 3.12: not found" in printed.splitlines()
    assert printed.count("FAILED") == list(passed.values()).count(False)
