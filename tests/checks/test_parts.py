"""A part of a pack given alone is checked as part of each pack that uses it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mapping_engine.checks import check
from mapping_engine.cli.rules_check import main
from mapping_engine.engine.loading import bundled_packs
from mapping_engine.source.bundled import bundled_folder
from tools.check_example import completed, write_pack

TRACK = "rules/vocabularies/rudderstack/track.yaml"
PARTS = {
    "rules/facebook_conversions/custom_data.yaml": ("define:", "define:\n  odd: $curency"),
    "rules/fragments/rudderstack/commerce.yaml": ("define:", "define:\n  odd: $curency"),
    "rules/facebook_conversions/tests/fields.yaml": ("tests: 1", "tests: 1\nclok: x"),
    "rules/facebook_conversions/settings.schema.json": ('"datasetId": {', '"dataset": {'),
    "rules/facebook_conversions/payload.schema.json": ('"event_name"', '"event_nam"'),
    "rules/facebook_conversions/vocabulary.yaml": ("vocabulary: 1", "vocabulary: 1\nodd: x"),
    "rules/fragments/iso/currencies.json": ("[", "[,"),
    TRACK: ("vocabulary: 1", "vocabulary: 1\nodd: x"),
}
"""A file, and a mistake in it."""


PACKS = ("facebook_conversions", "facebook_offline_conversions", "linkedin_conversions")


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the rules, with three of the packs."""
    left_out = [name for name in bundled_packs() if name not in PACKS]
    ignore = shutil.ignore_patterns(*left_out)
    shutil.copytree(str(bundled_folder("rules")), tmp_path / "rules", ignore=ignore)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    return tmp_path


def run(*arguments: str, input: str | None = None) -> Result:
    return CliRunner().invoke(main, arguments, input=input)


def users(file: str) -> list[str]:
    pack = file.split("/")[1]
    return [pack] if pack in PACKS else [*PACKS]


@pytest.mark.parametrize("file", PARTS)
def test_a_part_has_the_findings_of_its_packs(copy: Path, file: str) -> None:
    old, new = PARTS[file]
    text = (copy / file).read_text("utf-8")
    assert old in text
    changed = text.replace(old, new, 1)
    by_text = run("-", "--stdin-filename", file, "--format", "json", input=changed)
    (copy / file).write_text(changed, "utf-8")
    alone = run(file, "--format", "json")
    packs = run(*(f"rules/{pack}" for pack in users(file)), "--format", "json")
    assert json.loads(alone.stdout) == json.loads(packs.stdout) == json.loads(by_text.stdout)
    assert alone.exit_code == 1


def test_several_parts_are_checked_once(copy: Path) -> None:
    file = copy / "rules/fragments/rudderstack/person.yaml"
    file.write_text(file.read_text("utf-8").replace("define:", "define:\n  odd: $curency", 1))
    result = run("rules/fragments/rudderstack/person.yaml", "rules", "--format", "concise")
    assert result.stdout.count("`$curency`") == 1


@pytest.mark.parametrize("inside", ["rules/fragments", "rules/facebook_conversions/tests"])
def test_parts_are_found_from_any_folder(
    copy: Path, inside: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(copy / inside)
    file = {"rules/fragments": "rudderstack/person.yaml"}.get(inside, "fields.yaml")
    rules = copy / "rules/facebook_conversions/rules.yaml"
    rules.write_text(rules.read_text("utf-8").replace("fields:", "fields:\n  odd: $curency", 1))
    assert "PR01" in {found.code for found in check(file)}


def test_a_fragment_that_no_pack_uses_is_checked_alone(copy: Path) -> None:
    (copy / "rules/fragments/new.yaml").write_text("fragment: 1\ndefin: {}\n")
    assert [found.code for found in check("rules/fragments/new.yaml")] == ["SH01"]


def test_a_rule_file_of_another_name_is_a_user(tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    write_pack(pack, completed("use: [./part.yaml]\nfields:\n  x: $word\n"))
    (pack / "rules.yaml").rename(pack / "own.yaml")
    (pack / "part.yaml").write_text("fragment: 1\ndefine: {word: $wrod}\n")
    assert "PR01" in [found.code for found in check(pack / "part.yaml")]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("schema.json", '{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": 1}'),
        ("a.schema.json", '{"type": "objekt"}'),
    ],
)
def test_a_json_schema_is_checked_as_what_it_is(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert [found.code for found in check(tmp_path / name)] == ["SH08"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("compose.yaml", "services: {web: {image: x}}\n"),
        ("workflow.yaml", "on: push\ntests:\n  - run\n"),
        ("helm.yaml", "{{ if }}\nmapping: {a: 1}\n"),
        ("list.yaml", "- mapping: 1\n"),
        ("package.json", '{"name": "x"}'),
        ("notes.md", "# mapping: 1\n"),
    ],
)
def test_a_file_that_is_none_of_ours_is_skipped_and_said_so(
    tmp_path: Path, name: str, text: str
) -> None:
    (tmp_path / name).write_text(text)
    result = run(str(tmp_path / name))
    assert result.exit_code == 0
    assert f"skipped `{tmp_path / name}`" in result.stderr
    assert "error" not in result.stdout


@pytest.mark.parametrize("text", ["mappin: 1\nfields: {}\n", "fragmnet: 1\n"])
def test_a_misspelt_first_key_is_a_mistake(tmp_path: Path, text: str) -> None:
    (tmp_path / "own.yaml").write_text(text)
    assert "SH01" in {found.code for found in check(tmp_path / "own.yaml")}
