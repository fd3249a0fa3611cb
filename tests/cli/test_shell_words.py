"""A shell completes packs by name or folder, and files."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete

from mapping_engine.cli.main import main
from mapping_engine.cli.rules_check import main as rules_check

BASH = """\
eval "$(_MAPPING_ENGINE_COMPLETE=bash_source mapping-engine)"
COMP_WORDS=(mapping-engine explain face) COMP_CWORD=2
_mapping_engine_completion mapping-engine
printf '%s\\n' "${COMPREPLY[@]}"
"""


def offered(command: click.Command, *words: str) -> list[str]:
    """What stands for the last word: a word, or the kind of it where the shell knows better."""
    *before, last = words
    found = ShellComplete(command, {}, "command", "_COMPLETE").get_completions(before, last)
    return [each.value if each.type == "plain" else f"<{each.type}>" for each in found]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with packs of its own, one of which is called like a bundled one."""
    for name in ("own", "rules/face [1]", "rules/webhook"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "rules.yaml").write_text("mapping: 1\n")
    (tmp_path / "rules" / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["explain", "face"], ["facebook_conversions", "facebook_offline_conversions"]),
        (["test", "webhook", "o"], ["own"]),
        (["docs", "rules/"], ["rules/face [1]", "rules/webhook"]),
        (["docs", "rules/face [1"], ["rules/face [1]"]),
        (["docs", "rules/face [1]/r"], ["<file>"]),
        (["migrate-settings", "webh"], ["webhook"]),
        (["migrate-settings", "webhook", "webh"], ["webhook"]),
        (["migrate-settings", "webhook", "webhook", ""], ["<file>"]),
        (["apply", "webhook", ""], ["<file>"]),
        (["apply", "webhook", "--settings", ""], ["<file>"]),
        (["schema", "--into", ""], ["<file>"]),
        (["expl"], ["explain"]),
    ],
    ids=" ".join,
)
def test_a_word_is_completed(words: list[str], wanted: list[str]) -> None:
    assert offered(main, *words) == wanted


def test_own_folders_stand_behind_bundled_packs(project: Path) -> None:
    found = offered(main, "test", "")
    assert found.index("webhook") < found.index("own") < found.index("rules/webhook")
    assert "rules/empty" not in found
    assert offered(rules_check, "rules/w") == ["rules/webhook"]
    assert offered(main, "test", f"{project}/o") == [f"{project}/own"]


def of_files(command: click.Command) -> Iterator[tuple[click.Command, click.Parameter]]:
    for each in command.commands.values() if isinstance(command, click.Group) else ():
        yield from of_files(each)
    for parameter in command.params:
        if parameter.metavar == "FILE":
            yield command, parameter


def test_every_option_that_takes_a_file_is_completed() -> None:
    found = [*of_files(main), *of_files(rules_check)]
    assert len(found) > 10
    for command, parameter in found:
        context = click.Context(command)
        assert [each.type for each in parameter.shell_complete(context, "")] == ["file"]


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not here")
def test_bash_completes_a_pack() -> None:
    commands = Path(sys.executable).parent
    done = subprocess.run(
        ["bash", "-c", f'PATH="{commands}:$PATH"\n{BASH}'],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["facebook_conversions", "facebook_offline_conversions"]
