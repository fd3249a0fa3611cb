"""What stands where, and what the package does not do."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "mapping_engine").rglob("*.py"))
ALLOWED = {
    "mapping_engine/__init__.py": {"import_module"},
    "mapping_engine/cli/input_formats.py": {"import_module"},  # of two names that stand there
    "mapping_engine/jobs/pool.py": {"pickle"},  # which is from and for our own processes
    "mapping_engine/jobs/worker.py": {"pickle"},
    "mapping_engine/engine/codegen/code.py": {"compile", "exec"},
}
"""No text of rules, settings or events is in generated code: tests/engine/test_hostile_texts.py."""
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__", "import_module"}
FORBIDDEN_IMPORTS = {"pickle", "marshal", "shelve", "ctypes", "imp", "runpy", "code", "socket"}
HEAVY = ("jsonschema", "lark", "click", "re2")


def shown(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "LICENSE",
        "Makefile",
        "pyproject.toml",
        "constraints.txt",
        ".pre-commit-config.yaml",
        ".pre-commit-hooks.yaml",
        ".ci/run",
        "docs/language.md",
        "examples/demo.py",
        "examples/events.ndjson",
        "examples/settings.json",
        "grammar/expression.lark",
        "grammar/mapping.schema.json",
        "mapping_engine/py.typed",
        "rules/facebook_offline_conversions/rules.yaml",
        "rules/facebook_offline_conversions/settings.schema.json",
        "rules/facebook_offline_conversions/payload.schema.json",
        "rules/facebook_offline_conversions/README.md",
        "rules/facebook_offline_conversions/tests",
        "tests",
    ],
)
def test_the_repository_has(name: str) -> None:
    assert (ROOT / name).exists()


def test_the_ci_script_can_be_run() -> None:
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111


def test_there_are_modules_to_look_at() -> None:
    assert len(MODULES) > 50


@pytest.mark.parametrize("module", MODULES, ids=shown)
def test_a_module_stays_readable(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= 600


def test_no_class_name_stands_twice() -> None:
    found = [
        node.name
        for module in MODULES
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    ]
    assert [name for name, count in Counter(found).items() if count > 1] == []


@pytest.mark.parametrize("module", MODULES, ids=shown)
def test_no_method_does_nothing_but_raise(module: Path) -> None:
    assert "NotImplementedError" not in module.read_text(encoding="utf-8")


@pytest.mark.parametrize("module", MODULES, ids=shown)
def test_a_module_runs_no_text_as_code(module: Path) -> None:
    found = set(suspicious(ast.parse(module.read_text(encoding="utf-8"))))
    assert found <= ALLOWED.get(shown(module), set())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("eval('1')", {"eval"}),
        ("builtins.exec(x)", {"exec"}),
        ("re.compile('a')", set()),
        ("compile(a, b, c)", {"compile"}),
        ("import pickle", {"pickle"}),
        ("from marshal import loads", {"marshal"}),
        ("importlib.import_module(name)", {"import_module"}),
    ],
)
def test_what_runs_text_as_code_is_noticed(text: str, found: set[str]) -> None:
    assert set(suspicious(ast.parse(text))) == found


def suspicious(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from FORBIDDEN_CALLS & {called(node.func)}
        elif isinstance(node, ast.Import):
            yield from FORBIDDEN_IMPORTS & {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            yield from FORBIDDEN_IMPORTS & {(node.module or "").split(".")[0]}


def called(function: ast.expr) -> str:
    if isinstance(function, ast.Name):
        return function.id
    if isinstance(function, ast.Attribute) and function.attr != "compile":
        return function.attr
    return ""


@pytest.mark.parametrize("module", HEAVY)
def test_importing_the_package_is_cheap(module: str) -> None:
    script = f"import sys, mapping_engine; sys.exit({module!r} in sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True)
