"""The wheel holds all it needs, and works installed and as a zip, from any directory."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACK = "facebook_offline_conversions"
LOAD = f"import mapping_engine as m; print(m.__file__); print(m.load({PACK!r}).name)"

pytestmark = pytest.mark.xdist_group("wheel")


def run(*command: str | Path, at: Path, **environment: str) -> str:
    """What a command prints; it must succeed, and sees nothing of this checkout."""
    kept = {name: os.environ[name] for name in os.environ if not name.startswith("PYTHON")}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=at,
        env={**kept, "PIP_DISABLE_PIP_VERSION_CHECK": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = ("-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    run(sys.executable, *build, at=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the commands of a new environment that has only the wheel."""
    home = tmp_path_factory.mktemp("installed") / "env"
    venv.create(home, with_pip=True, symlinks=os.name != "nt")
    commands = home / ("Scripts" if os.name == "nt" else "bin")
    pip = (commands / "python", "-m", "pip", "install", "--quiet")
    run(*pip, "-c", ROOT / "constraints.txt", wheel, at=home)
    return commands


def test_one_process_makes_the_wheel_for_all_tests(request: pytest.FixtureRequest) -> None:
    """pytest-xdist names the group of a test in its id, and goes by that."""
    is_alone = "PYTEST_XDIST_WORKER" not in os.environ
    assert is_alone or request.node.nodeid.endswith("@wheel")


def test_the_wheel_carries_rules_and_grammar(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("rules", "grammar"):
        files = [f for f in (ROOT / folder).rglob("*") if f.is_file()]
        wanted = {f"mapping_engine/bundled/{f.relative_to(ROOT).as_posix()}" for f in files}
        assert wanted <= names
    assert "mapping_engine/py.typed" in names


def test_the_wheel_carries_the_page_of_play(wheel: Path) -> None:
    names = {name.rpartition("/")[2] for name in zipfile.ZipFile(wheel).namelist()}
    assert {file.name for file in (ROOT / "mapping_engine/play/page").iterdir()} <= names


def test_the_wheel_carries_nothing_else(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"mapping_engine"}


@pytest.mark.parametrize("command", ["mapping-engine", "rules-check"])
def test_the_commands_say_their_version(installed: Path, tmp_path: Path, command: str) -> None:
    assert "0.1.0" in run(installed / command, "--version", at=tmp_path)


def test_an_installed_package_loads_the_pack_anywhere(installed: Path, tmp_path: Path) -> None:
    file, name = run(installed / "python", "-c", LOAD, at=tmp_path).splitlines()
    assert Path(file).is_relative_to(installed.parent)
    assert name == PACK


def test_an_installed_command_maps_an_event(installed: Path, tmp_path: Path) -> None:
    given = ("--settings", ROOT / "examples/settings.json", ROOT / "examples/first.ndjson")
    printed = run(installed / "mapping-engine", "apply", PACK, *given, at=tmp_path)
    assert len(printed.splitlines()) == 1


def test_the_wheel_itself_works_as_a_zip(wheel: Path, tmp_path: Path) -> None:
    file, name = run(sys.executable, "-c", LOAD, at=tmp_path, PYTHONPATH=str(wheel)).splitlines()
    assert file.startswith(str(wheel))
    assert name == PACK


def test_an_installed_rules_check_checks_and_explains(installed: Path, tmp_path: Path) -> None:
    rules_check = installed / "rules-check"
    day = ("--today", "2026-06-01", "--strict")
    assert run(rules_check, PACK, *day, at=tmp_path).strip() == "no mistakes found"
    assert run(rules_check, "--explain", "FB01", at=tmp_path).startswith("# FB01 unreachable-arm")


def test_the_language_server_says_what_it_needs_where_that_is_not_installed(
    installed: Path, tmp_path: Path
) -> None:
    found = subprocess.run(
        [installed / "rules-check", "--lsp"], cwd=tmp_path, capture_output=True, text=True
    )
    assert found.returncode == 2
    assert "pip install 'mapping-engine[lsp]'" in found.stderr


def test_the_five_minutes_of_the_readme_work_in_an_unrelated_folder(
    installed: Path, tmp_path: Path
) -> None:
    page = (ROOT / "README.md").read_text("utf-8")
    section = page.partition("## Five minutes")[2].partition("\n## ")[0]
    _, *blocks = re.findall(r"^```sh\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    path = f"{installed}{os.pathsep}{os.environ['PATH']}"
    printed = run("sh", "-e", "-c", "".join(blocks), at=tmp_path, PATH=path)
    assert '"url":"https://graph.facebook.com/v25.0/1234567890/events"' in printed
    assert "custom_data.value = 25" in printed
    assert "facebook_conversions " in printed
