"""`mapping-engine diff` against a folder and against revisions of git."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mapping_engine.cli.main import main

ADWAVE = Path(__file__).resolve().parents[2] / "examples" / "adwave"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a pack in `rules`, whose second revision has another default."""
    pack = tmp_path / "rules" / "adwave"
    shutil.copytree(ADWAVE, pack)
    monkeypatch.chdir(tmp_path)
    git("init", "--quiet")
    commit("first")
    rules = pack / "rules.yaml"
    rules.write_text(rules.read_text().replace("default: EUR", "default: USD"))
    commit("second")
    return tmp_path


def git(*arguments: str) -> None:
    given = ["-c", "user.name=a", "-c", "user.email=a@b.example"]
    subprocess.run(["git", *given, *arguments], check=True, capture_output=True)


def commit(message: str) -> None:
    git("add", ".")
    git("commit", "--quiet", "--message", message)


def diff(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["diff", *arguments])


def test_a_revision_is_compared(repository: Path) -> None:
    found = diff("rules/adwave", "--against", "HEAD~1")
    assert found.exit_code == 1
    assert "fields\n  currency\n" in found.stdout
    assert diff("rules/adwave", "--against", "HEAD").exit_code == 0


def test_what_is_not_committed_counts_too(repository: Path) -> None:
    rules = repository / "rules" / "adwave" / "rules.yaml"
    rules.write_text(rules.read_text().replace("default: USD", "default: CHF"))
    assert "'CHF'" in diff("rules/adwave", "--against", "HEAD").stdout


def test_nothing_is_left_of_the_earlier_version(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = repository / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    diff("rules/adwave", "--against", "HEAD~1")
    assert not list(temporary.iterdir())


@pytest.mark.parametrize("folder", ["old", "old/adwave", "."])
def test_a_folder_is_compared(folder: str, repository: Path) -> None:
    shutil.copytree(ADWAVE, repository / "old" / "adwave")
    shutil.copytree(repository / "rules", repository / "new")
    expected = 0 if folder == "." else 1
    assert diff("rules/adwave", "--against", folder).exit_code == expected


def test_events_are_counted_without_their_values(repository: Path) -> None:
    event = json.loads((ADWAVE / "event.json").read_text())
    event["properties"].pop("currency", None)
    Path("events.ndjson").write_text(json.dumps(event) + "\n{broken\n")
    given = ("events.ndjson", "--settings", "rules/adwave/settings.json", "--against", "HEAD~1")
    found = diff("rules/adwave", *given, "--now", "1704888000")
    assert found.exit_code == 1
    assert found.stdout.startswith("1 of 1 events differ\nbody.conversions[].currency: 1 event\n")
    assert "events.ndjson:2: " in found.stderr
    data = json.loads(diff("rules/adwave", *given, "--format", "json").stdout)
    assert data["fields"]["body.conversions[].currency"]["events"] == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--against", "nowhere"), "neither a folder nor a revision of git"),
        (("--against", "--help-me"), "neither a folder nor a revision of git"),
        (("--against", "empty"), "there is no rules.yaml of `adwave` in the folder `empty`"),
        (("events.ndjson", "--against", "HEAD"), "name the settings"),
    ],
)
def test_what_cannot_be_compared_is_a_usage_error(
    arguments: tuple[str, ...], said: str, repository: Path
) -> None:
    (repository / "empty").mkdir()
    found = diff("rules/adwave", *arguments)
    assert found.exit_code == 2
    assert said in found.stderr
