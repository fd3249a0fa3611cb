"""No pattern that is tried on texts of others takes time that grows faster than they do."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.fuzz.files import TooLong, limited

ROOT = Path(__file__).resolve().parents[2] / "mapping_engine"
WAYS = {"search", "match", "fullmatch", "findall", "finditer", "sub", "split"}
SHORT = {
    "selectors/mistakes.py",
    "lsp/tokens.py",
    "transforms/patterns.py",
    "transforms/portable_find.py",
    "engine/receiver_text.py",
    "mutants/operators/conditions.py",
}
"""Modules whose texts are bounded: expressions, selectors, patterns, what a receiver says."""
LENGTH = 40_000
UNITS = [
    *("a", "A", "0", "_", " ", "\t", ".", ",", "-", "/", ":", '"', "'", "$", "{", "[", "(", "\\"),
    *("\n", "é", "a.", "a ", "- ", "a:", "--", '\\"', " \n", "until ", " :", "=", "..", "|>"),
]
SECONDS = 2.0
"""Far more than it takes; what takes the square of the length needs more."""


def patterns(tree: ast.Module) -> dict[str, tuple[Any, int]]:
    """The patterns that a module keeps under a name, with their flags."""
    found: dict[str, tuple[Any, int]] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(args=[*_]) as call):
                given = compiled(call)
                if given is not None:
                    found[name] = given
    return found


def compiled(call: ast.Call) -> tuple[Any, int] | None:
    match call:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="re")), args=[ast.Constant(value=text), *_]
        ):
            words = [each.attr for each in ast.walk(call) if isinstance(each, ast.Attribute)]
            flags = [getattr(re, word) for word in words if word.isupper()]
            return text, sum(flags)
    return None


def tried() -> Iterator[tuple[str, Any, int, str]]:
    """Each pattern with the ways in which its module tries it."""
    for file in sorted(ROOT.rglob("*.py")):
        name = str(file.relative_to(ROOT))
        tree = ast.parse(file.read_text("utf-8"))
        kept = patterns(tree) if name not in SHORT else {}
        for node in ast.walk(tree):
            match node:
                case ast.Attribute(value=ast.Name(id=pattern), attr=way) if (
                    pattern in kept and way in WAYS
                ):
                    yield (f"{name} {pattern}.{way}", *kept[pattern], way)


TRIED = {name: rest for name, *rest in tried()}


def test_there_are_patterns() -> None:
    assert len(TRIED) > 50


@pytest.mark.parametrize("name", TRIED)
def test_it_takes_time_in_step_with_the_text(name: str) -> None:
    text, flags, way = TRIED[name]
    pattern = re.compile(text, flags)
    for unit in UNITS:
        given: Any = unit * (LENGTH // len(unit)) + "\x01"
        given = given if isinstance(text, str) else given.encode()
        try:
            with limited(SECONDS):
                if way == "sub":
                    pattern.sub(given[:0], given)
                elif way == "finditer":
                    list(pattern.finditer(given))
                else:
                    getattr(pattern, way)(given)
        except TooLong:
            pytest.fail(f"takes too long for {unit!r} again and again")
