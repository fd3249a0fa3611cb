"""A pack finds what it shares in the `rules` folder that it lies in, before the bundled one."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mapping_engine import load
from mapping_engine.cli.main import main
from mapping_engine.cli.rules_check import main as rules_check
from mapping_engine.engine.loading import INSTALLED
from mapping_engine.source.bundled import bundled_folder

PACK = "rules/facebook_offline_conversions"
SETTINGS = {"accessToken": "t", "eventsToIds": [{"from": "Other", "to": "1"}]}
EVENT = {"type": "track", "event": "E", "userId": "u", "properties": {"revenue": 5}}
LISTED = "properties.revenue"


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the rules, beside which all commands are run."""
    shutil.copytree(str(bundled_folder("rules")), tmp_path / "rules")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    (tmp_path / "settings.json").write_text(json.dumps(SETTINGS))
    (tmp_path / "event.json").write_text(json.dumps(EVENT))
    return tmp_path


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def fragment_with_a_mistake(copy: Path) -> None:
    edit(copy / "rules/fragments/rudderstack/person.yaml", "fragment: 1", "fragment: 1\nodd: 1")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def test_rules_check_finds_mistakes_in_the_fragments_of_the_copy(copy: Path) -> None:
    fragment_with_a_mistake(copy)
    result = CliRunner().invoke(rules_check, ["rules", "--format", "concise"])
    assert "rules/fragments/rudderstack/person.yaml:5:1: error: unknown key `odd`" in result.stdout
    assert result.stdout.count("`odd`") == 1


@pytest.mark.parametrize("command", ["apply", "explain", "test", "compile", "docs"])
def test_each_command_uses_them_and_names_them(copy: Path, command: str) -> None:
    fragment_with_a_mistake(copy)
    given = ["event.json", "--settings", "settings.json"] if command in ("apply", "explain") else []
    result = run(command, PACK, *given)
    assert result.exit_code == 2
    assert "rules/fragments/rudderstack/person.yaml:5:1: unknown key `odd`" in result.stderr


def test_bundled_packs_do_not_use_them(copy: Path) -> None:
    fragment_with_a_mistake(copy)
    result = run("test", "facebook_offline_conversions")
    assert result.exit_code == 0
    shown = run("docs", "facebook_offline_conversions").stdout
    assert f"{INSTALLED}/" in shown or "rules/" not in shown


def test_a_fragment_that_the_folder_lacks_is_the_bundled_one(copy: Path) -> None:
    (copy / "rules/fragments/rudderstack/person.yaml").unlink()
    assert run("test", PACK).exit_code == 0


def test_a_folder_shares_fragments_of_its_own(copy: Path) -> None:
    (copy / "rules/fragments/acme").mkdir()
    (copy / "rules/fragments/acme/plan.yaml").write_text("fragment: 1\ndefine: {plan: event}\n")
    edit(copy / PACK / "rules.yaml", "use: [", "use: [acme/plan, ")
    assert "plan" in load(copy / PACK).model.definitions


def test_the_vocabulary_of_the_folder_is_read(copy: Path) -> None:
    edit(copy / "rules/vocabularies/rudderstack/track.yaml", "vocabulary: 1", "vocabulary: 9")
    result = CliRunner().invoke(rules_check, [PACK, "--format", "concise"])
    assert "rules/vocabularies/rudderstack/track.yaml:" in result.stdout


@pytest.mark.parametrize("inside", ["rules", PACK])
def test_files_are_named_as_seen_from_the_current_folder(
    copy: Path, inside: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fragment_with_a_mistake(copy)
    monkeypatch.chdir(copy / inside)
    up = {"rules": "", PACK: "../"}[inside]
    result = CliRunner().invoke(rules_check, [".", "--format", "concise"])
    shown = f"{up}fragments/rudderstack/person.yaml:5:1: error: unknown key `odd`"
    assert any(line.startswith(shown) for line in result.stdout.splitlines())
    assert result.stdout.count("`odd`") == 1


def test_a_folder_without_rules_never_stands_for_a_bundled_pack(copy: Path) -> None:
    (copy / "facebook_conversions").mkdir()
    assert load("facebook_conversions").name == "facebook_conversions"
    result = CliRunner().invoke(rules_check, ["facebook_conversions"])
    assert result.exit_code == 0
    assert run("test", "facebook_conversions").exit_code == 0


def test_a_migration_starts_from_the_pack_beside(copy: Path) -> None:
    schema = copy / PACK / "settings.schema.json"
    edit(schema, '"accessToken"', '"token"')
    result = CliRunner().invoke(rules_check, ["rules/facebook_conversions", "--format", "concise"])
    assert "accessToken" in result.stdout
