"""Mutants: every change of some modules, and a sample of them, compiled."""

from __future__ import annotations

import ast
import hashlib
import marshal
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import CodeType

from bench.code_mutants.operators import OPERATORS, Operator
from bench.code_mutants.places import Place, places

MESSAGE_WEIGHT = 0.1
"""How likely a change of a text for people is taken, beside any other change."""
_SHOWN = 90
_BEFORE_CHANGE = 40


@dataclass(frozen=True)
class Mutant:
    """One change of one module, and the module with that change as code.

    ``lines`` are the first and the last of what changes, and ``statement`` is the line where the
    statement around it begins. ``names`` are those by which code uses what runs at import.
    """

    id: str
    file: str
    line: int
    lines: tuple[int, int]
    statement: int
    names: tuple[str, ...]
    operator: str
    message: bool
    change: str
    code: bytes


@dataclass(frozen=True)
class Candidate:
    """A change that may be taken; ``number`` tells those that look alike in one function."""

    file: str
    tree: ast.Module
    place: Place
    operator: Operator
    node: ast.AST
    number: int

    @cached_property
    def id(self) -> str:
        """What names it while its function stays as it is, wherever that stands."""
        text = ast.unparse(self.place.node)
        parts = (self.file, self.place.scope.name, self.operator.name, text, str(self.number))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]

    @property
    def group(self) -> tuple[str, int, str, bool]:
        """Candidates of one group are much alike: one of them at most is taken."""
        return self.file, _lines(self.place.statement)[0], self.operator.name, self.place.message


def candidates(root: Path, files: Iterable[Path]) -> Iterator[Candidate]:
    """Every change of some modules."""
    for file in files:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        name = file.relative_to(root).as_posix()
        alike: Counter[tuple[str, str, str]] = Counter()
        for place in places(tree):
            for operator in OPERATORS:
                for node in operator.make(place):
                    key = (place.scope.name, operator.name, ast.dump(place.node))
                    alike[key] += 1
                    yield Candidate(name, tree, place, operator, node, alike[key])


def sampled(root: Path, files: Iterable[Path], count: int, seed: int) -> Iterator[Mutant]:
    """So many mutants; which they are depends on the seed and on the code of their functions."""
    groups: dict[tuple[str, int, str, bool], Candidate] = {}
    for each in candidates(root, files):
        other = groups.setdefault(each.group, each)
        if _chance(seed, "first", each.id) < _chance(seed, "first", other.id):
            groups[each.group] = each
    originals: dict[str, object] = {}
    for each in sorted(groups.values(), key=lambda each: _rank(each, seed)):
        if count == 0:
            return
        if each.file not in originals:
            originals[each.file] = _form(_code(each.tree, root / each.file))
        code = _compiled(each, root)
        if code is not None and _form(code) != originals[each.file]:
            count -= 1
            yield _mutant(each, code)


def _rank(candidate: Candidate, seed: int) -> float:
    """The order of a sample with weights, after Efraimidis and Spirakis."""
    weight = candidate.operator.weight * (MESSAGE_WEIGHT if candidate.place.message else 1)
    return -math.pow(_chance(seed, "taken", candidate.id), 1 / weight)


def _chance(seed: int, *words: str) -> float:
    digest = hashlib.sha256("\0".join((str(seed), *words)).encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def _mutant(candidate: Candidate, code: CodeType) -> Mutant:
    lines = _lines(candidate.place.node)
    return Mutant(
        id=candidate.id,
        file=candidate.file,
        line=lines[0],
        lines=lines,
        statement=_lines(candidate.place.statement)[0],
        names=() if candidate.place.scope.function else candidate.place.scope.names,
        operator=candidate.operator.name,
        message=candidate.place.message,
        change=_change(candidate),
        code=marshal.dumps(code),
    )


@contextmanager
def _changed(candidate: Candidate) -> Iterator[ast.Module]:
    """The tree of its module with the change, until the end."""
    place, node = candidate.place, candidate.node
    if not hasattr(node, "lineno"):
        ast.copy_location(node, place.node)
    place.slot.put(node)
    try:
        yield ast.fix_missing_locations(candidate.tree)
    finally:
        place.slot.put(place.node)


def _compiled(candidate: Candidate, root: Path) -> CodeType | None:
    """The changed module; None when no module can be like that."""
    with _changed(candidate) as tree:
        try:
            return _code(tree, root / candidate.file)
        except (SyntaxError, TypeError, ValueError):
            return None


def _code(tree: ast.Module, file: Path) -> CodeType:
    code: CodeType = compile(tree, str(file), "exec", dont_inherit=True)
    return code


def _form(code: CodeType) -> tuple[object, ...]:
    """What a code does, without its lines."""
    constants = tuple(
        _form(each) if isinstance(each, CodeType) else (type(each), repr(each))
        for each in code.co_consts
    )
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    sizes = (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags)
    return code.co_name, code.co_code, constants, names, sizes, code.co_exceptiontable


def _lines(node: ast.AST) -> tuple[int, int]:
    located = node.pattern if isinstance(node, ast.match_case) else node
    if isinstance(located, ast.expr | ast.stmt | ast.pattern | ast.ExceptHandler | ast.keyword):
        return located.lineno, located.end_lineno or located.lineno
    first, *_ = (each for each in ast.iter_child_nodes(node) if hasattr(each, "lineno"))
    return _lines(first)


def _change(candidate: Candidate) -> str:
    """The line before and after, around what differs."""
    place = candidate.place
    before = _first_line(place.statement)
    with _changed(candidate):
        whole = place.statement is place.node
        after = _first_line(candidate.node if whole else place.statement)
    pairs = enumerate(zip(before, after, strict=False))
    start = max(0, next((at for at, (old, new) in pairs if old != new), 0) - _BEFORE_CHANGE)
    return f"{_cut(before, start)} -> {_cut(after, start)}"


def _first_line(node: ast.AST) -> str:
    """A simple statement, or the head of another."""
    return ast.unparse(node).split("\n")[0]


def _cut(text: str, start: int) -> str:
    shown = text[start : start + _SHOWN]
    return ("…" if start else "") + shown + ("…" if start + _SHOWN < len(text) else "")
