"""The documentation is true: what it shows is run, and what it names exists."""

from __future__ import annotations

import doctest
import importlib.util
import json
import re
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from mapping_engine.diagnostics import Diagnostics
from mapping_engine.file.blocks import keys_of
from mapping_engine.file.documents import MappingFile
from mapping_engine.file.vocabulary_file import VocabularyFile
from mapping_engine.source.node import MappingNode
from mapping_engine.source.yaml_text import decode, read_yaml
from tests.loaded import loaded

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
LANGUAGE = ROOT / "docs" / "language.md"
GUIDES = sorted((ROOT / "docs").glob("*.md"))
PAGES = (README, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *GUIDES)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]*))?\)")


def blocks(page: Path, kind: str) -> list[str]:
    text = page.read_text(encoding="utf-8")
    return [match[2] for match in FENCE.finditer(text) if match[1] == kind]


def shown(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@cache
def shown_output() -> ModuleType:
    specification = importlib.util.spec_from_file_location(
        "shown_output", ROOT / "tools" / "shown_output.py"
    )
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_commands_print_what_is_shown(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert shown_output().refreshed(text) == text, "run `python -m tools.shown_output`"


def test_an_output_that_is_not_what_the_command_prints_is_noticed() -> None:
    page = "```console\n$ echo a\nb\n```\n"
    assert shown_output().refreshed(page) == "```console\n$ echo a\na\n```\n"


def test_no_shown_command_fails_without_saying_so() -> None:
    for page in PAGES:
        for block in blocks(page, "console"):
            assert "Traceback" not in block
            assert "not found" not in block


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_python_snippets_do_what_is_shown(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    snippets = "\n".join(blocks(page, "python"))
    example = doctest.DocTestParser().get_doctest(snippets, {}, shown(page), None, 0)
    assert bool(snippets) is bool(example.examples)
    assert doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(example).failed == 0


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_shell_commands_name_what_exists(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    for line in "".join(blocks(page, "sh")).splitlines():
        words = line.split("#")[0].split()
        if words[0] == "make":
            assert {word for word in words[1:] if "=" not in word} <= targets
        for word in words:
            if re.fullmatch(r"[a-z]+(/[a-z_]+)?\.(py|txt)", word):
                assert (ROOT / word).is_file()


@pytest.mark.parametrize(
    "command",
    [
        line
        for page in PAGES
        for line in "".join(blocks(page, "sh")).splitlines()
        if line.startswith(("mapping-engine", "rules-check"))
        and " events.ndjson" not in line  # a person's own, which tests/project/test_wheel.py writes
    ],
)
def test_shown_commands_succeed(command: str) -> None:
    plain = command.partition("  #")[0]
    assert shown_output().printed(f"{plain} > /dev/null || echo failed") == ""


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_links_lead_somewhere(page: Path) -> None:
    for target, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        if "://" in target:
            continue
        file = page.parent / target if target else page
        assert file.exists(), target
        if anchor:
            assert anchor in anchors(file)


def anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head).lower().replace(" ", "-") for head in heads}


# The first screen of README.md


def test_the_rules_shown_are_lines_of_rule_files() -> None:
    (excerpt,) = blocks(README, "yaml")
    sources = [file.read_text(encoding="utf-8") for file in (ROOT / "rules").rglob("*.yaml")]
    for part in excerpt.split("...\n"):
        lines = [line for line in part.splitlines(keepends=True) if line != "define:\n"]
        assert any("".join(lines) in source for source in sources), part


def test_the_event_shown_becomes_the_request_shown() -> None:
    event, request = (json.loads(block) for block in blocks(README, "json"))
    settings = json.loads((ROOT / "examples" / "conversions.json").read_text())
    (made,) = loaded("facebook_conversions").apply(event, settings, clock=lambda: 1681862400)
    found = made.to_dict()
    assert found["body"]["access_token"] == settings["accessToken"]
    found["body"]["access_token"] = "***"
    assert found == request


def test_the_event_shown_is_the_one_that_is_explained() -> None:
    event = json.loads(blocks(README, "json")[0])
    assert event == json.loads((ROOT / "examples" / "first.ndjson").read_text())


# Rule text in docs/language.md


@pytest.mark.parametrize("text", blocks(LANGUAGE, "yaml"))
def test_the_rule_text_shown_can_be_read(text: str) -> None:
    assert problems(text) == []


@pytest.mark.parametrize("text", ["fields:\n  a: {defualt: 1}", "fields:\n  a: b |>", "feilds: {}"])
def test_rule_text_that_cannot_be_read_is_noticed(text: str) -> None:
    assert problems(text)


def problems(text: str) -> list[str]:
    diagnostics = Diagnostics()
    source = decode("shown.yaml", text.encode(), diagnostics)
    assert source is not None
    node = read_yaml(source, diagnostics)
    assert isinstance(node, MappingNode)
    block = VocabularyFile if node.get("vocabulary") is not None else MappingFile
    keys: dict[str, Any] = keys_of(block)
    unknown = [entry.key.text for entry in node if entry.key.text not in keys]
    for entry in node:
        if entry.key.text in keys:
            keys[entry.key.text].shape.read(entry.value, diagnostics)
    return [*unknown, *(found.message for found in diagnostics.sorted())]
