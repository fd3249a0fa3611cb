"""`init`, `eject`, `schema` and `settings`, and settings that are YAML with placeholders."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mapping_engine import load
from mapping_engine.cli.main import main
from mapping_engine.cli.rules_check import main as rules_check
from mapping_engine.new import settings_skeleton

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = sorted(ROOT.glob("tests/strangers/*/payload.schema.json"))
EVENT = {"type": "track", "event": "E", "userId": "u", "properties": {"revenue": 5, "size_eu": 42}}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    return tmp_path


SOURCE = "rudderstack/track"


def init(name: str, *more: str) -> Result:
    return run("init", "--source", SOURCE, *more, "--", name)


def run(*arguments: str, given: str = "") -> Result:
    return CliRunner().invoke(main, list(arguments), input=given)


def check(*paths: str) -> Result:
    return CliRunner().invoke(rules_check, [*paths, "--format", "concise"])


def test_a_new_pack_passes_as_it_is(folder: Path) -> None:
    assert init("acme").exit_code == 0
    assert check("rules", "--strict").stdout == ""
    tested = run("test", "rules/acme")
    assert (tested.exit_code, tested.stdout) == (0, "1 passed, 0 failed\n")


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda path: path.parent.name)
def test_a_pack_from_any_payload_schema_has_no_mistakes(schema: Path, folder: Path) -> None:
    assert init("acme", "--payload", str(schema)).exit_code == 0
    assert "error:" not in check("rules").stdout
    load(folder / "rules" / "acme")


def test_fields_are_read_from_the_paths_of_sample_events(folder: Path) -> None:
    Path("events.ndjson").write_text(json.dumps(EVENT) + "\n")
    properties = {"sizeEU": {"type": "integer"}, "Revenue": {"type": "number"}}
    Path("p.json").write_text(json.dumps({"type": "object", "properties": properties}))
    init("acme", "--payload", "p.json", "--events", "events.ndjson")
    rules = (folder / "rules/acme/rules.yaml").read_text()
    assert "  sizeEU: properties.size_eu |> integer\n" in rules
    assert "  Revenue: properties.revenue |> number\n" in rules


def test_personal_data_is_hashed_where_the_schema_says_so_and_not_sent_otherwise() -> None:
    properties = {
        "email": {"type": "string", "x-personal": "hashed"},
        "phone": {"type": "string"},
        "event": {"type": "string"},
    }
    Path("p.json").write_text(json.dumps({"type": "object", "properties": properties}))
    init("acme", "--payload", "p.json")
    rules = Path("rules/acme/rules.yaml").read_text()
    assert "|> normal_email |> hashed\n" in rules
    assert "  # phone: no path" in rules
    assert check("rules").stdout == ""


@pytest.mark.parametrize("name", ["Acme", "../acme", "a/b", "", "-x"])
def test_a_pack_has_a_plain_name(name: str, folder: Path) -> None:
    assert init(name).exit_code == 2
    assert not list(folder.iterdir())


def test_nothing_is_written_over(folder: Path) -> None:
    init("acme")
    (folder / "rules/acme/rules.yaml").write_text("mine")
    again = init("acme")
    assert again.exit_code == 2
    assert "exists already" in again.stderr
    assert (folder / "rules/acme/rules.yaml").read_text() == "mine"


def test_an_ejected_pack_is_the_bundled_one(folder: Path) -> None:
    assert run("eject", "webhook").exit_code == 0
    found = {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    bundled = {p.relative_to(ROOT): p.read_bytes() for p in (ROOT / "rules/webhook").rglob("*.*")}
    assert found == bundled
    assert run("test", "rules/webhook").exit_code == 0
    assert run("eject", "nowhere").exit_code == 2


def test_an_own_pack_is_not_ejected_but_laid_over_the_ejected_one(folder: Path) -> None:
    (folder / "rules/own").mkdir(parents=True)
    (folder / "rules/own/rules.yaml").write_text("mapping: 1\nextends: webhook\ntitle: Own\n")
    refused = run("eject", "rules/own", "--into", "copies")
    assert refused.exit_code == 2
    assert refused.stderr.rstrip().endswith("mapping-engine eject webhook")
    assert not (folder / "copies").exists()
    assert run("eject", "webhook").exit_code == 0
    copy = folder / "rules/webhook/rules.yaml"
    copy.write_text(copy.read_text().replace("default: POST", "default: PUT"))
    destination = load("rules/own").bind({"webhookUrl": "https://a.test"})
    assert destination.apply({"type": "track"})[0].method == "PUT"
    own = run("eject", "rules/webhook", "--into", "copies")
    assert "is your own already, and extends no other pack" in own.stderr


def test_the_pack_that_comes_with_the_package_is_ejected_though_one_has_its_name(
    folder: Path,
) -> None:
    (folder / "mapping.toml").write_text("")
    (folder / "rules/webhook").mkdir(parents=True)
    (folder / "rules/webhook/rules.yaml").write_text("mapping: 1\nextends: webhook\n")
    assert run("eject", "webhook", "--into", "copies").exit_code == 0
    assert "extends" not in (folder / "copies/webhook/rules.yaml").read_text()


def test_the_schemas_lie_where_the_first_line_of_a_pack_names_them(folder: Path) -> None:
    init("acme")
    assert run("schema").exit_code == 0
    for file in (folder / "rules/acme").rglob("*.yaml"):
        named = file.read_text().splitlines()[0].rpartition("=")[2]
        assert (file.parent / named).is_file()


def test_settings_to_be_filled_in_are_those_of_the_schema() -> None:
    text = settings_skeleton(load("facebook_conversions").model)
    assert text == run("settings", "facebook_conversions").stdout
    assert 'accessToken: "${ACCESS_TOKEN}"\n' in text
    assert "# Required: " in text
    assert "\n# limitedDataUSage: false\n" in text


def test_yaml_settings_take_tokens_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    run("settings", "facebook_conversions")
    Path("s.yaml").write_text('datasetId: "7"\naccessToken: "${TOKEN}"\nactionSource: website\n')
    arguments = ("apply", "facebook_conversions", "--settings", "s.yaml")
    missing = run(*arguments, given=json.dumps(EVENT))
    assert missing.exit_code == 2
    assert "`accessToken` in `s.yaml` names the variable `TOKEN`" in missing.stderr
    monkeypatch.setenv("TOKEN", "t-4711")
    event = {**EVENT, "originalTimestamp": "2024-01-10T10:00:00Z"}
    found = run(*arguments, "--now", "2024-01-10T10:00:00Z", given=json.dumps(event))
    assert found.exit_code == 0, found.stderr
    assert json.loads(found.stdout)["body"]["access_token"] == "t-4711"


def test_yaml_settings_that_cannot_be_read_name_the_place() -> None:
    Path("s.yaml").write_text("datasetId: [\n")
    found = run("apply", "facebook_conversions", "--settings", "s.yaml", given="{}")
    assert found.exit_code == 2
    assert "s.yaml:" in found.stderr


def test_an_unknown_vocabulary_is_named_with_the_nearest_one() -> None:
    found = run("init", "--source", "rudderstak/track", "acme")
    assert found.exit_code == 2
    assert found.stderr == (
        "error: the file `vocabularies/rudderstak/track.yaml` does not exist; "
        "did you mean `vocabularies/rudderstack/track.yaml`?\n"
    )
