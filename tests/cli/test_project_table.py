"""The table of a project: where packs lie, and what is set for all of them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mapping_engine import RuleError, load
from mapping_engine.cli.main import main
from mapping_engine.cli.rules_check import main as rules_check
from mapping_engine.engine.project import project

ROOT = Path(__file__).resolve().parents[2]
PACK = "orders"
TABLE = """\
packs = "ours/packs"
fragments = "ours/parts"
settings = {orders = "ours/settings.json"}
"""
FRAGMENT = "fragment: 1\ntitle: Money\ndefine:\n  amount: [properties.revenue, properties.total]\n"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a pack that uses a fragment of its own, and a folder below, to work in."""
    pack = tmp_path / "ours" / "packs" / PACK
    shutil.copytree(ROOT / "examples" / "walk", pack)
    rules = (pack / "rules.yaml").read_text()
    rules = rules.replace("payload: payload", "use: [acme/money]\npayload: payload", 1)
    rules = rules.replace("[properties.total, properties.value]", "$amount", 1)
    (pack / "rules.yaml").write_text(rules)
    (tmp_path / "ours" / "parts" / "acme").mkdir(parents=True)
    (tmp_path / "ours" / "parts" / "acme" / "money.yaml").write_text(FRAGMENT)
    shutil.copy(pack / "settings.json", tmp_path / "ours" / "settings.json")
    (tmp_path / "mapping.toml").write_text(TABLE)
    (tmp_path / "event.json").write_text(
        json.dumps({"type": "track", "messageId": "m", "properties": {"total": 1, "revenue": 7}})
    )
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments])


def check(*arguments: str) -> Result:
    return CliRunner().invoke(rules_check, [*arguments, "--format", "concise"])


def test_a_pack_is_found_by_its_name_with_its_fragments_and_settings(place: Path) -> None:
    found = run("apply", PACK, "../event.json")
    assert found.exit_code == 0, found.stderr
    assert json.loads(found.stdout.splitlines()[0])["body"]["orders"][0]["total"] == 7
    assert load(PACK).name == PACK


def test_settings_that_are_named_come_first(place: Path) -> None:
    (place / "other.json").write_text('{"shops": ["west"]}')
    found = run("apply", PACK, "../event.json", "--settings", "../other.json")
    assert "/west/" in found.stdout
    (place / "mapping.toml").write_text(TABLE.partition("settings")[0])
    assert "Missing option '--settings'" in run("apply", PACK, "../event.json").stderr


def test_a_pack_of_the_project_comes_before_a_bundled_one_and_an_empty_folder_does_not(
    place: Path,
) -> None:
    packs = place / "ours" / "packs"
    (packs / "webhook").mkdir()
    assert load("webhook").title == "Webhook"
    (packs / "webhook").rmdir()
    (packs / PACK).rename(packs / "webhook")
    assert load("webhook").title == "Walk"


def test_the_table_may_stand_in_pyproject(place: Path) -> None:
    (place / "mapping.toml").unlink()
    assert project() is None
    table = TABLE.replace("settings = {orders", "settings = {orders")
    (place / "pyproject.toml").write_text(f"[tool.mapping-engine]\n{table}")
    assert load(PACK).name == PACK


def test_rules_check_needs_no_path_and_takes_levels_and_excludes(place: Path) -> None:
    rules = place / "ours" / "packs" / PACK / "rules.yaml"
    rules.write_text(rules.read_text() + "tables:\n  unused: {a: b}\n")
    found = check()
    assert "warning" in found.stdout
    assert "unused" in found.stdout
    (code,) = {line.split("[")[1][:4] for line in found.stdout.splitlines() if "unused" in line}
    for level, status in [("error", 1), ("info", 0), ("off", 0)]:
        (place / "mapping.toml").write_text(f'{TABLE}[severities]\n{code} = "{level}"\n')
        found = check()
        assert found.exit_code == status
        assert ("unused" in found.stdout) is (level != "off")
    (place / "mapping.toml").write_text(f'{TABLE}exclude = ["ours/packs/o*"]\n')
    assert "unused" not in check().stdout


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("pakcs = 'x'", "unknown key `pakcs`; did you mean `packs`?"),
        ("packs = 1", "no path under `packs`"),
        ("packs = '../x'", "leads out of its folder with `packs`"),
        ("packs = '/etc'", "leads out of its folder with `packs`"),
        ("settings = 'x'", "no table under `settings`"),
        ("settings = {orders = 1}", "no path under `settings.orders`"),
        ("events = 'x'", "no list under `events`"),
        ("severities = {FB01 = 'eror'}", "no level under `severities.FB01`; did you mean `error`?"),
        ("severities = {XX99 = 'off'}", "XX99"),
        ("packs = ", "is no TOML"),
    ],
)
def test_a_mistake_in_the_table_is_told(place: Path, table: str, said: str) -> None:
    (place / "mapping.toml").write_text(table + "\n")
    (place / "ours" / "packs").rename(place / "rules")
    found = check()
    assert found.exit_code == 2
    assert said in found.stderr
    assert "Traceback" not in found.output


@pytest.mark.parametrize(
    ("table", "place_"),
    [
        ("# packs = 1\npacks = 1", "2:1"),
        ("exclude = []\nsettings = { orders = 1 }", "2:14"),
        ("[settings]\norders = 1", "2:1"),
        ("[settings]\n'orders' = 1", "2:1"),
        ("settings.orders = 1", "1:10"),
        ("[severities]\nFB = 'error'\nFB01 = 'eror'", "3:1"),
        ("exclude = []\npacks = ", "2:9"),
    ],
)
def test_a_mistake_in_the_table_is_told_with_its_place(
    place: Path, table: str, place_: str
) -> None:
    (place / "mapping.toml").write_text(f"{table}\n")
    with pytest.raises(RuleError) as caught:
        load("webhook")
    assert str(caught.value).startswith(f"../mapping.toml:{place_}: ")
    assert f"error: ../mapping.toml:{place_}: the file" in check().stderr


def test_in_pyproject_it_is_told_in_our_table(place: Path) -> None:
    (place / "mapping.toml").unlink()
    other = "[tool.other]\npacks = 1\n"
    (place / "pyproject.toml").write_text(f"{other}[tool.mapping-engine]\npacks = 1\n")
    with pytest.raises(RuleError) as caught:
        load("webhook")
    assert str(caught.value).startswith("../pyproject.toml:4:1: ")


def test_what_is_wrong_with_it_is_a_rule_error_in_the_library(place: Path) -> None:
    (place / "mapping.toml").write_text("pakcs = 1\n")
    with pytest.raises(RuleError, match=r"mapping\.toml"):
        load("webhook")


def test_a_folder_of_packs_that_is_not_there_is_told(place: Path) -> None:
    (place / "mapping.toml").write_text('packs = "nowhere"')
    found = check()
    assert found.exit_code == 2
    assert "the project has no folder `../nowhere`; `mapping-engine init` puts" in found.output


def test_settings_of_no_pack_are_told(place: Path) -> None:
    (place / "mapping.toml").write_text(TABLE.replace("{orders", "{ordres"))
    found = check()
    assert found.exit_code == 2
    assert "settings of `ordres`, which is no pack; did you mean `orders`?" in found.output


def test_two_tables_in_one_folder_are_refused(place: Path) -> None:
    (place / "pyproject.toml").write_text("[project]\nname = 'other'\n")
    assert check().exit_code == 0
    (place / "pyproject.toml").write_text("[tool.mapping-engine]\npacks = 'ours/packs'\n")
    with pytest.raises(RuleError, match="lies beside a table in pyproject"):
        project()
