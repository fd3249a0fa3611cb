"""`rules-check` as a command: what it takes, shows, changes and answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mapping_engine import check
from mapping_engine.checks.catalogue import CATALOGUE
from mapping_engine.cli.rules_check import main
from tools.check_example import completed, write_pack

UNREACHABLE = "define:\n  spare: type # kept\nfields:\n  x: \"p.a ?? 'none' ?? type\" # in order\n"
WRONG = "fields:\n  x: p.a |> uper\n"


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_pack(tmp_path / "pack", completed(UNREACHABLE))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    return tmp_path / "pack"


def run(*arguments: str, input: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["--today", "2026-01-01", *arguments], input=input)


def codes(result: Result) -> list[str]:
    return [found["code"] for found in json.loads(result.stdout)]


def rewrite(pack: Path, rules: str) -> None:
    (pack / "rules.yaml").write_text(completed(rules), "utf-8")


# What is checked


@pytest.mark.parametrize("path", ["pack", "pack/rules.yaml", "."])
def test_a_pack_is_named_by_its_folder_its_rule_file_or_a_folder_above(
    pack: Path, path: str
) -> None:
    assert codes(run("--format", "json", path)) == ["PR03", "FB01"]


def test_fragments_and_vocabularies_in_a_folder_are_checked_even_if_no_pack_uses_them(
    pack: Path,
) -> None:
    (pack.parent / "loose").mkdir()
    (pack.parent / "loose" / "own.yaml").write_text("fragment: 1\ndefin: {}\n")
    assert codes(run("--format", "json", ".")) == ["SH01", "PR03", "FB01"]


def test_hidden_folders_and_installed_packages_are_left_alone(pack: Path) -> None:
    for folder in (".venv/lib", "node_modules/x", "env/site-packages"):
        (pack.parent / folder).mkdir(parents=True)
        write_pack(pack.parent / folder / "other", completed(WRONG))
    assert codes(run("--format", "json", ".")) == ["PR03", "FB01"]


def test_standard_input_is_checked_under_the_name_that_is_given(pack: Path) -> None:
    rules = completed(WRONG)
    result = run("-", "--stdin-filename", "pack/rules.yaml", "--format", "concise", input=rules)
    assert result.exit_code == 1
    assert result.stdout.startswith("pack/rules.yaml:2:13: error: unknown transform `uper`")
    assert "uper" not in (pack / "rules.yaml").read_text()


def test_a_fragment_comes_in_by_standard_input_without_a_name(pack: Path) -> None:
    result = run("-", "--format", "concise", input="fragment: 1\ndefin: {}\n")
    assert result.stdout.startswith("stdin.yaml:2:1: error: unknown key `defin`")


def test_what_cannot_be_decoded_is_a_finding_and_no_crash(pack: Path) -> None:
    result = run("-", input=b"mapping: \xff\xfe\n")
    assert result.exit_code == 1
    assert "SY01" in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nowhere"],
        ["--select", "ZZ", "pack"],
        ["--ignore", "nonsense", "pack"],
        ["--today", "tomorrow", "pack"],
        ["--explain", "ZZ99"],
        ["--fix", "-"],
    ],
)
def test_a_usage_error_ends_with_2_and_no_traceback(pack: Path, arguments: list[str]) -> None:
    result = run(*arguments, input="")
    assert result.exit_code == 2
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert result.stderr


# What is shown


def test_select_and_ignore_take_codes_families_and_names(pack: Path) -> None:
    def found(*arguments: str) -> list[str]:
        return codes(run("--format", "json", "pack", *arguments))

    assert found("--select", "FB") == ["FB01"]
    assert found("--select", "unused-definition,FB01") == ["PR03", "FB01"]
    assert found("--select", "FB,PR", "--ignore", "PR03") == ["FB01"]
    assert found("--ignore", "unreachable-arm", "--ignore", "PR") == []


def test_the_exit_status_follows_the_level(pack: Path) -> None:
    assert run("pack").exit_code == 0
    assert run("pack", "--strict").exit_code == 1
    assert run("pack", "--fail-level", "info").exit_code == 1
    rewrite(pack, WRONG)
    assert run("pack").exit_code == 1
    rewrite(pack, "fields:\n  x: p.a\n")
    assert run("pack", "--fail-level", "info").exit_code == 0


def test_in_a_github_workflow_findings_become_annotations(
    pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert run("pack").stdout.startswith("::warning file=pack/rules.yaml,line=2,")
    assert run("pack", "--format", "full").stdout.startswith("pack/rules.yaml:2:3: definition")


def test_the_order_is_the_same_every_time(pack: Path) -> None:
    rewrite(pack, UNREACHABLE + "  y3: $nope\n  deep: {fields: {q: typ}}\n")
    first = run("pack", "--format", "json").stdout
    assert all(run("pack", "--format", "json").stdout == first for _ in range(3))
    places = [(f["span"]["line"], f["span"]["column"]) for f in json.loads(first)]
    assert places == sorted(places)
    assert len(places) == 5


def test_what_is_suppressed_is_not_shown(pack: Path) -> None:
    rewrite(pack, UNREACHABLE.replace("# in order", "# rules: ignore FB01 -- until May"))
    assert codes(run("--format", "json", "pack")) == ["PR03"]
    assert codes(run("--format", "json", "pack", "--select", "PR03")) == ["PR03"]


def test_a_comment_at_the_top_is_about_the_whole_file(pack: Path) -> None:
    rewrite(pack, "# rules: ignore FB01, unused-definition -- a sketch\n" + UNREACHABLE)
    assert codes(run("--format", "json", "pack")) == []


def test_a_mark_inside_a_text_is_no_suppression(pack: Path) -> None:
    rewrite(pack, "fields:\n  x: \"p.a ?? ' # rules: ignore FB01 -- x' ?? type\"\n")
    assert codes(run("--format", "json", "pack")) == ["FB01"]


# What is changed


def test_fix_writes_what_changes_nothing_and_keeps_comments(pack: Path) -> None:
    result = run("pack", "--fix")
    assert result.exit_code == 0
    assert "fixed 2 findings in 1 file" in result.stderr
    assert "no mistakes found" in result.stdout
    text = (pack / "rules.yaml").read_text()
    assert text.startswith("fields:\n  x: \"p.a ?? 'none'\" # in order\n")


def test_diff_shows_and_writes_nothing(pack: Path) -> None:
    before = (pack / "rules.yaml").read_text()
    result = run("pack", "--diff")
    assert result.exit_code == 1
    assert "-  x: \"p.a ?? 'none' ?? type\" # in order\n" in result.stdout
    assert "+  x: \"p.a ?? 'none'\" # in order\n" in result.stdout
    assert (pack / "rules.yaml").read_text() == before
    assert run("pack", "--diff", "--select", "TX").exit_code == 0


def test_unsafe_fixes_are_applied_only_when_asked_for(pack: Path) -> None:
    rewrite(pack, WRONG)
    assert run("pack", "--fix").exit_code == 1
    assert "uper" in (pack / "rules.yaml").read_text()
    assert run("pack", "--unsafe-fixes").exit_code == 0
    assert "p.a |> upper\n" in (pack / "rules.yaml").read_text()


def test_a_byte_order_mark_and_windows_lines_survive_a_fix(pack: Path) -> None:
    text = completed(UNREACHABLE).replace("\n", "\r\n")
    (pack / "rules.yaml").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert run("pack", "--fix").exit_code == 0
    after = (pack / "rules.yaml").read_bytes()
    assert after.startswith(b"\xef\xbb\xbffields:\r\n  x: \"p.a ?? 'none'\" # in order\r\n")


def test_a_bundled_pack_named_by_its_name_is_not_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    place = tmp_path / "rules" / "facebook_offline_conversions" / "rules.yaml"
    place.parent.mkdir(parents=True)
    place.write_text("something else\n")
    run("facebook_offline_conversions", "--fix")
    assert place.read_text() == "something else\n"


# What is explained


@pytest.mark.parametrize("name", ["FB01", "fb01", "unreachable-arm"])
def test_explain_prints_the_page_of_a_check(name: str) -> None:
    result = run("--explain", name)
    assert result.exit_code == 0
    assert result.stdout.startswith("# FB01 unreachable-arm\n")


def test_list_names_every_check(pack: Path) -> None:
    shown = [line.split()[0] for line in run("--list").stdout.splitlines()]
    assert shown == list(CATALOGUE)
    as_data = json.loads(run("--list", "--format", "json").stdout)
    assert {row["code"]: row["severity"] for row in as_data} == {
        code: check.severity for code, check in CATALOGUE.items()
    }


def test_the_library_answers_the_same_findings(pack: Path) -> None:
    assert [found.code for found in check(pack)] == ["PR03", "FB01"]
